"""One round in this process: held time, the real service over HTTP, its drains called in order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.demo.cast import STORIES, TEAM, Story
from app.demo.desk import Recruiter
from app.demo.expect import Expectation, check
from app.demo.greenhouse import SimulatedGreenhouse
from app.demo.record import Played, read_round
from app.demo.round import Round
from app.demo.round_time import due_now
from app.demo.script import Director
from app.demo.show import Teller
from app.demo.tally import lines, tally
from app.flow import Flow
from app.loops import drain_all
from app.moments import HeldClock
from app.services import Services
from app.silence import silence

UNLIMITED = 1_000_000
"""Two weeks in a minute would use up any real limit; `Round` sees to it that one is met all the same."""


@dataclass(slots=True)
class Result:
    """What came of a round."""

    played: Played
    expectations: Sequence[Expectation]
    table: Sequence[str]

    @property
    def held(self) -> bool:
        return all(e.held for e in self.expectations)


async def perform(
    services: Services,
    flow: Flow,
    greenhouse: SimulatedGreenhouse,
    connection: str,
    *,
    monday: datetime,
    until: datetime,
    teller: Teller,
    stories: Sequence[Story] = STORIES,
) -> Result:
    """Plays the round against the served services, whose clock is a `HeldClock`, and checks it."""
    clock = services.clock
    if not isinstance(clock, HeldClock):
        raise TypeError("the round needs a clock that can be held")
    greenhouse.harvest.limit = UNLIMITED
    director = Director(greenhouse, monday, {story.key: story for story in stories})
    director.set_up(monday)
    recruiter = Recruiter(services.sessions, services.vault, flow.shelf, director, connection)
    drains = flow.drains()

    async def move(now: datetime) -> None:
        clock.at = now

    async def settle(now: datetime) -> None:
        while due := await due_now(services.sessions, now):
            for name in drains:
                if name in due:
                    await drains[name]()

    await drain_all(flow)  # the poll learns of the connection
    await Round(services.sessions, greenhouse, director, recruiter, move, settle, teller).play(monday, until)
    return await result(services, director, until)


async def result(services: Services, director: Director, now: datetime) -> Result:
    """What the round left, checked and counted."""
    async with services.sessions() as session:
        quiet = await silence(session, now)
        played = await read_round(session, director, services.settings.mail_folder, _named(quiet.waiting_on))
        table = lines(await tally(session), _by_name(quiet.waiting_on, director))
    return Result(played, check(played), table)


def _by_name(waiting_on: Mapping[str, int], director: Director) -> dict[str, int]:
    names = {f"member:{found}": TEAM[key] for key, found in director.users.items()}
    return {names.get(who, who): count for who, count in waiting_on.items()}


def _named(waiting_on: Mapping[str, int]) -> list[str]:
    """Silence is zero, or it names who: what waits on nobody by name speaks against the round."""
    return [f"{count} wait on {who}" for who, count in waiting_on.items() if not who.startswith("member:")]
