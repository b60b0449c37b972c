"""Recruitee (Tellent): the webhook door, with reading and the company API beside it.

Signature: header ``X-Recruitee-Signature``, the hex HMAC-SHA256 of the raw body with the webhook's secret.
No time is signed. ``attempt_count`` stands in the body, so bytes and signature differ from attempt to
attempt and repeats are known by the body's ``id``. Only status 200 counts as delivered; delays between
attempts grow (webhook docs of 2025-06-12, read 2026-11; nine attempts in 48 hours by a secondary source).
"""

import hmac
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from app.ats import recruitee_api, recruitee_setup
from app.ats.delivery import UNREADABLE, Delivery, content_key
from app.ats.fields import identity
from app.ats.recruitee_read import read
from app.ats.signed import refuse_unless_signed
from app.errors import BadSignature

__all__ = [
    "NAME",
    "RETRY_STATUS",
    "SUCCESS_STATUS",
    "TITLE",
    "api",
    "handshake",
    "peek",
    "read",
    "setup",
    "signature",
    "verify",
]

NAME = "recruitee"
TITLE = "Recruitee"
SUCCESS_STATUS = 200
RETRY_STATUS = 503
api = recruitee_api
setup = recruitee_setup

_SIGNATURE = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)
_LABEL = re.compile(r"[A-Za-z0-9_-]{1,48}", re.ASCII)
_EVENT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


def signature(body: bytes, secret: str) -> str:
    """The value of the ``X-Recruitee-Signature`` header for these bytes."""
    return hmac.digest(secret.encode(), body, "sha256").hex()


def handshake(headers: Mapping[str, str], body: bytes) -> Mapping[str, str] | None:
    """Answers every body that says ``"test": true``, whoever sent it: nothing is done with it.

    A webhook can only be created after ``{"test":true}`` was answered with 200, before anybody but Recruitee
    knows its secret; the buttons for test payloads mark their examples in the same way.
    """
    del headers
    if b'"test"' not in body:
        return None
    parsed = _parsed(body)
    return {} if parsed is not None and parsed.get("test") is True else None


def verify(
    headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime | None = None
) -> None:
    """Raises `BadSignature` unless one of the active secrets signed exactly these bytes.

    ``headers`` have lower-case names. An empty secret never matches. No time is signed, so ``now`` is not
    used.
    """
    del now
    given = headers.get("x-recruitee-signature", "").strip()
    if not _SIGNATURE.fullmatch(given):
        raise BadSignature("The X-Recruitee-Signature header is missing or not 64 hex digits.")
    refuse_unless_signed(given, body, secrets)


def peek(headers: Mapping[str, str], body: bytes) -> Delivery:
    """What the door needs to store the delivery; never raises.

    The body's ``id`` is the same for every attempt, the bytes are not.
    """
    del headers
    parsed = _parsed(body)
    if parsed is None:
        return Delivery(content_key(body), None, UNREADABLE)
    event_id = identity(parsed.get("id"))
    action = _action(parsed)
    if event_id is None or not _EVENT_ID.fullmatch(event_id):
        return Delivery(content_key(body), None, action)
    return Delivery(f"event:{event_id}", event_id, action)


def _action(parsed: Mapping[str, object]) -> str:
    kind, subtype = parsed.get("event_type"), parsed.get("event_subtype")
    if not isinstance(kind, str) or not _LABEL.fullmatch(kind):
        return "test" if parsed.get("test") is True else UNREADABLE
    known = isinstance(subtype, str) and _LABEL.fullmatch(subtype)
    return f"{kind}.{subtype}" if known else kind


def _parsed(body: bytes) -> Mapping[str, object] | None:
    try:
        parsed: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None
