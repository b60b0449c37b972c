"""What Recruitee means by a refusal, and what it says of its limit.

Since 2025-10-15 the API limits how often it is asked (Recruitee's support article, read 2026-11). The
figures and headers are not public where we could read it, so the usual ones are understood and none is
needed.
"""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from app.ats.fields import children, instant, parse_object, text, texts
from app.ats.http import ApiFailure, ApiRequest, ApiResponse, FailureKind, Rate
from app.errors import MalformedBody

TOKENS = "Recruitee, Settings › Apps and plugins › Personal API tokens"

_EMAIL = re.compile(r"\S+@\S+")
_OPTIONAL = re.compile(r"/tracking/activities$|/interview/", re.ASCII)
"""Paths that only public clients vouch for: where they are not there, the rest goes on without them."""
_SUCCESS = range(200, 300)
_UNAUTHORIZED, _PAYMENT, _FORBIDDEN, _NOT_FOUND, _TOO_MANY, _SERVER = 401, 402, 403, 404, 429, 500
_WINDOW, _LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)


def failure(request: ApiRequest, response: ApiResponse, now: datetime) -> ApiFailure | None:
    """What went wrong, or None for success. ``now`` is the machine's instant, for dates in headers."""
    status, path = response.status, urlsplit(request.url).path
    if status in _SUCCESS or (status == _NOT_FOUND and request.reads and _OPTIONAL.search(path)):
        return None
    wait = _wait(response, now)
    if status == _TOO_MANY:
        return ApiFailure(FailureKind.TOO_MANY, "Recruitee's rate limit is used up.", status, wait or _WINDOW)
    if status >= _SERVER:
        return ApiFailure(FailureKind.AWAY, f"Recruitee answered {status}.", status, wait)
    return _refusal(_named(path), response)


def _refusal(named: str, response: ApiResponse) -> ApiFailure:
    status, kind = response.status, FailureKind.SCOPE
    if status == _UNAUTHORIZED:
        detail = f"Recruitee does not accept the API token; make another in {TOKENS}."
    elif status in (_PAYMENT, _FORBIDDEN):
        detail = f"The owner of the API token may not use {named}; widen their hiring role, or the plan."
    elif status == _NOT_FOUND:
        kind, detail = FailureKind.NOT_FOUND, f"Recruitee has nothing at {named}."
    else:
        said = _said(response.body) or "no reason given"
        kind, detail = FailureKind.INVALID, f"Recruitee refused the request ({status}): {said}"
    return ApiFailure(kind, detail, status)


def _named(path: str) -> str:
    """The path below the company."""
    return "/" + "/".join(path.split("/")[3:])


def _said(body: bytes) -> str:
    try:
        answer = parse_object(body)
    except MalformedBody:
        return ""
    words = [*texts([answer.get("error"), answer.get("message")])]
    for name in ("error", "errors"):
        words += texts(answer.get(name))
        words += [found for one in children(answer, name) if (found := text(one.get("message")))]
    return _EMAIL.sub("…", "; ".join(words))[:300]


def _wait(response: ApiResponse, now: datetime) -> timedelta | None:
    """How long Recruitee asks to wait, at most an hour."""
    reset = response.headers.get("x-ratelimit-reset", "") if response.status == _TOO_MANY else ""
    for said in (response.headers.get("retry-after", ""), reset):
        if moment := _moment(said.strip(), now):
            return min(max(moment - now, timedelta()), _LONGEST_WAIT)
    return None


def _moment(said: str, now: datetime) -> datetime | None:
    if re.fullmatch(r"\d{1,10}(\.\d{1,9})?", said, re.ASCII):
        number = float(said)
        # A small number counts seconds from now, a large one is an instant.
        return now + timedelta(seconds=number) if number < 10**8 else datetime.fromtimestamp(number, UTC)
    if (moment := instant(said)) is not None:
        return moment
    try:
        return parsedate_to_datetime(said).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None


def rate(response: ApiResponse, now: datetime) -> Rate | None:
    """What the usual headers say of the limit, or None where they say nothing."""
    told = [response.headers.get(f"x-ratelimit-{name}", "").strip() for name in ("limit", "remaining")]
    if not all(re.fullmatch(r"\d{1,9}", one, re.ASCII) for one in told):
        return None
    resets_at = _moment(response.headers.get("x-ratelimit-reset", "").strip(), now)
    return Rate(int(told[0]), int(told[1]), resets_at)
