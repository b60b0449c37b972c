"""What SmartRecruiters means by a refusal, and what a person can do about it (read 2026-11)."""

import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from app.ats.fields import Json, children, parse_object, text
from app.ats.http import ApiFailure, ApiRequest, ApiResponse, FailureKind
from app.errors import MalformedBody

_SUCCESS = range(200, 300)
_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _TOO_MANY, _SERVER = 401, 403, 404, 429, 500
_WINDOW = timedelta(seconds=1)
_LONGEST_WAIT = timedelta(hours=1)
_CODE = re.compile(r"[A-Za-z0-9_.-]{1,60}", re.ASCII)


def failure(request: ApiRequest, response: ApiResponse, now: datetime) -> ApiFailure | None:
    """What went wrong, or None for success."""
    del now  # only seconds are told
    status = response.status
    if status in _SUCCESS:
        return None
    wait = _wait(response)
    if status == _TOO_MANY:
        detail = "SmartRecruiters' rate limit is used up."
        return ApiFailure(FailureKind.TOO_MANY, detail, status, wait or _WINDOW)
    if status >= _SERVER:
        return ApiFailure(FailureKind.AWAY, f"SmartRecruiters answered {status}.", status, wait)
    return _refusal(request, response)


def _refusal(request: ApiRequest, response: ApiResponse) -> ApiFailure:
    status, path = response.status, urlsplit(request.url).path
    if status == _UNAUTHORIZED:
        return _not_known(request, status)
    if status == _FORBIDDEN:
        detail = f"The credential may not use {path}; give it the right in SmartRecruiters."
        return ApiFailure(FailureKind.SCOPE, detail, status)
    if status == _NOT_FOUND:
        return ApiFailure(FailureKind.NOT_FOUND, f"SmartRecruiters has nothing at {path}.", status)
    detail = f"SmartRecruiters refused the request ({status}): {_codes(response.body) or 'no reason given'}"
    return ApiFailure(FailureKind.INVALID, detail, status)


def _not_known(request: ApiRequest, status: int) -> ApiFailure:
    if request.form is not None:
        detail = "SmartRecruiters does not know this client id and secret; compare them with the app's."
        return ApiFailure(FailureKind.INVALID, detail, status)
    if request.headers.get("authorization", "").startswith("Bearer "):
        return ApiFailure(FailureKind.TOKEN, "SmartRecruiters does not accept the access token.", status)
    detail = "SmartRecruiters does not accept the API key; compare it with the one in its settings."
    return ApiFailure(FailureKind.SCOPE, detail, status)


def _codes(body: bytes) -> str:
    """The codes of the answer; its sentences are left out, since they may quote what was sent."""
    try:
        answer = parse_object(body)
    except MalformedBody:
        return ""
    found = [_code(one) for one in (answer, *children(answer, "errors"))]
    return "; ".join(dict.fromkeys(filter(None, found)))[:300]


def _code(error: Json) -> str:
    said = text(error.get("code")) or text(error.get("error")) or ""
    return said if _CODE.fullmatch(said) else ""


def _wait(response: ApiResponse) -> timedelta | None:
    after = response.headers.get("retry-after", "").strip()
    seconds = int(after) if re.fullmatch(r"\d{1,6}", after, re.ASCII) else None
    return min(timedelta(seconds=seconds), _LONGEST_WAIT) if seconds is not None else None
