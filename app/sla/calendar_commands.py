"""``heardback calendar apply`` and ``refresh``: calendars with versions, holidays brought up to date."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
import yaml
from sqlalchemy import select
from sqlmodel import col

from app.access import audit
from app.commands import opened, run
from app.db import unit_of_work
from app.errors import InvalidCalendar, NotFound
from app.moments import machine_now
from app.sla.book import apply_calendar
from app.sla.business_hours import Calendar
from app.sla.calendar_starters import with_holidays
from app.sla.commands import calendar_commands
from app.sla.holidays import HolidayDiff, diff, provenance, public_holidays
from app.sla.holidays_ical import read_ical
from app.sla.models import CalendarVersion

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True)
_YEARS_AHEAD = 6


@calendar_commands.command("apply")
@click.argument("name")
@click.argument("file", type=_FILE)
@click.option("--country", help="Close on this country's public holidays too, such as DE.")
@click.option("--subdivision", help="Of the country, such as BY.")
@click.option("--ical", type=_FILE, help="Close on the all-day events of this iCalendar file too.")
def apply(name: str, file: Path, country: str | None, subdivision: str | None, ical: Path | None) -> None:
    """Store the calendar in the JSON or YAML FILE as NAME; open clocks go on with the time already used."""
    years = _years(machine_now())
    calendar = Calendar.parse(_read(file))
    source: dict[str, Any] = {}
    warnings = list(calendar.warnings)
    if ical:
        imported = read_ical(ical.read_text(encoding="utf-8"), years)
        calendar = _closed_on(calendar, imported.dates)
        source["ical"], warnings = ical.name, [*warnings, *imported.warnings]
    if country:
        calendar = with_holidays(calendar, country, subdivision, years)
        source |= provenance(country, subdivision, years)
    for line in (run(_store(name, calendar, source)), *warnings):
        click.echo(line)


async def _store(name: str, calendar: Calendar, source: dict[str, Any]) -> str:
    async with opened() as services, unit_of_work(services.sessions) as session:
        now = services.clock.now()
        document = calendar.dump()
        version = await apply_calendar(session, name, document, by="operator", now=now, source=source)
        audit.record(session, actor="operator", act="calendar.applied", subject=f"{name}/{version}", at=now)
    return f"Version {version} of {name} counts from now on."


def _closed_on(calendar: Calendar, dates: Mapping[date, str]) -> Calendar:
    named = {day.isoformat(): name for day, name in {**dates, **calendar.holidays}.items()}
    return Calendar.parse({**calendar.dump(), "holidays": dict(sorted(named.items()))})


def _read(file: Path) -> dict[str, Any]:
    with click.open_file(str(file), "rb") as source:
        try:
            document = yaml.safe_load(source.read())
        except yaml.YAMLError as broken:
            raise InvalidCalendar(f"{file.name} is neither JSON nor YAML.") from broken
    if not isinstance(document, dict):
        raise InvalidCalendar(f"{file.name} must hold one calendar: `tz` and `week`.")
    return document


def _years(now: datetime) -> range:
    return range(now.year - 1, now.year + _YEARS_AHEAD)


@calendar_commands.command("refresh")
@click.argument("name")
@click.option("--apply", "take_over", is_flag=True, help="Store the calendar with the present holidays.")
def refresh(name: str, *, take_over: bool) -> None:
    """Show how NAME's public holidays differ from what the installed package says now."""
    for line in run(_refresh(name, take_over=take_over)):
        click.echo(line)


async def _refresh(name: str, *, take_over: bool) -> list[str]:
    async with opened() as services:
        async with services.sessions() as session:
            newest = select(CalendarVersion).where(col(CalendarVersion.name) == name)
            stored = await session.scalar(newest.order_by(col(CalendarVersion.version).desc()).limit(1))
        if stored is None:
            raise NotFound(f"There is no calendar {name}.")
        country, subdivision = stored.provenance.get("country"), stored.provenance.get("subdivision")
        if not country:
            return [f"{name} keeps no country's public holidays."]
        calendar, years = Calendar.parse(stored.document), _years(services.clock.now())
        present = public_holidays(country, subdivision, years)
        found = diff(_from_package(calendar, stored, years), present)
        if not (take_over and found):
            return _lines(found)
        kept = {day: name for day, name in calendar.holidays.items() if day not in found.removed}
        fresh = _closed_on(replace(calendar, holidays={}), {**kept, **present})
    return [*_lines(found), await _store(name, fresh, provenance(country, subdivision, years))]


def _from_package(calendar: Calendar, stored: CalendarVersion, years: range) -> dict[date, str]:
    """The holidays that the package gave; a company's own are nobody else's to take away."""
    given = {date.fromisoformat(day) for day in stored.provenance.get("dates", ())}
    return {day: name for day, name in calendar.holidays.items() if day in given and day.year in set(years)}


def _lines(found: HolidayDiff) -> list[str]:
    if not found:
        return ["Nothing differs."]
    return [
        *(f"+ {day}  {name}" for day, name in found.added.items()),
        *(f"- {day}  {name}" for day, name in found.removed.items()),
        *(f"~ {day}  {old} → {new}" for day, (old, new) in found.renamed.items()),
    ]
