"""What a running process holds, opened in order and closed in reverse."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from app import migrations
from app.db import Sessions, make_engine, make_sessions
from app.demo.time import FollowedClock, follow_held_time
from app.embedded import EmbeddedPostgres
from app.moments import BusinessClock, RealClock, machine_now
from app.privacy.vault import Vault
from app.settings import Settings
from app.sla.book import Shelf


def _nobody_to_wake() -> None:
    """Where the work is found by polling alone."""


@dataclass(slots=True)
class Services:
    """Everything that a request or a drain may need from its process.

    ``nudge`` says that there is new work; it returns at once, never raises, and may be lost. Whoever runs
    the drains puts their own in.
    """

    settings: Settings
    database_url: str
    """For asyncpg, also where it is the private Postgres."""
    engine: AsyncEngine
    sessions: Sessions
    vault: Vault
    clock: BusinessClock
    """Business time."""
    machine_now: Callable[[], datetime] = machine_now
    """Real time, for tokens, leases and rate windows."""
    nudge: Callable[[], None] = _nobody_to_wake
    shelf: Shelf = field(default_factory=Shelf)
    """The compiled rule book."""

    async def refresh(self) -> datetime:
        """Business time now; where the demo holds it, as every process of the demo sees it."""
        if self.settings.simulated_time:
            await follow_held_time(self.sessions, self.clock)
        return self.clock.now()


@asynccontextmanager
async def open_services(
    settings: Settings, *, clock: BusinessClock | None = None, migrate: bool = True
) -> AsyncIterator[Services]:
    """The services of one process: its own Postgres where none is configured, migrated; closed on leaving.

    Args:
        settings: As read from the environment.
        clock: Business time; real unless given.
        migrate: Bring the schema to its newest version first. The private Postgres always is.

    Raises:
        CannotStart: The private Postgres cannot be had; says what to do.
    """
    async with AsyncExitStack() as opened:
        url = settings.database_url
        if url is None:
            url = await _private_postgres(settings, opened)
        if migrate or settings.embedded:
            await migrations.upgrade(url)
        engine = make_engine(url)
        opened.push_async_callback(engine.dispose)
        yield Services(
            settings=settings,
            database_url=url,
            engine=engine,
            sessions=make_sessions(engine),
            vault=Vault(settings.master_key_bytes),
            clock=clock or (FollowedClock() if settings.simulated_time else RealClock()),
        )


async def _private_postgres(settings: Settings, opened: AsyncExitStack) -> str:
    server = EmbeddedPostgres(settings.data_dir)
    await asyncio.to_thread(server.start)
    opened.push_async_callback(asyncio.to_thread, server.stop)
    return server.dsn
