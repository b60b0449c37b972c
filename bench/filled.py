"""A database for the benches: private, durable, with generated histories in it, filled set by set."""

import json
import tempfile
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg

from app.db import unit_of_work
from app.embedded import EmbeddedPostgres
from app.intake.config import ConnectionSecrets, ConnectionSettings
from app.intake.connections import add
from app.migrations import upgrade
from app.moments import HeldClock
from app.services import Services, open_services
from app.settings import Settings

ZONE = "Europe/Berlin"
_FACT = ("kind", "key", "placed_at", "application", "candidate", "job", "subject", "data")
_PLAIN = {"status": "active", "prospect": False, "failures": 0, "interviewing": False}


@asynccontextmanager
async def opened_house(at: datetime) -> AsyncIterator[Services]:
    """Services on a private Postgres that is gone afterwards; business time is held at that instant."""
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        EmbeddedPostgres(Path(folder) / "data") as server,
    ):
        await upgrade(server.dsn)
        settings = Settings(
            _env_file=None,
            DATABASE_URL=server.dsn,
            data_dir=Path(folder),
            time_zone=ZONE,
            holidays="DE",
            poll=False,
            log_level="error",
        )
        async with open_services(settings, clock=HeldClock(at), migrate=False) as services:
            yield services


async def add_connection(services: Services, **settings: Any) -> str:  # noqa: ANN401  # as they are set
    """A connection for generated history, with these settings besides; returns its id."""
    async with unit_of_work(services.sessions) as session:
        connection = await add(
            session,
            services.vault,
            vendor="greenhouse",
            name="bench",
            settings=ConnectionSettings(time_zone=ZONE, **settings),
            secrets=ConnectionSecrets(signing_secrets=["a-signing-secret-of-the-bench"]),
            now=services.clock.now(),
            trial=True,
        )
        return connection.id


async def fill(
    services: Services,
    connection_id: str,
    told: Iterable[Sequence[dict[str, Any]]],
    *,
    wake_at: datetime | None,
) -> tuple[int, int]:
    """Writes facts and applications in two copies; returns how many of each."""
    facts = [fact for one in told for fact in one]
    applications = sorted({fact["application"] for fact in facts})
    database = await asyncpg.connect(services.database_url)
    try:
        await database.copy_records_to_table(
            "fact",
            columns=["connection_id", "source", *_FACT],
            records=[
                (connection_id, "webhook", *(_value(name, fact[name]) for name in _FACT)) for fact in facts
            ],
        )
        await database.copy_records_to_table(
            "application",
            columns=[
                "id",
                "connection_id",
                "external_id",
                "status",
                "prospect",
                "failures",
                "interviewing",
                "wake_at",
            ],
            records=[
                (f"app_{one}", connection_id, one, "active", False, 0, False, wake_at) for one in applications
            ],
        )
        await database.execute("ANALYZE")
    finally:
        await database.close()
    return len(facts), len(applications)


def _value(name: str, value: Any) -> Any:  # noqa: ANN401  # as asyncpg takes it
    return json.dumps(value) if name == "data" else value
