"""A mail in full, as bytes, becomes an `InboundMail`: for providers that pass it on raw, and for IMAP."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.policy import default
from email.utils import getaddresses, parsedate_to_datetime

from app.errors import MalformedBody
from app.mail.hooks import InboundMail

MOST_TEXT = 200_000
"""Characters of a part that are kept; nobody's answer is longer."""
_MOST_HEADERS, _LONGEST_HEADER = 300, 4_000


def from_mime(
    raw: bytes,
    *,
    key: str | None = None,
    envelope_sender: str | None = None,
    recipients: Sequence[str] = (),
    verdicts: Mapping[str, str] | None = None,
) -> InboundMail:
    """What the message says; ``recipients`` are those of the envelope.

    Without a ``key`` the content is the key. Raises `MalformedBody` for bytes that are no mail at all.
    """
    message = _parsed(raw)
    headers = _headers(message)
    if not headers:
        raise MalformedBody("The bytes are not a mail.")
    named = [value for name, value in headers if name in _RECIPIENTS]
    to = [address for _, address in getaddresses(named) if address]
    return InboundMail(
        key=key or f"sha256:{hashlib.sha256(raw).hexdigest()}",
        sender=_first(headers, "from"),
        envelope_sender=envelope_sender if envelope_sender is not None else _return_path(headers),
        recipients=tuple(dict.fromkeys([*recipients, *to])),
        subject=_first(headers, "subject"),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        message_id=bare_id(_first(headers, "message-id")),
        in_reply_to=bare_id(_first(headers, "in-reply-to")),
        references=bare_ids(_first(headers, "references")),
        headers=headers,
        attachments=_attachments(message),
        sent_at=sent_at(_first(headers, "date")),
        verdicts=dict(verdicts or {}),
    )


_RECIPIENTS = ("to", "cc", "delivered-to", "x-original-to", "x-forwarded-to")


def bare_id(value: str) -> str | None:
    """The first id in a header without its brackets, or None."""
    found = bare_ids(value)
    return found[0] if found else None


def bare_ids(value: str) -> tuple[str, ...]:
    """All ids in a header without their brackets, in order."""
    words = value.replace("<", " ").replace(">", " ").replace(",", " ").split()
    return tuple(word for word in words if "@" in word and len(word) <= _LONGEST_HEADER)


def sent_at(value: str) -> datetime | None:
    """The instant of a Date header in UTC, or None where it is none."""
    try:
        found = parsedate_to_datetime(value)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _parsed(raw: bytes) -> EmailMessage:
    try:
        message = BytesParser(policy=default).parsebytes(raw)
    except (ValueError, RecursionError, LookupError, AttributeError) as wrong:
        raise MalformedBody("The mail cannot be read.") from wrong
    if not isinstance(message, EmailMessage):
        raise MalformedBody("The mail cannot be read.")
    return message


def _headers(message: Message) -> tuple[tuple[str, str], ...]:
    found = []
    for name, value in message.raw_items():
        try:
            text = str(message.policy.header_fetch_parse(name, value))
        except (ValueError, IndexError, LookupError, AttributeError, TypeError, RecursionError):
            # The standard library stumbles over some hostile headers; their raw text will do.
            text = str(value)
        clean = " ".join(text.encode("utf-8", "replace").decode().split())
        found.append((name.lower(), clean[:_LONGEST_HEADER]))
    return tuple(found[:_MOST_HEADERS])


def _first(headers: Sequence[tuple[str, str]], name: str) -> str:
    return next((value for given, value in headers if given == name), "")


def _return_path(headers: Sequence[tuple[str, str]]) -> str | None:
    found = _first(headers, "return-path")
    return found.strip("<> ") if found else None


def _body(message: EmailMessage, kind: str) -> str:
    try:
        part = message.get_body((kind,))
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError):
        part = None
    return _content(part) if part is not None else ""


def _content(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    charset = part.get_content_charset("utf-8") or "utf-8"
    try:
        text = payload.decode(charset, "replace")
    except (LookupError, ValueError):
        text = payload.decode("utf-8", "replace")
    return text.replace("\r\n", "\n").replace("\x00", "")[:MOST_TEXT]


def _attachments(message: EmailMessage) -> tuple[str, ...]:
    try:
        return tuple(part.get_content_type() for part in message.iter_attachments())
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError, KeyError):
        return ()
