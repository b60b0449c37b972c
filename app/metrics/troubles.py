"""What the probes tell people of, although no other replica would do better."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.delivery.models import RouteHealth
from app.metrics.mailboxes import mailbox_warnings
from app.metrics.models import WorkerSeen

ALONE = timedelta(minutes=1)
"""Workers beat every ten seconds."""


async def warnings(session: AsyncSession, machine_now: datetime, *, worked_elsewhere: bool) -> list[str]:
    """One sentence for each trouble that a person must see to.

    Args:
        session: Only read from.
        machine_now: The real instant, aware, in UTC.
        worked_elsewhere: Whether the work is left to processes of their own.
    """
    told = await mailbox_warnings(session, machine_now) + await _stopped_routes(session)
    return [*await _no_worker(session, machine_now), *told] if worked_elsewhere else told


async def _no_worker(session: AsyncSession, machine_now: datetime) -> list[str]:
    seen = await session.scalar(select(func.max(col(WorkerSeen.seen_at))))
    if seen is None:
        return ["no worker has been seen yet, so nothing is done: run `heardback worker`"]
    if machine_now - seen <= ALONE:
        return []
    since = f"{seen:%Y-%m-%d %H:%M} UTC"
    return [f"no worker has been seen since {since}, so nothing is done: run `heardback worker`"]


async def _stopped_routes(session: AsyncSession) -> list[str]:
    """A route that is broken in itself keeps its mail until somebody mends it."""
    stopped = select(RouteHealth).where(col(RouteHealth.stopped_at).is_not(None))
    return [
        f"mail route {row.route} has been stopped since {row.stopped_at:%Y-%m-%d %H:%M} UTC. {row.cause}"
        for row in await session.scalars(stopped.order_by(col(RouteHealth.route)))
    ]
