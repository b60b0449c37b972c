"""Lever's API: requests to build and answers to understand.

The API key is the user name of Basic authentication; ten calls a second and key, bursts of twenty, told in no
header; pages by ``offset``; instants in milliseconds; no idempotency keys, so a repeated write writes twice
(Lever docs and recorded answers, read 2026-11). The European address is known from public clients only.
"""

import base64
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from app.ats.by_key import auth_url, read_token, token_request
from app.ats.by_time import resume_point
from app.ats.canonical import USUALLY_PUSHED
from app.ats.fields import Answers, Json, child, children, parse_object, texts, whole
from app.ats.http import Account, ApiRequest, ApiResponse, Target, Token
from app.ats.lever_answers import read_answers
from app.ats.lever_asking import (
    API_BASE,
    BY_CONTACT,
    changed_applications,
    changed_requests,
    first_requests,
    found,
    further_requests,
    get,
    named_requests,
)
from app.ats.lever_facts import ref, safe_id
from app.ats.lever_failures import failure
from app.ats.steps import Ask, Done, Put, Step, Write, WriteKind, not_offered
from app.errors import MalformedBody, Unprocessable

__all__ = [
    "API_BASE",
    "ASSUMED_RATE",
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

REGIONS: Mapping[str, str] = {
    "": API_BASE,
    "us": API_BASE,
    "eu": "https://api.eu.lever.co/v1",
    "sandbox": "https://api.sandbox.lever.co/v1",
}
ASSUMED_RATE = 10, timedelta(seconds=1)
CHUNK = 8
PUSHED = USUALLY_PUSHED
STEADY = frozenset({"stages", "archive_reasons", "users"})
WRITES = frozenset({WriteKind.NOTE, WriteKind.TAG})

_SUCCESS = range(200, 300)


def api_base(account: Account) -> str:
    """The address of the account's region; raises `Unprocessable` for a region that Lever does not have."""
    if account.api_base:
        return account.api_base
    try:
        return REGIONS[account.site]
    except KeyError as error:
        raise Unprocessable("Lever's region is us, eu or sandbox.", field="site") from error


def with_credentials(request: ApiRequest, account: Account, token: Token | None) -> ApiRequest:
    """The request with the API key as its user name, without a password."""
    del token
    basic = base64.b64encode(f"{account.api_key}:".encode()).decode("ascii")
    return request.with_header("authorization", f"Basic {basic}")


def rate(response: ApiResponse, now: datetime) -> None:
    """Lever tells nothing of its limit."""
    del response, now


def rows(response: ApiResponse) -> tuple[Json, ...]:
    """What stands under ``data``, one row for an object; none for no body and for a refusal that is none.

    Raises `MalformedBody` for anything else.
    """
    if response.status not in _SUCCESS or not response.body.strip():
        return ()
    data = _parsed(response).get("data")
    listed = [data] if isinstance(data, dict) else data
    if not isinstance(listed, list) or not all(isinstance(row, dict) for row in listed):
        raise MalformedBody("The answer holds no data.")
    return tuple(listed)


def _parsed(response: ApiResponse) -> Json:
    try:
        parsed: object = json.loads(response.body)
    except (ValueError, RecursionError) as error:
        raise MalformedBody("The answer is not valid JSON.") from error
    if not isinstance(parsed, dict):
        raise MalformedBody("The answer is not an object.")
    return parsed


def next_page(request: ApiRequest, response: ApiResponse) -> ApiRequest | None:
    """The same request from the offset that the answer names, or None on the last page.

    A list of one contact's opportunities ends where Lever lists others': the parameter is not verified, and
    an account is large.
    """
    try:
        answer = _parsed(response)
    except MalformedBody:
        return None
    following = answer.get("next")
    if answer.get("hasNext") is not True or not isinstance(following, str) or not following:
        return None
    params = dict(request.params)
    contact = params.get(BY_CONTACT)
    if contact and any(ref(row.get("contact")) != contact for row in children(answer, "data")):
        return None
    if params.get("offset") == following:
        return None
    kept = tuple(pair for pair in request.params if pair[0] != "offset")
    return ApiRequest(request.method, request.url, (*kept, ("offset", following)))


# Writing back


def note_request(target: Target, body: str, base: str | None = None) -> ApiRequest:
    """Writes a note on the opportunity, as the target's user where one is given.

    An ``@`` is parted from what follows it: Lever notifies users whose names follow one.
    """
    note = {"value": re.sub(r"@(?=\S)", "@\u2060", body), "notifyFollowers": False}
    return _write(target, "notes", note, base)


def _write(target: Target, action: str, body: Mapping[str, object], base: str | None) -> ApiRequest:
    params = (("perform_as", target.user),) if target.user else ()
    url = f"{base or API_BASE}/opportunities/{_opportunity(target)}/{action}"
    return ApiRequest("POST", url, params, json=body)


def _opportunity(target: Target) -> str:
    opportunity = safe_id(target.application or target.candidate)
    if opportunity is None:
        raise Unprocessable("Lever has no opportunity with such an id.")
    return opportunity


def created_id(response: ApiResponse) -> str | None:
    """Lever's id of what a write created: documented as ``noteId``, recorded beside the ``id`` as well."""
    try:
        data = child(parse_object(response.body), "data")
    except MalformedBody:
        return None
    return safe_id(data.get("noteId")) or safe_id(data.get("id"))


def notes_requests(target: Target, base: str | None = None) -> tuple[ApiRequest, ...]:
    """Lists the opportunity's notes."""
    return (get(base, f"opportunities/{_opportunity(target)}/notes", ("limit", "100")),)


def marker_in(notes: Sequence[Json], marker: str) -> str | None:
    """Lever's id of the note that carries the whole marker in one of its fields, or None."""
    ours = whole(marker)
    for row in notes:
        values = (field.get("value") for field in [row, *children(row, "fields")])
        if any(isinstance(value, str) and ours.search(value) for value in values):
            return safe_id(row.get("id"))
    return None


def write_step(write: Write, answers: Answers, base: str | None = None) -> Step:
    """A tag is added where the opportunity does not have it yet; Lever makes it if need be."""
    if write.kind is not WriteKind.TAG:
        raise not_offered(write)
    if "opportunity" not in answers:
        return Ask("opportunity", (get(base, f"opportunities/{_opportunity(write.target)}"),))
    tags = [tag for row in answers["opportunity"] for tag in texts(row.get("tags"))]
    if "tagged" in answers or write.text.strip() in tags:
        return Done()
    return Put("tagged", _write(write.target, "addTags", {"tags": [write.text.strip()]}, base))
