"""The simulated SmartRecruiters tells one story through both of its doors, and fails as the real one does."""

import json
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from app.ats import smartrecruiters, smartrecruiters_api, smartrecruiters_setup
from app.ats.canonical import FactKind, Named
from app.ats.http import Account, Target
from app.ats.steps import Done, Write, WriteKind
from app.calls import Limits, VendorClient, vendor_http
from app.calls_tokens import MemoryTokens
from app.demo.faults import Fault, FaultKind
from app.demo.loopback import Answer, Asked, Loopback
from app.demo.people import Newcomer
from app.demo.push import Chaos
from app.demo.smartrecruiters import SimulatedSmartRecruiters
from app.errors import VendorAway, VendorRefused, VendorUnknown
from app.moments import machine_now

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
SECRET = "a-subscription-key-of-our-own"


class Door:
    """Answers handshakes, takes webhooks that verify, and answers with ``status``."""

    def __init__(self) -> None:
        self.status = 202
        self.events: list[tuple[str, str, bytes]] = []

    async def take(self, asked: Asked) -> Answer:
        answer = smartrecruiters.handshake(asked.headers, asked.body)
        if answer is not None:
            return Answer(200, b"", answer)
        smartrecruiters.verify(asked.headers, asked.body, [SECRET], machine_now())
        seen = smartrecruiters.peek(asked.headers, asked.body)
        self.events.append((seen.dedupe_key, seen.action, asked.body))
        return Answer(self.status, b"")

    @property
    def named(self) -> Sequence[Named]:
        readings = [smartrecruiters.read(body, START, action) for _, action, body in self.events]
        return list(dict.fromkeys(named for reading in readings for named in reading.named))


@pytest.fixture
async def door() -> AsyncIterator[tuple[Door, str]]:
    taken = Door()
    async with Loopback(taken.take) as server:
        yield taken, f"{server.url}/webhooks/c1"


def client(simulated: SimulatedSmartRecruiters, http: httpx.AsyncClient, **account: str) -> VendorClient:
    base = str(simulated.settings["base_url"])
    key = account or {"api_key": simulated.api.api_key}
    return VendorClient(
        "c1",
        smartrecruiters_api,
        Account(api_base=base, auth_url=f"{base}/identity/oauth/token", **key),
        tokens=MemoryTokens(),
        http=http,
        limits=Limits(share=1.0, reads=1),
    )


def a_round(simulated: SimulatedSmartRecruiters) -> str:
    """One application from applying to the hire; its id."""
    anna = simulated.add_user("Anna Berg", "anna.berg@example.com", START)
    job = simulated.add_job("Welder", ["Review", "Interview", "Offer"], START, recruiter=anna, manager=anna)
    one = simulated.apply(Newcomer("Noémi", "Lefèvre", "noemi@example.com"), job, START + HOUR)
    simulated.move(one, "Interview", START + 2 * HOUR)
    simulated.schedule_interview(one, [anna], START + 4 * HOUR, START + 3 * HOUR)
    simulated.review(one, anna, START + 6 * HOUR)
    simulated.move(one, "Offer", START + 7 * HOUR)
    offer = simulated.offer(one, START + 8 * HOUR)
    simulated.change_offer(offer, "PENDING_ACCEPTANCE", START + 9 * HOUR)
    simulated.change_offer(offer, "ACCEPTED", START + 10 * HOUR)
    simulated.hire(one, START + 11 * HOUR)
    return one


async def test_both_ways_to_the_api_tell_the_same_story(door: tuple[Door, str]) -> None:
    """What webhooks named and what a poll finds are the same facts; a named interview is news each time."""
    taken, url = door
    async with SimulatedSmartRecruiters(url, SECRET) as simulated, vendor_http() as http:
        one = a_round(simulated)
        await simulated.deliver_due(START + 24 * HOUR)
        calls = client(simulated, http)
        fetched = await calls.about(taken.named)
        changed, _ = await calls.changed("candidates", START)
        polled = await calls.applications(changed)
    assert changed == [one]
    assert all(smartrecruiters_api.found(named, fetched) for named in taken.named)
    by_fetch, by_poll = (
        {fact.key: fact for fact in smartrecruiters_api.read_answers(answers, START).facts}
        for answers in (fetched, polled)
    )
    both = by_fetch | by_poll
    apart = {both[key].kind for key in by_fetch.keys() ^ by_poll.keys()}
    assert apart == {FactKind.INTERVIEW, FactKind.INTERVIEWER}
    kinds = [fact.kind for fact in by_poll.values()]
    assert kinds.count(FactKind.STAGE_ENTERED) == 3
    assert {FactKind.APPLICATION_CREATED, FactKind.HIRED, FactKind.OFFER, FactKind.SCORECARD} <= set(kinds)
    (card,) = [fact for fact in by_poll.values() if fact.kind is FactKind.SCORECARD]
    (interview,) = [fact for fact in by_poll.values() if fact.kind is FactKind.INTERVIEW]
    assert card.data["interviewed_at"] == interview.data["starts_at"]
    (state,) = [fact for fact in by_poll.values() if fact.kind is FactKind.APPLICATION_CHANGED]
    assert state.data["recruiter"] == next(iter(simulated.world.users))
    people = {person.email for person in smartrecruiters_api.read_answers(polled, START).people}
    assert people == {"noemi@example.com", "anna.berg@example.com"}


async def test_webhooks_carry_ids_only_and_each_is_understood(door: tuple[Door, str]) -> None:
    """No name leaves in a body; a deletion erases, with one webhook in all."""
    taken, url = door
    simulated = SimulatedSmartRecruiters(url, SECRET)
    one = a_round(simulated)
    simulated.cancel_interview(next(iter(simulated.world.interviews)), START + 12 * HOUR)
    simulated.close_job(one.partition(":")[2], START + 12 * HOUR)
    simulated.delete(one, START + 13 * HOUR)
    await simulated.deliver_due(START + 24 * HOUR)
    assert all(set(json.loads(body)) <= {"id", "job_id", "candidate_id"} for _, _, body in taken.events)
    readings = [smartrecruiters.read(body, START, action) for _, action, body in taken.events]
    assert [reading.ignored for reading in readings if reading.ignored] == []
    assert readings[-1].erased == (one.partition(":")[0],)
    assert [action for _, action, _ in taken.events][-1] == "candidate.deleted"
    assert simulated.world.applications == {}


@pytest.mark.parametrize("status", [200, 204, 301, 401, 503])
async def test_only_202_is_success_and_who_never_says_it_is_suspended(
    door: tuple[Door, str], status: int
) -> None:
    """Ten repeats of the same event, then no more, and nothing that happens later."""
    taken, url = door
    taken.status = status
    simulated = SimulatedSmartRecruiters(url, SECRET)
    user = simulated.add_user("A B", "a@example.com", START)
    simulated.add_job("Welder", ["Review"], START, recruiter=user, manager=user)
    waits, now = [], START
    await simulated.deliver_due(START)
    while following := simulated.push.next_due():
        waits.append((following - now).total_seconds() / 60)
        now = following
        await simulated.deliver_due(now)
    assert waits[:5] == [1, 3, 10, 45, 120]
    assert (len(waits), waits[-1]) == (10, 1440)
    assert len({key for key, _, _ in taken.events}) == 1
    taken.status = 202
    simulated.add_job("Smith", ["Review"], now, recruiter=user, manager=user)
    await simulated.deliver_due(now)
    assert len(taken.events) == 11


async def test_a_webhook_may_be_signed_at_any_simulated_time(door: tuple[Door, str]) -> None:
    """The signature is as old as it is; a delivery of a name that nobody knows verifies as well."""
    taken, url = door
    simulated = SimulatedSmartRecruiters(url, SECRET, chaos=Chaos(repeat=1.0))
    headers, body = simulated.delivery("planet.created", START - timedelta(days=900))
    smartrecruiters.verify(headers, body, [SECRET], machine_now())
    reading = smartrecruiters.read(body, START, smartrecruiters.peek(headers, body).action)
    assert reading.ignored == "unknown action: planet.created"
    user = simulated.add_user("A B", "a@example.com", START)
    simulated.add_job("Welder", ["Review"], START, recruiter=user, manager=user)
    await simulated.deliver_due(START)
    assert len(taken.events) == 2
    assert len({key for key, _, _ in taken.events}) == 1


async def test_a_subscription_is_connected_whatever_breaks_on_the_way(door: tuple[Door, str]) -> None:
    """Beginning anew after each fault makes one subscription and one key; its findings are then empty."""
    _, url = door
    async with SimulatedSmartRecruiters(url, SECRET) as simulated, vendor_http() as http:
        calls = client(simulated, http)
        simulated.fault(Fault("/webhooks-api", FaultKind.ACCEPT_THEN_CLOSE, times=3, method="POST"))
        simulated.fault(Fault("/webhooks-api", FaultKind.ERROR, times=1, method="PUT"))
        done: Done | None = None
        for _ in range(4):
            try:
                done = await calls.walk(
                    lambda answers: smartrecruiters_setup.create_step(url, "", answers, calls.base)
                )
                break
            except (VendorUnknown, VendorAway):
                continue
        assert done
        ((subscription, row),) = simulated.world.subscriptions.items()
        keys = simulated.world.secret_keys[subscription]
        assert row["status"] == "active"
        assert (done.external_id, list(done.secrets)) == (subscription, keys)
        assert len(keys) == 1
        answers = await calls.collect(smartrecruiters_setup.webhook_requests(calls.base))
        assert list(smartrecruiters_setup.webhook_findings(answers, url)) == []
        for request in smartrecruiters_setup.check_requests(calls.base).values():
            await calls.rows(request)


async def test_a_handshake_that_nobody_answers_leaves_it_inactive() -> None:
    """The activation is refused."""
    async with SimulatedSmartRecruiters("http://127.0.0.1:9/", SECRET) as simulated, vendor_http() as http:
        calls = client(simulated, http)
        with pytest.raises(VendorRefused):
            await calls.walk(
                lambda answers: smartrecruiters_setup.create_step(
                    "http://127.0.0.1:9/", "", answers, calls.base
                )
            )
        assert [row["status"] for row in simulated.world.subscriptions.values()] == ["inactive"]


async def test_what_is_written_twice_is_there_once(door: tuple[Door, str]) -> None:
    """A tag and a note after a write that was accepted and then broke off."""
    _, url = door
    async with SimulatedSmartRecruiters(url, SECRET) as simulated, vendor_http() as http:
        one = a_round(simulated)
        candidate = one.partition(":")[0]
        calls, target = client(simulated, http), Target(candidate, one)
        simulated.fault(Fault("/", FaultKind.ACCEPT_THEN_CLOSE, times=2, method="POST"))
        tag = Write(WriteKind.TAG, target, "[heardback:w1]", "w1", "Keep in touch")

        async def add_tag() -> Done | None:
            return await calls.walk(lambda answers: smartrecruiters_api.write_step(tag, answers, calls.base))

        with pytest.raises(VendorUnknown):
            await add_tag()
        with pytest.raises(VendorUnknown):
            await calls.write_note(target, "Told by mail. [heardback:d1]")
        assert await add_tag() == Done()
        assert simulated.world.candidates[candidate]["tags"] == ["Keep in touch"]
        assert await calls.find_note(target, "[heardback:d1]")
        assert await calls.find_note(target, "[heardback:d2]") is None
        assert len(simulated.notes) == 1


async def test_the_api_refuses_as_documented(door: tuple[Door, str]) -> None:
    """Without a key, beyond the limit, past the largest page; and with a client's token it answers."""
    _, url = door
    async with SimulatedSmartRecruiters(url, SECRET) as simulated, vendor_http() as http:
        base = str(simulated.settings["base_url"])
        one = a_round(simulated)
        assert (await http.get(f"{base}/jobs")).status_code == 401
        with pytest.raises(VendorRefused) as refused:
            await client(simulated, http, api_key="another").applications([one])
        assert refused.value.kind == "scope"
        identity = dict(zip(("client_id", "client_secret"), simulated.api.client, strict=True))
        assert (await client(simulated, http, **identity).applications([one]))[f"application/{one}"]
        key = {"x-smarttoken": simulated.api.api_key}
        assert (await http.get(f"{base}/planets", headers=key)).status_code == 404
        assert (await http.get(f"{base}/jobs", params={"limit": 101}, headers=key)).status_code == 400
        simulated.api.limit = 0
        over = await http.get(f"{base}/jobs", headers=key)
        assert (over.status_code, over.headers["x-ratelimit-remaining"]) == (429, "0")


async def test_pages_are_followed_to_the_end(door: tuple[Door, str]) -> None:
    """More candidates than fit on a page are all found."""
    _, url = door
    async with SimulatedSmartRecruiters(url, SECRET) as simulated, vendor_http() as http:
        user = simulated.add_user("A B", "a@example.com", START)
        job = simulated.add_job("Welder", ["Review"], START, recruiter=user, manager=user)
        everyone = {simulated.apply(Newcomer("N", str(number)), job, START) for number in range(130)}
        changed, _ = await client(simulated, http).changed("candidates", START - HOUR)
        assert set(changed) == everyone
