"""The rows of the simulated SmartRecruiters, in the shapes in which its API tells them."""

import random
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Row = dict[str, Any]
Pair = tuple[str, str]
"""A candidate and a job: that is what an application is here."""

API = "https://api.smartrecruiters.com"
NOBODY = str(uuid.UUID(int=0))


def written(at: datetime) -> str:
    """An instant as the API writes it: UTC with milliseconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def status_of(stage: str, place: int) -> str:
    """The vendor's status under which a company would have a step of that name."""
    said = stage.lower()
    if "offer" in said:
        return "OFFERED"
    if any(word in said for word in ("interview", "screen", "call", "site", "panel")):
        return "INTERVIEW"
    return "IN_REVIEW" if place else "NEW"


@dataclass(slots=True)
class World:
    """Everything by id. Ids are drawn from a seed, so that a round can be played again."""

    users: dict[str, Row] = field(default_factory=dict)
    jobs: dict[str, Row] = field(default_factory=dict)
    teams: dict[str, list[Row]] = field(default_factory=dict)
    stages: dict[str, list[str]] = field(default_factory=dict)
    candidates: dict[str, Row] = field(default_factory=dict)
    applications: dict[Pair, Row] = field(default_factory=dict)
    history: dict[Pair, list[Row]] = field(default_factory=dict)
    interviews: dict[str, Row] = field(default_factory=dict)
    reviews: dict[str, Row] = field(default_factory=dict)
    offers: dict[str, Row] = field(default_factory=dict)
    messages: list[Row] = field(default_factory=list)
    subscriptions: dict[str, Row] = field(default_factory=dict)
    secret_keys: dict[str, list[str]] = field(default_factory=dict)
    _ids: random.Random = field(default_factory=lambda: random.Random(11))  # noqa: S311 -- ids, no secrets

    def new_id(self) -> str:
        """A fresh id."""
        return str(uuid.UUID(int=self._ids.getrandbits(128), version=4))

    def candidate(self, candidate: str) -> Row:
        """The candidate as the API shows them, with where they stand in each job."""
        assignments = [
            {"job": {"id": job, "title": self.jobs[job]["title"]}, **self._standing((of, job))}
            for of, job in self.applications
            if of == candidate
        ]
        shown = self.candidates[candidate] | {"secondaryAssignments": assignments[1:]}
        return shown | ({"primaryAssignment": assignments[0]} if assignments else {})

    def _standing(self, pair: Pair) -> Row:
        row = self.applications[pair]
        return {"status": row["status"], "subStatus": row["subStatus"]}

    def enter(self, pair: Pair, status: str, sub_status: str | None, at: datetime, **details: object) -> None:
        """The application's status from now on."""
        self.applications[pair] |= {
            "status": status,
            "subStatus": sub_status,
            "reasonOfRejection": None,
            "reasonOfWithdrawal": None,
            **details,
        }
        self.history.setdefault(pair, []).append(
            {"changedOn": written(at), "status": status, "subStatus": sub_status, "actions": {}}
        )
        self.candidates[pair[0]]["updatedOn"] = written(at)

    def remove(self, candidate: str) -> None:
        """The candidate with everything about them."""
        del self.candidates[candidate]
        for pair in [pair for pair in self.applications if pair[0] == candidate]:
            del self.applications[pair], self.history[pair]
        mine = {"candidateId": candidate}
        for rows in (self.interviews, self.reviews, self.offers):
            for key in [key for key, row in rows.items() if mine.items() <= row.items()]:
                del rows[key]


def offer_links(row: Row) -> Row:
    """An offer names its candidate and job by the addresses of its links only."""
    path = f"{API}/candidates/{row['candidateId']}"
    return {
        "candidate": {"url": path, "method": "GET"},
        "job": {"url": f"{API}/jobs/{row['jobId']}", "method": "GET"},
        "details": {"url": f"{path}/jobs/{row['jobId']}/offers/{row['id']}", "method": "GET"},
    }
