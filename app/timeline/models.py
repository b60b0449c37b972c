"""What is true: facts, and the applications, people and jobs that they add up to."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

from app.db import Json, UtcDateTime

MISSED = (
    "source = 'poll' AND event_id IS NULL "
    "AND kind IN ('application_created', 'rejected', 'withdrawn', 'hired')"
)
"""What a webhook should have brought, and only asking has; a fact's key is the same through every door."""


class FactRow(SQLModel, table=True):
    """One canonical fact: no personal data, kept for good."""

    __tablename__ = "fact"
    __table_args__ = (
        UniqueConstraint("connection_id", "key"),
        Index("ix_fact_application", "connection_id", "application"),
        Index("ix_fact_job", "connection_id", "job", postgresql_where=text("application IS NULL")),
        Index(
            "ix_fact_candidate", "connection_id", "candidate", postgresql_where=text("application IS NULL")
        ),
        Index("ix_fact_subject", "connection_id", "subject", postgresql_where=text("subject IS NOT NULL")),
        Index("ix_fact_missed", "connection_id", "placed_at", postgresql_where=text(MISSED)),
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    connection_id: str = Field(foreign_key="connection.id")
    key: str
    kind: str
    placed_at: datetime = Field(sa_type=UtcDateTime)
    """The fact's place in the order: the vendor's time, else the time of receipt."""
    application: str | None = None
    candidate: str | None = None
    job: str | None = None
    subject: str | None = None
    """What inside the application it is about: ``interview:91``. Finds facts that name nothing else."""
    data: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Json, nullable=False))
    source: str = "webhook"
    event_id: str | None = None


class Application(SQLModel, table=True):
    """One person's candidacy for one job, as folded from its facts."""

    __table_args__ = (
        UniqueConstraint("connection_id", "external_id"),
        Index("ix_application_wake", "wake_at", postgresql_where=text("wake_at IS NOT NULL")),
        Index("ix_application_job", "connection_id", "job"),
        Index("ix_application_candidate", "connection_id", "candidate"),
    )

    id: str = Field(primary_key=True)
    connection_id: str = Field(foreign_key="connection.id")
    external_id: str
    candidate: str | None = None
    job: str | None = None
    status: str = "active"
    prospect: bool = False
    stage_id: str | None = None
    stage_name: str | None = None
    stage_kind: str | None = None
    stage_entered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    recruiter: str | None = None
    coordinator: str | None = None
    applied_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    folded_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    wake_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When this application must be looked at again: at once after news, else at its next instant."""
    failures: int = 0
    failure: str | None = Field(default=None, sa_type=Text)
    heard_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the candidate last answered a message about it."""
    interviewing: bool = False
    """In an interview stage: the poll asks for interviews and scorecards."""


class StageVisit(SQLModel, table=True):
    """One stay in one stage. Greenhouse sends neither the previous stage nor entry times; we keep both."""

    __tablename__ = "stage_visit"

    application_id: str = Field(foreign_key="application.id", primary_key=True)
    ordinal: int = Field(primary_key=True)
    stage_id: str
    stage_name: str
    stage_kind: str
    entered_at: datetime = Field(sa_type=UtcDateTime)
    left_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Person(SQLModel, table=True):
    """A candidate or a member of the hiring team. Everything personal is sealed with the person's own key."""

    __table_args__ = (
        UniqueConstraint("connection_id", "role", "external_id"),
        Index("ix_person_alias", "connection_id", "alias_of", postgresql_where=text("alias_of IS NOT NULL")),
    )

    id: str = Field(primary_key=True)
    connection_id: str = Field(foreign_key="connection.id")
    role: str
    external_id: str
    key: bytes | None = Field(default=None, sa_type=LargeBinary)
    """The person's key, sealed; gone after erasure."""
    fields: bytes | None = Field(default=None, sa_type=LargeBinary)
    address_hash: bytes | None = Field(default=None, sa_column=Column(LargeBinary, index=True))
    time_zone: str | None = None
    """An IANA name where the ATS gives one: calendars and sending hours may follow it."""
    as_of: datetime = Field(sa_type=UtcDateTime)
    can_email: bool = True
    private: bool = False
    flags_as_of: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When it was last said whether they may be mailed."""
    private_as_of: datetime | None = Field(default=None, sa_type=UtcDateTime)
    alias_of: str | None = None
    """After a merge: the external id of the candidate who remains."""
    erased_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Highlight(SQLModel, table=True):
    """What somebody wrote in one field of a scorecard; sealed with the key of the candidate it is about."""

    __table_args__ = (
        UniqueConstraint("connection_id", "scorecard", "field"),
        Index("ix_highlight_application", "connection_id", "application"),
    )

    id: str = Field(primary_key=True)
    connection_id: str = Field(foreign_key="connection.id")
    application: str
    """The vendor's id."""
    person_id: str = Field(foreign_key="person.id", index=True)
    """Whose key sealed it: after a merge still the one it was written about."""
    scorecard: str
    field: str
    """The name of the field in the ATS, which says nothing about the person."""
    words: bytes = Field(sa_type=LargeBinary)
    as_of: datetime = Field(sa_type=UtcDateTime)


class Job(SQLModel, table=True):
    """A job as last seen."""

    __table_args__ = (UniqueConstraint("connection_id", "external_id"),)

    id: str = Field(primary_key=True)
    connection_id: str = Field(foreign_key="connection.id")
    external_id: str
    as_of: datetime = Field(sa_type=UtcDateTime)
    data: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Json, nullable=False))


class PollCursor(SQLModel, table=True):
    """How far the reconciling poll has read one resource of one connection."""

    __tablename__ = "poll_cursor"

    connection_id: str = Field(foreign_key="connection.id", primary_key=True)
    resource: str = Field(primary_key=True)
    read_until: datetime = Field(sa_type=UtcDateTime)
    next_at: datetime = Field(sa_type=UtcDateTime, index=True)
    leased_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    lease: int = 0
    failures: int = 0
    failure: str | None = Field(default=None, sa_type=Text)
    missed: int = 0
    """Changes that the poll found and no webhook has brought; the first resource counts for all."""
    missed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the last of them happened."""
    resume: str | None = Field(default=None, sa_type=Text)
    """Where the next question goes on, for vendors that do not go by time."""


class Inquiry(SQLModel, table=True):
    """What a webhook only named: the vendor's API must be asked before anything is true of it."""

    event_id: str = Field(
        sa_column=Column(Text, ForeignKey("event.id", ondelete="CASCADE"), primary_key=True),
    )
    connection_id: str = Field(foreign_key="connection.id", index=True)
    named: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(Json, nullable=False))
    asked_at: datetime = Field(sa_type=UtcDateTime)
    """Since when it waits for an answer."""
    act_at: datetime = Field(sa_type=UtcDateTime, index=True)
    """Business time of the next try."""
    leased_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Machine time."""
    tries: int = 0
    """Fences as well: only the holder of the latest try may write its result."""
    failure: str | None = Field(default=None, sa_type=Text)


class VendorToken(SQLModel, table=True):
    """An access token shared by all processes, sealed."""

    __tablename__ = "vendor_token"

    connection_id: str = Field(foreign_key="connection.id", primary_key=True)
    token: bytes = Field(sa_type=LargeBinary)
    expires_at: datetime = Field(sa_type=UtcDateTime)
