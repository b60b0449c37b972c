"""What became of asking a language model about a message: one row a message, without a word of it."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from app.db import UtcDateTime


class RephrasingOutcome:
    """Where a request is; ``asked`` ends as one of the others, also when the worker died."""

    ASKED = "asked"
    USED = "used"
    """The rephrased words passed the guard and are what is shown for approval."""
    KEPT = "kept"
    """The template's words stay; ``reason`` says why."""


class Rephrasing(SQLModel, table=True):
    """One request to the language model about one version of a message."""

    __table_args__ = (Index("ix_rephrasing_asked", "asked_at", postgresql_where=text("outcome = 'asked'")),)

    message_id: str = Field(primary_key=True, foreign_key="message.id")
    """The template's own words, which stay as they are."""
    follow_up_id: str = Field(foreign_key="follow_up.id")
    rephrased_id: str | None = Field(default=None, foreign_key="message.id", unique=True)
    """The version with the rephrased words."""
    outcome: str
    reason: str | None = None
    """Why the template's words stay: ``new-words:3`` (sentence 3), ``http-500``, ``budget``; never a text."""
    model: str
    tokens: int = 0
    """As the endpoint counts them; what was set aside for it where it did not say."""
    asked_at: datetime = Field(sa_type=UtcDateTime, index=True)
    """Machine time, because a day's limit is the endpoint's day."""
