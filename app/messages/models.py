"""The words of a follow-up, as rendered or edited; a new version is a new row."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, LargeBinary, UniqueConstraint
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
