"""``heardback serve | worker | migrate | openapi``: the processes, and what belongs to starting them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import click

from app import log, migrations
from app.commands import database_of, read_settings, report_trouble, run
from app.errors import UnsafeSettings
from app.loops import Loops
from app.openapi import export
from app.running import open_flow
from app.server import serve
from app.services import Services
from app.settings import Settings
from app.worker import Alarm, work


@click.command("serve")
@click.option("--host", help="Instead of HEARDBACK_HOST.")
@click.option("--port", type=click.IntRange(0, 65535), help="Instead of HEARDBACK_PORT.")
def serve_command(host: str | None, port: int | None) -> None:
    """Run the service: the API, the webhooks' door, and without REDIS_URL also the work."""
    chosen = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    with report_trouble():
        settings = read_settings(**chosen)
        serve(settings, beside=_alarm if settings.redis_url else _work)


@asynccontextmanager
async def _work(services: Services) -> AsyncIterator[None]:
    async with open_flow(services) as flow:
        loops = Loops(flow)
        services.nudge = loops.ring
        async with loops.running():
            yield


@asynccontextmanager
async def _alarm(services: Services) -> AsyncIterator[None]:
    """The workers do the work; the rules of the first start are laid here, whoever starts first."""
    alarm = Alarm(services.settings.redis_url or "")
    async with open_flow(services), alarm.running():
        services.nudge = alarm.nudge
        yield


@click.command("worker")
def worker() -> None:
    """Do the work in a process of its own; run as many as the load needs."""
    with report_trouble():
        settings = read_settings()
        if settings.embedded:
            raise UnsafeSettings(
                "Without DATABASE_URL the work is done inside `heardback serve`; set it, and REDIS_URL."
            )
        log.configure(settings.log_level)
        asyncio.run(work(settings))


@click.command("migrate")
@click.option("--to", "revision", default="head", show_default=True, help="A revision, as Alembic names it.")
def migrate(revision: str) -> None:
    """Bring the database to this version's schema; a lock that is not had within 5 s gives up."""
    click.echo(run(_migrate(read_settings_or_complain(), revision)))


async def _migrate(settings: Settings, revision: str) -> str:
    async with database_of(settings) as url:
        before = await migrations.current(url)
        if before != migrations.head():
            click.echo(f"Migrating from {before or 'an empty database'} …", err=True)
        await migrations.upgrade(url, revision)
        return f"The schema is at {await migrations.current(url)}."


def read_settings_or_complain() -> Settings:
    """The settings, or one line that says what is wrong with them."""
    with report_trouble():
        return read_settings()


@click.command("openapi")
def openapi() -> None:
    """Print the OpenAPI document."""
    click.echo(export(), nl=False)
