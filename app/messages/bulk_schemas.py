"""Bulk approvals, as callers give and see them."""

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, JsonValue, model_validator

from app.messages.bulk import MOST
from app.messages.schemas import Behalf, Note
from app.schemas import Given, Instant, Label, Shown

_ONE: dict[str, JsonValue] = {
    "follow_up_id": "fup_01jd2q8z6w3k7m9p5r1t0v4x2y",
    "message_id": "msg_01jd2q8z6w3k7m9p5r1t0v4x2y",
}
_RESULT: dict[str, JsonValue] = {**_ONE, "outcome": "approved", "code": None, "detail": None}
Ours = Annotated[str, Field(min_length=1, max_length=64)]


def _like(example: dict[str, JsonValue]) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [example]})


class ReadGiven(Given):
    """A follow-up, and the message of it that was read."""

    follow_up_id: Ours
    message_id: Ours

    model_config = _like(_ONE)


class WaitingGiven(Given):
    """All of one kind that wait for approval, in the words that were there when the person read them."""

    kind: Label
    seen_at: Instant
    """When they were read: words that are newer are left alone."""
    connection: Ours | None = None
    waiting_on: Label | None = None

    model_config = _like({"kind": "rejection_after_screening", "seen_at": "2026-11-20T10:00:00Z"})


class BulkGiven(Given):
    """Consent to many messages at once: the ones named, or all of a kind; never both."""

    items: Annotated[list[ReadGiven], Field(min_length=1, max_length=MOST)] | None = None
    waiting: WaitingGiven | None = None
    """At most 100 are done in one request; name those that were refused in `except` and ask again, until no
    result is left."""
    excluding: list[Ours] = Field(default_factory=list, max_length=1_000, alias="except")
    """Ids of follow-ups that are not to be approved."""
    note: Note | None = None
    on_behalf_of: Behalf = None

    model_config = _like({"items": [_ONE], "except": [], "note": None, "on_behalf_of": "Robin Reyes"})

    @model_validator(mode="after")
    def one_of_both(self) -> Self:
        if (self.items is None) == (self.waiting is None):
            raise ValueError("give either items or waiting")
        return self


class BulkResultShown(Shown):
    """What became of one; `code` and `detail` say why it was refused."""

    follow_up_id: str
    message_id: str
    outcome: Literal["approved", "already_approved", "excluded", "refused"]
    code: str | None
    detail: str | None

    model_config = _like(_RESULT)


class BulkShown(Shown):
    """The results, in the order of the request."""

    approved: int
    results: list[BulkResultShown]

    model_config = _like({"approved": 1, "results": [_RESULT]})
