"""Greenhouse's Harvest v3: requests to build and answers to understand.

OAuth client credentials; lists by ids, at most 50 a filter; cursor pages through the Link header, where a
request with a cursor may carry no other parameter; a fixed rate window of 30 seconds told in headers
(Harvest v3 docs and clients that quote them, read 2026-11). Versions 1 and 2 ended on 2026-08-31.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from app.ats.by_time import resume_point
from app.ats.canonical import USUALLY_PUSHED, Named, NamedKind
from app.ats.fields import Answers, Json, identity, instant, parse_object, stamp, whole
from app.ats.greenhouse_answers import read_answers
from app.ats.greenhouse_failures import failure
from app.ats.greenhouse_tokens import (
    AUTH_URL,
    LONGEST_LIFE,
    auth_url,
    epoch,
    number,
    read_token,
    token_request,
    with_credentials,
)
from app.ats.http import Account, ApiRequest, ApiResponse, Rate, Target
from app.ats.steps import Step, Write, WriteKind, not_offered
from app.errors import MalformedBody

__all__ = [
    "API_BASE",
    "ASSUMED_RATE",
    "AUTH_URL",
    "CHUNK",
    "PUSHED",
    "SCOPES",
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
    "list_requests",
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

API_BASE = "https://harvest.greenhouse.io/v3"

_FILTERS: Mapping[str, str] = {
    "applications": "ids",
    "application_stages": "application_ids",
    "job_interview_stages": "ids",
    "interviews": "application_ids",
    "interviewers": "interview_ids",
    "scorecards": "application_ids",
    "offers": "application_ids",
    "users": "ids",
    "candidates": "ids",
    "jobs": "ids",
    "job_owners": "job_ids",
    "job_hiring_managers": "job_ids",
    "rejection_details": "application_ids",
    "rejection_reasons": "ids",
    "notes": "candidate_ids",
}
SCOPES = (*(f"harvest:{resource}:list" for resource in _FILTERS), "harvest:notes:create")
"""What the credential in Greenhouse must be allowed to do."""

ASSUMED_RATE = 40, timedelta(seconds=30)
CHUNK = 50
PUSHED = USUALLY_PUSHED
STEADY = frozenset(
    {"job_interview_stages", "rejection_reasons", "users", "job_owners", "job_hiring_managers"}
)
WRITES = frozenset({WriteKind.NOTE})

_MOST_IDS = 50
_PER_PAGE = 500


def api_base(account: Account) -> str:
    """Harvest has one address for all accounts."""
    return account.api_base or API_BASE


# Lists


def list_requests(
    resource: str, ids: Sequence[str], *, by: str | None = None, base: str | None = None
) -> tuple[ApiRequest, ...]:
    """Lists a resource by ids, in as many requests as the limit of 50 ids asks for; none for no ids.

    ``by`` names another filter than the resource's usual one.
    """
    unique = list(dict.fromkeys(ids))
    chunks = [unique[start : start + _MOST_IDS] for start in range(0, len(unique), _MOST_IDS)]
    return tuple(_list(resource, (by or _FILTERS[resource], ",".join(chunk)), base) for chunk in chunks)


def changed_requests(
    since: datetime, base: str | None = None, resume: Mapping[str, str] | None = None
) -> Mapping[str, Sequence[ApiRequest]]:
    """Lists what changed at or after that instant among what Greenhouse tells applications by."""
    del resume  # Greenhouse goes by time
    after = ("updated_at", f"gte|{stamp(since)}")
    followed = ("applications", "interviews", "scorecards", "offers")
    return {resource: (_list(resource, after, base),) for resource in followed}


def changed_applications(answers: Answers) -> list[str]:
    """The applications that the answers to `changed_requests` name, each once."""
    own = [identity(row.get("id")) for row in answers.get("applications", ())]
    named = [
        identity(row.get("application_id"))
        for resource, found in answers.items()
        if resource != "applications"
        for row in found
    ]
    return sorted({external_id for external_id in own + named if external_id})


def _list(resource: str, wanted: tuple[str, str], base: str | None) -> ApiRequest:
    return ApiRequest("GET", f"{base or API_BASE}/{resource}", (wanted, ("per_page", str(_PER_PAGE))))


def named_requests(named: Sequence[Named], base: str | None = None) -> Mapping[str, Sequence[ApiRequest]]:
    """Greenhouse's webhooks tell what they name; this asks about applications all the same."""
    return first_requests([one.id for one in named if one.kind is NamedKind.APPLICATION], base)


def found(named: Named, answers: Answers) -> bool:
    """Whether the answers hold the application."""
    return named.id in _ids(answers.get("applications", ()), "id")


def first_requests(
    applications: Sequence[str], base: str | None = None
) -> Mapping[str, Sequence[ApiRequest]]:
    """What to ask about these applications, by resource."""
    about = ("applications", "application_stages", "interviews", "scorecards", "offers")
    return {resource: list_requests(resource, applications, base=base) for resource in about}


@dataclass(frozen=True, slots=True)
class _Named:
    """A resource that is only named by the rows of others, with the fields that name it."""

    resource: str
    named_by: tuple[tuple[str, str], ...]


_FURTHER = (
    _Named("interviewers", (("interviews", "id"),)),
    _Named("job_interview_stages", (("application_stages", "job_interview_stage_id"),)),
    _Named("candidates", (("applications", "candidate_id"),)),
    _Named("jobs", (("applications", "job_id"),)),
    _Named("job_owners", (("applications", "job_id"),)),
    _Named("job_hiring_managers", (("applications", "job_id"),)),
    _Named("rejection_reasons", (("rejection_details", "rejection_reason_id"),)),
    _Named(
        "users",
        (
            ("applications", "recruiter_id"),
            ("applications", "coordinator_id"),
            ("interviewers", "user_id"),
            ("scorecards", "interviewer_id"),
            ("job_owners", "user_id"),
            ("job_hiring_managers", "user_id"),
        ),
    ),
)


def further_requests(answers: Answers, base: str | None = None) -> Mapping[str, Sequence[ApiRequest]]:
    """What to ask next about what the answers so far only name; empty when nothing is missing.

    A resource that is already among the answers is not asked for again, so three rounds are enough. Users
    come last, once everything that names them is there.
    """
    asked: dict[str, Sequence[ApiRequest]] = {}
    rejected = [row for row in answers.get("applications", ()) if row.get("status") == "rejected"]
    if "rejection_details" not in answers and rejected:
        asked["rejection_details"] = list_requests("rejection_details", _ids(rejected, "id"), base=base)
    for further in _FURTHER:
        if further.resource in answers or (further.resource == "users" and asked):
            continue
        ids = [found for source, name in further.named_by for found in _ids(answers.get(source, ()), name)]
        if ids:
            asked[further.resource] = list_requests(further.resource, ids, base=base)
    return asked


def _ids(found: Sequence[Json], name: str) -> list[str]:
    return [value for row in found if (value := identity(row.get(name)))]


# Answers


def rows(response: ApiResponse) -> tuple[Json, ...]:
    """The rows of a list; raises `MalformedBody` where the answer is not a list of objects."""
    try:
        parsed: object = json.loads(response.body)
    except (ValueError, RecursionError) as error:
        raise MalformedBody("The answer is not valid JSON.") from error
    if isinstance(parsed, dict) and identity(parsed.get("id")):
        parsed = [parsed]
    if not isinstance(parsed, list) or not all(isinstance(row, dict) for row in parsed):
        raise MalformedBody("The answer is not a list of objects.")
    return tuple(parsed)


_NEXT_LINK = re.compile(r'<([^<>]+)>\s*;[^,<]*\brel="?next"?', re.IGNORECASE)


def next_page(request: ApiRequest, response: ApiResponse) -> ApiRequest | None:
    """The request for the next page, or None on the last one; it carries the cursor and nothing else.

    Raises `MalformedBody` where the link is no address: a list must not end there as if that were all.
    """
    link = _NEXT_LINK.search(response.headers.get("link", ""))
    if link is None:
        return None
    try:
        parts = urlsplit(urljoin(request.url, link[1]))
    except ValueError as error:
        raise MalformedBody("The link to the next page is no address.") from error
    query = parse_qsl(parts.query)
    cursor = [pair for pair in query if pair[0] == "cursor"]
    url = urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(cursor or query), ""))
    return ApiRequest("GET", url)


def rate(response: ApiResponse, now: datetime) -> Rate | None:
    """What the headers say of the limit, or None where they say nothing."""
    limit = number(response.headers.get("x-ratelimit-limit"))
    remaining = number(response.headers.get("x-ratelimit-remaining"))
    if limit is None or remaining is None:
        return None
    reset = response.headers.get("x-ratelimit-reset")
    seconds = number(reset)
    if seconds is None:
        return Rate(int(limit), int(remaining), instant(reset))
    soon = seconds <= LONGEST_LIFE
    return Rate(int(limit), int(remaining), now + timedelta(seconds=seconds) if soon else epoch(seconds))


# Notes


def note_request(
    target: Target, body: str, base: str | None = None, *, visibility: str = "private"
) -> ApiRequest:
    """Writes a note on the candidate, as the target's user where one is given.

    ``visibility`` is ``admin_only``, ``private`` or ``public``. Harvest has no idempotency key: the body
    should carry our marker, and after an unknown outcome it is looked for with `notes_requests` and
    `marker_in` before the note is written again.
    """
    note: dict[str, object] = {"candidate_id": _as_number(target.candidate)}
    note |= {"application_id": _as_number(target.application)} if target.application else {}
    note |= {"user_id": _as_number(target.user)} if target.user else {}
    note |= {"body": body, "note_type": "NOTE", "visibility": visibility}
    return ApiRequest("POST", f"{base or API_BASE}/notes", json=note)


def created_id(response: ApiResponse) -> str | None:
    """Greenhouse's id of what a write created, or None where the answer names none."""
    try:
        return identity(parse_object(response.body).get("id"))
    except MalformedBody:
        return None


def notes_requests(target: Target, base: str | None = None) -> tuple[ApiRequest, ...]:
    """Lists the candidate's notes."""
    return list_requests("notes", [target.candidate], base=base)


def marker_in(notes: Sequence[Json], marker: str) -> str | None:
    """Greenhouse's id of the note whose body carries the whole marker, or None."""
    ours = whole(marker)
    found = (row for row in notes if isinstance(body := row.get("body"), str) and ours.search(body))
    return next((identity(row.get("id")) for row in found), None)


def write_step(write: Write, answers: Answers, base: str | None = None) -> Step:
    """Nothing but notes is written."""
    del answers, base
    raise not_offered(write)


def _as_number(external_id: str) -> int | str:
    return int(external_id) if external_id.isascii() and external_id.isdigit() else external_id
