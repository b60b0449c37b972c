"""Bounces that come as mail: delivery reports in the standard form (RFC 3464), and others recognised as such.

For mail that left through SMTP there is no webhook: what became of it comes to the envelope's sender, which
carries the send id. Codes of policy (x.7.x) speak of the sender's authentication and never of the address.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.policy import default

from app.mail.heard import addresses, bare_id, code, digest, enhanced_code, mail_date, of_policy
from app.mail.hooks import Receipt, ReceiptKind

_VERP = re.compile(r"bounce\+([A-Za-z0-9][A-Za-z0-9_-]{0,63})@", re.IGNORECASE)
_OURS = re.compile(r"hb\.([A-Za-z0-9][A-Za-z0-9_-]{0,63})@")
_DAEMONS = re.compile(r"^(mailer-daemon|postmaster)@", re.IGNORECASE)
_MOST_PARTS = 50
_DEAD = re.compile(r"5\.1\.(0|1|2|3|6|10)|5\.2\.1")
"""Codes that say that the mailbox does not exist or is closed (RFC 3463)."""


def receipts_in(raw: bytes, recipients: Sequence[str] = ()) -> tuple[Receipt, ...]:
    """The receipts in a bounce, one for each recipient that it names; none in any other mail.

    ``recipients`` are those of the envelope it came to. A bounce in no known form is one receipt of the kind
    *unknown*: it is counted and shown, and nothing acts on it. Never raises.
    """
    try:
        message = BytesParser(policy=default).parsebytes(raw)
        parts = list(_parts(message))
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError, IndexError):
        return ()
    if not isinstance(message, EmailMessage):
        return ()
    send_id = _send_id(raw, message, recipients)
    at, wire = mail_date(_said(message, "date")), _original_id(parts)
    found = [
        _receipt(block, send_id, wire, at)
        for part in parts
        if part.get_content_type() == "message/delivery-status"
        for block in _blocks(part)
        if _said(block, "final-recipient") or _said(block, "original-recipient")
    ]
    if found or not _is_bounce(message):
        return tuple(found)
    key = digest("bounce", send_id, wire, bare_id(_said(message, "message-id")))
    return (Receipt(ReceiptKind.UNKNOWN, key, at, send_id, wire_id=wire, detail="bounce of no known form"),)


def _parts(message: Message) -> Iterator[Message]:
    for count, part in enumerate(message.walk()):
        if count >= _MOST_PARTS:
            return
        yield part


def _blocks(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [block for block in payload if isinstance(block, Message)] if isinstance(payload, list) else []


def _receipt(block: Message, send_id: str | None, wire: str | None, at: datetime | None) -> Receipt:
    action = _said(block, "action").lower()
    status = enhanced_code(_said(block, "status")) or enhanced_code(_said(block, "diagnostic-code"))
    final = _said(block, "final-recipient") or _said(block, "original-recipient")
    recipient = next(iter(addresses(final.partition(";")[2] or final)), None)
    kind, suppress = _kind(action, status)
    return Receipt(
        kind,
        key=digest("dsn", send_id or wire, recipient, action, status),
        at=mail_date(_said(block, "last-attempt-date")) or at,
        send_id=send_id,
        wire_id=wire,
        recipient=recipient,
        suppress=suppress,
        detail=code(action, status),
    )


def _kind(action: str, status: str | None) -> tuple[ReceiptKind, bool]:
    if action in ("delivered", "relayed", "expanded"):
        return ReceiptKind.DELIVERED, False
    if action == "delayed":
        return ReceiptKind.DEFERRED, False
    if action != "failed":
        return ReceiptKind.UNKNOWN, False
    if of_policy(status):
        return ReceiptKind.REJECTED, False
    if status is not None and _DEAD.fullmatch(status):
        return ReceiptKind.BOUNCED_HARD, True
    # It failed for good, but a full mailbox or a refused text is not a dead address.
    return ReceiptKind.FAILED, False


def _send_id(raw: bytes, message: Message, recipients: Sequence[str]) -> str | None:
    """Ours, from the address that the bounce came to, else from the id of the mail that it returns."""
    for address in (*recipients, *addresses(_said(message, "to"), _said(message, "delivered-to"))):
        if found := _VERP.match(address):
            return found[1]
    returned = _OURS.search(raw.decode("latin-1"))
    return returned[1] if returned else None


def _original_id(parts: Sequence[Message]) -> str | None:
    """The Message-ID of the mail that came back, from its headers in the report."""
    for part in parts[1:]:
        if part.get_content_type() in ("text/rfc822-headers", "message/rfc822"):
            inner = part.get_payload()
            text = str(inner[0]) if isinstance(inner, list) and inner else str(inner)
            if found := re.search(r"^message-id:\s*(<[^<>\s]+>)", text, re.IGNORECASE | re.MULTILINE):
                return bare_id(found[1])
    return None


def _is_bounce(message: Message) -> bool:
    null = _said(message, "return-path").strip() == "<>"
    daemon = any(_DAEMONS.match(each) for each in addresses(_said(message, "from")))
    automatic = _said(message, "auto-submitted").partition(";")[0].strip().lower() == "auto-replied"
    report = message.get_content_type() == "multipart/report"
    return report or (daemon and (null or not automatic))


def _said(message: Message, name: str) -> str:
    try:
        return " ".join(str(message.get(name, "")).split())
    except (ValueError, LookupError, AttributeError, TypeError, IndexError):
        return ""
