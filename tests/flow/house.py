"""A whole Heardback for tests: its real door over HTTP, its real flow, held time, a simulated Greenhouse."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlmodel import SQLModel

from app.db import unit_of_work
from app.demo.greenhouse import SimulatedGreenhouse
from app.demo.push import Chaos
from app.demo.round_time import due_now, next_due
from app.flow import Flow
from app.intake import connections
from app.intake.config import ConnectionSecrets, ConnectionSettings
from app.loops import drain_all
from app.main import create_app
from app.messages.approval import Desk
from app.moments import HeldClock
from app.running import open_flow
from app.services import Services, open_services
from app.settings import Settings
from app.timeline.models import PollCursor
from tests.flow.serving import served

SECRET = "a-signing-secret-for-these-tests"


@dataclass(slots=True)
class House:
    """Everything of one test."""

    services: Services
    flow: Flow
    clock: HeldClock
    connection: str
    greenhouse: SimulatedGreenhouse
    url: str

    async def at(self, instant: datetime) -> None:
        """Moves on to that instant, stopping wherever something is due on the way."""
        await self.greenhouse.deliver_due(self.clock.now())
        await drain_all(self.flow)
        while (following := await next_instant(self)) is not None and following <= instant:
            self.clock.at = max(following, self.clock.at + timedelta(microseconds=1))
            await self.greenhouse.deliver_due(self.clock.now())
            await drain_due(self.flow)
        self.clock.at = instant
        await self.greenhouse.deliver_due(instant)
        await drain_all(self.flow)

    async def asked_at(self, instant: datetime) -> None:
        """Moves on to that instant, and the poll hears right then what no webhook tells."""
        await self.at(instant)
        async with unit_of_work(self.services.sessions) as session:
            await session.execute(update(PollCursor).values(next_at=instant))
        await self.at(instant)

    async def rows(self, table: type[SQLModel]) -> list[Any]:
        """Every row of a table."""
        async with self.services.sessions() as session:
            return list(await session.scalars(select(table)))

    @asynccontextmanager
    async def desk(self, by: str = "Robin Reyes") -> AsyncIterator[Desk]:
        """Where a person approves."""
        async with unit_of_work(self.services.sessions) as session:
            yield Desk(
                session,
                self.services.vault,
                await self.flow.shelf.book(session),
                self.services.settings.company_name,
                "en",
                by,
                self.clock.now(),
            )


async def drain_due(flow: Flow) -> None:
    """On the way: only the drains for which something is due, always the earliest of the flow.

    All of them are asked where a test looks.
    """
    services, drains = flow.services, flow.drains()
    fruitless: set[str] = set()  # what is due and cannot be done yet, such as a send under way, is left
    while True:
        due = await due_now(services.sessions, services.clock.now()) | {"rephrasings"}
        name = next((name for name in drains if name in due - fruitless), None)
        if name is None:
            return
        found = await drains[name]()
        await flow.lanes.rest()
        fruitless = set() if found else fruitless | {name}


async def next_instant(house: House) -> datetime | None:
    """The next instant at which anything at all is due."""
    pushed = house.greenhouse.push.next_due()
    planned = await next_due(house.services.sessions)
    return min((at for at in (pushed, planned) if at is not None), default=None)


@asynccontextmanager
async def open_house(
    database_url: str,
    folder: Path,
    start: datetime,
    *,
    chaos: Chaos | None = None,
    poll_every: timedelta = timedelta(minutes=30),
    **overrides: Any,
) -> AsyncIterator[House]:
    """A house whose business time stands at `start`.

    A poll costs as much as many webhooks: where days pass it had better come seldom, and by `House.asked_at`.
    """
    settings = Settings(
        _env_file=None,
        DATABASE_URL=database_url,
        data_dir=folder,
        company_name="Ostwind Robotics",
        **overrides,
    )
    clock = HeldClock(start)
    async with (
        open_services(settings, clock=clock, migrate=False) as services,
        open_flow(services) as flow,
        served(create_app(services)) as url,
    ):
        greenhouse = SimulatedGreenhouse(f"{url}/webhooks/none", SECRET, chaos=chaos)
        # Weeks pass in seconds here: the vendor's window of 30 real seconds would hold them up.
        greenhouse.harvest.limit = 1_000_000
        async with greenhouse:
            account = greenhouse.account
            async with unit_of_work(services.sessions) as session:
                connection = await connections.add(
                    session,
                    services.vault,
                    vendor="greenhouse",
                    name="Ostwind",
                    settings=ConnectionSettings(
                        base_url=account.api_base,
                        auth_url=account.auth_url,
                        poll_every_seconds=int(poll_every.total_seconds()),
                    ),
                    secrets=ConnectionSecrets(
                        signing_secrets=[SECRET],
                        client_id=account.client_id,
                        client_secret=account.client_secret,
                    ),
                    now=start,
                    trial=True,
                )
            greenhouse.push.url = f"{url}/webhooks/{connection.id}"
            yield House(services, flow, clock, connection.id, greenhouse, url)
