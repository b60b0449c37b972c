"""Reading a calendar as people write it: every refusal names the field, every oddity becomes a warning."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

from app.errors import InvalidCalendar
from app.moments import zone

Interval = tuple[int, int]
"""Minutes after local midnight, half-open; in a week pattern ``end <= start`` crosses midnight."""

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MIDNIGHT = 24 * 60
KNOWN_FIELDS = {"tz", "week", "holidays", "overrides", "name", "note"}
UNNAMED_HOLIDAY = "Holiday"

_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|(24):(00)", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def read_zone(raw: object) -> str:
    if not isinstance(raw, str):
        raise InvalidCalendar("The time zone is an IANA name such as Europe/Berlin.", field="tz")
    try:
        zone(raw)
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise InvalidCalendar(f"{raw!r} is not an IANA time zone.", field="tz") from unknown
    return raw


def read_week(raw: object) -> dict[str, tuple[Interval, ...]]:
    days = _mapping(raw, "week")
    for day in days:
        if day not in DAYS:
            raise InvalidCalendar(f"Days are {', '.join(DAYS)}; not {day!r}.", field=f"week.{day}")
    return {day: _intervals(days[day], f"week.{day}", overnight=True) for day in DAYS if days.get(day)}


def read_holidays(raw: object) -> dict[date, str]:
    """Closed local dates with their names, from a list of dates or a map of date to name."""
    if isinstance(raw, Mapping):
        named = {read_date(day, f"holidays.{day}"): _name(name, day) for day, name in raw.items()}
        return dict(sorted(named.items()))
    listed = (read_date(day, f"holidays[{i}]") for i, day in enumerate(_sequence(raw, "holidays")))
    return dict.fromkeys(sorted(listed), UNNAMED_HOLIDAY)


def read_overrides(raw: object) -> dict[date, tuple[Interval, ...]]:
    overrides = {
        read_date(day, f"overrides.{day}"): _intervals(hours, f"overrides.{day}", overnight=False)
        for day, hours in _mapping(raw, "overrides").items()
    }
    return dict(sorted(overrides.items()))


def read_date(raw: object, field: str) -> date:
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return raw  # YAML reads an unquoted date as one
    if isinstance(raw, str) and _DATE.fullmatch(raw):
        try:
            return date.fromisoformat(raw)
        except ValueError:
            pass
    raise InvalidCalendar(f"{raw!r} is not a date such as 2026-12-25.", field=field)


def unknown_fields(data: Mapping[str, Any]) -> list[str]:
    return [f"{key!r} is not a field of a calendar" for key in data if key not in KNOWN_FIELDS]


def merge(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """The union of half-open intervals, in order; touching ones become one."""
    merged: list[Interval] = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def overlaps(intervals: Iterable[Interval]) -> bool:
    reach = -1
    for start, end in sorted(intervals):
        if start < reach:
            return True
        reach = max(reach, end)
    return False


def clock_time(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _intervals(raw: object, field: str, *, overnight: bool) -> tuple[Interval, ...]:
    found = []
    for i, pair in enumerate(_sequence(raw, field)):
        where = f"{field}[{i}]"
        ends = _sequence(pair, where)
        if len(ends) != 2:  # noqa: PLR2004 - an interval has two ends
            raise InvalidCalendar("An interval is [opening, closing].", field=where)
        start, end = (_minute(each, where) for each in ends)
        if start == MIDNIGHT or (end <= start and not overnight):
            raise InvalidCalendar("The interval must end after it starts, on the same date.", field=where)
        found.append((start, end))
    return tuple(found)


def _minute(raw: object, field: str) -> int:
    match = _TIME.fullmatch(raw) if isinstance(raw, str) else None
    if match is None:
        # Unquoted, YAML 1.1 reads 17:30 as the number 1050.
        raise InvalidCalendar(f"{raw!r} is not a quoted time from '00:00' to '24:00'.", field=field)
    hours, minutes = (int(part) for part in match.groups() if part is not None)
    return hours * 60 + minutes


def _name(raw: object, day: object) -> str:
    if raw is None or raw == "":
        return UNNAMED_HOLIDAY
    if not isinstance(raw, str):
        raise InvalidCalendar("A holiday's name is text.", field=f"holidays.{day}")
    return raw


def _mapping(raw: object, field: str) -> Mapping[Any, Any]:
    if raw is None:
        return {}
    if not isinstance(raw, Mapping):
        raise InvalidCalendar(f"{field} is a mapping.", field=field)
    return raw


def _sequence(raw: object, field: str) -> Sequence[Any]:
    if raw is None:
        return ()
    if not isinstance(raw, Sequence) or isinstance(raw, str | bytes):
        raise InvalidCalendar(f"{field} is a list.", field=field)
    return raw
