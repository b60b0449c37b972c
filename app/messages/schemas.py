"""Follow-ups, their words and what people do to them, as callers give and see them."""

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field, JsonValue

from app.messages.picking_schemas import SUGGESTION, SuggestionShown
from app.messages.rephrase_schemas import RephrasingShown
from app.schemas import Given, Label, Shown

_FOLLOW_UP: dict[str, JsonValue] = {
    "id": "fup_01jd2q8z6w3k7m9p5r1t0v4x2y",
    "connection_id": "con_01jd2q8z6w3k7m9p5r1t0v4x2y",
    "application_id": "app_01jd2q8z6w3k7m9p5r1t0v4x2y",
    "clock_id": "clk_01jd2q8z6w3k7m9p5r1t0v4x2y",
    "about_id": None,
    "reason": "tell_rejection/rejected:1",
    "step": "say:rejection_after_interview",
    "recipient": "candidate:9001",
    "kind": "rejection_after_interview",
    "state": "waiting_approval",
    "cause": "a person must allow it",
    "waiting_on": "member:4455",
    "approval_needed": True,
    "approver": None,
    "waits_since": "2026-11-20T10:00:00Z",
    "note_only": False,
    "planned_for": "2026-11-20T13:00:00Z",
    "release_at": "2026-11-20T13:00:00Z",
    "expires_at": None,
    "message_id": "msg_01jd2q8z6w3k7m9p5r1t0v4x2y",
    "correlation_id": "evt_01jd2q8z6w3k7m9p5r1t0v4x2y",
    "created_at": "2026-11-20T09:00:00Z",
    "updated_at": "2026-11-20T10:00:00Z",
}
_SAW: dict[str, JsonValue] = {
    "message_id": "msg_01jd2q8z6w3k7m9p5r1t0v4x2y",
    "version": 2,
    "written_by": "template",
    "template_version": "5d41402abc4b",
    "findings": [],
    "facts": [{"name": "candidate.first_name", "source": "greenhouse:candidate/9001"}],
    "promises": [],
}
_APPROVAL: dict[str, JsonValue] = {
    "verdict": "approved",
    "message_id": "msg_01jd2q8z6w3k7m9p5r1t0v4x2y",
    "decided_by": "Robin Reyes",
    "decided_at": "2026-11-20T11:00:00Z",
    "note": None,
    "via": "link",
    "saw": _SAW,
}
_SUPPLIED: dict[str, JsonValue] = {
    "name": "rejection.reason",
    "supplied_by": "Robin Reyes",
    "supplied_at": "2026-11-20T10:00:00Z",
}
_SENTENCE: dict[str, JsonValue] = {
    "text": "Hello Noémi,",
    "facts": [{"name": "candidate.first_name", "source": "greenhouse:candidate/9001"}],
}
_FINDING: dict[str, JsonValue] = {
    "rule": "dates",
    "severity": "warning",
    "reason": "The message names no date.",
    "suggestion": "Say by when the candidate hears again.",
}
_MISSING: dict[str, JsonValue] = {"name": "decision.by", "label": "who made the decision"}


def _like(example: dict[str, JsonValue]) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [example]})


class FollowUpShown(Shown):
    """One thing to say, to one recipient, for one reason; its words are in the preview."""

    id: str
    connection_id: str
    application_id: str
    clock_id: str | None
    about_id: str | None
    """The follow-up that waits, where this one tells somebody so."""
    reason: str
    step: str
    recipient: str
    kind: str
    state: str
    cause: str | None
    """Why it waits, failed or is cancelled."""
    waiting_on: str | None
    """Who must act when it waits: ``member:<vendor's id>`` or ``operations``."""
    approval_needed: bool
    approver: str | None
    """Who alone may allow it, besides those asked after them; empty: whoever may act."""
    waits_since: datetime | None
    """Since when its draft waits for a decision."""
    note_only: bool
    planned_for: datetime
    release_at: datetime
    expires_at: datetime | None
    message_id: str | None
    correlation_id: str | None
    created_at: datetime
    updated_at: datetime

    model_config = _like(_FOLLOW_UP)


class SuppliedShown(Shown):
    """A fact that a person added; its value is in the words."""

    name: str
    supplied_by: str
    supplied_at: datetime

    model_config = _like(_SUPPLIED)


class SourceShown(Shown):
    """A fact and where it comes from."""

    name: str
    source: str

    model_config = _like({"name": "candidate.first_name", "source": "greenhouse:candidate/9001"})


class SentenceShown(Shown):
    """A personal sentence and the facts in it."""

    text: str
    facts: list[SourceShown]

    model_config = _like(_SENTENCE)


class FindingShown(Shown):
    """What a check found; an `error` stops the message."""

    rule: str
    severity: str
    reason: str
    suggestion: str

    model_config = _like(_FINDING)


class SawShown(Shown):
    """What was before the person who decided; the words themselves are the message's of that version."""

    message_id: str
    version: int
    written_by: str
    template_version: str
    findings: list[FindingShown]
    facts: list[SourceShown]
    promises: list[datetime]

    model_config = _like(_SAW)


class ApprovalShown(Shown):
    """A verdict, with the message that the person saw."""

    verdict: str
    message_id: str
    decided_by: str
    decided_at: datetime
    note: str | None
    via: str
    """``api``, ``bulk`` or ``link``; ``clock`` where time decided."""
    saw: SawShown | None
    """Empty where there were no words, and for verdicts from before this was kept."""

    model_config = _like(_APPROVAL)


class FollowUpDetail(FollowUpShown):
    """A follow-up with what people did to it."""

    approvals: list[ApprovalShown]
    supplied: list[SuppliedShown]

    model_config = _like({**_FOLLOW_UP, "approvals": [_APPROVAL], "supplied": [_SUPPLIED]})


class MissingShown(Shown):
    """A fact that nobody knows yet, to be supplied."""

    name: str
    label: str

    model_config = _like(_MISSING)


class PreviewShown(Shown):
    """The words of a follow-up. Approve with the `message_id` that you read."""

    follow_up_id: str
    state: str
    message_id: str | None
    """Empty while the words are not stored: they are shown as they would be now."""
    version: int | None
    written_by: str | None
    subject: str | None
    text: str | None
    html: str | None
    sentences: list[SentenceShown]
    findings: list[FindingShown]
    missing: list[MissingShown]
    obstacle: str | None
    """Why there are no words, where it is no missing fact."""
    promises: list[datetime]
    """Dates that the words promise."""
    suggestions: list[SuggestionShown]
    """What scorecards say, for your eyes: the candidate reads it only if you pick it."""
    rephrasing: RephrasingShown | None
    """Empty where no language model was asked."""

    model_config = _like(
        {
            "follow_up_id": "fup_01jd2q8z6w3k7m9p5r1t0v4x2y",
            "state": "waiting_approval",
            "message_id": "msg_01jd2q8z6w3k7m9p5r1t0v4x2y",
            "version": 2,
            "written_by": "template",
            "subject": "Our decision on Welder",
            "text": "Hello Noémi, …",
            "html": "<p>Hello Noémi,</p>…",
            "sentences": [_SENTENCE],
            "findings": [],
            "missing": [],
            "obstacle": None,
            "promises": [],
            "suggestions": [SUGGESTION],
            "rephrasing": None,
        },
    )


Behalf = Annotated[
    Label | None,
    Field(description="Who decides, by name or as `member:<vendor's id>`; else the key's name."),
]
Note = Annotated[str, Field(min_length=1, max_length=1_000, pattern=r"\S")]


class FactsGiven(Given):
    """Facts that a person adds, by name."""

    facts: Annotated[
        dict[str, Annotated[str, Field(min_length=1, max_length=4_000)]], Field(min_length=1, max_length=20)
    ]
    on_behalf_of: Behalf = None

    model_config = _like(
        {
            "facts": {"rejection.reason": "We chose somebody with a pressure-vessel certificate."},
            "on_behalf_of": "Robin Reyes",
        },
    )


class ApprovalGiven(Given):
    """Consent to the words that were read."""

    message_id: Annotated[str, Field(min_length=1, max_length=64)]
    note: Note | None = None
    on_behalf_of: Behalf = None

    model_config = _like(
        {"message_id": "msg_01jd2q8z6w3k7m9p5r1t0v4x2y", "note": None, "on_behalf_of": "Robin Reyes"},
    )


class WordsGiven(Given):
    """New words; paragraphs are apart by an empty line."""

    subject: Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]
    text: Annotated[str, Field(min_length=1, max_length=20_000, pattern=r"\S")]
    on_behalf_of: Behalf = None

    model_config = _like(
        {"subject": "Our decision", "text": "Hello Noémi,\n\nThank you …", "on_behalf_of": None},
    )


class RejectionGiven(Given):
    """Why the words are not to be sent."""

    note: Note
    on_behalf_of: Behalf = None

    model_config = _like({"note": "I will call instead", "on_behalf_of": "Robin Reyes"})
