"""``heardback clocks``: what is owed now, by whom and until when."""

import click
from sqlalchemy import select
from sqlmodel import col

from app.commands import at, opened, run
from app.sla.models import Clock


@click.group("clocks")
def clocks() -> None:
    """What is owed now: list."""


@clocks.command("list")
@click.option("--policy", help="Only of this policy.")
@click.option("--late", is_flag=True, help="Only those that are late.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
def list_clocks(policy: str | None, limit: int, *, late: bool) -> None:
    """List open clocks, the most urgent first."""
    for line in run(_list(policy, limit, late=late)):
        click.echo(line)


async def _list(policy: str | None, limit: int, *, late: bool) -> list[str]:
    wanted = select(Clock).where(col(Clock.closed_at).is_(None)).order_by(col(Clock.due_at)).limit(limit)
    if policy:
        wanted = wanted.where(col(Clock.policy) == policy)
    if late:
        wanted = wanted.where(col(Clock.breached_at).is_not(None))
    async with opened() as services, services.sessions() as session:
        zone = services.settings.time_zone
        return [
            f"{clock.id}  {clock.state:9} due {at(clock.due_at, zone):28} {clock.policy:24} {clock.owner}"
            for clock in await session.scalars(wanted)
        ] or ["There are no such clocks."]
