"""The application object of Greenhouse's webhooks, as facts and people.

Nearly every webhook carries the whole application, so each one tells everything it knows: a webhook that was
lost is made good by the next one.
"""

from datetime import datetime
from typing import Any

from app.ats.canonical import Fact, FactKind
from app.ats.collected import Collected
from app.ats.fields import Json, child, children, identity, instant, needed, stamp, text, texts, truth
from app.ats.greenhouse_facts import (
    application_url,
    candidate_person,
    hired,
    job_data,
    member_person,
    offer_data,
    offer_fact,
)
from app.ats.told import created, ending, snapshot


def collect_application(into: Collected, application: Json, action: str, unless: str) -> None:
    """Gathers all that an application says; raises `MalformedBody` where it or its candidate has no id.

    ``unless`` stands in the keys where the object has no ``last_activity_at``, as that of a hire.
    """
    application_id = needed(application, "id", "The application")
    candidate = child(application, "candidate")
    candidate_id = needed(candidate, "id", "The candidate")
    jobs = [*children(application, "jobs")] or [job for job in [child(application, "job")] if job]
    job = identity(jobs[0].get("id")) if jobs else None
    at = instant(application.get("last_activity_at"))
    applied_at = instant(application.get("applied_at"))
    ids = application_id, candidate_id, job

    if applied_at:
        into.fact(created(application_id, applied_at, candidate_id, job))
    collect_jobs(into, jobs, at, unless)
    collect_candidate(into, candidate, at, unless)
    # The object of a hire has no status. Without one, a second hire would be told by nothing but the first's
    # own fact, where no offer was answered in between.
    status = "hired" if action == "hire_candidate" else text(application.get("status"))
    into.fact(_attributes(application, candidate, ids, at, unless=unless, status=status))
    # A first webhook comes at the moment of applying, when the first stage is entered.
    new = action in ("new_candidate_application", "new_prospect_application")
    _collect_stage(into, application, ids, (applied_at or at) if new else at, unless)
    _collect_state(into, application, ids, at, action=action, unless=unless)


def collect_jobs(into: Collected, jobs: list[Json], at: datetime | None, unless: str = "") -> None:
    """Gathers jobs as of that instant; those without an id are passed over."""
    for job in jobs:
        job_id = identity(job.get("id"))
        if job_id:
            into.fact(
                snapshot(FactKind.JOB_CHANGED, f"job:{job_id}", job_data(job), at, unless=unless, job=job_id)
            )


def collect_candidate(into: Collected, candidate: Json, at: datetime | None, unless: str = "") -> None:
    """Gathers a candidate with an id as of that instant, and the recruiter and coordinator."""
    candidate_id = needed(candidate, "id", "The candidate")
    into.person(candidate_person(candidate, candidate_id))
    data: dict[str, Any] = {}
    for ours, theirs in (("can_email", "can_email"), ("private", "is_private")):
        if (said := truth(candidate.get(theirs))) is not None:
            data[ours] = said
    if "tags" in candidate:
        data["tags"] = texts(candidate["tags"])
    for role in ("recruiter", "coordinator"):
        if role in candidate:
            member = child(candidate, role)
            data[role] = identity(member.get("id"))
            if data[role]:
                into.person(member_person(member, data[role]))
    into.fact(
        snapshot(
            FactKind.CANDIDATE_CHANGED,
            f"candidate:{candidate_id}",
            data,
            at,
            unless=unless,
            candidate=candidate_id,
        )
    )


Ids = tuple[str, str, str | None]


def _attributes(
    application: Json, candidate: Json, ids: Ids, at: datetime | None, *, unless: str, status: str | None
) -> Fact:
    application_id, candidate_id, job = ids
    source = child(application, "source")
    data: dict[str, Any] = {"candidate": candidate_id}
    if "jobs" in application or "job" in application:
        data["job"] = job
    for role in ("recruiter", "coordinator"):
        if role in candidate:
            data[role] = identity(child(candidate, role).get("id"))
    if "source" in application:
        data["source"] = text(source.get("name")) or text(source.get("public_name"))
    if "tags" in candidate:
        data["tags"] = texts(candidate["tags"])
    said = {
        "prospect": truth(application.get("prospect")),
        "status": status,
        "url": application_url(application.get("url")),
    }
    data |= {name: value for name, value in said.items() if value is not None}
    subject = f"application:{application_id}"
    return snapshot(
        FactKind.APPLICATION_CHANGED,
        subject,
        data,
        at,
        unless=unless,
        application=application_id,
        candidate=candidate_id,
        job=job,
    )


def _collect_stage(into: Collected, application: Json, ids: Ids, at: datetime | None, unless: str) -> None:
    stage = child(application, "current_stage")
    stage_id = identity(stage.get("id"))
    if stage_id is None:
        return
    interviews = [
        {
            "id": identity(interview.get("id")),
            "name": text(interview.get("name")),
            "status": text(interview.get("status")),
        }
        for interview in children(stage, "interviews")
    ]
    for interview in children(stage, "interviews"):
        for interviewer in children(interview, "interviewers"):
            if member := identity(interviewer.get("id")):
                into.person(member_person(interviewer, member))
    data = {"stage_id": stage_id, "stage_name": text(stage.get("name")), "interviews": interviews}
    key = f"application:{ids[0]}:stage:{stage_id}:{stamp(at) or unless}"
    into.fact(Fact(FactKind.STAGE_CHANGED, key, at, *ids, data))


def _collect_state(
    into: Collected, application: Json, ids: Ids, at: datetime | None, *, action: str, unless: str
) -> None:
    if action == "reject_candidate" or application.get("status") == "rejected":
        into.fact(
            ending(ids[0], instant(application.get("rejected_at")) or at, *ids[1:], _rejection(application))
        )
    elif action == "hire_candidate":
        _collect_hire(into, application, ids, at)
    elif action in ("unreject_candidate", "unhire_candidate"):
        kind = FactKind.UNREJECTED if action == "unreject_candidate" else FactKind.UNHIRED
        into.fact(Fact(kind, f"application:{ids[0]}:{kind}:{stamp(at) or unless}", at, *ids))


def _rejection(application: Json) -> dict[str, Any]:
    reason = child(application, "rejection_reason")
    kind, stage = child(reason, "type"), child(application, "current_stage")
    return {
        "reason_id": identity(reason.get("id")),
        "reason": text(reason.get("name")),
        "reason_type_id": identity(kind.get("id")),
        "reason_type": text(kind.get("name")) or text(kind.get("key")),
        "stage_id": identity(stage.get("id")),
        "stage_name": text(stage.get("name")),
        "prospect": truth(application.get("prospect")),
    }


def _collect_hire(into: Collected, application: Json, ids: Ids, at: datetime | None) -> None:
    offer = child(application, "offer")
    if identity(offer.get("id")) is None:
        into.fact(hired(ids[0], at, *ids[1:], None))
        return
    data = offer_data(offer, status="accepted")
    into.fact(offer_fact(data, *ids))
    into.fact(hired(ids[0], instant(data["resolved_at"]) or at, *ids[1:], data))
