"""The simulated Teamtailor tells one story through both of its doors, and fails as the real one does."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from app.ats import teamtailor
from app.ats import teamtailor_api as api
from app.ats.canonical import Fact, FactKind, Named
from app.ats.http import ApiRequest, Target
from app.ats.steps import Write, WriteKind
from app.calls import Limits, VendorClient, vendor_http
from app.calls_tokens import MemoryTokens
from app.demo.ats import SimulatedAts
from app.demo.faults import Fault, FaultKind
from app.demo.loopback import Answer, Asked, Loopback
from app.demo.people import Newcomer
from app.demo.teamtailor import SimulatedTeamtailor
from app.errors import VendorBusy, VendorRefused, VendorUnknown
from app.moments import machine_now

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
SECRET = "a-webhook-key-of-our-own"
NOEMI = Newcomer("Noémi", "Lefèvre", "noemi@example.com", tags=("welding",))


class Door:
    """Takes webhooks, keeps what verifies, and answers with ``status``."""

    def __init__(self) -> None:
        self.status = 200
        self.events: list[tuple[str, str, bytes]] = []

    async def take(self, asked: Asked) -> Answer:
        teamtailor.verify(asked.headers, asked.body, [SECRET], machine_now())
        seen = teamtailor.peek(asked.headers, asked.body)
        self.events.append((seen.dedupe_key, seen.action, asked.body))
        return Answer(self.status)

    def named(self) -> list[Named]:
        return [one for _, action, body in self.events for one in teamtailor.read(body, START, action).named]


@pytest.fixture
async def door() -> AsyncIterator[tuple[Door, str]]:
    taken = Door()
    async with Loopback(taken.take) as server:
        yield taken, f"{server.url}/webhooks/c1"


@pytest.fixture
async def simulated(door: tuple[Door, str]) -> AsyncIterator[SimulatedTeamtailor]:
    async with SimulatedTeamtailor(door[1], SECRET) as running:
        yield running


@pytest.fixture
async def client(simulated: SimulatedTeamtailor) -> AsyncIterator[VendorClient]:
    async with vendor_http() as http:
        limits = Limits(total=timedelta(seconds=3), exchange=timedelta(seconds=1), reads=1)
        yield VendorClient("c1", api, simulated.account, tokens=MemoryTokens(), http=http, limits=limits)


def a_round(simulated: SimulatedTeamtailor) -> str:
    """One application from applying to a rejection; the id."""
    anna = simulated.add_user("Anna Berg", "anna.berg@example.com", START)
    job = simulated.add_job("Welder", ["Inbox", "Interview"], START, recruiter=anna, manager=anna)
    one = simulated.apply(NOEMI, job, START + HOUR)
    simulated.move(one, "Interview", START + 2 * HOUR)
    simulated.reject(one, START + 3 * HOUR, not_before=START + 72 * HOUR)
    return one


def test_it_is_a_simulated_ats() -> None:
    """One suite and one demo play with any of them."""
    playing: SimulatedAts = SimulatedTeamtailor("http://127.0.0.1:1/webhooks/c1", SECRET)
    assert playing.NAME == "teamtailor"


async def test_a_round_is_sent_signed_and_in_order(
    door: tuple[Door, str], simulated: SimulatedTeamtailor
) -> None:
    """Every webhook verifies, by the real time of its sending, and is an event of its own."""
    a_round(simulated)
    assert len(await simulated.deliver_due(START + HOUR)) == 3
    await simulated.deliver_due(START + timedelta(days=1))
    assert [action for _, action, _ in door[0].events] == [
        "job.create",
        "candidate.create",
        "job_application.create",
        "job_application.update",
        "job_application.update",
    ]
    assert len({key for key, _, _ in door[0].events}) == 5
    assert not any(b"candidate_id" in body or b"candidate-id" in body for _, _, body in door[0].events)


@pytest.mark.parametrize("status", [401, 500, 503])
async def test_nothing_is_sent_twice(
    door: tuple[Door, str], simulated: SimulatedTeamtailor, status: int
) -> None:
    """There is no retry, whatever is answered."""
    a_round(simulated)
    door[0].status = status
    await simulated.deliver_due(START + timedelta(days=1))
    await simulated.deliver_due(START + timedelta(days=9))
    assert (len(door[0].events), simulated.push.next_due()) == (5, None)
    assert all(one.given_up for one in simulated.push.webhooks)


async def test_what_webhooks_name_and_what_a_poll_finds_are_the_same_facts(
    door: tuple[Door, str], simulated: SimulatedTeamtailor, client: VendorClient
) -> None:
    """One key whichever door a thing comes through; of a rejection each door knows something."""
    one = a_round(simulated)
    await simulated.deliver_due(START + timedelta(days=1))
    heard = api.read_answers(await client.about(door[0].named()), START)
    changed = {
        application
        for resource in ("job-applications", "candidates")
        for application in (await client.changed(resource, START))[0]
    }
    assert changed == {one}
    polled = api.read_answers(await client.applications(sorted(changed)), START)
    assert {fact.key for fact in polled.facts} <= {fact.key for fact in heard.facts}
    told: dict[FactKind, Fact] = {fact.kind: fact for fact in polled.facts}
    assert told[FactKind.STAGE_ENTERED].at == START + 2 * HOUR
    assert told[FactKind.REJECTED].data["reason"] == "Not a fit"
    bodies = [teamtailor.read(body, START, action) for _, action, body in door[0].events]
    ends = [fact for reading in bodies for fact in reading.facts if fact.kind is FactKind.REJECTED]
    assert [fact.data["not_before"] for fact in ends] == ["2026-11-05T09:00:00Z"]
    assert {person.email for person in polled.people} == {"noemi@example.com", "anna.berg@example.com"}


async def test_every_act_shows_in_the_rows(simulated: SimulatedTeamtailor, client: VendorClient) -> None:
    """Withdrawals, hires, who unsubscribes, closed jobs: read as what they are."""
    anna = simulated.add_user("Anna Berg", "anna.berg@example.com", START)
    job = simulated.add_job("Welder", ["Inbox", "Interview"], START, recruiter=anna, manager=anna)
    gone, stays = (simulated.apply(NOEMI, job, START + HOUR) for _ in range(2))
    simulated.withdraw(gone, START + 2 * HOUR)
    simulated.hire(stays, START + 2 * HOUR)
    simulated.update_candidate(simulated.candidate(stays), START + 3 * HOUR, unsubscribed=True)
    simulated.close_job(job, START + 4 * HOUR)
    facts = api.read_answers(await client.applications([gone, stays]), START).facts
    assert {fact.application for fact in facts if fact.kind is FactKind.WITHDRAWN} == {gone}
    assert {fact.application for fact in facts if fact.kind is FactKind.HIRED} == {stays}
    flags = [fact.data["can_email"] for fact in facts if fact.kind is FactKind.CANDIDATE_CHANGED]
    assert sorted(flags) == [False, True]
    assert {"name": "Welder", "status": "closed"} in [dict(fact.data) for fact in facts]
    changed, _ = await client.changed("candidates", START + 3 * HOUR)
    assert changed == [stays]


async def test_who_is_deleted_is_not_found_any_more(
    door: tuple[Door, str], simulated: SimulatedTeamtailor, client: VendorClient
) -> None:
    """A webhook tells of each end, and the API confirms it."""
    one = a_round(simulated)
    candidate = simulated.candidate(one)
    simulated.delete(one, START + 4 * HOUR)
    await simulated.deliver_due(START + timedelta(days=1))
    ends = [teamtailor.read(body, START, action) for _, action, body in door[0].events[-2:]]
    assert [fact.kind for reading in ends for fact in reading.facts] == [
        FactKind.APPLICATION_DELETED,
        FactKind.CANDIDATE_DELETED,
    ]
    assert ends[1].erased == (candidate,)
    named = [*dict.fromkeys(door[0].named())]
    answers = await client.about(named)
    assert {one.kind.value: api.found(one, answers) for one in named} == {
        "application": False,
        "candidate": False,
        "job": True,
    }


@pytest.mark.parametrize("action", ["job_application.update", "candidate.destroy", "something.new", "test"])
def test_a_delivery_about_nobody_is_signed(action: str) -> None:
    """Also of an event that nobody knows, and with another key."""
    playing = SimulatedTeamtailor("http://127.0.0.1:1/webhooks/c1", SECRET)
    for secret in (None, "another"):
        headers, body = playing.delivery(action, START, secret)
        teamtailor.verify(headers, body, [secret or SECRET], machine_now())
        assert teamtailor.peek(headers, body).action == action


async def test_lists_come_in_pages(simulated: SimulatedTeamtailor, client: VendorClient) -> None:
    """At most thirty a page, and every row once."""
    anna = simulated.add_user("Anna Berg", "anna.berg@example.com", START)
    job = simulated.add_job("Welder", ["Inbox"], START, recruiter=anna, manager=anna)
    ids = [simulated.apply(NOEMI, job, START + HOUR) for _ in range(65)]
    before = len(simulated.rest.calls)
    changed, point = await client.changed("job-applications", START)
    assert (changed, point) == (sorted(ids), None)
    assert len(simulated.rest.calls) - before == 3


async def test_it_refuses_as_documented(simulated: SimulatedTeamtailor) -> None:
    """No key, no version, too large a page, an unknown relation or filter, another content type."""
    base = simulated.account.api_base
    good = {"authorization": f"Token token={simulated.rest.api_key}", "x-api-version": api.API_VERSION}
    async with httpx.AsyncClient(trust_env=False) as http:

        async def status(path: str, headers: dict[str, str]) -> int:
            return (await http.get(f"{base}/{path}", headers=headers)).status_code

        assert await status("users", good) == 200
        assert await status("users", {"x-api-version": api.API_VERSION}) == 401
        assert await status("users", {"authorization": good["authorization"]}) == 406
        assert await status("users?page[size]=31", good) == 400
        assert await status("candidates?include=notes", good) == 400
        assert await status("jobs?filter[updated-at][from]=x", good) == 400
        assert await status("candidates/1", good) == 404
        assert (await http.post(f"{base}/notes", headers=good, json={"data": {}})).status_code == 415


async def test_the_limit_is_told_and_kept(simulated: SimulatedTeamtailor, client: VendorClient) -> None:
    """Whoever asks too often is told to wait."""
    simulated.rest.limit = 1
    request = ApiRequest("GET", f"{client.base}/users")
    await client.rows(request)
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.get(request.url)
    assert answer.status_code == 429
    assert answer.headers["x-rate-limit-remaining"] == "0"
    with pytest.raises(VendorBusy):
        await client.rows(request)


async def test_a_note_mentions_nobody_and_is_found_again(
    simulated: SimulatedTeamtailor, client: VendorClient
) -> None:
    """After an answer that was lost it is looked for, not written again."""
    target = Target(simulated.candidate(a_round(simulated)), user="70001")
    simulated.fault(Fault("/v1/notes", FaultKind.ACCEPT_THEN_CLOSE, method="POST"))
    with pytest.raises(VendorUnknown):
        await client.write_note(target, "Told by @anna and <b>. [heardback:d1]")
    assert await client.find_note(target, "[heardback:d1]") is not None
    assert await client.find_note(target, "[heardback:d2]") is None
    assert simulated.notes == ["Told by @\u200banna and ‹b›. [heardback:d1]"]
    (note,) = simulated.world.rows["notes"].values()
    assert note["attributes"]["mentioned-user-ids"] == []


@pytest.mark.parametrize("kind", [WriteKind.TAG, WriteKind.TASK])
async def test_a_write_that_was_cut_off_is_not_repeated(
    simulated: SimulatedTeamtailor, client: VendorClient, kind: WriteKind
) -> None:
    """Beginning anew after any fault writes nothing twice, and keeps what was there."""
    candidate = simulated.candidate(a_round(simulated))
    write = Write(kind, Target(candidate, user="70001"), "[heardback:t1]", "t1", "told", due_at=START)
    method = "PATCH" if kind is WriteKind.TAG else "POST"
    simulated.fault(Fault("/v1/", FaultKind.ACCEPT_THEN_ERROR, method=method))
    with pytest.raises(VendorUnknown):
        await client.walk(lambda answers: api.write_step(write, answers, client.base))
    done = await client.walk(lambda answers: api.write_step(write, answers, client.base))
    assert done is not None
    assert len(simulated.world.rows["todos"]) == int(kind is WriteKind.TASK)
    tags = simulated.world.rows["candidates"][candidate]["attributes"]["tags"]
    assert tags == ["welding", *(["told"] if kind is WriteKind.TAG else [])]


async def test_a_task_without_a_user_is_refused(simulated: SimulatedTeamtailor, client: VendorClient) -> None:
    """Teamtailor insists on one: a person must name it."""
    write = Write(
        WriteKind.TASK, Target(simulated.candidate(a_round(simulated))), "[heardback:t1]", "t1", "x"
    )
    with pytest.raises(VendorRefused):
        await client.walk(lambda answers: api.write_step(write, answers, client.base))
