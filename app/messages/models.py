"""The words of a follow-up, and a company's own templates; a new version is a new row."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKeyConstraint,
    Identity,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
)
from sqlmodel import Field, SQLModel

from app.db import Json, UtcDateTime


class Message(SQLModel, table=True):
    """What is said. The words are sealed with the key of the person they are about."""

    __table_args__ = (UniqueConstraint("follow_up_id", "version"),)

    id: str = Field(primary_key=True)
    follow_up_id: str = Field(foreign_key="follow_up.id")
    version: int
    kind: str
    locale: str
    template_version: str
    words: bytes = Field(sa_type=LargeBinary)
    """Sealed JSON: subject, preheader, text, html, sentences."""
    person_id: str = Field(foreign_key="person.id", index=True)
    """Whose key sealed it: the candidate, also for messages to the team about them."""
    used: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(Json, nullable=False))
    """Names and sources of the facts used; never their values."""
    findings: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(Json, nullable=False))
    promises: list[str] = Field(default_factory=list, sa_column=Column(Json, nullable=False))
    """Dates that the words promise, as ISO instants."""
    written_by: str
    """``template`` or the person who edited it."""
    created_at: datetime = Field(sa_type=UtcDateTime)


class ApprovalLink(SQLModel, table=True):
    """A link by which one person may decide about one version of one message, once. Only its hash is kept."""

    __tablename__ = "approval_link"

    id: str = Field(primary_key=True)
    token_hash: bytes = Field(sa_column=Column(LargeBinary, unique=True, nullable=False))
    follow_up_id: str = Field(foreign_key="follow_up.id", index=True)
    message_id: str
    approver: str
    """In whose name it acts: ``member:55``."""
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)
    """Machine time."""
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    used_for: str | None = None
    """approved, edited, picked, rejected; renewed, where a newer link took its place."""


class StoredTemplate(SQLModel, table=True):
    """One version of a company's own template; a trigger refuses to change or delete it."""

    __tablename__ = "stored_template"
    __table_args__ = (UniqueConstraint("scope", "kind", "locale", "version"),)

    id: str = Field(primary_key=True)
    scope: str
    """Where it holds: ``company``, ``department:sales`` or ``job:<connection>/<vendor's id>``."""
    kind: str
    locale: str
    version: int
    content: str
    """The hash that messages keep as their ``template_version``."""
    subject: str = Field(sa_type=Text)
    preheader: str = Field(sa_type=Text)
    body: str = Field(sa_type=Text)
    findings: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(Json, nullable=False))
    """What the checks said of it when it was saved; never an error."""
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: str


class TemplateChoice(SQLModel, table=True):
    """Which version is in force from then on: the newest row of a place counts, none is ever changed."""

    __tablename__ = "template_choice"
    __table_args__ = (
        ForeignKeyConstraint(
            ["scope", "kind", "locale", "version"],
            [f"stored_template.{name}" for name in ("scope", "kind", "locale", "version")],
        ),
        Index("ix_template_choice_place", "scope", "kind", "locale", "id"),
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    scope: str
    kind: str
    locale: str
    version: int | None = None
    """Empty: switched off, what is less specific counts again."""
    chosen_at: datetime = Field(sa_type=UtcDateTime)
    chosen_by: str
