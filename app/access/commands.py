"""``heardback keys``: who may call the API; and the key that seals everything personal."""

import base64
import secrets

import click
from sqlalchemy import select
from sqlmodel import col

from app.access import audit, keys
from app.access.keys import Scope
from app.access.models import ApiKey
from app.commands import at, opened, run
from app.db import unit_of_work

OPERATOR = "operator"


@click.group("keys")
def keys_group() -> None:
    """API keys: create, list, revoke; the master key."""


@keys_group.command("create")
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice([scope.value for scope in Scope]),
    help="What it allows; may be given several times.",
)
def create(name: str, scopes: tuple[str, ...]) -> None:
    """Make an API key called NAME and print it: it cannot be shown again."""
    click.echo(run(_create(name, [Scope(scope) for scope in scopes])))


async def _create(name: str, scopes: list[Scope]) -> str:
    async with opened() as services, unit_of_work(services.sessions) as session:
        key, shown = await keys.create(session, name=name, scopes=scopes, now=services.machine_now())
        audit.record(
            session,
            actor=OPERATOR,
            act="key.created",
            subject=key.id,
            at=services.clock.now(),
            detail={"scopes": key.scopes},
        )
    return shown


@keys_group.command("list")
def list_keys() -> None:
    """List the keys, newest last; revoked ones too."""
    for line in run(_list()):
        click.echo(line)


async def _list() -> list[str]:
    async with opened() as services, services.sessions() as session:
        zone = services.settings.time_zone
        found = await session.scalars(select(ApiKey).order_by(col(ApiKey.created_at)))
        return [
            f"{key.id}  {','.join(key.scopes):16} {at(key.created_at, zone)}  {key.name}"
            + (f"  (revoked {at(key.revoked_at, zone)})" if key.revoked_at else "")
            for key in found
        ] or ["There are no keys yet; make one with `heardback keys create NAME --scope read`."]


@keys_group.command("revoke")
@click.argument("key_id")
def revoke(key_id: str) -> None:
    """End the key KEY_ID, at once and for good."""
    click.echo(run(_revoke(key_id)))


async def _revoke(key_id: str) -> str:
    async with opened() as services, unit_of_work(services.sessions) as session:
        key = await keys.revoke(session, key_id, services.machine_now())
        audit.record(session, actor=OPERATOR, act="key.revoked", subject=key.id, at=services.clock.now())
        return f"{key.id} ({key.name}) is revoked."


@keys_group.command("master")
def master() -> None:
    """Print a new master key for HEARDBACK_MASTER_KEYS; put it first, and keep the old ones behind it."""
    click.echo(base64.b64encode(secrets.token_bytes(32)).decode())
