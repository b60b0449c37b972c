"""After a change of policies, calendars or time zones every open clock is derived again, in batches.

The change only leaves a row, whose cursor moves on with each batch: whoever dies in between loses nothing.
The next batch is woken when the one before is nearly through, so that news never waits behind the whole.
"""

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.moments import TZDATA_VERSION
from app.sla.models import Clock, Recompute
from app.timeline.models import Application

_NEARLY_THROUGH = 100
"""So many applications may still wait when the next batch is woken."""


async def ask(session: AsyncSession, cause: str, now: datetime, *, tzdata: str = TZDATA_VERSION) -> None:
    """Every open clock is to be derived again, because of that cause."""
    session.add(Recompute(cause=cause, tzdata=tzdata, asked_at=now))
    await session.flush()


async def ask_if_zones_changed(session: AsyncSession, now: datetime, *, tzdata: str = TZDATA_VERSION) -> bool:
    """At the start of a process: whether the clocks were last derived with another release of tzdata."""
    newest = await session.scalar(select(col(Recompute.tzdata)).order_by(col(Recompute.id).desc()).limit(1))
    if newest is None or newest == tzdata:
        return False
    await ask(session, f"tzdata {newest} became {tzdata}", now, tzdata=tzdata)
    return True


async def wake_some(session: AsyncSession, now: datetime, limit: int) -> int:
    """Wakes the next applications that are active or have an open clock; returns how many were looked at.

    None while enough of them still wait to be derived.
    """
    asked = await session.scalar(
        select(Recompute)
        .where(col(Recompute.done_at).is_(None))
        .order_by(col(Recompute.id))
        .limit(1)
        .with_for_update(skip_locked=True),
    )
    if asked is None or await _busy(session, now):
        return 0
    order = select(col(Application.id)).order_by(col(Application.id)).limit(limit)
    ids = (await session.scalars(order.where(col(Application.id) > asked.reached))).all()
    if ids:
        asked.woken += await _wake(session, ids[0], ids[-1], now)
        asked.reached = ids[-1]
    if len(ids) < limit:
        asked.done_at = now
    return max(len(ids), 1)


async def _busy(session: AsyncSession, now: datetime) -> bool:
    waiting = select(col(Application.id)).where(col(Application.wake_at) <= now).limit(_NEARLY_THROUGH)
    return await session.scalar(select(func.count()).select_from(waiting.subquery())) == _NEARLY_THROUGH


async def _wake(session: AsyncSession, first: str, last: str, now: datetime) -> int:
    open_clock = select(col(Clock.id)).where(
        col(Clock.application_id) == col(Application.id),
        col(Clock.closed_at).is_(None),
    )
    # Locked in the order in which news locks them: two who wake the same ones must not wait for each other.
    concerned = await session.scalars(
        select(col(Application.id))
        .where(
            col(Application.id).between(first, last),
            (col(Application.status) == "active") | open_clock.exists(),
            # One that failed is tried again at its own time, and is derived with the new rules then.
            col(Application.failures) == 0,
        )
        .order_by(col(Application.connection_id), col(Application.external_id))
        .with_for_update(of=Application),
    )
    ids = concerned.all()
    await session.execute(
        update(Application)
        .where(col(Application.id).in_(ids))
        .values(wake_at=func.least(func.coalesce(col(Application.wake_at), now), now)),
    )
    return len(ids)
