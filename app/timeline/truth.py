"""What is true of one application, as values: the result of the fold, the input of the clocks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

_FAR = datetime(2290, 1, 1, tzinfo=UTC)
"""Beyond it calendars do not reach; such a date means never."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A fact at its place in the order: (time, key)."""

    kind: str
    key: str
    at: datetime
    data: Mapping[str, Any]
    source: str = "webhook"


@dataclass(frozen=True, slots=True)
class Visit:
    """One stay in one stage; `nth` counts the stays in the same stage, from 1."""

    stage_id: str
    stage_name: str
    kind: str
    nth: int
    entered_at: datetime
    left_at: datetime | None


@dataclass(frozen=True, slots=True)
class Interviewer:
    """Somebody who interviews, and when they gave their feedback."""

    member: str
    feedback_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Interview:
    """An interview that took or will take place; cancelled ones are left out."""

    id: str
    name: str | None
    starts_at: datetime | None
    ends_at: datetime | None
    status: str
    interviewers: tuple[Interviewer, ...]
    scheduled_at: datetime | None = None
    timed_at: datetime | None = None
    """Since when its present start is known."""
    moves: int = 0
    """How often its start has changed before."""
    nth: int = 1
    """How often it has had its present start: two where it was moved away and back."""

    @property
    def feedback_at(self) -> datetime | None:
        """When the last feedback came in; None while any is missing or nobody is known to owe one."""
        given = [i.feedback_at for i in self.interviewers]
        if not given or any(at is None for at in given):
            return None
        return max(at for at in given if at is not None)


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer, its newest version."""

    id: str
    version: int
    created_at: datetime
    sent_at: datetime | None
    resolved_at: datetime | None
    accepted: bool | None
    start_date: str | None


@dataclass(frozen=True, slots=True)
class Decision:
    """The application was closed: rejected, withdrawn, hired, deleted; and perhaps reopened."""

    kind: str
    nth: int
    at: datetime
    undone_at: datetime | None
    data: Mapping[str, Any]

    @property
    def told_from(self) -> datetime | None:
        """The instant before which nobody may tell the candidate of this rejection, if the ATS names one."""
        said = self.data.get("not_before") if self.kind == "rejected" else None
        return min(datetime.fromisoformat(said), _FAR) if said else None


@dataclass(frozen=True, slots=True)
class Said:
    """A message that reached its recipient, or must be taken to have."""

    kind: str
    reason: str
    step: str
    recipient: str
    at: datetime
    promised_at: datetime | None


@dataclass(frozen=True, slots=True)
class Act:
    """What a person did to a clock: done, pause, resume, snooze, move (a promised date)."""

    act: str
    clock: str
    at: datetime
    by: str
    reason: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class JobTruth:
    """The job as far as clocks and messages care."""

    external_id: str | None = None
    name: str | None = None
    status: str = "open"
    departments: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()
    recruiters: tuple[str, ...] = ()
    hiring_managers: tuple[str, ...] = ()
    coordinators: tuple[str, ...] = ()
    held: tuple[tuple[datetime, datetime | None], ...] = ()
    """When the job was not open, as spans; the last may be open-ended."""


@dataclass(frozen=True, slots=True)
class Truth:
    """Everything that is true of one application."""

    external_id: str
    candidate: str | None = None
    job: JobTruth = field(default_factory=JobTruth)
    status: str = "active"
    applied_at: datetime | None = None
    prospect: bool = False
    source: str | None = None
    tags: tuple[str, ...] = ()
    recruiter: str | None = None
    coordinator: str | None = None
    url: str | None = None
    candidate_zone: str | None = None
    """The candidate's own time zone, where the ATS gives one."""
    visits: tuple[Visit, ...] = ()
    interviews: tuple[Interview, ...] = ()
    offers: tuple[Offer, ...] = ()
    decisions: tuple[Decision, ...] = ()
    said: tuple[Said, ...] = ()
    acts: tuple[Act, ...] = ()
    snoozes: tuple[tuple[datetime, datetime | None], ...] = ()
    """When somebody put the application aside in the ATS, and until when."""

    @property
    def stage(self) -> Visit | None:
        return self.visits[-1] if self.visits else None

    @property
    def standing(self) -> Decision | None:
        """The decision that holds now, if any."""
        last = self.decisions[-1] if self.decisions else None
        return last if last and last.undone_at is None else None

    @property
    def interviewed(self) -> bool:
        return bool(self.interviews) or any(v.kind == "interview" and v.left_at for v in self.visits)
