"""What a SmartRecruiters webhook says: a name in a header and ids in the body, hardly more.

The body is signed, so its ids and a deletion are believed; everything else is asked of the API
(SmartRecruiters webhook docs, read 2026-11; for other than application events the body's fields are
unverified, so several names of an id are tried).
"""

import re
from collections.abc import Callable
from datetime import datetime

from app.ats.canonical import Fact, FactKind, Named, NamedKind, Reading
from app.ats.fields import Json, child, parse_object
from app.ats.smartrecruiters_ids import application_id, ident
from app.errors import MalformedBody


def read(body: bytes, received_at: datetime, action: str) -> Reading:
    """What the webhook says; ``action`` is the event's name, as `peek` gave it.

    Raises `MalformedBody` where the body is not JSON, lacks an id, or no event was named; unknown events are
    ignored with a reason. Nothing depends on ``received_at``.
    """
    del received_at
    event = parse_object(body)
    if not re.fullmatch(r"[a-z_-]+(\.[a-z_-]+)+", action):
        raise MalformedBody("The webhook names no event.")
    if reason := _IGNORED.get(action):
        return Reading(ignored=reason)
    if reader := _READERS.get(action) or (_offer if action.startswith("offer.") else None):
        return reader(event)
    reasons = (reason for start, reason in _IGNORED_FAMILIES.items() if action.startswith(start))
    return Reading(ignored=next(reasons, f"unknown action: {action[:64]}"))


def _id(event: Json, kind: str) -> str | None:
    """The id of a thing of that kind: ``job_id``, ``jobId``, or ``id`` of an object ``job``."""
    said = event.get(f"{kind}_id") or event.get(f"{kind}Id") or child(event, kind).get("id")
    return ident(said)


def _own_id(event: Json, kind: str) -> str:
    found = ident(event.get("id")) or _id(event, kind)
    if found is None:
        raise MalformedBody(f"The {kind} has no id.")
    return found


def _application_of(event: Json) -> str | None:
    candidate, job = _id(event, "candidate"), _id(event, "job")
    return application_id(candidate, job) if candidate and job else None


def _application(event: Json) -> Reading:
    application = _application_of(event)
    if application is None:
        raise MalformedBody("The application has no candidate_id and job_id.")
    candidate, job = application.split(":")
    # Signed, so this much is true: there is such an application. It may be gone before the API is asked, and
    # then its end must not come to nothing.
    fact = Fact(
        FactKind.APPLICATION_CHANGED,
        f"application:{application}:named",
        application=application,
        candidate=candidate,
        job=job,
        data={"candidate": candidate, "job": job},
    )
    return Reading((fact,), named=(Named(NamedKind.APPLICATION, application),))


def _interview(event: Json) -> Reading:
    # Asked for by its own id, wherever it is given: nothing else is sure to find it.
    if own := ident(event.get("id")) or _id(event, "interview"):
        return Reading(named=(Named(NamedKind.APPLICATION, f"interview:{own}"),))
    return _application(event)


def _offer(event: Json) -> Reading:
    # Created, updated, or a step of an approval: the offer is asked for as it is now.
    if _application_of(event):
        return _application(event)
    return Reading(named=(Named(NamedKind.APPLICATION, f"offer:{_own_id(event, 'offer')}"),))


def _interview_cancelled(event: Json) -> Reading:
    interview = _own_id(event, "interview")
    fact = Fact(
        FactKind.INTERVIEW_DELETED,
        f"interview:{interview}:deleted",
        application=_application_of(event),
        candidate=_id(event, "candidate"),
        job=_id(event, "job"),
        data={"interview_id": interview},
    )
    return Reading((fact,))


def _candidate(event: Json) -> Reading:
    return Reading(named=(Named(NamedKind.CANDIDATE, _own_id(event, "candidate")),))


def _candidate_deleted(event: Json) -> Reading:
    candidate = _own_id(event, "candidate")
    fact = Fact(FactKind.CANDIDATE_DELETED, f"candidate:{candidate}:deleted", candidate=candidate)
    return Reading((fact,), erased=(candidate,))


def _job(event: Json) -> Reading:
    return Reading(named=(Named(NamedKind.JOB, _own_id(event, "job")),))


_READERS: dict[str, Callable[[Json], Reading]] = {
    "application.created": _application,
    "application.status.updated": _application,
    "application.fields.updated": _application,
    "application.source.updated": _application,
    "interview.created": _interview,
    "interview.updated": _interview,
    "interview.canceled": _interview_cancelled,
    "interview.cancelled": _interview_cancelled,
    "candidate.created": _candidate,
    "candidate.updated": _candidate,
    "candidate.deleted": _candidate_deleted,
    "job.created": _job,
    "job.updated": _job,
    "job.status.updated": _job,
    "job.hiring-team.updated": _job,
}

_IGNORED = {
    "application.onboarding-status.updated": "onboarding is not followed",
    "application.attachment.created": "attachments are not followed",
    "application.screening-answers.created": "screening answers are not followed",
    "application.screening-answers.updated": "screening answers are not followed",
}

_IGNORED_FAMILIES = {
    "job.ad.": "job ads are not followed",
    "job.approval.": "approvals of jobs are not followed",
    "position.": "positions are not followed",
}
