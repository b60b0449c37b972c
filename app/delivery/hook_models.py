"""What mail providers told us: their webhooks as they came, and the receipts that were read from them."""

from datetime import datetime

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from app.db import UtcDateTime


class HookKind:
    """What a webhook's address is for."""

    RECEIPTS = "receipts"
    INBOUND = "inbound"


class HookState:
    """pending → done | unreadable | failed; a subscription's confirmation passes through confirming."""

    PENDING = "pending"
    CONFIRMING = "confirming"
    DONE = "done"
    UNREADABLE = "unreadable"
    """Not in any shape that its provider documents; kept for a person to look at."""
    FAILED = "failed"


class Hook(SQLModel, table=True):
    """One webhook of a mail provider, stored before it was answered."""

    __table_args__ = (
        UniqueConstraint("route", "kind", "dedupe_key"),
        Index("ix_hook_act", "kind", "act_at", postgresql_where=text("act_at IS NOT NULL")),
        Index("ix_hook_received", "received_at"),
        Index("ix_hook_set_aside", "state", postgresql_where=text("state IN ('unreadable', 'failed')")),
    )

    id: str = Field(primary_key=True)
    route: str
    kind: str
    """``receipts`` or ``inbound``."""
    dedupe_key: str
    body: bytes | None = Field(default=None, sa_type=LargeBinary)
    """Headers and raw body, sealed for this id; gone once everything in it was read."""
    state: str = HookState.PENDING
    detail: str | None = Field(default=None, sa_column=Column(Text))
    act_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Machine time of the next look at it; empty when it is over."""
    received_at: datetime = Field(sa_type=UtcDateTime)
    """Machine time."""
    failures: int = 0


class HookNonce(SQLModel, table=True):
    """A value that a provider signs once, and the body that first came with it."""

    __tablename__ = "hook_nonce"
    __table_args__ = (Index("ix_hook_nonce_first_at", "first_at"),)

    nonce: str = Field(primary_key=True)
    """SHA-256; the same on every route, as two of them may share a signing key."""
    dedupe_key: str
    """As the webhook itself has it."""
    first_at: datetime = Field(sa_type=UtcDateTime)
    """Machine time."""


class ReceiptRow(SQLModel, table=True):
    """One thing that a provider says of one message; the address is known by its keyed hash only."""

    __tablename__ = "receipt"
    __table_args__ = (
        UniqueConstraint("route", "key"),
        Index("ix_receipt_match", "match_at", postgresql_where=text("match_at IS NOT NULL")),
        Index("ix_receipt_received", "received_at"),
    )

    id: str = Field(primary_key=True)
    route: str
    key: str
    kind: str
    delivery_id: str | None = Field(
        default=None, sa_column=Column(ForeignKey("delivery.id"), index=True, nullable=True)
    )
    """Empty while no message that we sent is known for it: then it has no effect."""
    at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """As the provider says."""
    received_at: datetime = Field(sa_type=UtcDateTime)
    detail: str = ""
    suppress: bool = False
    machine: bool = False
    """An opening or click by a scanner or a mailbox's prefetch."""
    address_hash: bytes | None = Field(default=None, sa_type=LargeBinary)
    send_id: str | None = None
    provider_id: str | None = None
    wire_id: str | None = None
    match_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When its message is looked for again: a receipt may overtake the answer to its send."""
    matches: int = 0


class SendingDomain(SQLModel, table=True):
    """A domain that we send from, where complaints or bounces once paused it."""

    __tablename__ = "sending_domain"

    domain: str = Field(primary_key=True)
    paused_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    cause: str | None = Field(default=None, sa_column=Column(Text))
    counts_from: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """What happened before is forgiven: a person has let it send again."""
