"""A batch in one unit of work; and when one row spoils it, row by row, so that only that one is set aside."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Sessions, unit_of_work

log = structlog.get_logger()

Drain = Callable[[AsyncSession, int, list[str]], Awaitable[None]]
"""Claims up to so many rows, adds their ids to the list, and does the work."""

GiveUp = Callable[[AsyncSession, str, str, datetime], Awaitable[None]]
"""Sets one row aside, with the reason."""


async def in_batches(sessions: Sessions, drain: Drain, give_up: GiveUp, now: datetime, limit: int) -> int:
    """Drains one batch; returns how many rows were found.

    Trouble of the database itself is raised, for the shell to wait and try again; trouble with a row costs
    only that row.
    """
    taken: list[str] = []
    try:
        async with unit_of_work(sessions) as session:
            await drain(session, limit, taken)
    except OSError:
        raise
    except Exception as wrong:
        if passing(wrong) or not taken:
            raise
        log.warning("batch.spoiled", rows=len(taken), error=type(wrong).__name__)
        return await _one_by_one(sessions, drain, give_up, now, len(taken))
    return len(taken)


async def _one_by_one(sessions: Sessions, drain: Drain, give_up: GiveUp, now: datetime, limit: int) -> int:
    for done in range(limit):
        taken: list[str] = []
        try:
            async with unit_of_work(sessions) as session:
                await drain(session, 1, taken)
        except Exception as wrong:
            if passing(wrong) or not taken:
                raise
            log.exception("row.set_aside", row=taken[0])
            async with unit_of_work(sessions) as session:
                await give_up(session, taken[0], type(wrong).__name__, now)
        if not taken:
            return done
    return limit


def passing(wrong: Exception) -> bool:
    """Whether the database, not a row, is the trouble: it is away, full, or chose us to end a deadlock."""
    if isinstance(wrong, OSError | OperationalError):
        return True
    if not isinstance(wrong, DBAPIError):
        return False
    state = str(getattr(wrong.orig, "sqlstate", None) or "")
    return wrong.connection_invalidated or state[:2] in ("08", "40", "53", "55", "57")
