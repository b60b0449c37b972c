"""``heardback silence``: who is left without an answer, and who must act."""

import click

from app.commands import opened, run
from app.silence import Silence, silence


@click.command("silence")
def silence_command() -> None:
    """Who is left in silence, and who must act. Exits 1 when anybody is."""
    found = run(_silence())
    if not found.total:
        click.echo("Nobody is left in silence.")
        return
    click.echo(f"{found.applications} candidates without a clock, {found.follow_ups} overdue messages.")
    for who, count in found.waiting_on.items():
        click.echo(f"  {count} wait on {who}")
    raise SystemExit(1)


async def _silence() -> Silence:
    async with opened() as services, services.sessions() as session:
        return await silence(session, services.clock.now())
