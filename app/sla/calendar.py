"""Business time: when something is due, how much open time has passed, and why.

The rules, in full. A minute is open when its local wall time lies in an open interval ``[opening, closing)``:
skipped wall minutes never count, repeated ones count twice, holidays are local dates from midnight to
midnight. ``due`` is the *earliest* instant with the target's open seconds behind it: eight hours from nine in
a nine-to-five day are due at five, not at nine the next morning; a zero target is due at once. ``back`` is
the *latest* such instant before an end: a warning on a boundary falls on the later opening, when somebody is
there. Pauses are half-open and are treated as closed time.

Datetimes are aware; answers are in UTC. Durations are seconds, to the microsecond. Every function here is
pure; the tzdata release is part of the answer (``app.moments.TZDATA_VERSION``).
"""

from datetime import datetime
from functools import lru_cache
from itertools import islice

from app.errors import CalendarNeverOpens, InvalidSpan
from app.moments import zone
from app.sla.business_hours import EPOCH_ORDINAL, Calendar
from app.sla.business_table import DAY, FOREVER, HORIZON, MICRO, seconds_of
from app.sla.business_walk import back_us, due_us, no_answer
from app.sla.business_windows import (
    Hours,
    Pauses,
    held_from,
    instant,
    micros,
    ruler,
    rulers,
    running,
    united,
    windows,
)


def due(hours: Hours, start: datetime, seconds: float, pauses: Pauses = ()) -> datetime:
    """The earliest instant at or after ``start`` with that many open seconds since it.

    Raises ``StillPaused`` when a pause without an end comes first, ``BeyondHorizon`` past six years, and
    ``CalendarNeverOpens`` when nothing opens in them.
    """
    return instant(due_us(hours, micros(start), _target(seconds), pauses))


def due_days(hours: Hours, start: datetime, days: int, pauses: Pauses = ()) -> datetime:
    """The last close of the n-th open local date after the local date of ``start``.

    A date is open when it has an open instant that is not paused, and its last close is the end of the last
    such stretch. No days is ``start`` itself. Raises as ``due`` does.
    """
    begin = micros(start)
    if days < 0:
        raise InvalidSpan("A number of days is not negative.")
    if not days:
        return instant(begin)
    today = start.astimezone(zone(ruler(hours, begin).calendar.tz)).toordinal() - EPOCH_ORDINAL
    if not pauses and not isinstance(hours, list) and (close := _nth_close(hours, today, days)) is not None:
        return instant(close)
    limit = begin + HORIZON
    found, end = 0, min(limit, held_from(pauses))
    # A local date begins and ends within a day of the UTC date of the same name.
    for day in range(today + 1, end // (DAY * MICRO) + 2):
        close = _last_close(hours, pauses, day)
        if close is None:
            continue
        found += 1
        if found == days:
            return instant(close)
    raise no_answer(pauses, limit, counted=found > 0)


@lru_cache(maxsize=16_384)
def _nth_close(hours: Hours, today: int, days: int) -> int | None:
    """The last close of the n-th open date after that one, where it lies within reach of any start on it.

    All that starts on one date is due at one instant, which is walked to day by day only once.
    """
    closes = (_last_close(hours, (), day) for day in range(today + 1, today + HORIZON // (DAY * MICRO) - 1))
    return next(islice((close for close in closes if close is not None), days - 1, None), None)


def elapsed(hours: Hours, start: datetime, end: datetime, pauses: Pauses = ()) -> float:
    """Open seconds in ``[start, end)`` outside the pauses, as an int where whole.

    Raises ``InvalidSpan`` when ``end`` is before ``start``.
    """
    begin, stop = micros(start), micros(end)
    if stop < begin:
        raise InvalidSpan("The end is before the start.")
    if not pauses and (whole := united(hours)):
        return seconds_of(whole.elapsed_us(begin, stop))
    return seconds_of(
        sum(who.elapsed_us(low, high) for low, high, who in windows(hours, pauses, begin, stop))
    )


def remaining(hours: Hours, now: datetime, due_at: datetime, pauses: Pauses = ()) -> float:
    """Open seconds left until ``due_at``; negative when overdue, counted in open time as well."""
    return elapsed(hours, now, due_at, pauses) if now <= due_at else -elapsed(hours, due_at, now, pauses)


def back(hours: Hours, end: datetime, seconds: float, pauses: Pauses = ()) -> datetime:
    """The latest instant at or before ``end`` with that many open seconds up to it.

    Raises ``BeyondHorizon`` more than six years back, and ``CalendarNeverOpens`` when nothing opens in them.
    """
    return instant(back_us(hours, micros(end), _target(seconds), pauses))


def next_open(hours: Hours, at: datetime) -> datetime:
    """The earliest open instant at or after ``at``; raises ``CalendarNeverOpens`` past six years."""
    begin = micros(at)
    if whole := united(hours):
        return instant(whole.next_open_us(begin))
    for low, high, who in windows(hours, (), begin, FOREVER):
        if low > begin + HORIZON:
            break
        if high == FOREVER:
            return instant(who.next_open_us(low))
        if first := next(who.segments_us(low, min(high, begin + HORIZON)), None):
            return instant(first[0])
    raise CalendarNeverOpens


def is_open(hours: Hours, at: datetime) -> bool:
    """Whether that instant's local wall time is open."""
    moment = micros(at)
    return ruler(hours, moment).elapsed_us(moment, moment + 1) == 1


def calendar_at(hours: Hours, at: datetime) -> Calendar:
    """The calendar that rules at that instant."""
    return hours if isinstance(hours, Calendar) else ruler(hours, micros(at)).calendar


def local(hours: Hours, at: datetime) -> datetime:
    """The instant in the zone of the calendar that rules at it."""
    return at.astimezone(zone(ruler(hours, micros(at)).calendar.tz))


def _last_close(hours: Hours, pauses: Pauses, day: int) -> int | None:
    """The end of the last stretch of that local date that is open, ruled and not paused."""
    reigns = rulers(hours)
    last: int | None = None
    for i, (since, who) in enumerate(reigns):
        until = reigns[i + 1][0] if i + 1 < len(reigns) else FOREVER
        for opening, closing in who.segments_on(day):
            for _, stop in running(pauses, max(opening, since), min(closing, until)):
                last = stop if last is None else max(last, stop)
    return last


def _target(seconds: float) -> int:
    if seconds < 0:
        raise InvalidSpan("A number of seconds is not negative.")
    return round(seconds * MICRO)
