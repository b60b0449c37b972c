"""Runs the migrations on the database that the configuration or the environment names."""

import asyncio
import os
from typing import Literal

from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
from sqlmodel.sql.sqltypes import AutoString

from alembic import context
from app.db import UtcDateTime, async_url
from app.tables import metadata


def database_url() -> str:
    """From the caller, else `-x url=…`, else DATABASE_URL."""
    given = (
        context.config.attributes.get("url")
        or context.get_x_argument(as_dictionary=True).get("url")
        or os.environ.get("DATABASE_URL")
    )
    if not given:
        raise SystemExit("Which database? Set DATABASE_URL, or give -x url=postgresql://…")
    return async_url(str(given))


def render(kind: str, item: object, _: object) -> str | Literal[False]:
    """Write a column's type as the database knows it: a migration stays what it was when our types change."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, AutoString):
        return "sa.String()"
    return False


def run(connection: Connection) -> None:
    """Run within one transaction; a lock that is not had soon ends it, instead of stopping the service."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_server_default=True,
        render_item=render,
    )
    with context.begin_transaction():
        # Replicas that start together take turns; the second one then finds nothing left to do.
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('heardback migrations'))"))
        connection.execute(text("SET LOCAL lock_timeout = '5s'"))
        context.run_migrations()


async def run_online() -> None:
    """Connect with the service's own driver."""
    engine = create_async_engine(database_url(), poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(run)
    finally:
        await engine.dispose()


def run_offline() -> None:
    """Print the SQL (`alembic upgrade head --sql`) for whoever lets somebody else run it."""
    context.configure(dialect_name="postgresql", target_metadata=metadata, literal_binds=True)
    with context.begin_transaction():
        context.execute("SET LOCAL lock_timeout = '5s'")
        context.run_migrations()


if context.is_offline_mode():
    run_offline()
elif (given := context.config.attributes.get("connection")) is not None:
    run(given)
else:
    asyncio.run(run_online())
