"""Calendars to begin with: the shapes of week that are common, to be given a zone and a country."""

from collections.abc import Iterable
from dataclasses import replace
from importlib.resources import files

import yaml

from app.errors import InvalidCalendar
from app.sla.business_hours import Calendar
from app.sla.business_parse import read_zone
from app.sla.holidays import public_holidays

_FOLDER = files("app.sla") / "calendars"


def starter_names() -> list[str]:
    """The names ``starter`` knows."""
    return sorted(
        each.name.removesuffix(".yaml") for each in _FOLDER.iterdir() if each.name.endswith(".yaml")
    )


def starter(
    name: str,
    *,
    tz: str | None = None,
    country: str | None = None,
    subdivision: str | None = None,
    years: Iterable[int] = (),
) -> Calendar:
    """A starter calendar, in that zone, closed on that country's public holidays of those years.

    Raises ``InvalidCalendar`` naming what is not known.
    """
    if name not in starter_names():
        raise InvalidCalendar(f"Starter calendars are {', '.join(starter_names())}.", field="name")
    calendar = Calendar.parse(yaml.safe_load((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8")))
    if tz is not None:
        calendar = replace(calendar, tz=read_zone(tz))
    return calendar if country is None else with_holidays(calendar, country, subdivision, years)


def with_holidays(
    calendar: Calendar, country: str, subdivision: str | None, years: Iterable[int]
) -> Calendar:
    """The calendar closed on that country's holidays too; names it has already are kept."""
    public = public_holidays(country, subdivision, years)
    return replace(calendar, holidays=dict(sorted({**public, **calendar.holidays}.items())))
