"""What the simulated Resend posts: receipts and inbound mail in its shapes, signed as it signs."""

import base64
import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import getaddresses
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from app.mail.hooks import ReceiptKind

Hook = tuple[dict[str, str], bytes]
"""Lower-case headers and the raw body of one webhook."""

_EVENTS: Mapping[ReceiptKind, tuple[str, dict[str, Any]]] = {
    ReceiptKind.QUEUED: ("email.scheduled", {}),
    ReceiptKind.SENT: ("email.sent", {}),
    ReceiptKind.DEFERRED: ("email.delivery_delayed", {}),
    ReceiptKind.DELIVERED: ("email.delivered", {}),
    ReceiptKind.BOUNCED_SOFT: (
        "email.bounced",
        {"bounce": {"type": "Transient", "subType": "MailboxFull", "message": "The inbox was full.",
                    "diagnosticCode": ["smtp; 452 4.2.2 mailbox full"]}},
    ),
    ReceiptKind.BOUNCED_HARD: (
        "email.bounced",
        {"bounce": {"type": "Permanent", "subType": "General", "message": "A hard bounce.",
                    "diagnosticCode": ["smtp; 550 5.1.1 user unknown"]}},
    ),
    ReceiptKind.FAILED: ("email.failed", {"failed": {"reason": "reached_daily_quota"}}),
    ReceiptKind.REJECTED: (
        "email.suppressed",
        {"suppressed": {"type": "OnAccountSuppressionList", "reason": "previous_bounce", "message": "-"}},
    ),
    ReceiptKind.COMPLAINED: ("email.complained", {}),
    ReceiptKind.OPENED: ("email.opened", {}),
    ReceiptKind.CLICKED: ("email.clicked", {"click": {"link": "https://talent.example/", "userAgent": "x"}}),
}  # fmt: skip
_ORDER = tuple(_EVENTS)


def receipt_body(message: Mapping[str, Any], kind: ReceiptKind) -> dict[str, Any]:
    """The event about that message; the same for every delivery of it."""
    name, more = _EVENTS[kind]
    happened = datetime.fromisoformat(message["created_at"]) + timedelta(seconds=5 * (1 + _ORDER.index(kind)))
    data = {
        "email_id": message["id"],
        "message_id": message["message_id"],
        "created_at": message["created_at"],
        "from": message["from"],
        "to": message["to"],
        "subject": message["subject"],
        "tags": {tag["name"]: tag["value"] for tag in message.get("tags", [])},
        "headers": [{"name": name, "value": value} for name, value in message.get("headers", {}).items()],
        **more,
    }
    return {"type": name, "created_at": happened.isoformat().replace("+00:00", "Z"), "data": data}


def inbound_body(message: Mapping[str, Any], text: str, at: datetime, number: int) -> dict[str, Any]:
    """The answer of the message's recipient, as ``GET /emails/receiving/{id}`` gives it."""
    answered, mine = message["message_id"], f"<answer-{number}@mail.simulated.example>"
    return {
        "id": str(uuid5(NAMESPACE_URL, f"received/{message['id']}/{number}")),
        "from": message["to"][0],
        "to": [address for _, address in getaddresses(message.get("reply_to") or [message["from"]])],
        "cc": [],
        "bcc": [],
        "reply_to": [],
        "subject": f"Re: {message['subject']}",
        "html": None,
        "text": text,
        "headers": {
            "Message-ID": mine,
            "In-Reply-To": answered,
            "References": answered,
            "Received": ["by mx1.simulated.example; …", "from mail.simulated.example; …"],
        },
        "message_id": mine,
        "created_at": at.isoformat(),
        "attachments": [],
    }


def signed(event: Mapping[str, Any], secret: str, at: datetime) -> Hook:
    """The event as it is posted: its id stays the same for every delivery, its time and signature do not."""
    body = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
    message = f"msg_{uuid5(NAMESPACE_URL, body.decode()).hex}"
    stamp = str(int(at.timestamp()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mac = base64.b64encode(hmac.digest(key, f"{message}.{stamp}.".encode() + body, "sha256")).decode()
    headers = {"svix-id": message, "svix-timestamp": stamp, "svix-signature": f"v1,{mac}"}
    return {"content-type": "application/json", "user-agent": "Svix-Webhooks/1.0", **headers}, body
