"""Sends side by side, so that a provider that hangs keeps nothing waiting but its own mail."""

import asyncio
from collections import Counter
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

PATIENCE = 0.5
"""Seconds that a batch is waited for; what takes longer goes on beside the next batch."""
WIDTH = 20
"""Sends that may be under way in one lane: all that a hung provider can hold, no longer than a lease."""

Lane = tuple[str, str]
"""A way out that may hang on its own: the channel's kind, and the route's or the connection's name."""


@dataclass(slots=True)
class Lanes:
    """What one process has under way, lane by lane."""

    patience: float = PATIENCE
    width: int = WIDTH
    _under_way: dict["asyncio.Task[None]", Lane] = field(default_factory=dict)

    def room(self, lane: Lane) -> int:
        """How many more may be started in that lane."""
        return self.width - Counter(self._under_way.values())[lane]

    def full(self) -> set[Lane]:
        """Lanes in which nothing more may be started now."""
        return {lane for lane, number in Counter(self._under_way.values()).items() if number >= self.width}

    async def run(self, works: Sequence[tuple[Lane, Coroutine[Any, Any, None]]]) -> None:
        """Starts all; returns when all have ended, or after some patience, whatever comes first.

        Raises what one of them raised; the others go on.
        """
        tasks = [self._start(lane, work) for lane, work in works]
        if not tasks:
            return
        try:
            done, _ = await asyncio.wait(tasks, timeout=self.patience)
        except asyncio.CancelledError:
            await self._end(tasks)
            raise
        for task in tasks:
            if task in done:
                task.result()

    async def rest(self) -> None:
        """Returns when nothing is under way any more; what a provider keeps waiting ends with its lease."""
        while tasks := list(self._under_way):
            await asyncio.wait(tasks)

    def _start(self, lane: Lane, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = asyncio.create_task(work, name="/".join(lane))
        self._under_way[task] = lane
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._under_way.pop(task, None)
        if not task.cancelled():
            # Taken note of, so that one nobody waits for any more is no warning; its row says what to do.
            task.exception()

    async def _end(self, tasks: Sequence["asyncio.Task[None]"]) -> None:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def aclose(self, grace: float = 0.0) -> None:
        """Waits for what is under way, at most ``grace`` seconds, and stops the rest: their leases end."""
        tasks = list(self._under_way)
        if tasks and grace:
            await asyncio.wait(tasks, timeout=grace)
        await self._end([task for task in tasks if not task.done()])
