"""Workable: the webhook door, with reading, the API and setting up beside it.

Signature: header ``X-Workable-Signature: <hex HMAC-SHA256(access token, raw body)>``; the key is the
account's access token. No time is signed and replays may come at any age: the dedupe key catches them. Status
200 counts as delivered, after anything else the event is sent again, nobody says how often (Workable docs on
webhooks and clients that verify them, read 2026-11).
"""

import hmac
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from app.ats import workable_api, workable_setup
from app.ats.delivery import UNREADABLE, Delivery, content_key
from app.ats.signed import refuse_unless_signed
from app.ats.workable_read import read
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

NAME = "workable"
TITLE = "Workable"
SUCCESS_STATUS = 200
RETRY_STATUS = 503
api = workable_api
setup = workable_setup

_SIGNATURE = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)
_EVENT_ID = re.compile(r"[\x21-\x7e]{1,200}")
_ACTION = re.compile(r"[A-Za-z0-9_.:-]{1,64}", re.ASCII)


def signature(body: bytes, secret: str) -> str:
    """The value of the ``X-Workable-Signature`` header for these bytes."""
    return hmac.digest(secret.encode(), body, "sha256").hex()


def handshake(headers: Mapping[str, str], body: bytes) -> None:
    """Workable has neither a handshake nor a test call."""
    del headers, body


def verify(
    headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime | None = None
) -> None:
    """Raises `BadSignature` unless one of the active secrets signed exactly these bytes.

    ``headers`` have lower-case names. An empty secret never matches. No time is signed: ``now`` is not used.
    """
    del now
    claimed = headers.get("x-workable-signature", "")
    if not _SIGNATURE.fullmatch(claimed):
        raise BadSignature("The X-Workable-Signature header is missing or not of the form `<64 hex digits>`.")
    refuse_unless_signed(claimed, body, secrets)


def peek(headers: Mapping[str, str], body: bytes) -> Delivery:
    """What the door needs to store the delivery; never raises."""
    del headers
    try:
        parsed: object = json.loads(body)
    except (ValueError, RecursionError):
        return Delivery(content_key(body), None, UNREADABLE)
    envelope = parsed if isinstance(parsed, dict) else {}
    event_id, action = envelope.get("id"), envelope.get("event_type")
    label = action if isinstance(action, str) and _ACTION.fullmatch(action) else UNREADABLE
    if not isinstance(event_id, str) or not _EVENT_ID.fullmatch(event_id):
        return Delivery(content_key(body), None, label)
    return Delivery(f"event:{event_id}", event_id, label)
