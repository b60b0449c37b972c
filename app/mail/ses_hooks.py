"""The way back of Amazon SES, through SNS: events of a configuration set, and received mail.

Event publishing carries our tags (``eventType``); identity notifications (``notificationType``) do not, and
are read all the same. SNS tries three times within a minute by default and then drops: raise its retry policy
or give it a queue for what it could not deliver (SES developer guide, read 2026-11).
"""

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from app.ats.fields import Json, child, children, instant, text, texts
from app.errors import MalformedBody
from app.mail import sns
from app.mail.hooks import HookAnswers, HookSecrets, InboundMail, Receipt, ReceiptKind
from app.mail.inbound import from_mime
from app.mail.ses import TAG

ANSWERS = HookAnswers(success=200, retry=503, refused=403)
"""SNS tries again after a 5xx, and not after a 4xx."""

_KINDS: Mapping[str, tuple[ReceiptKind, str]] = MappingProxyType(
    {
        "Send": (ReceiptKind.SENT, "mail"),
        "Delivery": (ReceiptKind.DELIVERED, "delivery"),
        "DeliveryDelay": (ReceiptKind.DEFERRED, "deliveryDelay"),
        "Bounce": (ReceiptKind.BOUNCED_SOFT, "bounce"),
        "Complaint": (ReceiptKind.COMPLAINED, "complaint"),
        "Reject": (ReceiptKind.REJECTED, "reject"),
        "Rendering Failure": (ReceiptKind.FAILED, "failure"),
        "Open": (ReceiptKind.OPENED, "open"),
        "Click": (ReceiptKind.CLICKED, "click"),
        "Subscription": (ReceiptKind.UNSUBSCRIBED, "subscription"),
    }
)
_OWN_LIST = frozenset({"Suppressed", "OnAccountSuppressionList"})


def certificate_url(headers: Mapping[str, str], body: bytes, /) -> str | None:
    """Where Amazon keeps the certificate that signed this."""
    del headers
    return sns.certificate_url(body)


def confirm_url(headers: Mapping[str, str], body: bytes, secrets: HookSecrets, /) -> str | None:
    """The address that starts a subscription to one of our topics."""
    del headers
    return sns.confirm_url(body, secrets)


def verify(headers: Mapping[str, str], body: bytes, secrets: HookSecrets, now: datetime, /) -> None:
    """Raises `BadSignature` unless Amazon signed this for a topic of ours."""
    del headers
    sns.verify(body, secrets, now)


def nonce(headers: Mapping[str, str], body: bytes, /) -> str | None:
    """None: the whole message is signed."""
    del headers, body
    return None


def receipts(headers: Mapping[str, str], body: bytes, received_at: datetime, /) -> tuple[Receipt, ...]:
    """One receipt for each recipient; none for a confirmation, a test or received mail."""
    del headers, received_at
    notification = sns.parsed(body)
    message = _message(notification)
    name = text(message.get("eventType")) or text(message.get("notificationType"))
    if name is None or name == "Received":
        return ()
    kind, where = _KINDS.get(name, (ReceiptKind.UNKNOWN, ""))
    told, mail = child(message, where) if where else {}, child(message, "mail")
    kind, suppress, detail = _graded(kind, told)
    tags = texts(child(mail, "tags").get(TAG))
    key = notification.get("MessageId", "")
    people = _recipients(told, mail)
    return tuple(
        Receipt(
            kind,
            key=f"{key}:{nth}" if nth else key,
            at=instant(told.get("timestamp")) or instant(mail.get("timestamp")),
            send_id=tags[0] if tags else None,
            provider_id=text(mail.get("messageId")),
            recipient=recipient,
            suppress=suppress,
            detail=detail,
        )
        for nth, recipient in enumerate(people)
    )


def _graded(kind: ReceiptKind, told: Json) -> tuple[ReceiptKind, bool, str]:
    """How grave it is: a bounce for good counts as hard, one of Amazon's own list as refused."""
    if kind is ReceiptKind.COMPLAINED:
        return kind, True, text(told.get("complaintFeedbackType"), 40) or ""
    if kind is not ReceiptKind.BOUNCED_SOFT:
        return kind, kind is ReceiptKind.UNSUBSCRIBED, ""
    of, sub = text(told.get("bounceType"), 40), text(told.get("bounceSubType"), 40)
    if sub in _OWN_LIST:
        return ReceiptKind.REJECTED, True, sub
    hard = of == "Permanent"
    return (ReceiptKind.BOUNCED_HARD if hard else kind), hard, f"{of or ''}/{sub or ''}"


def _recipients(told: Json, mail: Json) -> list[str | None]:
    for name in ("bouncedRecipients", "complainedRecipients", "delayedRecipients"):
        found = [text(one.get("emailAddress"), 320) for one in children(told, name)]
        if found:
            return [*found]
    plain = texts(told.get("recipients")) or texts(mail.get("destination"))
    return [*plain] or [None]


def replies(headers: Mapping[str, str], body: bytes, /) -> tuple[InboundMail, ...]:
    """The received mail in full, where the rule for receiving sends it with the notification.

    Raises `MalformedBody` where it is not with it: the rule must use SNS as its action, which carries mails
    of up to 150 KB.
    """
    del headers
    notification = sns.parsed(body)
    message = _message(notification)
    if message.get("notificationType") != "Received":
        return ()
    content, receipt = message.get("content"), child(message, "receipt")
    if not isinstance(content, str):
        raise MalformedBody("The notification does not hold the mail; use SNS as the rule's action.")
    encoded = text(child(receipt, "action").get("encoding")) == "BASE64"
    try:
        raw = base64.b64decode(content, validate=True) if encoded else content.encode("utf-8", "replace")
    except ValueError as wrong:
        raise MalformedBody("The mail in the notification is not base64.") from wrong
    verdicts = {
        name: found
        for name in ("spf", "dkim", "dmarc", "spam", "virus")
        if (found := text(child(receipt, f"{name}Verdict").get("status"), 20))
    }
    mail = child(message, "mail")
    mail_key = text(mail.get("messageId")) or notification.get("MessageId", "")
    return (
        from_mime(
            raw,
            key=mail_key,
            envelope_sender=text(mail.get("source"), 320),
            recipients=texts(receipt.get("recipients")),
            verdicts=verdicts,
        ),
    )


def fetched(mail: InboundMail, status: int, body: bytes, /) -> InboundMail:
    """Nothing is ever fetched."""
    del status, body
    return mail


def _message(notification: Mapping[str, str]) -> Json:
    """The event in a notification; empty for a confirmation and for SES's word that the topic works."""
    if notification.get("Type") != "Notification":
        return {}
    try:
        found: object = json.loads(notification.get("Message", ""))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
