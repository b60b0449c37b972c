"""What every command shares: the database of the settings, errors as one line, words for times."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, TypeVar

import click
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

from app import migrations
from app.embedded import private_postgres
from app.errors import CannotStart, HeardbackError, UnsafeSettings
from app.moments import zone
from app.services import Services, open_services
from app.settings import Settings

Result = TypeVar("Result")


def read_settings(**chosen: Any) -> Settings:  # noqa: ANN401  # any setting
    """The settings of the environment; raises UnsafeSettings that names the first wrong one."""
    try:
        return Settings(**chosen)
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_input=False)[0]
        name = ".".join(str(part) for part in first["loc"]).upper()
        raise UnsafeSettings(f"{name}: {first['msg']}" if name else str(first["msg"])) from None


@asynccontextmanager
async def database_of(settings: Settings) -> AsyncIterator[str]:
    """The URL of the database for a short command.

    Where none is configured, the private Postgres of the data folder: a running service's is joined and left
    running, else one is started for the while.
    """
    if settings.database_url is not None:
        yield settings.database_url
        return
    stack = contextlib.ExitStack()
    server = await asyncio.to_thread(stack.enter_context, private_postgres(settings.data_dir))
    try:
        yield server.dsn
    finally:
        await asyncio.to_thread(stack.close)


@asynccontextmanager
async def opened(settings: Settings | None = None) -> AsyncIterator[Services]:
    """The services of a short command; raises CannotStart where the schema is another version's."""
    settings = settings or read_settings()
    async with database_of(settings) as url:
        if settings.embedded:
            await migrations.upgrade(url)
        else:
            await _refuse_another_schema(url)
        here = settings.model_copy(update={"database_url": url})
        async with open_services(here, migrate=False) as services:
            await services.refresh()
            yield services


async def _refuse_another_schema(url: str) -> None:
    found = await migrations.current(url)
    if found != migrations.head():
        raise CannotStart(
            f"The database is at revision {found}, this version needs {migrations.head()}; "
            "run `heardback migrate`."
        )


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Runs it to its end; trouble becomes one line and exit code 1."""
    with report_trouble():
        return asyncio.run(work)


@contextlib.contextmanager
def report_trouble() -> Iterator[None]:
    """What goes wrong inside is one helpful line and exit code 1."""
    try:
        yield
    except HeardbackError as refused:
        where = f" ({refused.field})" if refused.field and refused.field not in refused.detail else ""
        raise click.ClickException(f"{refused.detail}{where}") from refused
    except DBAPIError as wrong:
        name = type(wrong.orig or wrong).__name__
        raise click.ClickException(
            f"The database refused ({name}); its log and `heardback migrate` say more."
        ) from wrong
    except OSError as away:
        raise click.ClickException(
            f"{away.strerror or away} — is DATABASE_URL right, and the database up?"
        ) from away


def at(instant: datetime | None, name: str) -> str:
    """An instant as a person in that zone reads it."""
    return f"{instant.astimezone(zone(name)):%a %d %b %Y %H:%M %Z}" if instant else "–"
