"""SendGrid's webhooks: receipts in batches, signed over time and body, and inbound mail as a form.

Both are signed by the same scheme where that is switched on (the Event Webhook's settings, a security policy
for Inbound Parse); Inbound Parse may also carry user and password in its address. Facts from SendGrid's
documentation and its own clients, read 2026-11.
"""

import base64
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from app.ats.fields import Json, text, texts
from app.errors import BadSignature, MalformedBody
from app.mail.forms import FormField, is_form, read_form
from app.mail.heard import (
    LONGEST_TEXT,
    addresses,
    bare_id,
    code,
    digest,
    enhanced_code,
    epoch,
    of_policy,
)
from app.mail.hooks import HookAnswers, HookSecrets, InboundMail, Receipt, ReceiptKind
from app.mail.inbound import from_mime
from app.mail.proof import carries_secret
from app.mail.provider import json_object
from app.mail.sendgrid import ARG, CATEGORY, sent_id

ANSWERS = HookAnswers(success=200, retry=503, refused=401)
"""SendGrid repeats after anything but 2xx, at growing intervals for 24 hours."""
LARGEST_BATCH = 10_000
OLDEST = timedelta(hours=25)
"""Nothing says whether a repeat is signed anew, and repeats go on for 24 hours."""
NEWEST = timedelta(minutes=10)

_SIGNATURE = "x-twilio-email-event-webhook-signature"
_TIMESTAMP = "x-twilio-email-event-webhook-timestamp"
_SEND_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_OWN_LIST = ("bounced address", "unsubscribed address", "spam reporting address", "invalid")
"""Reasons of a drop that speak of the address, whole: ``invalid smtpapi header`` does not."""

_KINDS: Mapping[str, ReceiptKind] = MappingProxyType(
    {
        "processed": ReceiptKind.QUEUED,
        "deferred": ReceiptKind.DEFERRED,
        "delivered": ReceiptKind.DELIVERED,
        "bounce": ReceiptKind.BOUNCED_HARD,
        "blocked": ReceiptKind.BOUNCED_SOFT,
        "dropped": ReceiptKind.REJECTED,
        "spamreport": ReceiptKind.COMPLAINED,
        "unsubscribe": ReceiptKind.UNSUBSCRIBED,
        "group_unsubscribe": ReceiptKind.UNSUBSCRIBED,
        "group_resubscribe": ReceiptKind.RESUBSCRIBED,
        "open": ReceiptKind.OPENED,
        "click": ReceiptKind.CLICKED,
    }
)


def certificate_url(headers: Mapping[str, str], body: bytes, /) -> str | None:
    """None: the public key is shown where the webhook is set up."""
    del headers, body
    return None


def confirm_url(headers: Mapping[str, str], body: bytes, secrets: HookSecrets, /) -> str | None:
    """None: SendGrid begins without a confirmation."""
    del headers, body, secrets
    return None


def verify(headers: Mapping[str, str], body: bytes, secrets: HookSecrets, now: datetime, /) -> None:
    """Raises `BadSignature` unless an active key signed time and body, or an active secret is carried.

    What bears a signature must bear a right one; a secret beside it does not help.
    """
    given, stamp = headers.get(_SIGNATURE), headers.get(_TIMESTAMP, "")
    if given is None:
        if not carries_secret(headers, secrets):
            raise BadSignature("The webhook is not signed by SendGrid.")
        return
    at = epoch(stamp)
    if at is None or not now - OLDEST <= at <= now + NEWEST:
        raise BadSignature("The webhook's time is missing, or too far from now.")
    if not any(_signed(key, given, stamp.encode("ascii", "replace") + body) for key in secrets.public_keys):
        raise BadSignature("SendGrid's signature does not match.")


def _signed(key: str, given: str, data: bytes) -> bool:
    try:
        public = load_der_public_key(base64.b64decode(key, validate=True))
        if not isinstance(public, EllipticCurvePublicKey):
            return False
        public.verify(base64.b64decode(given, validate=True), data, ECDSA(SHA256()))
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True


def nonce(headers: Mapping[str, str], body: bytes, /) -> str | None:
    """None: the whole body is signed."""
    del headers, body
    return None


def receipts(headers: Mapping[str, str], body: bytes, received_at: datetime, /) -> tuple[Receipt, ...]:
    """The receipts in this webhook; none in one that brings a mail."""
    del received_at
    return () if is_form(headers) else tuple(map(_receipt, _events(body)))


def _events(body: bytes) -> Sequence[Json]:
    try:
        parsed: object = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise MalformedBody("The body is not valid JSON in UTF-8.") from None
    events = [item for item in parsed if isinstance(item, dict)] if isinstance(parsed, list) else []
    if not isinstance(parsed, list) or len(events) != len(parsed) or len(events) > LARGEST_BATCH:
        raise MalformedBody("The webhook is not a batch of events.")
    return events


def _receipt(event: Json) -> Receipt:
    name = text(event.get("event"), 100)
    if name is None:
        raise MalformedBody("An event has no name.")
    kind, suppress = _kind(name, event)
    at, recipient = epoch(event.get("timestamp")), next(iter(addresses(event.get("email"))), None)
    message, smtp = text(event.get("sg_message_id"), 300), text(event.get("smtp-id"), 300)
    sort, when = text(event.get("type"), 60), at.timestamp() if at else None
    return Receipt(
        kind,
        # Not by sg_event_id: the same event has come under two of them.
        key=digest(message or smtp, name, when, recipient, sort),
        at=at,
        send_id=_send_id(event),
        provider_id=sent_id(message),
        wire_id=bare_id(smtp),
        recipient=recipient,
        suppress=suppress,
        machine=event.get("sg_machine_open") is True,
        detail=code(name, sort, _status(event)),
    )


def _status(event: Json) -> str | None:
    return enhanced_code(event.get("status"), event.get("reason"), event.get("response"))


def _kind(name: str, event: Json) -> tuple[ReceiptKind, bool]:
    """What it says, and whether the address must be left alone."""
    kind = _KINDS.get(name, ReceiptKind.UNKNOWN)
    if name == "bounce" and event.get("type") == "blocked":
        return ReceiptKind.BOUNCED_SOFT, False
    if kind is ReceiptKind.BOUNCED_HARD and of_policy(_status(event)):
        # A server that blames our authentication says nothing about the address.
        return ReceiptKind.REJECTED, False
    if kind is ReceiptKind.REJECTED:
        return kind, (text(event.get("reason"), 200) or "").casefold() in _OWN_LIST
    return kind, kind in (ReceiptKind.BOUNCED_HARD, ReceiptKind.COMPLAINED, ReceiptKind.UNSUBSCRIBED)


def _send_id(event: Json) -> str | None:
    """Our id, which stands flat beside SendGrid's own fields, else from the category."""
    category = event.get("category")
    tags = texts(category) if isinstance(category, list) else texts([category])
    said = [
        text(event.get(ARG), 100),
        *(tag.removeprefix(CATEGORY) for tag in tags if tag.startswith(CATEGORY)),
    ]
    return next((each for each in said if each and _SEND_ID.fullmatch(each)), None)


def replies(headers: Mapping[str, str], body: bytes, /) -> tuple[InboundMail, ...]:
    """The mail in this inbound webhook, parsed or raw; none in one that brings receipts."""
    if not is_form(headers):
        _events(body)
        return ()
    read = read_form(headers, body)
    form = {each.name: each.value for each in reversed(read) if each.filename is None}
    raw = form.get("email") or form.get("rawEmail")
    envelope = json_object(form.get("envelope", b"")) or {}
    sender = envelope.get("from")
    block = raw or form.get("headers", b"").strip() + b"\r\n\r\n"
    mail = from_mime(
        block,
        envelope_sender=sender.strip() if isinstance(sender, str) else None,
        recipients=addresses(envelope.get("to")),
        verdicts=_verdicts(form),
    )
    unique = (mail.message_id or mail.key, mail.envelope_sender, *mail.recipients)
    mail = replace(mail, key=digest(*unique))
    return (mail if raw else _with_words(mail, form, read),)


def _with_words(mail: InboundMail, form: Mapping[str, bytes], read: Sequence[FormField]) -> InboundMail:
    charsets = json_object(form.get("charsets", b"")) or {}

    def words(name: str) -> str:
        return text(_decoded(form.get(name, b""), charsets.get(name)), LONGEST_TEXT) or ""

    files = tuple(each.content_type for each in read if each.filename is not None)
    return replace(
        mail, subject=words("subject")[:1_000] or mail.subject, text=words("text"), html=words("html"),
        attachments=files,
    )  # fmt: skip


def _decoded(value: bytes, charset: object) -> str:
    """The words of a field, which keep the charset that they had in the mail."""
    try:
        return value.decode(charset if isinstance(charset, str) else "utf-8", "replace")
    except (LookupError, ValueError):
        return value.decode("utf-8", "replace")


def _verdicts(form: Mapping[str, bytes]) -> dict[str, str]:
    names = {"SPF": "spf", "dkim": "dkim", "spam_score": "spam_score"}
    found = {ours: text(form.get(name, b"").decode("utf-8", "replace"), 100) for name, ours in names.items()}
    return {name: value for name, value in found.items() if value}


def fetched(mail: InboundMail, status: int, body: bytes, /) -> InboundMail:
    """Raises `MalformedBody`: SendGrid's webhook holds the whole mail, so nothing is fetched."""
    del mail, status, body
    raise MalformedBody("There is nothing to fetch from SendGrid.")
