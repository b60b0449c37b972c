"""Generated hiring histories: applications that come in, move, are interviewed, decided; from a seed.

About ten facts each, spread over the days given; as plain values for the benches to fill a database with.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

STAGES = {"1": "Application Review", "2": "Phone Screen", "3": "Onsite Interview", "4": "Offer"}
JOBS = 40
Row = dict[str, Any]


@dataclass
class History:
    """The facts of one application."""

    number: int
    at: datetime
    rng: random.Random
    facts: list[Row] = field(default_factory=list)

    @property
    def job(self) -> str:
        return str(1 + self.number % JOBS)

    def tell(self, kind: str, key: str, *, subject: str | None = None, **data: object) -> None:
        of = f"{10_000 + self.number}"
        self.facts.append(
            {
                "kind": kind,
                "key": f"{kind}:{of}:{key}",
                "placed_at": self.at,
                "application": of,
                "candidate": f"{50_000 + self.number}",
                "job": self.job,
                "subject": subject,
                "data": data,
            },
        )

    def wait(self, low: float, high: float) -> None:
        """So many hours pass."""
        self.at += timedelta(seconds=round(3600 * self.rng.uniform(low, high)))

    def move(self, stage: str) -> None:
        self.tell("stage_changed", f"{stage}:{len(self.facts)}", stage_id=stage, stage_name=STAGES[stage])

    def apply(self) -> None:
        self.tell("application_created", "")
        self.tell(
            "application_changed",
            "",
            candidate=f"{50_000 + self.number}",
            job=self.job,
            recruiter=str(70 + self.number % 9),
            status="active",
            prospect=False,
        )
        self.move("1")

    def interview(self) -> None:
        of, starts = f"{90_000 + self.number}", self.at + timedelta(hours=self.rng.randrange(24, 96))
        self.tell(
            "interview",
            "",
            subject=f"interview:{of}",
            interview_id=of,
            name="Onsite",
            status="scheduled",
            starts_at=starts.isoformat(),
            ends_at=(starts + timedelta(hours=1)).isoformat(),
        )
        self.tell(
            "interviewer", "", subject=f"scorecard:{of}", interview_id=of, user_id="77", scorecard_id=of
        )
        self.at = starts + timedelta(hours=1)
        self.wait(1, 60)
        self._submit(of)

    def _submit(self, card: str) -> None:
        self.tell(
            "scorecard",
            "",
            subject=f"scorecard:{card}",
            scorecard_id=card,
            interviewer="77",
            status="complete",
            submitted_at=self.at.isoformat(),
        )


def history(number: int, applied_at: datetime, seed: int) -> list[Row]:
    """One application's facts: most end in a rejection, some in a hire, some are still open."""
    told = History(number, applied_at, random.Random(seed * 1_000_003 + number))
    told.apply()
    fate = told.rng.random()
    told.wait(2, 140)
    if fate > 0.15:
        told.move("2")
        told.wait(12, 200)
    if fate > 0.3:
        told.move("3")
        told.interview()
        told.wait(4, 120)
    if fate > 0.9:
        told.move("4")
        told.wait(5, 60)
        told.tell("hired", "", offer_id="1")
    elif fate < 0.8:
        told.tell("rejected", "", reason="other", stage_id="3")
    return told.facts


def histories(count: int, *, since: datetime, until: datetime, seed: int = 11) -> Iterator[list[Row]]:
    """So many applications, arriving evenly in that span; nothing is told after its end."""
    step = (until - since) / count
    for number in range(count):
        told = history(number, since + step * number, seed)
        yield [fact for fact in told if fact["placed_at"] <= until]
