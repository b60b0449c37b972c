"""``heardback policies diff`` and ``heardback backtest``: what other rules would change, nothing written."""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import yaml

from app.commands import at, opened, run
from app.errors import InvalidPolicy
from app.followups.policy_commands import policies
from app.followups.policy_schema import policy_schema_text
from app.rehearsal.differences import Difference, proposed
from app.rehearsal.rules import read_rules
from app.rehearsal.run import Backtest, backtest, diff
from app.rehearsal.schemas import ASSUMPTIONS, counted
from app.rehearsal.spread import Progress
from app.sla.book import Shelf
from app.sla.cases import Change
from app.sla.policies import PolicyDocument

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True)
_LISTED = 50
_COLUMNS = ("clocks", "kept", "warned", "breached", "open")


@policies.command("schema")
def schema_command() -> None:
    """Print the JSON Schema of the rules, for an editor that checks while you write."""
    click.echo(policy_schema_text(), nl=False)


@policies.command("diff")
@click.argument("file", type=_FILE)
@click.option(
    "--on-change",
    type=click.Choice(["keep", "restart", "new-only"]),
    default="keep",
    show_default=True,
    help="For open clocks: keep the time used, count anew, or leave them.",
)
@click.option("--backlog", is_flag=True, help="New rules apply to what had already begun.")
@click.option("--json", "as_json", is_flag=True, help="Every difference, one JSON line each.")
def diff_command(file: Path, on_change: str, *, backlog: bool, as_json: bool) -> None:
    """Show what the rules in FILE would change about the clocks that are open now; change nothing."""
    for line in run(_diff(_read(file), Change(on_change, backlog), as_json=as_json)):
        click.echo(line)


async def _diff(document: PolicyDocument, change: Change, *, as_json: bool) -> list[str]:
    async with opened() as services, services.sessions() as session:
        book, now = await Shelf().book(session), services.clock.now()
        after = proposed(book, document, now, change)
        with _progress() as progress:
            found = await diff(session, book, after, now=now, progress=progress)
        if as_json:
            return [json.dumps(_plain(one), ensure_ascii=False) for one in found]
        return list(_differences(found, services.settings.time_zone))


def _plain(found: Difference) -> dict[str, Any]:
    values = ((name, getattr(found, name)) for name in found.__slots__)
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in values}


def _differences(found: list[Difference], zone: str) -> Iterator[str]:
    if not found:
        yield "Nothing would change about the clocks that are open now."
        return
    for one in found[:_LISTED]:
        due = (
            ""
            if one.due_before == one.due_after
            else f" due {at(one.due_before, zone)} → {at(one.due_after, zone)}"
        )
        more = [f"breach {one.breach}"] if one.breach else []
        more += [f"+ {kind}" for kind in one.planned] + [f"− {kind}" for kind in one.cancelled]
        told = f"; {', '.join(more)}" if more else ""
        yield f"{one.what.replace('_', ' '):16} {one.policy}/{one.occurrence} of {one.application}{due}{told}"
    if len(found) > _LISTED:
        yield f"… and {len(found) - _LISTED:,} more; --json shows all."
    counts = Counter(one.what.replace("_", " ") for one in found)
    breaches = Counter(f"breaches {one.breach}" for one in found if one.breach)
    messages = {
        "messages planned": sum(len(one.planned) for one in found),
        "messages cancelled": sum(len(one.cancelled) for one in found),
    }
    yield "; ".join(
        f"{count:,} {name}" for name, count in {**counts, **breaches, **messages}.items() if count
    )
    yield "Nothing was written."


@click.command("backtest")
@click.argument("file", type=_FILE)
@click.option("--since", default="90d", show_default=True, help="How far back, in days: 90d.")
@click.option("--json", "as_json", is_flag=True, help="The figures as JSON.")
def backtest_command(file: Path, since: str, *, as_json: bool) -> None:
    """Play the rules in FILE over the stored history, beside the present rules; change nothing."""
    days = re.fullmatch(r"(\d{1,4})d?", since)
    if days is None or int(days[1]) < 1:
        raise click.BadParameter("Give a number of days, such as 90d.", param_hint="--since")
    for line in run(_backtest(_read(file), timedelta(days=int(days[1])), as_json=as_json)):
        click.echo(line)


async def _backtest(document: PolicyDocument, span: timedelta, *, as_json: bool) -> list[str]:
    async with opened() as services, services.sessions() as session:
        book, now = await Shelf().book(session), services.clock.now()
        with _progress() as progress:
            found = await backtest(session, book, document, since=now - span, now=now, progress=progress)
    if as_json:
        both = {
            name: counted(getattr(found, name)).model_dump(mode="json") for name in ("present", "proposed")
        }
        return [json.dumps(both | {"assumptions": ASSUMPTIONS}, ensure_ascii=False)]
    return list(_compared(found))


def _compared(found: Backtest) -> Iterator[str]:
    """Both rule books beside each other: the present one → the proposed one."""
    both = found.present, found.proposed
    yield f"{found.facts:,} facts of {found.applications:,} applications; present → proposed rules"
    yield ""
    yield f"{'':28}" + "".join(f"{name:>16}" for name in (*_COLUMNS, "on time"))
    for policy in sorted({*both[0].clocks, *both[1].clocks}):
        counts = [[str(tally.clocks.get(policy, Counter())[name]) for tally in both] for name in _COLUMNS]
        ratios = [_percent(tally.on_time(policy)) if policy in tally.clocks else "–" for tally in both]
        yield f"{policy:28}" + "".join(f"{' → '.join(pair):>16}" for pair in (*counts, ratios))
    yield ""
    yield f"{'on time, all':28}{' → '.join(_percent(tally.on_time()) for tally in both):>16}"
    weeks = max((found.until - found.since).days, 1) / 7
    for audience, name in (("candidate", "to candidates a week"), ("team", "to the team a week")):
        yield f"{name:28}{' → '.join(f'{tally.sent(audience) / weeks:.1f}' for tally in both):>16}"
    yield f"{'messages per candidate':28}{' → '.join(f'{tally.per_candidate:.2f}' for tally in both):>16}"
    yield f"{'most to one candidate':28}{' → '.join(str(tally.most_to_one) for tally in both):>16}"
    yield f"{'for nobody known':28}{' → '.join(str(tally.unaddressed) for tally in both):>16}"
    yield ""
    yield from ASSUMPTIONS


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"


def _read(file: Path) -> PolicyDocument:
    with click.open_file(str(file), "rb") as source:
        try:
            document = yaml.safe_load(source.read())
        except yaml.YAMLError as broken:
            raise click.ClickException(f"{file.name} is not YAML: {broken}") from broken
    if not isinstance(document, dict):
        raise click.ClickException(f"{file.name} must hold `calendar` and a list of `policies`.")
    try:
        return read_rules(document)
    except InvalidPolicy as wrong:
        raise click.ClickException(wrong.detail) from wrong


@contextmanager
def _progress() -> Iterator[Progress]:
    """Counts on one line of a terminal's standard error, which is gone when it is done."""
    terminal = sys.stderr.isatty()

    def show(done: int, total: int) -> None:
        if terminal:
            click.echo(f"\r{done:,} of {total:,} applications", nl=False, err=True)

    try:
        yield show
    finally:
        if terminal:
            click.echo("\r\x1b[K", nl=False, err=True)


__all__ = ["backtest_command", "policies"]
