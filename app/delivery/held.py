"""Held back in the transaction that sends: what one candidate has had across their jobs, or answered."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.ats.canonical import PersonRole
from app.delivery.models import Delivery, DeliveryState
from app.delivery.ways import MAIL
from app.followups.caps import (
    Hold,
    Mailed,
    counts,
    heard_at,
    held_by_better_news,
    held_by_day,
    held_by_silence,
)
from app.followups.catalogue import KINDS
from app.followups.models import FollowUp, FollowUpState
from app.followups.plan import spread_key
from app.followups.windows import Window
from app.intake.config import ConnectionSettings
from app.messages.asking import ask, wait
from app.messages.waiting import NUDGE
from app.timeline.models import Application
from app.timeline.people import merged_into
from app.timeline.store import Known, read

_HAS_LEFT = (DeliveryState.SENDING, DeliveryState.SENT, DeliveryState.UNKNOWN)
_NOT_LEFT = (FollowUpState.PLANNED, FollowUpState.READY, FollowUpState.QUEUED)


class Held(Exception):  # not an error of the service: it leaves later, or when a person allows it
    """This candidate must not get this now."""

    def __init__(self, hold: Hold) -> None:
        super().__init__(hold.cause)
        self.hold = hold


class SomebodyElse(Exception):  # not an error of the service either
    """Another worker sends to this candidate at this moment; only one may count at a time."""


async def refuse_too_much(
    session: AsyncSession,
    follow_up: FollowUp,
    settings: ConnectionSettings,
    window: Window,
    now: datetime,
) -> None:
    """Returns where a mail to a candidate may leave now.

    Raises Held where a cap or better news holds it back, and SomebodyElse where another worker is just
    sending to the same candidate: two that count at the same time would both find room.
    """
    rejects = KINDS[follow_up.kind].rejects
    capped = counts(follow_up.kind) and _automated(follow_up)
    if not rejects and not capped:
        return
    root, applications = await _theirs(session, follow_up)
    if not await _alone(session, f"mails to {follow_up.connection_id}/{root}"):
        raise SomebodyElse
    known = await read(session, applications)
    hold = _better_news(follow_up, known)
    if hold is None and capped:
        mailed = await _mailed(session, follow_up, [a.id for a in applications])
        hold = _caps(follow_up, known, mailed, settings, window, now)
    if hold is not None and (not hold.code or hold.code != follow_up.held_for):
        raise Held(hold)


def _automated(follow_up: FollowUp) -> bool:
    """Whether no person has allowed it."""
    return not follow_up.approval_needed and follow_up.held_for is None


async def _theirs(session: AsyncSession, follow_up: FollowUp) -> tuple[str, Sequence[Application]]:
    """The candidate who remains after all merges, and everything they applied for on this connection."""
    candidate = follow_up.recipient.partition(":")[2]
    ids = await merged_into(session, follow_up.connection_id, [candidate])
    rows = await session.scalars(
        select(Application).where(
            col(Application.connection_id) == follow_up.connection_id, col(Application.candidate).in_(ids)
        ),
    )
    return candidate, rows.all()


async def _alone(session: AsyncSession, what: str) -> bool:
    """Whether nobody else is counting that; until the unit of work ends, nobody else will be."""
    found = await session.scalar(select(func.pg_try_advisory_xact_lock(func.hashtextextended(what, 0))))
    return bool(found)


def _better_news(follow_up: FollowUp, known: Sequence[Known]) -> Hold | None:
    others = [k.truth for k in known if k.application.id != follow_up.application_id]
    return held_by_better_news(follow_up.kind, others)


def _caps(
    follow_up: FollowUp,
    known: Sequence[Known],
    mailed: Sequence[Mailed],
    settings: ConnectionSettings,
    window: Window,
    now: datetime,
) -> Hold | None:
    said = [k.application.heard_at for k in known if k.application.heard_at]
    acted = heard_at([k.truth for k in known], now)
    heard = max([*said, *([acted] if acted else [])], default=None)
    silent = held_by_silence(mailed, heard, most=settings.unanswered_mails)
    if silent is not None:
        return silent
    key = spread_key(follow_up.application_id, follow_up.reason, follow_up.step, follow_up.recipient)
    return held_by_day(mailed, now, window, key, most=settings.mails_a_day)


async def _mailed(
    session: AsyncSession, follow_up: FollowUp, applications: Sequence[str]
) -> Sequence[Mailed]:
    """The mails that this candidate has had, or may have had."""
    await session.flush()  # what this same transaction lets leave counts as well
    rows = await session.execute(
        select(FollowUp, func.coalesce(col(Delivery.settled_at), col(FollowUp.updated_at)))
        .join(Delivery, col(Delivery.follow_up_id) == col(FollowUp.id))
        .where(
            col(FollowUp.application_id).in_(applications),
            col(FollowUp.id) != follow_up.id,
            col(FollowUp.recipient).startswith(f"{PersonRole.CANDIDATE}:"),
            col(Delivery.channel) == MAIL,
            col(Delivery.replaced_by).is_(None),
            col(Delivery.state).in_(_HAS_LEFT),
        ),
    )
    return [Mailed(other.kind, at, _automated(other)) for other, at in rows]


async def put_back(
    session: AsyncSession, delivery: Delivery, follow_up: FollowUp, hold: Hold, now: datetime
) -> None:
    """It is ready again for the day that has room for it, or waits on a person; nothing has left."""
    delivery.state, delivery.cause = DeliveryState.CANCELLED, hold.cause
    delivery.act_at = delivery.leased_until = None
    delivery.settled_at = now
    if hold.until is None:
        follow_up.held_for = hold.code
        await hand_to_person(session, follow_up, hold.cause, now)
        return
    follow_up.state, follow_up.cause = FollowUpState.READY, hold.cause
    follow_up.release_at = follow_up.act_at = hold.until
    follow_up.updated_at = now


async def hand_to_person(session: AsyncSession, follow_up: FollowUp, cause: str, now: datetime) -> None:
    """A person must allow it after all; they are asked, and the waiting is on its own clock."""
    wait(follow_up, FollowUpState.WAITING_APPROVAL, follow_up.waiting_on, f"{cause}; allow it or not", now)
    follow_up.waits_since, follow_up.nudges, follow_up.act_at = now, 1, now
    await ask(session, follow_up, NUDGE, now, mark=f":{now:%Y%m%dT%H%M%S}")


async def stop_thread(session: AsyncSession, application: Application, reason: str, now: datetime) -> int:
    """The candidate has answered: what was about to be said to them by itself is not said any more.

    Automated words about this application that have not left are cancelled for good; what a person had
    allowed, such as a rejection, waits for them to read the answer first. The answer ends the row of
    unanswered mails. What is being sent at this moment cannot be stopped; what later news plans is new.

    Args:
        session: The unit of work; the application must be locked in it.
        application: What the answer is about.
        reason: In words without personal data, such as ``the candidate replied``.
        now: The business instant of the answer.

    Returns:
        How many follow-ups were stopped.
    """
    application.heard_at = max(application.heard_at or now, now)
    rows = await session.scalars(
        select(FollowUp)
        .where(
            col(FollowUp.application_id) == application.id,
            col(FollowUp.recipient).startswith(f"{PersonRole.CANDIDATE}:"),
            col(FollowUp.state).in_(_NOT_LEFT),
        )
        .with_for_update(),
    )
    stopped = [row for row in rows if counts(row.kind)]
    for row in stopped:
        if not _automated(row) and row.state != FollowUpState.PLANNED:
            await hand_to_person(session, row, reason, now)
        elif _automated(row):
            row.state, row.cause, row.final = FollowUpState.CANCELLED, reason, True
            row.act_at, row.updated_at = None, now
    await _unqueue(session, [row.id for row in stopped], reason, now)
    await session.flush()
    return len(stopped)


async def _unqueue(session: AsyncSession, follow_ups: Sequence[str], cause: str, now: datetime) -> None:
    await session.execute(
        update(Delivery)
        .where(
            col(Delivery.follow_up_id).in_(follow_ups),
            col(Delivery.replaced_by).is_(None),
            col(Delivery.state) == DeliveryState.QUEUED,
        )
        .values(state=DeliveryState.CANCELLED, cause=cause, act_at=None, settled_at=now),
    )
