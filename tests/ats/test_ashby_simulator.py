"""The simulated Ashby tells one story through both of its doors, and refuses as the real one does."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from functools import partial

import httpx
import pytest

from app.ats import ashby
from app.ats.canonical import Fact
from app.ats.http import Target
from app.ats.steps import Done, Write, WriteKind
from app.calls import Limits, VendorClient, vendor_http
from app.calls_tokens import MemoryTokens
from app.demo.ashby import SimulatedAshby
from app.demo.faults import Fault, FaultKind
from app.demo.loopback import Answer, Asked, Loopback
from app.demo.people import Newcomer
from app.errors import VendorRefused, VendorUnknown
from app.timeline.fold import fold
from app.timeline.truth import Placed

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
SECRET = "a-webhook-secret-of-our-own"


class Door:
    """Takes webhooks, keeps what verifies, and answers with ``status``."""

    def __init__(self) -> None:
        self.status = 200
        self.events: list[tuple[str, str, bytes]] = []

    async def take(self, asked: Asked) -> Answer:
        ashby.verify(asked.headers, asked.body, [SECRET])
        seen = ashby.peek(asked.headers, asked.body)
        self.events.append((seen.dedupe_key, seen.action, asked.body))
        return Answer(self.status)

    @property
    def facts(self) -> list[Fact]:
        return [fact for _, action, body in self.events for fact in ashby.read(body, START, action).facts]


@pytest.fixture
async def door() -> AsyncIterator[tuple[Door, str]]:
    taken = Door()
    async with Loopback(taken.take) as server:
        yield taken, f"{server.url}/webhooks/c1"


@pytest.fixture
async def simulated() -> AsyncIterator[SimulatedAshby]:
    async with SimulatedAshby("http://127.0.0.1:9/", SECRET) as one:
        yield one


@pytest.fixture
async def client(simulated: SimulatedAshby) -> AsyncIterator[VendorClient]:
    async with vendor_http() as http:
        yield a_client(simulated, http)


def a_client(simulated: SimulatedAshby, http: httpx.AsyncClient) -> VendorClient:
    limits = Limits(share=1.0)
    return VendorClient("c1", ashby.api, simulated.account, tokens=MemoryTokens(), http=http, limits=limits)


def an_application(simulated: SimulatedAshby) -> tuple[str, str, str]:
    """One application with its recruiter and manager."""
    anna = simulated.add_user("Anna Berg", "anna.berg@example.com", START)
    bo = simulated.add_user("Bo Lund", "bo.lund@example.com", START)
    job = simulated.add_job("Welder", ["Review", "Interview", "Offer"], START, recruiter=anna, manager=bo)
    newcomer = Newcomer("Noémi", "Lefèvre", "noemi@example.com", tags=("vip",))
    return simulated.apply(newcomer, job, START + HOUR), anna, bo


def a_round(simulated: SimulatedAshby) -> str:
    """One application from applying to the hire; the id."""
    one, anna, bo = an_application(simulated)
    simulated.move(one, "Interview", START + 2 * HOUR)
    interview = simulated.schedule_interview(one, [anna, bo], START + 5 * HOUR, START + 3 * HOUR)
    simulated.move_interview(interview, START + 6 * HOUR, START + 4 * HOUR)
    simulated.set_schedule(interview, "WaitingOnFeedback", START + 7 * HOUR)
    simulated.submit_feedback(interview, anna, START + 8 * HOUR)
    simulated.submit_feedback(interview, bo, START + 9 * HOUR)
    simulated.move(one, "Offer", START + 10 * HOUR)
    offer = simulated.create_offer(one, START + 11 * HOUR, starts_on=date(2027, 1, 4))
    simulated.send_offer(offer, START + 12 * HOUR)
    simulated.answer_offer(offer, START + 13 * HOUR, accepted=True)
    simulated.hire(one, START + 14 * HOUR)
    return one


def placed(facts: list[Fact]) -> list[Placed]:
    return [Placed(str(one.kind), one.key, one.at or START, one.data) for one in facts if one.application]


async def test_both_doors_tell_the_same_story(door: tuple[Door, str]) -> None:
    """From webhooks alone or from the API alone, the same is true; together nothing changes."""
    taken, url = door
    async with SimulatedAshby(url, SECRET) as simulated, vendor_http() as http:
        one = a_round(simulated)
        await simulated.deliver_due(START + timedelta(days=1))
        answers = await a_client(simulated, http).applications([one])
    polled = [*ashby.api.read_answers(answers, START).facts]
    for facts in (taken.facts, polled, [*taken.facts, *polled], [*polled, *taken.facts]):
        truth = fold(one, placed(facts))
        assert (truth.status, len(truth.decisions)) == ("hired", 1)
        assert [visit.stage_name for visit in truth.visits] == ["Review", "Interview", "Offer", "Hired"]
        (interview,) = truth.interviews
        assert (interview.name, interview.starts_at) == ("Panel", START + 6 * HOUR)
        assert interview.feedback_at == START + 9 * HOUR
        (offer,) = truth.offers
        assert (offer.accepted, offer.start_date) == (True, "2027-01-04")
    assert fold(one, placed(polled)).tags == ("vip",)


async def test_related_webhooks_share_their_id_and_are_events_of_their_own(
    door: tuple[Door, str],
) -> None:
    """A hire sends three webhooks with one id; each is stored."""
    taken, url = door
    simulated = SimulatedAshby(url, SECRET)
    one, *_ = an_application(simulated)
    simulated.hire(one, START + 2 * HOUR)
    await simulated.deliver_due(START + timedelta(days=1))
    keys = [key.rpartition(":")[2] for key, _, _ in taken.events[-3:]]
    assert [action for _, action, _ in taken.events[-3:]] == [
        "candidateHire",
        "candidateStageChange",
        "applicationUpdate",
    ]
    assert len(set(keys)) == 1
    assert len({key for key, _, _ in taken.events}) == 5


async def test_every_act_sends_what_ashby_sends(door: tuple[Door, str]) -> None:
    """Each webhook of the simulator is understood, and erases where it must."""
    taken, url = door
    simulated = SimulatedAshby(url, SECRET)
    one, anna, _ = an_application(simulated)
    job = simulated.world.one("applications", one)["job"]["id"]
    others = [simulated.apply(Newcomer("N", str(number)), job, START) for number in range(4)]
    candidates = [simulated.world.one("applications", other)["candidate"]["id"] for other in others]
    simulated.set_schedule(simulated.schedule_interview(one, [anna], START, START), "Cancelled", START)
    simulated.reject(one, START)
    simulated.move(one, "Interview", START + HOUR)
    simulated.withdraw(others[0], START)
    simulated.update(others[1], START)
    simulated.delete_offer(simulated.create_offer(others[1], START), START)
    simulated.merge(candidates[2], candidates[1], START)
    simulated.delete(others[3], START)
    simulated.close_job(job, START)
    simulated.ping(START)
    await simulated.deliver_due(START + timedelta(days=1))
    readings = {action: ashby.read(body, START, action) for _, action, body in taken.events}
    assert [action for action, reading in readings.items() if reading.ignored] == ["ping"]
    assert readings["candidateDelete"].erased == (candidates[3],)
    assert readings["jobUpdate"].facts[0].data["status"] == "closed"
    assert fold(one, placed([f for f in taken.facts if f.application == one])).status == "active"
    headers, body = simulated.delivery("galaxy", START)
    ashby.verify(headers, body, [SECRET])
    assert ashby.read(body, START, "galaxy").ignored == "unknown action: galaxy"


@pytest.mark.parametrize("status", [302, 400, 429, 503])
async def test_what_fails_is_sent_again_nine_times(door: tuple[Door, str], status: int) -> None:
    """After 10, 30, 70 … seconds, with the same id, then never."""
    taken, url = door
    taken.status = status
    simulated = SimulatedAshby(url, SECRET)
    simulated.ping(START)
    at, waits = START, []
    await simulated.deliver_due(START)
    while following := simulated.push.next_due():
        waits.append(int((following - at).total_seconds()))
        at = following
        await simulated.deliver_due(at)
    assert waits == [10, 30, 70, 150, 310, 630, 1270, 2550, 5110]
    assert (len(taken.events), len({key for key, _, _ in taken.events})) == (10, 1)


@pytest.mark.parametrize("status", [200, 202, 401, 403, 404, 405, 410])
async def test_success_and_some_refusals_end_it_at_once(door: tuple[Door, str], status: int) -> None:
    """Every 2xx is success; after these refusals Ashby gives up."""
    taken, url = door
    taken.status = status
    simulated = SimulatedAshby(url, SECRET)
    simulated.ping(START)
    await simulated.deliver_due(START)
    assert simulated.push.next_due() is None
    assert simulated.push.webhooks[0].delivered == (status < 300)


async def test_the_api_refuses_as_documented(simulated: SimulatedAshby) -> None:
    """401 without a key, 403 with a wrong one, 404, success false with 200, 429 with Retry-After."""
    one, *_ = an_application(simulated)
    base, right = simulated.settings["base_url"], httpx.BasicAuth(simulated.server.api_key, "")
    async with vendor_http() as http:
        assert (await http.post(f"{base}/application.info")).status_code == 401
        wrong = await http.post(f"{base}/application.info", auth=httpx.BasicAuth("x", ""))
        assert (wrong.status_code, wrong.json()["errorInfo"]["code"]) == (403, "missing_endpoint_permission")
        assert (await http.post(f"{base}/planet.info", auth=right)).status_code == 404
        unknown = await http.post(f"{base}/application.info", auth=right, json={"applicationId": "x"})
        assert (unknown.status_code, unknown.json()["success"]) == (200, False)
        found = await http.post(f"{base}/application.info", auth=right, json={"applicationId": one})
        assert found.json()["results"]["id"] == one
        simulated.server.limit = 1
        refused = await http.post(f"{base}/application.info", auth=right)
        assert refused.status_code == 429
        assert 0 < int(refused.headers["retry-after"]) <= 60


async def test_changes_come_page_by_page_and_then_only_what_is_new(
    simulated: SimulatedAshby, client: VendorClient
) -> None:
    """By sync token; one that has expired brings everything, and a new one."""
    one, *_ = an_application(simulated)
    job = simulated.world.one("applications", one)["job"]["id"]
    more = [simulated.apply(Newcomer("N", str(number)), job, START) for number in range(204)]
    everybody = sorted([one, *more])
    changed, token = await client.changed("applications", START)
    assert (changed, bool(token)) == (everybody, True)
    assert token
    assert len([call for call in simulated.server.calls if call.path == "/application.list"]) == 3
    assert await client.changed("applications", START, {"applications": token}) == ([], token)
    simulated.move(one, "Interview", START + HOUR)
    changed, newer = await client.changed("applications", START, {"applications": token})
    assert changed == [one]
    assert newer
    assert newer != token
    simulated.server.oldest_token = simulated.world.place + 1
    assert (await client.changed("applications", START, {"applications": newer}))[0] == everybody
    assert await client.changed("applications", START + HOUR * 9) == ([], newer)


async def test_tags_and_emails_are_written_once_whatever_goes_wrong(
    simulated: SimulatedAshby, client: VendorClient
) -> None:
    """Each write is done and then not acknowledged, and all of it is begun anew."""
    one, *_ = an_application(simulated)
    candidate = simulated.world.one("applications", one)["candidate"]["id"]
    for kind, operations in (
        (WriteKind.TAG, ("/candidateTag.create", "/candidate.addTag")),
        (WriteKind.EMAIL, ("/candidate.addEmailMessage",)),
    ):
        write = Write(
            kind, Target(candidate), "hb:x", "send-1", text="Heard back", title="Hello", sent_at=START
        )
        following = partial(ashby.api.write_step, write, base=client.base)
        for operation in operations:
            simulated.fault(Fault(operation, FaultKind.ACCEPT_THEN_CLOSE))
            with pytest.raises(VendorUnknown):
                await client.walk(following)
        assert isinstance(await client.walk(following), Done)
    tags = [tag["title"] for tag in simulated.world.one("candidates", candidate)["tags"]]
    assert tags == ["vip", "Heard back"]
    assert [row["emailProviderEmailId"] for row in simulated.world.find("emails")] == ["send-1"]


async def test_a_note_that_was_not_acknowledged_is_found_by_its_marker(
    simulated: SimulatedAshby, client: VendorClient
) -> None:
    """Plain text as it was written, markup and all."""
    one, *_ = an_application(simulated)
    target = Target(simulated.world.one("applications", one)["candidate"]["id"], one)
    simulated.fault(Fault("/candidate.createNote", FaultKind.ACCEPT_THEN_ERROR))
    with pytest.raises(VendorUnknown):
        await client.write_note(target, "Told <b>Noémi</b>. [hb:f1]")
    assert await client.find_note(target, "[hb:f1]")
    assert await client.find_note(target, "[hb:f2]") is None
    assert list(simulated.notes) == ["Told <b>Noémi</b>. [hb:f1]"]
    simulated.server.permissions.discard("candidatesWrite")
    with pytest.raises(VendorRefused, match="candidatesWrite"):
        await client.write_note(target, "Again. [hb:f2]")


async def test_webhooks_are_created_and_pinged(door: tuple[Door, str]) -> None:
    """Each with our address and secret; Ashby knocks for every one."""
    taken, url = door
    async with SimulatedAshby("http://127.0.0.1:9/", "another") as simulated, vendor_http() as http:
        client = a_client(simulated, http)
        done = await client.walk(lambda answers: ashby.setup.create_step(url, SECRET, answers, client.base))
        assert done is not None
        assert "jobUpdate" in " ".join(done.left)
        created = simulated.world.find("webhooks", requestUrl=url, secretToken=SECRET)
        assert [row["webhookType"] for row in created] == list(ashby.setup.WEBHOOKS)
        await simulated.deliver_due(datetime.now(UTC) + HOUR)
    assert {action for _, action, _ in taken.events} == {"ping"}
