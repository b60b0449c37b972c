"""The schema's versions on the real Postgres."""

import asyncio
import re
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from app import migrations
from app.db import async_url
from app.tables import metadata
from tests.ground.clusters import ROOT, ask

TABLES = "SELECT array_agg(relname ORDER BY relname) FROM pg_class WHERE relkind = 'r' AND relname <> 'alembic_version' AND relnamespace = 'public'::regnamespace"  # noqa: E501


async def test_up_down_and_up_again(empty_database_url: str) -> None:
    """Every step has its way back; the second way up makes what the first one made."""
    assert await migrations.current(empty_database_url) is None
    await migrations.upgrade(empty_database_url)
    assert await migrations.current(empty_database_url) == migrations.head()
    made = await ask(empty_database_url, TABLES)
    assert {"event", "application", "clock"} <= set(made)
    await migrations.downgrade(empty_database_url, "base")
    assert await ask(empty_database_url, TABLES) is None
    await migrations.upgrade(empty_database_url)
    assert await ask(empty_database_url, TABLES) == made


async def test_the_migrations_make_what_the_models_say(database_url: str) -> None:
    """Nothing is left that Alembic would still change; if this fails, write the next migration."""
    engine = create_async_engine(async_url(database_url))
    try:
        async with engine.connect() as connection:
            assert await connection.run_sync(_differences) == []
    finally:
        await engine.dispose()


def _differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


async def test_several_at_once_in_one_process(empty_database_url: str) -> None:
    """Each comes back, and the schema is there once."""
    await asyncio.gather(*(migrations.upgrade(empty_database_url) for _ in range(3)))
    assert await migrations.current(empty_database_url) == migrations.head()


async def test_replicas_take_turns(empty_database_url: str) -> None:
    """While one process migrates, another waits, and neither fails: here the first one is played by hand."""
    first = await asyncpg.connect(empty_database_url)
    try:
        async with first.transaction():
            await first.execute("SELECT pg_advisory_xact_lock(hashtext('heardback migrations'))")
            second = asyncio.create_task(migrations.upgrade(empty_database_url))
            async with asyncio.timeout(30):
                while not await first.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
                    assert not second.done()
        await second
    finally:
        await first.close()
    assert await migrations.current(empty_database_url) == migrations.head()


async def test_nothing_to_do_changes_nothing(database_url: str) -> None:
    """Every start of the service upgrades; at head that is no work."""
    before = await ask(database_url, TABLES)
    await migrations.upgrade(database_url)
    assert await ask(database_url, TABLES) == before


@pytest.mark.complete
async def test_a_lock_that_is_not_had_ends_the_migration(database_url: str) -> None:
    """It gives up after 5 s instead of queueing everybody behind it, and has changed nothing."""
    holder = await asyncpg.connect(database_url)
    try:
        async with holder.transaction():
            await holder.execute("LOCK TABLE event IN ACCESS SHARE MODE")
            with pytest.raises(DBAPIError, match="lock timeout"):
                await migrations.downgrade(database_url, "base")
    finally:
        await holder.close()
    assert await migrations.current(database_url) == migrations.head()


def test_the_command_line_of_alembic_writes_sql() -> None:
    """For whoever lets somebody else run it: `alembic upgrade head --sql`, without any database."""
    command = [sys.executable, "-m", "alembic", "upgrade", "head", "--sql"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert "SET LOCAL lock_timeout" in said.stdout
    assert "CREATE TABLE event" in said.stdout


def test_the_file_names_are_dated() -> None:
    """So that a listing is in order."""
    names = [path.name for path in Path(ROOT / "alembic" / "versions").glob("*.py")]
    assert names
    assert all(re.fullmatch(r"\d{4}_\d\d_\d\d_[a-z0-9_]+\.py", name) for name in names)
