"""What is written into Ashby: notes, tags and logged e-mails (OpenAPI document of 2026-08, read 2026-11).

There are no tasks in its API. Notes and tags hang on the candidate, not on the application.
"""

import html
from collections.abc import Sequence

from app.ats.ashby_requests import MOST, ask, tell
from app.ats.fields import Answers, Json, children, identity, parse_object, stamp, text, whole
from app.ats.http import ApiRequest, ApiResponse, Target
from app.ats.steps import Ask, Done, Put, Step, Write, WriteKind, not_offered
from app.errors import MalformedBody

WRITES = frozenset({WriteKind.NOTE, WriteKind.TAG, WriteKind.EMAIL})


def note_request(target: Target, body: str, base: str | None = None) -> ApiRequest:
    """Writes a note as plain text, so that no name in it becomes markup, and notifies nobody.

    Ashby has no idempotency key for notes: the body carries our marker, by which `marker_in` finds it again.
    Notes are written in the name of the API key; Ashby lets nobody else be named.
    """
    note = {"type": "text/plain", "value": body}
    return tell(
        "candidate.createNote", base, candidateId=target.candidate, note=note, sendNotifications=False
    )


def created_id(response: ApiResponse) -> str | None:
    """Ashby's id of what a write created, or None where the answer names none."""
    try:
        results = parse_object(response.body).get("results")
    except MalformedBody:
        return None
    return identity(results.get("id")) if isinstance(results, dict) else None


def notes_requests(target: Target, base: str | None = None) -> Sequence[ApiRequest]:
    """Lists the candidate's notes."""
    return (ask("candidate.listNotes", base, candidateId=target.candidate, limit=MOST),)


def marker_in(notes: Sequence[Json], marker: str) -> str | None:
    """Ashby's id of the note that carries the whole marker, or None."""
    ours = whole(marker)
    found = (row for row in notes if isinstance(content := row.get("content"), str) and ours.search(content))
    return next((identity(row.get("id")) for row in found), None)


def write_step(write: Write, answers: Answers, base: str | None = None) -> Step:
    """What comes next in writing a tag or logging an e-mail.

    A tag is looked for at the candidate first; making one of the same title gives the one that is there. An
    e-mail cannot be looked for, but its id, our ``send_id``, is unique for an API key: Ashby takes it once.
    """
    if write.kind is WriteKind.TAG:
        return _tag(write, answers, base)
    if write.kind is WriteKind.EMAIL:
        return _email(write, answers, base)
    raise not_offered(write)


def _tag(write: Write, answers: Answers, base: str | None) -> Step:
    candidate = write.target.candidate
    if "candidates" not in answers:
        return Ask("candidates", (ask("candidate.info", base, id=candidate),))
    for row in answers["candidates"]:
        for tag in children(row, "tags"):
            if (text(tag.get("title")) or "").casefold() == write.text.strip().casefold():
                return Done(identity(tag.get("id")))
    if "tags" not in answers:
        return Put("tags", tell("candidateTag.create", base, title=write.text.strip()))
    tag_id = next((found for row in answers["tags"] if (found := identity(row.get("id")))), None)
    if tag_id is None or "tagged" in answers:
        return Done(tag_id)
    return Put("tagged", tell("candidate.addTag", base, candidateId=candidate, tagId=tag_id))


def _email(write: Write, answers: Answers, base: str | None) -> Step:
    if "emails" in answers:
        return Done(next((found for row in answers["emails"] if (found := identity(row.get("id")))), None))
    optional = {
        "userId": write.target.user,
        "sentAt": stamp(write.sent_at),
        "messageIdHeader": write.message_id or None,
    }
    request = tell(
        "candidate.addEmailMessage",
        base,
        candidateId=write.target.candidate,
        emailProviderEmailId=write.send_id,
        subject=write.title,
        **{"from": write.sender, "to": write.recipient},
        body=write.html or html.escape(write.text).replace("\n", "<br>"),
        **{name: value for name, value in optional.items() if value},
    )
    return Put("emails", request)
