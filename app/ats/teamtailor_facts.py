"""Facts that Teamtailor tells through more than one door, with one key whichever it came through."""

from datetime import datetime

from app.ats.canonical import Fact, FactKind
from app.ats.fields import Json, stamp
from app.ats.teamtailor_rows import moment


def ending(
    application: str,
    at: datetime,
    candidate: str | None,
    job: str | None,
    *,
    withdrawn: bool = False,
    reason_id: str | None = None,
    reason: str | None = None,
    not_before: str | None = None,
    **stage: str | None,
) -> Fact:
    """A rejection, or a withdrawal where the reason comes from the candidate.

    The webhook knows ``not_before``, a stamp before which nobody may be told; the API knows the reason. So
    each is a fact with its own key, and the fold lays them over one another. A missing reason is written
    ``-``, which sorts first, so that the one who knows the reason has the last word.
    """
    kind = FactKind.WITHDRAWN if withdrawn else FactKind.REJECTED
    key = f"application:{application}:rejected:{stamp(at)}:{reason_id or '-'}:{not_before or '-'}"
    by = "rejected by the candidate" if withdrawn else "rejected by the company"
    data = {
        "reason_id": reason_id,
        "reason": reason,
        "reason_type": by if reason_id else None,
        "not_before": not_before,
        **stage,
    }
    return Fact(kind, key, at, application, candidate, job, data)


def not_before(row: Json) -> str | None:
    """When a rejection may be told at the earliest: Teamtailor asks integrations to respect it."""
    return stamp(moment(row, "transparent-recruiting-visible-at"))


def application_gone(application: str) -> Fact:
    """The application was deleted."""
    return Fact(FactKind.APPLICATION_DELETED, f"application:{application}:deleted", application=application)


def candidate_gone(candidate: str) -> Fact:
    """The candidate was deleted."""
    return Fact(FactKind.CANDIDATE_DELETED, f"candidate:{candidate}:deleted", candidate=candidate)


def job_gone(job: str) -> Fact:
    """The job was deleted."""
    return Fact(FactKind.JOB_CHANGED, f"job:{job}:deleted", job=job, data={"status": "deleted"})
