"""``heardback suppressions``: files of addresses that must not be written to, and a look at one."""

from pathlib import Path

import click
from sqlalchemy import select
from sqlmodel import col

from app.access import audit
from app.commands import opened, run
from app.db import unit_of_work
from app.delivery.models import Suppression
from app.delivery.suppression_file import read_file, write_file
from app.delivery.suppressions import check_address, suppress_hashes

OPERATOR = "operator"


@click.group("suppressions")
def suppressions_group() -> None:
    """Addresses that are never written to: import, export, check."""


@suppressions_group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_command(file: Path) -> None:
    """Read the CSV file FILE: its first line names `address` (or `id`) and `reason`."""
    click.echo(run(_import(file.read_text(encoding="utf-8", errors="replace"))))


async def _import(text: str) -> str:
    async with opened() as services, unit_of_work(services.sessions) as session:
        now = services.clock.now()
        found = read_file(text, services.vault.address_hash)
        rows = found.by_hash()
        added = await suppress_hashes(
            session, [(hashed, reason, "import:operator", now) for hashed, reason in rows.items()]
        )
        detail = {"added": added, "refused": len(found.refused)}
        audit.record(
            session, actor=OPERATOR, act="suppression.imported", subject="suppressions", at=now, detail=detail
        )
        lines = ", ".join(map(str, found.refused[:20]))
        refused = f" Not understood: {len(found.refused)} lines ({lines})." if found.refused else ""
        return f"{added} added, {len(rows) - added} known already.{refused}"


@suppressions_group.command("export")
def export_command() -> None:
    """Print all as CSV, by keyed hash: the addresses themselves are not known to Heardback."""
    click.echo(run(_export()), nl=False)


async def _export() -> str:
    async with opened() as services, unit_of_work(services.sessions) as session:
        rows = (await session.scalars(select(Suppression).order_by(col(Suppression.created_at)))).all()
        audit.record(
            session,
            actor=OPERATOR,
            act="suppression.exported",
            subject="suppressions",
            at=services.clock.now(),
            detail={"rows": len(rows)},
        )
        return write_file(rows)


@suppressions_group.command("check")
@click.option("--address", prompt=True, help="Asked for where it is not given, to keep it out of histories.")
def check_command(address: str) -> None:
    """Say whether an address is suppressed; it is not stored."""
    click.echo(run(_check(address.strip())))


async def _check(address: str) -> str:
    async with opened() as services, services.sessions() as session:
        row = await check_address(session, services.vault, address)
        return f"suppressed: {row.reason} ({row.source})" if row else "not suppressed"
