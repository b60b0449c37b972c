"""The drains, run for as long as the process lives: woken by a bell, and by themselves without it."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import structlog

from app.flow import Flow
from app.metrics.heartbeat import EVERY, beat

log = structlog.get_logger()

Drain = Callable[[], Awaitable[int]]

_WORK = ("recomputes", "applications", "approvals", "messages", "digests", "releases", "receipts")
_PATIENCE = {
    "events": 0.5,
    "work": 0.5,
    "rephrasings": 0.5,
    "deliveries": 0.5,
    "inquiries": 1.0,
    "questions": 2.0,
    "lookups": 15.0,
    "replies": 0.5,
    "imap": 2.0,
    "confirmations": 2.0,
    "polls": 2.0,
}
"""Seconds after which a loop looks by itself: the bell only shortens the wait."""
_TIDY = 600.0
"""Seconds between two looks at what has outlived its purpose."""
_AFTER_TROUBLE = 2.0
"""Seconds before trying again when the database is away."""


@dataclass(slots=True)
class Loops:
    """Each loop drains until nothing is left, then waits; what calls the network has a loop of its own.

    So has the reading of events: while one batch is written by the database, the next thing is reckoned here.
    """

    flow: Flow
    _bells: list[asyncio.Event] = field(default_factory=list)
    _stopping: bool = False

    def ring(self) -> None:
        """There is new work. Returns at once."""
        for bell in self._bells:
            bell.set()

    @asynccontextmanager
    async def running(self, *, grace: float = 20.0) -> AsyncIterator[None]:
        """Runs the loops; on leaving no new work is taken, and what is under way may end within the grace."""
        drains = self.flow.drains()
        inner = [drains[name] for name in _WORK]
        steady = [
            asyncio.create_task(self._every(EVERY, lambda: beat(self.flow.services)), name="pulse"),
            asyncio.create_task(self._every(_TIDY, self._tidy), name="housekeeping"),
        ]
        tasks = [
            asyncio.create_task(self._loop("work", inner), name="work"),
            *(
                asyncio.create_task(self._loop(name, [drains[name]]), name=name)
                for name in (
                    "events",
                    "rephrasings",
                    "inquiries",
                    "deliveries",
                    "questions",
                    "lookups",
                    "confirmations",
                    "polls",
                    "replies",
                    "imap",
                )
            ),
        ]
        try:
            yield
        finally:
            self._stopping = True
            self.ring()
            for task in steady:
                task.cancel()
            _, late = await asyncio.wait(tasks, timeout=grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*steady, *late, return_exceptions=True)

    async def _loop(self, name: str, drains: list[Drain]) -> None:
        bell = asyncio.Event()
        self._bells.append(bell)
        while not self._stopping:
            bell.clear()
            found, trouble = 0, False
            for drain in drains:
                try:
                    found += await drain()
                except Exception:
                    # Whatever it is, the rows are still there, and so is the work of the drains behind it.
                    log.exception("loop.trouble", loop=name)
                    trouble = True
            if trouble:
                await self._wait(bell, _AFTER_TROUBLE)
            elif found:
                self.ring()
            else:
                await self._wait(bell, _PATIENCE[name])

    async def _every(self, seconds: float, step: Callable[[], Awaitable[object]]) -> None:
        """Beside the work: a step that nobody waits for."""
        while True:
            try:
                await step()
            except Exception:
                log.exception("loop.trouble", loop="steady")
            await asyncio.sleep(seconds)

    async def _tidy(self) -> None:
        """Until nothing is left: one batch a look would fall behind wherever more comes in than that."""
        while await self.flow.housekeeping():
            pass

    async def _wait(self, bell: asyncio.Event, seconds: float) -> None:
        if not self._stopping:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(bell.wait(), seconds)


async def drain_all(flow: Flow, *, rounds: int = 1_000) -> int:
    """Drains everything that is due now, in order, until nothing is found: tests and the demo.

    Returns how much was done.
    """
    drains = list(flow.drains().values())
    total = quiet = 0
    for drain in itertools.islice(itertools.cycle(drains), rounds * len(drains)):
        found = await drain()
        await flow.lanes.rest()
        total += found
        quiet = 0 if found else quiet + 1
        if quiet == len(drains):
            return total
    raise RuntimeError(f"still busy after {rounds} rounds")
