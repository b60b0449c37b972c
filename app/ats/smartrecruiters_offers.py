"""Offers of SmartRecruiters as facts (statuses from the specification of the offer API, read 2026-11)."""

import re
from typing import Any

from app.ats.canonical import Fact, FactKind
from app.ats.fields import Json, child, day, digest, instant, stamp, stamped, text
from app.ats.smartrecruiters_history import Ids, ids_of
from app.ats.smartrecruiters_ids import application_id, ident

_ANSWERED = {"ACCEPTED": "accepted", "NOT_ACCEPTED": "rejected"}
_SENT = "PENDING_ACCEPTANCE"
_APPROVED = ("APPROVED", _SENT, *_ANSWERED)
_ABANDONED = "ABANDONED"
_IN_URL = re.compile(r"/(candidates|jobs)/([A-Za-z0-9_-]{1,64})(?=/|\Z)", re.ASCII)


def offer_ids(row: Json) -> Ids | None:
    """Whose offer it is. An offer names its candidate and job by the addresses of its links only."""
    actions = child(row, "actions")
    urls = (text(child(actions, name).get("url"), 2000) or "" for name in ("candidate", "job", "details"))
    found = {kind: own for url in urls for kind, own in _IN_URL.findall(url)}
    candidate = ident(child(row, "candidate").get("id")) or ident(row.get("candidateId"))
    job = ident(child(row, "job").get("id")) or ident(row.get("jobId"))
    candidate, job = candidate or found.get("candidates"), job or found.get("jobs")
    return ids_of(application_id(candidate, job)) if candidate and job else None


def offer_fact(row: Json, ids: Ids) -> Fact | None:
    """The offer as of its last change; an abandoned one is as good as deleted. None without an id."""
    offer = ident(row.get("id"))
    if offer is None:
        return None
    status = (text(row.get("status"), 40) or "").upper()
    updated = instant(row.get("updatedOn")) or instant(row.get("createdOn"))
    whose = ids.application, ids.candidate, ids.job
    if status == _ABANDONED:
        gone = {"offer_id": offer, "version": None}
        return Fact(FactKind.OFFER_DELETED, f"offer:{offer}:deleted", updated, *whose, gone)
    data: dict[str, Any] = {
        "offer_id": offer,
        "version": None,
        "status": _ANSWERED.get(status, status.lower()) or None,
        "created_at": stamped(row.get("createdOn")),
        "sent_on": day(stamp(updated)) if status == _SENT else None,
        "resolved_at": stamp(updated) if status in _ANSWERED else None,
        "starts_at": day(row.get("startsOn")),
    }
    if status in _APPROVED:
        data["approved"] = True
    key = f"offer:{offer}:as-of:{stamp(updated) or ''}:{digest(data)}"
    return Fact(FactKind.OFFER, key, updated, *whose, data)
