"""Postmark: one POST a message, no idempotency key, and the best look-up of all providers.

Facts from Postmark's developer documentation and its own clients, read 2026-11. There is no live proof that
``X-PM-KeepID`` keeps our Message-ID over REST; it is documented for SMTP.
"""

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from app.mail.headers import address, extra_headers, safe, send_id, words
from app.mail.outbound import Envelope, MailClass, Outcome, OutcomeKind
from app.mail.provider import MailRequest, by_status, json_object, retry_after

REPEAT_WITHIN = None
"""Postmark knows no idempotency key."""
METADATA_KEY = "hb_send"
"""The only metadata we set: an opaque id (keys ≤ 20, values ≤ 80 characters)."""

_HEADERS = (("Accept", "application/json"), ("Content-Type", "application/json"))
_OK = range(200, 300)
_SERVER_ERRORS = range(500, 600)


@dataclass(frozen=True, slots=True)
class PostmarkSettings:
    """Where a Postmark server listens and which of its message streams carries which class of mail.

    Postmark adds its own unsubscribe link to mail in a broadcast stream.
    """

    base_url: str = "https://api.postmarkapp.com"
    stream: str = "outbound"
    nurture_stream: str = "broadcast"


def build(envelope: Envelope, settings: PostmarkSettings, /) -> MailRequest:
    """``POST /email``: one recipient, tracking off, our Message-ID kept, the send id as its only metadata."""
    nurture = envelope.mail_class is MailClass.NURTURE
    headers = [*extra_headers(envelope), ("X-PM-KeepID", "true")]
    fields: dict[str, Any] = {
        "From": str(address(envelope.sender, "sender")),
        "To": str(address(envelope.to, "to")),
        "Subject": safe(envelope.subject, "subject"),
        "TextBody": words(envelope.text, "text"),
        "Headers": [{"Name": name, "Value": value} for name, value in headers],
        "Metadata": {METADATA_KEY: send_id(envelope.send_id)},
        "MessageStream": settings.nurture_stream if nurture else settings.stream,
        "TrackOpens": False,
        "TrackLinks": "None",
    }
    if envelope.html:
        fields["HtmlBody"] = words(envelope.html, "html")
    if envelope.attachments:
        fields["Attachments"] = [
            {"Name": file.name, "Content": b64encode(file.content).decode(), "ContentType": file.content_type}
            for file in envelope.attachments
        ]
    if envelope.reply_to:
        fields["ReplyTo"] = str(address(envelope.reply_to, "reply_to"))
    body = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
    return MailRequest("POST", f"{settings.base_url.rstrip('/')}/email", _HEADERS, body)


def parse(status: int, headers: Mapping[str, str], body: bytes, /) -> Outcome:
    """What Postmark's answer to a send means. A non-zero ``ErrorCode`` wins over status 200.

    Accepted mail that may be delayed has no ``ErrorCode`` at all. Nothing of Postmark's own words, which
    repeat addresses, goes into the detail.
    """
    answer = json_object(body)
    code = answer.get("ErrorCode", 0) if answer is not None else 0
    if answer is None or not isinstance(code, int):
        return by_status("Postmark", status, headers)
    if code != 0:
        return _refused(status, code, str(answer.get("Message", "")), headers)
    if status not in _OK:
        return by_status("Postmark", status, headers)
    return _accepted(answer)


def _accepted(answer: Mapping[str, Any]) -> Outcome:
    provider_id = answer.get("MessageID")
    if not isinstance(provider_id, str) or not provider_id:
        return Outcome(OutcomeKind.AMBIGUOUS, "Postmark answered success without a MessageID")
    message = str(answer.get("Message", ""))
    if "will not deliver" in message and not answer.get("To"):
        return Outcome(OutcomeKind.PERMANENT, "Postmark: inactive recipient", provider_id, suppress=True)
    delayed = "Postmark: accepted, may be delayed" if "delayed" in message else ""
    return Outcome(OutcomeKind.ACCEPTED, delayed, provider_id)


_CODES: Mapping[int, tuple[OutcomeKind, str]] = MappingProxyType(
    {
        10: (OutcomeKind.CONFIGURATION, "bad or missing server token"),
        100: (OutcomeKind.NOT_SENT, "maintenance"),
        400: (OutcomeKind.CONFIGURATION, "sender signature not found"),
        401: (OutcomeKind.CONFIGURATION, "sender signature not confirmed"),
        402: (OutcomeKind.CONFIGURATION, "invalid JSON"),
        403: (OutcomeKind.CONFIGURATION, "incompatible JSON"),
        405: (OutcomeKind.CONFIGURATION, "not allowed to send, or out of credits"),
        406: (OutcomeKind.PERMANENT, "inactive recipient"),
        409: (OutcomeKind.CONFIGURATION, "JSON required"),
        410: (OutcomeKind.PERMANENT, "batch too large"),
        411: (OutcomeKind.PERMANENT, "attachment type not allowed"),
        412: (OutcomeKind.CONFIGURATION, "account is pending"),
        413: (OutcomeKind.CONFIGURATION, "account may not send"),
        429: (OutcomeKind.NOT_SENT, "rate limit"),
    }
)
_INACTIVE, _INVALID = 406, 300
_REFUSALS = frozenset({400, 406, 422})
"""422 is the documented one; some of its lists print the others."""


def _refused(status: int, code: int, message: str, headers: Mapping[str, str]) -> Outcome:
    wait = retry_after(headers)
    if code == _INVALID:
        kind, said, dead = _invalid(message)
    elif code in _CODES:
        kind, said = _CODES[code]
        dead = code == _INACTIVE
    elif status in _OK or status in _REFUSALS:
        kind, said, dead = OutcomeKind.PERMANENT, "refused", False
    else:
        return by_status("Postmark", status, headers)
    if status in _SERVER_ERRORS and kind is not OutcomeKind.NOT_SENT:
        kind, dead = OutcomeKind.AMBIGUOUS, False
    return Outcome(kind, f"Postmark {status}/{code}: {said}", retry_after=wait, suppress=dead)


def _invalid(message: str) -> tuple[OutcomeKind, str, bool]:
    """Code 300 covers recipient, sender and the rest; only its text tells them apart."""
    if "'To'" in message:
        return OutcomeKind.PERMANENT, "invalid recipient address", True
    if "'From'" in message or "'ReplyTo'" in message or "MessageStream" in message:
        return OutcomeKind.CONFIGURATION, "invalid sender, reply address or stream", False
    return OutcomeKind.PERMANENT, "invalid request", False


def look_up(send: str, settings: PostmarkSettings, /) -> MailRequest:
    """``GET /messages/outbound`` by our metadata; kept 45 days by default."""
    query = f"count=5&offset=0&metadata_{METADATA_KEY}={quote(send_id(send), safe='')}"
    return MailRequest(
        "GET", f"{settings.base_url.rstrip('/')}/messages/outbound?{query}", (("Accept", "application/json"),)
    )


def found(send: str, status: int, headers: Mapping[str, str], body: bytes, /) -> Outcome | None:
    """What the search says. Only a message whose metadata holds this send id counts."""
    answer = json_object(body)
    messages = answer.get("Messages") if answer is not None else None
    if status not in _OK or not isinstance(messages, list):
        return Outcome(
            OutcomeKind.AMBIGUOUS, f"Postmark's search answered {status}", retry_after=retry_after(headers)
        )
    ours = [m for m in messages if isinstance(m, dict) and _metadata(m).get(METADATA_KEY) == send]
    if ours:
        return Outcome(
            OutcomeKind.ACCEPTED, "found by Postmark's search", str(ours[0].get("MessageID") or "")
        )
    if messages:
        return Outcome(OutcomeKind.AMBIGUOUS, "Postmark's search did not filter by our id")
    return None


def _metadata(message: Mapping[str, Any]) -> Mapping[str, Any]:
    metadata = message.get("Metadata")
    return metadata if isinstance(metadata, dict) else {}
