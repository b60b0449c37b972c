"""Brevo: one POST a message with an idempotency key in its body, and a report that can be asked by tag.

Facts from Brevo's documentation and its own Python client, read 2026-11. Not proven against a live account:
that Message-ID and threading headers survive ("standard headers are not supported", says the reference), the
wording of the answer to a repeated key, and how the report wants its tag. So what the report does not show
proves nothing here, and a repeat under the key is the better question.
"""

import json
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.headerregistry import Address as HeaderAddress
from html import escape
from types import MappingProxyType
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid5

from app.mail.headers import address, extra_headers, safe, send_id, words
from app.mail.outbound import Address, Envelope, Outcome, OutcomeKind
from app.mail.provider import MailRequest, by_status, json_object, retry_after

REPEAT_WITHIN = timedelta(minutes=14)
"""A key is kept for 30 minutes by today's documentation, for 15 by the older one; one is left for the way."""
TAG = "hb-"
"""What stands before the send id in the tag that only this message has."""
CUSTOM = "hb_send:"
"""What stands before the send id in ``X-Mailin-custom``: opaque, because the recipient can see it."""

_JSON = (("Accept", "application/json"), ("Content-Type", "application/json"))
_KEYS = UUID("5c0a9cf1-8e57-4f5a-a1a5-6c6f2f1c3b74")
_LONGEST_NAME = 70
_OK = range(200, 300)
_SERVER_ERRORS = range(500, 600)


@dataclass(frozen=True, slots=True)
class BrevoSettings:
    """Where Brevo listens; it has one address for all accounts."""

    base_url: str = "https://api.brevo.com/v3"


def build(envelope: Envelope, settings: BrevoSettings, /) -> MailRequest:
    """``POST /smtp/email``: one recipient, tracking declined, the send id in its tag and in its key.

    HTML is made from the text where there is none, because Brevo refuses mail without it.
    """
    send = send_id(envelope.send_id)
    to = {**_mailbox(envelope.to, "to"), "contactPixelTrackingConsent": False}
    text = words(envelope.text, "text")
    fields: dict[str, Any] = {
        "sender": _mailbox(envelope.sender, "sender"),
        "to": [to],
        "subject": safe(envelope.subject, "subject"),
        "htmlContent": words(envelope.html, "html") or _html(text),
        "textContent": text,
        "headers": {
            **{_titled(name): value for name, value in extra_headers(envelope)},
            "idempotencyKey": str(uuid5(_KEYS, send)),
            "X-Mailin-custom": CUSTOM + send,
        },
        "tags": [TAG + send],
    }
    if envelope.reply_to:
        fields["replyTo"] = _mailbox(envelope.reply_to, "reply_to")
    if envelope.attachments:
        fields["attachment"] = [
            {"name": safe(file.name, "attachment"), "content": b64encode(file.content).decode("ascii")}
            for file in envelope.attachments
        ]
    body = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
    return MailRequest("POST", f"{settings.base_url.rstrip('/')}/smtp/email", _JSON, body)


def _mailbox(mailbox: Address, field: str) -> dict[str, Any]:
    """A mailbox without a name that Brevo would refuse for its length."""
    found: HeaderAddress = address(mailbox, field)
    name = {"name": found.display_name} if 0 < len(found.display_name) <= _LONGEST_NAME else {}
    return {"email": found.addr_spec, **name}


def _titled(name: str) -> str:
    """The name in the only form that Brevo takes, so that what is stored is what it sends."""
    return "-".join(part.capitalize() for part in name.split("-"))


def _html(text: str) -> str:
    return f'<html><body><div style="white-space:pre-wrap">{escape(text)}</div></body></html>'


def parse(status: int, headers: Mapping[str, str], body: bytes, /) -> Outcome:
    """What Brevo's answer to a send means. A key that was used means that the first request was taken.

    Nothing of Brevo's own words, which repeat addresses, goes into the detail.
    """
    answer = json_object(body) or {}
    if status in _OK:
        if provider_id := _first_id(answer):
            return Outcome(OutcomeKind.ACCEPTED, provider_id=provider_id)
        return Outcome(OutcomeKind.AMBIGUOUS, "Brevo answered success without a messageId")
    said = answer.get("code")
    if not isinstance(said, str) or status in _SERVER_ERRORS:
        return by_status("Brevo", status, headers)
    return _refused(status, said, str(answer.get("message", "")), headers)


def _first_id(answer: Mapping[str, Any]) -> str | None:
    ids = answer.get("messageIds")
    first = answer.get("messageId") or (ids[0] if isinstance(ids, list) and ids else None)
    return (first.strip().strip("<>") or None) if isinstance(first, str) else None


_A, _N, _P, _C = (
    OutcomeKind.ACCEPTED,
    OutcomeKind.NOT_SENT,
    OutcomeKind.PERMANENT,
    OutcomeKind.CONFIGURATION,
)
_CODES: Mapping[str, tuple[OutcomeKind, str]] = MappingProxyType(
    {
        # One recipient and each header once: nothing but the key can be there twice.
        "duplicate_parameter": (_A, "an earlier request was accepted under this key"),
        "duplicate_request": (_A, "an earlier request was accepted under this key"),
        "too_many_requests": (_N, "rate limit"),
        "invalid_parameter": (_P, "invalid parameter"),
        "missing_parameter": (_P, "missing parameter"),
        "out_of_range": (_P, "out of range"),
        "bad_request": (_P, "bad request"),
        "unprocessable_entity": (_P, "cannot be processed"),
        "unauthorized": (_C, "API key refused"),
        "permission_denied": (_C, "permission denied"),
        "account_under_validation": (_C, "account under validation"),
        "not_enough_credits": (_C, "out of credits"),
        "document_not_found": (_C, "not found"),
        "method_not_allowed": (_C, "method not allowed"),
        "not_acceptable": (_C, "not acceptable"),
    }
)
_FIRM = frozenset({401, 402, 403})
_MESSAGE = frozenset({400, 422})
_TOO_MANY = 429
_SENDER = re.compile(r"\bsender\b", re.IGNORECASE)
_RECIPIENT = re.compile(r"\b(in|valid) to\b|\brecipient\b", re.IGNORECASE)
_SECONDS = re.compile(r"\d{1,5}", re.ASCII)


def _refused(status: int, said: str, message: str, headers: Mapping[str, str]) -> Outcome:
    kind, meaning = _CODES.get(said, (None, "refused"))
    if status in _FIRM and kind is not _C:
        kind, meaning = _C, "account or API key refused"
    elif status == _TOO_MANY:
        kind, meaning = _N, "rate limit"
    elif kind is None and status in _MESSAGE:
        kind = _P
    if kind is None:
        return by_status("Brevo", status, headers)
    if kind is _P and said == "invalid_parameter":
        if _SENDER.search(message):
            kind, meaning = _C, "invalid sender"
        elif _RECIPIENT.search(message):
            return Outcome(kind, f"Brevo {status}: invalid recipient address", suppress=True)
    return Outcome(kind, f"Brevo {status}: {meaning}", retry_after=_wait(status, headers))


def _wait(status: int, headers: Mapping[str, str]) -> timedelta | None:
    """Retry-After, else the seconds until Brevo's own window begins anew."""
    reset = headers.get("x-sib-ratelimit-reset", "").strip()
    if (asked := retry_after(headers)) is not None or status != _TOO_MANY or not _SECONDS.fullmatch(reset):
        return asked
    return timedelta(seconds=int(reset))


def look_up(send: str, settings: BrevoSettings, /) -> MailRequest | None:
    """``GET /smtp/statistics/events`` by the tag that only this message has."""
    query = f"limit=50&offset=0&days=3&tags={quote(TAG + send_id(send), safe='')}"
    return MailRequest("GET", f"{settings.base_url.rstrip('/')}/smtp/statistics/events?{query}", _JSON[:1])


def found(send: str, status: int, headers: Mapping[str, str], body: bytes, /) -> Outcome | None:
    """What the report says. Only an event with this send's tag counts; an empty report has no ``events``."""
    answer = json_object(body)
    events = answer.get("events", [] if not answer else None) if answer is not None else None
    if status not in _OK or not isinstance(events, list):
        return Outcome(
            OutcomeKind.AMBIGUOUS, f"Brevo's report answered {status}", retry_after=retry_after(headers)
        )
    ours = [event for event in events if isinstance(event, dict) and TAG + send in tags_of(event)]
    if ours:
        ids = [named for event in ours if (named := _first_id(event))]
        return Outcome(OutcomeKind.ACCEPTED, "found in Brevo's report", ids[0] if ids else None)
    if events:
        return Outcome(OutcomeKind.AMBIGUOUS, "Brevo's report did not filter by our tag")
    return None


def tags_of(event: Mapping[str, Any]) -> frozenset[str]:
    """The tags of an event, which come as a list, as one string, or as a list within a string."""
    return frozenset(tag for name in ("tags", "tag") for tag in _tags(event.get(name)))


def _tags(value: object) -> Iterator[str]:
    if isinstance(value, str) and value.startswith("["):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return
    for tag in value if isinstance(value, list) else [value]:
        if isinstance(tag, str):
            yield tag
