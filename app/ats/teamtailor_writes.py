"""What is written back to Teamtailor: notes, tags and to-dos (API docs of 2021-02-01, read 2026-11).

There is no idempotency key, so everything is looked for before it is written. Listing notes and to-dos by
their candidate is documented for to-dos; for notes it is not, and a refusal there leaves the note unknown
rather than written twice.
"""

from collections.abc import Sequence
from datetime import UTC
from urllib.parse import quote

from app.ats.fields import Answers, Json, child, identity, parse_object, texts, whole
from app.ats.http import ApiRequest, ApiResponse, Target
from app.ats.steps import Ask, Done, Put, Step, Write, WriteKind, not_offered
from app.ats.teamtailor_rows import attribute
from app.errors import MalformedBody

API_BASE = "https://api.teamtailor.com/v1"
WRITES = frozenset({WriteKind.NOTE, WriteKind.TAG, WriteKind.TASK})

_PER_PAGE = ("page[size]", "30")
_HARMLESS = str.maketrans({"<": "‹", ">": "›", "@": "@\u200b"})
"""No markup, and no mention: ``@name`` notifies a colleague, and a candidate chooses their own name."""


def note_request(target: Target, body: str, base: str | None = None) -> ApiRequest:
    """Writes a note on the candidate, as the target's user where one is given.

    Whether notes are shown as HTML is not documented, so angle brackets become ‹ and ›, which reads the same
    either way; an @ is followed by a zero-width space.
    """
    relations: dict[str, object] = {"candidate": {"data": {"id": _as_number(target.candidate)}}}
    if target.user:
        relations["user"] = {"data": {"id": _as_number(target.user)}}
    note = {"type": "notes", "attributes": {"note": body.translate(_HARMLESS)}, "relationships": relations}
    return ApiRequest("POST", f"{base or API_BASE}/notes", json={"data": note})


def notes_requests(target: Target, base: str | None = None) -> tuple[ApiRequest, ...]:
    """Lists the candidate's notes."""
    params = (("filter[candidate]", target.candidate), _PER_PAGE)
    return (ApiRequest("GET", f"{base or API_BASE}/notes", params),)


def marker_in(notes: Sequence[Json], marker: str) -> str | None:
    """Teamtailor's id of the note that carries the whole marker, or None."""
    return _marked(notes, "note", marker)


def created_id(response: ApiResponse) -> str | None:
    """Teamtailor's id of what a write created, or None where the answer names none."""
    try:
        return identity(child(parse_object(response.body), "data").get("id"))
    except MalformedBody:
        return None


def write_step(write: Write, answers: Answers, base: str | None = None) -> Step:
    """What comes next in writing a tag or a to-do; first it is looked for."""
    if write.kind is WriteKind.TAG:
        return _tag(write, answers, base)
    if write.kind is WriteKind.TASK:
        return _todo(write, answers, base)
    raise not_offered(write)


def _tag(write: Write, answers: Answers, base: str | None) -> Step:
    """The tags are read, the new one is added, and all are written.

    Whether a write replaces the tags or adds to them is not documented; all of them together are right
    either way. A tag that somebody adds between the two requests may be lost.
    """
    candidate = write.target.candidate
    url = f"{base or API_BASE}/candidates/{quote(candidate, safe='')}"
    if "candidates" not in answers:
        return Ask("candidates", (ApiRequest("GET", url),))
    tags = [tag for row in answers["candidates"] for tag in texts(attribute(row, "tags"))]
    there = write.text.strip().casefold() in {tag.casefold() for tag in tags}
    if there or "tagged" in answers:
        return Done(candidate)
    attributes = {"tags": [*tags, write.text.strip()]}
    body = {"data": {"id": candidate, "type": "candidates", "attributes": attributes}}
    return Put("tagged", ApiRequest("PATCH", url, json=body))


def _todo(write: Write, answers: Answers, base: str | None) -> Step:
    """A to-do of the target's user, for themselves, about the candidate; Teamtailor insists on a user."""
    url, candidate = f"{base or API_BASE}/todos", write.target.candidate
    if "todos" not in answers:
        params = (("filter[candidate]", candidate), _PER_PAGE)
        return Ask("todos", (ApiRequest("GET", url, params),))
    if known := _marked(answers["todos"], "value", write.marker):
        return Done(known)
    if "todo" in answers:
        return Done(next((identity(row.get("id")) for row in answers["todo"]), None))
    marker = [] if write.marker in write.text else [write.marker]
    words = "\n".join(filter(None, [write.title.strip(), write.text.strip(), *marker]))
    attributes = {"value": words.translate(_HARMLESS)}
    if write.due_at:
        attributes["due"] = write.due_at.astimezone(UTC).date().isoformat()
    relations = {"candidate": _one("candidates", candidate)}
    if write.target.user:
        relations |= {role: _one("users", write.target.user) for role in ("user", "assigner", "assignee")}
    todo = {"type": "todos", "attributes": attributes, "relationships": relations}
    return Put("todo", ApiRequest("POST", url, json={"data": todo}))


def _one(kind: str, external_id: str) -> object:
    return {"data": {"id": _as_number(external_id), "type": kind}}


def _marked(found: Sequence[Json], name: str, marker: str) -> str | None:
    ours = whole(marker)
    for row in found:
        words = attribute(row, name)
        if isinstance(words, str) and ours.search(words):
            return identity(row.get("id"))
    return None


def _as_number(external_id: str) -> int | str:
    return int(external_id) if external_id.isascii() and external_id.isdigit() else external_id
