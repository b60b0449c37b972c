"""The demo from curtain to curtain: opens what a round needs, plays it, and may keep the service running."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy import func, select

from app import migrations
from app.access import keys
from app.access.keys import Scope
from app.db import unit_of_work
from app.demo.greenhouse import SimulatedGreenhouse
from app.demo.kept import Kept, Sample, write_sample
from app.demo.perform import Result, perform
from app.demo.round import CHAOS
from app.demo.sample import sample_body
from app.demo.script import first_monday
from app.demo.show import Silent, Terminal
from app.demo.stage import connect, listen, real_now, reconnect, served
from app.embedded import EmbeddedPostgres
from app.errors import CannotStart
from app.flow import Flow
from app.intake.connections import new_secret
from app.intake.models import Connection
from app.loops import Loops
from app.moments import HeldClock, RealClock, machine_now
from app.running import open_flow
from app.services import Services, open_services
from app.settings import Settings

Echo = Callable[[str], None]


@dataclass(slots=True)
class Theatre:
    """An open house: the service served at an address, and the simulated Greenhouse beside it."""

    services: Services
    flow: Flow
    greenhouse: SimulatedGreenhouse
    url: str


@asynccontextmanager
async def open_theatre(settings: Settings, secret: str, start: datetime) -> AsyncIterator[Theatre]:
    """Opens the house with business time standing at the start. Raises CannotStart."""
    listener = listen(settings.host, settings.port)
    with listener:
        async with (
            open_services(settings, clock=HeldClock(start)) as services,
            open_flow(services) as flow,
            served(services, listener) as url,
            SimulatedGreenhouse(f"{url}/webhooks/none", secret, chaos=CHAOS) as greenhouse,
        ):
            yield Theatre(services, flow, greenhouse, url)


async def play_once(settings: Settings, echo: Echo, *, quiet: bool = False) -> Result:
    """The round on this data folder, which must be fresh; nothing runs afterwards."""
    until = real_now()
    monday = first_monday(until)
    echo("Starting a private Postgres and the service …")
    async with open_theatre(settings, new_secret(), monday) as house:
        connection = await connect(house.services, house.greenhouse, house.url, monday)
        return await _play(house, connection, monday, until, echo, quiet=quiet)


async def _play(
    house: Theatre, connection: str, monday: datetime, until: datetime, echo: Echo, *, quiet: bool = False
) -> Result:
    echo(f"Playing a hiring round against {house.url}, {monday:%d %B} to {until:%d %B %Y}.\n")
    teller = Silent() if quiet else Terminal(house.services.sessions, echo)
    began = machine_now()
    result = await perform(
        house.services,
        house.flow,
        house.greenhouse,
        connection,
        monday=monday,
        until=until,
        teller=teller,
    )
    took = (machine_now() - began).total_seconds()
    tell_result(result, echo)
    echo(f"\n{(until - monday).days} days of business in {took:.0f} seconds.")
    return result


def tell_result(result: Result, echo: Echo) -> None:
    """The table, and each expectation with what speaks against it."""
    echo("")
    for line in result.table:
        echo(line)
    echo("")
    for expectation in result.expectations:
        sign = click.style("held  ", fg="green") if expectation.held else click.style("BROKEN", fg="red")
        echo(f"{sign}  {expectation.name}")
        for against in expectation.against[:5]:
            echo(f"          {against}")


async def play_and_serve(settings: Settings, echo: Echo) -> bool:
    """The round on the first start; then the service in real time until a signal ends it.

    Returns whether every expectation held.
    """
    folder = settings.data_dir
    kept = Kept.read(folder)
    if kept is not None and kept.state == "playing":
        await _clear(settings)
        echo("The last round was interrupted; it starts again.")
        kept = None
    until = real_now()
    monday = first_monday(until)
    echo("Starting a private Postgres and the service …" if settings.embedded else "Starting the service …")
    held = True
    async with open_theatre(
        settings, kept.secret if kept else new_secret(), monday if kept is None else until
    ) as house:
        if kept is None and await _is_used(house.services):
            echo("This data folder is in use already, so no round is played on it.")
        elif kept is None:
            kept, held = await _first_time(house, folder, monday, until, echo)
        else:
            kept.restore(house.greenhouse.world)
            await reconnect(house.services, house.greenhouse, kept.connection, house.url)
        await _keep_running(house, kept, echo)
    return held


async def _first_time(
    house: Theatre, folder: Path, monday: datetime, until: datetime, echo: Echo
) -> tuple[Kept, bool]:
    connection = await connect(house.services, house.greenhouse, house.url, monday)
    kept = Kept(state="playing", connection=connection, secret=house.greenhouse.push.secret)
    kept.write(folder)
    result = await _play(house, connection, monday, until, echo)
    async with unit_of_work(house.services.sessions) as session:
        _, kept.key = await keys.create(session, name="demo", scopes=[Scope.READ, Scope.METRICS], now=until)
    kept.state = "played"
    return kept, result.held


async def _keep_running(house: Theatre, kept: Kept | None, echo: Echo) -> None:
    """Business time is real time from here on, and the loops do the work."""
    house.services.clock = RealClock()
    loops = Loops(house.flow)
    house.services.nudge = loops.ring
    folder = house.services.settings.data_dir
    if kept is not None:
        house.greenhouse.harvest.limit = 50
        sample = Sample(
            f"{house.url}/webhooks/{kept.connection}",
            sample_body(house.greenhouse.world),
            kept.secret,
            _own_name(),
            house.services.settings.time_zone,
        )
        script = write_sample(folder, sample)
        _remember(kept, house, folder)
    async with loops.running():
        _tell_where(house, kept, script if kept is not None else None, echo)
        try:
            await asyncio.Event().wait()
        finally:
            if kept is not None:
                _remember(kept, house, folder)
            echo("\nStopping …")


def _remember(kept: Kept, house: Theatre, folder: Path) -> None:
    kept.remember(house.greenhouse.world)
    kept.write(folder)


def _tell_where(house: Theatre, kept: Kept | None, script: Path | None, echo: Echo) -> None:
    settings = house.services.settings
    mail = settings.mail_folder
    echo(f"\nHeardback runs at {house.url} and time is real from here on. Ctrl-C ends it.\n")
    echo(f"  API documentation   {house.url}/docs")
    echo(f"  figures             {house.url}/metrics")
    echo(f"  mail that left      {mail.absolute()}")
    if kept is not None and script is not None:
        echo(f"  a key that may read {kept.key}")
        echo("\nLet somebody apply, and see what is planned and when it leaves (in another terminal):\n")
        echo(f"  sh {script.absolute()}\n")


def _own_name() -> str:
    """How this very program is called again."""
    return str(Path(sys.argv[0]).absolute()) if Path(sys.argv[0]).name == "heardback" else "heardback"


async def _is_used(services: Services) -> bool:
    async with services.sessions() as session:
        return bool(await session.scalar(select(func.count()).select_from(Connection)))


async def _clear(settings: Settings) -> None:
    """An interrupted round is taken away with everything that it left: there was nothing before it.

    Raises DataFolderInUse while another process is playing it.
    """
    if settings.database_url is not None:
        raise CannotStart("The last round was interrupted; give it an empty database to start again.")
    server = EmbeddedPostgres(settings.data_dir)  # owned, not joined: the round may still be running
    try:
        await migrations.downgrade(await asyncio.to_thread(server.start), "base")
    finally:
        await asyncio.to_thread(server.stop)
    for path in settings.mail_folder.glob("*.eml"):
        path.unlink()


@asynccontextmanager
async def ended_by_signals() -> AsyncIterator[None]:
    """SIGTERM and SIGINT cancel what runs inside; everything is closed in order, and nothing is raised."""
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    asked = False

    def end() -> None:
        nonlocal asked
        if not asked and task is not None:
            asked = True
            task.cancel()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end)
    try:
        yield
    except asyncio.CancelledError:
        if not asked:
            raise
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
