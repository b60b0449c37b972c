"""Resend's webhooks: receipts, and inbound mail whose words must be fetched in a second step.

Signed as Standard Webhooks are (HMAC-SHA256 over id, time and raw body). Any answer but 2xx is repeated at
growing intervals for about a day. Facts from Resend's documentation and OpenAPI document, read 2026-11.
"""

import base64
import binascii
import hmac
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType

from app.ats.fields import Json, child, children, instant, parse_object, text
from app.errors import BadSignature, MalformedBody
from app.mail.heard import (
    LONGEST_TEXT,
    addresses,
    bare_id,
    bare_ids,
    code,
    enhanced_code,
    header,
    headers_of,
    null_or_address,
    of_policy,
)
from app.mail.hooks import HookAnswers, HookSecrets, InboundMail, Receipt, ReceiptKind
from app.mail.provider import MailRequest, json_object
from app.mail.resend import API, TAG

ANSWERS = HookAnswers()
TOLERANCE = timedelta(minutes=5)
"""How far the signed time may be from ours; each repeat is signed anew."""

_INBOUND = "email.received"
_SECONDS = re.compile(r"\d{1,12}", re.ASCII)
_OBJECT_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
_SEND_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_FOUND = 200

_KINDS: Mapping[str, ReceiptKind] = MappingProxyType(
    {
        "email.scheduled": ReceiptKind.QUEUED,
        "email.sent": ReceiptKind.SENT,
        "email.delivery_delayed": ReceiptKind.DEFERRED,
        "email.delivered": ReceiptKind.DELIVERED,
        "email.bounced": ReceiptKind.BOUNCED_SOFT,
        "email.failed": ReceiptKind.FAILED,
        "email.suppressed": ReceiptKind.REJECTED,
        "email.complained": ReceiptKind.COMPLAINED,
        "email.opened": ReceiptKind.OPENED,
        "email.clicked": ReceiptKind.CLICKED,
    }
)


def certificate_url(headers: Mapping[str, str], body: bytes, /) -> str | None:
    """None: the secret is shared."""
    del headers, body
    return None


def confirm_url(headers: Mapping[str, str], body: bytes, secrets: HookSecrets, /) -> str | None:
    """None: Resend begins without a confirmation."""
    del headers, body, secrets
    return None


def verify(headers: Mapping[str, str], body: bytes, secrets: HookSecrets, now: datetime, /) -> None:
    """Raises `BadSignature` unless an active secret signed exactly these bytes within the last minutes."""
    message, stamp = headers.get("svix-id", ""), headers.get("svix-timestamp", "")
    if not message.isascii() or not message or not _SECONDS.fullmatch(stamp):
        raise BadSignature("The svix-id or svix-timestamp header is missing or malformed.")
    if abs(now.timestamp() - int(stamp)) > TOLERANCE.total_seconds():
        raise BadSignature("The webhook was signed more than five minutes ago, or in the future.")
    given = headers.get("svix-signature", "").split(" ")
    claimed = [item[3:].encode("utf-8", "replace") for item in given if item.startswith("v1,")]
    expected = [signature(secret, message, stamp, body).encode() for secret in secrets.secrets if secret]
    matches = [hmac.compare_digest(mine, theirs) for mine in expected if mine for theirs in claimed]
    if not any(matches):
        raise BadSignature


def signature(secret: str, message: str, stamp: str, body: bytes) -> str:
    """The base64 signature under a secret such as ``whsec_…``; empty where that is no secret."""
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        return ""
    signed = hmac.digest(key, f"{message}.{stamp}.".encode() + body, "sha256")
    return base64.b64encode(signed).decode() if key else ""


def nonce(headers: Mapping[str, str], body: bytes, /) -> str | None:
    """None: the whole body is signed."""
    del headers, body
    return None


def receipts(headers: Mapping[str, str], body: bytes, received_at: datetime, /) -> tuple[Receipt, ...]:
    """The receipt in this webhook; none for inbound mail and for what does not concern one message."""
    del received_at
    event = parse_object(body)
    kind = text(event.get("type"), 100)
    if kind is None:
        raise MalformedBody("The webhook has no type.")
    if kind == _INBOUND or not kind.startswith("email."):
        return ()
    data = child(event, "data")
    provider_id = text(data.get("email_id"), 100)
    at = instant(event.get("created_at"))
    known, detail, suppress = _meaning(kind, data)
    return (
        Receipt(
            kind=known,
            key=text(headers.get("svix-id"), 200) or f"{provider_id}:{kind}:{at}",
            at=at,
            send_id=_send_id(data.get("tags")),
            provider_id=provider_id,
            wire_id=bare_id(data.get("message_id")),
            recipient=next(iter(addresses(data.get("to"))), None),
            suppress=suppress,
            detail=detail,
        ),
    )


def _meaning(event: str, data: Json) -> tuple[ReceiptKind, str, bool]:
    """What became of it, a code for it, and whether the address is dead."""
    kind = _KINDS.get(event, ReceiptKind.UNKNOWN)
    if event == "email.bounced":
        return _bounce(child(data, "bounce"))
    if kind is ReceiptKind.REJECTED:
        why = child(data, "suppressed")
        return kind, code(why.get("type"), why.get("reason")), True
    if kind is ReceiptKind.FAILED:
        return kind, code(child(data, "failed").get("reason")), False
    if kind is ReceiptKind.UNKNOWN:
        return kind, code(event), False
    return kind, "", kind is ReceiptKind.COMPLAINED


def _bounce(bounce: Json) -> tuple[ReceiptKind, str, bool]:
    """Only a permanent bounce is hard; one for reasons of policy says nothing about the address."""
    said = bounce.get("diagnosticCode")
    status = enhanced_code(*(said if isinstance(said, list) else [said]))
    detail = code(bounce.get("type"), bounce.get("subType"), status)
    on_the_list = bounce.get("subType") in ("Suppressed", "OnAccountSuppressionList")
    if on_the_list or "suppression list" in (text(bounce.get("message")) or ""):
        # As the older bounces said what is an event of its own today.
        return ReceiptKind.REJECTED, detail or "suppressed", True
    if bounce.get("type") != "Permanent":
        return ReceiptKind.BOUNCED_SOFT, detail, False
    if of_policy(status):
        return ReceiptKind.REJECTED, detail, False
    return ReceiptKind.BOUNCED_HARD, detail, True


def _send_id(tags: object) -> str | None:
    """Our tag's value; the documentation has an object, older bodies a list of names and values."""
    if isinstance(tags, list):
        tags = {each.get("name"): each.get("value") for each in children({"tags": tags}, "tags")
                if isinstance(each.get("name"), str)}  # fmt: skip
    value = tags.get(TAG) if isinstance(tags, dict) else None
    return value if isinstance(value, str) and _SEND_ID.fullmatch(value) else None


def replies(headers: Mapping[str, str], body: bytes, /) -> tuple[InboundMail, ...]:
    """The mail that this webhook announces, to be completed by its ``fetch``; none in any other webhook."""
    del headers
    event = parse_object(body)
    if event.get("type") != _INBOUND:
        return ()
    data = child(event, "data")
    email_id = data.get("email_id")
    if not isinstance(email_id, str) or not _OBJECT_ID.fullmatch(email_id):
        raise MalformedBody("The inbound mail has no email_id.")
    fetch = MailRequest("GET", f"{API}/emails/receiving/{email_id}", (("Accept", "application/json"),))
    return (_mail(InboundMail(key=email_id, fetch=fetch), data),)


def fetched(mail: InboundMail, status: int, body: bytes, /) -> InboundMail:
    """The mail with its words and headers. Raises `MalformedBody` for any answer but that mail's own."""
    answer = json_object(body)
    if status != _FOUND or answer is None or answer.get("id") != mail.key:
        raise MalformedBody("Resend's answer is not the mail that was asked for.")
    headers = headers_of(answer.get("headers"))
    whole = _mail(mail, answer)
    wire = bare_id(header(headers, "message-id"))
    return replace(
        whole,
        fetch=None,
        headers=headers,
        message_id=whole.message_id or wire,
        in_reply_to=next(iter(bare_ids(header(headers, "in-reply-to"))), None),
        references=bare_ids(header(headers, "references")),
        envelope_sender=null_or_address(header(headers, "return-path")),
        text=text(answer.get("text"), LONGEST_TEXT) or "",
        html=text(answer.get("html"), LONGEST_TEXT) or "",
    )


def _mail(mail: InboundMail, data: Json) -> InboundMail:
    """What webhook and second answer have in common."""
    to = addresses(*(data.get(name) for name in ("to", "cc", "bcc")))
    kinds = [text(each.get("content_type"), 100) for each in children(data, "attachments")]
    return replace(
        mail,
        sender=text(data.get("from"), 1_000) or mail.sender,
        recipients=tuple(dict.fromkeys((*to, *mail.recipients))),
        subject=text(data.get("subject"), 1_000) or "",
        message_id=bare_id(data.get("message_id")) or mail.message_id,
        attachments=tuple(kind or "application/octet-stream" for kind in kinds),
        sent_at=instant(data.get("created_at")) or mail.sent_at,
    )
