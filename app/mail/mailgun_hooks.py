"""Mailgun's webhooks: receipts as JSON or, from old accounts, as forms, and inbound mail as a form.

The signature covers time and token only, not the body: whoever saw one webhook can write another with its
token, so each token (`nonce`) is taken with one body only. ``delivered`` is never repeated by Mailgun. Facts
from Mailgun's documentation, read 2026-11.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType

from app.ats.fields import Json, child, parse_object, text
from app.errors import BadSignature, MalformedBody
from app.mail.forms import FormField, is_form, read_form
from app.mail.heard import (
    LONGEST_HEADERS,
    LONGEST_TEXT,
    addresses,
    bare_id,
    bare_ids,
    code,
    digest,
    enhanced_code,
    epoch,
    header,
    mail_date,
    null_or_address,
    of_policy,
)
from app.mail.hooks import HookAnswers, HookSecrets, InboundMail, Receipt, ReceiptKind
from app.mail.inbound import from_mime
from app.mail.mailgun import VARIABLE, send_of, wire_id

ANSWERS = HookAnswers(success=200, retry=503, refused=401, replayed=406)
"""At 406 Mailgun stops trying: right only where the same token was heard before. After any other error it
comes again within 8 hours."""
OLDEST = timedelta(hours=12)
"""Nothing says whether a repeat is signed anew, and repeats go on for 8 hours."""
NEWEST = timedelta(minutes=10)

_KINDS: Mapping[str, ReceiptKind] = MappingProxyType(
    {
        "accepted": ReceiptKind.QUEUED,
        "delivered": ReceiptKind.DELIVERED,
        "rejected": ReceiptKind.REJECTED,
        "complained": ReceiptKind.COMPLAINED,
        "unsubscribed": ReceiptKind.UNSUBSCRIBED,
        "opened": ReceiptKind.OPENED,
        "clicked": ReceiptKind.CLICKED,
    }
)
_LASTING = frozenset({ReceiptKind.COMPLAINED, ReceiptKind.UNSUBSCRIBED})
_OWN_LIST_CODES = frozenset({"605", "606", "607"})
"""Codes of a drop because of Mailgun's own lists of bounces, unsubscribes and complaints."""
_DEAD = ("5.1.", "5.2.1")
"""Enhanced status codes that speak of the address."""


def certificate_url(headers: Mapping[str, str], body: bytes, /) -> str | None:
    """None: a shared key signs."""
    del headers, body
    return None


def confirm_url(headers: Mapping[str, str], body: bytes, secrets: HookSecrets, /) -> str | None:
    """None: Mailgun begins without a confirmation."""
    del headers, body, secrets
    return None


def verify(headers: Mapping[str, str], body: bytes, secrets: HookSecrets, now: datetime, /) -> None:
    """Raises `BadSignature` unless an active signing key signed the time, which is near, and the token."""
    try:
        signed = _signature(headers, body)
    except MalformedBody:
        raise BadSignature("The webhook holds no signature of Mailgun's.") from None
    stamp, token, given = (text(signed.get(name), 200) or "" for name in ("timestamp", "token", "signature"))
    data = (stamp + token).encode("utf-8", "replace")
    wanted = [hmac.new(key.encode(), data, hashlib.sha256).hexdigest() for key in secrets.secrets if key]
    claimed = given.encode("utf-8", "replace")
    matches = [hmac.compare_digest(claimed, each.encode()) for each in wanted]
    at = epoch(stamp)
    if not token or at is None or not any(matches):
        raise BadSignature("Mailgun's signature does not match.")
    if not now - OLDEST <= at <= now + NEWEST:
        raise BadSignature("The webhook's time is too far from now.")


def nonce(headers: Mapping[str, str], body: bytes, /) -> str | None:
    """The token of a verified webhook; a second body under one token is somebody else's.

    Whether a repeat has the token of the first time is documented nowhere. If so, its bytes are the same and
    it is a second delivery; if not, it is a webhook of its own, whose receipts are known by their ids.
    """
    try:
        return text(_signature(headers, body).get("token"), 200)
    except MalformedBody:
        return None


def _signature(headers: Mapping[str, str], body: bytes) -> Json:
    return _form(headers, body)[0] if is_form(headers) else child(parse_object(body), "signature")


def _form(headers: Mapping[str, str], body: bytes) -> tuple[Mapping[str, str], Sequence[FormField]]:
    read = read_form(headers, body)
    words = {
        each.name: each.value.decode("utf-8", "replace") for each in reversed(read) if each.filename is None
    }
    return words, read


def receipts(headers: Mapping[str, str], body: bytes, received_at: datetime, /) -> tuple[Receipt, ...]:
    """The receipt in this webhook; none in one that brings a mail."""
    del received_at
    if is_form(headers):
        form = _form(headers, body)[0]
        return (_legacy(form),) if "event" in form else ()
    event = child(parse_object(body), "event-data")
    name = text(event.get("event"), 60)
    if name is None:
        raise MalformedBody("The webhook names no event.")
    kind, suppress, status = _kind(name, event)
    wire, recipient = wire_id(event), next(iter(addresses(event.get("recipient"))), None)
    at, unique = epoch(event.get("timestamp")), text(event.get("id"), 100)
    bot = child(event, "client-info").get("bot")
    return (
        Receipt(
            kind,
            # Mailgun's ids are unique within a day only, and some events have none.
            key=digest(unique, name, at.timestamp() if at else None, wire, recipient, text(event.get("url"))),
            at=at,
            send_id=send_of(event),
            provider_id=wire,
            wire_id=wire,
            recipient=recipient,
            suppress=suppress,
            machine=isinstance(bot, str) and bool(bot),
            detail=code(name, event.get("reason"), status),
        ),
    )


def _kind(name: str, event: Json) -> tuple[ReceiptKind, bool, str | None]:
    """What it says, whether the address must be left alone, and the receiving server's code."""
    if name != "failed":
        kind = _KINDS.get(name, ReceiptKind.UNKNOWN)
        return kind, kind in _LASTING, None
    told, reason = child(event, "delivery-status"), text(event.get("reason"), 60) or ""
    status = enhanced_code(told.get("enhanced-code"), told.get("message"), told.get("description"))
    if event.get("severity") != "permanent":
        return ReceiptKind.DEFERRED, False, status
    if reason.startswith("suppress-"):
        return ReceiptKind.REJECTED, True, status
    if reason == "old":
        return ReceiptKind.FAILED, False, status
    if reason == "espblock" or of_policy(status):
        # A server that blames our authentication or reputation says nothing about the address.
        return ReceiptKind.REJECTED, False, status
    dead = reason == "bounce" or (status or "").startswith(_DEAD)
    return ReceiptKind.BOUNCED_HARD, dead, status


def _legacy(form: Mapping[str, str]) -> Receipt:
    """A receipt as old accounts get it: a form, with our variable among its fields."""
    name, reason = text(form.get("event"), 60) or "", text(form.get("reason"), 60)
    kind, suppress = _KINDS.get(name, ReceiptKind.UNKNOWN), False
    status = enhanced_code(form.get("error"), form.get("description"), form.get("notification"))
    if name == "dropped" and form.get("code") in _OWN_LIST_CODES:
        kind, suppress = ReceiptKind.REJECTED, True
    elif name == "dropped" and reason == "old":
        kind = ReceiptKind.FAILED
    elif name in ("dropped", "bounced"):
        kind = ReceiptKind.REJECTED if of_policy(status) else ReceiptKind.BOUNCED_HARD
        suppress = kind is ReceiptKind.BOUNCED_HARD
    wire = bare_id(form.get("Message-Id")) or bare_id(form.get("message-id"))
    recipient = next(iter(addresses(form.get("recipient"))), None)
    return Receipt(
        kind,
        # Without the time, which is that of the signature and may change when Mailgun repeats.
        key=digest(name, wire, recipient, form.get("code"), form.get("url")),
        at=epoch(form.get("timestamp")),
        send_id=send_of({"user-variables": {VARIABLE: form.get(VARIABLE)}, "tags": [form.get("tag")]}),
        provider_id=wire,
        wire_id=wire,
        recipient=recipient,
        suppress=suppress or kind in _LASTING,
        detail=code(name, reason, status),
    )


def replies(headers: Mapping[str, str], body: bytes, /) -> tuple[InboundMail, ...]:
    """The mail in this inbound webhook, parsed or raw; none in one that brings a receipt."""
    if not is_form(headers):
        if "event-data" not in parse_object(body):
            raise MalformedBody("The webhook brings neither a receipt nor a mail.")
        return ()
    form, read = _form(headers, body)
    if "event" in form:
        return ()
    to, sender = addresses(form.get("recipient")), null_or_address(form.get("sender") or "<>")
    if not to:
        raise MalformedBody("The webhook brings neither a receipt nor a mail.")
    if "body-mime" in form:
        raw = next(each.value for each in read if each.name == "body-mime")
        mail = from_mime(raw, envelope_sender=sender, recipients=to)
    else:
        mail = _parsed(form, read, to, sender)
    return (replace(mail, key=digest(mail.message_id or mail.key, sender, *to)),)


def _parsed(
    form: Mapping[str, str], read: Sequence[FormField], to: tuple[str, ...], sender: str | None
) -> InboundMail:
    lines = _headers(form.get("message-headers", ""))
    verdicts = {
        ours: value[:60]
        for name, ours in (("x-mailgun-spf", "spf"), ("x-mailgun-dkim-check-result", "dkim"))
        if (value := header(lines, name))
    }
    return InboundMail(
        key=digest(form.get("body-plain"), form.get("message-headers")),
        sender=text(form.get("from"), 1_000) or header(lines, "from") or "",
        envelope_sender=sender,
        recipients=addresses(*to, *(value for name, value in lines if name in _RECIPIENTS)),
        subject=text(form.get("subject"), 1_000) or header(lines, "subject") or "",
        text=text(form.get("body-plain"), LONGEST_TEXT) or "",
        html=text(form.get("body-html"), LONGEST_TEXT) or "",
        stripped=text(form.get("stripped-text"), LONGEST_TEXT),
        message_id=bare_id(header(lines, "message-id")),
        in_reply_to=bare_id(header(lines, "in-reply-to")),
        references=bare_ids(header(lines, "references")),
        headers=lines,
        attachments=tuple(each.content_type for each in read if each.filename is not None),
        sent_at=mail_date(header(lines, "date")),
        verdicts=verdicts,
    )


_RECIPIENTS = ("to", "cc", "delivered-to", "x-original-to")


def _headers(listed: str) -> tuple[tuple[str, str], ...]:
    """Header lines from a JSON list of pairs; a pair whose value is no text is passed over."""
    try:
        pairs = json.loads(listed or "[]")
    except (ValueError, RecursionError):
        return ()
    found = [
        (name.lower(), value)
        for pair in (pairs if isinstance(pairs, list) else [])
        if isinstance(pair, list) and pair[1:]
        if (name := text(pair[0], 100)) and (value := text(pair[1], 4_000))
    ]
    return tuple(found[:LONGEST_HEADERS])


def fetched(mail: InboundMail, status: int, body: bytes, /) -> InboundMail:
    """Raises `MalformedBody`: Mailgun's webhook holds the whole mail, so nothing is fetched."""
    del mail, status, body
    raise MalformedBody("There is nothing to fetch from Mailgun.")
