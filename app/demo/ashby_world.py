"""What is in the simulated Ashby, in the shapes of its API; webhooks are written from the same rows."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Row = dict[str, Any]

RESOURCES = (
    "users",
    "jobs",
    "candidates",
    "applications",
    "interviews",
    "schedules",
    "feedback",
    "offers",
    "notes",
    "emails",
    "tags",
    "webhooks",
)
REASONS = {
    "RejectedByOrg": "Lacks skills",
    "RejectedByCandidate": "Found another job",
    "Other": "Position closed",
}


def written(at: datetime) -> str:
    """An instant as Ashby writes it: UTC with milliseconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def encoded(action: str, action_id: str, data: Row) -> bytes:
    """The bytes of a webhook."""
    return json.dumps({"webhookActionId": action_id, "action": action, "data": data}).encode()


@dataclass(slots=True)
class World:
    """Rows by resource and id, each with the place of its last change."""

    rows: dict[str, dict[str, Row]] = field(default_factory=lambda: {name: {} for name in RESOURCES})
    stages: dict[str, list[Row]] = field(default_factory=dict)
    """The stages of a job's interview plan, in order; the archive is the last."""
    changed: dict[str, int] = field(default_factory=dict)
    place: int = 0

    def new_id(self) -> str:
        """An id that nothing else has; the same in every run."""
        self.place += 1
        return str(uuid.UUID(int=(0xA5B1 << 112) | (4 << 76) | (8 << 60) | self.place))

    def add(self, resource: str, at: datetime, **values: Any) -> Row:  # noqa: ANN401 -- any JSON value
        """A new row with its id and times."""
        row = {"id": self.new_id(), "createdAt": written(at), "updatedAt": written(at), **values}
        self.rows[resource][row["id"]] = row
        self.changed[row["id"]] = self.place
        return row

    def change(self, resource: str, row_id: str, at: datetime, **values: Any) -> Row:  # noqa: ANN401 -- the same
        """The row with new values and a new ``updatedAt``."""
        row = self.rows[resource][row_id]
        row.update(values, updatedAt=written(at))
        self.place += 1
        self.changed[row_id] = self.place
        return row

    def find(self, resource: str, **values: Any) -> list[Row]:  # noqa: ANN401 -- the same
        """The rows with these values, oldest first."""
        rows = self.rows[resource].values()
        return [row for row in rows if all(row.get(name) == value for name, value in values.items())]

    def one(self, resource: str, row_id: str) -> Row:
        """The row with that id; raises `KeyError`."""
        return self.rows[resource][row_id]

    def stage(self, job: str, title: str) -> Row:
        """The job's stage of that name; raises `StopIteration`."""
        return next(one for one in self.stages[job] if one["title"] == title)

    def plan(self, job: str, titles: Sequence[str]) -> None:
        """Gives a job its stages; those for the hired and the archived come by themselves."""
        plan, rows = self.new_id(), []
        for order, title in enumerate(
            [*(one for one in titles if one not in ("Hired", "Archived")), "Hired", "Archived"]
        ):
            kind = title if title in ("Hired", "Archived", "Offer") else "Active"
            kind = "PreInterviewScreen" if order == 0 else kind
            rows.append(
                {
                    "id": self.new_id(),
                    "title": title,
                    "type": kind,
                    "orderInInterviewPlan": order,
                    "interviewStageGroupId": None,
                    "interviewPlanId": plan,
                }
            )
        self.stages[job] = rows

    def enter(self, application: str, stage: Row, at: datetime, **values: Any) -> Row:  # noqa: ANN401 -- the same
        """The application enters a stage and leaves the one in which it was."""
        history = self.one("applications", application)["applicationHistory"]
        if history:
            history[-1]["leftStageAt"] = written(at)
        visit = {
            "id": self.new_id(),
            "stageId": stage["id"],
            "title": stage["title"],
            "stageNumber": len(history),
        }
        history.append({**visit, "enteredStageAt": written(at), "allowedActions": ["none"], "actorId": None})
        return self.change("applications", application, at, currentInterviewStage=stage, **values)

    def told(self, application: str) -> Row:
        """An application as webhooks and lists tell it: without its history."""
        row = self.one("applications", application)
        return {name: value for name, value in row.items() if name != "applicationHistory"}

    def told_schedule(self, schedule: Row) -> Row:
        """A schedule as webhooks tell it: with what its interviews are."""
        events = [
            {**event, "interview": self.one("interviews", event["interviewId"])}
            for event in schedule["interviewEvents"]
        ]
        return {**schedule, "interviewEvents": events}
