"""The rows of the simulated Greenhouse, in the shape in which Harvest v3 lists them.

Webhook bodies are written from the same rows, so both doors tell the same story.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Row = dict[str, Any]

RESOURCES = (
    "applications",
    "application_stages",
    "job_interview_stages",
    "interviews",
    "interviewers",
    "scorecards",
    "offers",
    "users",
    "candidates",
    "jobs",
    "job_owners",
    "job_hiring_managers",
    "rejection_details",
    "rejection_reasons",
    "notes",
)


def written(at: datetime) -> str:
    """An instant as Harvest writes it: UTC with milliseconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def brief(at: str | None) -> str | None:
    """The same instant as webhooks write it: whole seconds."""
    return f"{at[:19]}Z" if at else None


@dataclass(slots=True)
class World:
    """Rows by resource and id. Ids grow through all resources, so no two things share one."""

    rows: dict[str, dict[int, Row]] = field(default_factory=lambda: {name: {} for name in RESOURCES})
    last_id: int = 7_000_000

    def add(self, resource: str, at: datetime, **values: Any) -> Row:  # noqa: ANN401 -- any JSON value
        """A new row with its id and times."""
        self.last_id += 1
        row = {"id": self.last_id, "created_at": written(at), "updated_at": written(at), **values}
        self.rows[resource][self.last_id] = row
        return row

    def change(self, resource: str, row_id: int, at: datetime, **values: Any) -> Row:  # noqa: ANN401 -- the same
        """The row with new values and a new ``updated_at``."""
        row = self.rows[resource][row_id]
        row.update(values, updated_at=written(at))
        return row

    def find(self, resource: str, **values: Any) -> list[Row]:  # noqa: ANN401 -- the same
        """The rows with these values, oldest first."""
        rows = self.rows[resource].values()
        return [row for row in rows if all(row.get(name) == value for name, value in values.items())]

    def one(self, resource: str, row_id: int) -> Row:
        """The row with that id; raises `KeyError`."""
        return self.rows[resource][row_id]

    def remove(self, resource: str, row_id: int) -> Row:
        """Takes the row away and returns it; raises `KeyError`."""
        return self.rows[resource].pop(row_id)

    def visit(self, application: int) -> Row | None:
        """The application's present stage visit."""
        visits = self.find("application_stages", application_id=application, current=True)
        return visits[-1] if visits else None
