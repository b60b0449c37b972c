"""Workable's API as paths and pages: what to ask, and the rows of what came back (read 2026-11)."""

import json
from urllib.parse import parse_qsl, quote, urlsplit

from app.ats.fields import Json, child, parse_object, text
from app.ats.http import ApiRequest, ApiResponse
from app.errors import MalformedBody

PER_PAGE = ("limit", "100")

_NO_ACCOUNT = "https://www.workable.com/spi/v3"
_LISTS = (
    "candidates",
    "activities",
    "events",
    "jobs",
    "members",
    "stages",
    "subscriptions",
    "disqualification_reasons",
)
_WRAPPERS = ({"candidate"}, {"candidate", "status"}, {"job"})


def address(path: str, base: str | None) -> str:
    """What stands at that path below the API's address; ids in the path must be `quoted`."""
    return f"{base or _NO_ACCOUNT}/{path}"


def get(path: str, base: str | None, *params: tuple[str, str]) -> ApiRequest:
    """Reads what is at that path; ids in it must be `quoted`."""
    return ApiRequest("GET", address(path, base), params)


def activities(candidate: str, base: str | None) -> ApiRequest:
    """Lists a candidate's activities: moves, comments and the rest."""
    return get(f"candidates/{quoted(candidate)}/activities", base, PER_PAGE)


def quoted(external_id: str) -> str:
    """An id as one step of a path."""
    # An id of dots would climb out of its place in the path.
    return quote(external_id, safe="").replace(".", "%2E")


def rows(response: ApiResponse) -> tuple[Json, ...]:
    """The rows of a list or the single object; none for no body. Raises `MalformedBody` for anything else."""
    if not response.body.strip():
        return ()
    try:
        parsed: object = json.loads(response.body)
    except (ValueError, RecursionError) as error:
        raise MalformedBody("The answer is not valid JSON.") from error
    if isinstance(parsed, dict):
        parsed = _unwrapped(parsed)
    if not isinstance(parsed, list) or not all(isinstance(row, dict) for row in parsed):
        raise MalformedBody("The answer is neither an object nor a list of objects.")
    return tuple(parsed)


def _unwrapped(answer: Json) -> object:
    for name in _LISTS:
        if name in answer and set(answer) <= {name, "paging"}:
            return answer[name]
    if set(answer) in _WRAPPERS:
        return [answer.get("candidate") or answer.get("job")]
    return [answer]


def next_page(request: ApiRequest, response: ApiResponse) -> ApiRequest | None:
    """The request for the next page, or None on the last one.

    Workable names it by its whole address, of which only the parameters are taken: what we were told never
    decides where the access token is sent. Filters that the address leaves out are kept.
    """
    try:
        following = text(child(parse_object(response.body), "paging").get("next"), 4000)
        named = dict(parse_qsl(urlsplit(following or "").query))
    except (MalformedBody, ValueError):
        return None
    params = tuple({**dict(request.params), **named}.items())
    if not named or params == request.params:
        return None
    return ApiRequest("GET", request.url, params)
