"""Microsoft Teams' incoming webhooks: one POST of an Adaptive Card; nothing can be asked afterwards.

Facts from Microsoft's docs on Workflows' webhooks and Adaptive Cards, read 2026-11. A flow answers 202 with
an empty body; the older connectors 200 with ``1``, and also 200 with words about an error.
"""

import json
from collections.abc import Mapping
from typing import Any

from app.mail.chat_hooks import LINK, pieces
from app.mail.outbound import Outcome, OutcomeKind
from app.mail.provider import by_status

_PIECE, _MOST = 4_000, 20_000
"""Characters of a paragraph, and of all: a post is refused beyond 28 kB."""
_ACCEPTED, _OK = 202, 200
_OPEN = "Open"


def build(subject: str, text: str) -> bytes:
    """The body of the post. Runs of text know no Markdown, so that a name cannot make a link or a mention."""
    links = [link.group() for link in LINK.finditer(text)]
    card: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [
            _run(subject[:300], weight="Bolder", size="Medium"),
            *(_run(piece) for piece in pieces(text[:_MOST], _PIECE)),
        ],
        "actions": [
            {"type": "Action.OpenUrl", "title": _title(url), "url": url} for url in dict.fromkeys(links[:5])
        ],
    }
    kind = "application/vnd.microsoft.card.adaptive"
    post = {
        "type": "message",
        "attachments": [{"contentType": kind, "contentUrl": None, "content": card}],
    }
    return json.dumps(post, ensure_ascii=False, separators=(",", ":")).encode()


def _run(text: str, **looks: str) -> dict[str, Any]:
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, **looks}]}


def _title(url: str) -> str:
    """Where the button leads, as a person recognises it."""
    return f"{_OPEN} {url.removeprefix('https://').partition('/')[0]}"


def parse(status: int, headers: Mapping[str, str], body: bytes) -> Outcome:
    """What the answer means; Teams' own words are not repeated."""
    said = body[:500].strip()
    if status == _ACCEPTED or (status == _OK and said in (b"", b"1")):
        return Outcome(OutcomeKind.ACCEPTED)
    if status == _OK and b"HTTP error 429" in said:
        return Outcome(OutcomeKind.NOT_SENT, "Teams answered 200 with a rate limit inside")
    if status == _OK:
        return Outcome(OutcomeKind.AMBIGUOUS, "Teams answered 200 with words of its own")
    return by_status("Teams", status, headers)
