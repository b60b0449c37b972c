"""The simulated Workable tells one story through both of its doors, and refuses as the real one does."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from app.ats import workable
from app.ats.http import Account, Target
from app.ats.steps import Write, WriteKind
from app.calls import Limits, VendorClient, vendor_http
from app.calls_tokens import MemoryTokens
from app.demo.ats import SimulatedAts
from app.demo.faults import Fault, FaultKind
from app.demo.loopback import Answer, Asked, Loopback
from app.demo.people import Newcomer
from app.demo.workable import SimulatedWorkable
from app.errors import VendorBusy, VendorRefused, VendorUnknown
from app.timeline.fold import fold
from app.timeline.truth import Placed, Truth

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
NOEMI = Newcomer("Noémi", "Lefèvre", "noemi@example.com", tags=("welding",))
TOKEN = "a-token-of-the-simulated-account"


class Door:
    """Takes webhooks, keeps what verifies, and answers with ``status``."""

    def __init__(self) -> None:
        self.status = 200
        self.bodies: list[bytes] = []

    async def take(self, asked: Asked) -> Answer:
        workable.verify(asked.headers, asked.body, [TOKEN])
        self.bodies.append(asked.body)
        return Answer(self.status)

    @property
    def actions(self) -> list[str]:
        return [workable.peek({}, body).action for body in self.bodies]


@pytest.fixture
async def door() -> AsyncIterator[tuple[Door, SimulatedWorkable]]:
    taken = Door()
    async with (
        Loopback(taken.take) as server,
        SimulatedWorkable(f"{server.url}/webhooks/c1", TOKEN) as simulated,
    ):
        yield taken, simulated


def client_of(simulated: SimulatedWorkable, http: httpx.AsyncClient, **account: str) -> VendorClient:
    secrets, settings = simulated.secrets, simulated.settings
    reach = Account(**{"api_key": secrets["api_key"], "api_base": settings["base_url"], **account})
    limits = Limits(share=1.0, reads=1)
    return VendorClient("c1", workable.api, reach, tokens=MemoryTokens(), http=http, limits=limits)


def a_round(simulated: SimulatedWorkable) -> str:
    """From applying to the hire, with two quick moves, an interview and an offer."""
    simulated.add_user("Zoe Nobody", "zoe@example.com", START)
    anna = simulated.add_user("Anna Berg", "anna.berg@example.com", START)
    tom = simulated.add_user("Tom Okoro", "tom.okoro@example.com", START)
    stages = ["Applied", "Phone Screen", "Interview", "Offer"]
    job = simulated.add_job("Welder <m/f>", stages, START, recruiter=anna, manager=tom)
    one = simulated.apply(NOEMI, job, START + HOUR)
    simulated.move(one, "Phone Screen", START + 2 * HOUR)
    simulated.move(one, "Interview", START + 2 * HOUR + timedelta(seconds=2, milliseconds=300))
    simulated.schedule(one, [tom], START + 5 * HOUR, START + 3 * HOUR)
    simulated.move(one, "Offer", START + 7 * HOUR)
    simulated.offer(one, "sent", START + 8 * HOUR)
    simulated.offer(one, "accepted", START + 9 * HOUR)
    simulated.hire(one, START + 10 * HOUR)
    return one


async def truth_of(simulated: SimulatedWorkable, one: str, pushed: list[bytes]) -> Truth:
    """What the webhooks and the API together make true."""
    at = START + timedelta(days=2)
    async with vendor_http() as http:
        answers = await client_of(simulated, http).applications([one])
    readings = [*(workable.read(body, at) for body in pushed), workable.api.read_answers(answers, at)]
    told = [fact for reading in readings for fact in reading.facts]
    return fold(one, [Placed(fact.kind, fact.key, fact.at or at, fact.data) for fact in told])


async def test_it_is_a_simulated_ats() -> None:
    """The type checker compares it with what the common suites need."""
    simulated: SimulatedAts = SimulatedWorkable("http://127.0.0.1:9/")
    assert simulated.NAME == "workable"


async def test_webhooks_are_few_and_show_the_candidate_as_of_the_sending(
    door: tuple[Door, SimulatedWorkable],
) -> None:
    """Nothing is sent for interviews, offers and disqualifications; two moves tell one state twice."""
    taken, simulated = door
    one = a_round(simulated)
    simulated.reject(one, START + 11 * HOUR)
    simulated.revert(one, START + 12 * HOUR)
    await simulated.deliver_due(START + timedelta(days=1))
    assert taken.actions == ["candidate_created", *["candidate_moved"] * 4]
    first, *others = (workable.read(body, START).facts for body in taken.bodies)
    assert all(facts == first for facts in others)
    assert len({workable.peek({}, body).dedupe_key for body in taken.bodies}) == 5


async def test_a_round_is_whole_although_the_webhooks_say_little(
    door: tuple[Door, SimulatedWorkable],
) -> None:
    """The API tells what the webhooks hide: each stage, the interview, the offer's answer."""
    taken, simulated = door
    one = a_round(simulated)
    await simulated.deliver_due(START + timedelta(days=1))
    truth = await truth_of(simulated, one, taken.bodies)
    assert [visit.stage_name for visit in truth.visits] == [
        "Applied",
        "Phone Screen",
        "Interview",
        "Offer",
        "Hired",
    ]
    assert truth.visits[2].entered_at.replace(microsecond=0) == START + 2 * HOUR + timedelta(seconds=2)
    assert truth.status == "hired"
    (interview,) = truth.interviews
    (offer,) = truth.offers
    assert (len(interview.interviewers), offer.accepted) == (1, True)
    assert truth.url is not None


@pytest.mark.parametrize("status", [201, 204, 302, 404, 503])
async def test_only_200_is_success(door: tuple[Door, SimulatedWorkable], status: int) -> None:
    """What was not taken is sent again with newer data under the same id, and given up in the end."""
    taken, simulated = door
    taken.status = status
    job = simulated.add_job("Welder", ["Applied", "Offer"], START, recruiter="x", manager="y")
    one = simulated.apply(NOEMI, job, START)
    now = START
    while simulated.push.waiting:
        now = simulated.push.next_due() or now
        await simulated.deliver_due(now)
        simulated.world.change(one, now, tags=[*simulated.world.candidates[one]["tags"], "more"])
    assert len(taken.bodies) == 6
    assert len({workable.peek({}, body).dedupe_key for body in taken.bodies}) == 1
    assert len(set(taken.bodies)) == 6


async def test_no_and_its_taking_back_are_found_by_asking(door: tuple[Door, SimulatedWorkable]) -> None:
    """Changes are listed since an instant; a withdrawal is told from a rejection."""
    taken, simulated = door
    job = simulated.add_job("Welder", ["Applied"], START, recruiter=simulated.owner, manager=simulated.owner)
    one, two, _ = (simulated.apply(NOEMI, job, START) for _ in range(3))
    await simulated.deliver_due(START)
    simulated.reject(one, START + HOUR)
    simulated.withdraw(two, START + HOUR)
    async with vendor_http() as http:
        changed, point = await client_of(simulated, http).changed("candidates", START + HOUR)
    assert (changed, point) == (sorted([one, two]), None)
    shown = simulated._body("candidate_moved", simulated.world.candidates[one], START + HOUR, "e-1")
    assert (await truth_of(simulated, one, taken.bodies)).status == "rejected"
    assert (await truth_of(simulated, two, taken.bodies)).status == "withdrawn"
    simulated.revert(one, START + 2 * HOUR)
    truth = await truth_of(simulated, one, [*taken.bodies, shown])
    assert truth.status == "active"
    assert truth.decisions[0].undone_at == START + 2 * HOUR


async def test_a_deleted_candidate_is_told_and_gone(door: tuple[Door, SimulatedWorkable]) -> None:
    """By webhook; the API knows nothing of them any more, which breaks nothing."""
    taken, simulated = door
    one = a_round(simulated)
    simulated.delete(one, START + 20 * HOUR)
    await simulated.deliver_due(START + timedelta(days=1))
    truth = await truth_of(simulated, one, taken.bodies)
    assert truth.status == "deleted"
    assert any(workable.read(body, START).erased == (one,) for body in taken.bodies)


async def test_lists_come_in_pages(door: tuple[Door, SimulatedWorkable]) -> None:
    """Every candidate is found although the next page's address leaves the filter out."""
    _, simulated = door
    job = simulated.add_job("Welder", ["Applied"], START, recruiter="x", manager="y")
    early = [simulated.apply(NOEMI, job, START) for _ in range(3)]
    late = [simulated.apply(NOEMI, job, START + HOUR) for _ in range(230)]
    async with vendor_http() as http:
        changed, _ = await client_of(simulated, http).changed("candidates", START + HOUR)
    assert changed == sorted(late)
    assert not set(changed) & set(early)
    assert [call.path for call in simulated.api.calls] == ["/spi/v3/candidates"] * 3


async def test_interviews_of_the_next_day_are_looked_at_again(door: tuple[Door, SimulatedWorkable]) -> None:
    """Cancelled ones too."""
    _, simulated = door
    one = a_round(simulated)
    (event,) = simulated.world.events
    simulated.cancel(event, START + 4 * HOUR)
    async with vendor_http() as http:
        client = client_of(simulated, http)
        assert (await client.changed("events", START))[0] == [one]
        assert (await client.changed("events", START + 6 * HOUR))[0] == []


async def test_it_refuses_as_documented(door: tuple[Door, SimulatedWorkable]) -> None:
    """Token, scope, limit."""
    _, simulated = door
    one = a_round(simulated)
    async with vendor_http() as http:
        with pytest.raises(VendorRefused, match="does not accept the access token"):
            await client_of(simulated, http, api_key="another").applications([one])
        simulated.api.scopes.discard("r_jobs")
        with pytest.raises(VendorRefused, match="may not GET /spi/v3/events"):
            await client_of(simulated, http).applications([one])
        simulated.api.limit = 0
        with pytest.raises(VendorBusy) as busy:
            await client_of(simulated, http).applications([one])
    assert busy.value.wait is not None
    assert timedelta() < busy.value.wait <= timedelta(seconds=11)


async def test_a_comment_is_found_again_after_a_fault(door: tuple[Door, SimulatedWorkable]) -> None:
    """Workable took it and failed: looking for the marker prevents a second one."""
    _, simulated = door
    one = a_round(simulated)
    target, body = Target(one, one, simulated.owner), "Told <Noémi>. [heardback:dlv_7]"
    simulated.fault(Fault(f"/spi/v3/candidates/{one}/comments", FaultKind.ACCEPT_THEN_ERROR))
    async with vendor_http() as http:
        client = client_of(simulated, http)
        with pytest.raises(VendorUnknown):
            await client.write_note(target, body)
        assert await client.find_note(target, "[heardback:dlv_7]")
        assert simulated.notes == ["Told ‹Noémi›. [heardback:dlv_7]"]
        with pytest.raises(VendorRefused, match="member_id is invalid"):
            await client.write_note(Target(one), body)


async def test_a_tag_is_written_once_whatever_fails(door: tuple[Door, SimulatedWorkable]) -> None:
    """Beginning anew after a fault adds nothing twice and takes nothing away."""
    _, simulated = door
    one = a_round(simulated)
    tag = Write(WriteKind.TAG, Target(one), "hb-1", "dlv_1", text="waiting")
    simulated.fault(Fault(f"/spi/v3/candidates/{one}/tags", FaultKind.ACCEPT_THEN_ERROR))
    async with vendor_http() as http:
        client = client_of(simulated, http)
        with pytest.raises(VendorUnknown):
            await client.walk(lambda answers: workable.api.write_step(tag, answers, client.base))
        await client.walk(lambda answers: workable.api.write_step(tag, answers, client.base))
    assert simulated.world.candidates[one]["tags"] == ["welding", "waiting"]
    assert [call.method for call in simulated.api.calls].count("PUT") == 1


async def test_webhooks_are_made_by_api_and_found_in_order(door: tuple[Door, SimulatedWorkable]) -> None:
    """Twice the same is refused by Workable, so what is there is kept."""
    _, simulated = door
    url = "https://heardback.example/webhooks/con_1"
    async with vendor_http() as http:
        client = client_of(simulated, http)
        for _ in range(2):
            await client.walk(lambda seen: workable.setup.create_step(url, "", seen, client.base))
        answers = await client.collect(workable.setup.webhook_requests(client.base))
        for request in workable.setup.check_requests(client.base).values():
            assert (await client.call(request)).status == 200
    assert workable.setup.webhook_findings(answers, url) == []
    assert len(simulated.world.subscriptions) == 3


async def test_a_delivery_of_any_name_is_signed_and_about_nobody() -> None:
    """For trying the door, with any secret."""
    simulated = SimulatedWorkable("http://127.0.0.1:9/")
    for action in ("candidate_moved", "something_new"):
        headers, body = simulated.delivery(action, START, "another-secret")
        workable.verify(headers, body, ["another-secret"])
        assert workable.peek(headers, body).action == action
        assert not any(person.name for person in workable.read(body, START).people)
