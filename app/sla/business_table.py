"""A calendar compiled: its open segments in UTC, with running sums, so that a question is two bisections.

Membership of local wall time is the truth. Inside a span of constant offset the open wall-clock minutes map
to UTC by one subtraction, so a skipped wall minute never appears, a repeated one appears twice, and a date
that never was is empty, all without a special case.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import accumulate
from operator import eq, itemgetter, sub

from app.errors import BeyondHorizon, CalendarNeverOpens, InvalidSpan
from app.moments import TZDATA_VERSION
from app.sla.business_hours import EPOCH_WEEKDAY, Calendar
from app.sla.business_zones import FIRST_YEAR, LAST_YEAR, Span, spans, spans_of_year, year_start

MICRO = 1_000_000
DAY = 86_400
_MINUTE = 60 * MICRO
FOREVER = 10**18
"""Later than any instant, in microseconds since the epoch."""
HORIZON = 6 * 1461 * DAY // 4 * MICRO
"""Six years, in microseconds: an answer further away is refused."""

Segment = tuple[int, int]
"""An open stretch, half-open; in microseconds since the epoch unless a name says seconds."""

_opening, _closing = itemgetter(0), itemgetter(1)


@dataclass(frozen=True, slots=True)
class Table:
    """The open segments of some whole years. The first entry is empty, so that bisection always finds one."""

    first_year: int
    last_year: int
    low: int
    high: int
    opens: list[int]
    closes: list[int]
    before: list[int]
    """Open microseconds before each opening, counted from ``low``."""
    total: int


class Compiled:
    """One calendar's answers on the epoch scale, or a succession's; ``compiled`` gives it, shared and warm.

    It grows by whole years as questions reach further. Tables are replaced and never changed, so threads may
    ask at the same time. ``due``, ``back`` … take and give epoch seconds (whole in, whole out); the ``_us``
    forms take and give whole microseconds.
    """

    __slots__ = ("calendar", "opens", "reigns", "table")

    def __init__(self, reigns: Sequence[tuple[int, Calendar]]) -> None:
        self.reigns = reigns
        self.calendar = reigns[-1][1]
        self.opens = any(calendar.opens for _, calendar in reigns)
        self.table = Table(0, -1, 0, 0, [0], [0], [0], 0)

    def due(self, start: float, seconds: float) -> float:
        """The earliest instant with that many open seconds since ``start``; both in epoch seconds."""
        if type(start) is int and type(seconds) is int:
            # Everything opens on a whole second, so the answer is whole: the common case, in half the time.
            return self.due_us(start * MICRO, seconds * MICRO) // MICRO
        return seconds_of(self.due_us(round(start * MICRO), round(seconds * MICRO)))

    def elapsed(self, start: float, end: float) -> float:
        """Open seconds from ``start`` to ``end``, both in epoch seconds."""
        return seconds_of(self.elapsed_us(round(start * MICRO), round(end * MICRO)))

    def back(self, end: float, seconds: float) -> float:
        """The latest instant with that many open seconds before ``end``; both in epoch seconds."""
        return seconds_of(self.back_us(round(end * MICRO), round(seconds * MICRO)))

    def due_us(self, start: int, target: int, limit: int | None = None) -> int:
        """As ``due``; raises ``BeyondHorizon`` or ``CalendarNeverOpens`` past ``limit`` (six years)."""
        if target <= 0:
            return _at_once(start, target)
        if limit is None:
            limit = start + HORIZON
        table = self.table
        if not table.low <= start < table.high:
            table = self.cover(start, start)
        i = bisect_right(table.opens, start) - 1
        close = table.closes[i]
        count = (min(close, start)) - table.opens[i] + table.before[i] + target
        if count > table.total:
            # Reaching back moves the sums; reaching on does not.
            table = self._reach_on(table, count, start, limit)
        before = table.before
        i = bisect_left(before, count) - 1
        answer = table.opens[i] + count - before[i]
        if answer > limit:
            raise self._refusal(start, limit)
        return answer

    def back_us(self, end: int, target: int, limit: int | None = None) -> int:
        """As ``back``; raises ``BeyondHorizon`` or ``CalendarNeverOpens`` before ``limit`` (six years)."""
        if target <= 0:
            return _at_once(end, target)
        limit = end - HORIZON if limit is None else limit
        table = self.cover(end, end)
        while (count := _position(table, end) - target) < 0:
            if table.low <= limit:
                raise self._refusal(limit, end)
            table = self.cover(table.low - 1, end)
        i = bisect_right(table.before, count) - 1
        answer = table.opens[i] + count - table.before[i]
        if answer < limit:
            raise self._refusal(limit, end)
        return answer

    def elapsed_us(self, start: int, end: int) -> int:
        """Open microseconds in ``[start, end)``; raises ``InvalidSpan`` when it runs backwards."""
        if end < start:
            raise InvalidSpan("The end is before the start.")
        table = self.cover(start, end)
        return _position(table, end) - _position(table, start)

    def next_open_us(self, at: int) -> int:
        """The earliest open instant at or after ``at``; raises ``CalendarNeverOpens`` past six years."""
        table = self.cover(at, at)
        while True:
            i = bisect_right(table.opens, at) - 1
            if at < table.closes[i]:
                return at
            if i + 1 < len(table.opens):
                return table.opens[i + 1]
            if not self.opens or table.high > at + HORIZON:
                raise CalendarNeverOpens
            table = self.cover(at, table.high)

    def segments_us(self, start: int, end: int) -> Iterator[Segment]:
        """The open stretches inside ``[start, end)``, in order."""
        table = self.cover(start, end)
        for i in range(bisect_right(table.opens, start) - 1, len(table.opens)):
            opening, closing = max(table.opens[i], start), min(table.closes[i], end)
            if table.opens[i] >= end:
                return
            if opening < closing:
                yield opening, closing

    def segments_on(self, day: int) -> Iterator[Segment]:
        """The open stretches of one local date, given as days since 1970-01-01; a repeated hour gives two."""
        midnight = day * DAY
        for low, high, offset in spans(self.calendar.tz, midnight - DAY, midnight + 2 * DAY):
            for start, end in self.calendar.open_on(day):
                opening = max(midnight + start * 60 - offset, low)
                closing = min(midnight + end * 60 - offset, high)
                if opening < closing:
                    yield opening * MICRO, closing * MICRO

    def cover(self, start: int, end: int) -> Table:
        """The table, grown if need be to hold both instants; raises ``BeyondHorizon`` outside 1900–2300."""
        table = self.table
        if table.low <= start and end < table.high:
            return table
        first, last = _year(start), _year(end)
        if table.last_year >= table.first_year:
            first, last = min(first, table.first_year), max(last, table.last_year)
        grown = _joined(self.reigns, first, last, table)
        self.table = grown
        return grown

    def _reach_on(self, table: Table, count: int, start: int, limit: int) -> Table:
        while count > table.total:
            if not self.opens or table.high > limit:
                raise self._refusal(start, limit)
            wider = _joined(self.reigns, table.first_year, table.last_year + 1, table)
            self.table = table = wider
        return table

    def _refusal(self, start: int, end: int) -> CalendarNeverOpens | BeyondHorizon:
        if not self.opens or not self.elapsed_us(start, end):
            return CalendarNeverOpens()
        return BeyondHorizon()


@lru_cache(maxsize=256)
def _shared(calendar: Calendar, tzdata: str) -> Compiled:  # noqa: ARG001 - the version is part of the key
    return Compiled([(-FOREVER, calendar)])


def compiled(calendar: Calendar) -> Compiled:
    """The shared compiled form of that content under the present tzdata.

    The calendar remembers it: looking it up by content costs as much as an answer.
    """
    known = calendar.__dict__.get("_compiled")
    if known is None:
        known = calendar.__dict__["_compiled"] = _shared(calendar, TZDATA_VERSION)
    return known


def seconds_of(micros: int) -> float:
    """Seconds, as an int where they are whole."""
    whole, rest = divmod(micros, MICRO)
    return micros / MICRO if rest else whole


def _position(table: Table, at: int) -> int:
    i = bisect_right(table.opens, at) - 1
    return min(at, table.closes[i]) - table.opens[i] + table.before[i]


def _at_once(at: int, target: int) -> int:
    if target:
        raise InvalidSpan("A number of seconds is not negative.")
    return at


def _year(at: int) -> int:
    if not _FIRST <= at < _LAST:
        raise BeyondHorizon(f"Only {FIRST_YEAR} to {LAST_YEAR} is in reach; a date is probably mistyped.")
    return datetime.fromtimestamp(at // MICRO, UTC).year


_FIRST, _LAST = year_start(FIRST_YEAR) * MICRO, year_start(LAST_YEAR) * MICRO


def _joined(reigns: Sequence[tuple[int, Calendar]], first: int, last: int, known: Table) -> Table:
    """The table of those years, taking over what is known."""
    if known.last_year < known.first_year:
        segments = [segment for year in range(first, last + 1) for segment in _ruled_in(reigns, year)]
    else:
        segments = [s for year in range(first, known.first_year) for s in _ruled_in(reigns, year)]
        segments += zip(known.opens[1:], known.closes[1:], strict=True)
        segments += [s for year in range(known.last_year + 1, last + 1) for s in _ruled_in(reigns, year)]
    low, high = year_start(first) * MICRO, year_start(last + 1) * MICRO
    opens, closes = _without_seams(segments)
    *before, total = accumulate(map(sub, closes, opens), initial=0)
    return Table(first, last, low, high, [low, *opens], [low, *closes], [0, *before], total)


def _without_seams(segments: Sequence[Segment]) -> tuple[list[int], list[int]]:
    """Openings and closings, where stretches that touch are one."""
    opens, closes = [opening for opening, _ in segments], [closing for _, closing in segments]
    if not any(map(eq, opens[1:], closes)):
        return opens, closes
    apart = [i for i in range(1, len(opens)) if opens[i] != closes[i - 1]]
    return [opens[0], *(opens[i] for i in apart)], [*(closes[i - 1] for i in apart), closes[-1]]


def _ruled_in(reigns: Sequence[tuple[int, Calendar]], year: int) -> Iterator[Segment]:
    """The open stretches of a UTC year, each by the calendar that rules then."""
    ends = (*(since for since, _ in reigns[1:]), FOREVER)
    begin, end = year_start(year) * MICRO, year_start(year + 1) * MICRO
    for (since, calendar), until in zip(reigns, ends, strict=True):
        low, high = max(since, begin), min(until, end)
        if low < high:
            for span in spans_of_year(calendar.tz, year):
                yield from _open_in(calendar, span, low, high)


def _open_in(calendar: Calendar, span: Span, low: int, high: int) -> list[Segment]:
    """The open stretches of one span of constant offset, as far as they lie in ``[low, high)``.

    Day by day in one go: this is what compiling a year costs.
    """
    begin, end, offset = span
    first, last = (begin + offset) // DAY, (end + offset - 1) // DAY
    week = (first + EPOCH_WEEKDAY) % 7
    days = list((calendar.pattern * (2 + (last - first) // 7))[week : week + last - first + 1])
    for day, hours in calendar.special.items():
        if first <= day <= last:
            days[day - first] = hours
    midnights = range((first * DAY - offset) * MICRO, FOREVER, DAY * MICRO)
    found = [
        (midnight + start * _MINUTE, midnight + stop * _MINUTE)
        for midnight, hours in zip(midnights, days, strict=False)
        for start, stop in hours
    ]
    return _clipped(found, max(low, begin * MICRO), min(high, end * MICRO))


def _clipped(segments: list[Segment], low: int, high: int) -> list[Segment]:
    """What of these, in order, lies in ``[low, high)``."""
    i = bisect_right(segments, low, key=_closing)
    j = bisect_left(segments, high, key=_opening)
    inside = segments[i:j]
    if inside:
        inside[0] = max(inside[0][0], low), inside[0][1]
        inside[-1] = inside[-1][0], min(inside[-1][1], high)
    return inside
