"""What a Greenhouse webhook says, action by action (Greenhouse webhook docs of 2026-01-20, read 2026-11)."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.ats.canonical import Fact, FactKind, Reading
from app.ats.collected import Collected
from app.ats.fields import Json, child, digest, identity, instant, needed, parse_object, stamp, stamped, text
from app.ats.greenhouse_application import collect_application, collect_candidate, collect_jobs
from app.ats.greenhouse_facts import offer_data, offer_fact
from app.errors import MalformedBody


def read(body: bytes, received_at: datetime, named: str = "") -> Reading:
    """What the webhook says; the body itself names its action, so ``named`` is not needed.

    ``received_at`` is when it was stored, aware; it only tells apart snapshots to which Greenhouse gives no
    time (`update_candidate`, job events), so that a state which comes back is not taken for its first
    coming. Raises `MalformedBody` where the body is not JSON, has no payload object, or lacks an id;
    unknown actions are ignored with a reason.
    """
    del named
    envelope = parse_object(body)
    action = text(envelope.get("action"))
    if action is None:
        raise MalformedBody("The body has no action.")
    payload = envelope.get("payload")
    if not isinstance(payload, dict):
        raise MalformedBody("The payload is not an object.")
    if reason := _IGNORED.get(action):
        return Reading(ignored=reason)
    reader = _READERS.get(action)
    if reader is None:
        return Reading(ignored=f"unknown action: {re.sub('[^A-Za-z0-9_.-]+', '?', action)[:64]}")
    return reader(_Webhook(action, payload, received_at))


@dataclass(frozen=True, slots=True)
class _Webhook:
    action: str
    payload: Json
    received_at: datetime

    @property
    def place(self) -> str:
        """Stands in a key where the vendor gives no time."""
        return f"received-{stamp(self.received_at)}"


def _application(webhook: _Webhook) -> Reading:
    collected = Collected()
    collect_application(collected, child(webhook.payload, "application"), webhook.action, webhook.place)
    return collected.reading()


def _candidate(webhook: _Webhook) -> Reading:
    collected = Collected()
    collect_candidate(collected, child(webhook.payload, "candidate"), None, webhook.place)
    return collected.reading()


def _job(webhook: _Webhook) -> Reading:
    job = child(webhook.payload, "job")
    needed(job, "id", "The job")
    collected = Collected()
    collect_jobs(collected, [job], None, webhook.place)
    return collected.reading()


def _job_deleted(webhook: _Webhook) -> Reading:
    job = child(webhook.payload, "job")
    job_id = needed(job, "id", "The job")
    data = {"name": text(job.get("name")), "status": "deleted"}
    return Reading((Fact(FactKind.JOB_CHANGED, f"job:{job_id}:deleted", job=job_id, data=data),))


def _offer(webhook: _Webhook) -> Reading:
    # Documented flat; read where it is nested as well, since `offer_deleted` is.
    offer = child(webhook.payload, "offer") or webhook.payload
    needed(offer, "id", "The offer")
    data: dict[str, Any] = offer_data(offer)
    if webhook.action == "offer_approved":
        data["approved"] = True
    application = needed(offer, "application_id", "The offer")
    fact = offer_fact(data, application, identity(offer.get("candidate_id")), identity(offer.get("job_id")))
    return Reading((fact,))


def _offer_deleted(webhook: _Webhook) -> Reading:
    offer = child(webhook.payload, "offer") or webhook.payload
    offer_id = needed(offer, "id", "The offer")
    version = identity(offer.get("version"))
    fact = Fact(
        FactKind.OFFER_DELETED,
        f"offer:{offer_id}:v{version or ''}:deleted",
        application=identity(offer.get("application_id")),
        candidate=identity(offer.get("candidate_id")),
        job=identity(offer.get("job_id")),
        data={"offer_id": offer_id, "version": version},
    )
    return Reading((fact,))


def _interview_deleted(webhook: _Webhook) -> Reading:
    interview = child(webhook.payload, "interview")
    interview_id = needed(interview, "id", "The interview")
    fact = Fact(
        FactKind.INTERVIEW_DELETED,
        f"interview:{interview_id}:deleted",
        application=identity(interview.get("application_id")),
        data={"interview_id": interview_id},
    )
    return Reading((fact,))


def _scorecard_deleted(webhook: _Webhook) -> Reading:
    scorecard = child(webhook.payload, "scorecard")
    scorecard_id = needed(scorecard, "id", "The scorecard")
    fact = Fact(
        FactKind.SCORECARD_DELETED,
        f"scorecard:{scorecard_id}:deleted",
        application=identity(scorecard.get("application_id")),
        candidate=identity(scorecard.get("candidate_id")),
        data={"scorecard_id": scorecard_id, "interviewed_at": stamped(scorecard.get("interviewed_at"))},
    )
    return Reading((fact,))


def _application_deleted(webhook: _Webhook) -> Reading:
    application = child(webhook.payload, "application")
    fact = _gone(needed(application, "id", "The application"), identity(application.get("candidate_id")))
    return Reading((replace(fact, job=identity(application.get("job_id"))),))


def _gone(application: str, candidate: str | None) -> Fact:
    return Fact(
        FactKind.APPLICATION_DELETED, f"application:{application}:deleted", None, application, candidate
    )


def _candidate_deleted(webhook: _Webhook) -> Reading:
    person = child(webhook.payload, "person")
    candidate = needed(person, "id", "The person")
    # Greenhouse sends no webhook for the single applications.
    listed = person.get("deleted_application_ids")
    gone = [found for item in (listed if isinstance(listed, list) else []) if (found := identity(item))]
    fact = Fact(FactKind.CANDIDATE_DELETED, f"candidate:{candidate}:deleted", candidate=candidate)
    facts = {one.key: one for one in [fact, *(_gone(application, candidate) for application in gone)]}
    return Reading(tuple(facts.values()), erased=(candidate,))


def _candidate_merged(webhook: _Webhook) -> Reading:
    person = child(webhook.payload, "person")
    candidate = needed(person, "id", "The person")
    into = identity(person.get("new_candidate_id")) or needed(
        webhook.payload, "new_candidate_id", "The merge"
    )
    fact = Fact(
        FactKind.CANDIDATE_MERGED,
        f"candidate:{candidate}:merged:{into}",
        instant(person.get("merged_at")),
        candidate=candidate,
        data={"into": into},
    )
    return Reading((fact,))


def _candidate_anonymized(webhook: _Webhook) -> Reading:
    candidate = needed(webhook.payload, "candidate_id", "The payload")
    named = webhook.payload.get("anonymized_fields")
    fields = sorted(
        {found for item in (named if isinstance(named, list) else []) if (found := text(item, 64))}
    )
    key = f"candidate:{candidate}:anonymized:{digest(fields)}"
    fact = Fact(FactKind.CANDIDATE_ANONYMIZED, key, candidate=candidate, data={"fields": fields})
    return Reading((fact,), erased=(candidate,))


_READERS: dict[str, Callable[[_Webhook], Reading]] = {
    "new_candidate_application": _application,
    "new_prospect_application": _application,
    "candidate_stage_change": _application,
    "application_updated": _application,
    "reject_candidate": _application,
    "unreject_candidate": _application,
    "hire_candidate": _application,
    "unhire_candidate": _application,
    "update_candidate": _candidate,
    "offer_created": _offer,
    "offer_approved": _offer,
    "offer_updated": _offer,
    "offer_deleted": _offer_deleted,
    "interview_deleted": _interview_deleted,
    "scorecard_deleted": _scorecard_deleted,
    "delete_application": _application_deleted,
    "delete_candidate": _candidate_deleted,
    "merge_candidate": _candidate_merged,
    "candidate_anonymized": _candidate_anonymized,
    "job_created": _job,
    "job_updated": _job,
    "job_approved": _job,
    "job_deleted": _job_deleted,
}

_IGNORED = {
    "ping": "ping: the webhook was saved in Greenhouse",
    "job_post_created": "job posts are not followed",
    "job_post_updated": "job posts are not followed",
    "job_post_deleted": "job posts are not followed",
    "job_interview_stage_deleted": "a deleted stage keeps its name in the history",
    "department_deleted": "departments are read from jobs",
    "office_deleted": "offices are read from jobs",
}
