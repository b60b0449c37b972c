"""What a receipt does: it tells the state of a message of ours, settles what nobody knew, and suppresses.

Providers repeat and reorder receipts, so the higher rank counts and not the later arrival. A receipt for a
message that we did not send does nothing, whoever signed it.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.delivery.by_hand import unsay, wake
from app.delivery.claim import Instants
from app.delivery.hook_models import ReceiptRow
from app.delivery.models import Attempt, Delivery, DeliveryState
from app.delivery.settle import locked_follow_up, settle
from app.delivery.suppressions import (
    BOUNCED,
    ON_THEIR_LIST,
    REFUSED,
    lift_hash,
    suppress_hash,
    suppress_person,
)
from app.delivery.unreached import tell_unreached
from app.delivery.ways import MAIL, speaks
from app.followups.models import FollowUp, FollowUpState
from app.mail.hooks import RANK, ReceiptKind
from app.mail.outbound import Outcome, OutcomeKind
from app.mail.unreached import of_receipt
from app.privacy.vault import Vault
from app.timeline.people import find_people

NOT_HEARD = {
    ReceiptKind.BOUNCED_HARD: "it bounced for good",
    ReceiptKind.REJECTED: "the provider refused it",
    ReceiptKind.FAILED: "the provider could not send it",
}
"""The candidate did not hear it, whatever was said before."""
_SKEW = timedelta(minutes=5)
"""A provider's clock may be wrong by so much."""
_LOOK_AGAIN = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))
"""An answer that hangs is settled long before the last of these."""
_REASONS = {
    ReceiptKind.BOUNCED_HARD: BOUNCED,
    ReceiptKind.COMPLAINED: "complained",
    ReceiptKind.UNSUBSCRIBED: "unsubscribed at the provider",
    ReceiptKind.REJECTED: ON_THEIR_LIST,
}


async def take(session: AsyncSession, vault: Vault, row: ReceiptRow, at: Instants) -> Delivery | None:
    """The receipt's effects, once. None, and nothing happens, where it is not about a message of ours."""
    delivery = await _sent_by_us(session, row)
    if delivery is None:
        return None
    row.delivery_id, row.match_at = delivery.id, None
    if await _older(session, delivery, row):
        return delivery
    kind = ReceiptKind(row.kind)
    if row.wire_id and not row.machine:
        delivery.wire_id = _on_the_wire(delivery.wire_id or "<", row.wire_id)
    follow_up = await locked_follow_up(session, delivery.follow_up_id)
    if follow_up is None:
        return delivery
    if kind in RANK and delivery.replaced_by is None:
        await _standing(session, vault, delivery, follow_up, row, kind, at)
    if kind is ReceiptKind.COMPLAINED:
        await tell_unreached(session, delivery, follow_up, of_receipt(kind, row.detail), at.business)
    await _suppress(session, delivery, follow_up, row, kind, at.business)
    await session.flush()
    return delivery


def unmatched(row: ReceiptRow, machine_now: datetime) -> None:
    """It may have overtaken the answer to its send; after some looks it is taken for somebody else's."""
    looks = row.matches
    row.matches = looks + 1
    row.match_at = machine_now + _LOOK_AGAIN[looks] if looks < len(_LOOK_AGAIN) else None


async def _sent_by_us(session: AsyncSession, row: ReceiptRow) -> Delivery | None:
    """The mail that this route has tried to send and that the receipt names, locked."""
    ids = []
    if row.send_id:
        ids.append(col(Delivery.id) == row.send_id)
    if row.provider_id:
        ids.append(col(Delivery.provider_id).in_((row.provider_id, f"<{row.provider_id}>")))
    if row.wire_id:
        ids.append(col(Delivery.wire_id).in_((row.wire_id, f"<{row.wire_id}>")))
    if not ids:
        return None
    found = await session.scalars(
        select(Delivery)
        .where(
            col(Delivery.channel) == MAIL,
            col(Delivery.route) == row.route,
            col(Delivery.attempt) > 0,
            or_(*ids),
        )
        .limit(2)
        .with_for_update()
        .execution_options(populate_existing=True),
    )
    rows = found.all()
    named = [delivery for delivery in rows if delivery.id == row.send_id]
    if named:
        return named[0]
    return rows[0] if len(rows) == 1 else None


async def _older(session: AsyncSession, delivery: Delivery, row: ReceiptRow) -> bool:
    """Whether it speaks of a time before the sends that count: it is kept and touches nothing."""
    began = delivery.receipts_from or await session.scalar(
        select(func.min(col(Attempt.started_at))).where(col(Attempt.delivery_id) == delivery.id),
    )
    return began is not None and (row.at or row.received_at) < began - _SKEW


def _on_the_wire(ours: str, theirs: str) -> str:
    """The Message-ID that replies will name, which some providers replace; in brackets as before."""
    return f"<{theirs}>" if ours.startswith("<") else theirs


async def _standing(
    session: AsyncSession,
    vault: Vault,
    delivery: Delivery,
    follow_up: FollowUp,
    row: ReceiptRow,
    kind: ReceiptKind,
    at: Instants,
) -> None:
    told = row.at or row.received_at
    if not _outranks(delivery, kind, told):
        return
    if _must_have_left(delivery, kind):
        delivery.state, delivery.act_at = DeliveryState.UNKNOWN, None
    delivery.receipt, delivery.receipt_at, delivery.receipt_detail = str(kind), told, row.detail or None
    if delivery.state in (DeliveryState.SENDING, DeliveryState.UNKNOWN):
        # The provider speaks of it, so the provider has it.
        left = Outcome(OutcomeKind.ACCEPTED, f"receipt: {kind}", provider_id=row.provider_id)
        await settle(session, vault, delivery.id, delivery.attempt, left, at)
    if kind in NOT_HEARD and delivery.state == DeliveryState.SENT:
        await _not_heard(session, delivery, follow_up, kind, row.detail, at)


def _must_have_left(delivery: Delivery, kind: ReceiptKind) -> bool:
    """Whether what was held for not sent is with the provider after all: it must not be sent once more."""
    if delivery.state == DeliveryState.QUEUED:
        return True
    over = delivery.state in (DeliveryState.FAILED, DeliveryState.CANCELLED)
    return over and delivery.receipt is None and kind not in NOT_HEARD


def _outranks(delivery: Delivery, kind: ReceiptKind, told: datetime) -> bool:
    if delivery.receipt is None or delivery.receipt_at is None:
        return True
    mine, its = RANK[kind], RANK.get(ReceiptKind(delivery.receipt), -1)
    return mine > its or (mine == its and told > delivery.receipt_at)


async def _not_heard(
    session: AsyncSession,
    delivery: Delivery,
    follow_up: FollowUp,
    kind: ReceiptKind,
    detail: str,
    at: Instants,
) -> None:
    """The message is out and did not arrive: what was owed is owed again, by a named person."""
    cause = f"{NOT_HEARD[kind]} ({detail})" if detail else NOT_HEARD[kind]
    delivery.state, delivery.cause, delivery.settled_at = DeliveryState.FAILED, cause, at.business
    delivery.waiting_on = follow_up.waiting_on or "operations"
    if not speaks(delivery.channel, follow_up) or follow_up.state != FollowUpState.SENT:
        return
    follow_up.state, follow_up.cause, follow_up.updated_at = FollowUpState.FAILED, cause, at.business
    follow_up.waiting_on = delivery.waiting_on
    await unsay(session, follow_up)
    await tell_unreached(session, delivery, follow_up, of_receipt(kind, detail), at.business)
    await wake(session, follow_up, at.business)


async def _suppress(
    session: AsyncSession,
    delivery: Delivery,
    follow_up: FollowUp,
    row: ReceiptRow,
    kind: ReceiptKind,
    now: datetime,
) -> None:
    """The address to which we sent is not written to again; only that one, whatever the receipt names.

    By now the person may have another address, which is not at fault.
    """
    lifts, sent_to = kind is ReceiptKind.RESUBSCRIBED, delivery.address_hash
    if sent_to is None or not (row.suppress or lifts):
        return
    if row.address_hash is not None and row.address_hash != sent_to:
        return
    source = f"receipt:{row.route}"
    if lifts:
        await lift_hash(session, sent_to, only=_REASONS[ReceiptKind.UNSUBSCRIBED], source=source)
        return
    reason = _REASONS.get(kind, REFUSED)
    await suppress_hash(session, sent_to, reason=reason, source=source, now=now)
    if kind is ReceiptKind.COMPLAINED:
        # It is the person who has had enough, not the address.
        role, _, external_id = follow_up.recipient.partition(":")
        ref = role, external_id
        person = (await find_people(session, follow_up.connection_id, {ref})).get(ref)
        if person is not None:
            await suppress_person(session, person.id, reason=reason, source=source, now=now)
