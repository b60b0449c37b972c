"""Why a span holds as much open time as it does: what counted, what did not and for what reason."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.errors import InvalidSpan
from app.moments import TZDATA_VERSION, zone
from app.sla.business_hours import EPOCH_ORDINAL, EPOCH_WEEKDAY
from app.sla.business_table import FOREVER, Compiled, seconds_of
from app.sla.business_tell import tell
from app.sla.business_windows import Hours, Pauses, instant, micros, rulers, windows


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of counted time. ``start`` and ``end`` carry the offset of the calendar that rules there."""

    start: datetime
    end: datetime
    seconds: float
    zone: str
    calendar: str
    """The version of the calendar that rules there."""


@dataclass(frozen=True, slots=True)
class Paused:
    """A pause as it was given; ``end`` is None while it lasts, ``seconds`` is the open time inside it."""

    start: datetime
    end: datetime | None
    seconds: float
    cause: str | None


@dataclass(frozen=True, slots=True)
class Skipped:
    """A local date that the week would have opened, and the holiday that closed it."""

    day: date
    name: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything a due time rests on. Datetimes carry the local offset; ``seconds`` sums the segments."""

    start: datetime
    end: datetime
    seconds: float
    segments: tuple[Segment, ...]
    pauses: tuple[Paused, ...]
    closed: tuple[Skipped, ...]
    zones: tuple[str, ...]
    calendars: tuple[str, ...]
    tzdata: str

    def as_dict(self) -> dict[str, Any]:
        """The explanation as JSON values; instants as ISO 8601 with their local offset."""
        return {
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
            "seconds": self.seconds,
            "segments": [
                {
                    "from": each.start.isoformat(),
                    "to": each.end.isoformat(),
                    "seconds": each.seconds,
                    "zone": each.zone,
                    "calendar": each.calendar,
                }
                for each in self.segments
            ],
            "pauses": [
                {
                    "from": each.start.isoformat(),
                    "to": each.end.isoformat() if each.end else None,
                    "seconds": each.seconds,
                    "cause": each.cause,
                }
                for each in self.pauses
            ],
            "closed": [{"date": each.day.isoformat(), "name": each.name} for each in self.closed],
            "zones": list(self.zones),
            "calendars": list(self.calendars),
            "tzdata": self.tzdata,
        }

    def sentence(self) -> str:
        """The explanation in English, for the person who met or missed it."""
        return tell(self)


def explain(hours: Hours, start: datetime, end: datetime, pauses: Pauses = ()) -> Explanation:
    """What was counted between two instants, what was not, and by which calendars and tzdata.

    A pause may carry its cause as a third element. Raises ``InvalidSpan`` when ``end`` is before ``start``.
    """
    begin, stop = micros(start), micros(end)
    if stop < begin:
        raise InvalidSpan("The end is before the start.")
    segments = tuple(
        Segment(_local(a, who), _local(b, who), seconds_of(b - a), who.calendar.tz, who.calendar.version)
        for low, high, who in windows(hours, pauses, begin, stop)
        for a, b in who.segments_us(low, high)
    )
    reigns = list(_reigns(hours, begin, stop))
    return Explanation(
        start=_local(begin, reigns[0][2]),
        end=_local(stop, reigns[-1][2]),
        seconds=seconds_of(sum(micros(each.end) - micros(each.start) for each in segments)),
        segments=segments,
        pauses=tuple(_paused(hours, pauses, begin, stop)),
        closed=tuple(day for low, high, who in reigns for day in _closed(who, low, high)),
        zones=tuple(dict.fromkeys(who.calendar.tz for *_, who in reigns)),
        calendars=tuple(dict.fromkeys(who.calendar.version for *_, who in reigns)),
        tzdata=TZDATA_VERSION,
    )


def _reigns(hours: Hours, begin: int, stop: int) -> Iterator[tuple[int, int, Compiled]]:
    """Who ruled when, up to and including the last instant."""
    reigns = rulers(hours)
    for i, (since, who) in enumerate(reigns):
        until = reigns[i + 1][0] if i + 1 < len(reigns) else FOREVER
        if since <= stop and until > begin:
            yield max(begin, since), min(stop, until), who


def _paused(hours: Hours, pauses: Pauses, begin: int, stop: int) -> Iterator[Paused]:
    """The pauses that meet the span; where two overlap, the earlier one takes the open time."""
    taken = begin
    for pause in sorted(pauses, key=lambda each: micros(each[0])):
        since, until = micros(pause[0]), stop if pause[1] is None else micros(pause[1])
        if since >= stop or until <= begin:
            continue
        low, high = max(since, taken), min(until, stop)
        lost = sum(who.elapsed_us(a, b) for a, b, who in windows(hours, (), low, high))
        taken = max(taken, high)
        first = next(who for _, to, who in _reigns(hours, max(since, begin), stop) if to >= since)
        end = None if pause[1] is None else _local(until, first)
        yield Paused(_local(since, first), end, seconds_of(lost), pause[2] if len(pause) > 2 else None)  # noqa: PLR2004


def _closed(who: Compiled, low: int, high: int) -> Iterator[Skipped]:
    """The holidays in a reign that closed something."""
    calendar = who.calendar
    first, last = _local(low, who).date(), _local(high, who).date()
    for day in sorted(calendar.holidays):
        number = day.toordinal() - EPOCH_ORDINAL
        if not first <= day <= last or day in calendar.overrides:
            continue
        if calendar.pattern[(number + EPOCH_WEEKDAY) % 7]:
            yield Skipped(day, calendar.holidays[day])


def _local(at: int, who: Compiled) -> datetime:
    return instant(at).astimezone(zone(who.calendar.tz))
