"""The round itself: time moves from instant to instant, and at each everything that is due happens.

Whoever plays it says how the work gets done at an instant: by draining here, or by waiting for processes that
do it. The play is the same.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.db import Sessions
from app.demo.desk import Recruiter
from app.demo.faults import Fault, FaultKind
from app.demo.greenhouse import SimulatedGreenhouse
from app.demo.push import Chaos
from app.demo.round_time import next_due
from app.demo.script import Act, Director, script
from app.demo.show import Silent, Teller

CHAOS = Chaos(seed=4, drop=0.05, repeat=0.05)
"""A tenth of the webhooks is lost or comes twice; the poll makes lost ones good, the door the others.

The seed spares what only a webhook tells: that a candidate was anonymised, and that a job was closed.
"""
POLL_EVERY = timedelta(hours=6)

Move = Callable[[datetime], Awaitable[None]]
"""Business time stands at that instant from now on."""
Settle = Callable[[datetime], Awaitable[None]]
"""Comes back when everything that is due at that instant is done."""


@dataclass(slots=True)
class Round:
    """One round, being played."""

    sessions: Sessions
    greenhouse: SimulatedGreenhouse
    director: Director
    recruiter: Recruiter
    move: Move
    settle: Settle
    teller: Teller = field(default_factory=Silent)
    between: Callable[[int], Awaitable[None]] | None = None
    """Called after each instant with its number: where a test interferes."""
    instants: int = 0

    async def play(self, start: datetime, until: datetime) -> None:
        """Plays from the start until that instant, and leaves business time standing there."""
        acts = script(self.director.monday, tuple(self.director.stories.values()))
        self.trip_over_the_limit()
        now = start
        while True:
            while acts and acts[0].at <= now:
                await self._act(acts.pop(0), now)
            await self._happen(now)
            self.instants += 1
            if self.between is not None:
                await self.between(self.instants)
            following = await self._next(acts)
            if following is None or following > until:
                break
            now = max(following, now + timedelta(seconds=1))
        await self._happen(until)

    def trip_over_the_limit(self) -> None:
        """Greenhouse says 429 with Retry-After, once for a list and once for a note."""
        self.greenhouse.fault(Fault("/v3/applications", FaultKind.TOO_MANY, method="GET"))
        self.greenhouse.fault(Fault("/v3/notes", FaultKind.TOO_MANY, method="POST"))

    async def _act(self, act: Act, now: datetime) -> None:
        if not act.at_desk:
            said = self.director.perform(act)
            self.teller.acted(act.at, self.director.title(act), said)
            return
        await self._happen(now)
        for said in await self.recruiter.visit(now):
            self.teller.decided(now, said)

    async def _happen(self, now: datetime) -> None:
        await self.move(now)
        await self.greenhouse.deliver_due(now)
        await self.settle(now)
        await self.teller.happened(self.director)

    async def _next(self, acts: list[Act]) -> datetime | None:
        ahead = [acts[0].at if acts else None, self.greenhouse.push.next_due(), await next_due(self.sessions)]
        return min((at for at in ahead if at is not None), default=None)
