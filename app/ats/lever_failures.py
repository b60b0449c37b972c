"""What Lever means by a refusal, and what a person can do about it (read 2026-11)."""

import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from app.ats.fields import parse_object, text
from app.ats.http import ApiFailure, ApiRequest, ApiResponse, FailureKind
from app.ats.lever_asking import DELETED, NOBODY
from app.errors import MalformedBody

BETA = ("interviewCreated", "interviewUpdated", "interviewDeleted")
"""Webhooks that not every account has; interviews are read without them too."""

_KEYS = "Lever, Settings › Integrations and API › API Credentials"
_SUCCESS = range(200, 300)
_REFUSALS = range(400, 500)
_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _TOO_MANY, _SERVER = 401, 403, 404, 429, 500
_INVALID = 400
_PAUSE = timedelta(seconds=2)
_LONGEST_WAIT = 3600
_PRIVATE = re.compile(r"\S*@\S+")


def failure(request: ApiRequest, response: ApiResponse, now: datetime) -> ApiFailure | None:
    """What went wrong, or None for success.

    Where everything else goes on without it, a refusal is none: of the list of deleted opportunities, whose
    path is not verified, and of webhooks that are still in beta. Nor is it one that nobody is not found.
    """
    del now  # Lever writes no dates into its headers
    status = response.status
    if status in _SUCCESS or _is_dispensable(request, status):
        return None
    if status == _TOO_MANY:
        return ApiFailure(FailureKind.TOO_MANY, "Lever's rate limit is used up.", status, _wait(response))
    if status >= _SERVER:
        return ApiFailure(FailureKind.AWAY, f"Lever answered {status}.", status)
    return _refusal(request, response)


def _refusal(request: ApiRequest, response: ApiResponse) -> ApiFailure:
    status, path = response.status, urlsplit(request.url).path
    if status == _UNAUTHORIZED:
        detail = f"Lever does not know this API key; compare it with {_KEYS}."
        return ApiFailure(FailureKind.SCOPE, detail, status)
    if status == _FORBIDDEN:
        verb = "read" if request.reads else "write"
        detail = f"The API key may not {verb} {_resource(path)}; allow it in {_KEYS}."
        return ApiFailure(FailureKind.SCOPE, detail, status)
    if status == _NOT_FOUND:
        return ApiFailure(FailureKind.NOT_FOUND, f"Lever has nothing at {path}.", status)
    detail = f"Lever refused the request ({status}): {_said(response.body) or 'no reason given'}"
    return ApiFailure(FailureKind.INVALID, detail, status)


def _is_dispensable(request: ApiRequest, status: int) -> bool:
    if status not in _REFUSALS or status in (_UNAUTHORIZED, _TOO_MANY):
        return False
    path = urlsplit(request.url).path.rstrip("/")
    if request.method == "GET":
        if NOBODY in path:
            return status == _NOT_FOUND
        return status in (_NOT_FOUND, _INVALID) and path.endswith(f"/{DELETED}")
    return path.endswith("/webhooks") and (request.json or {}).get("event") in BETA


def _resource(path: str) -> str:
    """The last word of a path that is no id."""
    words = [word for word in path.split("/") if re.fullmatch(r"[a-z_]+[A-Za-z_]*", word)]
    return words[-1] if words else "that"


def _wait(response: ApiResponse) -> timedelta:
    """Lever tells none (read 2026-11); a proxy before it may."""
    said = response.headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,6}", said, re.ASCII):
        return timedelta(seconds=min(int(said), _LONGEST_WAIT))
    return _PAUSE


def _said(body: bytes) -> str:
    try:
        answer = parse_object(body)
    except MalformedBody:
        return ""
    words = [text(answer.get("code")), text(answer.get("message"))]
    return _PRIVATE.sub("…", ": ".join(filter(None, words)))[:300]
