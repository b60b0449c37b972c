"""What the simulated Brevo posts: receipts and inbound mail in its shapes, with the secret that was set."""

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from app.mail.hooks import ReceiptKind

Hook = tuple[dict[str, str], bytes]
"""Lower-case headers and the raw body of one webhook."""

_EVENTS: Mapping[ReceiptKind, tuple[str, dict[str, Any]]] = {
    ReceiptKind.QUEUED: ("request", {}),
    ReceiptKind.DEFERRED: ("deferred", {"reason": "450 4.2.0 greylisted, try again"}),
    ReceiptKind.DELIVERED: ("delivered", {}),
    ReceiptKind.BOUNCED_SOFT: ("soft_bounce", {"reason": "452 4.2.2 mailbox full"}),
    ReceiptKind.BOUNCED_HARD: ("hard_bounce", {"reason": "550 5.1.1 user unknown"}),
    ReceiptKind.FAILED: ("error", {"reason": "Sender is not valid"}),
    ReceiptKind.REJECTED: ("blocked", {"reason": "blocked : due to blacklist user"}),
    ReceiptKind.COMPLAINED: ("spam", {}),
    ReceiptKind.UNSUBSCRIBED: ("unsubscribe", {}),
    ReceiptKind.OPENED: ("unique_opened", {}),
    ReceiptKind.CLICKED: ("click", {"link": "https://talent.example/"}),
}
"""By kind; Brevo has no event of its own for *sent*."""
_ORDER = tuple(_EVENTS)


def receipt_body(message: Mapping[str, Any], kind: ReceiptKind) -> dict[str, Any]:
    """The event about that message; the same for every delivery of it."""
    name, more = _EVENTS[kind]
    accepted = datetime.fromisoformat(message["acceptedAt"])
    happened = accepted + timedelta(seconds=5 * (1 + _ORDER.index(kind)))
    return {
        "event": name,
        "email": message["to"][0]["email"],
        "id": 814_000 + _ORDER.index(kind),
        "date": (happened + timedelta(hours=1)).strftime("%Y-%m-%d %H:%M:%S"),
        "ts": int(accepted.timestamp()),
        "ts_event": int(happened.timestamp()),
        "ts_epoch": int(happened.timestamp() * 1000),
        "message-id": message["messageId"],
        "subject": message["subject"],
        "tag": json.dumps(message.get("tags", [])),
        "tags": message.get("tags", []),
        "X-Mailin-custom": message.get("headers", {}).get("X-Mailin-custom", ""),
        **more,
    }


def inbound_body(message: Mapping[str, Any], text: str, at: datetime, number: int) -> dict[str, Any]:
    """The answer of the message's recipient, as one item of an inbound webhook."""
    mine, to = f"<answer-{number}@mail.simulated.example>", message.get("replyTo") or message["sender"]
    headers = {
        "Message-ID": mine,
        "In-Reply-To": message["messageId"],
        "References": message["messageId"],
        "Received": ["by mx1.simulated.example; …", "from mail.simulated.example; …"],
    }
    return {
        "Uuid": [str(uuid5(NAMESPACE_URL, f"inbound/{message['messageId']}/{number}"))],
        "MessageId": mine,
        "InReplyTo": message["messageId"],
        "From": {"Name": message["to"][0].get("name"), "Address": message["to"][0]["email"]},
        "To": [{"Name": None, "Address": to["email"]}],
        "Cc": [],
        "ReplyTo": None,
        "SentAtDate": format_datetime(at),
        "Subject": f"Re: {message['subject']}",
        "Attachments": [],
        "Headers": headers,
        "SpamScore": 0.3,
        "ExtractedMarkdownMessage": text,
        "ExtractedMarkdownSignature": None,
        "RawHtmlBody": None,
        "RawTextBody": text,
    }


def posted(body: Mapping[str, Any] | Sequence[Mapping[str, Any]], secret: str) -> Hook:
    """The body as it is posted. A secret with a colon is user and password, any other a bearer token."""
    basic = f"Basic {base64.b64encode(secret.encode()).decode()}"
    proof = basic if ":" in secret else f"Bearer {secret}"
    raw = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return {"content-type": "application/json", "authorization": proof}, raw
