"""``heardback events``: what the ATS said, and saying it again."""

from typing import get_args

import click
from sqlmodel import col

from app.access import audit
from app.ats.generic_schema import generic_schema_text
from app.commands import at, opened, run
from app.db import unit_of_work
from app.intake import events as stored
from app.intake.models import Event
from app.intake.schemas import State


@click.group("events")
def events() -> None:
    """What the ATS said: list, replay; what a home-grown one must say: schema."""


@events.command("list")
@click.option("--connection", help="Only of this connection.")
@click.option("--state", type=click.Choice(get_args(State)), help="Only in this state.")
@click.option("--action", help="Only with this name, such as candidate_stage_change.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
def list_events(connection: str | None, state: str | None, action: str | None, limit: int) -> None:
    """List events, newest first."""
    for line in run(_list(connection, state, action, limit)):
        click.echo(line)


async def _list(connection: str | None, state: str | None, action: str | None, limit: int) -> list[str]:
    async with opened() as services, services.sessions() as session:
        zone = services.settings.time_zone
        found = await session.scalars(
            stored.listing(connection, state, action).order_by(col(Event.received_at).desc()).limit(limit),
        )
        return [
            f"{event.id}  {at(event.received_at, zone)}  {event.state:8} {event.action}"
            + (f"  ({event.reason})" if event.reason else "")
            for event in found
        ] or ["There are no such events."]


@events.command("replay")
@click.argument("event_ids", nargs=-1, required=True)
def replay(event_ids: tuple[str, ...]) -> None:
    """Read events again and derive from them again; what was sent for them is never sent again."""
    for line in run(_replay(event_ids)):
        click.echo(line)


async def _replay(event_ids: tuple[str, ...]) -> list[str]:
    async with opened() as services, unit_of_work(services.sessions) as session:
        for event_id in event_ids:
            await stored.replay(session, event_id)
            now = services.clock.now()
            audit.record(session, actor="operator", act="event.replayed", subject=event_id, at=now)
    return [f"{event_id} is read again." for event_id in event_ids]


@events.command("schema")
def schema() -> None:
    """Print the JSON Schema of the events that a home-grown ATS sends."""
    click.echo(generic_schema_text(), nl=False)
