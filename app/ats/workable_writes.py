"""What is written back into Workable: comments and tags (Workable docs and recordings, read 2026-11)."""

import re
from collections.abc import Sequence

from app.ats.fields import Answers, Json, identity, parse_object, whole
from app.ats.http import ApiRequest, ApiResponse, FailureKind, Target
from app.ats.steps import Ask, Done, Put, Step, Write, WriteKind, not_offered
from app.ats.workable_pages import activities, address, get, quoted
from app.errors import MalformedBody, VendorRefused


def note_request(target: Target, body: str, base: str | None = None) -> ApiRequest:
    """Writes a comment on the candidate, as the target's user: Workable wants the id of a member.

    Nobody is mentioned and nothing is markup, whatever the text holds: whether Workable reads either there is
    not documented, so both lose their signs.
    """
    comment: dict[str, object] = {"comment": {"body": _plain(body)}}
    comment |= {"member_id": target.user} if target.user else {}
    url = address(f"candidates/{quoted(target.candidate)}/comments", base)
    return ApiRequest("POST", url, json=comment)


def _plain(body: str) -> str:
    unmarked = body.replace("<", "‹").replace(">", "›")
    return re.sub(r"(?<!\w)@(?=\S)", "@\u200b", unmarked)


def created_id(response: ApiResponse) -> str | None:
    """Workable's id of what a write created, or None where the answer names none."""
    try:
        return identity(parse_object(response.body).get("id"))
    except MalformedBody:
        return None


def notes_requests(target: Target, base: str | None = None) -> Sequence[ApiRequest]:
    """Lists the candidate's activities, among which comments stand."""
    return (activities(target.candidate, base),)


def marker_in(notes: Sequence[Json], marker: str) -> str | None:
    """Workable's id of the comment whose body carries the whole marker, or None."""
    ours = whole(marker)
    found = (row for row in notes if isinstance(body := row.get("body"), str) and ours.search(body))
    return next((identity(row.get("id")) for row in found), None)


def write_step(write: Write, answers: Answers, base: str | None = None) -> Step:
    """What comes next in adding a tag.

    Workable replaces all tags at once: they are read, the new one is added, all are written. What a person
    changes within that moment is lost; there is no way around it. Raises `VendorRefused` where the tags
    cannot be read, since writing would then remove them.
    """
    if write.kind is not WriteKind.TAG:
        raise not_offered(write)
    path = f"candidates/{quoted(write.target.candidate)}"
    if "tagged" not in answers:
        return Ask("tagged", (get(path, base),))
    if "written" in answers:
        return Done(write.text)
    listed = answers["tagged"][0].get("tags") if answers["tagged"] else None
    if not isinstance(listed, list):
        raise VendorRefused("Workable does not show the candidate's tags.", kind=FailureKind.NOT_FOUND)
    tags = [tag for tag in listed if isinstance(tag, str)]
    if write.text.casefold() in {tag.casefold() for tag in tags}:
        return Done(write.text)
    body = {"tags": [*tags, write.text]}
    return Put("written", ApiRequest("PUT", address(f"{path}/tags", base), json=body))
