"""The rule about what somebody is to say aloud."""

import re
from collections.abc import Iterator

from app.messages.rules.base import Draft, Severity, rule

_WORD = re.compile(r"[^\W_][\w'’.,-]*")
_OPENING = ("“", "„", "«", '"', "‘")


@rule("script-too-long")
def script(draft: Draft) -> Iterator[tuple[Severity, str, str]]:
    """A script for a call, a paragraph in quotation marks, can be said in half a minute."""
    limit = draft.kind.script_words
    if limit is None:
        return
    words = sum(len(_WORD.findall(line)) for line in draft.lines if line.startswith(_OPENING))
    if not words:
        yield Severity.ERROR, "There are no words to say.", "Put them into a paragraph in quotation marks."
    elif words > limit:
        yield (
            Severity.ERROR,
            f"What is to be said has {words} words; {limit} take half a minute.",
            "Shorten it: good news first, and the rest when they ask.",
        )
