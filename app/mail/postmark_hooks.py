"""Postmark's webhooks: receipts one by one, and inbound mail with its new words found. Unsigned.

They prove themselves by what was set when the webhook was made: user and password in its address, or a header
of its own (``Authorization: Bearer …``). Postmark stops for good after a 403. Facts from Postmark's developer
documentation and its own clients, read 2026-11.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from app.ats.fields import Json, child, children, instant, parse_object, text
from app.errors import BadSignature, MalformedBody
from app.mail.heard import (
    LONGEST_HEADERS,
    LONGEST_TEXT,
    addresses,
    bare_id,
    bare_ids,
    code,
    digest,
    header,
    mail_date,
    null_or_address,
)
from app.mail.hooks import HookAnswers, HookSecrets, InboundMail, Receipt, ReceiptKind
from app.mail.postmark import METADATA_KEY
from app.mail.proof import carries_secret

ANSWERS = HookAnswers(success=200, retry=503, refused=401)
"""Never 403: Postmark would stop trying."""

_BOUNCES: Mapping[str, ReceiptKind] = MappingProxyType(
    {
        "HardBounce": ReceiptKind.BOUNCED_HARD,
        "BadEmailAddress": ReceiptKind.BOUNCED_HARD,
        "SoftBounce": ReceiptKind.BOUNCED_SOFT,
        "Undeliverable": ReceiptKind.BOUNCED_SOFT,
        "Transient": ReceiptKind.DEFERRED,
        "DnsError": ReceiptKind.DEFERRED,
        "AutoResponder": ReceiptKind.AUTORESPONDED,
        "AddressChange": ReceiptKind.AUTORESPONDED,
        "ChallengeVerification": ReceiptKind.AUTORESPONDED,
        "SpamNotification": ReceiptKind.COMPLAINED,
        "SpamComplaint": ReceiptKind.COMPLAINED,
        "Unsubscribe": ReceiptKind.UNSUBSCRIBED,
        "ManualSuppression": ReceiptKind.UNSUBSCRIBED,
        "ManuallyDeactivated": ReceiptKind.REJECTED,
        "Blocked": ReceiptKind.REJECTED,
        "DMARCPolicy": ReceiptKind.REJECTED,
        "SMTPApiError": ReceiptKind.FAILED,
        "TemplateRenderingFailed": ReceiptKind.FAILED,
    }
)
_SUPPRESSING = frozenset({ReceiptKind.BOUNCED_HARD, ReceiptKind.COMPLAINED, ReceiptKind.UNSUBSCRIBED})
_TIMES = ("DeliveredAt", "BouncedAt", "ReceivedAt", "ChangedAt")


def certificate_url(headers: Mapping[str, str], body: bytes, /) -> str | None:
    """None: nothing is signed."""
    del headers, body
    return None


def confirm_url(headers: Mapping[str, str], body: bytes, secrets: HookSecrets, /) -> str | None:
    """None: Postmark begins without a confirmation."""
    del headers, body, secrets
    return None


def verify(headers: Mapping[str, str], body: bytes, secrets: HookSecrets, now: datetime, /) -> None:
    """Raises `BadSignature` unless the request carries an active secret. The body is not covered."""
    del body, now
    if not carries_secret(headers, secrets):
        raise BadSignature("The webhook does not carry the secret that was set in Postmark.")


def nonce(headers: Mapping[str, str], body: bytes, /) -> str | None:
    """None: a shared secret proves it, and nothing is signed."""
    del headers, body
    return None


def receipts(headers: Mapping[str, str], body: bytes, received_at: datetime, /) -> tuple[Receipt, ...]:
    """The receipt in this webhook; none in one that brings a mail."""
    del headers, received_at
    event = parse_object(body)
    record = text(event.get("RecordType"), 60)
    if record is None:
        if "FromFull" in event or "OriginalRecipient" in event:
            return ()
        raise MalformedBody("The webhook has no RecordType.")
    kind, suppress = _kind(record, event)
    at = next((found for name in _TIMES if (found := instant(event.get(name)))), None)
    recipient = next(iter(addresses(event.get("Recipient"), event.get("Email"))), None)
    provider_id = text(event.get("MessageID"), 100)
    sort = text(event.get("Type"), 60)
    return (
        Receipt(
            kind,
            key=digest(record, provider_id, recipient, at, event.get("ID"), sort),
            at=at,
            send_id=text(child(event, "Metadata").get(METADATA_KEY), 64),
            provider_id=provider_id,
            recipient=recipient,
            suppress=suppress,
            detail=code(record, sort),
        ),
    )


def _kind(record: str, event: Json) -> tuple[ReceiptKind, bool]:
    """What it says, and whether the address must be left alone: also where Postmark has decided so itself."""
    if record in ("Bounce", "SpamComplaint"):
        sort = text(event.get("Type"), 60) or ("SpamComplaint" if record == "SpamComplaint" else "")
        kind = _BOUNCES.get(sort, ReceiptKind.UNKNOWN)
        automatic = kind is ReceiptKind.AUTORESPONDED
        return kind, kind in _SUPPRESSING or (event.get("Inactive") is True and not automatic)
    if record == "SubscriptionChange":
        off = event.get("SuppressSending") is True
        return (ReceiptKind.UNSUBSCRIBED if off else ReceiptKind.RESUBSCRIBED), off
    plain = {
        "Delivery": ReceiptKind.DELIVERED,
        "Open": ReceiptKind.OPENED,
        "Click": ReceiptKind.CLICKED,
    }
    return plain.get(record, ReceiptKind.UNKNOWN), False


def replies(headers: Mapping[str, str], body: bytes, /) -> tuple[InboundMail, ...]:
    """The mail in this inbound webhook; none in one that brings a receipt.

    Postmark may write Return-Path as the first header; ``OriginalRecipient`` is that of the envelope.
    """
    del headers
    item = parse_object(body)
    if text(item.get("RecordType"), 60) is not None:
        return ()
    if "FromFull" not in item and "OriginalRecipient" not in item:
        raise MalformedBody("The webhook brings neither a receipt nor a mail.")
    lines = _headers(item)
    boxes = [*children(item, "ToFull"), *children(item, "CcFull"), *children(item, "BccFull")]
    spare = [header(lines, name) for name in ("delivered-to", "x-original-to")]
    kinds = [text(each.get("ContentType"), 100) for each in children(item, "Attachments")]
    wire = bare_id(header(lines, "message-id"))
    unique = text(item.get("MessageID"), 100)
    return (
        InboundMail(
            key=unique or digest(wire, item.get("From"), item.get("Date")),
            sender=text(item.get("From"), 1_000) or header(lines, "from") or "",
            envelope_sender=null_or_address(header(lines, "return-path")),
            recipients=addresses(item.get("OriginalRecipient"), *(box.get("Email") for box in boxes), *spare),
            subject=text(item.get("Subject"), 1_000) or "",
            text=text(item.get("TextBody"), LONGEST_TEXT) or "",
            html=text(item.get("HtmlBody"), LONGEST_TEXT) or "",
            stripped=text(item.get("StrippedTextReply"), LONGEST_TEXT),
            message_id=wire,
            in_reply_to=bare_id(header(lines, "in-reply-to")),
            references=bare_ids(header(lines, "references")),
            headers=lines,
            attachments=tuple(kind or "application/octet-stream" for kind in kinds),
            sent_at=mail_date(item.get("Date")),
            verdicts=_verdicts(lines),
        ),
    )


def _headers(item: Json) -> tuple[tuple[str, str], ...]:
    pairs = ((text(one.get("Name"), 100), text(one.get("Value"), 4_000)) for one in children(item, "Headers"))
    return tuple((name.lower(), value) for name, value in pairs if name and value)[:LONGEST_HEADERS]


def _verdicts(lines: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    found = {name: header(lines, name) for name in ("x-spam-status", "received-spf")}
    return {name: value[:60] for name, value in found.items() if value}


def fetched(mail: InboundMail, status: int, body: bytes, /) -> InboundMail:
    """Raises `MalformedBody`: Postmark's webhook holds the whole mail, so nothing is fetched."""
    del mail, status, body
    raise MalformedBody("There is nothing to fetch from Postmark.")
