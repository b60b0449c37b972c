"""What Ashby means by a refusal, and what a person can do about it.

Ashby often answers 200 with ``success: false``: only the body says how a call went (OpenAPI document of
2026-08, read 2026-11).
"""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import urlsplit

from app.ats.fields import Json, child, parse_object, text, texts
from app.ats.http import ApiFailure, ApiRequest, ApiResponse, FailureKind
from app.errors import MalformedBody

_KEYS = "Ashby, Admin › Integrations › API keys"
_PERMISSIONS = {
    "interviewSchedule.list": "interviewsRead",
    "offer.list": "offersRead",
    "job.info": "jobsRead",
    "job.list": "jobsRead",
    "candidate.createNote": "candidatesWrite",
    "candidate.addTag": "candidatesWrite",
    "candidate.addEmailMessage": "candidatesWrite",
    "candidateTag.create": "hiringProcessMetadataWrite",
    "webhook.create": "apiKeysWrite",
    "webhook.update": "apiKeysWrite",
}
_CODE = re.compile(r"[a-z][a-z0-9_]{0,79}", re.ASCII)
_STALE = frozenset({"sync_token_expired", "sync_token_invalid", "incremental_sync_too_large"})
_TOO_MANY = frozenset({"rate_limit_exceeded", "concurrent_limit_exceeded", "too_many_requests"})
_NO_RIGHT = frozenset({"missing_endpoint_permission", "unauthorized", "forbidden", "invalid_api_key"})
_LOGGED = re.compile(r"duplicate|unique|already (exist|added|logged|used|in use)", re.IGNORECASE)
_WAIT, _LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)


def failure(request: ApiRequest, response: ApiResponse, now: datetime) -> ApiFailure | None:
    """What went wrong, or None for success. ``now`` is the machine's instant, for dates in headers.

    A stale sync token is no failure but an empty page, after which `next_page` begins anew without it. Nor is
    an e-mail that is logged already: its id is unique for a key (the code for that is not documented).
    """
    status = response.status
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return ApiFailure(FailureKind.AWAY, f"Ashby answered {status}.", status, _wait(response, now))
    answer = _parsed(response)
    code = error_code(answer)
    if status == HTTPStatus.TOO_MANY_REQUESTS or code in _TOO_MANY:
        wait = _wait(response, now) or _WAIT
        return ApiFailure(FailureKind.TOO_MANY, "Ashby's rate limit is used up.", status, wait)
    succeeded = HTTPStatus(200) <= status < HTTPStatus(300)
    if succeeded and "success" not in answer:
        return ApiFailure(FailureKind.AWAY, "The answer is not one of Ashby's.", status)
    if (
        (succeeded and answer["success"] is True)
        or is_stale(request, response)
        or _is_logged(request, answer)
    ):
        return None
    return _refusal(request, status, code)


def operation(request: ApiRequest) -> str:
    """The name of what is asked, such as ``candidate.info``."""
    return urlsplit(request.url).path.rpartition("/")[2]


def error_code(answer: Json) -> str:
    """Ashby's code of an error, or nothing; its own words may hold personal data and are not told."""
    code = text(child(answer, "errorInfo").get("code")) or next(iter(texts(answer.get("errors"))), "")
    return code if _CODE.fullmatch(code) else ""


def is_stale(request: ApiRequest, response: ApiResponse) -> bool:
    """Whether Ashby no longer takes the request's sync token."""
    return "syncToken" in (request.json or {}) and error_code(_parsed(response)) in _STALE


def _parsed(response: ApiResponse) -> Json:
    try:
        return parse_object(response.body)
    except MalformedBody:
        return {}


def _is_logged(request: ApiRequest, answer: Json) -> bool:
    return operation(request) == "candidate.addEmailMessage" and bool(_LOGGED.search(_words(answer)))


def _words(answer: Json) -> str:
    info = child(answer, "errorInfo")
    return " ".join(
        filter(None, [text(info.get("code")), text(info.get("message")), *texts(answer.get("errors"))])
    )


def _refusal(request: ApiRequest, status: int, code: str) -> ApiFailure:
    asked = operation(request)
    if status == HTTPStatus.UNAUTHORIZED:
        detail = f"Ashby does not accept the API key; compare it with {_KEYS}."
        return ApiFailure(FailureKind.SCOPE, detail, status)
    if status == HTTPStatus.FORBIDDEN or code in _NO_RIGHT:
        needs = _PERMISSIONS.get(asked, "candidatesRead")
        detail = f"The API key is wrong or lacks the permission {needs} for {asked}; see {_KEYS}."
        return ApiFailure(FailureKind.SCOPE, detail, status)
    if status == HTTPStatus.NOT_FOUND or code.endswith("not_found"):
        return ApiFailure(FailureKind.NOT_FOUND, f"Ashby has nothing for {asked} ({code or status}).", status)
    detail = f"Ashby refused {asked} ({status}): {code or 'no reason given'}"
    return ApiFailure(FailureKind.INVALID, detail, status)


def _wait(response: ApiResponse, now: datetime) -> timedelta | None:
    """How long Ashby asks to wait, at most an hour."""
    said = response.headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}", said, re.ASCII):
        return min(timedelta(seconds=int(said)), _LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(said).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(until - now, timedelta()), _LONGEST_WAIT)
