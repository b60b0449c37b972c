"""A whole application on a real database, spoken to in process."""

import io
import json
import logging
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import structlog
from fastapi import FastAPI

from app import log
from app.access import keys
from app.access.keys import Scope
from app.db import make_engine, make_sessions, unit_of_work
from app.intake.config import ConnectionSecrets
from app.intake.models import Connection, Event, RawBody
from app.main import create_app
from app.moments import HeldClock
from app.privacy.vault import Vault
from app.services import Services
from app.settings import Settings

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


class Lines(io.StringIO):
    """A stdout that can be read back, line by line."""

    def read_back(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.getvalue().splitlines()]


@contextmanager
def logging_configured() -> Iterator[Lines]:
    """Logs as a running service configures them; afterwards as they were."""
    root, access = logging.getLogger(), logging.getLogger("uvicorn.access")
    before = (root.handlers, root.level, list(access.filters), structlog.get_config())
    with redirect_stdout(Lines()) as lines:
        log.configure("info")
        try:
            yield lines
        finally:
            root.handlers, access.filters = before[0], before[2]
            root.setLevel(before[1])
            structlog.configure(**before[3])


@dataclass
class House:
    """The application, its services, and what it did."""

    services: Services
    app: FastAPI
    client: httpx.AsyncClient
    business: HeldClock
    machine: HeldClock
    nudges: list[datetime] = field(default_factory=list)

    async def key(self, *scopes: str, name: str = "a test") -> str:
        """A new key's text."""
        async with unit_of_work(self.services.sessions) as session:
            wanted = [Scope(scope) for scope in scopes]
            _, shown = await keys.create(session, name=name, scopes=wanted, now=self.machine.now())
            return shown

    async def headers(self, *scopes: str, **more: str) -> dict[str, str]:
        """Headers of a caller with a new key; underscores in names of more headers become hyphens."""
        given = {name.replace("_", "-"): value for name, value in more.items()}
        return {"Authorization": f"Bearer {await self.key(*scopes)}", **given}

    async def add_connection(self, identity: str = "con_1") -> None:
        async with unit_of_work(self.services.sessions) as session:
            secrets = ConnectionSecrets(signing_secrets=["a-signing-secret"]).model_dump_json().encode()
            sealed = self.services.vault.seal(secrets, f"secrets of {identity}")
            session.add(
                Connection(id=identity, vendor="greenhouse", name="ATS", secrets=sealed, created_at=NOON),
            )

    async def add_events(self, identities: Iterable[str], **fields: object) -> None:
        """Handled events of connection con_1, with bodies."""
        async with unit_of_work(self.services.sessions) as session:
            for identity in identities:
                told = {"id": identity, "dedupe_key": identity, "connection_id": "con_1", "state": "done"}
                session.add(Event.model_validate({**told, "action": "ping", "received_at": NOON, **fields}))
                await session.flush()
                session.add(RawBody(event_id=identity, body=b"-", received_at=NOON))


@asynccontextmanager
async def open_house(database_url: str, folder: Path) -> AsyncIterator[House]:
    """A house on that database; `folder` is its data folder."""
    settings = Settings(_env_file=None, database_url=None, data_dir=folder)
    engine = make_engine(database_url)
    business, machine = HeldClock(NOON), HeldClock(NOON)
    services = Services(
        settings=settings,
        database_url=database_url,
        engine=engine,
        sessions=make_sessions(engine),
        vault=Vault([bytes(range(32))]),
        clock=business,
        machine_now=machine.now,
    )
    app = create_app(services)
    async with AsyncExitStack() as opened:
        opened.push_async_callback(engine.dispose)
        transport = httpx.ASGITransport(app)
        client = await opened.enter_async_context(
            httpx.AsyncClient(transport=transport, base_url="http://heardback"),
        )
        house = House(services, app, client, business, machine)
        services.nudge = lambda: house.nudges.append(business.now())
        yield house
