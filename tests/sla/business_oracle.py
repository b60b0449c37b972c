"""A second, slow opinion on business time: it walks minute by minute, without segments, sums or bisection.

It reads the JSON of a calendar by itself and asks of every minute: what is the wall clock there, and is that
open? Edges of pauses and of reigns cut minutes into pieces. Everything is in microseconds since the epoch.
Zones are asked minute by minute, so offsets must be whole minutes, as all have been since 1972.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

MICRO = 1_000_000
MINUTE = 60 * MICRO
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Raw = Mapping[str, Any]
Span = tuple[int, int]


class Oracle:
    """Answers for a succession of calendars (one: from the beginning of time) and pauses."""

    def __init__(
        self, reigns: Sequence[tuple[int, Raw]], pauses: Sequence[tuple[int, int | None]] = ()
    ) -> None:
        self.reigns = sorted(reigns, key=lambda reign: reign[0])
        self.pauses = [(low, high if high is not None else 10**18) for low, high in pauses]
        self.edges = sorted({at for at, _ in self.reigns} | {at for pause in self.pauses for at in pause})
        self.minutes = [_minutes(raw) for _, raw in self.reigns]
        self.zones = [ZoneInfo(raw["tz"]) for _, raw in self.reigns]

    def elapsed(self, start: int, end: int) -> int:
        return sum(b - a for a, b in self._pieces(start, end) if self._counts(a))

    def due(self, start: int, target: int, limit: int) -> int | None:
        """None when it takes longer than ``limit``."""
        if target == 0:
            return start
        for a, b in self._pieces(start, start + limit):
            if self._counts(a):
                if b - a >= target:
                    return a + target
                target -= b - a
        return None

    def back(self, end: int, target: int, limit: int) -> int | None:
        if target == 0:
            return end
        for a, b in reversed(list(self._pieces(end - limit, end))):
            if self._counts(a):
                # The latest start that still has the target: an exact fit begins where the piece begins.
                if b - a >= target:
                    return b - target
                target -= b - a
        return None

    def next_open(self, start: int, limit: int) -> int | None:
        return next((a for a, _ in self._pieces(start, start + limit) if self.is_open(a)), None)

    def due_days(self, start: int, days: int, limit: int) -> int | None:
        today = self._local(start).date()
        closes: dict[date, int] = {}
        # A fold can bring yesterday back for an hour, but for no longer than a day.
        for a, b in self._pieces(start - 86_400 * MICRO, start + limit):
            if self._counts(a) and self._local(a).date() > today:
                closes[self._local(a).date()] = b
        # The last date seen may not be over.
        dates = sorted(closes)[:-1]
        return closes[dates[days - 1]] if len(dates) >= days else None

    def is_open(self, at: int) -> bool:
        i = self._ruler(at)
        local = datetime.fromtimestamp(at // MICRO, self.zones[i])
        return self.minutes[i](local.date())[local.hour * 60 + local.minute] == 1

    def _counts(self, at: int) -> bool:
        return self.is_open(at) and not any(low <= at < high for low, high in self.pauses)

    def _pieces(self, start: int, end: int) -> Iterator[Span]:
        """The span cut at whole minutes, reigns and pauses: nothing changes inside a piece."""
        at = start
        edges = iter([edge for edge in self.edges if start < edge < end])
        edge = next(edges, end)
        while at < end:
            stop = min((at // MINUTE + 1) * MINUTE, edge, end)
            yield at, stop
            if stop == edge:
                edge = next(edges, end)
            at = stop

    def _ruler(self, at: int) -> int:
        return max([i for i, (since, _) in enumerate(self.reigns) if since <= at], default=0)

    def _local(self, at: int) -> datetime:
        return datetime.fromtimestamp(at // MICRO, self.zones[self._ruler(at)])


def _minutes(raw: Raw) -> Callable[[date], bytes]:
    """The 1440 minutes of a local date, as ones and zeros."""
    week: list[bytearray] = [bytearray(1440) for _ in DAYS]
    for i, name in enumerate(DAYS):
        for start, end in raw.get("week", {}).get(name, ()):
            minute, stop = _minute(start), _minute(end)
            day = i
            crosses = stop <= minute
            while minute < stop or crosses:
                week[day][minute] = 1
                minute += 1
                if minute == 1440 and crosses:
                    minute, day, crosses = 0, (i + 1) % 7, False
    own = {}
    for day_name, intervals in raw.get("overrides", {}).items():
        own[day_name] = bytearray(1440)
        for start, end in intervals:
            for minute in range(_minute(start), _minute(end)):
                own[day_name][minute] = 1
    closed = set(raw.get("holidays", ()))

    @lru_cache(maxsize=64)
    def minutes(day: date) -> bytes:
        if str(day) in own:
            return bytes(own[str(day)])
        return bytes(1440) if str(day) in closed else bytes(week[day.weekday()])

    return minutes


def _minute(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def micros(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def instant(at: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)


def changes(zone: str, first_year: int, last_year: int) -> list[tuple[int, int, int]]:
    """Every change of offset in those UTC years: the second, the offset before and after, in seconds."""
    info = ZoneInfo(zone)

    def offset(at: int) -> int:
        known = datetime.fromtimestamp(at, info).utcoffset()
        assert known is not None
        return known // timedelta(seconds=1)

    found = []
    at = int(datetime(first_year, 1, 1, tzinfo=UTC).timestamp())
    end = int(datetime(last_year + 1, 1, 1, tzinfo=UTC).timestamp())
    before = offset(at)
    for day in range(at + 86_400, end + 1, 86_400):
        after = offset(day)
        if after != before:
            low, high = day - 86_400, day
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if offset(middle) == before else (low, middle)
            found.append((high, before, after))
            before = after
    return found
