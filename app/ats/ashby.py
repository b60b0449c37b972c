"""Ashby: the webhook door, with reading and the API beside it.

Signature: header ``Ashby-Signature: sha256=<hex HMAC-SHA256(secret token, raw body)>``, over the whole raw
body; no time stamp is signed, so replays are caught by the dedupe key. Every 2xx counts as delivered; ten
attempts over nearly three hours, and none after 401, 403, 404, 405 and 410 (Ashby's webhook guides, read
2026-11).
"""

import hmac
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from app.ats import ashby_api, ashby_setup
from app.ats.ashby_read import read
from app.ats.delivery import UNREADABLE, Delivery, content_key
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

NAME = "ashby"
TITLE = "Ashby"
SUCCESS_STATUS = 200
RETRY_STATUS = 503
api = ashby_api
setup = ashby_setup

_SIGNATURE = re.compile(r"sha256=([0-9a-fA-F]{64})", re.ASCII)
_ACTION_ID = re.compile(r"[\x21-\x7e]{1,100}")
_ACTION = re.compile(r"[A-Za-z0-9._:-]{1,64}", re.ASCII)


def signature(body: bytes, secret: str) -> str:
    """The value of the ``Ashby-Signature`` header for these bytes."""
    return f"sha256={hmac.digest(secret.encode(), body, 'sha256').hex()}"


def handshake(headers: Mapping[str, str], body: bytes) -> None:
    """Ashby's ping is signed and read like any webhook."""
    del headers, body


def verify(
    headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime | None = None
) -> None:
    """Raises `BadSignature` unless one of the active secrets signed exactly these bytes.

    ``headers`` have lower-case names. An empty secret never matches. No time is signed: ``now`` is not used.
    """
    del now
    given = _SIGNATURE.fullmatch(headers.get("ashby-signature", ""))
    if given is None:
        raise BadSignature("The Ashby-Signature header is missing or not `sha256=<64 hex digits>`.")
    refuse_unless_signed(given[1], body, secrets)


def peek(headers: Mapping[str, str], body: bytes) -> Delivery:
    """What the door needs to store the delivery; never raises.

    Ashby gives related webhooks of one change the same ``webhookActionId``, so the action is part of the key.
    """
    del headers
    try:
        parsed: object = json.loads(body)
    except (ValueError, RecursionError):
        parsed = None
    envelope = parsed if isinstance(parsed, dict) else {}
    action, action_id = envelope.get("action"), envelope.get("webhookActionId")
    label = action if isinstance(action, str) and _ACTION.fullmatch(action) else UNREADABLE
    if label == UNREADABLE or not isinstance(action_id, str) or not _ACTION_ID.fullmatch(action_id):
        return Delivery(content_key(body), None, label)
    return Delivery(f"event:{label}:{action_id}", action_id, label)
