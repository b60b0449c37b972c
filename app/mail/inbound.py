"""A mail in full, as bytes, becomes an `InboundMail`: for providers that pass it on raw, and for IMAP."""

import hashlib
from collections.abc import Mapping, Sequence
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.policy import default

from app.ats.fields import text as storable
from app.errors import MalformedBody
from app.mail.heard import (
    LONGEST_HEADERS,
    LONGEST_TEXT,
    addresses,
    bare_id,
    bare_ids,
    header,
    mail_date,
    null_or_address,
)
from app.mail.hooks import InboundMail

_LONGEST_HEADER = 4_000


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
    to = addresses(*(value for name, value in headers if name in _RECIPIENTS))
    return InboundMail(
        key=key or f"sha256:{hashlib.sha256(raw).hexdigest()}",
        sender=_first(headers, "from"),
        envelope_sender=envelope_sender
        if envelope_sender is not None
        else null_or_address(header(headers, "return-path")),
        recipients=tuple(dict.fromkeys([*recipients, *to])),
        subject=_first(headers, "subject"),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        message_id=bare_id(_first(headers, "message-id")),
        in_reply_to=bare_id(_first(headers, "in-reply-to")),
        references=bare_ids(_first(headers, "references")),
        headers=headers,
        attachments=_attachments(message),
        sent_at=mail_date(_first(headers, "date")),
        verdicts=dict(verdicts or {}),
    )


_RECIPIENTS = ("to", "cc", "delivered-to", "x-original-to", "x-forwarded-to")


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
    return tuple(found[:LONGEST_HEADERS])


def _first(headers: tuple[tuple[str, str], ...], name: str) -> str:
    return header(headers, name) or ""


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
    # Some charsets can spell half of a character pair, which nothing can store or show.
    return storable(text.replace("\r\n", "\n"), LONGEST_TEXT) or ""


def _attachments(message: EmailMessage) -> tuple[str, ...]:
    try:
        return tuple(part.get_content_type() for part in message.iter_attachments())
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError, KeyError):
        return ()
