"""``heardback policies``: what is owed, to whom and by when, as YAML."""

from pathlib import Path
from typing import Any

import click
import yaml
from sqlalchemy import select
from sqlmodel import col

from app.access import audit
from app.commands import at, opened, run
from app.db import unit_of_work
from app.errors import InvalidPolicy, NotFound
from app.followups.catalogue import KINDS
from app.sla.book import apply_policies, refuse_unknown_kinds
from app.sla.cases import Change
from app.sla.models import PolicySet
from app.sla.policies import parse_policies


@click.group("policies")
def policies() -> None:
    """What is owed, by when: apply, show."""


@policies.command("apply")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True))
@click.option("--check", is_flag=True, help="Say whether it is valid, and apply nothing.")
@click.option(
    "--on-change",
    type=click.Choice(["keep", "restart", "new-only"]),
    default="keep",
    show_default=True,
    help="For open clocks: keep the time used, count anew, or leave them.",
)
@click.option("--backlog", is_flag=True, help="New rules apply to what had already begun.")
def apply(file: Path, *, check: bool, on_change: str, backlog: bool) -> None:
    """Make the YAML of FILE the rules from now on."""
    click.echo(run(_apply(file, Change(on_change, backlog), check=check)))


async def _apply(file: Path, change: Change, *, check: bool) -> str:
    document = _read(file)
    parsed = parse_policies(document)
    refuse_unknown_kinds(parsed, KINDS)
    keys = parsed.keys
    if check:
        return f"Valid: {len(keys)} policies ({', '.join(keys)})."
    async with opened() as services, unit_of_work(services.sessions) as session:
        now = services.clock.now()
        version = await apply_policies(session, document, by="operator", now=now, change=change, kinds=KINDS)
        audit.record(session, actor="operator", act="policies.applied", subject=f"policies/{version}", at=now)
    return f"Version {version} rules from now on. {_FOR_OPEN_CLOCKS[change.on_change]}"


_FOR_OPEN_CLOCKS = {
    "keep": "Open clocks go on under it, with the time already used.",
    "restart": "Open clocks count anew under it.",
    "new-only": "Open clocks keep the rules they started with.",
}


def _read(file: Path) -> dict[str, Any]:
    with click.open_file(str(file), "rb") as source:
        try:
            document = yaml.safe_load(source.read())
        except yaml.YAMLError as broken:
            raise InvalidPolicy(f"{file.name} is not YAML: {broken}") from broken
    if not isinstance(document, dict):
        raise InvalidPolicy(f"{file.name} must hold `calendar` and a list of `policies`.")
    return document


@policies.command("show")
@click.option("--version", type=click.IntRange(1), help="Another version than the newest.")
def show(version: int | None) -> None:
    """Print the rules as YAML, ready to be edited and applied."""
    for line in run(_show(version)):
        click.echo(line)


async def _show(version: int | None) -> list[str]:
    async with opened() as services, services.sessions() as session:
        wanted = select(PolicySet).order_by(col(PolicySet.version).desc()).limit(1)
        if version is not None:
            wanted = wanted.where(col(PolicySet.version) == version)
        found = await session.scalar(wanted)
        if found is None:
            raise NotFound(
                "There are no such policies; the starter set comes with the first `heardback serve`."
            )
        since = at(found.effective_from, services.settings.time_zone)
        words = yaml.safe_dump(found.document, sort_keys=False, allow_unicode=True)
        return [f"# version {found.version}, by {found.created_by}, in force since {since}", words]
