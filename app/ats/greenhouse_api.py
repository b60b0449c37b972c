"""Greenhouse's Harvest v3: requests to build and answers to understand.

OAuth client credentials; lists by ids, at most 50 a filter; cursor pages through the Link header, where a
request with a cursor may carry no other parameter; a fixed rate window of 30 seconds told in headers
(Harvest v3 docs and clients that quote them, read 2026-11). Versions 1 and 2 ended on 2026-08-31.
"""

import base64
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from app.ats.fields import Answers, Json, identity, instant, parse_object, stamp, text
from app.ats.greenhouse_answers import read_answers
from app.ats.greenhouse_failures import failure
from app.ats.http import Account, ApiRequest, ApiResponse, Rate, Token
from app.errors import MalformedBody

__all__ = [
    "API_BASE",
    "AUTH_URL",
    "SCOPES",
    "changed_applications",
    "changed_requests",
    "created_id",
    "failure",
    "first_requests",
    "further_requests",
    "list_requests",
    "marker_in",
    "next_page",
    "note_request",
    "notes_requests",
    "rate",
    "read_answers",
    "read_token",
    "rows",
    "token_request",
    "with_token",
]

API_BASE = "https://harvest.greenhouse.io/v3"
AUTH_URL = "https://auth.greenhouse.io/token"

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

_MOST_IDS = 50
_PER_PAGE = 500
_ASSUMED_LIFE = timedelta(hours=1)
_LONGEST_LIFE = 7 * 24 * 3600


# Tokens


def token_request(account: Account) -> ApiRequest:
    """Asks for an access token, acting as ``account.user`` where one is given."""
    basic = base64.b64encode(f"{account.client_id}:{account.client_secret}".encode()).decode("ascii")
    form = {"grant_type": "client_credentials"} | ({"sub": account.user} if account.user else {})
    return ApiRequest(
        "POST", account.auth_url or AUTH_URL, headers={"authorization": f"Basic {basic}"}, form=form
    )


def read_token(response: ApiResponse, now: datetime) -> Token:
    """The token of an answer; raises `MalformedBody` where there is none.

    Clients disagree on the name of the expiry, so ``expires_at``, ``expires_in`` and ``expires`` are all
    read; without one an hour is assumed.
    """
    answer = parse_object(response.body)
    value = text(answer.get("access_token"), 20_000)
    if value is None:
        raise MalformedBody("The answer of the token endpoint holds no access_token.")
    for name in ("expires_at", "expires_in", "expires"):
        if expires_at := _expiry(answer.get(name), now):
            return Token(value, expires_at)
    return Token(value, now + _ASSUMED_LIFE)


def _expiry(value: object, now: datetime) -> datetime | None:
    number = _number(value)
    if number is None:
        return instant(value)
    if 0 < number <= _LONGEST_LIFE:
        return now + timedelta(seconds=number)
    return _epoch(number)


def with_token(request: ApiRequest, token: Token) -> ApiRequest:
    """The request with its bearer token."""
    return request.with_header("authorization", f"Bearer {token.value}")


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


def changed_requests(since: datetime, base: str | None = None) -> Mapping[str, Sequence[ApiRequest]]:
    """Lists what changed at or after that instant among what Greenhouse tells applications by."""
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
    """The request for the next page, or None on the last one; it carries the cursor and nothing else."""
    link = _NEXT_LINK.search(response.headers.get("link", ""))
    if link is None:
        return None
    parts = urlsplit(urljoin(request.url, link[1]))
    query = parse_qsl(parts.query)
    cursor = [pair for pair in query if pair[0] == "cursor"]
    url = urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(cursor or query), ""))
    return ApiRequest("GET", url)


def rate(response: ApiResponse, now: datetime) -> Rate | None:
    """What the headers say of the limit, or None where they say nothing."""
    limit = _number(response.headers.get("x-ratelimit-limit"))
    remaining = _number(response.headers.get("x-ratelimit-remaining"))
    if limit is None or remaining is None:
        return None
    reset = response.headers.get("x-ratelimit-reset")
    number = _number(reset)
    if number is None:
        return Rate(int(limit), int(remaining), instant(reset))
    soon = number <= _LONGEST_LIFE
    return Rate(int(limit), int(remaining), now + timedelta(seconds=number) if soon else _epoch(number))


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    digits = str(value).strip()
    return float(digits) if re.fullmatch(r"\d{1,12}(\.\d{1,9})?", digits, re.ASCII) else None


def _epoch(number: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(number, UTC)
    except (ValueError, OverflowError):
        return None


# Notes


def note_request(
    candidate: str,
    application: str | None,
    body: str,
    user: str | None = None,
    *,
    visibility: str = "private",
    base: str | None = None,
) -> ApiRequest:
    """Writes a note on the candidate, as ``user`` where one is given.

    ``visibility`` is ``admin_only``, ``private`` or ``public``. Harvest has no idempotency key: the body
    should carry our marker, and after an unknown outcome it is looked for with `notes_requests` and
    `marker_in` before the note is written again.
    """
    note: dict[str, object] = {"candidate_id": _as_number(candidate)}
    note |= {"application_id": _as_number(application)} if application else {}
    note |= {"user_id": _as_number(user)} if user else {}
    note |= {"body": body, "note_type": "NOTE", "visibility": visibility}
    return ApiRequest("POST", f"{base or API_BASE}/notes", json=note)


def created_id(response: ApiResponse) -> str | None:
    """Greenhouse's id of what a write created, or None where the answer names none."""
    try:
        return identity(parse_object(response.body).get("id"))
    except MalformedBody:
        return None


def notes_requests(candidate: str, base: str | None = None) -> tuple[ApiRequest, ...]:
    """Lists the candidate's notes."""
    return list_requests("notes", [candidate], base=base)


def marker_in(notes: Sequence[Json], marker: str) -> str | None:
    """Greenhouse's id of the note whose body carries the whole marker, or None."""
    whole = re.compile(rf"(?<![\w-]){re.escape(marker)}(?![\w-])")
    found = (row for row in notes if isinstance(body := row.get("body"), str) and whole.search(body))
    return next((identity(row.get("id")) for row in found), None)


def _as_number(external_id: str) -> int | str:
    return int(external_id) if external_id.isascii() and external_id.isdigit() else external_id
