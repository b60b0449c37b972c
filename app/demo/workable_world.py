"""What there is in the simulated Workable, in the shapes of its API; webhooks show the same rows."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Row = dict[str, Any]

ACCOUNT = {"subdomain": "heardback-demo", "name": "Heardback Demo"}
REASONS = (
    {
        "id": "b20c01",
        "description": "Other candidates fit better",
        "candidate_withdrew": False,
        "position": 1,
    },
    {"id": "b20c02", "description": "Found another position", "candidate_withdrew": True, "position": 2},
)
_KINDS = ("sourced", "applied", "phone-screen", "assessment", "interview", "offer", "hired")


def written(at: datetime) -> str:
    """An instant as activities and events have it: UTC with milliseconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def brief(at: datetime) -> str:
    """The same instant as candidates and jobs have it: whole seconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def stage_row(name: str, place: int) -> Row:
    """A stage of a pipeline; one of a name of its own has no kind of its own."""
    slug = name.lower().replace(" ", "-")
    kind = slug if slug in _KINDS else "applied" if place == 1 else "shortlisted"
    number = 5_300_000 + place
    return {
        "id": number,
        "identifier": f"{number:x}",
        "slug": slug,
        "name": name,
        "kind": kind,
        "position": place,
    }


@dataclass(slots=True)
class World:
    """Rows by id; ids grow through all of them."""

    members: dict[str, Row] = field(default_factory=dict)
    jobs: dict[str, Row] = field(default_factory=dict)
    stages: dict[str, list[Row]] = field(default_factory=dict)
    """By the job's short code, in order."""
    teams: dict[str, dict[str, str]] = field(default_factory=dict)
    """By the job's short code: collaboration roles by member."""
    candidates: dict[str, Row] = field(default_factory=dict)
    activities: dict[str, list[Row]] = field(default_factory=dict)
    """By candidate, oldest first; comments stand among them."""
    events: dict[str, Row] = field(default_factory=dict)
    offers: dict[str, Row] = field(default_factory=dict)
    """By candidate: Workable shows the latest one only."""
    subscriptions: dict[int, Row] = field(default_factory=dict)
    last_id: int = 0x2A000000

    def new_id(self) -> str:
        """An id as Workable writes them."""
        self.last_id += 1
        return f"{self.last_id:x}"

    def change(self, candidate: str, at: datetime, **values: Any) -> Row:  # noqa: ANN401 -- any JSON value
        """The candidate with new values and a new ``updated_at``."""
        row = self.candidates[candidate]
        row.update(values, updated_at=brief(at))
        return row

    def act(self, candidate: str, action: str, at: datetime, **values: Any) -> Row:  # noqa: ANN401 -- the same
        """Something that stands in the candidate's activities."""
        stage = self.stage_of(self.candidates[candidate])
        row = {
            "id": self.new_id(),
            "action": action,
            "stage_name": stage["name"],
            "action_stage": shown(stage),
            "target_stage": None,
            "created_at": written(at),
            "updated_at": written(at),
            "body": None,
            **values,
        }
        self.activities[candidate].append(row)
        return row

    def stage_of(self, candidate: Row) -> Row:
        """Where the candidate stands."""
        return self.stage(candidate["job"]["shortcode"], candidate["stage"])

    def stage(self, job: str, name: str) -> Row:
        """The job's stage of that name; raises `StopIteration` where it has none."""
        return next(one for one in self.stages[job] if one["name"] == name)

    def team(self, job: str) -> list[Row]:
        """The job's members with their roles there."""
        return [
            {**self.members[member], "collaboration_role": role} for member, role in self.teams[job].items()
        ]


def shown(stage: Row) -> Row:
    """A stage as activities show it."""
    return {name: stage[name] for name in ("id", "identifier", "name", "slug")}
