"""The spans of time in which a zone's offset from UTC does not change."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from app.errors import BeyondHorizon
from app.moments import zone

Span = tuple[int, int, int]
"""From, to (epoch seconds, half-open) and local time minus UTC in seconds."""

FIRST_YEAR, LAST_YEAR = 1900, 2300
"""Nothing a person is owed lies outside; a stray year 9999 must not cost eight thousand compiled years."""

# No zone has had two changes of offset within six days of each other since 1900 (tzdata 2026f; a test reads
# every zone's file), so looking every three days sees every change.
_STEP = 3 * 86_400


def year_start(year: int) -> int:
    """The first instant of a UTC year, in epoch seconds."""
    return int(datetime(year, 1, 1, tzinfo=UTC).timestamp())


@lru_cache(maxsize=8192)
def spans_of_year(tz: str, year: int) -> tuple[Span, ...]:
    """The spans that make up one UTC year, clipped to it."""
    if not FIRST_YEAR <= year < LAST_YEAR:
        raise BeyondHorizon(f"The year {year} is out of reach; a date is probably mistyped.")
    info, begin, end = zone(tz), year_start(year), year_start(year + 1)
    spans: list[Span] = []
    at, offset = begin, _offset(info, begin)
    while at < end:
        probe = min(at + _STEP, end)
        later = _offset(info, probe)
        if later != offset:
            change = _change(info, at, probe)
            if change < end:
                spans.append((begin, change, offset))
                begin, offset = change, later
        at = probe
    return (*spans, (begin, end, offset))


def spans(tz: str, start: int, end: int) -> Iterator[Span]:
    """The spans that meet ``[start, end)`` in epoch seconds, in order."""
    for year in range(_year(start), _year(end - 1) + 1):
        yield from (span for span in spans_of_year(tz, year) if span[0] < end and span[1] > start)


def _change(info: ZoneInfo, before: int, after: int) -> int:
    """The first second of the new offset, by bisection."""
    old = _offset(info, before)
    while after - before > 1:
        middle = (before + after) // 2
        if _offset(info, middle) == old:
            before = middle
        else:
            after = middle
    return after


def _offset(info: ZoneInfo, at: int) -> int:
    offset = datetime.fromtimestamp(at, info).utcoffset()
    return offset.days * 86_400 + offset.seconds if offset is not None else 0


def _year(at: int) -> int:
    return datetime.fromtimestamp(at, UTC).year
