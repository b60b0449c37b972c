"""Many due times at once, for recomputing every open clock after a calendar, policy or tzdata change."""

import importlib
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import lru_cache
from itertools import repeat
from types import ModuleType
from typing import Any

from app.errors import BeyondHorizon, CalendarNeverOpens, InvalidSpan
from app.sla.business_hours import Calendar
from app.sla.business_table import HORIZON, MICRO, Table, compiled
from app.sla.business_walk import due_us
from app.sla.business_windows import Hours

SIX_YEARS = HORIZON // MICRO


def due_many(hours: Hours, starts: Sequence[int], seconds: int | Sequence[int]) -> list[int]:
    """The due time of each start, all in whole epoch seconds; ``seconds`` is one target or one a row.

    Uses numpy when it is installed and plain Python otherwise; the answers are the same. Raises what ``due``
    raises as soon as one row has no answer, so that a caller repeats the rows one by one to find it.
    """
    targets = [seconds] * len(starts) if isinstance(seconds, int) else seconds
    if len(targets) != len(starts):
        raise InvalidSpan("Give one target, or as many as there are starts.")
    if not len(starts):
        return []
    table = _reaching(hours, starts, targets)
    if table is None:
        rows = zip(starts, targets, strict=True)
        return [due_us(hours, start * MICRO, target * MICRO) // MICRO for start, target in rows]
    numpy = _numpy()
    answers = _vector(numpy, table, starts, targets) if numpy else _plain(table, starts, targets)
    far = max(answers) - min(starts) > SIX_YEARS
    if far and max(map(int.__sub__, answers, starts)) > SIX_YEARS:
        raise BeyondHorizon
    return answers


def _reaching(hours: Hours, starts: Sequence[int], targets: Sequence[int]) -> Table | None:
    """A table that holds every answer; None where rows must be asked one by one.

    Answers grow with the start and with the target, so the latest start with the largest target bounds them.
    """
    first, last, most = min(starts) * MICRO, max(starts) * MICRO, max(targets) * MICRO
    if not isinstance(hours, Calendar) or min(targets) < 0:
        return None
    who = compiled(hours)
    who.cover(first, last)
    try:
        return who.cover(first, who.due_us(last, most))
    except (BeyondHorizon, CalendarNeverOpens):
        return None


def _plain(table: Table, starts: Sequence[int], targets: Sequence[int]) -> list[int]:
    opens, closes, before = _in_seconds(table)
    # Adding ``ahead`` to an instant gives its count; a start after the close counts only up to it.
    ahead = [sofar - opening for opening, sofar in zip(opens, before, strict=True)]
    counts = [
        (min(closes[i - 1], start)) + ahead[i - 1] + target
        for start, target, i in zip(starts, targets, map(bisect_right, repeat(opens), starts), strict=False)
    ]
    places = map(bisect_left, repeat(before), counts)
    answers = [count - ahead[j - 1] for count, j in zip(counts, places, strict=False)]
    if 0 in targets:
        rows = zip(answers, starts, targets, strict=True)
        return [answer if target else start for answer, start, target in rows]
    return answers


def _in_seconds(table: Table) -> tuple[list[int], list[int], list[int]]:
    opens, closes, before = (
        [at // MICRO for at in column] for column in (table.opens, table.closes, table.before)
    )
    return opens, closes, before


def _vector(numpy: Any, table: Table, starts: Sequence[int], targets: Sequence[int]) -> list[int]:  # noqa: ANN401 - numpy is optional
    opens, closes, before = (numpy.array(column, dtype="i8") for column in _in_seconds(table))
    start, target = numpy.asarray(starts, dtype="i8"), numpy.asarray(targets, dtype="i8")
    i = numpy.searchsorted(opens, start, side="right") - 1
    count = numpy.minimum(start, closes[i]) - opens[i] + before[i] + target
    j = numpy.searchsorted(before, count, side="left") - 1
    answers: list[int] = numpy.where(target == 0, start, opens[j] + count - before[j]).tolist()
    return answers


@lru_cache(maxsize=1)
def _numpy() -> ModuleType | None:
    try:
        return importlib.import_module("numpy")
    except ImportError:
        return None
