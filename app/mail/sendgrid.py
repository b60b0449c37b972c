"""SendGrid: one POST a message, no idempotency key, and logs that know a message by a category of its own.

Facts from SendGrid's documentation and its OpenAPI documents, read 2026-11. The logs cannot be searched by
``custom_args``, so the opaque send id is a category as well: it costs a row in SendGrid's statistics, which
we do not use. What the logs find is confirmed by the message's details. Nothing says how far the logs lag, so
what they do not show proves nothing here.
"""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from app.errors import UnsafeSettings
from app.mail.headers import address, extra_headers, safe, send_id, words
from app.mail.heard import epoch, mail_date
from app.mail.outbound import Address, Envelope, Outcome, OutcomeKind
from app.mail.provider import LONGEST_WAIT, MailRequest, by_status, json_object, retry_after

REPEAT_WITHIN = None
"""SendGrid knows no idempotency key."""
ARG = "hb_send"
"""The only custom argument that we set; events bring it back beside their own fields."""
CATEGORY = "hb-"
"""What stands before the send id in the category that only this message has."""
REGIONS: Mapping[str, str] = MappingProxyType(
    {"global": "https://api.sendgrid.com", "eu": "https://api.eu.sendgrid.com"}
)

_JSON = (("Accept", "application/json"), ("Content-Type", "application/json"))
_ACCEPTED, _VALID_ONLY = 202, 200
_OK = range(200, 300)
_OFF = {"enable": False}
_UNIQUE_PART = 22
"""Characters of an id in an answer to a send; events add a dot and the machine that processed it."""


@dataclass(frozen=True, slots=True)
class SendGridSettings:
    """Which of SendGrid's regions holds the account. Raises ``UnsafeSettings``."""

    region: str = "global"
    address: str = ""
    """Another address than the region's own, for trying out against a simulated SendGrid."""

    def __post_init__(self) -> None:
        if self.region not in REGIONS:
            raise UnsafeSettings(f"A region of SendGrid is one of: {', '.join(REGIONS)}.")

    @property
    def base_url(self) -> str:
        return (self.address or REGIONS[self.region]).rstrip("/")


def build(envelope: Envelope, settings: SendGridSettings, /) -> MailRequest:
    """``POST /v3/mail/send``: one recipient, all tracking off, the send id as argument and category."""
    send = send_id(envelope.send_id)
    content = [{"type": "text/plain", "value": words(envelope.text, "text")}]
    if envelope.html:
        content.append({"type": "text/html", "value": words(envelope.html, "html")})
    fields: dict[str, Any] = {
        "personalizations": [{"to": [_mailbox(envelope.to, "to")], "custom_args": {ARG: send}}],
        "from": _mailbox(envelope.sender, "sender"),
        "subject": safe(envelope.subject, "subject"),
        # SendGrid refuses empty values.
        "content": [part for part in content if part["value"]],
        "headers": dict(extra_headers(envelope)),
        "categories": [CATEGORY + send],
        "tracking_settings": {
            "click_tracking": {**_OFF, "enable_text": False},
            "open_tracking": _OFF,
            "subscription_tracking": _OFF,
            "ganalytics": _OFF,
        },
        "mail_settings": {"sandbox_mode": _OFF},
    }
    if envelope.reply_to:
        fields["reply_to"] = _mailbox(envelope.reply_to, "reply_to")
    if envelope.attachments:
        fields["attachments"] = [
            {
                "content": b64encode(file.content).decode("ascii"),
                # SendGrid refuses a type with parameters.
                "type": safe(file.content_type, "attachment").partition(";")[0].strip(),
                "filename": safe(file.name, "attachment"),
                "disposition": "attachment",
            }
            for file in envelope.attachments
        ]
    body = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
    return MailRequest("POST", f"{settings.base_url}/v3/mail/send", _JSON, body)


def _mailbox(mailbox: Address, field: str) -> dict[str, str]:
    found = address(mailbox, field)
    return {"email": found.addr_spec, **({"name": found.display_name} if found.display_name else {})}


def parse(status: int, headers: Mapping[str, str], body: bytes, /) -> Outcome:
    """What SendGrid's answer to a send means; its own words, which repeat addresses, are not told."""
    provider_id = headers.get("x-message-id", "").strip()
    if status == _ACCEPTED and provider_id:
        return Outcome(OutcomeKind.ACCEPTED, provider_id=provider_id)
    if status == _VALID_ONLY and not provider_id and not body.strip():
        return Outcome(OutcomeKind.CONFIGURATION, "SendGrid 200: sandbox mode, nothing is sent")
    if status in _OK:
        return Outcome(OutcomeKind.AMBIGUOUS, "SendGrid answered success without an X-Message-Id")
    errors = (json_object(body) or {}).get("errors")
    if not isinstance(errors, list):
        return by_status("SendGrid", status, headers)
    return _refused(status, [error for error in errors if isinstance(error, dict)], headers)


_STATUSES: Mapping[int, tuple[OutcomeKind, str]] = MappingProxyType(
    {
        401: (OutcomeKind.CONFIGURATION, "API key refused, or out of credits"),
        402: (OutcomeKind.CONFIGURATION, "payment required"),
        403: (OutcomeKind.CONFIGURATION, "sender not verified, or the key may not send"),
        404: (OutcomeKind.CONFIGURATION, "not found"),
        405: (OutcomeKind.CONFIGURATION, "method not allowed"),
        406: (OutcomeKind.CONFIGURATION, "not acceptable"),
        413: (OutcomeKind.PERMANENT, "too large"),
        415: (OutcomeKind.CONFIGURATION, "unsupported media type"),
        451: (OutcomeKind.CONFIGURATION, "the account belongs to another region"),
    }
)
_BAD_REQUEST, _TOO_MANY = 400, 429


def _refused(status: int, errors: Sequence[Mapping[str, Any]], headers: Mapping[str, str]) -> Outcome:
    if status == _TOO_MANY:
        return Outcome(OutcomeKind.NOT_SENT, "SendGrid 429: rate limit", retry_after=_wait(headers))
    if status in _STATUSES:
        kind, said = _STATUSES[status]
        return Outcome(kind, f"SendGrid {status}: {said}", retry_after=retry_after(headers))
    if status != _BAD_REQUEST:
        return by_status("SendGrid", status, headers)
    fields = [str(error.get("field") or "") for error in errors]
    if any(name.split(".")[0] in ("from", "reply_to", "reply_to_list") for name in fields):
        return Outcome(OutcomeKind.CONFIGURATION, "SendGrid 400: invalid sender or reply address")
    if any(name.startswith("personalizations") and name.endswith(".email") for name in fields):
        return Outcome(OutcomeKind.PERMANENT, "SendGrid 400: invalid recipient address", suppress=True)
    return Outcome(OutcomeKind.PERMANENT, "SendGrid 400: bad request")


def _wait(headers: Mapping[str, str]) -> timedelta | None:
    """Retry-After, else the time from the answer's own date until SendGrid's window begins anew."""
    if (asked := retry_after(headers)) is not None:
        return asked
    reset, date = epoch(headers.get("x-ratelimit-reset", "").strip()), mail_date(headers.get("date"))
    return min(max(reset - date, timedelta()), LONGEST_WAIT) if reset and date else None


def look_up(send: str, settings: SendGridSettings, /) -> MailRequest:
    """``POST /v3/logs`` by the category that only this message has; kept for 30 days."""
    query = {"query": f"categories IN ('{CATEGORY}{send_id(send)}')", "limit": 2}
    return MailRequest("POST", f"{settings.base_url}/v3/logs", _JSON, json.dumps(query).encode())


def found(send: str, status: int, headers: Mapping[str, str], body: bytes, /) -> Outcome | None:
    """What the logs say. They do not repeat the category, so `confirmed` must prove what they found."""
    del send
    answer = json_object(body)
    messages = answer.get("messages") if answer is not None else None
    if status not in _OK or not isinstance(messages, list):
        return Outcome(
            OutcomeKind.AMBIGUOUS, f"SendGrid's logs answered {status}", retry_after=retry_after(headers)
        )
    if not messages:
        return None
    ids = [each.get("sg_message_id") for each in messages if isinstance(each, dict)]
    if len(messages) > 1 or not ids or not isinstance(ids[0], str) or not ids[0]:
        return Outcome(OutcomeKind.AMBIGUOUS, "SendGrid's logs did not filter by our category")
    return Outcome(OutcomeKind.ACCEPTED, "found in SendGrid's logs", ids[0])


def details(message_id: str, settings: SendGridSettings, /) -> MailRequest:
    """``GET /v3/logs/{sg_message_id}``: the message that the logs found, with its custom arguments."""
    return MailRequest("GET", f"{settings.base_url}/v3/logs/{quote(message_id, safe='')}", _JSON[:1])


def confirmed(send: str, status: int, headers: Mapping[str, str], body: bytes, /) -> Outcome:
    """Accepted where the details hold our send id; else still unknown."""
    answer = json_object(body) or {}
    args, known = answer.get("custom_args"), answer.get("sg_message_id")
    if status in _OK and isinstance(args, dict) and args.get(ARG) == send:
        return Outcome(OutcomeKind.ACCEPTED, "found in SendGrid's logs", sent_id(known))
    return Outcome(
        OutcomeKind.AMBIGUOUS, "SendGrid's details do not confirm it", retry_after=retry_after(headers)
    )


def sent_id(message_id: object) -> str | None:
    """The id that the answer to the send had, from the longer one of events and logs; None for none."""
    if not isinstance(message_id, str):
        return None
    first = message_id.partition(".")[0]
    if len(first) == _UNIQUE_PART:
        return first
    for mark in (".filter", ".recvd"):
        if mark in message_id:
            return message_id.partition(mark)[0] or None
    return None if message_id.startswith(("filter", "recvd")) else message_id or None
