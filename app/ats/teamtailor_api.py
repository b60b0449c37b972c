"""Teamtailor's API: requests to build and answers to understand.

JSON:API at one address a region; the key is sent as ``Authorization: Token token=…`` with a mandatory
``X-Api-Version``; at most 50 requests in 10 seconds; pages of at most 30 (API docs of 2021-02-01 and clients
that quote later ones, read 2026-11). Reading one application, candidate or job by its id, with what it is
related to, is documented; reading several by their ids is not, so each is asked for by itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import quote, urlsplit, urlunsplit

from app.ats.by_key import auth_url, read_token, token_request
from app.ats.by_time import resume_point
from app.ats.canonical import USUALLY_PUSHED, Named, NamedKind
from app.ats.fields import Answers, Json, child, children, identity, parse_object, stamp, text
from app.ats.http import Account, ApiRequest, ApiResponse, Rate, Token
from app.ats.teamtailor_answers import TEAMS, read_answers
from app.ats.teamtailor_failures import failure
from app.ats.teamtailor_rows import all_related, related
from app.ats.teamtailor_writes import (
    API_BASE,
    WRITES,
    created_id,
    marker_in,
    note_request,
    notes_requests,
    write_step,
)
from app.errors import MalformedBody, Unprocessable

__all__ = [
    "API_BASE",
    "API_VERSION",
    "ASSUMED_RATE",
    "CHUNK",
    "PUSHED",
    "REGIONS",
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

API_VERSION = "20240904"
REGIONS: Mapping[str, str] = {
    "": API_BASE,
    "eu": API_BASE,
    "na": "https://api.na.teamtailor.com/v1",
}
"""Where the API is, by the region in the account's ``site``."""

ASSUMED_RATE = 50, timedelta(seconds=10)
CHUNK = 20
"""One request an application, and one a job that is new to us: at most 40, at half the rate 16 seconds."""
PUSHED = USUALLY_PUSHED
STEADY = frozenset({TEAMS})

_JSON_API = "application/vnd.api+json"
_PER_PAGE = "30"
_AROUND = ("include", "candidate,job,stage,reject-reason")
_TEAM = ("include", "user,department")


def api_base(account: Account) -> str:
    """The address of the account's region; raises `Unprocessable` for a region that is not known."""
    if account.api_base:
        return account.api_base
    base = REGIONS.get(account.site)
    if base is None:
        raise Unprocessable("Teamtailor's region is `eu` (also when left empty) or `na`.", field="site")
    return base


# Credentials


def with_credentials(request: ApiRequest, account: Account, token: Token | None) -> ApiRequest:
    """The request with the key, the version and JSON:API's content type."""
    del token
    known = request.with_header("authorization", f"Token token={account.api_key}")
    known = known.with_header("x-api-version", API_VERSION).with_header("accept", _JSON_API)
    return known if request.json is None else known.with_header("content-type", _JSON_API)


# Reading


def changed_requests(
    since: datetime, base: str | None = None, resume: Mapping[str, str] | None = None
) -> Mapping[str, Sequence[ApiRequest]]:
    """Lists the applications and the candidates that changed at or after that instant.

    A candidate names their applications: who unsubscribes changes none of them. The filter is documented for
    applications; for candidates several clients use it.
    """
    del resume  # Teamtailor goes by time
    after = ("filter[updated-at][from]", stamp(since) or "")
    pages = ("page[size]", _PER_PAGE)
    root = base or API_BASE
    candidates = (after, ("include", "job-applications"), pages)
    return {
        "job-applications": (ApiRequest("GET", f"{root}/job-applications", (after, pages)),),
        "candidates": (ApiRequest("GET", f"{root}/candidates", candidates),),
    }


def changed_applications(answers: Answers) -> list[str]:
    """The applications that the answers to `changed_requests` hold or name, each once."""
    listed = [row for found in answers.values() for row in found]
    own = {identity(row.get("id")) for row in listed if row.get("type") == "job-applications"}
    named = {one for row in listed for one in all_related(row, "job-applications")}
    return sorted({one for one in own | named if one})


def named_requests(named: Sequence[Named], base: str | None = None) -> Mapping[str, Sequence[ApiRequest]]:
    """Asks for each application, candidate and job that a webhook named."""
    by_kind = {kind: [one.id for one in named if one.kind is kind] for kind in NamedKind}
    asked = {
        "job-applications": _each("job-applications", by_kind[NamedKind.APPLICATION], base, _AROUND),
        "candidates": _each("candidates", by_kind[NamedKind.CANDIDATE], base),
        "jobs": _each("jobs", by_kind[NamedKind.JOB], base, _TEAM),
    }
    return {resource: requests for resource, requests in asked.items() if requests}


def found(named: Named, answers: Answers) -> bool:
    """Whether the answers hold what was named."""
    kinds = {
        NamedKind.APPLICATION: "job-applications",
        NamedKind.CANDIDATE: "candidates",
        NamedKind.JOB: "jobs",
    }
    kind = kinds[named.kind]
    listed = (row for resource in answers.values() for row in resource)
    return any(row.get("type") == kind and identity(row.get("id")) == named.id for row in listed)


def first_requests(
    applications: Sequence[str], base: str | None = None
) -> Mapping[str, Sequence[ApiRequest]]:
    """Asks for each application, with its candidate, job, stage and reason for the rejection."""
    return {"job-applications": _each("job-applications", applications, base, _AROUND)}


def further_requests(answers: Answers, base: str | None = None) -> Mapping[str, Sequence[ApiRequest]]:
    """Asks who recruits for the jobs of the applications; nothing when that is known."""
    if TEAMS in answers:
        return {}
    told = {identity(row.get("id")) for row in answers.get("jobs", ()) if row.get("type") == "jobs"}
    named = [related(row, "job") for row in answers.get("job-applications", ())]
    teams = _each("jobs", [one for one in named if one and one not in told], base, _TEAM)
    return {TEAMS: teams} if teams else {}


def _each(
    resource: str, ids: Iterable[str], base: str | None, *params: tuple[str, str]
) -> tuple[ApiRequest, ...]:
    root = f"{base or API_BASE}/{resource}"
    return tuple(ApiRequest("GET", f"{root}/{quote(one, safe='')}", params) for one in dict.fromkeys(ids))


# Answers


def rows(response: ApiResponse) -> tuple[Json, ...]:
    """The rows of an answer and, after them, the related rows that came with it; each names its ``type``.

    Raises `MalformedBody` where the answer holds none. Notes are also read in the shape of the older
    documentation, ``{"notes": [{"data": {…}}]}``.
    """
    if not response.body.strip():
        return ()
    answer = parse_object(response.body)
    data = answer.get("data")
    if isinstance(data, dict):
        main: list[Json] = [data]
    elif isinstance(data, list) or ("data" in answer and data is None):
        main = list(children(answer, "data"))
    elif isinstance(answer.get("notes"), list):
        main = [child(one, "data") or one for one in children(answer, "notes")]
    else:
        raise MalformedBody("The answer holds no data.")
    return (*main, *children(answer, "included"))


def next_page(request: ApiRequest, response: ApiResponse) -> ApiRequest | None:
    """The request for the next page, or None on the last one; always at the address that was asked."""
    try:
        link = text(child(parse_object(response.body), "links").get("next"), 4000)
        query = urlsplit(link).query if link else ""
    except (MalformedBody, ValueError):
        return None
    parts = urlsplit(request.url)
    url = urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))
    return ApiRequest("GET", url) if query and url != request.url else None


def rate(response: ApiResponse, now: datetime) -> Rate | None:
    """What the headers say of the limit, or None where they say nothing; the reset is told in seconds."""
    limit, remaining, reset = (
        _number(response.headers.get(f"x-rate-limit-{name}")) for name in ("limit", "remaining", "reset")
    )
    if limit is None or remaining is None:
        return None
    return Rate(limit, remaining, None if reset is None else now + timedelta(seconds=reset))


def _number(value: str | None) -> int | None:
    digits = (value or "").strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 6 else None  # noqa: PLR2004
