"""What the simulated SendGrid posts: batches of events and inbound mail in its shapes, signed as it signs."""

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.mail.forms import FormField, write_form
from app.mail.hooks import ReceiptKind

Hook = tuple[dict[str, str], bytes]
"""Lower-case headers and the raw body of one webhook."""

_EVENTS: Mapping[ReceiptKind, tuple[str, dict[str, Any]]] = {
    ReceiptKind.QUEUED: ("processed", {}),
    ReceiptKind.DEFERRED: ("deferred", {"response": "450 4.2.0 greylisted, try again", "attempt": "1"}),
    ReceiptKind.BOUNCED_SOFT: ("bounce", {"type": "blocked", "status": "4.7.1", "reason": "blocked"}),
    ReceiptKind.DELIVERED: ("delivered", {"response": "250 2.0.0 OK"}),
    ReceiptKind.REJECTED: ("dropped", {"reason": "Bounced Address"}),
    ReceiptKind.BOUNCED_HARD: (
        "bounce",
        {"type": "bounce", "status": "5.1.1", "reason": "550 5.1.1 user unknown"},
    ),
    ReceiptKind.COMPLAINED: ("spamreport", {}),
    ReceiptKind.UNSUBSCRIBED: ("unsubscribe", {}),
    ReceiptKind.OPENED: ("open", {"useragent": "Sample/1.0", "sg_machine_open": True}),
    ReceiptKind.CLICKED: ("click", {"url": "https://talent.example/"}),
}
"""By kind; SendGrid has no event of its own for *sent* and *failed*."""
_ORDER = tuple(_EVENTS)


class Signer:
    """A key pair like the one of an account's webhooks; ``public`` is what SendGrid shows."""

    def __init__(self) -> None:
        self._key: EllipticCurvePrivateKey = generate_private_key(SECP256R1())
        spki = self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.public = base64.b64encode(spki).decode()

    def headers(self, kind: str, body: bytes, at: datetime) -> dict[str, str]:
        """The headers of a webhook that is posted at that aware instant."""
        stamp = str(int(at.timestamp()))
        signature = self._key.sign(stamp.encode() + body, ECDSA(SHA256()))
        return {
            "content-type": kind,
            "x-twilio-email-event-webhook-signature": base64.b64encode(signature).decode(),
            "x-twilio-email-event-webhook-timestamp": stamp,
        }


def event_body(message: Mapping[str, Any], kind: ReceiptKind) -> dict[str, Any]:
    """The event about that message; the same for every delivery of it. Custom arguments stand flat in it."""
    name, more = _EVENTS[kind]
    happened = datetime.fromisoformat(message["acceptedAt"]) + timedelta(seconds=5 * _ORDER.index(kind))
    person = message["personalizations"][0]
    return {
        "email": person["to"][0]["email"],
        "timestamp": int(happened.timestamp()),
        "smtp-id": f"<{message['id']}@ismtpd.simulated.example>",
        "event": name,
        "category": message.get("categories", []),
        "sg_event_id": f"{message['id']}-{_ORDER.index(kind)}",
        "sg_message_id": long_id(message),
        **more,
        **person.get("custom_args", {}),
    }


def long_id(message: Mapping[str, Any]) -> str:
    """The id of events and logs: that of the answer to the send, and the machine that processed it."""
    return f"{message['id']}.filter0001p1sim1-1234-5678ABCD-1.0"


def events(bodies: Sequence[Mapping[str, Any]], signer: Signer, at: datetime) -> Hook:
    """One batch as it is posted: SendGrid ends it with a line break, which is signed too."""
    raw = json.dumps(bodies, ensure_ascii=False, separators=(",", ":")).encode() + b"\r\n"
    return signer.headers("application/json", raw, at), raw


def inbound(
    message: Mapping[str, Any], text: str, signer: Signer, at: datetime, *, number: int, charset: str
) -> Hook:
    """The answer of the message's recipient, as Inbound Parse posts it; the text keeps its charset."""
    sender = message["personalizations"][0]["to"][0]["email"]
    to = (message.get("reply_to") or message["from"])["email"]
    ours = message.get("headers", {}).get("Message-ID", "")
    block = "\n".join(
        (
            "Received: by mx.simulated.example; …",
            f"From: {sender}",
            f"To: {to}",
            f"Date: {format_datetime(at)}",
            f"Message-ID: <answer-{number}@mail.simulated.example>",
            f"In-Reply-To: {ours}",
            f"References: {ours}",
            f"Content-Type: text/plain; charset={charset}",
            "",
        )
    )
    words = {
        "headers": block,
        "from": sender,
        "to": to,
        "subject": f"Re: {message['subject']}",
        "envelope": json.dumps({"to": [to], "from": sender}),
        "charsets": json.dumps({"subject": "UTF-8", "text": charset}),
        "attachments": "0",
        "SPF": "pass",
        "dkim": "{@mail.simulated.example : pass}",
        "spam_score": "0.1",
    }
    fields = [FormField(name, value.encode()) for name, value in words.items()]
    kind, body = write_form([*fields, FormField("text", text.encode(charset))])
    return signer.headers(kind, body, at), body
