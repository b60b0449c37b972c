"""SmartRecruiters: the webhook door, with reading, the API and the set-up beside it.

Signature: header ``smartrecruiters-signature: v1=<hex>[;v1=<hex>…]``, one for each active secret; the digest
is HMAC-SHA256 over timestamp, body, ``event-id``, ``event-name``, ``event-version`` and ``link`` joined with
dots, a missing header counting as empty. Only status 202 counts as delivered, within 5 seconds; ten repeats
over some days, then the subscription is suspended. Only the handshake of an activation wants 200
(SmartRecruiters webhook docs and the specification of its subscription API, read 2026-11).
"""

import hmac
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from app.ats import smartrecruiters_api, smartrecruiters_setup
from app.ats.delivery import UNREADABLE, Delivery, content_key
from app.ats.smartrecruiters_read import read
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

NAME = "smartrecruiters"
TITLE = "SmartRecruiters"
SUCCESS_STATUS = 202
RETRY_STATUS = 503
api = smartrecruiters_api
setup = smartrecruiters_setup

OLDEST = timedelta(days=30)
"""No tolerance is documented, nor whether a repeat renews the time; events are kept for 30 days. A replay
within them is caught by the event's id, which is signed."""

# The joint is a dot, so nothing signed may be read in two ways: a name moved into an id would be another
# event with the same signature.
_SIGNED = {
    "smartrecruiters-timestamp": re.compile(r"\d{1,11}", re.ASCII),
    "event-id": re.compile(r"[A-Za-z0-9_-]{0,120}", re.ASCII),
    "event-name": re.compile(r"([a-z][a-z_-]{0,40}(\.[a-z][a-z_-]{0,40}){0,5})?", re.ASCII),
    "event-version": re.compile(r"[A-Za-z0-9_-]{0,40}", re.ASCII),
    "link": re.compile(r"(<[\x20-\x7e]{0,2000})?"),
}
_MOVED = re.compile(rb"[}\]]\s*\.[A-Za-z0-9_.-]+\Z")
_DIGEST = re.compile(r"v1=([0-9a-fA-F]{64})", re.ASCII)
_MOST_DIGESTS = 64
_HOOK_SECRET = re.compile(r"[\x21-\x7e]{1,500}")


def signed_bytes(headers: Mapping[str, str], body: bytes) -> bytes:
    """What the signature is over. Raises `UnicodeEncodeError` for headers that are not ASCII."""
    timestamp, *others = (headers.get(name, "").encode("ascii") for name in _SIGNED)
    return b".".join([timestamp, body, *others])


def signature(headers: Mapping[str, str], body: bytes, secret: str) -> str:
    """The value of the signature header for these bytes under these headers (lower-case names)."""
    return f"v1={hmac.digest(secret.encode(), signed_bytes(headers, body), 'sha256').hex()}"


def handshake(headers: Mapping[str, str], body: bytes) -> Mapping[str, str] | None:
    """The header that an activation wants to see again; None for everything else."""
    del body
    secret = headers.get("x-hook-secret", "")
    if "smartrecruiters-signature" in headers or not _HOOK_SECRET.fullmatch(secret):
        return None
    return {"x-hook-secret": secret}


def verify(
    headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime | None = None
) -> None:
    """Raises `BadSignature` unless one of the active secrets signed exactly this, within the last 30 days.

    ``headers`` have lower-case names. An empty secret never matches. ``now`` is machine time; None leaves the
    age unchecked.
    """
    claimed = _claimed(headers)
    if not all(form.fullmatch(headers.get(name, "")) for name, form in _SIGNED.items()):
        raise BadSignature("A signed header is not of the form in which SmartRecruiters writes it.")
    if _MOVED.search(body[-400:]):
        raise BadSignature("The body ends in what belongs into a header.")
    data = signed_bytes(headers, body)
    digests = [hmac.digest(secret.encode(), data, "sha256").hex() for secret in secrets if secret]
    matches = [hmac.compare_digest(given, digest) for given in claimed for digest in digests]
    if not any(matches):
        raise BadSignature
    signed_at = datetime.fromtimestamp(int(headers["smartrecruiters-timestamp"]), UTC)
    if now is not None and abs(now - signed_at) > OLDEST:
        raise BadSignature("The signature is more than 30 days away from now.")


def _claimed(headers: Mapping[str, str]) -> list[str]:
    """The digests of the one scheme there is; SmartRecruiters reserves the right to send others beside it."""
    parts = headers.get("smartrecruiters-signature", "").split(";")[:_MOST_DIGESTS]
    found = [given[1].lower() for part in parts if (given := _DIGEST.fullmatch(part.strip(" ")))]
    if not found:
        raise BadSignature(
            "The smartrecruiters-signature header is missing or holds no `v1=<64 hex digits>`."
        )
    return found


def peek(headers: Mapping[str, str], body: bytes) -> Delivery:
    """What the door needs to store the delivery; never raises. The event's name stands in a header only."""
    event_id = headers.get("event-id", "")
    if not event_id or not _SIGNED["event-id"].fullmatch(event_id):
        # Without an id, two events about the same things have the same bytes: the time tells them apart.
        timestamp = headers.get("smartrecruiters-timestamp", "")
        key = content_key(timestamp.encode("utf-8", "replace") + b"." + body)
        return Delivery(key, None, _action(headers, body))
    return Delivery(f"event:{event_id}", event_id, _action(headers, body))


def _action(headers: Mapping[str, str], body: bytes) -> str:
    name = headers.get("event-name", "")
    try:
        readable = isinstance(json.loads(body), dict)
    except (ValueError, RecursionError):
        readable = False
    return name if readable and name and _SIGNED["event-name"].fullmatch(name) else UNREADABLE
