"""Words of scorecards, as they are proposed to an approver and picked."""

from typing import Annotated

from pydantic import ConfigDict, Field, JsonValue

from app.schemas import Given, Label, Shown

SUGGESTION: dict[str, JsonValue] = {
    "id": "hil_01jd2q8z6w3k7m9p5r1t0v4x2y",
    "field": "Strengths",
    "words": "Found the fault in the sample board within minutes.",
    "source": "greenhouse:scorecard/91/strengths",
    "fact": "highlight.text",
}


class SuggestionShown(Shown):
    """Words that somebody wrote on a scorecard, for the approver alone: the candidate sees them if picked."""

    id: str
    field: str
    words: str
    source: str
    fact: str
    """What they would become in the message."""

    model_config = ConfigDict(json_schema_extra={"examples": [SUGGESTION]})


class HighlightPicked(Given):
    """Words of a scorecard that the candidate may read."""

    highlight: Annotated[str, Field(min_length=1, max_length=64)]
    fact: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    """What they become in the message; what the preview proposes unless given."""
    on_behalf_of: Annotated[
        Label | None,
        Field(description="Who picks them, by name or as `member:<vendor's id>`; else the key's name."),
    ] = None

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "highlight": "hil_01jd2q8z6w3k7m9p5r1t0v4x2y",
                    "fact": "highlight.text",
                    "on_behalf_of": "Robin Reyes",
                }
            ],
        },
    )
