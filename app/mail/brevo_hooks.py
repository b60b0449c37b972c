"""Brevo's webhooks: receipts one by one or in batches, and inbound mail with its words. Unsigned.

They prove themselves by what was set when the webhook was made: a bearer token, or user and password. Facts
from Brevo's documentation and from clients that read its webhooks, read 2026-11.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType

from app.ats.fields import Json, children, text
from app.errors import BadSignature, MalformedBody
from app.mail.brevo import CUSTOM, TAG, tags_of
from app.mail.heard import (
    LONGEST_TEXT,
    addresses,
    bare_id,
    bare_ids,
    code,
    digest,
    enhanced_code,
    header,
    headers_of,
    mail_date,
    null_or_address,
    of_policy,
)
from app.mail.hooks import HookAnswers, HookSecrets, InboundMail, Receipt, ReceiptKind
from app.mail.proof import carries_secret

ANSWERS = HookAnswers(success=200, retry=429, refused=429)
"""Brevo repeats after 429 only (10 min, 1, 2, 8 h) and discards after any other error.

So a webhook with a wrong secret is asked to come again as well: a secret changed on one side only then costs
hours, not receipts.
"""
LARGEST_BATCH = 1_000

_SEND_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_MILLISECONDS = 100_000_000_000
"""Epochs above this are in milliseconds; in seconds it would be the year 5138."""
_LATEST = 7_258_118_400
"""The year 2200; later instants are nonsense."""
_BLOCKLISTED = re.compile(
    r"(black|block) ?-?list(ed)? (user|contact|recipient|email)|unsubscribed", re.IGNORECASE
)

_KINDS: Mapping[str, ReceiptKind] = MappingProxyType(
    {
        "request": ReceiptKind.QUEUED,
        "sent": ReceiptKind.QUEUED,
        "delivered": ReceiptKind.DELIVERED,
        "deferred": ReceiptKind.DEFERRED,
        "soft_bounce": ReceiptKind.BOUNCED_SOFT,
        "hard_bounce": ReceiptKind.BOUNCED_HARD,
        "invalid_email": ReceiptKind.BOUNCED_HARD,
        "blocked": ReceiptKind.REJECTED,
        "spam": ReceiptKind.COMPLAINED,
        "complaint": ReceiptKind.COMPLAINED,
        "error": ReceiptKind.FAILED,
        "unsubscribe": ReceiptKind.UNSUBSCRIBED,
        "unsubscribed": ReceiptKind.UNSUBSCRIBED,
        "opened": ReceiptKind.OPENED,
        "unique_opened": ReceiptKind.OPENED,
        "proxy_open": ReceiptKind.OPENED,
        "unique_proxy_open": ReceiptKind.OPENED,
        "click": ReceiptKind.CLICKED,
    }
)


def certificate_url(headers: Mapping[str, str], body: bytes, /) -> str | None:
    """None: nothing is signed."""
    del headers, body
    return None


def confirm_url(headers: Mapping[str, str], body: bytes, secrets: HookSecrets, /) -> str | None:
    """None: Brevo begins without a confirmation."""
    del headers, body, secrets
    return None


def verify(headers: Mapping[str, str], body: bytes, secrets: HookSecrets, now: datetime, /) -> None:
    """Raises `BadSignature` unless the request carries an active secret. The body is not covered."""
    del body, now
    if not carries_secret(headers, secrets):
        raise BadSignature("The webhook does not carry the secret that was set in Brevo.")


def nonce(headers: Mapping[str, str], body: bytes, /) -> str | None:
    """None: a shared secret proves it, and nothing is signed."""
    del headers, body
    return None


def receipts(headers: Mapping[str, str], body: bytes, received_at: datetime, /) -> tuple[Receipt, ...]:
    """The receipts in this webhook, one or a batch; none in one that brings inbound mail."""
    del headers, received_at
    found = [_receipt(event) for event in _events(body)]
    return tuple(receipt for receipt in found if receipt is not None)


def _events(body: bytes) -> Sequence[Json]:
    try:
        parsed: object = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise MalformedBody("The body is not valid JSON in UTF-8.") from None
    items = parsed if isinstance(parsed, list) else [parsed]
    events = [item for item in items if isinstance(item, dict)]
    if len(events) != len(items) or len(events) > LARGEST_BATCH:
        raise MalformedBody("The webhook is neither an event nor a batch of them.")
    return events


def _receipt(event: Json) -> Receipt | None:
    name = text(event.get("event"), 100)
    if name is None:
        if isinstance(event.get("items"), list):
            return None
        raise MalformedBody("The webhook names no event.")
    kind = _KINDS.get(name, ReceiptKind.UNKNOWN)
    reason = text(event.get("reason"), 2_000) or ""
    status = enhanced_code(reason)
    if kind is ReceiptKind.BOUNCED_HARD and of_policy(status):
        # A server that blames our authentication says nothing about the address.
        kind = ReceiptKind.REJECTED
    wire, email = bare_id(event.get("message-id")), next(iter(addresses(event.get("email"))), None)
    at = _instant(event)
    return Receipt(
        kind=kind,
        key=digest(wire, name, at.timestamp() if at else event.get("date"), email),
        at=at,
        send_id=_send_id(event),
        provider_id=wire,
        wire_id=wire,
        recipient=email,
        suppress=_suppress(kind, reason, status),
        machine="proxy" in name,
        detail=code(name, status),
    )


def _suppress(kind: ReceiptKind, reason: str, status: str | None) -> bool:
    if kind is ReceiptKind.REJECTED:
        return not of_policy(status) and bool(_BLOCKLISTED.search(reason))
    return kind in (ReceiptKind.BOUNCED_HARD, ReceiptKind.COMPLAINED, ReceiptKind.UNSUBSCRIBED)


def _instant(event: Json) -> datetime | None:
    """The event's instant. The epochs are UTC; ``date`` is local time of somewhere and is not read."""
    for name in ("ts_epoch", "s_epoch", "ts_event", "ts"):
        value = event.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value < _LATEST * 1000:
            seconds = value / 1000 if value > _MILLISECONDS else float(value)
            return datetime.fromtimestamp(seconds, UTC) if seconds < _LATEST else None
    return None


def _send_id(event: Json) -> str | None:
    """Our id from the tag that only this message has, else from the custom header."""
    found = [tag.removeprefix(TAG) for tag in sorted(tags_of(event)) if tag.startswith(TAG)]
    custom = event.get("X-Mailin-custom")
    if isinstance(custom, str) and custom.startswith(CUSTOM):
        found.append(custom.removeprefix(CUSTOM))
    return next((each for each in found if _SEND_ID.fullmatch(each)), None)


def replies(headers: Mapping[str, str], body: bytes, /) -> tuple[InboundMail, ...]:
    """The mails in this inbound webhook; none in one that brings receipts."""
    del headers
    items = [item for event in _events(body) for item in children(event, "items")]
    return tuple(map(_mail, items[:LARGEST_BATCH]))


def _mail(item: Json) -> InboundMail:
    headers = headers_of(item.get("Headers"))
    wire = bare_id(item.get("MessageId")) or bare_id(header(headers, "message-id"))
    sender = item.get("From")
    uuids = item.get("Uuid")
    unique = uuids if isinstance(uuids, list) else [uuids]
    named = [each for each in unique if isinstance(each, str)]
    kinds = [text(each.get("ContentType"), 100) for each in children(item, "Attachments")]
    score = item.get("SpamScore")
    return InboundMail(
        key=digest(*named) if named else digest(wire, _address(sender), item.get("SentAtDate")),
        sender=_from(sender) or header(headers, "from") or "",
        envelope_sender=null_or_address(header(headers, "return-path")),
        recipients=_recipients(item, headers),
        subject=text(item.get("Subject"), 1_000) or "",
        text=text(item.get("RawTextBody"), LONGEST_TEXT) or "",
        html=text(item.get("RawHtmlBody"), LONGEST_TEXT) or "",
        stripped=text(item.get("ExtractedMarkdownMessage"), LONGEST_TEXT),
        message_id=wire,
        in_reply_to=bare_id(item.get("InReplyTo")) or bare_id(header(headers, "in-reply-to")),
        references=bare_ids(header(headers, "references")),
        headers=headers,
        attachments=tuple(kind or "application/octet-stream" for kind in kinds),
        sent_at=mail_date(item.get("SentAtDate")),
        verdicts={"spam_score": str(score)} if isinstance(score, int | float) else {},
    )


def _recipients(item: Json, headers: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """``Recipients`` are those of the envelope, in newer bodies; a delivering server's headers come last."""
    boxes = [*children(item, "To"), *children(item, "Cc")]
    spare = [header(headers, name) for name in ("delivered-to", "x-original-to")]
    return addresses(item.get("Recipients"), *map(_address, boxes), *spare)


def _address(box: object) -> str | None:
    return text(box.get("Address"), 1_000) if isinstance(box, dict) else None


def _from(box: object) -> str | None:
    """The sender as a header would have it; Brevo gives name and address apart."""
    email = _address(box)
    name = text(box.get("Name"), 500) if isinstance(box, dict) else None
    quoted = name.replace("\\", "\\\\").replace('"', '\\"') if name else ""
    return f'"{quoted}" <{email}>' if email and quoted else email


def fetched(mail: InboundMail, status: int, body: bytes, /) -> InboundMail:
    """Raises `MalformedBody`: Brevo's webhook holds the whole mail, so nothing is fetched."""
    del mail, status, body
    raise MalformedBody("There is nothing to fetch from Brevo.")
