"""Answers as callers see them, and what callers decide about them."""

from datetime import date, datetime
from typing import Literal

from pydantic import ConfigDict, Field, JsonValue

from app.schemas import Given, Label, Shown

_REPLY: dict[str, JsonValue] = {
    "id": "rpl_01jd2q8z6w3k7m9p5r1t0v4x2y",
    "source": "postmark",
    "state": "matched",
    "sort": "reply",
    "sign": "",
    "how": "token",
    "connection_id": "con_01jd2q8z6w3k7m9p5r1t0v4x2y",
    "application_id": "app_01jd2q8z6w3k7m9p5r1t0v4x2y",
    "delivery_id": "dlv_01jd2q8z6w3k7m9p5r1t0v4x2y",
    "received_at": "2026-11-20T13:00:00Z",
    "sent_on": "2026-11-20",
    "returns_on": None,
    "attachments": 0,
    "verdicts": {},
    "followed": ["2 automated follow-ups stopped", "the team is told: candidate_replied"],
    "decided_by": None,
    "note_state": "written",
}


class ReplyShown(Shown):
    """A mail that came back, without its words."""

    model_config = ConfigDict(json_schema_extra={"examples": [_REPLY]})

    id: str
    source: str
    state: Literal["matched", "hinted", "unmatched", "apart", "dismissed"]
    """hinted and unmatched wait on a person; apart: nobody wrote it, and nothing follows."""
    sort: Literal["reply", "out_of_office", "auto_reply", "bounce", "list", "loop", "unsubscribe"]
    sign: str
    """By which header a machine was recognised."""
    how: Literal["token", "in_reply_to", "references", "address", "person"] | None
    connection_id: str | None
    application_id: str | None
    delivery_id: str | None
    received_at: datetime
    sent_on: date | None
    returns_on: date | None
    attachments: int
    verdicts: dict[str, str]
    followed: list[str]
    """What followed from it at once."""
    decided_by: str | None
    note_state: Literal["queued", "written", "failed"] | None


class ReadingShown(Shown):
    """One thing that an answer seems to say."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "meaning": "other_offer",
                    "state": "open",
                    "sentence": "I have another offer and must answer by Friday.",
                    "day": "2026-11-27",
                    "decided_by": None,
                    "decided_at": None,
                }
            ]
        }
    )

    meaning: Literal["stop", "withdraws", "other_offer", "asks_time", "warm", "question"]
    state: Literal["open", "accepted", "dismissed", "done"]
    """done: it acted at once."""
    sentence: str
    """Where it says so; empty after erasure."""
    day: date | None
    """Such as the other offer's deadline."""
    decided_by: str | None
    decided_at: datetime | None


class ReplyDetail(ReplyShown):
    """The same with its words; they are empty after erasure."""

    sender: str
    subject: str
    words: str
    suggestions: list[ReadingShown]


class Confirmation(Given):
    """Which application an answer is about; without one it is about none of ours."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"application_id": "app_01jd2q8z6w3k7m9p5r1t0v4x2y"}]}
    )

    application_id: str | None = Field(default=None, max_length=64)
    on_behalf_of: Label | None = None


class SuggestionDecision(Given):
    """Whether a suggestion is right."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"accepted": True}]})

    accepted: bool
    on_behalf_of: Label | None = None
