"""What a Workable webhook says (Workable docs on webhooks and candidate events, read 2026-11).

The object in it shows the candidate as of the sending, not of the event: two quick moves may tell one state
twice. So a move is read for what it shows, and named as well: the true times stand in the activities.
"""

import re
from datetime import datetime

from app.ats.canonical import Fact, FactKind, Named, NamedKind, Reading
from app.ats.collected import Collected
from app.ats.fields import Json, child, identity, instant, needed, parse_object, stamp, text
from app.ats.workable_facts import collect_candidate
from app.errors import MalformedBody

_FOREIGN = re.compile(r"(employee|onboarding|timeoff)_[a-z_]{1,60}", re.ASCII)


def read(body: bytes, received_at: datetime, action: str = "") -> Reading:
    """What the webhook says; the body itself names its event, so ``action`` is not needed.

    ``received_at`` is when it was stored, aware; it only tells apart objects without a time. Raises
    `MalformedBody` where the body is not JSON, has no event or no data, or lacks an id; unknown events are
    ignored with a reason.
    """
    del action
    envelope = parse_object(body)
    event = text(envelope.get("event_type"))
    if event is None:
        raise MalformedBody("The body has no event_type.")
    if event not in ("candidate_created", "candidate_moved", "candidate_deleted", "job_deleted"):
        named = re.sub("[^A-Za-z0-9_.-]+", "?", event)[:64]
        is_foreign = _FOREIGN.fullmatch(event)
        return Reading(ignored=f"not about candidates: {named}" if is_foreign else f"unknown action: {named}")
    data = envelope.get("data")
    if not isinstance(data, dict):
        raise MalformedBody("The data is not an object.")
    if event == "candidate_deleted":
        return _deleted(data, instant(envelope.get("fired_at")))
    if event == "job_deleted":
        return _job_deleted(data, instant(envelope.get("fired_at")))
    return _candidate(data, f"received-{stamp(received_at)}", moved=event == "candidate_moved")


def _candidate(row: Json, unless: str, *, moved: bool) -> Reading:
    collected = Collected()
    erased = collect_candidate(collected, row, unless=unless)
    reading = collected.reading(erased)
    if not moved:
        return reading
    named = Named(NamedKind.APPLICATION, needed(row, "id", "The candidate"))
    return Reading(reading.facts, reading.people, reading.erased, named=(named,))


def _deleted(row: Json, at: datetime | None) -> Reading:
    candidate = needed(row, "id", "The candidate")
    job = identity(child(row, "job").get("shortcode"))
    gone = Fact(
        FactKind.APPLICATION_DELETED, f"application:{candidate}:deleted", at, candidate, candidate, job
    )
    person = Fact(FactKind.CANDIDATE_DELETED, f"candidate:{candidate}:deleted", at, candidate=candidate)
    return Reading((person, gone), erased=(candidate,))


def _job_deleted(row: Json, at: datetime | None) -> Reading:
    # The shape of this one is not documented; jobs go by their short code everywhere else.
    job = identity(row.get("shortcode"))
    if job is None:
        return Reading(ignored="a deleted job without its short code")
    data = {"status": "deleted"}
    return Reading((Fact(FactKind.JOB_CHANGED, f"job:{job}:deleted", at, job=job, data=data),))
