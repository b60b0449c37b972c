"""What the simulated Mailgun posts: receipts as JSON and inbound mail as a form, signed as it signs."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode

from app.mail.hooks import ReceiptKind

Hook = tuple[dict[str, str], bytes]
"""Lower-case headers and the raw body of one webhook."""

_PERMANENT = {"severity": "permanent"}
_EVENTS: Mapping[ReceiptKind, tuple[str, dict[str, Any]]] = {
    ReceiptKind.QUEUED: ("accepted", {}),
    ReceiptKind.DEFERRED: ("failed", {"severity": "temporary", "reason": "greylisted"}),
    ReceiptKind.DELIVERED: ("delivered", {"delivery-status": {"code": 250, "message": "OK"}}),
    ReceiptKind.FAILED: ("failed", {**_PERMANENT, "reason": "old", "delivery-status": None}),
    ReceiptKind.REJECTED: ("failed", {**_PERMANENT, "reason": "suppress-bounce"}),
    ReceiptKind.BOUNCED_HARD: (
        "failed",
        {
            **_PERMANENT,
            "reason": "bounce",
            "delivery-status": {"code": 550, "message": "5.1.1 user unknown"},
        },
    ),
    ReceiptKind.COMPLAINED: ("complained", {}),
    ReceiptKind.UNSUBSCRIBED: ("unsubscribed", {}),
    ReceiptKind.OPENED: ("opened", {"client-info": {"bot": "apple"}}),
    ReceiptKind.CLICKED: ("clicked", {"url": "https://talent.example/"}),
}
"""By kind; Mailgun has no event of its own for *sent* and for soft bounces."""
_ORDER = tuple(_EVENTS)


def signature(key: str, at: datetime, number: int) -> dict[str, str]:
    """Time, token and signature of the webhook of that number, posted at that aware instant."""
    stamp = str(int(at.timestamp()))
    token = hashlib.sha256(f"token/{number}".encode()).hexdigest()[:50]
    signed = hmac.new(key.encode(), (stamp + token).encode(), hashlib.sha256).hexdigest()
    return {"timestamp": stamp, "token": token, "signature": signed}


def event_of(message: Mapping[str, Any], kind: ReceiptKind) -> dict[str, Any]:
    """The event about that message; the same for every delivery of it and in the log."""
    name, more = _EVENTS[kind]
    happened = message["at"] + timedelta(seconds=5 * _ORDER.index(kind))
    return {
        "event": name,
        "id": f"sim-{message['id'][:20]}-{_ORDER.index(kind)}",
        "timestamp": happened.timestamp() + 0.25,
        "recipient": message["to"],
        "tags": message["tags"],
        "user-variables": message["variables"],
        "message": {"headers": {"message-id": message["id"], "subject": message["subject"]}},
        **more,
    }


def receipt(message: Mapping[str, Any], kind: ReceiptKind, signed: Mapping[str, str]) -> Hook:
    """One receipt as it is posted."""
    raw = json.dumps({"signature": signed, "event-data": event_of(message, kind)}).encode()
    return {"content-type": "application/json"}, raw


def inbound(
    message: Mapping[str, Any], text: str, signed: Mapping[str, str], at: datetime, number: int
) -> Hook:
    """The answer of the message's recipient, as a route forwards it."""
    lines = [
        ["X-Mailgun-Spf", "Pass"],
        ["From", message["to"]],
        ["To", message["reply_to"]],
        ["Date", format_datetime(at)],
        ["Message-Id", f"<answer-{number}@mail.simulated.example>"],
        ["In-Reply-To", f"<{message['id']}>"],
        ["References", f"<{message['id']}>"],
    ]
    form = {
        **signed,
        "recipient": message["reply_to"],
        "sender": message["to"],
        "from": message["to"],
        "subject": f"Re: {message['subject']}",
        "body-plain": f"{text}\r\n\r\n> what we wrote",
        "stripped-text": text,
        "message-headers": json.dumps(lines),
    }
    return {"content-type": "application/x-www-form-urlencoded"}, urlencode(form).encode()
