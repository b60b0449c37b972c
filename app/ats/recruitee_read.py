"""What a Recruitee webhook says, event by event (docs of 2025-06-12 and public clients, read 2026-11).

The strings ``candidate_moved`` with ``stage_changed``, ``disqualified`` and ``requalified``,
``new_candidate`` and ``candidate_assigned`` are seen in public clients; how a disqualification writes its
reason, and the names of the job events, are not documented, so several spellings are read and what is
missing is asked of the API.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.ats.canonical import Fact, FactKind, Named, NamedKind, Reading
from app.ats.collected import Collected
from app.ats.fields import Json, child, children, instant, parse_object, stamp, text
from app.ats.recruitee_facts import (
    HIRE_CATEGORIES,
    Ids,
    application_changed,
    candidate_changed,
    candidate_deleted,
    candidate_person,
    created,
    ending,
    entered,
    hired,
    ids_of,
    job_changed,
    number,
)
from app.errors import MalformedBody


def read(body: bytes, received_at: datetime, action: str = "") -> Reading:
    """What the webhook says; the body names its event, so ``action`` is not needed.

    ``received_at`` is when it was stored, aware; it only stands in keys where Recruitee gives no time. Raises
    `MalformedBody` where the body is not JSON, names no event, or lacks an id; unknown events and everything
    marked as a test are ignored with a reason.
    """
    del action
    envelope = parse_object(body)
    if envelope.get("test"):
        return Reading(ignored="test: sent from the webhook's settings in Recruitee")
    kind = text(envelope.get("event_type"))
    if kind is None:
        raise MalformedBody("The body has no event_type.")
    reader = _READERS.get(kind)
    if reader is None:
        return Reading(ignored=f"unknown action: {re.sub('[^A-Za-z0-9_.-]+', '?', kind)[:64]}")
    payload = envelope.get("payload")
    if not isinstance(payload, dict):
        raise MalformedBody("The payload is not an object.")
    subtype = text(envelope.get("event_subtype")) or ""
    at = instant(envelope.get("created_at"))
    return reader(_Webhook(kind, subtype, payload, at, f"received-{stamp(received_at)}"))


@dataclass(frozen=True, slots=True)
class _Webhook:
    kind: str
    subtype: str
    payload: Json
    at: datetime | None
    place: str
    """Stands in a key where the vendor gives no time."""

    @property
    def offers(self) -> list[Json]:
        """The jobs that the event names: one, or a list of them for a new candidate."""
        one = child(self.payload, "offer")
        return [one] if one else list(children(self.payload, "offers"))

    @property
    def details(self) -> Json:
        """What happened, wherever it stands."""
        return {**self.payload, **child(self.payload, "details"), **child(self.payload, "placement")}


def _needed(obj: Json, what: str) -> str:
    found = number(obj.get("id"))
    if found is None:
        raise MalformedBody(f"{what} has no id.")
    return found


def _introduce(webhook: _Webhook, into: Collected) -> tuple[str, list[tuple[Ids, Json]]]:
    """Gathers who and which jobs are meant; the candidate's id, and each application with its job."""
    candidate = child(webhook.payload, "candidate")
    candidate_id = _needed(candidate, "The candidate")
    into.person(candidate_person(candidate, candidate_id))
    into.fact(candidate_changed(candidate, candidate_id, webhook.at, webhook.place))
    found = []
    for offer in webhook.offers:
        if job := number(offer.get("id")):
            ids = ids_of(candidate_id, job)
            found.append((ids, offer))
            into.fact(job_changed(offer, job, webhook.at, webhook.place))
            into.fact(application_changed(ids, candidate, offer, webhook.at, webhook.place))
    return candidate_id, found


def _arrived(webhook: _Webhook) -> Reading:
    """A new candidate, or one who is given another job; the stage is not told, so the API is asked."""
    into = Collected()
    candidate_id, found = _introduce(webhook, into)
    applied_at = instant(child(webhook.payload, "candidate").get("created_at"))
    at = applied_at if applied_at and webhook.kind != "candidate_assigned" else webhook.at
    for ids, _ in found:
        into.fact(created(ids, at))
    return _with_named(into, Named(NamedKind.CANDIDATE, candidate_id))


def _moved(webhook: _Webhook) -> Reading:
    into = Collected()
    candidate_id, found = _introduce(webhook, into)
    act = _ACTS.get(webhook.subtype)
    complete = act is not None and bool(found)
    for ids, _ in found:
        if act and not act(webhook, ids, into):
            complete = False
    return _with_named(into, *(() if complete else (Named(NamedKind.CANDIDATE, candidate_id),)))


def _stage_changed(webhook: _Webhook, ids: Ids, into: Collected) -> bool:
    before, after = child(webhook.details, "from_stage"), child(webhook.details, "to_stage")
    stage = number(after.get("id"))
    if stage is None:
        return False
    into.fact(entered(ids, stage, text(after.get("name")), webhook.at, webhook.place))
    was, becomes = (text(one.get("category")) in HIRE_CATEGORIES for one in (before, after))
    if becomes and not was:
        into.fact(hired(ids, webhook.at, None, webhook.place))
    elif was and not becomes:
        key = f"application:{ids[0]}:unhired:{stamp(webhook.at) or webhook.place}"
        into.fact(Fact(FactKind.UNHIRED, key, webhook.at, *ids))
    return True


def _disqualified(webhook: _Webhook, ids: Ids, into: Collected) -> bool:
    fact = ending(ids, webhook.at, webhook.details, webhook.place)
    into.fact(fact)
    return fact.data["reason"] is not None


def _requalified(webhook: _Webhook, ids: Ids, into: Collected) -> bool:
    key = f"application:{ids[0]}:unrejected:{stamp(webhook.at) or webhook.place}"
    into.fact(Fact(FactKind.UNREJECTED, key, webhook.at, *ids))
    return True


def _candidate_deleted(webhook: _Webhook) -> Reading:
    candidate = child(webhook.payload, "candidate") or webhook.payload
    candidate_id = _needed(candidate, "The candidate")
    return Reading((candidate_deleted(candidate_id, webhook.at),), erased=(candidate_id,))


def _job(webhook: _Webhook) -> Reading:
    offer = child(webhook.payload, "offer") or webhook.payload
    job = _needed(offer, "The offer")
    said = {"status": "open"} if webhook.kind in _PUBLISHED else {}
    into = Collected()
    into.fact(job_changed(offer, job, webhook.at, webhook.place, **said))
    told = said or text(offer.get("status"))
    return _with_named(into, *(() if told else (Named(NamedKind.JOB, job),)))


def _job_deleted(webhook: _Webhook) -> Reading:
    job = _needed(child(webhook.payload, "offer") or webhook.payload, "The offer")
    data = {"status": "deleted"}
    return Reading((Fact(FactKind.JOB_CHANGED, f"job:{job}:deleted", webhook.at, job=job, data=data),))


def _with_named(into: Collected, *named: Named) -> Reading:
    gathered = into.reading()
    return Reading(gathered.facts, gathered.people, named=named)


_ACTS: dict[str, Callable[[_Webhook, Ids, Collected], bool]] = {
    "stage_changed": _stage_changed,
    "disqualified": _disqualified,
    "requalified": _requalified,
}

_JOB_EVENTS = ("created", "published", "unpublished", "updated", "changed")
_PUBLISHED = frozenset({"offer_published", "job_published"})

_READERS: dict[str, Callable[[_Webhook], Reading]] = {
    "new_candidate": _arrived,
    "candidate_created": _arrived,
    "candidate_assigned": _arrived,
    "candidate_moved": _moved,
    "candidate_deleted": _candidate_deleted,
    **{f"{job}_{event}": _job for job in ("offer", "job") for event in _JOB_EVENTS},
    **{f"{job}_deleted": _job_deleted for job in ("offer", "job")},
}
