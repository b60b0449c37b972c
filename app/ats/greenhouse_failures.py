"""What Harvest v3 means by a refusal, and what a person can do about it (read 2026-11)."""

import base64
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from app.ats.fields import Json, children, instant, parse_object, text, texts
from app.ats.http import ApiFailure, ApiRequest, ApiResponse, FailureKind
from app.errors import MalformedBody

RETIRED = "Harvest v1 key; this API was retired on 2026-08-31, use v3 OAuth credentials."
_CREDENTIALS = "Greenhouse, Configure › Dev Center › API Credential Management"

_EMAIL = re.compile(r"\S+@\S+")
_SUCCESS = range(200, 300)
_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _GONE, _TOO_MANY, _SERVER = 401, 403, 404, 410, 429, 500
_LONGEST_WAIT = timedelta(hours=1)
_WINDOW = timedelta(seconds=30)


def failure(request: ApiRequest, response: ApiResponse, now: datetime) -> ApiFailure | None:
    """What went wrong, or None for success. ``now`` is the machine's instant, for dates in headers."""
    status = response.status
    if status in _SUCCESS:
        return None
    if _is_retired(request, status):
        return ApiFailure(FailureKind.RETIRED, RETIRED, status)
    wait = _wait(response, now)
    if status == _TOO_MANY:
        return ApiFailure(
            FailureKind.TOO_MANY, "Greenhouse's rate limit is used up.", status, wait or _WINDOW
        )
    if status >= _SERVER:
        return ApiFailure(FailureKind.AWAY, f"Greenhouse answered {status}.", status, wait)
    return _refusal(request, response)


def scope_of(request: ApiRequest) -> str:
    """The scope that the request needs."""
    resource = urlsplit(request.url).path.rstrip("/").rpartition("/")[2]
    return f"harvest:{resource}:{'list' if request.reads else 'create'}"


def _is_retired(request: ApiRequest, status: int) -> bool:
    if status == _GONE:
        return True
    old_path = urlsplit(request.url).path.startswith(("/v1/", "/v2/"))
    if old_path and status in (_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND):
        return True
    return status == _UNAUTHORIZED and _without_password(request.headers.get("authorization", ""))


def _without_password(authorization: str) -> bool:
    """A v1 key is a user name without a password."""
    scheme, _, encoded = authorization.partition(" ")
    return scheme == "Basic" and base64.b64decode(encoded).endswith(b":")


def _refusal(request: ApiRequest, response: ApiResponse) -> ApiFailure:
    status = response.status
    if status == _UNAUTHORIZED and request.form is not None:
        detail = f"Greenhouse does not know these OAuth credentials; compare them with {_CREDENTIALS}."
        return ApiFailure(FailureKind.INVALID, detail, status)
    if status == _UNAUTHORIZED:
        return ApiFailure(FailureKind.TOKEN, "Greenhouse does not accept the access token.", status)
    if status == _FORBIDDEN:
        detail = f"The credential lacks the scope {scope_of(request)}; add it in {_CREDENTIALS}."
        return ApiFailure(FailureKind.SCOPE, detail, status)
    if status == _NOT_FOUND:
        detail = f"Greenhouse has nothing at {urlsplit(request.url).path}."
        return ApiFailure(FailureKind.NOT_FOUND, detail, status)
    detail = f"Greenhouse refused the request ({status}): {_said(response.body) or 'no reason given'}"
    return ApiFailure(FailureKind.INVALID, detail, status)


def _said(body: bytes) -> str:
    """Greenhouse's own words, from v3's list of strings or v1's list of objects, addresses blotted out."""
    try:
        answer = parse_object(body)
    except MalformedBody:
        return ""
    words = [*texts(answer.get("errors")), *map(_field_error, children(answer, "errors"))]
    words = words or texts([answer.get("message"), answer.get("error_description"), answer.get("error")])
    return _EMAIL.sub("…", "; ".join(filter(None, words)))[:300]


def _field_error(error: Json) -> str:
    field, message = text(error.get("field")), text(error.get("message")) or ""
    return f"{field}: {message}" if field else message


def _wait(response: ApiResponse, now: datetime) -> timedelta | None:
    """How long Greenhouse asks to wait, at most an hour."""
    after = response.headers.get("retry-after", "")
    reset = response.headers.get("x-ratelimit-reset", "") if response.status == _TOO_MANY else ""
    for said in (after, reset):
        moment = _moment(said.strip(), now)
        if moment is not None:
            return min(max(moment - now, timedelta()), _LONGEST_WAIT)
    return None


def _moment(said: str, now: datetime) -> datetime | None:
    if re.fullmatch(r"\d{1,10}", said, re.ASCII):
        number = int(said)
        # A small number counts seconds from now, a large one is an instant.
        return now + timedelta(seconds=number) if number < 10**8 else datetime.fromtimestamp(number, UTC)
    if (moment := instant(said)) is not None:
        return moment
    try:
        return parsedate_to_datetime(said).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None
