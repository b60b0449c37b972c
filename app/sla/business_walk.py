"""Walking the windows: due and back across pauses and a succession of calendars, in whole microseconds."""

from app.errors import BeyondHorizon, CalendarNeverOpens, HeardbackError, StillPaused
from app.sla.business_table import FOREVER, HORIZON, Compiled
from app.sla.business_windows import Hours, Pauses, held_from, united, windows


def due_us(hours: Hours, start: int, target: int, pauses: Pauses = ()) -> int:
    """The earliest instant with ``target`` open microseconds since ``start``; raises as ``calendar.due``."""
    if not pauses and (whole := united(hours)):
        return whole.due_us(start, target)
    if not target:
        return start
    limit, left = start + HORIZON, target
    for low, high, who in windows(hours, pauses, start, FOREVER):
        if low > limit:
            break
        if high == FOREVER:
            return _last_leg(who, low, left, limit, counted=left < target)
        counted = who.elapsed_us(low, min(high, limit + 1))
        if counted >= left:
            return who.due_us(low, left, limit)
        left -= counted
    raise no_answer(pauses, limit, counted=left < target)


def back_us(hours: Hours, end: int, target: int, pauses: Pauses = ()) -> int:
    """The latest instant with ``target`` open microseconds before ``end``; raises as ``calendar.back``."""
    if not pauses and (whole := united(hours)):
        return whole.back_us(end, target)
    if not target:
        return end
    limit, left = end - HORIZON, target
    for low, high, who in reversed(list(windows(hours, pauses, limit, end))):
        counted = who.elapsed_us(low, high)
        if counted >= left:
            return who.back_us(high, left, limit)
        left -= counted
    raise _refusal(counted=left < target)


def no_answer(pauses: Pauses, limit: int, *, counted: bool) -> HeardbackError:
    """The error for a target that was not reached by ``limit``."""
    return StillPaused() if held_from(pauses) <= limit else _refusal(counted=counted)


def _last_leg(who: Compiled, low: int, left: int, limit: int, *, counted: bool) -> int:
    try:
        return who.due_us(low, left, limit)
    except CalendarNeverOpens:
        raise _refusal(counted=counted) from None


def _refusal(*, counted: bool) -> HeardbackError:
    return BeyondHorizon() if counted else CalendarNeverOpens()
