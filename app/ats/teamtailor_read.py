"""What a Teamtailor webhook says, event by event (company webhook docs of 2026-06-11, read 2026-11).

A webhook tells a part of a row: no candidate, no stage id, no reason. So it mostly names what the API must be
asked about. Believed from the body are the ends of things and the earliest instant at which a rejection may
be told, and these only where the signature covers the body.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.ats.canonical import Fact, FactKind, Named, NamedKind, Reading
from app.ats.fields import Json, child, identity, needed, parse_object, text
from app.ats.teamtailor_facts import application_gone, candidate_gone, ending, job_gone, not_before
from app.ats.teamtailor_rows import attribute, moment
from app.errors import MalformedBody

ONLY_ID_SIGNED = "v1:"
"""Begins the action of a webhook of which only the id is signed."""


def read(body: bytes, received_at: datetime, action: str = "") -> Reading:
    """What the webhook says.

    ``action`` is what `peek` said of it: unless it is the event's own name, nothing but the id is believed.
    ``received_at`` is not needed. Raises `MalformedBody` where the body is not JSON or names no
    event or no id; unknown events are ignored with a reason.
    """
    del received_at
    payload = child(parse_object(body), "payload")
    event = text(payload.get("event_name"))
    if event is None:
        raise MalformedBody("The payload has no event_name.")
    if _TEST.match(event):
        return Reading(ignored="test: somebody tried the webhook in Teamtailor")
    reader = _READERS.get(event)
    if reader is None:
        return Reading(ignored=f"unknown action: {re.sub('[^A-Za-z0-9_.-]+', '?', event)[:64]}")
    data = child(payload, "data")
    return reader(_Webhook(data, needed(data, "id", "The data"), trusted=action == event))


@dataclass(frozen=True, slots=True)
class _Webhook:
    data: Json
    id: str
    trusted: bool


_TEST = re.compile(r"(test|ping)\b", re.IGNORECASE)


def _application(webhook: _Webhook) -> Reading:
    named = (Named(NamedKind.APPLICATION, webhook.id),)
    row = webhook.data
    rejected_at, earliest = moment(row, "rejected-at"), not_before(row)
    if not (webhook.trusted and rejected_at and earliest):
        return Reading(named=named)
    # The API does not tell this instant, so it is kept from here.
    fact = ending(webhook.id, rejected_at, None, identity(attribute(row, "job-id")), not_before=earliest)
    return Reading((fact,), named=named)


def _application_gone(webhook: _Webhook) -> Reading:
    if webhook.trusted:
        return Reading((application_gone(webhook.id),))
    return Reading(named=(Named(NamedKind.APPLICATION, webhook.id, deleted=True),))


def _candidate(webhook: _Webhook) -> Reading:
    # Says nothing but whose the bytes are, so that erasure finds them: they hold a name and an address.
    about = Fact(FactKind.CANDIDATE_CHANGED, f"candidate:{webhook.id}:named", candidate=webhook.id)
    return Reading((about,), named=(Named(NamedKind.CANDIDATE, webhook.id),))


def _candidate_gone(webhook: _Webhook) -> Reading:
    if webhook.trusted:
        return Reading((candidate_gone(webhook.id),), erased=(webhook.id,))
    return Reading(named=(Named(NamedKind.CANDIDATE, webhook.id, deleted=True),))


def _job(webhook: _Webhook) -> Reading:
    return Reading(named=(Named(NamedKind.JOB, webhook.id),))


def _job_gone(webhook: _Webhook) -> Reading:
    if webhook.trusted:
        return Reading((job_gone(webhook.id),))
    return Reading(named=(Named(NamedKind.JOB, webhook.id, deleted=True),))


_READERS: dict[str, Callable[[_Webhook], Reading]] = {
    "job_application.create": _application,
    "job_application.update": _application,
    "job_application.destroy": _application_gone,
    "candidate.create": _candidate,
    "candidate.update": _candidate,
    "candidate.destroy": _candidate_gone,
    "job.create": _job,
    "job.update": _job,
    "job.destroy": _job_gone,
}
EVENTS = tuple(_READERS)
"""The events that are read, by Teamtailor's names."""
