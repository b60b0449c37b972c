"""Many due times at once, for recomputing every open clock after a calendar, policy or tzdata change."""

import importlib
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import lru_cache
from itertools import repeat
from typing import Any

from app.errors import BeyondHorizon, CalendarNeverOpens, InvalidSpan
from app.sla.business_hours import Calendar
from app.sla.business_table import HORIZON, MICRO, Table, compiled
from app.sla.business_walk import due_us
from app.sla.business_windows import Hours

Columns = tuple[list[int], list[int], list[int]]
"""Of a table, in seconds: openings, closings, and what to add to an instant to have its running sum."""


def due_many(hours: Hours, starts: Sequence[int], seconds: int | Sequence[int]) -> list[int]:
    """The due time of each start, all in whole epoch seconds; ``seconds`` is one target or one a row.

    Uses numpy when it is installed and plain Python otherwise; the answers are the same. Raises what ``due``
    raises as soon as one row has no answer, so that a caller repeats the rows one by one to find it.
    """
    if not isinstance(seconds, int) and len(seconds) != len(starts):
        raise InvalidSpan("Give one target, or as many as there are starts.")
    if not starts:
        return []
    least, most = (seconds, seconds) if isinstance(seconds, int) else (min(seconds), max(seconds))
    table = _reaching(hours, min(starts), max(starts), most) if least > 0 else None
    if table is None:
        rows = zip(starts, repeat(seconds) if isinstance(seconds, int) else seconds, strict=False)
        return [due_us(hours, start * MICRO, target * MICRO) // MICRO for start, target in rows]
    return _vector(table, starts, seconds) if _numpy() else _plain(table, starts, seconds)


def _reaching(hours: Hours, first: int, last: int, most: int) -> Table | None:
    """A table that holds every answer, none of them too far away; None where rows must be asked one by one.

    Answers grow with the start and with the target, so the latest start with the largest target bounds them.
    """
    if not isinstance(hours, Calendar):
        return None
    who = compiled(hours)
    try:
        bound = who.due_us(last * MICRO, most * MICRO)
    except (BeyondHorizon, CalendarNeverOpens):
        return None
    return who.cover(first * MICRO, bound) if bound <= first * MICRO + HORIZON else None


def _plain(table: Table, starts: Sequence[int], seconds: int | Sequence[int]) -> list[int]:
    opens, closes, ahead = _columns(table)
    before = [opening + more for opening, more in zip(opens, ahead, strict=True)]
    targets = repeat(seconds) if isinstance(seconds, int) else seconds
    # A start after the close counts only up to it.
    counts = [
        (min(closes[i - 1], start)) + ahead[i - 1] + target
        for start, target, i in zip(starts, targets, map(bisect_right, repeat(opens), starts), strict=False)
    ]
    places = map(bisect_left, repeat(before), counts)
    return [count - ahead[i - 1] for count, i in zip(counts, places, strict=False)]


def _vector(table: Table, starts: Sequence[int], seconds: int | Sequence[int]) -> list[int]:
    numpy = _numpy()
    opens, closes, ahead = (numpy.array(column, dtype="i8") for column in _columns(table))
    start, target = numpy.array(starts, dtype="i8"), numpy.array(seconds, dtype="i8")
    i = numpy.searchsorted(opens, start, side="right") - 1
    count = numpy.minimum(start, closes[i]) + ahead[i] + target
    answers: list[int] = (count - ahead[numpy.searchsorted(opens + ahead, count, side="left") - 1]).tolist()
    return answers


def _columns(table: Table) -> Columns:
    opens, closes, before = (
        [at // MICRO for at in column] for column in (table.opens, table.closes, table.before)
    )
    return opens, closes, [sofar - opening for opening, sofar in zip(opens, before, strict=True)]


@lru_cache(maxsize=1)
def _numpy() -> Any:  # noqa: ANN401 - None, or a module that is not there for the type checker
    try:
        return importlib.import_module("numpy")
    except ImportError:
        return None
