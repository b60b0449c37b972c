"""Greenhouse Recruiting: the webhook door, with reading and the Harvest API beside it.

Signature: header ``Signature: sha256 <hex HMAC-SHA256(secret, raw body)>``, over the whole raw body with its
escapes as they came; no time stamp is signed, so replays are caught by the dedupe key. Only status 200 counts
as delivered; seven attempts over about 15 hours (Greenhouse webhook docs of 2026-01-20, read 2026-11).
"""

import hmac
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from app.ats import greenhouse_api, greenhouse_setup
from app.ats.delivery import UNREADABLE, Delivery, content_key
from app.ats.greenhouse_read import read
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

NAME = "greenhouse"
TITLE = "Greenhouse"
SUCCESS_STATUS = 200
RETRY_STATUS = 503
api = greenhouse_api
setup = greenhouse_setup

_SIGNATURE = re.compile(r"sha256 ([0-9a-fA-F]{64})", re.ASCII)
_EVENT_ID = re.compile(r"[\x21-\x7e]{1,200}")
_ACTION_FIRST = re.compile(rb'\s*\{\s*"action"\s*:\s*"([a-z_]{1,64})"\s*[,}]')
_ACTION = re.compile(r"[A-Za-z0-9_.-]{1,64}", re.ASCII)


def signature(body: bytes, secret: str) -> str:
    """The value of the ``Signature`` header for these bytes."""
    return f"sha256 {hmac.digest(secret.encode(), body, 'sha256').hex()}"


def handshake(headers: Mapping[str, str], body: bytes) -> None:
    """Greenhouse's ping is signed and read like any webhook."""
    del headers, body


def verify(
    headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime | None = None
) -> None:
    """Raises `BadSignature` unless one of the active secrets signed exactly these bytes.

    ``headers`` have lower-case names. An empty secret never matches. No time is signed,
    so ``now`` is not used.
    """
    del now
    given = _SIGNATURE.fullmatch(headers.get("signature", ""))
    if given is None:
        raise BadSignature("The Signature header is missing or not of the form `sha256 <64 hex digits>`.")
    refuse_unless_signed(given[1], body, secrets)


def peek(headers: Mapping[str, str], body: bytes) -> Delivery:
    """What the door needs to store the delivery; never raises."""
    event_id = headers.get("greenhouse-event-id", "").strip()
    if not _EVENT_ID.fullmatch(event_id):
        return Delivery(content_key(body), None, _action(body))
    return Delivery(f"event:{event_id}", event_id, _action(body))


def _action(body: bytes) -> str:
    # Greenhouse writes the action first; only a body that does not is parsed here.
    first = _ACTION_FIRST.match(body)
    if first and body.rstrip().endswith(b"}"):
        return first[1].decode("ascii")
    try:
        parsed: object = json.loads(body)
    except (ValueError, RecursionError):
        return UNREADABLE
    action = parsed.get("action") if isinstance(parsed, dict) else None
    return action if isinstance(action, str) and _ACTION.fullmatch(action) else UNREADABLE
