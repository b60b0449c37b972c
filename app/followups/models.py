"""What should be said, to whom, whether it may be said, and who allowed it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, LargeBinary, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from app.db import Json, UtcDateTime


class FollowUpState:
    """Where a follow-up is. Every one ends as sent, cancelled with its cause, or waits on a named person."""

    PLANNED = "planned"
    WAITING_FACT = "waiting_fact"
    WAITING_APPROVAL = "waiting_approval"
    READY = "ready"
    """Words are final; it leaves at release_at."""
    GATHERED = "gathered"
    """For its person's digest of the day, which tells it at act_at."""
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    EXPIRED = "expired"
    """Nobody decided about its draft in time. It waits on operations; new words or facts bring it back."""

    OPEN = ("planned", "waiting_fact", "waiting_approval", "ready", "gathered", "queued")
    """Not out yet: may still be cancelled."""


class FollowUp(SQLModel, table=True):
    """One thing to say, to one recipient, for one reason: at most once."""

    __tablename__ = "follow_up"
    __table_args__ = (
        UniqueConstraint("application_id", "reason", "step", "recipient"),
        Index("ix_follow_up_release", "act_at", postgresql_where=text("act_at IS NOT NULL")),
        Index("ix_follow_up_state", "state"),
    )

    id: str = Field(primary_key=True)
    connection_id: str = Field(foreign_key="connection.id")
    application_id: str = Field(foreign_key="application.id")
    clock_id: str | None = Field(default=None, foreign_key="clock.id")
    about_id: str | None = Field(default=None, foreign_key="follow_up.id", index=True)
    """The follow-up that waits, where this one tells somebody so."""
    reason: str
    """Deterministic and free of versions: ``acknowledge_application/application``."""
    step: str
    """What of that reason: ``say:application_received``, ``warned:1``, ``escalated:1``."""
    recipient: str
    """``candidate:9001`` or ``member:55``."""
    kind: str
    state: str
    cause: str | None = Field(default=None, sa_type=Text)
    """Why it is cancelled, failed or waiting, in words."""
    waiting_on: str | None = None
    """The person who must act, as ``member:55`` or ``operations``."""
    approval_needed: bool = False
    approver: str | None = None
    """Who alone may decide, where a rule names them, as first asked; empty: whoever may act."""
    waits_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Since when its draft waits for a decision: the approval's own clock."""
    nudges: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """How often somebody was asked for that decision."""
    held_for: str | None = None
    """Why it was held back until a person allows it: ``unanswered``, or ``better_news:<application>``."""
    digest_id: str | None = Field(default=None, index=True)
    """The digest of the day that tells it, where it is gathered into one."""
    note_only: bool = False
    final: bool = False
    """Cancelled for good: news does not bring it back."""
    planned_for: datetime = Field(sa_type=UtcDateTime)
    """The instant that calls for it, before any sending window."""
    release_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    act_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the drain must look at it again; empty while it waits on a person or is over."""
    message_id: str | None = None
    correlation_id: str | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)
    failures: int = 0


class SuppliedFact(SQLModel, table=True):
    """A fact that a person added to a follow-up, with who and when."""

    __tablename__ = "supplied_fact"

    follow_up_id: str = Field(foreign_key="follow_up.id", primary_key=True)
    name: str = Field(primary_key=True)
    value: bytes = Field(sa_type=LargeBinary)
    """Sealed with the candidate's key."""
    supplied_by: str
    supplied_at: datetime = Field(sa_type=UtcDateTime)
    picked_from: str | None = None
    """Where the words come from, if they were picked and not written: ``scorecard/91/public-notes``."""


class Approval(SQLModel, table=True):
    """A verdict on a follow-up, with the message that the person saw."""

    id: str = Field(primary_key=True)
    follow_up_id: str = Field(foreign_key="follow_up.id", index=True)
    message_id: str
    verdict: str
    """approved, edited, rejected, expired; arrived or not_arrived, of a send whose outcome nobody knew."""
    decided_by: str
    decided_at: datetime = Field(sa_type=UtcDateTime)
    note: str | None = Field(default=None, sa_column=Column(Text))
    """What the person wrote, sealed with the candidate's key."""
    via: str = Field(default="api", sa_column_kwargs={"server_default": "api"})
    """``api``, ``bulk``, ``link``, or ``clock`` where time decided."""
    saw: dict[str, Any] = Field(
        default_factory=dict, sa_column=Column(Json, nullable=False, server_default=text("'{}'"))
    )
    """What was before the person: the message's version, findings, facts with sources; never any words."""


class Preference(SQLModel, table=True):
    """How one member of a hiring team wants to hear from us; whoever has none hears by mail."""

    connection_id: str = Field(foreign_key="connection.id", primary_key=True)
    member: str = Field(primary_key=True)
    """The vendor's id."""
    channel: str = "mail"
    """mail, slack, teams or note."""
    webhook: bytes | None = Field(default=None, sa_type=LargeBinary)
    """The address of the incoming webhook, sealed: whoever knows it may write there."""
    digest: bool = True
    """What can wait comes together once a day; otherwise each word on its own."""
    digest_hour: int = 8
    """In the member's morning, on the hour."""
    time_zone: str | None = None
    """IANA name; unset: as the ATS tells it, else the connection's."""
    locale: str | None = None
    """Such as ``de`` or ``de-AT``; unset: as the ATS tells it, else the connection's, else the service's."""
    updated_at: datetime = Field(sa_type=UtcDateTime)
    updated_by: str
