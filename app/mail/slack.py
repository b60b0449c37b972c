"""Slack's incoming webhooks: one POST of Block Kit, answered with ``ok``; nothing can be asked afterwards.

Facts from docs.slack.dev, "Sending messages using incoming webhooks" and "Block Kit", read 2026-11.
"""

import json
from collections.abc import Mapping

from app.mail.chat_hooks import LINK, pieces
from app.mail.outbound import Outcome, OutcomeKind
from app.mail.provider import by_status

_HEADER, _SECTION, _BLOCKS, _TEXT = 150, 2_500, 40, 3_000
"""Characters of a header; of a section (3,000 with what escaping adds); blocks of 50; of the fallback."""
_OK = 200
_ROOM_GONE = {
    "action_prohibited",
    "channel_is_archived",
    "channel_not_found",
    "invalid_token",
    "no_active_hooks",
    "no_service",
    "no_service_id",
    "no_team",
    "posting_to_general_channel_denied",
    "team_disabled",
    "user_not_found",
}
_NOT_TAKEN = {"invalid_payload", "no_text", "too_many_attachments", "invalid_blocks"}


def build(subject: str, text: str) -> bytes:
    """The body of the post. Whatever names and job titles hold, it mentions nobody and links only https."""
    sections = [
        {"type": "section", "text": {"type": "mrkdwn", "text": _linked(piece), "verbatim": True}}
        for piece in pieces(text, _SECTION)
    ]
    title = {"type": "plain_text", "text": subject[:_HEADER], "emoji": False}
    post = {
        "text": escaped(f"{subject}\n{text}"[:_TEXT]),
        "blocks": [{"type": "header", "text": title}, *sections[:_BLOCKS]],
        "unfurl_links": False,
        "unfurl_media": False,
    }
    return json.dumps(post, ensure_ascii=False, separators=(",", ":")).encode()


def escaped(text: str) -> str:
    """Slack's three control characters, with which mentions and links begin."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _linked(text: str) -> str:
    """``verbatim`` keeps Slack from linking anything itself; addresses in the words are linked by us."""
    done, parts = 0, []
    for link in LINK.finditer(text):
        parts += [escaped(text[done : link.start()]), f"<{escaped(link.group())}>"]
        done = link.end()
    return "".join((*parts, escaped(text[done:])))


def parse(status: int, headers: Mapping[str, str], body: bytes) -> Outcome:
    """What the answer means. Slack's words are short codes; unknown ones are not repeated."""
    said = body[:100].decode("ascii", "replace").strip()
    if status == _OK:
        kind = OutcomeKind.ACCEPTED if said == "ok" else OutcomeKind.AMBIGUOUS
        return Outcome(kind, "" if said == "ok" else "Slack answered 200 without ok")
    if said in _NOT_TAKEN:
        return Outcome(OutcomeKind.PERMANENT, f"Slack answered {status}: {said}")
    if said in _ROOM_GONE:
        return Outcome(OutcomeKind.CONFIGURATION, f"Slack answered {status}: {said}; renew the webhook")
    return by_status("Slack", status, headers)
