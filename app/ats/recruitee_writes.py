"""What is written into Recruitee: notes, tags and tasks, each looked for first.

``POST /candidates/{id}/notes`` is documented; ``POST /tasks`` and ``POST /candidates/{id}/tags`` are used
by public clients (read 2026-11). There is no idempotency key, and no way to log an e-mail without sending
it. Everything is written as the owner of the API token.
"""

import re
from collections.abc import Iterator, Sequence

from app.ats.fields import Answers, Json, child, parse_object, stamp, whole
from app.ats.http import ApiRequest, ApiResponse, Target
from app.ats.recruitee_facts import number, tag_names
from app.ats.recruitee_paths import get, post
from app.ats.steps import Ask, Done, Put, Step, Write, WriteKind, not_offered
from app.errors import MalformedBody

WRITES = frozenset({WriteKind.NOTE, WriteKind.TAG, WriteKind.TASK})

_PER_PAGE = "100"
_MENTION = re.compile(r"(?<![^\W_])@(?=\S)")
_UNTOUCHED = "\u2060"
"""A word joiner: nothing to see, and no mention any more."""


def plain(words: str) -> str:
    """The words so that they show the same whether Recruitee reads them as text or as HTML.

    Angle brackets become typographic ones, so that no markup comes in with a candidate's name; an ``@``
    that begins a word no longer mentions, and so notifies, anybody.
    """
    return _MENTION.sub(f"@{_UNTOUCHED}", words.replace("<", "‹").replace(">", "›"))


def note_request(target: Target, body: str, base: str | None = None) -> ApiRequest:
    """Writes a note on the candidate that everybody on the hiring team may see."""
    note = {"body": plain(body), "visibility": {"level": "public"}}
    return post(base, f"/candidates/{_candidate(target)}/notes", {"note": note})


def notes_requests(target: Target, base: str | None = None) -> tuple[ApiRequest, ...]:
    """Lists the candidate's notes."""
    return (get(base, f"/candidates/{_candidate(target)}/notes", page="1", limit=_PER_PAGE),)


def created_id(response: ApiResponse) -> str | None:
    """Recruitee's id of what a write created, or None where the answer names none."""
    try:
        answer = parse_object(response.body)
    except MalformedBody:
        return None
    ids = (number(child(answer, name).get("id")) for name in ("note", "task"))
    return next((found for found in ids if found), None)


def marker_in(notes: Sequence[Json], marker: str) -> str | None:
    """Recruitee's id of the note that carries the whole marker, or None.

    A note's text may come as plain text or as a document of nested pieces, so all of it is searched.
    """
    ours = whole(marker)
    found = (row for row in notes if any(ours.search(words) for words in _words(row)))
    return next((number(row.get("id")) for row in found), None)


def _words(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _words(one)


def write_step(write: Write, answers: Answers, base: str | None = None) -> Step:
    """What comes next in writing a tag or a task; the vendor's id of a task is told at the end."""
    if write.kind is WriteKind.TAG:
        return _tag_step(write, answers, base)
    if write.kind is WriteKind.TASK:
        return _task_step(write, answers, base)
    raise not_offered(write)


def _tag_step(write: Write, answers: Answers, base: str | None) -> Step:
    candidate = _candidate(write.target)
    if "candidate" not in answers:
        return Ask("candidate", (get(base, f"/candidates/{candidate}"),))
    known = [name for row in answers["candidate"] for name in tag_names(row)]
    wanted = " ".join(write.text.split())
    if "written" in answers or wanted.casefold() in {name.casefold() for name in known}:
        return Done()
    # The known ones are sent along: whether tags are added or replaced is not documented, so both do right.
    return Put("written", post(base, f"/candidates/{candidate}/tags", {"tags": [*known, wanted]}))


def _task_step(write: Write, answers: Answers, base: str | None) -> Step:
    candidate = _candidate(write.target)
    if "tasks" not in answers:
        scopes = [
            get(base, "/tasks", candidate_id=candidate, scope=scope, page="1", limit=_PER_PAGE)
            for scope in ("pending", "completed")
        ]
        return Ask("tasks", scopes)
    if known := marker_in(answers["tasks"], write.marker):
        return Done(known)
    if "written" in answers:
        return Done(next((number(row.get("id")) for row in answers["written"]), None))
    text = write.text if write.marker in write.text else f"{write.text}\n\n{write.marker}"
    task: dict[str, object] = {"candidate_id": int(candidate), "title": plain(write.title or write.text)}
    task |= {"description": plain(text)}
    task |= {"due_date": stamp(write.due_at), "timezone": "UTC"} if write.due_at else {}
    task |= {"admin_id": int(user)} if (user := number(write.target.user)) else {}
    return Put("written", post(base, "/tasks", {"task": task}))


def _candidate(target: Target) -> str:
    # An id that is not Recruitee's is asked for as nobody: refused there, and never a path of its own.
    return number(target.candidate) or "0"
