"""Clocks for tests: one policy, one occurrence, a week of office hours in UTC."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from app.sla.business_hours import Calendar
from app.sla.cases import RuleBook
from app.sla.clocks import History
from app.sla.policies import Policy, parse_policies
from app.sla.stops import Pause, Stop
from app.sla.triggers import Occurrence

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
OFFICE = Calendar.parse({"tz": "UTC", "week": {day: [["09:00", "17:00"]] for day in _WEEKDAYS}})
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""A Monday, the office just open."""
EIGHT_HOURS: dict[str, Any] = {
    "key": "a_promise",
    "name": "A promise",
    "starts": "application_created",
    "target": {"business_hours": 8},
    "met_by": ["contacted"],
    "cancelled_by": ["closed"],
    "warn": [{"percent": 50}],
    "escalate": [
        {"after": {"business_hours": 0}, "to": "recruiter"},
        {"after": {"business_hours": 8}, "to": "hiring_managers"},
    ],
}


def hours(number: float) -> datetime:
    """So many hours after the start."""
    return MONDAY + timedelta(hours=number)


def policy(**changes: Any) -> Policy:
    """Eight business hours, warned at half, escalated at the breach and a day later."""
    return parse_policies({"policies": [EIGHT_HOURS | changes]}).policies[0]


def history(
    *,
    met: Sequence[datetime] = (),
    cancelled: Sequence[datetime] = (),
    pauses: Sequence[tuple[datetime, datetime | None]] = (),
    start: datetime = MONDAY,
    **changes: Any,
) -> History:
    """The history of such a clock."""
    return History(
        policy(**changes),
        Occurrence("application", start),
        OFFICE,
        met=tuple(Stop(at, "contacted") for at in met),
        cancelled=tuple(Stop(at, "closed") for at in cancelled),
        pauses=tuple(Pause(since, until, "job not open") for since, until in pauses),
    )


def rule_book(*versions: tuple[datetime, dict[str, Any]]) -> RuleBook:
    """A rule book whose versions rule from these instants."""
    parsed = [(nth, since, parse_policies(document)) for nth, (since, document) in enumerate(versions, 1)]
    return RuleBook(parsed, {"office": OFFICE})
