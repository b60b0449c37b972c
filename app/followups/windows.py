"""When a message may leave: the recipient's working hours, never a weekend. Pure."""

from datetime import datetime
from functools import lru_cache

from app.sla.calendar import Calendar, next_open

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
OPENS, CLOSES = "08:00", "18:00"


@lru_cache(maxsize=1024)
def sending_hours(time_zone: str) -> Calendar:
    """Weekdays from eight to six in that zone."""
    return Calendar.parse({"tz": time_zone, "week": {day: [[OPENS, CLOSES]] for day in _WEEKDAYS}})


def release(at: datetime, time_zone: str, *, window: bool) -> datetime:
    """The first instant from `at` at which a message may reach somebody in that zone."""
    return next_open(sending_hours(time_zone), at) if window else at
