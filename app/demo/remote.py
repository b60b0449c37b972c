"""The same round against other processes: time is held in the database, and their work is awaited."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlmodel import col

from app.db import Sessions
from app.delivery.models import Delivery, DeliveryState
from app.demo.round_time import due_now
from app.demo.time import hold_time
from app.timeline.models import PollCursor

_STEP = 0.01


class StillBusy(Exception):
    """The processes did not get their work done."""


@dataclass(slots=True)
class Elsewhere:
    """Moves time for every process, and waits until nothing is due."""

    sessions: Sessions
    nudge: Callable[[], None]
    patience: float = 60.0
    """Seconds; longer than a lease, which is all that a killed worker can hold."""

    async def move(self, now: datetime) -> None:
        """Business time stands at that instant, for every process."""
        await hold_time(self.sessions, now)

    async def settle(self, now: datetime) -> None:
        """Comes back when everything due is done; raises StillBusy."""
        until = asyncio.get_running_loop().time() + self.patience
        while due := await self.due(now):
            self.nudge()
            if asyncio.get_running_loop().time() > until:
                raise StillBusy(f"after {self.patience:.0f} s still due: {', '.join(sorted(due))}")
            await asyncio.sleep(_STEP)

    async def due(self, now: datetime) -> set[str]:
        """What is due or under way; also the questions that somebody is asking at this moment."""
        due = await due_now(self.sessions, now)
        asked = exists().where(
            col(Delivery.state) == DeliveryState.UNKNOWN, col(Delivery.act_at).is_not(None)
        )
        async with self.sessions() as session:
            if await session.scalar(select(asked)):
                due.add("questions")
        return due

    async def wait_for_polls(self) -> None:
        """Comes back when a worker has learnt that there is somebody to ask."""
        async with asyncio.timeout(self.patience):
            while True:
                async with self.sessions() as session:
                    if await session.scalar(select(exists(select(PollCursor)))):
                        return
                self.nudge()
                await asyncio.sleep(_STEP)
