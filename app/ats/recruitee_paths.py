"""Where Recruitee's company API is, and how its answers are wrapped.

``https://api.recruitee.com/c/{company}`` with a personal API token, where the company is its number or its
subdomain (Recruitee API reference and public clients, read 2026-11).
"""

import json
import re
from collections.abc import Mapping

from app.ats.fields import Json, child, instant
from app.ats.http import Account, ApiRequest, ApiResponse, Token
from app.errors import MalformedBody, Unprocessable

API_ROOT = "https://api.recruitee.com"
SINCE = "x-heardback-since"
"""Tells `next_page` where a list that is newest first may end; it means nothing to Recruitee."""

_COMPANY = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?", re.ASCII)
_LISTS = (
    "candidates",
    "hits",
    "offers",
    "admins",
    "notes",
    "tasks",
    "activities",
    "disqualify_reasons",
    "interview_events",
    "events",
    "scorecards",
    "results",
)
_SINGLES = ("candidate", "offer", "note", "task")
_NOT_FOUND = 404


def api_base(account: Account) -> str:
    """The address of the company's API; raises `Unprocessable` unless ``site`` is its number or subdomain."""
    if account.api_base:
        return account.api_base
    if not _COMPANY.fullmatch(account.site):
        raise Unprocessable("The company must be its number or subdomain in Recruitee.", field="site")
    return f"{API_ROOT}/c/{account.site}"


def with_credentials(request: ApiRequest, account: Account, token: Token | None) -> ApiRequest:
    """The request with the personal API token."""
    del token
    return request.with_header("authorization", f"Bearer {account.api_key}")


def get(base: str | None, path: str, **params: str) -> ApiRequest:
    """Reads a path below the company's address."""
    return ApiRequest("GET", f"{base or API_ROOT}{path}", tuple(params.items()))


def post(base: str | None, path: str, body: Mapping[str, object]) -> ApiRequest:
    """Writes to a path below the company's address."""
    return ApiRequest("POST", f"{base or API_ROOT}{path}", json=body)


def rows(response: ApiResponse) -> tuple[Json, ...]:
    """The rows of a list, one for a single object, none for no body or for a path that is not there.

    A single object keeps the ``references`` that stand beside it: the stages, jobs and members that it names.
    Raises `MalformedBody` where the answer is not JSON, or a list of something else.
    """
    if response.status == _NOT_FOUND or not response.body.strip():
        return ()
    try:
        parsed: object = json.loads(response.body)
    except (ValueError, RecursionError) as error:
        raise MalformedBody("The answer is not valid JSON.") from error
    if isinstance(parsed, dict):
        references = parsed.get("references")
        if single := next((one for name in _SINGLES if (one := child(parsed, name))), None):
            return ({**single, "references": references if isinstance(references, list) else []},)
        listed = [parsed[name] for name in _LISTS if isinstance(parsed.get(name), list)]
        parsed = listed[0] if listed else [parsed] if parsed else []
    if not isinstance(parsed, list) or not all(isinstance(row, dict) for row in parsed):
        raise MalformedBody("The answer is not a list of objects.")
    return tuple(parsed)


def next_page(request: ApiRequest, response: ApiResponse) -> ApiRequest | None:
    """The request for the next page, or None on the last one.

    Lists go by ``page`` or ``offset`` with ``limit``; a full page has a following one, unless the list is
    newest first and has gone back as far as was asked.
    """
    params = dict(request.params)
    page = rows(response)
    if not page or not params.get("limit", "").isdigit() or len(page) != int(params["limit"]):
        return None
    since, oldest = instant(request.headers.get(SINCE)), instant(page[-1].get("created_at"))
    if since and oldest and oldest < since:
        return None
    for name, step in (("page", 1), ("offset", len(page))):
        if params.get(name, "").isdigit():
            following = {**params, name: str(int(params[name]) + step)}
            return ApiRequest("GET", request.url, tuple(following.items()), request.headers)
    return None
