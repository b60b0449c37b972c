"""Lever: the webhook door, with reading and the API beside it.

The signature stands in the JSON body, ``signature = hex HMAC-SHA256(signature token, token + triggeredAt)``,
and covers nothing else of it: a body whose ``data`` was changed still verifies. So a webhook is only a hint,
and everything that matters is read from the API. Any 2xx acknowledges; else five more attempts with growing
waits, and a person may send one again from the delivery history of two weeks (Lever docs, read 2026-11).
"""

import hmac
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from app.ats import lever_api, lever_setup
from app.ats.delivery import UNREADABLE, Delivery, content_key
from app.ats.fields import Json
from app.ats.lever_facts import moment
from app.ats.lever_read import read
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

NAME = "lever"
TITLE = "Lever"
SUCCESS_STATUS = 200
RETRY_STATUS = 503
api = lever_api
setup = lever_setup

_OLDEST = timedelta(days=15)
"""The history of two weeks from which a webhook may be sent again, and its attempts."""
_EARLIEST = timedelta(days=1)
_DIGITS = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)
_PRINTABLE = re.compile(r"[\x21-\x7e]{1,200}")
_ACTION = re.compile(r"[A-Za-z0-9._:-]{1,64}", re.ASCII)


def signature(token: str, triggered_at: int, secret: str) -> str:
    """The ``signature`` of a body with this ``token`` and this ``triggeredAt`` in milliseconds."""
    message = f"{token}{triggered_at}".encode("utf-8", "surrogatepass")
    return hmac.digest(secret.encode(), message, "sha256").hex()


def handshake(headers: Mapping[str, str], body: bytes) -> None:
    """Lever's test of a connection is signed and read like any webhook."""
    del headers, body


def verify(
    headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime | None = None
) -> None:
    """Raises `BadSignature` unless one of the active secrets signed the token and the time of this body.

    An empty secret never matches. With ``now`` (aware), a signed time more than 15 days ago or more than a
    day ahead is refused as well; anything younger may be a legitimate rerun, and repeats are caught by the
    dedupe key.
    """
    del headers
    envelope = _envelope(body)
    token, at, claimed = (envelope.get(name) for name in ("token", "triggeredAt", "signature"))
    if not isinstance(token, str) or not isinstance(at, int) or isinstance(at, bool):
        raise BadSignature("The body has no token or no triggeredAt; give the webhook a signature token.")
    if not isinstance(claimed, str) or not _DIGITS.fullmatch(claimed):
        raise BadSignature("The body has no signature of 64 hex digits; give the webhook a signature token.")
    matches = [
        hmac.compare_digest(claimed.lower(), signature(token, at, secret)) for secret in secrets if secret
    ]
    if not any(matches):
        raise BadSignature
    if now is not None and not _is_timely(moment(at), now):
        raise BadSignature("The signed time is more than 15 days ago or lies ahead.")


def _is_timely(at: datetime | None, now: datetime) -> bool:
    return at is not None and -_EARLIEST <= now - at <= _OLDEST


def peek(headers: Mapping[str, str], body: bytes) -> Delivery:
    """What the door needs to store the delivery; never raises.

    A rerun keeps its ``id``; bodies without one have a ``token`` of their own.
    """
    del headers
    try:
        envelope = _envelope(body)
    except BadSignature:
        return Delivery(content_key(body), None, UNREADABLE)
    event_id, token, event = (envelope.get(name) for name in ("id", "token", "event"))
    action = event if isinstance(event, str) and _ACTION.fullmatch(event) else UNREADABLE
    if isinstance(event_id, str) and _PRINTABLE.fullmatch(event_id):
        return Delivery(f"event:{event_id}", event_id, action)
    if isinstance(token, str) and _PRINTABLE.fullmatch(token):
        return Delivery(f"token:{token}", None, action)
    return Delivery(content_key(body), None, action)


def _envelope(body: bytes) -> Json:
    try:
        parsed: object = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadSignature("The body is not JSON, so that it holds no signature.") from error
    if not isinstance(parsed, dict):
        raise BadSignature("The body is not an object, so that it holds no signature.")
    return parsed
