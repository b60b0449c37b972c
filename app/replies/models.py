"""Mails that came back, and what they seem to say."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Index, LargeBinary, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from app.db import Json, UtcDateTime


class ReplyState:
    """matched; or hinted and unmatched, which wait on a person; apart: nobody wrote it, nothing follows."""

    MATCHED = "matched"
    HINTED = "hinted"
    UNMATCHED = "unmatched"
    APART = "apart"
    DISMISSED = "dismissed"
    """A person has said that it is about none of our applications."""

    OPEN = ("hinted", "unmatched")


UNSUBSCRIBE = "unsubscribe"
"""The sort of a mail to the address in List-Unsubscribe, whoever or whatever wrote it."""


class NoteState:
    """What became of the note in the ATS; none at all where none is written back."""

    QUEUED = "queued"
    WRITTEN = "written"
    FAILED = "failed"


class SuggestionState:
    """open → accepted | dismissed; what acted at once is done."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"
    DONE = "done"


class Reply(SQLModel, table=True):
    """One mail that came back. Its words are sealed."""

    __table_args__ = (
        UniqueConstraint("source", "key"),
        Index("ix_reply_note", "note_act_at", postgresql_where=text("note_act_at IS NOT NULL")),
        Index("ix_reply_received", "received_at", "id"),
    )

    id: str = Field(primary_key=True)
    source: str
    """The route, or the mailbox, that it came through."""
    key: str
    state: str
    sort: str
    """reply, out_of_office, auto_reply, bounce, list, loop or unsubscribe."""
    sign: str = ""
    """By which header a machine was recognised."""
    how: str | None = None
    """token, in_reply_to, references, address or person."""
    connection_id: str | None = Field(default=None, foreign_key="connection.id")
    application_id: str | None = Field(default=None, foreign_key="application.id", index=True)
    delivery_id: str | None = Field(default=None, foreign_key="delivery.id")
    person_id: str | None = Field(default=None, foreign_key="person.id", index=True)
    """Whose key has sealed the words; empty: the service's."""
    box: bytes | None = Field(default=None, sa_type=LargeBinary)
    """Sender, subject and new words."""
    received_at: datetime = Field(sa_type=UtcDateTime)
    """Business time."""
    sent_on: date | None = None
    returns_on: date | None = None
    """A hint, from an absence."""
    attachments: int = 0
    verdicts: dict[str, Any] = Field(
        default_factory=dict, sa_column=Column(Json, nullable=False, server_default=text("'{}'"))
    )
    followed: list[str] = Field(
        default_factory=list, sa_column=Column(Json, nullable=False, server_default=text("'[]'"))
    )
    """What followed from it at once, in words without personal data."""
    decided_by: str | None = None
    note_state: str | None = None
    note_cause: str | None = Field(default=None, sa_column=Column(Text))
    note_act_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Machine time of the next try; while one is under way, the end of its lease."""
    note_attempt: int = 0
    note_started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ReplySuggestion(SQLModel, table=True):
    """One thing that a reply seems to say, with the sentence that says so."""

    __tablename__ = "reply_suggestion"

    reply_id: str = Field(foreign_key="reply.id", primary_key=True)
    meaning: str = Field(primary_key=True)
    state: str
    sentence: str | None = Field(default=None, sa_column=Column(Text))
    """Sealed with the candidate's key."""
    day: date | None = None
    """Such as the other offer's deadline."""
    decided_by: str | None = None
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
