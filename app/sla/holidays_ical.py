"""Holidays from an iCalendar file: its all-day events, as local dates (RFC 5545, RFC 7529 not supported).

A holiday is a date and not an instant, so events with a time of day are left out and named in a warning.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from dateutil.rrule import rrulestr

from app.errors import InvalidCalendar
from app.sla.business_parse import UNNAMED_HOLIDAY

MOST_DAYS = 366
"""A single event closes at most a year; more is a mistake."""

MOST_DATES = 20_000

_LINE = re.compile(r"([A-Za-z0-9-]+)((?:;[^:;=]+=(?:\"[^\"]*\"|[^\":;]*))*):(.*)", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)")
_ENDLESS = re.compile(r"INTERVAL=0*(;|$)|BY(HOU|MINUT|SECON)")
_WEEKS_OR_DAYS = re.compile(r"P(\d{1,4})([DW])")

Properties = dict[str, list[tuple[str, str]]]
"""Of one event: name to its (parameters, value) pairs."""


@dataclass(frozen=True, slots=True)
class ImportedHolidays:
    """Closed dates with names, and what in the file was left out."""

    dates: dict[date, str]
    warnings: tuple[str, ...]


def read_ical(text: str, years: Iterable[int]) -> ImportedHolidays:
    """Read the all-day events that fall in those years; repeating events are written out.

    Events without a name are called ``Holiday``; a date with two events carries both names. Cancelled events
    are left out. Raises ``InvalidCalendar`` when the text is not iCalendar or a date in it is not one.
    """
    wanted = set(years)
    lines = list(_unfolded(text))
    if not lines or lines[0].upper() != "BEGIN:VCALENDAR":
        raise InvalidCalendar("This is not an iCalendar file: it must begin with BEGIN:VCALENDAR.")
    dates: dict[date, list[str]] = {}
    warnings = []
    for event in _events(lines):
        name = _name(event)
        if _value(event, "STATUS").upper() == "CANCELLED":
            continue
        if not _is_date(_value(event, "DTSTART")):
            warnings.append(f"{name}: has a time of day; a holiday is a whole date")
            continue
        for day in _days(event, wanted, name):
            if name not in dates.setdefault(day, []):
                dates[day].append(name)
        if len(dates) > MOST_DATES:
            raise InvalidCalendar(f"The file has more than {MOST_DATES} dates.")
    return ImportedHolidays({day: ", ".join(dates[day]) for day in sorted(dates)}, tuple(warnings))


def _unfolded(text: str) -> Iterator[str]:
    """Content lines: a line that begins with a blank continues the one before."""
    joined = re.sub(r"\r?\n[ \t]", "", text.removeprefix("\ufeff"))
    return (line for line in re.split(r"\r?\n", joined) if line.strip())


def _events(lines: list[str]) -> Iterator[Properties]:
    inside: list[str] = []
    event: Properties = {}
    for line in lines:
        match = _LINE.fullmatch(line)
        if match is None:
            continue
        name, parameters, value = match[1].upper(), match[2].upper(), match[3]
        if name == "BEGIN":
            inside.append(value.upper())
            event = {} if value.upper() == "VEVENT" else event
        elif name == "END":
            if inside[-1:] == ["VEVENT"]:
                yield event
            del inside[-1:]
        elif inside[-1:] == ["VEVENT"]:  # an alarm inside an event has a summary of its own
            event.setdefault(name, []).append((parameters, value))


def _days(event: Properties, years: set[int], name: str) -> Iterator[date]:
    first = _date(_value(event, "DTSTART"), name)
    length = _length(event, first, name)
    skipped = {_date(day, name) for _, days in event.get("EXDATE", []) for day in days.split(",")}
    for start in _starts(event, first, years, name):
        if start not in skipped:
            days = (start + timedelta(days=i) for i in range(length))
            yield from (day for day in days if day.year in years)


def _starts(event: Properties, first: date, years: set[int], name: str) -> list[date]:
    rule = _value(event, "RRULE")
    if not rule or not years:
        return [first]
    # UNTIL may be written as an instant in UTC; against a date only its date counts.
    rule = re.sub(r"(UNTIL=\d{8})T\d{6}Z?", r"\1", rule.upper())
    # The reader of rules never returns from an interval of nothing, and for hours from one within a day.
    if not re.search(r"FREQ=(YEAR|MONTH|WEEK)LY", rule) or re.search(
        r"INTERVAL=0*(;|$)|BY(HOU|MINUT|SECON)", rule
    ):
        raise InvalidCalendar(f"{name}: a holiday repeats by year, month or week; not {rule!r}.")
    begin, end = datetime(min(years) - 1, 1, 1), datetime(max(years) + 1, 1, 1)  # noqa: DTZ001 - dates
    try:
        repeated: Any = rrulestr(rule, dtstart=datetime(first.year, first.month, first.day))  # noqa: DTZ001 - dates
        return [moment.date() for moment in repeated.between(begin, end, inc=True)]
    except (ValueError, TypeError, KeyError, OverflowError) as broken:
        raise InvalidCalendar(f"{name}: the repetition {rule!r} is not understood.") from broken


def _length(event: Properties, first: date, name: str) -> int:
    """How many days; an end date is exclusive, and without one the event lasts its date."""
    end, duration = _value(event, "DTEND"), _WEEKS_OR_DAYS.fullmatch(_value(event, "DURATION").upper())
    if end:
        days = (_date(end, name) - first).days
    elif duration:
        days = int(duration[1]) * (7 if duration[2] == "W" else 1)
    else:
        days = 1
    if days > MOST_DAYS:
        raise InvalidCalendar(f"{name}: lasts more than {MOST_DAYS} days.")
    return max(days, 1)


def _is_date(value: str) -> bool:
    return len(value) == len("20261225")


def _date(value: str, name: str) -> date:
    try:
        return datetime.strptime(value[:8], "%Y%m%d").date()  # noqa: DTZ007 - a date has no zone
    except ValueError as broken:
        raise InvalidCalendar(f"{name}: {value!r} is not a date such as 20261225.") from broken


def _value(event: Properties, key: str) -> str:
    return event[key][0][1].strip() if key in event else ""


def _name(event: Properties) -> str:
    told = _ESCAPED.sub(lambda match: " " if match[1] in "nN" else match[1], _value(event, "SUMMARY"))
    return told.strip() or UNNAMED_HOLIDAY
