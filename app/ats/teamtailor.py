"""Teamtailor: the webhook door, with reading and the API beside it.

Signature: header ``TT-Signature``, in one of two versions that the webhook's settings choose. Version 2 is
``base64("t=<unix>,v2=<hex HMAC-SHA256(key, t + "." + raw body)>")``. Version 1, deprecated, is ``base64(hex
HMAC-SHA256(key, data.id))``: it proves the id and nothing else, so of such a webhook only the id is believed.
The documentation says that the signature also stands in the body, which version 2 makes impossible; only the
header is read. There is no retry: any other status than 2xx is only logged there (Teamtailor company webhook
docs of 2026-06-11, changelog of 2026-03-19, read 2026-11).
"""

import base64
import binascii
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.ats import teamtailor_api, teamtailor_setup
from app.ats.delivery import UNREADABLE, Delivery, content_key
from app.ats.fields import Json, child, identity, text
from app.ats.teamtailor_read import ONLY_ID_SIGNED, read
from app.ats.teamtailor_rows import attribute
from app.errors import BadSignature

__all__ = [
    "NAME",
    "OLDEST",
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

NAME = "teamtailor"
TITLE = "Teamtailor"
SUCCESS_STATUS = 200
RETRY_STATUS = 503
"""Teamtailor never sends again; the poll brings what was lost."""
api = teamtailor_api
setup = teamtailor_setup

OLDEST = timedelta(hours=24)
"""How far the signed time of version 2 may lie from ours. Teamtailor documents no tolerance."""

_V1 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_V2 = re.compile(r"t=(\d{1,11}),v2=([0-9a-f]{64})", re.ASCII)
_LONGEST = 200
_EVENT = re.compile(r"[A-Za-z0-9_.-]{1,60}", re.ASCII)
_MOMENT = re.compile(r"[0-9T:.Z+-]{1,40}", re.ASCII)
_NUMBER = re.compile(r"[A-Za-z0-9-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Claim:
    """What the header claims; ``time`` is the signed time of version 2, None for version 1."""

    digest: str
    time: str | None


def signature(body: bytes, secret: str, at: datetime) -> str:
    """The value of the ``TT-Signature`` header, version 2, for these bytes sent at that aware instant."""
    time = str(int(at.timestamp()))
    digest = _digest(secret, f"{time}.".encode() + body)
    return base64.b64encode(f"t={time},v2={digest}".encode()).decode("ascii")


def handshake(headers: Mapping[str, str], body: bytes) -> None:
    """Teamtailor has no handshake; its test button sends a signed webhook."""
    del headers, body


def verify(
    headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime | None = None
) -> None:
    """Raises `BadSignature` unless one of the active secrets signed this, as version 1 or version 2 does it.

    ``headers`` have lower-case names. An empty secret never matches. ``now`` is machine time, aware; without
    it the age is not looked at.
    """
    claim = _claim(headers)
    if claim is None:
        raise BadSignature("The TT-Signature header is missing or not in a form that Teamtailor writes.")
    signed = _signed_id(body) if claim.time is None else f"{claim.time}.".encode() + body
    if signed is None:
        raise BadSignature("The body has no data.id, which version 1 of the signature is over.")
    matches = [hmac.compare_digest(claim.digest, _digest(secret, signed)) for secret in secrets if secret]
    if not any(matches):
        raise BadSignature
    if claim.time is not None and now is not None and _far(int(claim.time), now):
        raise BadSignature("The signature is older than a day, or from the future; compare the clocks.")


def peek(headers: Mapping[str, str], body: bytes) -> Delivery:
    """What the door needs to store the delivery; never raises.

    There is no delivery id, so a state of a row, by its event and time, is one event. The action of a
    webhook whose signature covers only the id begins with ``v1:``.
    """
    claim = _claim(headers)
    trust = "" if claim is not None and claim.time is not None else ONLY_ID_SIGNED
    payload = _payload(body)
    event = text(payload.get("event_name")) if payload is not None else None
    if payload is None or event is None or not _EVENT.fullmatch(event):
        return Delivery(content_key(body), None, UNREADABLE)
    data = child(payload, "data")
    named, moment = identity(data.get("id")), text(attribute(data, "updated-at"))
    told = named and moment and _NUMBER.fullmatch(named) and _MOMENT.fullmatch(moment)
    key = f"{trust}{event}:{named}:{moment}" if told else content_key(body)
    return Delivery(key, None, f"{trust}{event}")


def _claim(headers: Mapping[str, str]) -> _Claim | None:
    given = headers.get("tt-signature", "")
    if not 0 < len(given) <= _LONGEST:
        return None
    try:
        decoded = base64.b64decode(given.encode("ascii"), validate=True)
        written = decoded.decode("ascii")
    except (ValueError, binascii.Error):
        return None
    if base64.b64encode(decoded).decode("ascii") != given:
        return None  # spare bits set: another header than the one that was sent
    if second := _V2.fullmatch(written):
        return _Claim(second[2], second[1])
    return _Claim(written, None) if _V1.fullmatch(written) else None


def _digest(secret: str, signed: bytes) -> str:
    return hmac.digest(secret.encode(), signed, "sha256").hex()


def _far(time: int, now: datetime) -> bool:
    return abs(now.timestamp() - time) > OLDEST.total_seconds()


def _signed_id(body: bytes) -> bytes | None:
    payload = _payload(body)
    named = identity(child(payload, "data").get("id")) if payload is not None else None
    return named.encode() if named else None


def _payload(body: bytes) -> Json | None:
    try:
        parsed: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return child(parsed, "payload") if isinstance(parsed, dict) else None
