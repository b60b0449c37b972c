"""``heardback calendar``: answer business-time problems from a file, and show a year of a calendar."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import yaml

from app.errors import HeardbackError
from app.sla.business_hours import Calendar
from app.sla.calendar_show import a_year
from app.sla.calendar_solve import answers
from app.sla.calendar_starters import starter, starter_names, with_holidays


@click.group("calendar")
def calendar_commands() -> None:
    """Business hours: solve problems, show a year."""


@calendar_commands.command("solve")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True))
def solve(file: Path) -> None:
    """Answer every case of a JSON FILE with calendars and cases, one JSON line each, in order."""
    problems = _read(file)
    if not isinstance(problems, Mapping) or not isinstance(problems.get("cases"), list):
        raise click.ClickException("The file must hold an object with `calendars` and a list of `cases`.")
    calendars = problems.get("calendars")
    for line in answers(calendars if isinstance(calendars, Mapping) else {}, problems["cases"]):
        click.echo(json.dumps(line, ensure_ascii=False))


@calendar_commands.command("show")
@click.argument("name", required=False)
@click.option("--year", type=click.IntRange(1900, 2299), required=True, help="The year to show.")
@click.option("--file", "file", type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True))
@click.option("--zone", help="An IANA time zone instead of the calendar's own.")
@click.option("--country", help="Close on this country's public holidays, such as GB.")
@click.option("--subdivision", help="Of the country, such as ENG.")
def show(
    name: str | None,
    year: int,
    file: Path | None,
    zone: str | None,
    country: str | None,
    subdivision: str | None,
) -> None:
    """Print a year of the calendar NAME, or of one in a JSON or YAML --file."""
    try:
        calendar = _chosen(name, file, zone)
        if country:
            calendar = with_holidays(calendar, country, subdivision, [year])
        for line in a_year(calendar, year):
            click.echo(line)
    except HeardbackError as refused:
        where = f" (in {refused.field})" if refused.field else ""
        raise click.ClickException(f"{refused.detail}{where}") from refused


def _chosen(name: str | None, file: Path | None, zone: str | None) -> Calendar:
    if file is None:
        if name is None:
            raise click.UsageError(f"Name a calendar ({', '.join(starter_names())}) or give --file.")
        return starter(name, tz=zone)
    data = _read(file)
    calendars = data.get("calendars") if isinstance(data, Mapping) else None
    if isinstance(calendars, Mapping):
        if name not in calendars:
            raise click.UsageError(f"The file has the calendars {', '.join(map(str, calendars))}.")
        data = calendars[name]
    if zone is not None and isinstance(data, Mapping):
        data = {**data, "tz": zone}
    return Calendar.parse(data)


def _read(file: Path) -> Any:  # noqa: ANN401 - JSON or YAML
    with click.open_file(str(file), "rb") as source:
        raw = source.read()
    try:
        return yaml.safe_load(raw) if file.suffix in {".yaml", ".yml"} else json.loads(raw)
    except (ValueError, RecursionError, yaml.YAMLError) as broken:
        raise click.ClickException(f"{file.name} is neither JSON nor YAML: {broken}") from broken
