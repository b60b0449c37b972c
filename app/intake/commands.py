"""``heardback connections``: ATS accounts, added, listed, their secrets rotated, their health checked."""

import click
from sqlalchemy.ext.asyncio import AsyncSession

from app.access import audit
from app.ats.greenhouse_api import SCOPES
from app.commands import at, opened, run
from app.connection_check import Finding, check_connection
from app.db import unit_of_work
from app.intake import connections as stored
from app.intake.config import ConnectionSecrets, ConnectionSettings
from app.services import Services

WEBHOOKS = (
    "new_candidate_application",
    "candidate_stage_change",
    "application_updated",
    "update_candidate",
    "reject_candidate",
    "unreject_candidate",
    "hire_candidate",
    "unhire_candidate",
    "offer_created",
    "offer_approved",
    "offer_updated",
    "offer_deleted",
    "interview_deleted",
    "scorecard_deleted",
    "delete_application",
    "delete_candidate",
    "merge_candidate",
    "candidate_anonymized",
    "job_created",
    "job_updated",
    "job_deleted",
)
"""Greenhouse's webhooks that are read, by the names of its documentation (read 2026-11)."""


@click.group("connections")
def connections_group() -> None:
    """ATS accounts: add, list, rotate-secret, check."""


@connections_group.command("add")
@click.argument("vendor", type=click.Choice(["greenhouse"]))
@click.option("--name", prompt="Name of the account", help="In your own words.")
@click.option("--signing-secret", help="For the webhooks; generated unless given.")
@click.option("--client-id", prompt="Client id (Harvest v3, empty to go without the API)", default="")
@click.option("--client-secret", prompt="Client secret", default="", hide_input=True)
@click.option("--acting-user", prompt="Id of the Greenhouse user to act as", default="")
@click.option("--time-zone", help="For people whose own zone is not known; else HEARDBACK_TIME_ZONE.")
def add(
    vendor: str,
    name: str,
    signing_secret: str | None,
    client_id: str,
    client_secret: str,
    acting_user: str,
    time_zone: str | None,
) -> None:
    """Connect an account of VENDOR, and say what to click together there."""
    secret = signing_secret or stored.new_secret()
    for line in run(_add(vendor, name, secret, client_id, client_secret, acting_user, time_zone)):
        click.echo(line)
    if signing_secret is None:
        click.echo(f"\nSecret key for each of them (shown once):\n  {secret}")


async def _add(
    vendor: str,
    name: str,
    secret: str,
    client_id: str,
    client_secret: str,
    acting_user: str,
    time_zone: str | None,
) -> list[str]:
    async with opened() as services:
        zone = time_zone or services.settings.time_zone
        async with unit_of_work(services.sessions) as session:
            connection = await stored.add(
                session,
                services.vault,
                vendor=vendor,
                name=name,
                settings=_settings(zone),
                secrets=_secrets(secret, client_id, client_secret, acting_user),
                now=services.clock.now(),
            )
            _record(services, session, "connection.added", connection.id)
        url = f"{services.settings.public_url}/webhooks/{connection.id}"
    return _added(connection.id, url)


def _added(connection_id: str, url: str) -> list[str]:
    return [
        f"Connection {connection_id} is ready.",
        "",
        "In Greenhouse, Configure › Dev Center › Web Hooks, create one webhook for each of these events,",
        f"all with the endpoint URL {url} and the same secret key:",
        "",
        *(f"  {action}" for action in WEBHOOKS),
        "",
        "Greenhouse sends a ping when one is saved; where that fails it stores the webhook disabled.",
        "",
        "The API credential (Harvest v3) needs the scopes:",
        "",
        *(f"  {scope}" for scope in SCOPES),
        "",
        f"Then: heardback connections check {connection_id}",
    ]


def _settings(time_zone: str) -> ConnectionSettings:
    try:
        return ConnectionSettings(time_zone=time_zone)
    except ValueError as wrong:
        raise click.BadParameter(
            f"{time_zone!r} is not an IANA time zone.", param_hint="--time-zone"
        ) from wrong


def _secrets(secret: str, client_id: str, client_secret: str, acting_user: str) -> ConnectionSecrets:
    try:
        return ConnectionSecrets(
            signing_secrets=[secret],
            client_id=client_id or None,
            client_secret=client_secret or None,
            acting_user=acting_user or None,
        )
    except ValueError as wrong:
        raise click.BadParameter(
            "It must have 16 to 500 printable characters without spaces.", param_hint="--signing-secret"
        ) from wrong


def _record(services: Services, session: AsyncSession, act: str, subject: str) -> None:
    audit.record(session, actor="operator", act=act, subject=subject, at=services.clock.now())


@connections_group.command("list")
def list_connections() -> None:
    """List the accounts with their webhook addresses."""
    for line in run(_list()):
        click.echo(line)


async def _list() -> list[str]:
    async with opened() as services, services.sessions() as session:
        zone, base = services.settings.time_zone, services.settings.public_url
        lines = []
        for one in await stored.list_all(session):
            state = "enabled" if one.enabled else "disabled"
            lines.append(f"{one.id}  {one.vendor:12} {state:9} {one.name}")
            lines.append(f"    {base}/webhooks/{one.id}   since {at(one.created_at, zone)}")
        return lines or ["There are no connections; `heardback connections add greenhouse` makes one."]


@connections_group.command("rotate-secret")
@click.argument("connection_id")
@click.option("--secret", help="The new one; generated unless given.")
@click.option("--retire-old", is_flag=True, help="Accept only the newest from now on; no new one is made.")
def rotate_secret(connection_id: str, secret: str | None, *, retire_old: bool) -> None:
    """Make a new signing secret beside the present one, which stays valid until it is retired."""
    click.echo(run(_rotate(connection_id, secret, retire_old=retire_old)))


async def _rotate(connection_id: str, secret: str | None, *, retire_old: bool) -> str:
    async with opened() as services, unit_of_work(services.sessions) as session:
        if retire_old:
            await stored.retire_old_secret(session, services.vault, connection_id)
            _record(services, session, "connection.secret_retired", connection_id)
            return "Only the newest secret is accepted from now on."
        chosen = await stored.rotate_secret(session, services.vault, connection_id, secret)
        _record(services, session, "connection.secret_rotated", connection_id)
        return (
            f"The new secret key (shown once):\n  {chosen}\nEnter it in every webhook, then:\n"
            f"  heardback connections rotate-secret {connection_id} --retire-old"
        )


@connections_group.command("check")
@click.argument("connection_id")
def check(connection_id: str) -> None:
    """Check credentials, scopes, clock, webhooks and stage names. Exits 1 when something must be done."""
    found = run(_check(connection_id))
    for line in found:
        sign = click.style("ok   ", fg="green") if line.fine else click.style("to do", fg="yellow")
        click.echo(f"{sign}  {line.what}")
    if not all(line.fine for line in found):
        raise SystemExit(1)


async def _check(connection_id: str) -> list[Finding]:
    click.echo("Asking Greenhouse …", err=True)
    async with opened() as services:
        return await check_connection(services, connection_id)
