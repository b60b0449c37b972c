"""Policies and calendars with versions; clocks, and what happened to them."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Identity, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from app.db import Json, UtcDateTime


class PolicySet(SQLModel, table=True):
    """One version of the whole rule book; the newest in effect rules."""

    __tablename__ = "policy_set"

    version: int = Field(primary_key=True)
    document: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    effective_from: datetime = Field(sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: str
    on_change: str = "keep"
    """keep: used time stays used; restart: counted anew; new-only: open clocks stay as they were."""
    backlog: bool = False
    """Rules that are new in this version apply to what had already begun."""


class CalendarVersion(SQLModel, table=True):
    """One version of one calendar, with where its holidays come from."""

    __tablename__ = "calendar_version"

    name: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    document: dict[str, Any] = Field(sa_column=Column(Json, nullable=False))
    provenance: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Json, nullable=False))
    effective_from: datetime = Field(sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: str


class Recompute(SQLModel, table=True):
    """A change after which every open clock must be right again: how far that has come."""

    __table_args__ = (Index("ix_recompute_open", "id", postgresql_where=text("done_at IS NULL")),)

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    cause: str
    """Such as ``calendar office, version 3``."""
    tzdata: str
    """The IANA release with which the clocks are derived."""
    asked_at: datetime = Field(sa_type=UtcDateTime)
    reached: str = ""
    """The last application that was looked at; they are taken in the order of their ids."""
    woken: int = 0
    """Applications that were timed anew, or woken to be derived."""
    since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Only hours have changed, and only from this instant on; None: whatever it may be, all is derived."""
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Clock(SQLModel, table=True):
    """One thing owed, running: derived from history, written down to be found and counted."""

    __table_args__ = (
        UniqueConstraint("application_id", "policy", "occurrence"),
        Index("ix_clock_open", "policy", "state", postgresql_where=text("closed_at IS NULL")),
        Index("ix_clock_due", "due_at", postgresql_where=text("closed_at IS NULL")),
    )

    id: str = Field(primary_key=True)
    connection_id: str = Field(foreign_key="connection.id")
    application_id: str = Field(foreign_key="application.id", index=True)
    policy: str
    occurrence: str
    state: str
    """pending, running, paused, met, breached, cancelled."""
    started_at: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    warned_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    breached_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_by: str | None = Field(default=None, sa_type=Text)
    """What met or cancelled it, such as ``said:application_received``."""
    paused_by: str | None = Field(default=None, sa_type=Text)
    elapsed_seconds: float | None = None
    """Business seconds from start to close, less pauses; only when closed."""
    policy_version: int
    calendar: str
    rule: str
    """The rule that matched, in words."""
    owner: str | None = None
    """Who owes it: ``recruiter:55``."""
    plain: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    """Start, policy and hours alone decide its due time: after a change of hours its row is enough."""
    stops_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """What is known to meet or cancel it later, such as an interview that will be held."""
    updated_at: datetime = Field(sa_type=UtcDateTime)


class ClockEvent(SQLModel, table=True):
    """Something that happened to a clock; never changed, never deleted. A correction is another event."""

    __tablename__ = "clock_event"
    __table_args__ = (UniqueConstraint("clock_id", "kind", "step"),)

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    clock_id: str = Field(foreign_key="clock.id")
    application_id: str = Field(foreign_key="application.id", index=True)
    kind: str
    """warned, breached, escalated, met, cancelled, breach_voided."""
    step: int = 0
    at: datetime = Field(sa_type=UtcDateTime)
    """The exact instant, which may lie before anybody noticed."""
    noticed_at: datetime = Field(sa_type=UtcDateTime)
    detail: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Json, nullable=False))
