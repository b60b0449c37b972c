"""What Workable means by a refusal, and what a person can do about it (read 2026-11)."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from app.ats.fields import parse_object, text
from app.ats.http import ApiFailure, ApiRequest, ApiResponse, FailureKind, Rate
from app.errors import MalformedBody

_EMAIL = re.compile(r"\S+@\S+")
_DIGITS = re.compile(r"\d{1,10}", re.ASCII)
_SUCCESS = range(200, 300)
_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _TOO_MANY, _SERVER = 401, 403, 404, 429, 500
_LONGEST_WAIT = timedelta(hours=1)
_WINDOW = timedelta(seconds=10)
_TOKENS = "Workable, Settings › Integrations › Apps › API access tokens"


def failure(request: ApiRequest, response: ApiResponse, now: datetime) -> ApiFailure | None:
    """What went wrong, or None for success. ``now`` is the machine's instant, for times in headers."""
    status = response.status
    if status in _SUCCESS:
        return None
    if status == _TOO_MANY:
        wait = _wait(response, now) or _WINDOW
        return ApiFailure(FailureKind.TOO_MANY, "Workable's rate limit is used up.", status, wait)
    if status >= _SERVER:
        return ApiFailure(
            FailureKind.AWAY, f"Workable answered {status}.", status, _seconds(response, "retry-after")
        )
    return _refusal(request, response)


def _refusal(request: ApiRequest, response: ApiResponse) -> ApiFailure:
    status, path = response.status, urlsplit(request.url).path
    if status == _UNAUTHORIZED:
        detail = f"Workable does not accept the access token; compare it with {_TOKENS}."
        return ApiFailure(FailureKind.SCOPE, detail, status)
    if status == _FORBIDDEN:
        detail = f"The access token may not {request.method} {path}; give it the scope in {_TOKENS}."
        return ApiFailure(FailureKind.SCOPE, detail, status)
    if status == _NOT_FOUND:
        return ApiFailure(FailureKind.NOT_FOUND, f"Workable has nothing at {path}.", status)
    detail = f"Workable refused the request ({status}): {_said(response.body) or 'no reason given'}"
    return ApiFailure(FailureKind.INVALID, detail, status)


def rate(response: ApiResponse, now: datetime) -> Rate | None:
    """What the headers say of the limit: ``X-Rate-Limit-Limit``, ``-Remaining`` and ``-Reset`` (epoch)."""
    del now  # the end of the window is an instant of its own
    limit = _number(response, "x-rate-limit-limit")
    remaining = _number(response, "x-rate-limit-remaining")
    if not limit or remaining is None:
        return None
    reset = _number(response, "x-rate-limit-reset")
    return Rate(limit, remaining, datetime.fromtimestamp(reset, UTC) if reset else None)


def _wait(response: ApiResponse, now: datetime) -> timedelta | None:
    """How long to wait, at most an hour; Workable documents the reset only."""
    if wait := _seconds(response, "retry-after"):
        return wait
    reset = _number(response, "x-rate-limit-reset")
    if reset is None:
        return None
    return min(max(datetime.fromtimestamp(reset, UTC) - now, timedelta()), _LONGEST_WAIT)


def _seconds(response: ApiResponse, name: str) -> timedelta | None:
    number = _number(response, name)
    return min(timedelta(seconds=number), _LONGEST_WAIT) if number is not None else None


def _number(response: ApiResponse, name: str) -> int | None:
    said = response.headers.get(name, "").strip()
    return int(said) if _DIGITS.fullmatch(said) else None


def _said(body: bytes) -> str:
    """Workable's own words, addresses blotted out."""
    try:
        answer = parse_object(body)
    except MalformedBody:
        return ""
    words = [said for name in ("error", "message") if (said := text(answer.get(name)))]
    return _EMAIL.sub("…", "; ".join(words))[:300]
