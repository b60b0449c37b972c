"""Business time that the demo holds and moves, seen alike by every process; everything else stays real."""

from datetime import datetime
from typing import Protocol

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from starlette.types import ASGIApp, Receive, Scope, Send

from app.db import Sessions, unit_of_work
from app.demo.models import HeldTime
from app.moments import BusinessClock, machine_now


class FollowedClock:
    """Stands where the demo put it; runs with real time while the demo holds nothing."""

    def __init__(self) -> None:
        self.held: datetime | None = None

    def now(self) -> datetime:
        return self.held or machine_now()


async def follow_held_time(sessions: Sessions, clock: BusinessClock) -> None:
    """Reads where the demo put business time."""
    if isinstance(clock, FollowedClock):
        async with sessions() as session:
            row = await session.get(HeldTime, 1)
        clock.held = row.at if row else None


async def hold_time(sessions: Sessions, at: datetime) -> None:
    """Business time stands at that instant, for every process."""
    statement = insert(HeldTime).values(id=1, at=at)
    async with unit_of_work(sessions) as session:
        await session.execute(statement.on_conflict_do_update(index_elements=["id"], set_={"at": at}))


async def let_time_run(sessions: Sessions) -> None:
    """Business time is real time again."""
    async with unit_of_work(sessions) as session:
        await session.execute(delete(HeldTime))


class TimeFollowed:
    """An application whose requests see business time where the demo put it at that very moment."""

    def __init__(self, app: ASGIApp, services: "_Refreshed") -> None:
        self._app, self._services = app, services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._services.refresh()
        await self._app(scope, receive, send)


class _Refreshed(Protocol):
    async def refresh(self) -> datetime: ...
