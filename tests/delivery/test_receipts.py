"""Receipts: through the door over HTTP, twice, late, out of order, or for messages that are not ours."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from app.access import keys
from app.db import unit_of_work
from app.delivery.hook_models import Hook, ReceiptRow
from app.delivery.models import Delivery, PersonSuppression, Suppression
from app.delivery.receive import store
from app.followups.models import FollowUp
from app.mail.hooks import Receipt, ReceiptKind
from app.mail.outbound import Outcome, OutcomeKind
from app.mail.sendgrid_hooks import LARGEST_BATCH
from app.silence import silence
from app.timeline.models import FactRow
from tests.delivery.receipts_house import BREVO, Door, open_door, receipt
from tests.flow.small import ADDRESS, MONDAY, Small, webhook

DUE = MONDAY + timedelta(minutes=11)
K = ReceiptKind


@pytest_asyncio.fixture
async def door(database_url: str, tmp_path: Path) -> AsyncIterator[Door]:
    """An application was made and its acknowledgement sent."""
    async with open_door(database_url, tmp_path) as opened:
        await opened.small.hear(webhook("new_candidate_application", MONDAY))
        await opened.small.drain()
        yield opened


async def _sent(small: Small) -> Delivery:
    await small.at(DUE)
    return await _mail(small)


async def _mail(small: Small) -> Delivery:
    of = {"follow_up_id": (await _follow_up(small)).id, "channel": "mail", "replaced_by": None}
    found: Delivery = await small.one(Delivery, **of)
    return found


async def _follow_up(small: Small) -> FollowUp:
    found: FollowUp = await small.one(FollowUp, kind="application_received")
    return found


async def test_a_batch_of_any_length_is_stored_once(door: Door) -> None:
    """As many events as a provider may post in one webhook, twice: each is one receipt."""
    batch = [Receipt(K.DELIVERED, f"event-{number}") for number in range(LARGEST_BATCH)]
    services, new = door.small.services, []
    for _ in range(2):
        async with unit_of_work(services.sessions) as session:
            new.append(len(await store(session, services.vault, "grid", batch, DUE)))
    assert new == [LARGEST_BATCH, 0]


async def test_a_receipt_tells_the_state_of_the_mail_once(door: Door) -> None:
    """Delivered, told twice: one receipt, shown with the delivery; the webhook's bytes do not stay."""
    mail = await _sent(door.small)
    for _ in range(2):
        await door.told(mail, K.DELIVERED, email=ADDRESS)
    row = await door.small.one(ReceiptRow)
    assert (row.kind, row.delivery_id) == ("delivered", mail.id)
    mail = await _mail(door.small)
    assert (mail.receipt, mail.state) == ("delivered", "sent")
    hook = await door.small.one(Hook)
    assert (hook.state, hook.body) == ("done", None)
    assert await door.small.rows(Suppression) == []


@pytest.mark.parametrize("order", [(K.BOUNCED_HARD, K.DELIVERED), (K.DELIVERED, K.BOUNCED_HARD)])
async def test_a_late_bounce_beats_delivered_in_any_order(door: Door, order: tuple[ReceiptKind, ...]) -> None:
    """The candidate did not hear: the address rests, what was owed is owed again, by a named person."""
    mail = await _sent(door.small)
    assert len(await door.small.rows(FactRow, kind="said")) == 1
    await door.told(mail, *order, email=ADDRESS)
    mail, follow_up = await _mail(door.small), await _follow_up(door.small)
    assert (mail.receipt, mail.state) == ("bounced_hard", "failed")
    assert follow_up.state == "failed"
    assert follow_up.cause is not None
    assert follow_up.cause.startswith("it bounced for good")
    assert follow_up.waiting_on == "member:55"
    said: list[FactRow] = await door.small.rows(FactRow, kind="said")
    assert [fact for fact in said if fact.data["recipient"].startswith("candidate:")] == []
    (rests,) = await door.small.rows(Suppression)
    assert rests.address_hash == door.small.services.vault.address_hash(ADDRESS)
    assert (rests.reason, rests.source) == ("bounced for good", "receipt:twin")
    assert sum(f"To: {ADDRESS}".encode() in raw for _, raw in door.small.route.sent) <= 1
    async with door.small.services.sessions() as session:
        found = await silence(session, door.small.clock.now())
    assert set(found.waiting_on) <= {"member:55"}


async def test_soft_trouble_is_shown_and_does_nothing(door: Door) -> None:
    """Deferred and soft bounces change no state but their own, and suppress nobody."""
    mail = await _sent(door.small)
    await door.told(mail, K.BOUNCED_SOFT, K.DEFERRED, K.QUEUED, email=ADDRESS)
    mail = await _mail(door.small)
    assert (mail.receipt, mail.state) == ("bounced_soft", "sent")
    assert (await _follow_up(door.small)).state == "sent"
    assert await door.small.rows(Suppression) == []


async def test_a_complaint_rests_the_person_as_well(door: Door) -> None:
    """It was heard, and not liked: no other address of that person is written to either."""
    mail = await _sent(door.small)
    await door.told(mail, K.DELIVERED, K.COMPLAINED, email=ADDRESS)
    assert (await _mail(door.small)).state == "sent"
    assert len(await door.small.rows(PersonSuppression)) == 1
    again = MONDAY + timedelta(days=2)
    more: dict[str, Any] = {
        "application": 502,
        "applied": again,
        "candidate": {"id": 9501},
        "address": "other@example.net",
    }
    await door.small.hear(webhook("new_candidate_application", again, **more), at=again)
    await door.small.at(again)
    await door.small.at(again + timedelta(minutes=30))
    to_candidate = [body for _, body in door.small.route.sent if b"other@example.net" in body]
    assert to_candidate == []
    causes = {row.cause for row in await door.small.rows(FollowUp, state="cancelled")}
    assert "the person is suppressed: complained" in causes


async def test_a_receipt_settles_what_nobody_knew(door: Door) -> None:
    """No answer came and the provider cannot be asked: its receipt says that the mail left."""
    door.small.route.script = [Outcome(OutcomeKind.AMBIGUOUS, "no answer")]
    door.small.route.answers = [None]
    mail = await _sent(door.small)
    assert mail.state == "unknown"
    await door.told(mail, K.DELIVERED, email=ADDRESS)
    mail = await _mail(door.small)
    assert (mail.state, mail.provider_id) == ("sent", f"{mail.id}.wire@smtp-relay.mailin.example")
    assert (await _follow_up(door.small)).state == "sent"
    assert len(door.small.route.tried) == 1


async def test_what_was_held_for_not_sent_is_not_sent_again_after_its_receipt(door: Door) -> None:
    """The provider said no and delivered all the same: the next try is called off."""
    door.small.route.script = [Outcome(OutcomeKind.NOT_SENT, "busy")]
    mail = await _sent(door.small)
    assert mail.state == "queued"
    await door.told(mail, K.DELIVERED, email=ADDRESS)
    await door.small.at(DUE + timedelta(hours=1))
    assert (await _mail(door.small)).state == "sent"
    assert len([body for body in door.small.route.tried if ADDRESS.encode() in body]) == 1


async def test_nothing_acts_for_messages_that_are_not_ours(door: Door) -> None:
    """A genuine receipt for a stranger's message is kept and does nothing, nor one through another route."""
    mail = await _sent(door.small)
    stranger = mail.model_copy(update={"id": "dlv_01strangers0000000000000000"})
    await door.told(stranger, K.BOUNCED_HARD, K.COMPLAINED, email=ADDRESS)
    await door.small.execute("UPDATE delivery SET route = 'other' WHERE id = :id", id=mail.id)
    await door.told(mail, K.BOUNCED_HARD, email=ADDRESS)
    rows = await door.small.rows(ReceiptRow)
    assert [row.delivery_id for row in rows] == [None, None, None]
    assert await door.small.rows(Suppression) == []
    assert (await _mail(door.small)).receipt is None


async def test_only_the_address_that_we_wrote_to_is_suppressed(door: Door) -> None:
    """A receipt of ours that names somebody else suppresses nobody."""
    mail = await _sent(door.small)
    await door.told(mail, K.COMPLAINED, email="somebody.else@example.org")
    assert (await _mail(door.small)).receipt == "complained"
    assert await door.small.rows(Suppression) == []


async def test_an_unattempted_mail_has_no_receipts(door: Door) -> None:
    """Nothing is believed of what has not been tried."""
    door.small.clock.at = DUE
    await door.small.flow.messages()
    await door.small.flow.releases()
    mail = await _mail(door.small)
    await door.small.execute("UPDATE delivery SET route = 'twin', act_at = NULL")
    answer = await door.post(receipt(mail.id, mail.created_at, K.DELIVERED, ADDRESS))
    assert answer.status_code == 200
    await door.small.flow.receipts()
    assert (await _mail(door.small)).state == "queued"


async def test_a_receipt_that_overtakes_its_message_is_matched_later(door: Door) -> None:
    """It is looked for again, a few times; then it is taken for somebody else's."""
    mail = await _sent(door.small)
    await door.small.execute("UPDATE delivery SET route = 'not yet' WHERE id = :id", id=mail.id)
    await door.told(mail, K.DELIVERED, email=ADDRESS)
    await door.small.execute("UPDATE delivery SET route = 'twin' WHERE id = :id", id=mail.id)
    assert await door.small.flow.receipts() == 0
    door.small.machine.advance(timedelta(minutes=2))
    await door.small.drain()
    assert (await _mail(door.small)).receipt == "delivered"
    assert (await door.small.one(ReceiptRow)).match_at is None


async def test_a_mail_tried_again_is_not_judged_by_its_old_receipts(door: Door) -> None:
    """After a person mended the address, an old bounce that is told again touches nothing."""
    small = door.small
    mail = await _sent(small)
    await door.told(mail, K.BOUNCED_HARD, email=ADDRESS)
    await small.execute("DELETE FROM suppression")
    await small.execute("DELETE FROM receipt")
    await small.execute("DELETE FROM hook")
    small.machine.advance(timedelta(hours=1))
    key = await _key(small)
    answer = await door.client.post(f"/v1/deliveries/{mail.id}/retry", headers=key)
    assert answer.status_code == 200, answer.text
    await small.drain()
    assert (await _mail(small)).state == "sent"
    await door.told(mail, K.BOUNCED_HARD, email=ADDRESS)
    again = await _mail(small)
    assert (again.state, again.receipt, again.id != mail.id) == ("sent", None, True)


async def test_a_mail_that_was_refused_and_is_tried_again_is_not_judged_by_before(door: Door) -> None:
    """It never left, so it keeps its key; what the provider tells late of the refusal is about then."""
    small = door.small
    small.route.script = [Outcome(OutcomeKind.PERMANENT, "refused")]
    mail = await _sent(small)
    assert mail.state == "failed"
    small.machine.advance(timedelta(hours=1))
    await door.client.post(f"/v1/deliveries/{mail.id}/retry", headers=await _key(small))
    await small.drain()
    assert ((await _mail(small)).state, (await _mail(small)).id) == ("sent", mail.id)
    await door.told(mail, K.REJECTED, email=ADDRESS)
    again = await _mail(small)
    assert (again.state, again.receipt, len(await small.rows(ReceiptRow))) == ("sent", None, 1)


async def _key(small: Small) -> dict[str, str]:
    async with unit_of_work(small.services.sessions) as session:
        wanted = [keys.Scope.ADMIN, keys.Scope.ACT, keys.Scope.READ]
        _, shown = await keys.create(session, name="test", scopes=wanted, now=small.machine.now())
    return {"Authorization": f"Bearer {shown}"}


async def test_the_api_shows_what_the_provider_said(door: Door) -> None:
    """With the delivery: the weightiest; on its own page: all, without any address."""
    mail = await _sent(door.small)
    await door.told(mail, K.DEFERRED, K.DELIVERED, K.OPENED, email=ADDRESS)
    key = await _key(door.small)
    shown = (await door.client.get(f"/v1/deliveries/{mail.id}", headers=key)).json()
    assert shown["receipt"] == "delivered"
    assert {one["kind"] for one in shown["receipts"]} == {"deferred", "delivered", "opened"}
    assert ADDRESS not in str(shown)
    figures = (await door.client.get("/metrics", headers=key)).text
    assert BREVO not in figures
    if "heardback_receipts" in figures:
        assert 'heardback_receipts{route="twin",kind="delivered"} 1.0' in figures
