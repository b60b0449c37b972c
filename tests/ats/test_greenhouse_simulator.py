"""The simulated Greenhouse tells one story through both of its doors, and fails as the real one does."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from app.ats import greenhouse
from app.ats.canonical import FactKind
from app.ats.http import ApiRequest
from app.calls import Limits, VendorClient, vendor_http
from app.calls_tokens import MemoryTokens
from app.demo.greenhouse import SimulatedGreenhouse
from app.demo.loopback import Answer, Asked, Loopback
from app.demo.people import Newcomer
from app.demo.push import Chaos

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
SECRET = "a-webhook-secret-of-our-own"


class Door:
    """Takes webhooks, keeps what verifies, and answers with ``status``."""

    def __init__(self) -> None:
        self.status = 200
        self.events: list[tuple[str, str, bytes]] = []

    async def take(self, asked: Asked) -> Answer:
        greenhouse.verify(asked.headers, asked.body, [SECRET])
        seen = greenhouse.peek(asked.headers, asked.body)
        self.events.append((seen.dedupe_key, seen.action, asked.body))
        return Answer(self.status)

    @property
    def actions(self) -> list[str]:
        return [action for _, action, _ in self.events]


@pytest.fixture
async def door() -> AsyncIterator[tuple[Door, str]]:
    taken = Door()
    async with Loopback(taken.take) as server:
        yield taken, f"{server.url}/webhooks/c1"


def a_round(simulated: SimulatedGreenhouse) -> int:
    """One application from applying to the hire; the id."""
    anna = simulated.add_user("Anna Berg", "anna.berg@example.com", START)
    job = simulated.add_job("Welder <m/f>", ["Review", "Interview", "Offer"], START, recruiters=[anna])
    hour = timedelta(hours=1)
    one = simulated.apply(
        Newcomer("Noémi", "Lefèvre", "noemi@example.com"), job, START + hour, recruiter=anna
    )
    simulated.move(one, "Interview", START + 2 * hour)
    interview = simulated.schedule_interview(one, [anna], START + 4 * hour, START + 3 * hour)
    simulated.end_interview(interview, START + 5 * hour)
    simulated.submit_scorecard(interview, anna, START + 6 * hour)
    simulated.move(one, "Offer", START + 7 * hour)
    offer = simulated.create_offer(one, START + 8 * hour, starts_on=date(2027, 1, 4))
    simulated.approve_offer(offer, START + 9 * hour)
    simulated.send_offer(offer, START + 10 * hour)
    simulated.accept_offer(offer, START + 11 * hour)
    simulated.hire(one, START + 12 * hour)
    return one


async def test_a_round_is_sent_signed_and_in_order(door: tuple[Door, str]) -> None:
    """Every webhook verifies and is understood; interviews and scorecards send nothing."""
    taken, url = door
    simulated = SimulatedGreenhouse(url, SECRET)
    a_round(simulated)
    await simulated.deliver_due(START + timedelta(days=1))
    assert taken.actions == [
        "job_created",
        "new_candidate_application",
        "candidate_stage_change",
        "candidate_stage_change",
        "offer_created",
        "offer_approved",
        "offer_updated",
        "offer_updated",
        "hire_candidate",
    ]
    assert len({key for key, _, _ in taken.events}) == 9
    assert b"\\u003cm/f\\u003e" in taken.events[0][2]
    assert b"No\\u00e9mi" in taken.events[1][2]
    assert all(greenhouse.read(body, START).facts for _, _, body in taken.events)


async def test_nothing_leaves_before_its_time(door: tuple[Door, str]) -> None:
    """The caller says what time it is."""
    taken, url = door
    simulated = SimulatedGreenhouse(url, SECRET)
    a_round(simulated)
    await simulated.deliver_due(START + timedelta(hours=1))
    assert len(taken.events) == 2
    assert simulated.push.next_due() == START + timedelta(hours=2)


@pytest.mark.parametrize("status", [202, 204, 301, 401, 503])
async def test_only_exactly_200_is_success(door: tuple[Door, str], status: int) -> None:
    """Anything else is sent again after 1, 15, 60, 120, 240 and 480 minutes, with the same id, then never."""
    taken, url = door
    taken.status = status
    simulated = SimulatedGreenhouse(url, SECRET)
    simulated.ping(START)
    at, waits = START, []
    await simulated.deliver_due(START)
    while following := simulated.push.next_due():
        waits.append((following - at).total_seconds() / 60)
        at = following
        await simulated.deliver_due(at)
    assert waits == [1, 15, 60, 120, 240, 480]
    assert len(taken.events) == 7
    assert len({key for key, _, _ in taken.events}) == 1
    assert simulated.push.webhooks[0].given_up


async def test_the_same_seed_has_the_same_fates(door: tuple[Door, str]) -> None:
    """A tenth dropped or repeated, some late, some out of order, and always the same ones."""
    taken, url = door
    chaos = Chaos(seed=7, drop=0.2, repeat=0.2, delay=0.2, reorder=0.2)
    told = []
    for _ in range(2):
        simulated = SimulatedGreenhouse(url, SECRET, chaos=chaos)
        for number in range(40):
            simulated.ping(START + timedelta(minutes=number))
        await simulated.deliver_due(START + timedelta(days=1))
        told.append([key for key, _, _ in taken.events])
        taken.events.clear()
        assert 0 < sum(webhook.dropped for webhook in simulated.push.webhooks) < 20
    assert told[0] == told[1]
    assert len(told[0]) > len(set(told[0]))
    sent = [webhook.event_id for webhook in simulated.push.webhooks if not webhook.dropped]
    assert list(dict.fromkeys(told[0])) != [f"event:{one}" for one in sent]
    assert set(told[0]) == {f"event:{one}" for one in sent}


async def test_what_is_out_of_order_comes_after_the_rest(door: tuple[Door, str]) -> None:
    """Nothing is lost by it."""
    taken, url = door
    simulated = SimulatedGreenhouse(url, SECRET, chaos=Chaos(reorder=0.3))
    for number in range(20):
        simulated.ping(START + timedelta(minutes=number))
    await simulated.deliver_due(START + timedelta(days=1))
    late = [one.event_id for one in simulated.push.webhooks if one.late]
    prompt = [one.event_id for one in simulated.push.webhooks if not one.late]
    assert late
    assert [key.removeprefix("event:") for key, _, _ in taken.events] == prompt + late


async def test_both_doors_tell_the_same_story(door: tuple[Door, str]) -> None:
    """What a webhook brings and what a poll finds are the same facts wherever both can know them."""
    taken, url = door
    async with SimulatedGreenhouse(url, SECRET) as simulated, vendor_http() as http:
        one = a_round(simulated)
        second = simulated.apply(Newcomer("Ilse", "Vos"), simulated.world.find("jobs")[0]["id"], START)
        simulated.reject(second, "Found a job", START + timedelta(hours=1), kind="THEY_REJECTED_US")
        await simulated.deliver_due(START + timedelta(days=1))
        client = VendorClient(
            "c1",
            greenhouse.api,
            simulated.account,
            tokens=MemoryTokens(),
            http=http,
            limits=Limits(share=1.0),
        )
        answers = await client.applications([str(one), str(second)])
    shared = {FactKind.APPLICATION_CREATED, FactKind.HIRED, FactKind.REJECTED, FactKind.WITHDRAWN}
    pushed = {fact for _, _, body in taken.events for fact in _facts(body, shared)}
    polled = {
        (fact.key, fact.at, fact.kind)
        for fact in greenhouse.api.read_answers(answers, START).facts
        if fact.kind in shared
    }
    assert pushed == polled
    assert len(pushed) == 4
    visits = [
        fact for fact in greenhouse.api.read_answers(answers, START).facts if fact.kind == "stage_entered"
    ]
    assert [visit.data["stage_name"] for visit in visits if visit.application == str(one)] == [
        "Offer",
        "Interview",
        "Review",
    ]


def _facts(body: bytes, kinds: set[FactKind]) -> list[tuple[str, datetime | None, FactKind]]:
    return [
        (fact.key, fact.at, fact.kind) for fact in greenhouse.read(body, START).facts if fact.kind in kinds
    ]


async def test_every_act_sends_what_greenhouse_sends(door: tuple[Door, str]) -> None:
    """Each webhook of the simulator is understood, and erases where it must."""
    taken, url = door
    simulated = SimulatedGreenhouse(url, SECRET)
    job = simulated.add_job("Welder", ["Review", "Interview"], START)
    member = simulated.add_user("Anna Berg", "anna@example.com", START)
    people = [simulated.apply(Newcomer("N", str(number)), job, START) for number in range(5)]
    candidates = [simulated.world.one("applications", one)["candidate_id"] for one in people]
    simulated.apply(Newcomer("P", "rospect"), job, START, prospect=True)
    interview = simulated.schedule_interview(people[0], [member], START, START)
    simulated.move_interview(interview, START + timedelta(days=1), START)
    simulated.delete_scorecard(simulated.submit_scorecard(interview, member, START), START)
    simulated.cancel_interview(interview, START)
    simulated.reject(people[0], "Experience", START)
    simulated.unreject(people[0], START)
    simulated.hire(people[0], START)
    simulated.unhire(people[0], START)
    first = simulated.create_offer(people[0], START)
    second = simulated.create_offer(people[0], START)
    assert simulated.world.one("offers", first)["status"] == "Deprecated"
    simulated.decline_offer(second, START)
    simulated.delete_offer(second, START)
    simulated.update_application(people[0], START, source_name="Fair")
    simulated.update_candidate(candidates[0], START, can_email=False)
    simulated.delete_application(people[1], START)
    simulated.merge(candidates[0], candidates[2], START)
    simulated.anonymize(candidates[3], START)
    simulated.delete_candidate(candidates[4], START)
    simulated.close_job(job, START)
    simulated.ping(START)
    await simulated.deliver_due(START)
    readings = {action: greenhouse.read(body, START) for _, action, body in taken.events}
    assert [action for action, reading in readings.items() if reading.ignored] == ["ping"]
    assert readings["delete_candidate"].erased == (str(candidates[4]),)
    assert readings["candidate_anonymized"].erased == (str(candidates[3]),)
    assert readings["job_updated"].facts[0].data["status"] == "closed"
    expected = (
        "new_prospect_application interview_deleted scorecard_deleted unreject_candidate unhire_candidate "
        "offer_deleted application_updated update_candidate delete_application merge_candidate"
    )
    assert set(expected.split()) <= set(readings)


async def test_harvest_refuses_as_documented() -> None:
    """401 without a token, 404, 422 for a cursor with company or too many ids, 429 with its headers."""
    async with SimulatedGreenhouse("http://127.0.0.1:9/", SECRET) as simulated, vendor_http() as http:
        harvest = simulated.harvest
        assert (await http.get(f"{harvest.base}/users")).status_code == 401
        token = await _token(http, simulated)
        http.headers["authorization"] = f"Bearer {token}"
        assert (await http.get(f"{harvest.base}/planets")).status_code == 404
        for _ in range(3):
            simulated.add_user("A B", "a@example.com", START)
        first = await http.get(f"{harvest.base}/users", params={"per_page": 1})
        following = first.links["next"]["url"]
        assert (await http.get(following)).json()[0]["id"] < first.json()[0]["id"]
        assert (await http.get(f"{following}&per_page=1")).status_code == 422
        many = ",".join(map(str, range(51)))
        assert (await http.get(f"{harvest.base}/users", params={"ids": many})).status_code == 422
        harvest.limit = 1
        refused = await http.get(f"{harvest.base}/users")
        assert refused.status_code == 429
        assert refused.headers["x-ratelimit-remaining"] == "0"
        assert 0 < int(refused.headers["retry-after"]) <= 30


async def _token(http: httpx.AsyncClient, simulated: SimulatedGreenhouse) -> str:
    asked: ApiRequest = greenhouse.api.token_request(simulated.account)
    answer = await http.post(asked.url, data=dict(asked.form or {}), headers=dict(asked.headers))
    return str(answer.json()["access_token"])
