"""``heardback connections``: ATS accounts, added, listed, their secrets rotated, their health checked."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import click
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from app.access import audit
from app.ats.steps import Question, Signer
from app.ats.vendor import VENDORS
from app.commands import at, opened, run
from app.connection_check import Finding, check_connection
from app.connection_setup import create_webhooks
from app.db import unit_of_work
from app.errors import Unprocessable
from app.intake import connections as stored
from app.intake.config import ConnectionSettings
from app.services import Services


@click.group("connections")
def connections_group() -> None:
    """ATS accounts: add, list, webhooks, credentials, rotate-secret, check."""


@connections_group.command("add")
@click.argument("vendor", type=click.Choice(sorted(VENDORS)))
@click.option("--name", prompt="Name of the account", help="In your own words.")
@click.option("--signing-secret", help="For the webhooks; generated unless given.")
@click.option("--client-id")
@click.option("--client-secret")
@click.option("--api-key")
@click.option("--acting-user", help="The vendor's id of the user to act as.")
@click.option("--site", help="What the vendor's address depends on: a subdomain, a number or a region.")
@click.option("--time-zone", help="For people whose own zone is not known; else HEARDBACK_TIME_ZONE.")
@click.option("--webhooks/--no-webhooks", default=True, help="Create the webhooks by API where possible.")
def add(
    vendor: str, name: str, signing_secret: str | None, time_zone: str | None, *, webhooks: bool, **given: str
) -> None:
    """Connect an account of VENDOR: creates its webhooks, or says what to click together there."""
    answers = {"signing_secret": signing_secret, **given}
    asked = {name: value for name, value in answers.items() if value}
    for question in VENDORS[vendor].setup.QUESTIONS:
        if question.into not in asked:
            asked[question.into] = _ask(question)
    lines, made = run(_add(vendor, name, asked, time_zone, webhooks=webhooks))
    for line in lines:
        click.echo(line)
    if made is not None:
        click.echo(f"\nSecret key for each of them (shown once):\n  {made}")


def _ask(question: Question) -> str:
    default = None if question.needed else ""
    answer: str = click.prompt(
        question.prompt, default=default, hide_input=question.secret, show_default=False
    )
    return answer.strip()


async def _add(
    vendor: str, name: str, asked: Mapping[str, str], time_zone: str | None, *, webhooks: bool
) -> tuple[list[str], str | None]:
    async with opened() as services:
        settings = _settings(time_zone or services.settings.time_zone, asked.get("site"))
        try:
            secrets, made = stored.first_secrets(vendor, asked)
            async with unit_of_work(services.sessions) as session:
                connection = await stored.add(
                    session,
                    services.vault,
                    vendor=vendor,
                    name=name,
                    settings=settings,
                    secrets=secrets,
                    now=services.clock.now(),
                )
                _record(services, session, "connection.created", connection.id)
        except Unprocessable as wrong:
            hint = f"--{wrong.field.replace('_', '-')}" if wrong.field else None
            raise click.BadParameter(wrong.detail, param_hint=hint) from wrong
        lines = [f"Connection {connection.id} is ready.", ""]
        if webhooks:
            lines += await create_webhooks(services, connection.id)
        return [*lines, "", f"Then: heardback connections check {connection.id}"], made


@connections_group.command("webhooks")
@click.argument("connection_id")
def webhooks(connection_id: str) -> None:
    """Create the webhooks that are missing, where the ATS allows it; else say what to click together."""
    for line in run(_webhooks(connection_id)):
        click.echo(line)


async def _webhooks(connection_id: str) -> Sequence[str]:
    async with opened() as services:
        return await create_webhooks(services, connection_id)


@connections_group.command("credentials")
@click.argument("connection_id")
def credentials(connection_id: str) -> None:
    """Enter new API credentials, say after the old ones were revoked; an empty answer keeps the old one."""
    vendor = VENDORS[run(_vendor_of(connection_id))]
    questions = [question for question in vendor.setup.QUESTIONS if question.into in stored.CREDENTIALS]
    given = {question.into: _ask(replace(question, needed=False)) for question in questions}
    kept = {name: value for name, value in given.items() if value}
    run(_keep_credentials(connection_id, kept, signs=vendor.setup.SIGNER is Signer.API_KEY))
    click.echo(f"Kept. Then: heardback connections check {connection_id}")


async def _vendor_of(connection_id: str) -> str:
    async with opened() as services, services.sessions() as session:
        return (await stored.get(session, connection_id)).vendor


async def _keep_credentials(connection_id: str, given: Mapping[str, str], *, signs: bool) -> None:
    async with opened() as services, unit_of_work(services.sessions) as session:
        await stored.set_credentials(session, services.vault, connection_id, given, signs=signs)
        _record(services, session, "connection.credentials-changed", connection_id)


def _settings(time_zone: str, site: str | None) -> ConnectionSettings:
    try:
        return ConnectionSettings(time_zone=time_zone, site=site or None)
    except ValueError as wrong:
        named = (
            {str(error["loc"][0]) for error in wrong.errors()}
            if isinstance(wrong, ValidationError)
            else set()
        )
        if "site" in named:
            raise click.BadParameter(
                "Lower-case letters, digits and hyphens.", param_hint="--site"
            ) from wrong
        raise click.BadParameter(
            f"{time_zone!r} is not an IANA time zone.", param_hint="--time-zone"
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
            lines.append(f"    {stored.webhook_url(base, one.id)}   since {at(one.created_at, zone)}")
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
            _record(services, session, "connection.old-secret-retired", connection_id)
            return "Only the newest secret is accepted from now on."
        try:
            chosen = await stored.rotate_secret(session, services.vault, connection_id, secret)
        except Unprocessable as wrong:
            raise click.BadParameter(wrong.detail, param_hint="--secret") from wrong
        _record(services, session, "connection.secret-rotated", connection_id)
        connection = await stored.get(session, connection_id)
        if VENDORS[connection.vendor].setup.SIGNER is not Signer.US:
            return "It is accepted now, beside those before it."
        shown = f"The new secret key (shown once):\n  {chosen}\n" if secret is None else ""
        return (
            f"{shown}Enter it in every webhook, then:\n"
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
    click.echo("Asking …", err=True)
    async with opened() as services:
        return await check_connection(services, connection_id)
