"""The application, candidate, job and people that a generic webhook carries, as facts of its instant."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.ats import generic_body as said
from app.ats.canonical import Fact, FactKind, PersonFields, PersonRole
from app.ats.collected import Collected
from app.ats.fields import digest

_JOBS = {"job.opened": "open", "job.held": "on_hold", "job.closed": "closed"}
_ROLES = ("recruiters", "hiring_managers", "coordinators")


@dataclass(frozen=True, slots=True)
class Place:
    """When an event happened, and to whom."""

    told: said.Event
    at: datetime = field(init=False)
    application: str | None = field(init=False)
    candidate: str | None = field(init=False)
    job: str | None = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "at", self.told.occurred_at)
        for name in ("application", "candidate", "job"):
            about = getattr(self.told, name, None)
            object.__setattr__(self, name, about.id if about else None)


def event(kind: FactKind, place: Place, data: Mapping[str, Any] | None = None) -> Fact:
    """Something that happened to the application at that instant."""
    return snapshot(kind, f"application:{place.application}:{kind}", place, data or {})


def snapshot(kind: FactKind, subject: str, place: Place, data: Mapping[str, Any]) -> Fact:
    """Attributes as of that instant; the same words twice at one instant are one fact."""
    key = f"{subject}:as-of:{place.at.isoformat()}:{digest(data)}"
    return Fact(kind, key, place.at, place.application, place.candidate, place.job, data)


def people(into: Collected, members: Iterable[said.Person | None] | None) -> None:
    """Members of the hiring team."""
    for member in members or ():
        if member is not None:
            into.person(_person(PersonRole.MEMBER, member))


def application(told: said.Event, place: Place, into: Collected) -> None:
    """What the event says of its application, if it has one: attributes, people, and the stage."""
    one: said.Application | None = getattr(told, "application", None)
    if one is None or told.type == "application.deleted":
        return
    people(into, [one.recruiter, one.coordinator])
    data: dict[str, Any] = {
        "candidate": place.candidate,
        "job": place.job,
        "source": one.source,
        "tags": one.tags,
        "prospect": one.prospect,
        "url": one.url,
    }
    data = {name: value for name, value in data.items() if value is not None}
    for role in ("recruiter", "coordinator"):
        if role in one.model_fields_set:  # null says that there is nobody
            member: said.Person | None = getattr(one, role)
            data[role] = member.id if member else None
    if data:
        into.fact(snapshot(FactKind.APPLICATION_CHANGED, f"application:{one.id}", place, data))
    if one.applied_at:
        key = f"application:{one.id}:created"
        into.fact(Fact(FactKind.APPLICATION_CREATED, key, one.applied_at, one.id, place.candidate, place.job))
    _stage(told, one, place, into)


def _stage(told: said.Event, one: said.Application, place: Place, into: Collected) -> None:
    stage = one.stage
    if stage is None:
        return
    # An event that only mentions the stage came after its entry; the entry's own event is more exact.
    applied_at = one.applied_at if told.type == "application.created" else None
    at = stage.entered_at or applied_at or place.at
    stage_id = stage.id or stage.name
    data = {"stage_id": stage_id, "stage_name": stage.name}
    key = f"application:{one.id}:stage:{stage_id}:{at.isoformat()}"
    into.fact(Fact(FactKind.STAGE_CHANGED, key, at, one.id, place.candidate, place.job, data))


def candidate(told: said.Event, place: Place, into: Collected) -> None:
    """What the event says of its candidate, if it has one."""
    one = told.candidate
    if one is None:
        return
    into.person(_person(PersonRole.CANDIDATE, one))
    data = {
        name: value for name in ("can_email", "private", "tags") if (value := getattr(one, name)) is not None
    }
    if data:
        key = f"candidate:{one.id}:as-of:{place.at.isoformat()}:{digest(data)}"
        into.fact(Fact(FactKind.CANDIDATE_CHANGED, key, place.at, candidate=one.id, data=data))


def job(told: said.Event, place: Place, into: Collected) -> None:
    """What the event says of its job, if it has one."""
    one = told.job
    if one is None:
        return
    offices = one.offices
    data: dict[str, Any] = {
        "name": one.name,
        "status": _JOBS.get(told.type),
        "departments": one.departments,
        "offices": None if offices is None else [office.model_dump() for office in offices],
    }
    if told.type == "job.closed":
        data["closed_at"] = place.at.isoformat()
    if team := one.hiring_team:
        members = {role: getattr(team, role) or [] for role in _ROLES}
        for listed in members.values():
            people(into, listed)
        data["hiring_team"] = {role: [member.id for member in listed] for role, listed in members.items()}
    data = {name: value for name, value in data.items() if value is not None}
    if data:
        key = f"job:{one.id}:as-of:{place.at.isoformat()}:{digest(data)}"
        into.fact(Fact(FactKind.JOB_CHANGED, key, place.at, job=one.id, data=data))


def _person(role: PersonRole, one: said.Person) -> PersonFields:
    return PersonFields(
        role,
        one.id,
        first_name=one.first_name,
        last_name=one.last_name,
        name=one.name,
        email=one.email,
        time_zone=one.time_zone,
        locale=one.locale,
    )
