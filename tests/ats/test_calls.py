"""The client for every ATS, against a Greenhouse that misbehaves over real HTTP."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from app.ats import greenhouse_api as api
from app.ats.http import Account, ApiRequest, FailureKind, Target
from app.calls import Limits, VendorClient, vendor_http
from app.calls_tokens import MemoryTokens
from app.calls_wire import Wire
from app.demo.faults import Fault, FaultKind
from app.demo.greenhouse import SimulatedGreenhouse
from app.demo.loopback import Answer, Asked, Loopback
from app.demo.people import Newcomer
from app.errors import VendorAway, VendorBusy, VendorError, VendorRefused, VendorUnknown

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
MARKER = "hb:followup-1"


@dataclass
class Time:
    """Machine time that only sleeping moves."""

    at: datetime = START
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += timedelta(seconds=seconds)


@dataclass
class Round:
    greenhouse: SimulatedGreenhouse
    client: VendorClient
    time: Time
    application: int
    candidate: int

    @property
    def base(self) -> str:
        return self.greenhouse.harvest.base

    @property
    def target(self) -> Target:
        return Target(str(self.candidate), str(self.application))

    def listing(self, resource: str = "applications") -> ApiRequest:
        return api.list_requests(resource, [str(self.application)], base=self.base)[0]

    async def note(self, marker: str = MARKER) -> str | None:
        return await self.client.write_note(self.target, f"Told. [{marker}]")

    def notes(self) -> int:
        return len(self.greenhouse.world.rows["notes"])

    def asked(self, path: str) -> int:
        return sum(call.path == path for call in self.greenhouse.harvest.calls)


@pytest.fixture
async def ground() -> AsyncIterator[Round]:
    time = Time()
    async with (
        SimulatedGreenhouse("http://127.0.0.1:9/", "s", now=time.now) as greenhouse,
        vendor_http() as http,
    ):
        anna = greenhouse.add_user("Anna Berg", "anna.berg@example.com", START)
        job = greenhouse.add_job("Welder", ["Review", "Interview"], START, recruiters=[anna])
        newcomer = Newcomer("Noémi", "Lefèvre", "noemi@example.com")
        application = greenhouse.apply(newcomer, job, START, recruiter=anna)
        client = VendorClient(
            "c1",
            api,
            greenhouse.account,
            tokens=MemoryTokens(),
            http=http,
            limits=Limits(exchange=timedelta(seconds=0.3), breaker_rest=timedelta(seconds=10)),
            now=time.now,
            sleep=time.sleep,
            chance=lambda: 0.5,
        )
        candidate = greenhouse.world.one("applications", application)["candidate_id"]
        yield Round(greenhouse, client, time, application, candidate)


async def test_one_token_serves_many_calls(ground: Round) -> None:
    """Calls at the same time fetch one token."""
    await asyncio.gather(*(ground.client.call(ground.listing()) for _ in range(5)))
    assert ground.greenhouse.harvest.tokens_given == 1


async def test_a_token_is_renewed_before_it_expires(ground: Round) -> None:
    """A minute early, so that it does not expire on the way."""
    await ground.client.call(ground.listing())
    ground.time.at += timedelta(minutes=59, seconds=1)
    await ground.client.call(ground.listing())
    assert ground.greenhouse.harvest.tokens_given == 2
    assert ground.asked("/v3/applications") == 2


async def test_a_refused_token_is_renewed_once(ground: Round) -> None:
    """Another process may have fetched a token that voided ours; a write is repeated after a 401 too."""
    await ground.client.call(ground.listing())
    ground.greenhouse.harvest.revoke()
    assert await ground.note()
    assert ground.notes() == 1
    assert ground.greenhouse.harvest.tokens_given == 2
    ground.greenhouse.fault(Fault("/v3", FaultKind.UNAUTHORIZED, times=9))
    with pytest.raises(VendorRefused) as refusal:
        await ground.client.call(ground.listing())
    assert refusal.value.kind == FailureKind.TOKEN
    assert ground.greenhouse.harvest.tokens_given == 3


async def test_wrong_credentials_and_missing_scopes_go_to_a_person(ground: Round) -> None:
    """They are not repeated, and say what to change."""
    ground.greenhouse.harvest.scopes.discard("harvest:notes:create")
    with pytest.raises(VendorRefused, match="harvest:notes:create"):
        await ground.note()
    ground.greenhouse.harvest.client_secret = "another"
    ground.greenhouse.harvest.revoke()
    with pytest.raises(VendorRefused, match="does not know these OAuth credentials"):
        await ground.client.call(ground.listing())


async def test_a_read_is_repeated_with_growing_pauses(ground: Round) -> None:
    """Two failures are bridged; the pauses double."""
    ground.greenhouse.fault(Fault("/v3/applications", FaultKind.ERROR, times=2))
    assert len(await ground.client.rows(ground.listing())) == 1
    assert ground.time.slept == [0.5, 1.0]


@pytest.mark.parametrize("kind", [FaultKind.ERROR, FaultKind.CLOSE, FaultKind.HANG])
async def test_a_read_that_keeps_failing_is_given_up(ground: Round, kind: FaultKind) -> None:
    """Three tries in all, then `VendorAway`."""
    ground.greenhouse.fault(Fault("/v3/applications", kind, times=9))
    with pytest.raises(VendorAway):
        await ground.client.call(ground.listing())
    assert ground.asked("/v3/applications") == 3


async def test_retry_after_is_waited_for(ground: Round) -> None:
    """The vendor's word counts, not our own pause."""
    ground.greenhouse.fault(Fault("/v3/applications", FaultKind.TOO_MANY))
    await ground.client.call(ground.listing())
    assert ground.time.slept == [1.0]


async def test_a_wait_that_one_call_was_told_holds_for_all(ground: Round) -> None:
    """The limit is the connection's, not the call's."""
    ground.greenhouse.fault(Fault("/v3/notes", FaultKind.TOO_MANY, method="POST"))
    with pytest.raises(VendorBusy):
        await ground.note()
    await ground.client.call(ground.listing())
    assert ground.time.slept == [1.0]


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        (FaultKind.HANG, 0),
        (FaultKind.CLOSE, 0),
        (FaultKind.ERROR, 0),
        (FaultKind.ACCEPT_THEN_HANG, 1),
        (FaultKind.ACCEPT_THEN_CLOSE, 1),
        (FaultKind.ACCEPT_THEN_ERROR, 1),
    ],
)
async def test_a_write_that_may_have_happened_is_unknown_and_settled_by_its_marker(
    ground: Round, kind: FaultKind, written: int
) -> None:
    """Never repeated blindly; looking for the marker tells whether to write again, so there is one note."""
    ground.greenhouse.fault(Fault("/v3/notes", kind, method="POST"))
    with pytest.raises(VendorUnknown):
        await ground.note()
    assert ground.notes() == written
    if await ground.client.find_note(ground.target, MARKER) is None:
        await ground.note()
    assert ground.notes() == 1


async def test_a_write_that_was_not_taken_is_known_not_to_be(ground: Round) -> None:
    """429 and no connection are not unknown: nothing was done."""
    ground.greenhouse.fault(Fault("/v3/notes", FaultKind.TOO_MANY, method="POST"))
    with pytest.raises(VendorBusy) as busy:
        await ground.note()
    assert busy.value.wait == timedelta(seconds=1)
    assert ground.asked("/v3/notes") == 1
    await ground.greenhouse.__aexit__()
    ground.time.at += timedelta(seconds=2)
    with pytest.raises(VendorAway):
        await ground.note()


async def test_pages_follow_the_cursor(ground: Round) -> None:
    """Every row once, although a cursor allows no other parameter."""
    job = ground.greenhouse.world.find("jobs")[0]["id"]
    for number in range(7):
        ground.greenhouse.apply(Newcomer("N", str(number)), job, START)
    request = ApiRequest(
        "GET", f"{ground.base}/applications", (("updated_at", "gte|2026-01-01T00:00:00Z"), ("per_page", "3"))
    )
    rows = await ground.client.rows(request)
    assert [row["id"] for row in rows] == sorted(ground.greenhouse.world.rows["applications"], reverse=True)
    assert ground.asked("/v3/applications") == 3


async def test_what_changed_is_told_page_by_page() -> None:
    """Whoever asks hears of each page as it comes, and in the end of every application once."""
    pages, heard = {"/token": 0}, []

    async def three(asked: Asked) -> Answer:
        if asked.path == "/token":
            return Answer(200, {"access_token": "t"})
        page = pages[asked.path] = pages.get(asked.path, 0) + 1
        link = {"link": f'</v3/applications?cursor={page}>; rel="next"'} if page < 3 else {}
        return Answer(200, [{"id": page}, {"id": page + 1}], link)

    async def page_heard() -> None:
        heard.append(pages["/v3/applications"])

    async with Loopback(three) as server, vendor_http() as http:
        account = Account("i", "s", api_base=f"{server.url}/v3", auth_url=f"{server.url}/token")
        limits = Limits(most_pages=1)
        client = VendorClient("c5", api, account, tokens=MemoryTokens(), http=http, limits=limits)
        assert await client.changed("applications", START, None, page_heard) == (["1", "2", "3", "4"], None)
    assert heard == [1, 2, 3]


async def test_endless_pages_come_to_an_end(ground: Round) -> None:
    """A vendor's loop of cursors does not become ours."""

    async def loop(asked: Asked) -> Answer:
        body = {"access_token": "t"} if asked.path == "/token" else [{"id": 1}]
        return Answer(200, body, {"link": '</v3/users?cursor=x>; rel="next"'})

    async with Loopback(loop) as server, vendor_http() as http:
        account = Account("i", "s", api_base=f"{server.url}/v3", auth_url=f"{server.url}/token")
        client = VendorClient(
            "c2", api, account, tokens=MemoryTokens(), http=http, limits=Limits(most_pages=5, share=1.0)
        )
        with pytest.raises(VendorRefused, match="More than 5 pages"):
            await client.rows(ApiRequest("GET", f"{server.url}/v3/users"))


async def test_only_a_share_of_the_limit_is_used(ground: Round) -> None:
    """Half of the window is left to others; who calls after that gets the time to wait, and no held lease."""
    ground.greenhouse.harvest.limit = 10
    for _ in range(4):
        await ground.client.call(ground.listing())
    with pytest.raises(VendorBusy) as busy:
        await ground.client.call(ground.listing())
    assert busy.value.wait
    assert timedelta(seconds=15) < busy.value.wait <= timedelta(seconds=31)
    assert ground.asked("/v3/applications") == 4


async def test_a_short_wait_for_the_next_window_is_made(ground: Round) -> None:
    """What fits into the call's own time is waited for."""
    ground.greenhouse.harvest.limit = 4
    await ground.client.call(ground.listing())
    ground.time.at += timedelta(seconds=20)
    await ground.client.call(ground.listing())
    assert ground.time.slept == [pytest.approx(11)]


async def test_a_failing_vendor_is_left_alone_and_then_tried_once(ground: Round) -> None:
    """After five failures in a row nothing is sent for a while; one good answer ends it."""
    ground.greenhouse.fault(Fault("/v3/applications", FaultKind.ERROR, times=5))
    for _ in range(2):
        with pytest.raises(VendorAway):
            await ground.client.call(ground.listing())
    before, slept = len(ground.greenhouse.harvest.calls), list(ground.time.slept)
    with pytest.raises(VendorAway) as away:
        await ground.client.call(ground.listing())
    assert (away.value.kind, away.value.wait) == ("breaker", timedelta(seconds=9))
    assert len(ground.greenhouse.harvest.calls) == before
    assert ground.time.slept == slept
    ground.time.at += timedelta(seconds=31)
    await ground.client.call(ground.listing())
    await ground.client.call(ground.listing())


@pytest.mark.parametrize(
    "url",
    [
        "https://harvest.greenhouse.io.evil.example/v3/users",
        "http://169.254.169.254/v3/users",
        "{base}/../other",
        "{base}x/users",
        "{base_with_user}/users",
    ],
)
async def test_other_addresses_are_never_called(ground: Round, url: str) -> None:
    """Neither a caller nor a vendor's link leads the client elsewhere."""
    with_user = ground.base.replace("http://", "http://user@")
    asked = url.format(base=ground.base, base_with_user=with_user)
    await ground.client.call(ground.listing())
    before = len(ground.greenhouse.harvest.calls)
    with pytest.raises(VendorRefused) as refusal:
        await ground.client.call(ApiRequest("GET", asked))
    assert refusal.value.kind == "address"
    assert len(ground.greenhouse.harvest.calls) == before


async def test_redirects_are_not_followed() -> None:
    """A redirect would carry the token to another host."""
    seen: list[str] = []

    async def elsewhere(asked: Asked) -> Answer:
        seen.append(asked.path)
        if asked.path == "/token":
            return Answer(200, {"access_token": "t"})
        return Answer(302, None, {"location": "/v3/elsewhere"})

    async with Loopback(elsewhere) as server, vendor_http() as http:
        account = Account("i", "s", api_base=f"{server.url}/v3", auth_url=f"{server.url}/token")
        client = VendorClient("c3", api, account, tokens=MemoryTokens(), http=http)
        with pytest.raises(VendorRefused) as refusal:
            await client.call(ApiRequest("GET", f"{server.url}/v3/users"))
    assert refusal.value.kind == "redirect"
    assert seen == ["/token", "/v3/users"]


async def test_an_answer_that_cannot_be_unpacked_is_no_answer() -> None:
    """A read may be asked again; whether a write was done is unknown, and no other error comes out."""

    async def spoilt(asked: Asked) -> Answer:
        if asked.path == "/token":
            return Answer(200, {"access_token": "t"})
        return Answer(200, b"never packed", {"content-encoding": "gzip"})

    async with Loopback(spoilt) as server, vendor_http() as http:
        account = Account("i", "s", api_base=f"{server.url}/v3", auth_url=f"{server.url}/token")
        client = VendorClient(
            "c4", api, account, tokens=MemoryTokens(), http=http, limits=Limits(reads=1, breaker_failures=9)
        )
        with pytest.raises(VendorAway):
            await client.call(ApiRequest("GET", f"{server.url}/v3/users"))
        with pytest.raises(VendorUnknown):
            await client.call(ApiRequest("POST", f"{server.url}/v3/notes", json={}))


@pytest.mark.parametrize("odd", ["ключ-от-ATS", "pasted\u200bkey"])
async def test_what_no_request_can_hold_is_refused_and_said_without_it(odd: str) -> None:
    """A key with odd characters is a person's to correct: asking again does not help."""
    async with vendor_http() as http:
        wire = Wire(http, ["https://api.example/v1"])
        request = ApiRequest("GET", "https://api.example/v1/jobs", headers={"authorization": f"Bearer {odd}"})
        with pytest.raises(VendorRefused, match="credentials") as refusal:
            await wire.exchange(request)
        with pytest.raises(VendorRefused):
            await wire.exchange(ApiRequest("GET", "https://api.example/v1/jobs\0"))
    assert refusal.value.kind == "request"
    assert odd not in str(refusal.value)


async def test_an_answer_larger_than_any_is_not_read_to_its_end() -> None:
    """Whatever a vendor sends, it does not fill our memory."""

    async def endless(asked: Asked) -> Answer:
        if asked.path == "/token":
            return Answer(200, {"access_token": "t"})
        return Answer(200, b"[" + b" " * (16 * 1024 * 1024) + b"]")

    async with Loopback(endless) as server, vendor_http() as http:
        account = Account("i", "s", api_base=f"{server.url}/v3", auth_url=f"{server.url}/token")
        client = VendorClient("c6", api, account, tokens=MemoryTokens(), http=http, limits=Limits(reads=1))
        with pytest.raises(VendorAway, match="ReadError"):
            await client.rows(ApiRequest("GET", f"{server.url}/v3/users"))


async def test_what_hardly_changes_is_asked_for_once_in_ten_minutes(ground: Round) -> None:
    """Users are; applications are asked for every time."""

    async def collect() -> tuple[int, int]:
        asked = {
            "users": api.list_requests("users", ["1"], base=ground.base),
            "applications": [ground.listing()],
        }
        await ground.client.collect(asked)
        return ground.asked("/v3/users"), ground.asked("/v3/applications")

    assert [await collect(), await collect()] == [(1, 1), (1, 2)]
    ground.time.at += timedelta(minutes=11)
    assert await collect() == (2, 3)


async def test_all_about_an_application_is_collected(ground: Round) -> None:
    """One call brings what the API knows, ready to be read."""
    member = ground.greenhouse.add_user("Jos van Dijk", "jos@example.com", START)
    interview = ground.greenhouse.schedule_interview(ground.application, [member], START, START)
    ground.greenhouse.submit_scorecard(interview, member, START)
    answers = await ground.client.applications([str(ground.application)])
    kinds = [fact.kind.value for fact in api.read_answers(answers, START).facts]
    assert kinds == [
        "application_created",
        "application_changed",
        "stage_entered",
        "interview",
        "interviewer",
        "scorecard",
        "candidate_changed",
        "job_changed",
        "job_changed",
    ]


async def test_errors_hold_no_secrets(ground: Round) -> None:
    """Neither token nor secret nor address of a person stands in what is logged."""
    ground.greenhouse.fault(Fault("/v3", FaultKind.ERROR, times=9))
    with pytest.raises(VendorError) as error:
        await ground.client.call(ground.listing())
    said = f"{error.value} {error.value.detail}"
    assert ground.greenhouse.harvest.client_secret not in said
    assert str(ground.greenhouse.harvest.token) not in said
