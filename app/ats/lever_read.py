"""What a Lever webhook names (Lever docs, read 2026-11).

Its ``data`` is not signed, so it says nothing by itself: the API is asked about what it names.
"""

import re
from collections.abc import Callable
from datetime import datetime

from app.ats.canonical import Named, NamedKind, Reading
from app.ats.fields import Json, parse_object, text
from app.ats.lever_facts import safe_id
from app.errors import MalformedBody


def read(body: bytes, received_at: datetime, named: str = "") -> Reading:
    """What the webhook names; never a fact.

    Raises `MalformedBody` where the body is not JSON, or lacks its event, its data or a usable id; unknown
    events and tests of the connection are ignored with a reason.
    """
    del received_at, named
    envelope = parse_object(body)
    event, data = text(envelope.get("event")), envelope.get("data")
    if event is None:
        raise MalformedBody("The body has no event.")
    if not isinstance(data, dict):
        raise MalformedBody("The data is not an object.")
    if not data:
        return Reading(ignored="test: somebody verified the connection in Lever")
    if event == "contactCreated":
        return Reading(ignored="contactCreated: a contact is read with its opportunity")
    reader = _READERS.get(event)
    if reader is None:
        return Reading(ignored=f"unknown action: {re.sub('[^A-Za-z0-9._-]+', '?', event)[:64]}")
    return Reading(named=reader(data))


def _id(data: Json, *names: str) -> str:
    for name in names:
        if found := safe_id(data.get(name)):
            return found
    raise MalformedBody(f"The data has no usable {names[0]}.")


def _opportunity(data: Json) -> tuple[Named, ...]:
    return (Named(NamedKind.APPLICATION, _id(data, "opportunityId", "candidateId")),)


def _deleted(data: Json) -> tuple[Named, ...]:
    return (Named(NamedKind.APPLICATION, _id(data, "opportunityId", "candidateId"), deleted=True),)


def _interview_deleted(data: Json) -> tuple[Named, ...]:
    """The interview is asked for by its own id: only that it is not found any more says that it is gone."""
    opportunity, interview = _id(data, "opportunityId", "candidateId"), safe_id(data.get("interviewId"))
    named = (Named(NamedKind.APPLICATION, opportunity),)
    if interview is None:
        return named
    return (*named, Named(NamedKind.APPLICATION, f"{opportunity}/interviews/{interview}"))


def _contact(data: Json) -> tuple[Named, ...]:
    return (Named(NamedKind.CANDIDATE, _id(data, "contactId")),)


_READERS: dict[str, Callable[[Json], tuple[Named, ...]]] = {
    "applicationCreated": _opportunity,
    "candidateStageChange": _opportunity,
    "candidateArchiveChange": _opportunity,
    "candidateHired": _opportunity,
    "candidateDeleted": _deleted,
    "interviewCreated": _opportunity,
    "interviewUpdated": _opportunity,
    "interviewDeleted": _interview_deleted,
    "contactUpdated": _contact,
}
