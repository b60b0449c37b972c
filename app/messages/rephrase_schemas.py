"""What became of asking a language model about a message, as callers see it."""

from pydantic import ConfigDict, JsonValue

from app.messages.rephrase_store import Behind
from app.schemas import Shown

REPHRASING: dict[str, JsonValue] = {
    "outcome": "used",
    "reason": None,
    "model": "a-model",
    "template_message_id": "msg_01jd2q8z6w3k7m9p5r1t0v4x2x",
    "template_text": "Hello Noémi, …",
    "template_html": "<p>Hello Noémi,</p>…",
}


class RephrasingShown(Shown):
    """What became of asking a language model; approve `template_message_id` to send the template's words."""

    outcome: str
    """``asked``, ``used`` (the words shown are rephrased) or ``kept`` (they are the template's)."""
    reason: str | None
    """Why the template's words were kept: `new-words:3` (in the third sentence), `http-500`, `budget`."""
    model: str
    template_message_id: str
    template_text: str | None
    """The template's own words, where those shown are rephrased."""
    template_html: str | None

    model_config = ConfigDict(json_schema_extra={"examples": [REPHRASING]})

    @classmethod
    def of(cls, found: Behind) -> "RephrasingShown":
        """As stored; the template's words are opened already."""
        return cls(
            outcome=found.row.outcome,
            reason=found.row.reason,
            model=found.row.model,
            template_message_id=found.row.message_id,
            template_text=found.words.get("text"),
            template_html=found.words.get("html"),
        )
