"""Ashby's application object, as facts and people: webhooks and the API write it alike.

Every webhook about an application carries all of it, so each one tells everything it knows: one that was lost
is made good by the next.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.ats.ashby_facts import candidate_person, hiring_team, job_data, member_person
from app.ats.canonical import Fact, FactKind
from app.ats.collected import Collected
from app.ats.fields import Json, child, children, digest, identity, instant, needed, stamp, stamped, text
from app.ats.told import created, snapshot

Ids = tuple[str, str, str | None]

_BY_CANDIDATE = "RejectedByCandidate"
_ARCHIVED = "archived"


def collect_application(into: Collected, application: Json, *, new: bool = False) -> Ids:
    """Gathers all that an application says, and gives the ids of application, candidate and job.

    ``new`` says that it was only just made, so that its first stage was entered then. Where the object has a
    history (from the API), stages are read from that. Raises `MalformedBody` where it or its candidate has no
    id.
    """
    application_id = needed(application, "id", "The application")
    candidate = child(application, "candidate")
    candidate_id = needed(candidate, "id", "The candidate")
    job = child(application, "job")
    ids = application_id, candidate_id, identity(job.get("id"))
    made, at = instant(application.get("createdAt")), instant(application.get("updatedAt"))
    if made:
        into.fact(created(application_id, made, *ids[1:]))
    into.person(candidate_person(candidate, candidate_id))
    team = [*children(application, "hiringTeam")]
    collect_members(into, team, "userId")
    collect_job(into, {**job, "hiringTeam": team}, at)
    into.fact(_attributes(application, ids, team, at))
    history = [*children(application, "applicationHistory")]
    if not history or not _collect_visits(into, application, ids, history):
        _collect_stage(into, application, ids, (made or at) if new else at)
    if application.get("status") == "Archived":
        into.fact(_ending(application, ids, instant(application.get("archivedAt")) or at))
    return ids


def collect_members(into: Collected, members: Sequence[Json], id_field: str) -> None:
    """Gathers people of the company; those without an id are passed over."""
    for member in members:
        if user := identity(member.get(id_field)):
            into.person(member_person(member, user))


def collect_job(into: Collected, job: Json, at: datetime | None) -> None:
    """Gathers a job as of that instant; one without an id is passed over."""
    if job_id := identity(job.get("id")):
        into.fact(snapshot(FactKind.JOB_CHANGED, f"job:{job_id}", job_data(job), at, job=job_id))


def hired_at(application: Json) -> datetime | None:
    """When the stage in which it now is was entered; None without a history."""
    entries = [instant(visit.get("enteredStageAt")) for visit in children(application, "applicationHistory")]
    return max((entry for entry in entries if entry), default=None)


def _attributes(application: Json, ids: Ids, team: Sequence[Json], at: datetime | None) -> Fact:
    data: dict[str, Any] = {"candidate": ids[1], "job": ids[2]}
    if "hiringTeam" in application:
        roles = hiring_team(team)
        data["recruiter"] = next(iter(roles.get("recruiters", ())), None)
        data["coordinator"] = next(iter(roles.get("coordinators", ())), None)
    if "source" in application:
        data["source"] = text(child(application, "source").get("title"))
    said = text(application.get("status"))
    if said in ("Lead", "Active"):
        data["prospect"] = said == "Lead"
    if status := _status(application, said):
        data["status"] = status
    return snapshot(
        FactKind.APPLICATION_CHANGED,
        f"application:{ids[0]}",
        data,
        at,
        application=ids[0],
        candidate=ids[1],
        job=ids[2],
    )


def _status(application: Json, said: str | None) -> str | None:
    if said == "Archived":
        return "withdrawn" if _by_candidate(application) else "rejected"
    return {"Active": "active", "Lead": "active", "Hired": "hired"}.get(said or "")


def _by_candidate(application: Json) -> bool:
    return child(application, "archiveReason").get("reasonType") == _BY_CANDIDATE


def _collect_stage(into: Collected, application: Json, ids: Ids, at: datetime | None) -> None:
    stage = child(application, "currentInterviewStage")
    stage_id, name = identity(stage.get("id")), text(stage.get("title"))
    # Archiving is a decision, not a stage: the stage from which it was taken stays the last one.
    if stage_id and not _is_archive(text(stage.get("type")), name):
        data = {"stage_id": stage_id, "stage_name": name}
        key = f"application:{ids[0]}:stage:{stage_id}:{stamp(at) or ''}"
        into.fact(Fact(FactKind.STAGE_CHANGED, key, at, *ids, data))


def _collect_visits(into: Collected, application: Json, ids: Ids, history: Sequence[Json]) -> bool:
    """One fact a visit with its true times; whether there was any."""
    present = child(application, "currentInterviewStage")
    found = False
    for visit in history:
        visit_id, stage_id = identity(visit.get("id")), identity(visit.get("stageId"))
        entered_at = instant(visit.get("enteredStageAt"))
        if visit_id is None or stage_id is None or entered_at is None:
            continue
        found = True
        kind = text(present.get("type")) if identity(present.get("id")) == stage_id else None
        if not _is_archive(kind, text(visit.get("title"))):
            into.fact(_visit(visit, visit_id, stage_id, ids, entered_at))
    return found


def _visit(visit: Json, visit_id: str, stage_id: str, ids: Ids, entered_at: datetime) -> Fact:
    left_at = stamped(visit.get("leftStageAt"))
    data = {
        "visit_id": visit_id,
        "stage_id": stage_id,
        "stage_name": text(visit.get("title")),
        "entered_at": stamp(entered_at),
        "exited_at": left_at,
        "current": left_at is None,
    }
    # A visit that ended sorts after the same visit while it lasted.
    state = f"exited:{left_at}" if left_at else "entered"
    key = f"application:{ids[0]}:visit:{visit_id}:{state}:{digest(data)}"
    return Fact(FactKind.STAGE_ENTERED, key, entered_at, *ids, data)


def _is_archive(kind: str | None, name: str | None) -> bool:
    return (kind or name or "").lower() == _ARCHIVED


def _ending(application: Json, ids: Ids, at: datetime | None) -> Fact:
    """A rejection, or a withdrawal where the reason says that the candidate turned the company down.

    The key holds the reason, so that an edited reason is news; one without a reason sorts before one with.
    """
    reason = child(application, "archiveReason")
    data = {
        "reason_id": identity(reason.get("id")),
        "reason": text(reason.get("text")),
        "reason_type": text(reason.get("reasonType")),
    }
    kind = FactKind.WITHDRAWN if _by_candidate(application) else FactKind.REJECTED
    key = f"application:{ids[0]}:rejected:{stamp(at) or ''}:{data['reason_id'] or ''}"
    return Fact(kind, key, at, *ids, data)
