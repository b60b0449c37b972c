"""Resend: one POST a message under an idempotency key; whoever does not know repeats it under that key.

Facts from Resend's documentation and its OpenAPI document 1.5.0, read 2026-11. Tracking cannot be switched
off for one message: it is a setting of the sending domain, off unless somebody switches it on. Our Message-ID
is replaced; the one on the wire comes back in every receipt.
"""

import json
import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from app.mail.headers import address, extra_headers, safe, send_id, words
from app.mail.outbound import Envelope, Outcome, OutcomeKind
from app.mail.provider import MailRequest, by_status, json_object, retry_after

REPEAT_WITHIN = timedelta(hours=20)
"""Resend keeps a key for 24 hours; four are left for clocks that differ and for the repeat's own way."""
TAG = "hb_send"
"""The only tag we set: an opaque id (letters, digits, ``_`` and ``-``; the recipient does not see it)."""
API = "https://api.resend.com"

_OK = range(200, 300)


@dataclass(frozen=True, slots=True)
class ResendSettings:
    """Where Resend listens; it has one address for all regions."""

    base_url: str = API


def build(envelope: Envelope, settings: ResendSettings, /) -> MailRequest:
    """``POST /emails``: one recipient, the send id as its only tag and in its idempotency key."""
    send = send_id(envelope.send_id)
    fields: dict[str, Any] = {
        "from": str(address(envelope.sender, "sender")),
        "to": [str(address(envelope.to, "to"))],
        "subject": safe(envelope.subject, "subject"),
        "text": words(envelope.text, "text"),
        "headers": dict(extra_headers(envelope)),
        "tags": [{"name": TAG, "value": send}],
    }
    if envelope.html:
        fields["html"] = words(envelope.html, "html")
    if envelope.reply_to:
        fields["reply_to"] = [str(address(envelope.reply_to, "reply_to"))]
    if envelope.attachments:
        # The bare type: Resend drops a file without a word where type and extension seem to differ.
        fields["attachments"] = [
            {
                "filename": safe(file.name, "attachment"),
                "content": b64encode(file.content).decode("ascii"),
                "content_type": safe(file.content_type, "attachment").partition(";")[0],
            }
            for file in envelope.attachments
        ]
    headers = (
        ("Accept", "application/json"),
        ("Content-Type", "application/json"),
        ("Idempotency-Key", f"heardback/{send}"),
    )
    body = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
    return MailRequest("POST", f"{settings.base_url.rstrip('/')}/emails", headers, body)


def parse(status: int, headers: Mapping[str, str], body: bytes, /) -> Outcome:
    """What Resend's answer to a send means: the status first, then the error's name.

    Nothing of Resend's own words, which repeat addresses, goes into the detail.
    """
    answer = json_object(body) or {}
    if status in _OK:
        provider_id = answer.get("id")
        if isinstance(provider_id, str) and provider_id:
            return Outcome(OutcomeKind.ACCEPTED, provider_id=provider_id)
        return Outcome(OutcomeKind.AMBIGUOUS, "Resend answered success without an id")
    name = answer.get("name")
    if not isinstance(name, str):
        return by_status("Resend", status, headers)
    return _refused(status, name, str(answer.get("message", "")), headers)


_Row = tuple[OutcomeKind, str]
_A, _N, _P, _C, _U = (
    OutcomeKind.ACCEPTED,
    OutcomeKind.NOT_SENT,
    OutcomeKind.PERMANENT,
    OutcomeKind.CONFIGURATION,
    OutcomeKind.AMBIGUOUS,
)
_NAMES: Mapping[tuple[int, str], _Row] = MappingProxyType(
    {
        (400, "invalid_idempotency_key"): (_C, "invalid idempotency key"),
        (409, "invalid_idempotent_request"): (_A, "an earlier request was accepted under this key"),
        (409, "concurrent_idempotent_requests"): (_U, "an earlier request under this key is in progress"),
        (409, "resource_locked"): (_N, "locked by another request"),
        (422, "invalid_attachment"): (_P, "invalid attachment"),
        (422, "missing_required_field"): (_P, "missing field"),
        (429, "rate_limit_exceeded"): (_N, "rate limit"),
        (429, "daily_quota_exceeded"): (_N, "daily quota used up"),
        (429, "monthly_quota_exceeded"): (_C, "monthly quota used up"),
    }
)
_STATUSES: Mapping[int, _Row] = MappingProxyType(
    {
        400: (_P, "invalid request"),
        401: (_C, "missing or restricted API key"),
        403: (_C, "API key, sending domain or account refused"),
        404: (_C, "not found"),
        405: (_C, "method not allowed"),
        409: (_U, "conflict"),
        413: (_P, "too large"),
        422: (_P, "invalid request"),
        429: (_N, "rate limit"),
    }
)
_QUOTA_REST = timedelta(hours=1)
_INVALID_TO = re.compile("[`'\"]to[`'\"]")
_RESETS = re.compile(r"\d{1,5}", re.ASCII)


def _refused(status: int, name: str, message: str, headers: Mapping[str, str]) -> Outcome:
    row = _NAMES.get((status, name)) or _STATUSES.get(status)
    if row is None:
        return by_status("Resend", status, headers)
    kind, said = row
    invalid_to = kind is _P and bool(_INVALID_TO.search(message))
    if invalid_to:
        said = "invalid recipient address"
    return Outcome(kind, f"Resend {status}: {said}", retry_after=_wait(name, headers), suppress=invalid_to)


def _wait(name: str, headers: Mapping[str, str]) -> timedelta | None:
    """Retry-After, else the seconds until the window begins anew; an hour where the day's quota is gone."""
    if (asked := retry_after(headers)) is not None:
        return asked
    if name == "daily_quota_exceeded":
        return _QUOTA_REST
    reset = headers.get("ratelimit-reset", "").strip()
    spent = name == "rate_limit_exceeded" and _RESETS.fullmatch(reset)
    return timedelta(seconds=int(reset)) if spent else None


def look_up(send: str, settings: ResendSettings, /) -> MailRequest | None:
    """None: Resend cannot be searched by a tag; the same request under the same key is the question."""
    del send, settings
    return None


def found(send: str, status: int, headers: Mapping[str, str], body: bytes, /) -> Outcome | None:
    """No answer settles anything, because nothing is asked."""
    del send, headers, body
    return Outcome(OutcomeKind.AMBIGUOUS, f"Resend answered {status} to no question")
