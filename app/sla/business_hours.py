"""A calendar as a value: a zone, a week, holidays, and dates with hours of their own."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, partial
from types import MappingProxyType
from typing import Any, Self

from app.errors import CalendarNeverOpens, InvalidCalendar
from app.sla import business_parse as read
from app.sla.business_parse import DAYS, MIDNIGHT, Interval

EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
EPOCH_WEEKDAY = date(1970, 1, 1).weekday()


@dataclass(frozen=True, eq=False)
class Calendar:
    """When somebody is there, in local wall time. Frozen; equal and hashed by content.

    ``week`` maps ``mon`` … ``sun`` to intervals in minutes after local midnight, as written (an end at or
    before the start crosses midnight). ``holidays`` maps closed local dates to names. ``overrides`` maps a
    local date to what is open on it instead of the week and instead of a holiday. ``warnings`` says what was
    odd but understood; it is no part of the content.
    """

    tz: str
    week: Mapping[str, tuple[Interval, ...]]
    holidays: Mapping[date, str]
    overrides: Mapping[date, tuple[Interval, ...]]
    warnings: tuple[str, ...] = field(default=(), repr=False)

    @classmethod
    def parse(cls, data: Mapping[str, Any], *, may_never_open: bool = False) -> Self:
        """Read ``{"tz", "week", "holidays", "overrides"}``, from JSON or YAML.

        ``holidays`` is a list of dates or a map of date to name. Overlapping intervals count once and leave a
        warning. Raises ``InvalidCalendar`` naming the field, and ``CalendarNeverOpens`` when there is no open
        minute at all, unless ``may_never_open``.
        """
        if not isinstance(data, Mapping):
            raise InvalidCalendar("A calendar is a mapping with tz, week, holidays and overrides.")
        calendar = cls(
            tz=read.read_zone(data.get("tz")),
            week=MappingProxyType(read.read_week(data.get("week"))),
            holidays=MappingProxyType(read.read_holidays(data.get("holidays"))),
            overrides=MappingProxyType(read.read_overrides(data.get("overrides"))),
        )
        if not (calendar.opens or may_never_open):
            raise CalendarNeverOpens(field="week")
        warnings = (*read.unknown_fields(data), *calendar._overlaps())
        object.__setattr__(calendar, "warnings", warnings)
        return calendar

    def dump(self) -> dict[str, Any]:
        """The calendar as JSON values; ``parse`` reads it back to an equal one."""
        return {
            "tz": self.tz,
            "week": {day: _written(self.week[day]) for day in DAYS if day in self.week},
            "holidays": {str(day): self.holidays[day] for day in sorted(self.holidays)},
            "overrides": {str(day): _written(self.overrides[day]) for day in sorted(self.overrides)},
        }

    @cached_property
    def version(self) -> str:
        """A short hash of the content: two calendars with the same one give the same answers."""
        content = json.dumps(self.dump(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Calendar) and self.version == other.version

    def __hash__(self) -> int:
        return hash(self.version)

    def __reduce__(self) -> tuple[Any, ...]:
        # To another process: read-only mappings do not travel, the content does.
        return partial(type(self).parse, may_never_open=True), (self.dump(),)

    @cached_property
    def opens(self) -> bool:
        """Whether there is any open minute in the week or in an override."""
        return any(self.pattern) or any(self.overrides.values())

    @cached_property
    def pattern(self) -> tuple[tuple[Interval, ...], ...]:
        """What is open on each weekday, Monday first, merged, with the tails of the nights before."""
        return tuple(read.merge(day) for day in self._with_tails())

    @cached_property
    def special(self) -> Mapping[int, tuple[Interval, ...]]:
        """Dates that do not follow the week, by days since 1970-01-01."""
        closed: dict[date, tuple[Interval, ...]] = dict.fromkeys(self.holidays, ())
        own = {day: read.merge(hours) for day, hours in self.overrides.items()}
        return {day.toordinal() - EPOCH_ORDINAL: hours for day, hours in {**closed, **own}.items()}

    def open_on(self, day: int) -> tuple[Interval, ...]:
        """The open intervals of one local date, given as days since 1970-01-01, in minutes."""
        hours = self.special.get(day)
        return self.pattern[(day + EPOCH_WEEKDAY) % 7] if hours is None else hours

    def _with_tails(self) -> list[list[Interval]]:
        days: list[list[Interval]] = [[] for _ in DAYS]
        for i, name in enumerate(DAYS):
            for start, end in self.week.get(name, ()):
                if end > start:
                    days[i].append((start, end))
                    continue
                days[i].append((start, MIDNIGHT))
                if end:
                    days[(i + 1) % 7].append((0, end))
        return days

    def _overlaps(self) -> list[str]:
        weekly = zip((f"week.{name}" for name in DAYS), self._with_tails(), strict=True)
        dated = ((f"overrides.{day}", hours) for day, hours in self.overrides.items())
        return [
            f"{where}: intervals overlap; each minute counts once"
            for where, hours in (*weekly, *dated)
            if read.overlaps(hours)
        ]


def _written(intervals: tuple[Interval, ...]) -> list[list[str]]:
    return [[read.clock_time(start), read.clock_time(end)] for start, end in intervals]
