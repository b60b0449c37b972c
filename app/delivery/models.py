"""Ways out, each with its attempts; and whom not to write to."""

from datetime import datetime

from sqlalchemy import Column, Index, LargeBinary, Text, text
from sqlmodel import Field, SQLModel

from app.db import UtcDateTime


class DeliveryState:
    """queued → sending → sent | failed | unknown; a queued one may be cancelled."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


class Checked:
    """What came of asking about a mail of which no receipt came; empty while it may be asked about."""

    FOUND = "found"
    ABSENT = "absent"
    GIVEN_UP = "given_up"
    CANNOT = "cannot_be_asked"
    BY_HAND = "by_hand"
    """A person has said that it arrived, which counts for more."""


NOT_REPLACED = text("replaced_by IS NULL")
"""Of one follow-up on one way, the delivery that counts; for ON CONFLICT as well."""


class Delivery(SQLModel, table=True):
    """One message on one way out: a mail, or what is left of it in the ATS."""

    __table_args__ = (
        # One on each way; of a mail that came back and was sent again, the latest.
        Index(
            "uq_delivery_follow_up_id_channel",
            "follow_up_id",
            "channel",
            unique=True,
            postgresql_where=NOT_REPLACED,
        ),
        Index("ix_delivery_act", "act_at", postgresql_where=text("act_at IS NOT NULL")),
        Index("ix_delivery_sent_again", "sent_again", postgresql_where=text("sent_again > 0")),
        Index("ix_delivery_provider_id", "provider_id", postgresql_where=text("channel = 'mail'")),
        Index("ix_delivery_wire_id", "wire_id", postgresql_where=text("channel = 'mail'")),
        Index("ix_delivery_settled", "settled_at", postgresql_where=text("channel = 'mail'")),
        Index("ix_delivery_checked", "checked_at", postgresql_where=text("checked_at IS NOT NULL")),
        Index(
            "ix_delivery_unheard",
            "settled_at",
            postgresql_where=text("state = 'sent' AND receipt IS NULL AND checked IS NULL"),
        ),
    )

    id: str = Field(primary_key=True)
    follow_up_id: str = Field(foreign_key="follow_up.id")
    message_id: str = Field(foreign_key="message.id")
    connection_id: str = Field(foreign_key="connection.id", index=True)
    channel: str
    """mail, slack, teams, note, tag, email_log or task."""
    route: str | None = None
    recipient: str
    state: str
    cause: str | None = Field(default=None, sa_type=Text)
    waiting_on: str | None = None
    act_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Business time of the next try or question; empty when over or waiting on a person."""
    attempt: int = 0
    """Fences: only the holder of the latest attempt may write its result."""
    leased_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Machine time."""
    provider_id: str | None = None
    wire_id: str | None = None
    """The Message-ID, or the marker in a note or a task."""
    receipt: str | None = None
    """The weightiest that the provider has said of it since: delivered, bounced_hard, complained …"""
    receipt_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When that happened, as the provider says."""
    receipt_detail: str | None = None
    receipts_from: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Machine time: receipts of before are about a send that a person has tried again."""
    sender_domain: str | None = None
    """The domain that a mail was sent from, whose reputation it bears."""
    address_hash: bytes | None = Field(default=None, sa_type=LargeBinary)
    """Keyed hash of the address that a mail was sent to: the person may have another one by now."""
    replaced_by: str | None = None
    """The delivery by which it was sent again under a key of its own, after it had come back."""
    correlation_id: str | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    inquiries: int = 0
    """How often an unknown outcome was asked about."""
    sent_again: int = 0
    """How often it was sent again although it may have left: only where its route's settings say so."""
    checks: int = 0
    """How often its provider was asked about it because no receipt came."""
    checked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Machine time of the last such question."""
    checked: str | None = None
    """What asking has shown in the end."""


class Attempt(SQLModel, table=True):
    """One try, written before the request leaves."""

    __tablename__ = "attempt"
    __table_args__ = (Index("ix_attempt_left", "left_at", postgresql_where=text("left_at IS NOT NULL")),)

    delivery_id: str = Field(foreign_key="delivery.id", primary_key=True)
    number: int = Field(primary_key=True)
    started_at: datetime = Field(sa_type=UtcDateTime)
    payload: bytes = Field(sa_type=LargeBinary)
    """The exact bytes, sealed with the candidate's key."""
    payload_sha256: str
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    outcome: str | None = None
    detail: str | None = Field(default=None, sa_column=Column(Text))
    route: str | None = None
    """The mail route that tried; empty for other ways out."""
    left_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Business time at which a mail was let out, for what may leave in a minute and in a day."""
    from_domain: str | None = None
    to_domain: bytes | None = Field(default=None, sa_type=LargeBinary)
    """Keyed hash of the recipient's domain."""


class Suppression(SQLModel, table=True):
    """An address that must not be written to, known only by its keyed hash."""

    address_hash: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    reason: str
    source: str
    created_at: datetime = Field(sa_type=UtcDateTime)


class PersonSuppression(SQLModel, table=True):
    """A person who must not be written to, whatever address they have."""

    __tablename__ = "person_suppression"

    person_id: str = Field(foreign_key="person.id", primary_key=True)
    reason: str
    source: str
    created_at: datetime = Field(sa_type=UtcDateTime)


class RouteHealth(SQLModel, table=True):
    """A mail route that is stopped for a trouble of its own: no message is burnt while somebody mends it."""

    __tablename__ = "route_health"

    route: str = Field(primary_key=True)
    stopped_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    cause: str | None = Field(default=None, sa_column=Column(Text))
    retry_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
