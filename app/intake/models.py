"""Connections, and events as the ATS said them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from app.db import Json, UtcDateTime


class Connection(SQLModel, table=True):
    """One ATS account: vendor, secrets, settings."""

    id: str = Field(primary_key=True)
    vendor: str
    name: str
    enabled: bool = True
    settings: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Json, nullable=False))
    secrets: bytes = Field(sa_type=LargeBinary)
    """Sealed JSON: signing secrets (newest first) and API credentials."""
    created_at: datetime = Field(sa_type=UtcDateTime)
    last_event_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class EventState:
    """Where an event is on its way."""

    PENDING = "pending"
    ASKING = "asking"
    """It only names what it is about; the vendor's API is asked before anything is true."""
    DONE = "done"
    IGNORED = "ignored"
    DEAD = "dead"


class Event(SQLModel, table=True):
    """What the ATS said, once; the bytes are in RawBody and go sooner."""

    __table_args__ = (
        UniqueConstraint("connection_id", "dedupe_key"),
        Index("ix_event_pending", "received_at", postgresql_where=text("state = 'pending'")),
        Index("ix_event_connection_received", "connection_id", "received_at"),
    )

    id: str = Field(primary_key=True)
    connection_id: str = Field(foreign_key="connection.id")
    dedupe_key: str
    action: str
    received_at: datetime = Field(sa_type=UtcDateTime)
    state: str = Field(default=EventState.PENDING)
    reason: str | None = Field(default=None, sa_type=Text)
    """Why it was ignored or given up."""
    handled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    replays: int = 0


class RawBody(SQLModel, table=True):
    """The signed bytes, sealed, for replay and dispute; kept for 30 to 90 days."""

    __tablename__ = "raw_body"

    event_id: str = Field(
        sa_column=Column(Text, ForeignKey("event.id", ondelete="CASCADE"), primary_key=True),
    )
    body: bytes = Field(sa_type=LargeBinary)
    candidate: str | None = Field(default=None, index=True)
    """The vendor's candidate id, once read: erasure deletes by it."""
    received_at: datetime = Field(sa_type=UtcDateTime, index=True)
