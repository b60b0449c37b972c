"""When a message may leave: the recipient's working hours, never a weekend or a holiday of the case. Pure."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache

from app.moments import zone
from app.sla.business_hours import Calendar
from app.sla.business_windows import Hours
from app.sla.calendar import calendar_at, next_open

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
OPENS, CLOSES = "08:00", "18:00"
_AHEAD = 28
"""Days to look ahead: no holidays are longer."""


@lru_cache(maxsize=1024)
def sending_hours(time_zone: str, of: Calendar | None = None) -> Calendar:
    """Weekdays from eight to six in that zone, but on no holiday of the calendar `of`."""
    week = Calendar.parse({"tz": time_zone, "week": {day: [[OPENS, CLOSES]] for day in _WEEKDAYS}})
    return replace(week, holidays=_closed(of)) if of is not None else week


def _closed(calendar: Calendar) -> Mapping[date, str]:
    """Its holidays on which nobody works even so."""
    overridden = {day: "closed" for day, hours in calendar.overrides.items() if not hours}
    worked = {day for day, hours in calendar.overrides.items() if hours}
    return {day: name for day, name in calendar.holidays.items() if day not in worked} | overridden


def release(at: datetime, time_zone: str, *, window: bool, hours: Hours | None = None) -> datetime:
    """The first instant from `at` at which a message may reach somebody in that zone.

    `hours` is the calendar of the case: on its holidays nothing leaves.
    """
    if not window:
        return at
    return next_open(sending_hours(time_zone, calendar_at(hours, at) if hours is not None else None), at)


def spread(key: str, most: timedelta) -> timedelta:
    """How long after an opening this message leaves: always the same for the same key, below `most`.

    Otherwise everything that waited for the morning would leave in its first second.
    """
    number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big")
    return timedelta(seconds=number % max(int(most.total_seconds()), 1))


@dataclass(frozen=True, slots=True)
class Window:
    """When messages may reach one recipient. Planning, releasing and sending all ask it."""

    time_zone: str
    """IANA name: the recipient's own where it is known, else the connection's."""
    hours: Hours | None = None
    """The calendar of the case, for its holidays."""
    jitter: timedelta = timedelta()

    def release(self, at: datetime, key: str, *, window: bool = True) -> datetime:
        """The instant from `at` at which the message of that key may leave: at once where that is open."""
        opens = release(at, self.time_zone, window=window, hours=self.hours)
        return opens if opens == at else opens + spread(key, self.jitter)

    def day(self, at: datetime) -> date:
        """The recipient's date at that instant."""
        return at.astimezone(zone(self.time_zone)).date()

    def next_day(self, at: datetime, key: str) -> datetime:
        """When the message of that key may leave on the recipient's next open day."""
        local = at.astimezone(zone(self.time_zone))
        midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        return self.release(midnight.astimezone(at.tzinfo), key)

    def next_at(self, after: datetime, hour: int, key: str) -> datetime:
        """When that hour of the recipient's next working day comes after an instant, spread by the key."""
        local = after.astimezone(zone(self.time_zone))
        for days in range(_AHEAD):
            day = (local + timedelta(days=days)).replace(hour=hour, minute=0, second=0, microsecond=0)
            at = day.astimezone(after.tzinfo)
            if (
                at + spread(key, self.jitter) > after
                and release(at, self.time_zone, window=True, hours=self.hours) == at
            ):
                return at + spread(key, self.jitter)
        return self.release(after, key)
