"""What Teamtailor's API means by a refusal, and what a person can do about it (read 2026-11).

The key itself is sent, so a 401 is no token to renew: a person must look at the key.
"""

import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from app.ats.fields import Json, children, parse_object, text
from app.ats.http import ApiFailure, ApiRequest, ApiResponse, FailureKind
from app.errors import MalformedBody

_KEYS = "Teamtailor, Settings › Integrations › API keys"
_EMAIL = re.compile(r"\S+@\S+")
_SUCCESS = range(200, 300)
_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _TOO_MANY, _SERVER = 401, 403, 404, 429, 500
_WINDOW = timedelta(seconds=10)
_LONGEST_WAIT = timedelta(hours=1)


def failure(request: ApiRequest, response: ApiResponse, now: datetime) -> ApiFailure | None:
    """What went wrong, or None for success. Waits are told in seconds, so ``now`` is not needed."""
    del now
    status = response.status
    if status in _SUCCESS:
        return None
    if status == _TOO_MANY:
        rest = _wait(response, "retry-after") or _wait(response, "x-rate-limit-reset") or _WINDOW
        return ApiFailure(FailureKind.TOO_MANY, "Teamtailor's rate limit is used up.", status, rest)
    if status >= _SERVER:
        wait = _wait(response, "retry-after")
        return ApiFailure(FailureKind.AWAY, f"Teamtailor answered {status}.", status, wait)
    return _refusal(request, response)


def _refusal(request: ApiRequest, response: ApiResponse) -> ApiFailure:
    status, path = response.status, urlsplit(request.url).path
    if status == _UNAUTHORIZED:
        detail = f"Teamtailor does not accept the API key; compare it, and its region, with {_KEYS}."
        return ApiFailure(FailureKind.SCOPE, detail, status)
    if status == _FORBIDDEN:
        way = "read" if request.reads else "write"
        detail = f"The API key may not {way} {path}; make one of the type Admin with {way} access in {_KEYS}."
        return ApiFailure(FailureKind.SCOPE, detail, status)
    if status == _NOT_FOUND:
        return ApiFailure(FailureKind.NOT_FOUND, f"Teamtailor has nothing at {path}.", status)
    detail = f"Teamtailor refused the request ({status}): {_said(response.body) or 'no reason given'}"
    return ApiFailure(FailureKind.INVALID, detail, status)


def _said(body: bytes) -> str:
    """Teamtailor's own words from JSON:API's list of errors, addresses blotted out."""
    try:
        errors = children(parse_object(body), "errors")
    except MalformedBody:
        return ""
    return _EMAIL.sub("…", "; ".join(filter(None, map(_words, errors))))[:300]


def _words(error: Json) -> str | None:
    return text(error.get("detail")) or text(error.get("title"))


def _wait(response: ApiResponse, header: str) -> timedelta | None:
    """The seconds that a header asks to wait, at most an hour."""
    said = response.headers.get(header, "").strip()
    if not re.fullmatch(r"\d{1,6}", said, re.ASCII):
        return None
    return min(timedelta(seconds=int(said)), _LONGEST_WAIT)
