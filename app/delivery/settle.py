"""What came of an attempt: sent, to be tried again, failed, or unknown. Fenced by the attempt."""

from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.ats.canonical import Fact, FactKind, Reading
from app.delivery.claim import Instants
from app.delivery.models import NOT_REPLACED, Attempt, Delivery, DeliveryState, RouteHealth
from app.delivery.release import delivery_row
from app.delivery.routing import HOLD, WhenUnknown
from app.delivery.suppressions import REFUSED, suppress_hash
from app.delivery.unreached import tell_unreached
from app.delivery.ways import MAIL, after_mail, speaks
from app.followups.models import FollowUp, FollowUpState
from app.intake.models import Connection
from app.mail.hooks import ReceiptKind
from app.mail.outbound import Outcome, OutcomeKind
from app.mail.unreached import of_receipt, of_refusal
from app.messages.asking import ask
from app.messages.digest import DIGEST
from app.messages.models import Message
from app.privacy.vault import Vault
from app.timeline.models import Application
from app.timeline.record import Heard, record

_PAUSES = (1, 5, 15, 60, 240, 480, 480, 480)
"""Minutes before the next try."""
INQUIRIES = (0.5, 1, 5, 30, 120, 480)
"""Minutes before asking again about an unknown outcome; after the last a person must say."""
_ROUTE_REST = timedelta(minutes=15)
_SOON = timedelta(seconds=5)
_log = structlog.get_logger(__name__)


async def settle(
    session: AsyncSession,
    vault: Vault,
    delivery_id: str,
    attempt: int,
    outcome: Outcome,
    at: Instants,
    *,
    doubt: WhenUnknown = HOLD,
) -> bool:
    """Writes the outcome of that attempt; False, and nothing changes, when a later one holds the delivery.

    ``doubt`` is what becomes of a mail about which nobody can ever say whether it left.
    """
    delivery = await session.get(Delivery, delivery_id, with_for_update=True)
    if delivery is None or delivery.attempt != attempt:
        return False
    if delivery.state not in (DeliveryState.SENDING, DeliveryState.UNKNOWN):
        return False
    follow_up = await locked_follow_up(session, delivery.follow_up_id)
    if follow_up is None:
        return False
    await _note_attempt(session, delivery, outcome, at)
    delivery.leased_until = None
    delivery.cause = outcome.detail or None
    delivery.provider_id = outcome.provider_id or delivery.provider_id
    delivery.wire_id = outcome.wire_id or delivery.wire_id
    outcome = _told_truly(delivery, outcome)
    if outcome.kind == OutcomeKind.ACCEPTED:
        await _sent(session, vault, delivery, follow_up, at)
    elif outcome.kind == OutcomeKind.NOT_SENT:
        await _again(session, delivery, follow_up, outcome, at)
    elif outcome.kind == OutcomeKind.CONFIGURATION:
        await _stop_route(session, delivery, outcome, at)
    elif outcome.kind == OutcomeKind.PERMANENT:
        await _failed(session, delivery, follow_up, outcome, at)
    else:
        await _unknown(session, vault, delivery, follow_up, outcome, at, doubt)
    await session.flush()
    return True


def _told_truly(delivery: Delivery, outcome: Outcome) -> Outcome:
    """A refusal of one that was sent again says nothing of the first time, which may have arrived."""
    if delivery.sent_again and outcome.kind is OutcomeKind.PERMANENT:
        return replace(outcome, kind=OutcomeKind.AMBIGUOUS, provider_id=CANNOT_BE_ASKED)
    return outcome


async def locked_follow_up(session: AsyncSession, follow_up_id: str) -> FollowUp | None:
    """The follow-up, locked after its application: in the order of a fold, which takes both."""
    of = select(col(FollowUp.application_id)).where(col(FollowUp.id) == follow_up_id)
    await session.execute(
        select(col(Application.id)).where(col(Application.id) == of.scalar_subquery()).with_for_update(),
    )
    return await session.get(FollowUp, follow_up_id, with_for_update=True, populate_existing=True)


async def _note_attempt(
    session: AsyncSession,
    delivery: Delivery,
    outcome: Outcome,
    at: Instants,
) -> None:
    row = await session.get(Attempt, (delivery.id, delivery.attempt))
    if row is not None:
        row.ended_at, row.outcome, row.detail = at.machine, str(outcome.kind), outcome.detail


async def _sent(
    session: AsyncSession,
    vault: Vault,
    delivery: Delivery,
    follow_up: FollowUp,
    at: Instants,
) -> None:
    delivery.state, delivery.act_at, delivery.settled_at = DeliveryState.SENT, None, at.business
    delivery.waiting_on = None
    if delivery.channel == MAIL:
        await _clear_route(session, delivery)
    if not speaks(delivery.channel, follow_up):
        return
    follow_up.state, follow_up.cause, follow_up.updated_at = FollowUpState.SENT, None, at.business
    if follow_up.kind == DIGEST:
        await _tell_gathered(session, vault, follow_up, at.business)
        return
    await say(session, vault, follow_up, at.business)
    if delivery.channel == MAIL and follow_up.recipient.startswith("candidate:"):
        await _write_back(session, vault, follow_up, at.business)


async def _tell_gathered(session: AsyncSession, vault: Vault, digest: FollowUp, now: datetime) -> None:
    """What was in a digest that has reached its person is said."""
    rows = await session.scalars(
        select(FollowUp)
        .where(col(FollowUp.digest_id) == digest.id, col(FollowUp.state) == FollowUpState.GATHERED)
        .order_by(col(FollowUp.id))
        .with_for_update(),
    )
    for row in rows:
        row.state, row.cause, row.updated_at = FollowUpState.SENT, None, now
        await say(session, vault, row, now)


async def _write_back(session: AsyncSession, vault: Vault, follow_up: FollowUp, now: datetime) -> None:
    """What was sent is told in the ATS as well, in the ways that the connection's settings name."""
    connection = await session.get_one(Connection, follow_up.connection_id)
    rows = [delivery_row(follow_up, channel, now) for channel in after_mail(connection, vault)]
    if rows:
        # One that was given up when the settings changed, proven not to be there, is wanted again.
        statement = insert(Delivery).values(rows)
        await session.execute(
            statement.on_conflict_do_update(
                index_elements=["follow_up_id", "channel"],
                index_where=NOT_REPLACED,
                set_={"state": DeliveryState.QUEUED, "act_at": now, "cause": None, "settled_at": None},
                where=col(Delivery.state) == DeliveryState.CANCELLED,
            ),
        )


async def say(session: AsyncSession, vault: Vault, follow_up: FollowUp, now: datetime) -> None:
    """The history learns that this was said; the clocks follow from the history."""
    application = await session.get(Application, follow_up.application_id)
    message = await session.get(Message, follow_up.message_id) if follow_up.message_id else None
    if application is None:
        return
    data = {
        "kind": follow_up.kind,
        "reason": follow_up.reason,
        "step": follow_up.step,
        "recipient": follow_up.recipient,
        "follow_up": follow_up.id,
        "promised_at": message.promises[0] if message and message.promises else None,
    }
    key = f"said:{application.external_id}:{follow_up.reason}:{follow_up.step}:{follow_up.recipient}"
    fact = Fact(FactKind.SAID, key, now, application=application.external_id, data=data)
    heard = Heard(Reading(facts=(fact,)), now, "heardback")
    await record(session, vault, follow_up.connection_id, [heard], now)


async def _again(
    session: AsyncSession,
    delivery: Delivery,
    follow_up: FollowUp,
    outcome: Outcome,
    at: Instants,
) -> None:
    tries = await _tries(session, delivery)
    if tries > len(_PAUSES) and delivery.sent_again:
        delivery.state, delivery.act_at = DeliveryState.UNKNOWN, None
        _hold(delivery, follow_up, FollowUpState.UNKNOWN, "nobody can say whether it arrived", at)
        return
    if tries > len(_PAUSES):
        delivery.state, delivery.act_at = DeliveryState.FAILED, None
        delivery.settled_at = at.business
        _hold(delivery, follow_up, FollowUpState.FAILED, f"given up after {tries} tries", at)
        why = of_receipt(ReceiptKind.FAILED, outcome.detail)
        await tell_unreached(session, delivery, follow_up, why, at.business)
        return
    pause = timedelta(minutes=_PAUSES[tries - 1])
    delivery.state = DeliveryState.QUEUED
    delivery.act_at = at.business + max(pause, outcome.retry_after or pause)
    if follow_up.state in (FollowUpState.SENDING, FollowUpState.UNKNOWN):
        follow_up.state, follow_up.updated_at = FollowUpState.QUEUED, at.business
        await _wake(session, follow_up, at)


async def _tries(session: AsyncSession, delivery: Delivery) -> int:
    """Attempts that count; those that a stopped route refused burn nothing."""
    await session.flush()
    refused = col(Attempt.outcome) == str(OutcomeKind.CONFIGURATION)
    count = select(func.count()).select_from(Attempt).where(col(Attempt.delivery_id) == delivery.id)
    return await session.scalar(count.where(refused.is_not(True))) or 1


async def _wake(session: AsyncSession, follow_up: FollowUp, at: Instants) -> None:
    """News that came while it was being sent could not cancel it; now that it has not left, it can."""
    await session.execute(
        update(Application)
        .where(col(Application.id) == follow_up.application_id)
        .values(wake_at=func.least(func.coalesce(col(Application.wake_at), at.business), at.business)),
    )


async def _stop_route(session: AsyncSession, delivery: Delivery, outcome: Outcome, at: Instants) -> None:
    """The way itself is broken: the message is kept and everything behind it waits, unburnt."""
    # A mail looks again soon: its fallback may take it, else it is put off for as long as its route rests.
    pause = _SOON if delivery.channel == MAIL else _ROUTE_REST
    delivery.state, delivery.act_at = DeliveryState.QUEUED, at.business + pause
    delivery.waiting_on = "operations"
    follow_up = await session.get(FollowUp, delivery.follow_up_id)
    if follow_up is not None and follow_up.state == FollowUpState.SENDING:
        follow_up.state = FollowUpState.QUEUED
        follow_up.cause, follow_up.waiting_on = outcome.detail, "operations"
        await _wake(session, follow_up, at)
    if delivery.channel != MAIL or delivery.route is None:
        return
    _log.warning("route.stopped", route=delivery.route, delivery=delivery.id)
    values = {"stopped_at": at.business, "cause": outcome.detail, "retry_at": at.business + _ROUTE_REST}
    statement = insert(RouteHealth).values(route=delivery.route, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=["route"], set_=values))


async def _clear_route(session: AsyncSession, delivery: Delivery) -> None:
    """It works again. What left before it was stopped, and is only settled now, says nothing of that."""
    health = await session.get(RouteHealth, delivery.route) if delivery.route else None
    attempt = await session.get(Attempt, (delivery.id, delivery.attempt))
    left = attempt.left_at if attempt else None
    if health is not None and health.stopped_at is not None and left is not None and left > health.stopped_at:
        health.stopped_at = health.cause = health.retry_at = None


async def _failed(
    session: AsyncSession,
    delivery: Delivery,
    follow_up: FollowUp,
    outcome: Outcome,
    at: Instants,
) -> None:
    delivery.state, delivery.act_at, delivery.settled_at = DeliveryState.FAILED, None, at.business
    _hold(delivery, follow_up, FollowUpState.FAILED, outcome.detail, at)
    why = of_refusal(outcome.detail, suppress=outcome.suppress)
    await tell_unreached(session, delivery, follow_up, why, at.business)
    if outcome.suppress and delivery.address_hash is not None:
        await suppress_hash(
            session, delivery.address_hash, reason=REFUSED, source=delivery.route or "", now=at.business
        )


async def _unknown(
    session: AsyncSession,
    vault: Vault,
    delivery: Delivery,
    follow_up: FollowUp,
    outcome: Outcome,
    at: Instants,
    doubt: WhenUnknown,
) -> None:
    delivery.state = DeliveryState.UNKNOWN
    if delivery.inquiries < len(INQUIRIES) and outcome.provider_id != CANNOT_BE_ASKED:
        delivery.act_at = at.business + timedelta(minutes=INQUIRIES[delivery.inquiries])
        delivery.inquiries += 1
        if speaks(delivery.channel, follow_up):
            follow_up.state, follow_up.updated_at = FollowUpState.UNKNOWN, at.business
        return
    delivery.provider_id = None if delivery.provider_id == CANNOT_BE_ASKED else delivery.provider_id
    if delivery.channel == MAIL and (wait := await _receipt_may_come(session, delivery, at, doubt)):
        delivery.act_at = at.business + wait
        if speaks(delivery.channel, follow_up):
            follow_up.state, follow_up.updated_at = FollowUpState.UNKNOWN, at.business
        return
    if delivery.channel == MAIL and doubt.then == "send_again" and not delivery.sent_again:
        _send_again(delivery, follow_up, at)
        return
    delivery.act_at = None
    _hold(delivery, follow_up, FollowUpState.UNKNOWN, "nobody can say whether it arrived", at)
    if delivery.channel == MAIL and follow_up.recipient.startswith("candidate:"):
        # What may have reached the candidate counts as promised.
        await say(session, vault, follow_up, at.business)
        await ask(session, follow_up, "delivery_unknown", at.business)


async def _receipt_may_come(
    session: AsyncSession, delivery: Delivery, at: Instants, doubt: WhenUnknown
) -> timedelta | None:
    """How much longer a receipt is waited for; None when that time is over."""
    attempt = await session.get(Attempt, (delivery.id, delivery.attempt))
    left = doubt.after - (at.machine - attempt.started_at) if attempt else timedelta()
    return left if left > timedelta() else None


def _send_again(delivery: Delivery, follow_up: FollowUp, at: Instants) -> None:
    """The route's settings waive *at most once*: it goes out once more, and that is counted."""
    delivery.state, delivery.act_at = DeliveryState.QUEUED, at.business
    delivery.sent_again, delivery.inquiries = delivery.sent_again + 1, 0
    delivery.cause = "nobody could say whether it arrived; sent again, as its route's settings say"
    follow_up.state, follow_up.updated_at = FollowUpState.QUEUED, at.business


CANNOT_BE_ASKED = "cannot be asked"
"""Stands in for the provider's id where a route has no way to learn what became of a send."""


def _hold(delivery: Delivery, follow_up: FollowUp, state: str, cause: str, at: Instants) -> None:
    """Waits on a named person: the one whom the follow-up names, else operations."""
    delivery.waiting_on = follow_up.waiting_on or "operations"
    if not speaks(delivery.channel, follow_up):
        delivery.waiting_on = "operations"
        return
    follow_up.state, follow_up.cause, follow_up.updated_at = state, cause, at.business
    follow_up.waiting_on = delivery.waiting_on
