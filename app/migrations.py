"""The schema's versions, for the service, the command line and the tests."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from alembic import command
from app.db import async_url

Result = TypeVar("Result")

_HERE = Path(__file__).parent
_ONE_AT_A_TIME = asyncio.Lock()  # Alembic keeps what it is doing in a module


async def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database to a revision, in one transaction; callers at the same time take turns.

    Args:
        url: Of the database, with or without `+asyncpg`.
        revision: As Alembic names them: `head`, an id, `+1`.

    Raises:
        sqlalchemy.exc.DBAPIError: Also when a lock is not had within 5 s; then nothing was changed.
    """
    await _run(url, lambda connection: command.upgrade(_config(connection), revision))


async def downgrade(url: str, revision: str) -> None:
    """Take the database back to a revision; `base` removes every table with its data."""
    await _run(url, lambda connection: command.downgrade(_config(connection), revision))


async def current(url: str) -> str | None:
    """The revision that the database is at; None for an empty one."""
    return await _run(url, lambda connection: MigrationContext.configure(connection).get_current_revision())


def head() -> str | None:
    """The newest revision that this code knows, and needs."""
    return ScriptDirectory.from_config(_config()).get_current_head()


async def _run(url: str, work: Callable[[Connection], Result]) -> Result:
    engine = create_async_engine(async_url(url), poolclass=NullPool)
    try:
        async with _ONE_AT_A_TIME, engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


def _config(connection: Connection | None = None) -> Config:
    # In a checkout the scripts lie beside the package, in an installation inside it.
    places = (_HERE.parent / "alembic", _HERE / "_alembic")
    scripts = next(place for place in places if (place / "env.py").exists())
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
