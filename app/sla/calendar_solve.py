"""Business-time problems as JSON values, and their answers: what ``heardback calendar solve`` prints."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from app.errors import BeyondHorizon, CalendarNeverOpens, HeardbackError, InvalidCalendar, StillPaused
from app.sla.business_hours import Calendar
from app.sla.business_tell import WEEKDAYS
from app.sla.business_windows import Hours, Pauses
from app.sla.calendar import back, due, due_days, elapsed, is_open, local, next_open, remaining

SHORT_ERRORS: dict[type[Exception], str] = {
    CalendarNeverOpens: "never",
    BeyondHorizon: "horizon",
    StillPaused: "paused",
}


def answers(calendars: Mapping[str, Any], cases: list[Any]) -> Iterator[dict[str, Any]]:
    """One answer or error for each case, in order; a bad case costs only its own line."""
    known: dict[str, Calendar] = {}

    def calendar(named: Any) -> Calendar:  # noqa: ANN401 - JSON
        if isinstance(named, Mapping):
            return Calendar.parse(named, may_never_open=True)
        if not isinstance(named, str) or named not in calendars:
            raise InvalidCalendar(f"There is no calendar {named!r}.", field="calendar")
        if named not in known:
            # A closed calendar has an answer to some questions: how much of last week was open?
            known[named] = Calendar.parse(calendars[named], may_never_open=True)
        return known[named]

    for case in cases:
        identity = case.get("id") if isinstance(case, Mapping) else None
        try:
            yield {"id": identity, "answer": _answer(case, calendar)}
        except HeardbackError as refused:
            yield {"id": identity, "error": _short(refused)}
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as broken:
            yield {"id": identity, "error": f"bad-case: {broken!r}"}


def _answer(case: Mapping[str, Any], calendar: Callable[[Any], Calendar]) -> dict[str, Any]:
    named, op = case["calendar"], case["op"]
    if isinstance(named, list):
        hours: Hours = [(_at(at), calendar(who)) for at, who in named]
    else:
        hours = calendar(named)
    pauses: Pauses = [(_at(p[0]), None if p[1] is None else _at(p[1])) for p in case.get("pauses") or ()]
    match op:
        case "due":
            found = due(hours, _at(case["start"]), _number(case["seconds"]), pauses)
        case "back":
            found = back(hours, _at(case["end"]), _number(case["seconds"]), pauses)
        case "due_days":
            found = due_days(hours, _at(case["start"]), _days(case["days"]), pauses)
        case "next_open":
            found = next_open(hours, _at(case["start"]))
        case "elapsed":
            return {"seconds": elapsed(hours, _at(case["start"]), _at(case["end"]), pauses)}
        case "remaining":
            return {"seconds": remaining(hours, _at(case["start"]), _at(case["end"]), pauses)}
        case "is_open":
            return {"open": is_open(hours, _at(case["start"]))}
        case _:
            raise ValueError(f"unknown op {op!r}")
    there = local(hours, found)
    return {
        "utc": found.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "local": there.isoformat(),
        "local_day": WEEKDAYS[there.weekday()],
    }


def _at(raw: Any) -> datetime:  # noqa: ANN401 - JSON
    at = datetime.fromisoformat(raw)
    if at.tzinfo is None:
        raise ValueError(f"{raw} has no offset")
    return at


def _number(raw: Any) -> float:  # noqa: ANN401 - JSON
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise TypeError(f"{raw!r} is not a number")
    return raw


def _days(raw: Any) -> int:  # noqa: ANN401 - JSON
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise TypeError(f"{raw!r} is not a number of days")
    return raw


def _short(refused: HeardbackError) -> str:
    short = SHORT_ERRORS.get(type(refused))
    return short or f"{refused.code}: {refused.detail}"
