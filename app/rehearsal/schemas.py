"""Rehearsals as callers ask for them and see them."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field

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


class DiffShown(Shown):
    """What the rules would change; nothing was written."""

    counts: dict[str, int]
    differences: list[DifferenceShown] = Field(description="At most 500; `counts` tells of all.")

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "counts": {"moved": 1},
                    "differences": [
                        {
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
                        },
                    ],
                },
            ],
        },
    )


class BacktestAsked(Given):
    """Rules to play over the history that is stored."""

    document: dict[str, Any]
    days: int = Field(default=90, ge=1, le=730, description="How far back.")


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


class WeekCounted(Shown):
    """Messages of the week that begins on that Monday (UTC)."""

    monday: date
    candidate: int
    team: int


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


class BacktestShown(Shown):
    """Two rule books over the same history."""

    since: datetime
    until: datetime
    applications: int
    facts: int
    present: Counted
    proposed: Counted
    assumptions: list[str]


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
