"""The simulated Lever sends, signs, answers and fails as the real one does, and its API tells its story."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from app.ats import lever
from app.ats.canonical import FactKind, Named, Reading
from app.ats.http import Account, Target
from app.ats.steps import Done, Write, WriteKind
from app.calls import Limits, VendorClient, vendor_http
from app.calls_tokens import MemoryTokens
from app.demo.faults import Fault, FaultKind
from app.demo.lever import SimulatedLever
from app.demo.loopback import Answer, Asked, Loopback
from app.demo.people import Newcomer
from app.errors import VendorError, VendorRefused, VendorUnknown
from app.timeline.fold import fold
from app.timeline.truth import Placed, Truth

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
SECRET = "a-signature-token-of-our-own"
NOEMI = Newcomer("Noémi", "Lefèvre", "noemi@example.com", tags=("Welding",))


class Door:
    """Takes webhooks, keeps what verifies, and answers with ``status``."""

    def __init__(self) -> None:
        self.status = 200
        self.events: list[tuple[str, str, Reading]] = []

    async def take(self, asked: Asked) -> Answer:
        lever.verify(asked.headers, asked.body, [SECRET], START)
        seen = lever.peek(asked.headers, asked.body)
        self.events.append((seen.dedupe_key, seen.action, lever.read(asked.body, START, seen.action)))
        return Answer(self.status)

    @property
    def named(self) -> list[Named]:
        return list(dict.fromkeys(one for _, _, reading in self.events for one in reading.named))


@pytest.fixture
async def door() -> AsyncIterator[tuple[Door, str]]:
    taken = Door()
    async with Loopback(taken.take) as server:
        yield taken, f"{server.url}/webhooks/c1"


@pytest.fixture
async def account() -> AsyncIterator[SimulatedLever]:
    async with SimulatedLever("http://127.0.0.1:9/webhooks/c1", SECRET) as simulated:
        yield simulated


@pytest.fixture
async def client(account: SimulatedLever) -> AsyncIterator[VendorClient]:
    async with vendor_http() as http:
        yield client_of(account, http)


def client_of(account: SimulatedLever, http: httpx.AsyncClient, user: str | None = None) -> VendorClient:
    way = Account(api_key=account.secrets["api_key"], api_base=account.settings["base_url"], user=user)
    limits = Limits(share=1000.0, total=timedelta(seconds=3), exchange=timedelta(seconds=1), reads=1)
    return VendorClient("c1", lever.api, way, tokens=MemoryTokens(), http=http, limits=limits)


def begun(account: SimulatedLever) -> tuple[str, str]:
    """Anna's posting with one applicant; the ids of Anna and the application."""
    anna = account.add_user("Anna Berg", "anna.berg@example.com", START)
    stages = ["New applicant", "Interview", "Offer"]
    job = account.add_job("Welder <m/f>", stages, START, recruiter=anna, manager=anna)
    return anna, account.apply(NOEMI, job, START + HOUR)


async def told(client: VendorClient, application: str) -> Truth:
    reading = lever.api.read_answers(await client.applications([application]), START)
    placed = [
        Placed(str(fact.kind), fact.key, fact.at or START, fact.data)
        for fact in reading.facts
        if fact.application == application
    ]
    return fold(application, placed)


async def test_a_round_is_sent_signed_and_without_content(door: tuple[Door, str]) -> None:
    """Ids only, and nothing for feedback and offers."""
    taken, url = door
    simulated = SimulatedLever(url, SECRET)
    anna, one = begun(simulated)
    simulated.move(one, "Interview", START + 2 * HOUR)
    talk = simulated.schedule_interview(one, [anna], START + 4 * HOUR, START + 3 * HOUR)
    simulated.give_feedback(talk, anna, START + 6 * HOUR)
    simulated.offer(one, START + 7 * HOUR)
    simulated.hire(one, START + 8 * HOUR)
    simulated.unarchive(one, START + 9 * HOUR)
    simulated.delete(one, START + 10 * HOUR)
    sent = await simulated.deliver_due(START + 24 * HOUR)
    assert [action for _, action, _ in taken.events] == [
        *("contactCreated", "applicationCreated", "candidateStageChange", "interviewCreated"),
        *("candidateArchiveChange", "candidateHired", "candidateArchiveChange", "candidateDeleted"),
    ]
    assert len({key for key, _, _ in taken.events}) == len(sent)
    assert {named.id for named in taken.named} == {one}
    assert not any(word in str(sent) for word in ("Lef", "noemi", "Anna"))


@pytest.mark.parametrize(("status", "attempts"), [(200, 1), (204, 1), (301, 6), (401, 6), (503, 6)])
async def test_any_2xx_is_success_and_all_else_is_tried_five_times_more(
    door: tuple[Door, str], status: int, attempts: int
) -> None:
    """Every attempt is the same event with the same token; a refusal ends nothing early."""
    taken, url = door
    taken.status = status
    simulated = SimulatedLever(url, SECRET)
    begun(simulated)
    simulated.push.waiting = simulated.push.waiting[:1]
    while due := simulated.push.next_due():
        await simulated.deliver_due(due)
    assert len(taken.events) == attempts
    assert len({key for key, _, _ in taken.events}) == 1


def test_a_delivery_about_nobody_is_signed_for_whom_it_is_asked() -> None:
    """Also one of an event that nobody knows, and one with another secret."""
    simulated = SimulatedLever("http://127.0.0.1:9", SECRET)
    headers, body = simulated.delivery("candidateHired", START)
    lever.verify(headers, body, [SECRET], START)
    assert lever.read(body, START, "candidateHired").named
    headers, body = simulated.delivery("candidateBoiled", START, "another")
    lever.verify(headers, body, ["another"], START)
    assert lever.read(body, START, "").ignored == "unknown action: candidateBoiled"


async def test_the_api_tells_the_round(account: SimulatedLever, client: VendorClient) -> None:
    """From applying to the hire: stages, interview, feedback, offer, decision."""
    anna, one = begun(account)
    account.move(one, "Interview", START + 2 * HOUR)
    talk = account.schedule_interview(one, [anna], START + 4 * HOUR, START + 3 * HOUR)
    account.give_feedback(talk, anna, START + 6 * HOUR)
    signed = {"uploadedAt": 1793613600000}
    account.offer(one, START + 7 * HOUR, status="signed", sentAt=1793613500000, signedDocument=signed)
    account.hire(one, START + 8 * HOUR)
    known = await told(client, one)
    assert [(v.stage_name, v.entered_at) for v in known.visits] == [
        ("New applicant", START + HOUR),
        ("Interview", START + 2 * HOUR),
    ]
    assert known.interviews[0].feedback_at == START + 6 * HOUR
    assert known.offers[0].accepted is True
    assert (known.status, known.decisions[0].at) == ("hired", START + 8 * HOUR)
    assert (known.recruiter, known.applied_at, known.tags) == (anna, START + HOUR, ("Welding",))
    account.unarchive(one, START + 9 * HOUR)
    account.withdraw(one, START + 10 * HOUR)
    assert (await told(client, one)).status == "withdrawn"


async def test_what_a_webhook_names_is_found_through_the_api(
    door: tuple[Door, str], account: SimulatedLever, client: VendorClient
) -> None:
    """A changed contact leads to its opportunity; what is gone is confirmed."""
    taken, account.push.url = door
    anna, one = begun(account)
    talk = account.schedule_interview(one, [anna], START + 4 * HOUR, START + 3 * HOUR)
    account.update_contact(one, "noemi@new.example.com", START + 4 * HOUR)
    account.delete_interview(talk, START + 5 * HOUR)
    await account.deliver_due(START + 5 * HOUR)
    answers = await client.about(taken.named)
    assert all(lever.api.found(named, answers) for named in taken.named)
    reading = lever.api.read_answers(answers, START)
    assert "noemi@new.example.com" in {person.email for person in reading.people}
    assert [f.data["interview_id"] for f in reading.facts if f.kind is FactKind.INTERVIEW_DELETED] == [talk]
    account.delete(one, START + 6 * HOUR)
    await account.deliver_due(START + 6 * HOUR)
    answers = await client.about(taken.named)
    assert not any(lever.api.found(named, answers) for named in taken.named)


async def test_the_poll_finds_changes_and_deletions(account: SimulatedLever, client: VendorClient) -> None:
    """What webhooks lost: a page at a time, and what is gone is destroyed."""
    anna = account.add_user("Anna Berg", "anna.berg@example.com", START)
    job = account.add_job("Welder", ["New applicant"], START, recruiter=anna, manager=anna)
    many = [account.apply(NOEMI, job, START + n * HOUR) for n in range(130)]
    account.delete(many[-1], START + 200 * HOUR)
    changed, _ = await client.changed("opportunities", START + 10 * HOUR)
    assert changed == sorted(many[10:-1])
    gone, _ = await client.changed("opportunities/deleted", START + 10 * HOUR)
    assert gone == [f"{many[-1]}/deleted"]
    reading = lever.api.read_answers(await client.applications(gone), START)
    assert reading.erased == (many[-1],)


async def test_a_note_is_written_once_and_found_again(account: SimulatedLever, client: VendorClient) -> None:
    """Also after an answer that never came."""
    anna, one = begun(account)
    target = Target(one, one, anna)
    assert await client.find_note(target, "hb-1") is None
    account.fault(Fault("/v1/opportunities", FaultKind.ACCEPT_THEN_CLOSE, method="POST"))
    with pytest.raises(VendorUnknown):
        await client.write_note(target, "Sent to @anna. hb-1")
    found = await client.find_note(target, "hb-1")
    assert found == account.world.parts["notes"][one][0]["id"]
    assert account.notes == ["Sent to @\u2060anna. hb-1"]
    assert dict(account.answering.calls[-2].query) == {"perform_as": anna}
    with pytest.raises(VendorRefused):
        await client.write_note(Target(one, one, "nobody"), "x")


async def test_a_tag_survives_every_fault_once(account: SimulatedLever, client: VendorClient) -> None:
    """Begun anew after each fault; written at most once."""
    _, one = begun(account)
    write = Write(WriteKind.TAG, Target(one, one), "hb-1", "s-1", "Silver medal")
    base = account.settings["base_url"]
    for kind in (FaultKind.ERROR, FaultKind.ACCEPT_THEN_ERROR, FaultKind.CLOSE):
        account.fault(Fault("/v1/opportunities", kind, method="POST"))
        try:
            await client.walk(lambda answers: lever.api.write_step(write, answers, base))
        except VendorError:
            continue
    assert await client.walk(lambda answers: lever.api.write_step(write, answers, base)) == Done()
    assert account.world.rows["opportunities"][one]["tags"] == ["Welding", "Silver medal"]
    written = [call for call in account.answering.calls if call.path.endswith("/addTags")]
    assert len(written) == 2


async def test_webhooks_are_made_by_api(account: SimulatedLever, client: VendorClient) -> None:
    """Once: a second time everything is there. The token is told at the making and never again."""
    url, base = account.push.url, client.base
    for done in (Done(secrets=(SECRET,)), Done()):
        assert await client.walk(lambda answers: lever.setup.create_step(url, "", answers, base)) == done
    asked = lever.setup.webhook_requests(client.base)
    answers = await client.collect(asked)
    assert len(answers["webhooks"]) == len(lever.setup.WEBHOOKS)
    assert SECRET not in json.dumps(answers)
    assert lever.setup.webhook_findings(answers, account.push.url) == []
    for request in lever.setup.check_requests(client.base).values():
        await client.call(request)


async def test_the_api_refuses_as_documented(account: SimulatedLever, client: VendorClient) -> None:
    """No key, no right, no such thing, no such page size, and too many at once."""
    _, one = begun(account)
    base = account.settings["base_url"]
    account.answering.denied = {"offers"}
    with pytest.raises(VendorRefused) as refused:
        await client.applications([one])
    assert refused.value.kind == "scope"
    async with httpx.AsyncClient(trust_env=False, auth=(account.secrets["api_key"], "")) as http:
        assert (await http.get(f"{base}/opportunities", params={"limit": "101"})).status_code == 400
        assert (await http.get(f"{base}/nothing")).json()["code"] == "ResourceNotFound"
        account.answering.burst, account.answering.rate = 1.0, 0.0
        statuses = [(await http.get(f"{base}/stages")).status_code for _ in range(3)]
        assert statuses == [200, 429, 429]
        assert (await http.get(f"{base}/stages", auth=("other", ""))).status_code == 401
