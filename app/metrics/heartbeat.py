"""What every worker does now and then: says that it is there, adds up the tallies, measures the silence."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.db import unit_of_work
from app.metrics.figures import measure_silence
from app.metrics.models import Measured, WorkerSeen
from app.metrics.tally import fold_tally
from app.services import Services

EVERY = 10.0
"""Seconds."""


async def beat(services: Services) -> None:
    """One heartbeat of this process."""
    now, machine_now = await services.refresh(), services.machine_now()
    values = {"seen_at": machine_now, "detail": {}}
    async with unit_of_work(services.sessions) as session:
        statement = insert(WorkerSeen).values(name=services.settings.worker_name, **values)
        await session.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))
        if await _is_stale(session, machine_now):
            await measure_silence(session, now, machine_now)
    async with unit_of_work(services.sessions) as session:
        await fold_tally(session)


async def _is_stale(session: AsyncSession, machine_now: datetime) -> bool:
    """One look every ten seconds is enough, however many workers there are."""
    known = await session.scalar(select(col(Measured.at)).where(col(Measured.name) == "silence"))
    return known is None or not machine_now - timedelta(seconds=EVERY * 0.8) <= known <= machine_now
