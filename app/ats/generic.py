"""The generic door, for home-grown systems and iPaaS: Standard Webhooks around Heardback's own words.

Signature: headers ``webhook-id``, ``webhook-timestamp`` (seconds) and ``webhook-signature``, a list of
``v1,<base64 HMAC-SHA256(key, id.timestamp.body)>`` separated by spaces, one for each of the sender's secrets
while they are rotated. Each attempt is signed anew, so that a time more than five minutes away is a replay.
Every 2xx is success (Standard Webhooks 1.0.0, read 2026-11). The body is `app.ats.generic_body`.
"""

import base64
import binascii
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from app.ats import generic_setup
from app.ats.delivery import UNREADABLE, Delivery, content_key
from app.ats.generic_read import read
from app.errors import BadSignature

__all__ = [
    "NAME",
    "RETRY_STATUS",
    "SUCCESS_STATUS",
    "TITLE",
    "api",
    "handshake",
    "key_of",
    "peek",
    "read",
    "setup",
    "signature",
    "verify",
]

NAME = "generic"
TITLE = "Generic"
SUCCESS_STATUS = 202
RETRY_STATUS = 503
api = None
setup = generic_setup

TOLERANCE = timedelta(minutes=5)
_PREFIX = "whsec_"
_MOST_SIGNATURES = 20
# A full stop in the id could be mistaken for the one that ends it.
_ID = re.compile(r"[!-\-/-~]{1,190}", re.ASCII)
_TIMESTAMP = re.compile(r"\d{1,12}", re.ASCII)
_TYPE_FIRST = re.compile(rb'\s*\{\s*"type"\s*:\s*"([a-z_.]{1,64})"\s*[,}]')
_TYPE = re.compile(r"[A-Za-z0-9_.-]{1,64}", re.ASCII)


def key_of(secret: str) -> bytes:
    """The bytes with which a secret signs: of ``whsec_…`` what the base64 holds, of any other its own."""
    if secret.startswith(_PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
        except binascii.Error:
            pass  # somebody's plain secret happens to begin so
    return secret.encode()


def signature(webhook_id: str, timestamp: int, body: bytes, secret: str) -> str:
    """One entry of the ``webhook-signature`` header; ``timestamp`` counts seconds since 1970."""
    return _signed(f"{webhook_id}.{timestamp}.".encode() + body, secret)


def _signed(content: bytes, secret: str) -> str:
    return "v1," + base64.b64encode(hmac.digest(key_of(secret), content, "sha256")).decode("ascii")


def handshake(headers: Mapping[str, str], body: bytes) -> None:
    """A ping is signed and read like any webhook."""
    del headers, body


def verify(
    headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime | None = None
) -> None:
    """Raises `BadSignature` unless one of the active secrets signed these bytes, this id and this time.

    ``headers`` have lower-case names. ``now`` is machine time, aware; None leaves the time unchecked. An
    empty secret never matches.
    """
    webhook_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not _ID.fullmatch(webhook_id):
        raise BadSignature("The header webhook-id is missing, too long or holds a full stop.")
    if not _TIMESTAMP.fullmatch(timestamp):
        raise BadSignature("The header webhook-timestamp is missing or no whole number of seconds.")
    if now is not None and abs(now.timestamp() - int(timestamp)) > TOLERANCE.total_seconds():
        raise BadSignature("The webhook-timestamp is more than five minutes away; sign each attempt anew.")
    given = headers.get("webhook-signature", "").split(" ")[:_MOST_SIGNATURES]
    claimed = [entry.encode("utf-8", "replace") for entry in given]
    content = f"{webhook_id}.{timestamp}.".encode() + body
    right = [_signed(content, secret).encode() for secret in secrets if secret]
    matches = [hmac.compare_digest(one, other) for one in claimed for other in right]
    if not any(matches):
        raise BadSignature


def peek(headers: Mapping[str, str], body: bytes) -> Delivery:
    """What the door needs to store the delivery; never raises."""
    webhook_id = headers.get("webhook-id", "")
    if not _ID.fullmatch(webhook_id):
        return Delivery(content_key(body), None, _action(body))
    return Delivery(f"event:{webhook_id}", webhook_id, _action(body))


def _action(body: bytes) -> str:
    # Most write the type first; only a body that does not is parsed here.
    first = _TYPE_FIRST.match(body)
    if first and body.rstrip().endswith(b"}"):
        return first[1].decode("ascii")
    try:
        parsed: object = json.loads(body)
    except (ValueError, RecursionError):
        return UNREADABLE
    named = parsed.get("type") if isinstance(parsed, dict) else None
    return named if isinstance(named, str) and _TYPE.fullmatch(named) else UNREADABLE
