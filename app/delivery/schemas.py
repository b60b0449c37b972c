"""Deliveries, ways out and suppressions as callers give and see them; addresses go in and never come out."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, JsonValue, SecretStr

from app.delivery.models import Suppression
from app.schemas import Given, Label, Shown

_DELIVERY: dict[str, JsonValue] = {
    "id": "dlv_01jd2q8z6w3k7m9p5r1t0v4x2y",
    "follow_up_id": "fup_01jd2q8z6w3k7m9p5r1t0v4x2y",
    "message_id": "msg_01jd2q8z6w3k7m9p5r1t0v4x2y",
    "connection_id": "con_01jd2q8z6w3k7m9p5r1t0v4x2y",
    "channel": "mail",
    "route": "smtp",
    "recipient": "candidate:9001",
    "state": "unknown",
    "cause": "no answer within the lease",
    "waiting_on": "member:4455",
    "act_at": None,
    "attempt": 1,
    "provider_id": None,
    "wire_id": "<dlv_01jd2q8z6w3k7m9p5r1t0v4x2y@acme.example>",
    "receipt": None,
    "receipt_at": None,
    "receipt_detail": None,
    "correlation_id": "evt_01jd2q8z6w3k7m9p5r1t0v4x2y",
    "created_at": "2026-11-20T13:00:00Z",
    "settled_at": None,
    "inquiries": 0,
    "checks": 0,
    "checked_at": None,
    "checked": None,
    "replaced_by": None,
}
_ATTEMPT: dict[str, JsonValue] = {
    "number": 1,
    "started_at": "2026-11-20T13:00:01Z",
    "ended_at": "2026-11-20T13:00:26Z",
    "outcome": "ambiguous",
    "detail": "no answer within the lease",
    "payload_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}
_RECEIPT: dict[str, JsonValue] = {
    "kind": "deferred",
    "at": "2026-11-20T13:00:12Z",
    "received_at": "2026-11-20T13:00:14Z",
    "detail": "4.2.2",
    "machine": False,
}


def _like(example: dict[str, JsonValue]) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [example]})


class DeliveryShown(Shown):
    """One message on one way out."""

    id: str
    follow_up_id: str
    message_id: str
    connection_id: str
    channel: Literal["mail", "slack", "teams", "note", "tag", "email_log", "task"]
    """The mail itself or a room of the team; or what is left in the ATS: a note, a tag, a copy, a task."""
    route: str | None
    recipient: str
    state: Literal["queued", "sending", "sent", "failed", "unknown", "cancelled"]
    cause: str | None
    waiting_on: str | None
    """Who must act: ``member:<vendor's id>`` or ``operations``."""
    act_at: datetime | None
    """The next try or question."""
    attempt: int
    provider_id: str | None
    wire_id: str | None
    """The Message-ID, or the marker in the note or the task."""
    receipt: str | None
    """The weightiest that the provider has said since: delivered, deferred, bounced_hard, complained …"""
    receipt_at: datetime | None
    receipt_detail: str | None
    """The provider's own code."""
    correlation_id: str | None
    created_at: datetime
    settled_at: datetime | None
    inquiries: int
    """How often an unknown outcome was asked about."""
    checks: int
    """How often the provider was asked about it because no receipt came."""
    checked_at: datetime | None
    """Real time of the last such question."""
    checked: Literal["found", "absent", "given_up", "cannot_be_asked", "by_hand"] | None
    """What asking has shown in the end; ``by_hand``: a person has said that it arrived."""
    replaced_by: str | None
    """The delivery by which it was sent again under a key of its own, after it had come back."""

    model_config = _like(_DELIVERY)


class AttemptShown(Shown):
    """One try, with the hash of the exact bytes; its instants are real time."""

    number: int
    started_at: datetime
    ended_at: datetime | None
    outcome: str | None
    detail: str | None
    payload_sha256: str

    model_config = _like(_ATTEMPT)


class ReceiptShown(Shown):
    """One thing that the provider said of it, as it came."""

    kind: str
    at: datetime | None
    """As the provider says."""
    received_at: datetime
    detail: str
    machine: bool
    """An opening or click by a scanner or a mailbox's prefetch."""

    model_config = _like(_RECEIPT)


class DeliveryDetail(DeliveryShown):
    """A delivery with its attempts and receipts."""

    attempts: list[AttemptShown]
    receipts: list[ReceiptShown]

    model_config = _like({**_DELIVERY, "attempts": [_ATTEMPT], "receipts": [_RECEIPT]})


class Settlement(Given):
    """What a person found out about an unknown delivery."""

    arrived: bool
    """True: it arrived. False: it did not, so send it again."""
    reason: Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]
    """How they know."""
    on_behalf_of: Label | None = None

    model_config = _like(
        {"arrived": True, "reason": "The candidate answered it", "on_behalf_of": "Robin Reyes"},
    )


Address = Annotated[SecretStr, Field(min_length=3, max_length=320)]


class SuppressionNew(Given):
    """An address that must not be written to."""

    address: Address
    reason: Annotated[Label, Field(examples=["asked us to stop"])]

    model_config = _like({"address": "noemi@example.com", "reason": "asked us to stop"})


class SuppressionLifted(Given):
    """An address that may be written to again."""

    address: Address

    model_config = _like({"address": "noemi@example.com"})


class SuppressionShown(Shown):
    """A suppressed address, known only by its keyed hash."""

    id: str
    reason: str
    source: str
    created_at: datetime

    model_config = _like(
        {
            "id": "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c",
            "reason": "asked us to stop",
            "source": "key:key_01jd2q8z6w3k7m9p5r1t0v4x2y",
            "created_at": "2026-11-20T13:00:00Z",
        },
    )

    @classmethod
    def of(cls, row: Suppression) -> "SuppressionShown":
        """As shown."""
        hashed = row.address_hash.hex()
        return cls(id=hashed, reason=row.reason, source=row.source, created_at=row.created_at)


class RouteShown(Shown):
    """A way out that is or was stopped by a trouble of its own."""

    route: str
    stopped_at: datetime | None
    cause: str | None
    retry_at: datetime | None
    """When it is tried again by itself."""

    model_config = _like(
        {
            "route": "smtp",
            "stopped_at": "2026-11-20T13:00:00Z",
            "cause": "535 authentication failed",
            "retry_at": "2026-11-20T13:15:00Z",
        },
    )
