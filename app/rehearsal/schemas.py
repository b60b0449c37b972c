"""Rehearsals as callers ask for them and see them."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field, JsonValue

from app.followups.schemas import PoliciesNew
from app.rehearsal.tally import COUNTS, Tally
from app.schemas import Given, Shown

ASSUMPTIONS = (
    "Both rule books are played as if they had always ruled, on the calendars as they are now.",
    "A message leaves at its release, and a date that it promises starts a clock, as live.",
    "Verdicts are given at once, missing facts are supplied, and everybody may be written to.",
    "Facts count from when they came true, not from when they were heard.",
    "Marks that people made on clocks count under both rule books.",
)
"""What a backtest takes for granted."""


_DOCUMENT: JsonValue = {
    "calendar": "office",
    "policies": [
        {
            "key": "acknowledge_application",
            "name": "Acknowledge an application",
            "starts": "application_created",
            "target": {"business_hours": 4},
            "met_by": ["contacted", "decided"],
        },
    ],
}
_DIFFERENCE: JsonValue = {
    "application": "app_01jd2q8z6w3k7m9p5r1t0v4x2y",
    "policy": "acknowledge_application",
    "occurrence": "application",
    "what": "moved",
    "state_before": "running",
    "state_after": "running",
    "due_before": "2026-11-20T16:00:00Z",
    "due_after": "2026-11-20T12:00:00Z",
    "breach": None,
    "planned": [],
    "cancelled": [],
}
_POLICY: dict[str, JsonValue] = {
    "clocks": 120,
    "kept": 110,
    "late": 4,
    "warned": 12,
    "breached": 6,
    "cancelled": 3,
    "open": 1,
    "on_time": 0.948,
}
_WEEK: JsonValue = {"monday": "2026-11-16", "candidate": 130, "team": 41}
_COUNTED: dict[str, JsonValue] = {
    "policies": {"acknowledge_application": _POLICY},
    "on_time": 0.948,
    "messages": {"application_received": 120, "clock_breached": 6},
    "to_candidates": 120,
    "to_team": 6,
    "per_candidate": 1.0,
    "most_to_one_candidate": 1,
    "unaddressed": 0,
    "weeks": [_WEEK],
}


def _example(value: JsonValue) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [value]})


class DiffAsked(PoliciesNew):
    """Rules that are not applied: what would they change about the clocks that are open now?"""


class DifferenceShown(Shown):
    """One clock that would be another."""

    application: str
    policy: str
    occurrence: str
    what: Literal["newly_owed", "no_longer_owed", "moved", "changed"]
    state_before: str | None
    state_after: str | None
    due_before: datetime | None
    due_after: datetime | None
    breach: Literal["recorded", "voided"] | None = Field(description="A breach that would be.")
    planned: list[str] = Field(description="Kinds of message that would be planned.")
    cancelled: list[str] = Field(description="Kinds of planned message that would be cancelled.")

    model_config = _example(_DIFFERENCE)


class DiffShown(Shown):
    """What the rules would change; nothing was written."""

    counts: dict[str, int]
    differences: list[DifferenceShown] = Field(description="At most 500; `counts` tells of all.")

    model_config = _example({"counts": {"moved": 1}, "differences": [_DIFFERENCE]})


class BacktestAsked(Given):
    """Rules to play over the history that is stored."""

    document: dict[str, Any]
    days: int = Field(default=90, ge=1, le=730, description="How far back.")

    model_config = _example({"document": _DOCUMENT, "days": 90})


class PolicyCounted(Shown):
    """The clocks of one policy."""

    clocks: int
    kept: int
    late: int
    warned: int
    breached: int
    cancelled: int
    open: int
    on_time: float | None = Field(description="Met in time, among met in time or breached.")

    model_config = _example(_POLICY)


class WeekCounted(Shown):
    """Messages of the week that begins on that Monday (UTC)."""

    monday: date
    candidate: int
    team: int

    model_config = _example(_WEEK)


class Counted(Shown):
    """What one rule book comes to."""

    policies: dict[str, PolicyCounted]
    on_time: float | None
    messages: dict[str, int] = Field(description="By kind.")
    to_candidates: int
    to_team: int
    per_candidate: float
    most_to_one_candidate: int
    unaddressed: int = Field(description="Messages for which no person is known.")
    weeks: list[WeekCounted]

    model_config = _example(_COUNTED)


class BacktestShown(Shown):
    """Two rule books over the same history."""

    since: datetime
    until: datetime
    applications: int
    facts: int
    present: Counted
    proposed: Counted
    assumptions: list[str]

    model_config = _example(
        {
            "since": "2026-08-22T09:00:00Z",
            "until": "2026-11-20T09:00:00Z",
            "applications": 120,
            "facts": 610,
            "present": _COUNTED,
            "proposed": _COUNTED,
            "assumptions": list(ASSUMPTIONS),
        },
    )


def counted(tally: Tally) -> Counted:
    """The tally as it is shown."""
    return Counted(
        policies={
            policy: PolicyCounted(**{name: counts[name] for name in COUNTS}, on_time=tally.on_time(policy))
            for policy, counts in sorted(tally.clocks.items())
        },
        on_time=tally.on_time(),
        messages=dict(sorted(tally.kinds.items())),
        to_candidates=tally.sent("candidate"),
        to_team=tally.sent("team"),
        per_candidate=round(tally.per_candidate, 3),
        most_to_one_candidate=tally.most_to_one,
        unaddressed=tally.unaddressed,
        weeks=[
            WeekCounted(monday=monday, candidate=counts["candidate"], team=counts["team"])
            for monday, counts in sorted(tally.weeks.items())
        ],
    )
