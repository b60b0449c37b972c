"""SmartRecruiters' API: credentials, pages, limits, notes and tags; `smartrecruiters_ask` has the questions.

An API key in the header ``X-SmartToken``, or OAuth client credentials; ten calls a second and eight at once,
told in headers without a reset (SmartRecruiters docs and clients of its public specification, read 2026-11).
"""

import json
import re
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import quote

from app.ats.by_time import resume_point
from app.ats.canonical import USUALLY_PUSHED
from app.ats.fields import Answers, Json, identity, parse_object, text, texts, whole
from app.ats.http import Account, ApiRequest, ApiResponse, Rate, Target, Token
from app.ats.smartrecruiters_answers import read_answers
from app.ats.smartrecruiters_ask import (
    API_BASE,
    changed_applications,
    changed_requests,
    first_requests,
    found,
    further_requests,
    get,
    named_requests,
)
from app.ats.smartrecruiters_failures import failure
from app.ats.steps import Ask, Done, Put, Step, Write, WriteKind, not_offered
from app.errors import MalformedBody, Unprocessable

__all__ = [
    "API_BASE",
    "ASSUMED_RATE",
    "AUTH_URL",
    "CHUNK",
    "PUSHED",
    "STEADY",
    "WRITES",
    "api_base",
    "auth_url",
    "changed_applications",
    "changed_requests",
    "created_id",
    "failure",
    "first_requests",
    "found",
    "further_requests",
    "marker_in",
    "named_requests",
    "next_page",
    "note_request",
    "notes_requests",
    "rate",
    "read_answers",
    "read_token",
    "resume_point",
    "rows",
    "token_request",
    "with_credentials",
    "write_step",
]

_BASES = {"": API_BASE, "sandbox": "https://api.sandbox.smartrecruiters.com"}
AUTH_URL = "https://www.smartrecruiters.com/identity/oauth/token"

ASSUMED_RATE = 10, timedelta(seconds=1)
CHUNK = 10
"""An application costs some eight calls, and half the rate is five a second."""
PUSHED = USUALLY_PUSHED
STEADY = frozenset({"users"})
WRITES = frozenset({WriteKind.NOTE, WriteKind.TAG})

_LONGEST_NOTE = 10_000
_KEPT_END = 300
_ASSUMED_LIFE, _LONGEST_LIFE = 1800, 7 * 24 * 3600


def api_base(account: Account) -> str:
    """The address of the production system, or of the sandbox where ``site`` says ``sandbox``.

    Raises `Unprocessable` for any other site.
    """
    if account.api_base:
        return account.api_base
    if account.site not in _BASES:
        raise Unprocessable("The site of SmartRecruiters is empty, or `sandbox`.", field="site")
    return _BASES[account.site]


def auth_url(account: Account) -> str | None:
    """Where tokens are fetched with a client id; None where there is an API key."""
    return None if account.api_key else account.auth_url or AUTH_URL


def token_request(account: Account) -> ApiRequest | None:
    """Asks for an access token with client credentials; None where there is an API key."""
    url = auth_url(account)
    if url is None:
        return None
    form = {
        "grant_type": "client_credentials",
        "client_id": account.client_id,
        "client_secret": account.client_secret,
    }
    return ApiRequest("POST", url, form=form)


def read_token(response: ApiResponse, now: datetime) -> Token:
    """The token of an answer; raises `MalformedBody` where there is none. Without an expiry, half an hour."""
    answer = parse_object(response.body)
    value = text(answer.get("access_token"), 20_000)
    if value is None:
        raise MalformedBody("The answer of the token endpoint holds no access_token.")
    said = answer.get("expires_in")
    seconds = (
        int(said) if isinstance(said, int | str) and re.fullmatch(r"\d{1,8}", str(said), re.ASCII) else 0
    )
    return Token(value, now + timedelta(seconds=min(seconds or _ASSUMED_LIFE, _LONGEST_LIFE)))


def with_credentials(request: ApiRequest, account: Account, token: Token | None) -> ApiRequest:
    """The request with its token or its key."""
    if token is not None:
        return request.with_header("authorization", f"Bearer {token.value}")
    return request.with_header("x-smarttoken", account.api_key)


# Answers


def rows(response: ApiResponse) -> tuple[Json, ...]:
    """The rows of a list, bare or under ``content``, or the one object; none for an empty body.

    Raises `MalformedBody` for anything else.
    """
    if not response.body.strip():
        return ()
    try:
        parsed: object = json.loads(response.body)
    except (ValueError, RecursionError) as error:
        raise MalformedBody("The answer is not valid JSON.") from error
    if isinstance(parsed, dict):
        parsed = parsed["content"] if isinstance(parsed.get("content"), list) else [parsed]
    if not isinstance(parsed, list) or not all(isinstance(row, dict) for row in parsed):
        raise MalformedBody("The answer is not a list of objects.")
    return tuple(parsed)


def next_page(request: ApiRequest, response: ApiResponse) -> ApiRequest | None:
    """The request for the next page, by ``nextPageId`` or by ``offset``; None on the last one."""
    try:
        answer = parse_object(response.body)
    except MalformedBody:
        return None
    content = answer.get("content")
    if not isinstance(content, list) or not content:
        return None
    following = text(answer.get("nextPageId"), 2000)
    if following is not None:
        return _with_param(request, "pageId", following)
    offset, total = answer.get("offset"), answer.get("totalFound")
    if isinstance(offset, int) and isinstance(total, int) and 0 <= offset + len(content) < total:
        return _with_param(request, "offset", str(offset + len(content)))
    return None


def _with_param(request: ApiRequest, name: str, value: str) -> ApiRequest | None:
    if (name, value) in request.params:
        return None  # a page that leads to itself would be read for ever
    others = tuple(pair for pair in request.params if pair[0] != name)
    return replace(request, params=(*others, (name, value)))


def rate(response: ApiResponse, now: datetime) -> Rate | None:
    """What the headers say of the limit of a second, or None where they say nothing."""
    del now
    said = [response.headers.get(f"x-ratelimit-{name}", "") for name in ("limit", "remaining")]
    if not all(re.fullmatch(r"\d{1,9}", one, re.ASCII) for one in said):
        return None
    return Rate(int(said[0]), int(said[1]))


# Writing back


def note_request(target: Target, body: str, base: str | None = None) -> ApiRequest:
    """Writes a message that hangs on the candidate and notifies nobody.

    Who has access to the candidate may read it. It is written in the name of the credential's owner: there is
    no acting as somebody else. A text that is too long is cut before its end, where our marker stands.
    """
    mention = f"\n#[CANDIDATE:{target.candidate}]"
    plain = re.sub(r"([@#])\[", "\\1\u200b[", body)
    room = _LONGEST_NOTE - len(mention)
    if len(plain) > room:
        plain = f"{plain[: room - _KEPT_END - 1]}…{plain[-_KEPT_END:]}"
    share = {"users": [], "hiringTeamOf": [], "everyone": False, "openNote": True}
    content = {"content": plain + mention, "shareWith": share}
    # What SmartRecruiters does with it is not documented; equal for equal notes, so that it can only help.
    content["correlationId"] = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{target.candidate}\n{body}"))
    return ApiRequest("POST", f"{base or API_BASE}/messages/shares", json=content)


def created_id(response: ApiResponse) -> str | None:
    """The id of what a write created, or None where the answer names none."""
    try:
        return identity(parse_object(response.body).get("id"))
    except MalformedBody:
        return None


def notes_requests(target: Target, base: str | None = None) -> Sequence[ApiRequest]:
    """Lists the messages about the candidate."""
    return (get(base, "messages", ("candidateId", target.candidate), ("limit", "100")),)


def marker_in(notes: Sequence[Json], marker: str) -> str | None:
    """The id of the message whose text carries the whole marker, or None."""
    ours = whole(marker)
    for row in notes:
        content = row.get("content")
        if isinstance(content, str) and ours.search(content) and (own := identity(row.get("id"))):
            return own
    return None


def write_step(write: Write, answers: Answers, base: str | None = None) -> Step:
    """Adds a tag to the candidate where it is not there yet, in whatever case; no other kind is written."""
    if write.kind is not WriteKind.TAG:
        raise not_offered(write)
    path = f"candidates/{quote(write.target.candidate, safe='')}/tags"
    if "tags" not in answers:
        return Ask("tags", (get(base, path),))
    known = {tag.casefold() for row in answers["tags"] for tag in texts(row.get("tags"))}
    tag = write.text.strip()
    if "tagged" in answers or tag.casefold() in known:
        return Done()
    # POST adds and PUT replaces: what somebody else adds meanwhile must stay.
    return Put("tagged", ApiRequest("POST", f"{base or API_BASE}/{path}", json={"tags": [tag]}))
