"""The simulated Recruitee tells one story through both of its doors, and fails as the real one does."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from app.ats import recruitee
from app.ats.canonical import Fact, FactKind, Named, NamedKind
from app.ats.http import Account, Target
from app.ats.steps import Done, Write, WriteKind
from app.calls import Limits, VendorClient, vendor_http
from app.calls_tokens import MemoryTokens
from app.demo.ats import SimulatedAts
from app.demo.faults import Fault, FaultKind
from app.demo.loopback import Answer, Asked, Loopback
from app.demo.people import Newcomer
from app.demo.recruitee import SimulatedRecruitee
from app.errors import VendorError

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
SECRET = "a-webhook-secret-of-our-own"
MARKER = "[heardback:dlv_1]"


class Door:
    """Takes webhooks as the service does, and answers with ``status``."""

    def __init__(self) -> None:
        self.status = 200
        self.bodies: list[bytes] = []

    async def take(self, asked: Asked) -> Answer:
        recruitee.verify(asked.headers, asked.body, [SECRET])
        self.bodies.append(asked.body)
        return Answer(self.status)

    @property
    def actions(self) -> list[str]:
        return [recruitee.peek({}, body).action for body in self.bodies]

    @property
    def facts(self) -> list[Fact]:
        return [fact for body in self.bodies for fact in recruitee.read(body, START).facts]


Played = tuple[SimulatedRecruitee, Door, VendorClient]


@pytest.fixture
async def played() -> AsyncIterator[Played]:
    door = Door()
    async with (
        Loopback(door.take) as server,
        vendor_http() as http,
        SimulatedRecruitee(f"{server.url}/webhooks/c1", SECRET) as simulated,
    ):
        account = Account(
            api_base=simulated.settings["base_url"],
            site=simulated.settings["site"],
            api_key=simulated.secrets["api_key"],
        )
        limits = Limits(total=timedelta(seconds=5), exchange=timedelta(seconds=1), reads=1)
        client = VendorClient("c1", recruitee.api, account, tokens=MemoryTokens(), http=http, limits=limits)
        yield simulated, door, client


def one_application(simulated: SimulatedAts) -> str:
    anna = simulated.add_user("Anna Berg", "anna.berg@example.com", START)
    job = simulated.add_job("Welder", ["Applied", "Interview", "Offer"], START, recruiter=anna, manager=anna)
    newcomer = Newcomer("Noémi", "Lefèvre", "noemi@example.com", tags=("fast",))
    return simulated.apply(newcomer, job, START + HOUR)


def keys(facts: list[Fact], *kinds: FactKind) -> set[str]:
    return {fact.key for fact in facts if fact.kind in kinds}


async def test_every_act_is_told_and_the_api_tells_the_same(played: Played) -> None:
    """Keys of what happened are equal through both doors."""
    simulated, door, client = played
    application = one_application(simulated)
    simulated.move(application, "Interview", START + 2 * HOUR)
    simulated.reject(application, START + 3 * HOUR)
    await simulated.deliver_due(START + 3 * HOUR)
    assert door.actions == [
        "offer_published",
        "new_candidate.career_site",
        "candidate_moved.stage_changed",
        "candidate_moved.disqualified",
    ]
    told = list(recruitee.api.read_answers(await client.applications([application]), START).facts)
    happened = (FactKind.APPLICATION_CREATED, FactKind.REJECTED)
    assert keys(door.facts, *happened) == keys(told, *happened) != set()

    simulated.requalify(application, START + 4 * HOUR)
    simulated.hire(application, START + 5 * HOUR)
    await simulated.deliver_due(START + 5 * HOUR)
    told = list(recruitee.api.read_answers(await client.applications([application]), START).facts)
    latest = (FactKind.HIRED, FactKind.STAGE_CHANGED)
    assert keys(told, *latest) <= keys(door.facts, *latest)
    assert keys(told, FactKind.HIRED)


async def test_a_withdrawal_is_one_through_both_doors(played: Played) -> None:
    """The candidate's own doing is not the company's decision."""
    simulated, door, client = played
    application = one_application(simulated)
    simulated.withdraw(application, START + 2 * HOUR)
    await simulated.deliver_due(START + 2 * HOUR)
    told = list(recruitee.api.read_answers(await client.applications([application]), START).facts)
    assert keys(told, FactKind.WITHDRAWN) == keys(door.facts, FactKind.WITHDRAWN) != set()
    assert keys(told, FactKind.REJECTED) == keys(door.facts, FactKind.REJECTED) == set()


async def test_a_new_candidate_is_completed_by_the_api(played: Played) -> None:
    """Stage, team and tags, which the webhook does not tell."""
    simulated, door, client = played
    application = one_application(simulated)
    await simulated.deliver_due(START + HOUR)
    [named] = recruitee.read(door.bodies[-1], START).named
    answers = await client.about([named])
    assert recruitee.api.found(named, answers)
    reading = recruitee.api.read_answers(answers, START)
    [stage] = [fact for fact in reading.facts if fact.kind == FactKind.STAGE_CHANGED]
    assert (stage.application, stage.at) == (application, START + HOUR)
    assert stage.data["stage_name"] == "Applied"
    assert {person.time_zone for person in reading.people} == {None, "Europe/Berlin"}


async def test_a_deleted_candidate_is_gone_through_both_doors(played: Played) -> None:
    """The webhook tells it, and the API no longer knows them."""
    simulated, door, client = played
    application = one_application(simulated)
    simulated.delete(application, START + 2 * HOUR)
    await simulated.deliver_due(START + 2 * HOUR)
    candidate = application.partition(":")[0]
    assert recruitee.read(door.bodies[-1], START).erased == (candidate,)
    named = Named(NamedKind.CANDIDATE, candidate, deleted=True)
    assert not recruitee.api.found(named, await client.about([named]))


async def test_changes_are_found_since_an_instant_page_by_page(played: Played) -> None:
    """Older activities than asked for are not read to their end."""
    simulated, _, client = played
    first = one_application(simulated)
    offer = first.partition(":")[2]
    newer = [simulated.apply(Newcomer("N", str(n)), offer, START + (n + 2) * HOUR) for n in range(250)]
    simulated.move(first, "Interview", START + 400 * HOUR)
    changed, _ = await client.changed("activities", START + 300 * HOUR)
    assert first in changed
    assert len(simulated.rest.calls) == 1
    changed, point = await client.changed("candidates", START + 2 * HOUR)
    assert set(newer) <= set(changed)
    assert point is None
    simulated.rest.missing = ("/tracking/",)
    assert await client.changed("activities", START) == ([], None)


async def test_interviews_may_be_missing_without_harm(played: Played) -> None:
    """Where the path is there they are read; where it is not, all else is."""
    simulated, _, client = played
    application = one_application(simulated)
    [anna] = simulated.world.rows["admins"]
    interview = simulated.interview(application, [str(anna)], START + 4 * HOUR, START + 2 * HOUR)
    simulated.evaluate(interview, str(anna), START + 6 * HOUR)
    reading = recruitee.api.read_answers(await client.applications([application]), START)
    assert {FactKind.INTERVIEW, FactKind.INTERVIEWER, FactKind.SCORECARD} <= {f.kind for f in reading.facts}
    simulated.rest.missing = ("^/interview/",)
    reading = recruitee.api.read_answers(await client.applications([application]), START)
    assert FactKind.INTERVIEW not in {f.kind for f in reading.facts}
    assert FactKind.APPLICATION_CREATED in {f.kind for f in reading.facts}


async def test_anything_but_200_is_sent_again_with_other_bytes(played: Played) -> None:
    """The same event with another count and another signature, ten times at most."""
    simulated, door, _ = played
    one_application(simulated)
    door.status, now = 204, START + HOUR
    while (due := simulated.push.next_due()) is not None:
        now = max(now, due)
        await simulated.deliver_due(now)
    events = {recruitee.peek({}, body).dedupe_key for body in door.bodies}
    assert len(door.bodies) == len(set(door.bodies)) == 10 * len(events)
    assert all(webhook.given_up for webhook in simulated.push.webhooks)
    assert now - START <= timedelta(hours=50)


@pytest.mark.parametrize(
    "kind", [FaultKind.ERROR, FaultKind.ACCEPT_THEN_ERROR, FaultKind.ACCEPT_THEN_CLOSE, FaultKind.CLOSE]
)
@pytest.mark.parametrize(("what", "path"), [("note", "notes"), ("tag", "tags"), ("task", "tasks")])
async def test_whatever_is_written_is_there_once_after_any_fault(
    played: Played, kind: FaultKind, what: str, path: str
) -> None:
    """It is looked for before it is written again."""
    simulated, _, client = played
    candidate, _, offer = one_application(simulated).partition(":")
    target = Target(candidate, f"{candidate}:{offer}")
    root = "/c/4455/tasks" if path == "tasks" else f"/c/4455/candidates/{candidate}/{path}"
    simulated.fault(Fault(root, kind, method="POST"))
    wanted = Write(WriteKind(what), target, MARKER, "snd_1", "Heard back", title="Call")

    async def once() -> None:
        if what == "note":
            if await client.find_note(target, MARKER) is None:
                await client.write_note(target, f"Told. {MARKER}")
            return
        done = await client.walk(lambda answers: recruitee.api.write_step(wanted, answers, client.base))
        assert isinstance(done, Done)

    with pytest.raises(VendorError):
        await once()
    await once()
    await once()
    world = simulated.world.rows
    there = {
        "note": len(simulated.notes),
        "task": len(world["tasks"]),
        "tag": world["candidates"][int(candidate)]["tags"].count("Heard back"),
    }
    assert there[what] == 1


async def test_a_wrong_token_and_a_used_up_limit_are_refused(played: Played) -> None:
    """As a scope to be given, and as a wait."""
    simulated, _, client = played
    application = one_application(simulated)
    token, simulated.rest.token = simulated.rest.token, "another"
    with pytest.raises(VendorError) as refused:
        await client.applications([application])
    assert refused.value.kind == "scope"
    simulated.rest.limit, simulated.rest.token = 0, token
    with pytest.raises(VendorError) as busy:
        await client.applications([application])
    assert busy.value.kind == "too_many"


async def test_deliveries_of_any_name_are_correctly_signed(played: Played) -> None:
    """Also of a name that nobody knows; and of none with another's secret."""
    simulated, _, _ = played
    headers, body = simulated.delivery("candidate_sang.loudly", START)
    recruitee.verify(headers, body, [SECRET])
    assert recruitee.peek(headers, body).action == "candidate_sang.loudly"
    assert recruitee.read(body, START).ignored == "unknown action: candidate_sang"
    other, same = simulated.delivery("new_candidate", START, "another")
    recruitee.verify(other, same, ["another"])
