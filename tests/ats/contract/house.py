"""A Heardback to which any simulated ATS connects: its real door over HTTP, its real flow, held time."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from sqlalchemy import select
from sqlmodel import SQLModel, col
from starlette.applications import Starlette

from app.calls import Limits
from app.db import unit_of_work
from app.demo.ats import SimulatedAts
from app.demo.people import Newcomer
from app.demo.push import Webhook
from app.demo.round_time import next_due
from app.flow import Flow
from app.intake import connections
from app.intake.config import ConnectionSecrets, ConnectionSettings
from app.intake.directory import Directory, read_entries
from app.intake.door import Door, DoorRoute
from app.intake.models import Event
from app.intake.writer import Writer
from app.loops import drain_all
from app.moments import HeldClock
from app.running import open_flow
from app.server import Server
from app.services import Services, open_services
from app.settings import Settings
from app.timeline.models import Application
from app.timeline.store import read
from app.timeline.truth import Truth
from tests.ats.contract.accounts import ACCOUNTS
from tests.flow.house import drain_due

MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)
STAGES = ("Application Review", "Onsite Interview", "Offer")
Sent = tuple[dict[str, str], bytes]


@dataclass
class House:
    """Everything of one test or of a module's tests."""

    services: Services
    flow: Flow
    clock: HeldClock
    http: httpx.AsyncClient
    seconds: list[float]
    """What the directory of the door takes for the time."""
    accounts: dict[str, "Account"] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)

    def machine_now(self) -> datetime:
        """What the machines of the accounts say: held time that ticks, so that their windows end."""
        return self.clock.now() + timedelta(seconds=time.monotonic() - self.began)

    @property
    def url(self) -> str:
        return str(self.http.base_url).rstrip("/")

    async def rows(self, table: type[SQLModel], **values: Any) -> list[Any]:
        async with self.services.sessions() as session:
            return list(await session.scalars(select(table).filter_by(**values)))

    async def drain(self) -> None:
        await drain_all(self.flow)

    async def understand(self) -> None:
        """What was stored becomes what is true; nothing is said for it yet."""
        while await self.flow.events() + await self.flow.inquiries() + await self.flow.applications():
            pass

    async def at(self, instant: datetime, *accounts: "Account") -> None:
        """Moves on to that instant, stopping wherever something is due on the way."""
        drain: Callable[[], Awaitable[None]] = self.drain
        while True:
            for account in accounts:
                await account.ats.deliver_due(self.clock.now())
            await drain()
            drain = partial(drain_due, self.flow)
            due = [await next_due(self.services.sessions), *(one.ats.push.next_due() for one in accounts)]
            following = min((at for at in due if at is not None), default=None)
            if following is None or following > instant:
                break
            self.clock.at = max(following, self.clock.at + timedelta(microseconds=1))
        self.clock.at = instant
        await self.drain()


@dataclass
class Account:
    """One connection, with the account at the other end."""

    house: House
    ats: SimulatedAts
    connection: str
    applications: list[str] = field(default_factory=list)

    @property
    def path(self) -> str:
        return f"/webhooks/{self.connection}"

    async def post(self, headers: dict[str, str], body: bytes) -> httpx.Response:
        return await self.house.http.post(self.path, content=body, headers=headers)

    async def events(self) -> list[Event]:
        return await self.house.rows(Event, connection_id=self.connection)

    def begin(self, at: datetime = MONDAY) -> str:
        """A candidate applies for a new job, and moves on half an hour later; the application."""
        ats = self.ats
        mia = ats.add_user("Mia Berger", "mia.berger@ostwind.example", at)
        tom = ats.add_user("Tom Okoro", "tom.okoro@ostwind.example", at)
        job = ats.add_job("Welder", STAGES, at, recruiter=mia, manager=tom)
        nth = len(self.applications)
        application = ats.apply(Newcomer("Noémi", "Lefèvre", f"noemi.{ats.NAME}.{nth}@example.com"), job, at)
        ats.move(application, STAGES[1], at + timedelta(minutes=30))
        self.applications.append(application)
        return application

    def sealed(self, webhook: Webhook, secret: str | None = None) -> Sent:
        """One attempt to deliver this webhook, as the vendor signs it."""
        push = self.ats.push
        headers, body = push.rules.sealed(webhook, secret or push.secret, self.house.clock.now())
        return dict(headers), body

    def said(self) -> list[Webhook]:
        """What the account would send now; it is not sent by itself any more."""
        push = self.ats.push
        waiting, push.waiting = list(push.waiting), []
        return waiting

    async def truths(self) -> dict[str, Truth]:
        """What is true of each application of this connection."""
        async with self.house.services.sessions() as session:
            mine = select(Application).where(col(Application.connection_id) == self.connection)
            known = await read(session, list(await session.scalars(mine)))
            return {one.truth.external_id: one.truth for one in known}


async def connect(
    house: House, vendor: str, stack: AsyncExitStack, ats: SimulatedAts | None = None, **settings: Any
) -> Account:
    """A connection to a new account of this vendor, or one more to this account; it polls only if told to."""
    if ats is None:
        ats = await stack.enter_async_context(
            ACCOUNTS[vendor].open(f"{house.url}/webhooks/none", house.machine_now)
        )
    async with unit_of_work(house.services.sessions) as session:
        connection = await connections.add(
            session,
            house.services.vault,
            vendor=vendor,
            name="Ostwind",
            settings=ConnectionSettings(**{"poll": False, "rate_share": 1, **ats.settings, **settings}),
            secrets=ConnectionSecrets(**ats.secrets),
            now=house.clock.now(),
            trial=True,
        )
    account = Account(house, ats, connection.id)
    ats.push.url = f"{house.url}/webhooks/{connection.id}"
    house.accounts.setdefault(vendor, account)
    house.seconds[0] += 1
    return account


@asynccontextmanager
async def open_house(database_url: str, folder: Path, **writer: Any) -> AsyncIterator[House]:
    """A house whose business time stands on a Monday morning, and whose clients wait for a second at most."""
    settings = Settings(
        _env_file=None, DATABASE_URL=database_url, data_dir=folder, company_name="Ostwind Robotics"
    )
    clock, seconds = HeldClock(MONDAY), [1_000.0]
    async with open_services(settings, clock=clock, migrate=False) as services, open_flow(services) as flow:
        # Weeks pass in seconds: leases and the age of a question go by the same held time.
        services.machine_now = clock.now
        flow.vendors.limits = Limits(total=timedelta(seconds=2), exchange=timedelta(seconds=0.4))
        door_writer = Writer(database_url, nudge=lambda: None, **writer)
        directory = Directory(
            lambda known: read_entries(services.sessions, services.vault, known), clock=lambda: seconds[0]
        )
        door = Door(
            directory=directory,
            writer=door_writer,
            vault=services.vault,
            now=clock.now,
            max_body_bytes=2_000_000,
            machine_now=clock.now,
        )
        door_writer.start()
        try:
            async with (
                _served(Starlette(routes=[DoorRoute(lambda: door)])) as url,
                httpx.AsyncClient(base_url=url, trust_env=False, timeout=15) as http,
            ):
                yield House(services, flow, clock, http, seconds)
        finally:
            await door_writer.stop()


@asynccontextmanager
async def _served(app: Starlette) -> AsyncIterator[str]:
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, access_log=False, ws="none")
    server = Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        if task.done():
            await task
        await asyncio.sleep(0.005)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
