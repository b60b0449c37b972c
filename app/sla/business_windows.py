"""When which calendar rules and nothing is paused: the windows in which time may count."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TypeAlias

from app.errors import InvalidCalendar, InvalidSpan
from app.sla.business_hours import Calendar
from app.sla.business_table import FOREVER, MICRO, Compiled, compiled

Hours: TypeAlias = Calendar | Sequence[tuple[datetime, Calendar]]
"""One calendar, or a succession: each rules from its instant, and the first one also before."""

Pause: TypeAlias = tuple[datetime, datetime | None] | tuple[datetime, datetime | None, str]
"""From, to (None: still paused), and for explanations the cause."""

Pauses: TypeAlias = Sequence[Pause]

Window: TypeAlias = tuple[int, int, Compiled]
"""From, to (microseconds, half-open) and who rules."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(at: datetime) -> int:
    """Microseconds since the epoch; raises ``InvalidSpan`` for a time without a zone."""
    try:
        since = at - EPOCH
    except TypeError as naive:
        raise InvalidSpan(f"{at} has no time zone.") from naive
    return (since.days * 86_400 + since.seconds) * MICRO + since.microseconds


def instant(at: int) -> datetime:
    """The aware UTC datetime of microseconds since the epoch."""
    return EPOCH + timedelta(microseconds=at)


def united(hours: Hours) -> Compiled | None:
    """All that rules as one table: a question is two bisections. None where the succession may change."""
    if isinstance(hours, Calendar):
        return compiled(hours)
    return _united(hours) if isinstance(hours, tuple) and hours else None


@lru_cache(maxsize=256)
def _united(hours: tuple[tuple[datetime, Calendar], ...]) -> Compiled:
    return Compiled([(since, who.calendar) for since, who in rulers(hours)])


def rulers(hours: Hours) -> list[tuple[int, Compiled]]:
    """Who rules from when, in order; the first from the beginning of time."""
    if isinstance(hours, Calendar):
        return [(-FOREVER, compiled(hours))]
    return _known_order(hours) if isinstance(hours, tuple) else _in_order(hours)


def _in_order(hours: Sequence[tuple[datetime, Calendar]]) -> list[tuple[int, Compiled]]:
    if not hours:
        raise InvalidCalendar("A succession of calendars needs at least one.")
    reigns = {micros(at): compiled(calendar) for at, calendar in hours}
    ordered = sorted(reigns.items(), key=lambda reign: reign[0])
    return [(-FOREVER, ordered[0][1]), *ordered[1:]]


_known_order = lru_cache(maxsize=256)(_in_order)


def ruler(hours: Hours, at: int) -> Compiled:
    """Who rules at that instant."""
    return next(who for since, who in reversed(rulers(hours)) if since <= at)


def merged(pauses: Pauses) -> list[tuple[int, int]]:
    """Pauses in order, overlapping ones joined, empty ones dropped; ``FOREVER`` where still paused."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(_bounds(pause) for pause in pauses):
        if end < start:
            raise InvalidSpan("A pause ends before it begins.")
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif start < end:
            joined.append((start, end))
    return joined


def windows(hours: Hours, pauses: Pauses, start: int, end: int) -> Iterator[Window]:
    """The windows inside ``[start, end)`` in order; what lies between them is paused."""
    reigns = rulers(hours)
    for low, high in running(pauses, start, end):
        for i, (since, who) in enumerate(reigns):
            until = reigns[i + 1][0] if i + 1 < len(reigns) else FOREVER
            begin, stop = max(low, since), min(high, until)
            if begin < stop:
                yield begin, stop, who


def running(pauses: Pauses, start: int, end: int) -> Iterator[tuple[int, int]]:
    """What of ``[start, end)`` is not paused."""
    for pause_start, pause_end in merged(pauses):
        if start < min(pause_start, end):
            yield start, min(pause_start, end)
        start = max(start, pause_end)
    if start < end:
        yield start, end


def held_from(pauses: Pauses) -> int:
    """The instant since which the clock is paused until further notice, or ``FOREVER``."""
    last = merged(pauses)[-1:]
    return last[0][0] if last and last[0][1] == FOREVER else FOREVER


def _bounds(pause: Pause) -> tuple[int, int]:
    start, end = pause[0], pause[1]
    return micros(start), FOREVER if end is None else micros(end)
