"""A year of a calendar as lines of text."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date

from app.moments import HOLIDAYS_VERSION, TZDATA_VERSION
from app.sla.business_hours import EPOCH_ORDINAL, Calendar
from app.sla.business_parse import clock_time
from app.sla.business_table import MICRO, compiled
from app.sla.business_tell import MONTHS, WEEKDAYS


def a_year(calendar: Calendar, year: int) -> Iterator[str]:
    """The lines that show a year: every local date with its hours and what is special about it."""
    hours = compiled(calendar)
    versions = f"calendar {calendar.version}, tzdata {TZDATA_VERSION}, holidays {HOLIDAYS_VERSION}"
    yield f"{year}, {calendar.tz}, {versions}"
    yield from (f"warning: {each}" for each in calendar.warnings)
    total = 0.0
    for month in range(1, 13):
        yield ""
        for number in range(1, monthrange(year, month)[1] + 1):
            day = date(year, month, number)
            at = day.toordinal() - EPOCH_ORDINAL
            seconds = sum(end - start for start, end in hours.segments_on(at)) / MICRO
            total += seconds
            dated = f"{WEEKDAYS[day.weekday()]} {number:2} {MONTHS[month - 1]}"
            yield f"{dated}  {_day(calendar, day, seconds)}".rstrip()
    yield ""
    yield f"{total / 3600:g} open hours"


def _day(calendar: Calendar, day: date, seconds: float) -> str:
    intervals = calendar.open_on(day.toordinal() - EPOCH_ORDINAL)
    shown = " ".join(f"{clock_time(start)}–{clock_time(end)}" for start, end in intervals) or "closed"
    notes = []
    if day in calendar.overrides:
        notes.append("special hours")
    elif day in calendar.holidays:
        notes.append(calendar.holidays[day])
    if seconds != sum(end - start for start, end in intervals) * 60:
        notes.append(f"the clocks change: {seconds / 3600:g} h")
    return f"{shown}  {'; '.join(notes)}"
