"""A candidate who cannot be reached: the team hears it, what is owed stays owed, a new address mends it."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from app.access import keys
from app.db import unit_of_work
from app.delivery.models import Delivery, Suppression
from app.demo.round_time import next_due
from app.followups.catalogue import KINDS
from app.followups.models import FollowUp
from app.mail.hooks import ReceiptKind
from app.mail.outbound import Outcome, OutcomeKind
from app.sla.book import apply_policies
from app.sla.models import Clock
from app.timeline.models import FactRow
from tests.delivery.receipts_house import Door, open_door
from tests.flow.small import ADDRESS, MONDAY, Small, webhook

DUE = MONDAY + timedelta(minutes=11)
CORRECTED = "ottoline@corrected.example"
K = ReceiptKind
DEAD = Outcome(OutcomeKind.PERMANENT, "550 5.1.1 no such user", suppress=True)
FULL = Outcome(OutcomeKind.PERMANENT, "552 5.2.2 mailbox full")
POLICY = Outcome(OutcomeKind.PERMANENT, "550 5.7.1 not accepted here")

PATIENT = {
    "calendar": "office",
    "policies": [
        {
            "key": "received",
            "name": "Received",
            "starts": "application_created",
            "target": {"calendar_days": 10},
            "met_by": ["said:application_received"],
            "say": [
                {
                    "kind": "application_received",
                    "next_step": "somebody reads your application",
                    "promise": {"calendar_days": 5},
                }
            ],
        }
    ],
}


@pytest_asyncio.fixture
async def door(database_url: str, tmp_path: Path) -> AsyncIterator[Door]:
    """An application was made; its acknowledgement is about to leave."""
    async with open_door(database_url, tmp_path) as opened:
        await opened.small.hear(webhook("new_candidate_application", MONDAY))
        await opened.small.drain()
        yield opened


@pytest_asyncio.fixture
async def patient(database_url: str, tmp_path: Path) -> AsyncIterator[Door]:
    """The same under a policy that gives ten days: what is told of it can wait for the morning."""
    async with open_door(database_url, tmp_path) as opened:
        async with unit_of_work(opened.small.services.sessions) as session:
            await apply_policies(session, PATIENT, by="a test", now=MONDAY, kinds=KINDS)
        await opened.small.hear(webhook("new_candidate_application", MONDAY))
        await opened.small.drain()
        yield opened


async def mail_of(small: Small) -> Delivery:
    """The delivery that counts."""
    follow_up = await small.one(FollowUp, kind="application_received")
    found: Delivery = await small.one(Delivery, follow_up_id=follow_up.id, replaced_by=None)
    return found


async def words(small: Small) -> list[FollowUp]:
    """What the team is told of it, the oldest first."""
    rows: list[FollowUp] = await small.rows(FollowUp, kind="candidate_not_reached")
    return sorted(rows, key=lambda row: row.created_at)


def mails(small: Small, to: str) -> list[EmailMessage]:
    """What the provider accepted for that address."""
    read = [message_from_bytes(raw, policy=policy.default) for _, raw in small.route.sent]
    return [mail for mail in read if to in str(mail["To"])]


def text_of(mail: EmailMessage) -> str:
    """Its plain words, unwrapped."""
    part = mail.get_body(("plain",))
    assert part is not None
    return " ".join(str(part.get_content()).split())


async def until(small: Small, instant: datetime) -> None:
    """On to that instant, stopping wherever something is due."""
    while (due := await next_due(small.services.sessions)) is not None and due <= instant:
        await small.at(max(due, small.clock.now() + timedelta(microseconds=1)))
    await small.at(instant)


async def ask(door: Door, path: str) -> Any:
    """An act over the API, which must succeed."""
    async with unit_of_work(door.small.services.sessions) as session:
        scopes = [keys.Scope.ACT, keys.Scope.READ]
        _, shown = await keys.create(session, name="test", scopes=scopes, now=door.small.machine.now())
    answer = await door.client.post(path, headers={"Authorization": f"Bearer {shown}"})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def bounced(door: Door, *kinds: ReceiptKind) -> Delivery:
    """The acknowledgement leaves, and this is what comes back."""
    await door.small.at(DUE)
    mail = await mail_of(door.small)
    await door.told(mail, *(kinds or (K.BOUNCED_HARD,)), email=ADDRESS)
    return await mail_of(door.small)


async def test_the_recruiter_hears_of_a_bounce_once(door: Door) -> None:
    """Who, why and what helps, however often it is told; the answer stays owed and its clock runs."""
    small = door.small
    mail = await bounced(door, K.BOUNCED_HARD, K.DELIVERED, K.BOUNCED_HARD)
    await until(small, DUE + timedelta(days=1))
    [word] = await words(small)
    assert (word.recipient, word.state, word.about_id) == ("member:55", "sent", mail.follow_up_id)
    [told] = mails(small, "mara.bexley@ostwind.example")[:1]
    assert "Ottoline Quennell" in str(told["Subject"])
    said = text_of(told)
    assert "the mail server says that the address does not exist" in said
    assert "correct the address in the applicant tracking system" in said
    assert "stays owed" in said
    assert ADDRESS not in said
    assert (await small.one(Clock, policy="acknowledge_application")).closed_at is None
    said_to = [fact.data["recipient"] for fact in await small.rows(FactRow, kind="said")]
    assert not [one for one in said_to if one.startswith("candidate:")]
    assert (await mail_of(small)).waiting_on == "member:55"
    await door.told(mail, K.COMPLAINED, email=ADDRESS)
    assert len(await words(small)) == 1, "of one mail one word, whatever else comes back"


@pytest.mark.parametrize(
    ("outcome", "why"),
    [(DEAD, "does not exist"), (FULL, "mailbox has been full"), (POLICY, "not for the address")],
)
async def test_a_refusal_at_once_is_told_in_plain_words(door: Door, outcome: Outcome, why: str) -> None:
    """The server's code becomes words that a recruiter understands."""
    small = door.small
    small.route.script = [outcome]
    await until(small, DUE + timedelta(days=1))
    [word] = await words(small)
    assert word.state == "sent"
    assert why in text_of(mails(small, "mara.bexley")[0])
    assert mails(small, ADDRESS) == []


async def test_a_complaint_is_told_and_nothing_fails(door: Door) -> None:
    """It was heard; but whoever must tell the next answer has to know that mail will not do."""
    small = door.small
    mail = await bounced(door, K.DELIVERED, K.COMPLAINED, K.COMPLAINED)
    await until(small, DUE + timedelta(days=1))
    [word] = await words(small)
    assert (word.state, mail.state) == ("sent", "sent")
    said = text_of(mails(small, "mara.bexley")[0])
    assert "marked a mail as spam" in said
    assert "call them" in said


async def test_what_is_due_to_an_address_that_rests_waits_on_its_person(door: Door) -> None:
    """A bounce of before is a reason to correct the address; a wish to hear nothing is the end of it."""
    small, vault = door.small, door.small.services.vault
    async with unit_of_work(small.services.sessions) as session:
        hashed = vault.address_hash(ADDRESS)
        row = Suppression(address_hash=hashed, reason="bounced for good", source="x", created_at=MONDAY)
        session.add(row)
    await until(small, DUE + timedelta(days=1))
    follow_up = await small.one(FollowUp, kind="application_received")
    assert (follow_up.state, follow_up.waiting_on) == ("failed", "member:55")
    [word] = await words(small)
    assert ":resting:" in word.step
    assert "has failed before" in text_of(mails(small, "mara.bexley")[0])


async def test_who_wants_no_mail_is_left_alone_and_the_recruiter_knows(door: Door) -> None:
    """Cancelled for good, with the word to call: an answer is owed all the same."""
    small, vault = door.small, door.small.services.vault
    async with unit_of_work(small.services.sessions) as session:
        hashed = vault.address_hash(ADDRESS)
        row = Suppression(address_hash=hashed, reason="asked us to stop", source="x", created_at=MONDAY)
        session.add(row)
    await until(small, DUE + timedelta(days=1))
    follow_up = await small.one(FollowUp, kind="application_received")
    assert (follow_up.state, follow_up.final) == ("cancelled", True)
    assert [":unwanted:" in word.step for word in await words(small)] == [True]
    assert "get no more mail" in text_of(mails(small, "mara.bexley")[0])


async def test_a_burst_of_bounces_is_one_digest(patient: Door) -> None:
    """Several people of one job at once: one mail to the recruiter in the morning, without any name."""
    small = patient.small
    for number in range(502, 505):
        told = webhook("new_candidate_application", MONDAY, application=number, address=f"{number}@x.example")
        await small.hear(told)
    small.route.script = [DEAD] * 4
    await until(small, DUE + timedelta(hours=1))
    assert [word.state for word in await words(small)] == ["gathered"] * 4
    await until(small, DUE + timedelta(days=1))
    assert [word.state for word in await words(small)] == ["sent"] * 4
    [digest] = mails(small, "mara.bexley")
    said = text_of(digest)
    assert said.count("Not reached: Greenhouse application") == 4
    assert "Quennell" not in said


async def test_a_word_that_is_not_told_yet_goes_when_it_is_mended(patient: Door) -> None:
    """Nobody is told of a failure that somebody has mended meanwhile."""
    small = patient.small
    old = await bounced(patient)
    assert [word.state for word in await words(small)] == ["gathered"]
    await small.execute("DELETE FROM suppression")
    await ask(patient, f"/v1/deliveries/{old.id}/retry")
    await until(small, DUE + timedelta(days=1))
    assert [word.state for word in await words(small)] == ["cancelled"]
    assert mails(small, "mara.bexley") == []
    assert (await small.one(FollowUp, kind="application_received")).state == "sent"


async def test_a_corrected_address_gets_it_under_a_new_key(door: Door) -> None:
    """A person's click after the correction: to the new address, not suppressed, once; the old one rests."""
    small, vault = door.small, door.small.services.vault
    old = await bounced(door)
    later = DUE + timedelta(hours=2)
    await small.hear(webhook("update_candidate", later, address=CORRECTED), at=later)
    await small.hear(webhook("candidate_stage_change", later, address=CORRECTED), at=later)
    await until(small, later)
    assert mails(small, CORRECTED) == [], "nothing is sent again by itself"
    shown = await ask(door, f"/v1/deliveries/{old.id}/retry")
    assert shown["id"] != old.id
    await small.drain()
    [again] = mails(small, CORRECTED)
    assert len(mails(small, ADDRESS)) == 1
    assert old.id not in str(again["Message-ID"])
    assert shown["id"] in str(again["Message-ID"])
    new = await mail_of(small)
    assert (new.id, new.state, new.attempt) == (shown["id"], "sent", 1)
    assert (await small.one(FollowUp, kind="application_received")).state == "sent"
    assert [row.address_hash for row in await small.rows(Suppression)] == [vault.address_hash(ADDRESS)]
    # A late word about the first one touches neither the second nor the new address.
    await door.told(old, K.COMPLAINED, K.FAILED, email=ADDRESS)
    assert (await mail_of(small)).state == "sent"
    assert vault.address_hash(CORRECTED) not in {row.address_hash for row in await small.rows(Suppression)}


async def test_the_old_delivery_cannot_be_tried_once_more(door: Door) -> None:
    """Two clicks are one mail."""
    small = door.small
    old = await bounced(door)
    await small.execute("DELETE FROM suppression")
    await ask(door, f"/v1/deliveries/{old.id}/retry")
    async with unit_of_work(small.services.sessions) as session:
        _, shown = await keys.create(session, name="again", scopes=[keys.Scope.ACT], now=small.machine.now())
    answer = await door.client.post(
        f"/v1/deliveries/{old.id}/retry", headers={"Authorization": f"Bearer {shown}"}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong-state")
    await small.drain()
    assert len(mails(small, ADDRESS)) == 2


async def test_a_second_failure_after_that_is_told_again(door: Door) -> None:
    """Whoever corrected the address must hear that the new one does not work either."""
    small = door.small
    old = await bounced(door)
    await until(small, DUE + timedelta(hours=1))
    later = small.clock.now() + timedelta(hours=1)
    await small.hear(webhook("candidate_stage_change", later, address=CORRECTED), at=later)
    await until(small, later)
    await ask(door, f"/v1/deliveries/{old.id}/retry")
    await small.drain()
    await door.told(await mail_of(small), K.BOUNCED_HARD, email=CORRECTED)
    assert len(await words(small)) == 2
    assert len(await small.rows(Suppression)) == 2


async def test_a_bounce_that_comes_after_the_correction_leaves_the_new_address_alone(door: Door) -> None:
    """What bounced is the address that the mail went to."""
    small, vault = door.small, door.small.services.vault
    await small.at(DUE)
    mail = await mail_of(small)
    later = DUE + timedelta(minutes=5)
    await small.hear(webhook("candidate_stage_change", later, address=CORRECTED), at=later)
    await small.at(later)
    await door.told(mail, K.BOUNCED_HARD, email=ADDRESS)
    assert [row.address_hash for row in await small.rows(Suppression)] == [vault.address_hash(ADDRESS)]
