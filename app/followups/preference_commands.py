"""``heardback preferences``: how members of a hiring team want to hear from us."""

import click
from sqlmodel import col

from app.access import audit
from app.commands import opened, run
from app.db import unit_of_work
from app.followups import preferences
from app.followups.models import Preference
from app.followups.preferences import Wish


@click.group("preferences")
def preferences_group() -> None:
    """How the team hears from us: list, set, forget."""


@preferences_group.command("list")
@click.option("--connection", help="Only of this connection.")
def list_preferences(connection: str | None) -> None:
    """List them. Whoever is not here hears by mail."""
    for line in run(_list(connection)):
        click.echo(line)


async def _list(connection: str | None) -> list[str]:
    async with opened() as services, services.sessions() as session:
        found = preferences.all_of(connection).order_by(col(Preference.connection_id), col(Preference.member))
        return [_line(row) for row in await session.scalars(found)] or ["Everybody hears by mail."]


def _line(row: Preference) -> str:
    digest = f"digest at {row.digest_hour:02}:00" if row.digest else "no digest"
    places = " ".join(filter(None, (row.time_zone, row.locale)))
    return f"{row.connection_id}  {row.member:12} {row.channel:6} {digest:14} {places}".rstrip()


@preferences_group.command("set")
@click.argument("connection")
@click.argument("member")
@click.option("--channel", type=click.Choice(["mail", "slack", "teams", "note"]), default="mail")
@click.option("--digest/--no-digest", default=True, help="Gather what can wait into one word a day.")
@click.option("--digest-hour", type=click.IntRange(8, 17), default=8, show_default=True)
@click.option("--time-zone", help="An IANA name such as Europe/Berlin.")
@click.option("--locale", help="A language such as de, or de-AT.")
def set_preference(
    connection: str,
    member: str,
    channel: str,
    digest_hour: int,
    time_zone: str | None,
    locale: str | None,
    *,
    digest: bool,
) -> None:
    """Set how MEMBER (the ATS's id) of CONNECTION hears from us; a room's webhook is asked for."""
    url = None
    if channel in preferences.ROOMS:
        url = click.prompt("Incoming webhook", hide_input=True, default="", show_default=False) or None
    wish = Wish(channel, url, digest, digest_hour, time_zone, locale)  # type: ignore[arg-type]  # one of the choices
    run(_set(connection, member, wish))
    click.echo(f"{member} hears by {channel} from now on.")


async def _set(connection: str, member: str, wish: Wish) -> None:
    async with opened() as services, unit_of_work(services.sessions) as session:
        now, trial = services.clock.now(), services.settings.mode == "trial"
        await preferences.keep(
            session, services.vault, connection, member, wish, by="operator", now=now, trial=trial
        )
        audit.record(
            session,
            actor="operator",
            act="preference.kept",
            subject=f"preferences/{connection}/{member}",
            at=now,
            detail={"channel": wish.channel},
        )


@preferences_group.command("forget")
@click.argument("connection")
@click.argument("member")
def forget(connection: str, member: str) -> None:
    """MEMBER of CONNECTION hears by mail again."""
    run(_forget(connection, member))
    click.echo(f"{member} hears by mail from now on.")


async def _forget(connection: str, member: str) -> None:
    async with opened() as services, unit_of_work(services.sessions) as session:
        await preferences.forget(session, connection, member)
        audit.record(
            session,
            actor="operator",
            act="preference.forgotten",
            subject=f"preferences/{connection}/{member}",
            at=services.clock.now(),
            detail={},
        )
