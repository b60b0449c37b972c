"""What comes back from a mail provider: receipts and replies, in one form whichever provider sent them.

The names of receipts are those that mail clients for several providers agree on; which of two receipts
counts is decided by rank, not by order of arrival, because providers repeat and reorder them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from app.mail.provider import MailRequest


class ReceiptKind(StrEnum):
    """What a provider says became of a message."""

    QUEUED = "queued"
    SENT = "sent"
    DEFERRED = "deferred"
    BOUNCED_SOFT = "bounced_soft"
    DELIVERED = "delivered"
    FAILED = "failed"
    REJECTED = "rejected"
    """The provider refused it, often by its own suppression list."""
    BOUNCED_HARD = "bounced_hard"
    COMPLAINED = "complained"
    # Beside the way of the message:
    UNSUBSCRIBED = "unsubscribed"
    RESUBSCRIBED = "resubscribed"
    AUTORESPONDED = "autoresponded"
    OPENED = "opened"
    CLICKED = "clicked"
    UNKNOWN = "unknown"
    """A kind that we do not know: stored and counted, never acted upon."""


RANK: Mapping[ReceiptKind, int] = {
    kind: rank
    for rank, kind in enumerate(
        (
            ReceiptKind.QUEUED,
            ReceiptKind.SENT,
            ReceiptKind.DEFERRED,
            ReceiptKind.BOUNCED_SOFT,
            ReceiptKind.DELIVERED,
            ReceiptKind.FAILED,
            ReceiptKind.REJECTED,
            ReceiptKind.BOUNCED_HARD,
            ReceiptKind.COMPLAINED,
        )
    )
}
"""Of two receipts about one message the higher one tells its state; equals go by time.

Kinds without a rank are facts beside it.
"""


@dataclass(frozen=True, slots=True)
class Receipt:
    """One thing that a provider says of one message.

    ``key`` is equal for two deliveries of the same receipt. ``send_id`` is ours, as our tag or metadata came
    back; ``provider_id`` the id of the provider's answer to the send; ``wire_id`` the Message-ID that was
    really on the wire, without its brackets. ``suppress``: the address must not be written to again.
    ``machine``: an opening or click by a scanner or a mailbox's prefetch. ``detail`` is a short code without
    personal data.
    """

    kind: ReceiptKind
    key: str
    at: datetime | None = None
    send_id: str | None = None
    provider_id: str | None = None
    wire_id: str | None = None
    recipient: str | None = field(default=None, repr=False)
    suppress: bool = False
    machine: bool = False
    detail: str = ""


@dataclass(frozen=True, slots=True)
class InboundMail:
    """A mail that somebody sent to us, as the provider gives it.

    ``recipients`` are all addresses it went to, those of the envelope first. ``headers`` have lower-case
    names and keep their order. ``stripped`` is the new text without quotes where the provider has found it.
    ``message_id``, ``in_reply_to`` and ``references`` are without angle brackets. ``verdicts`` are what the
    provider found about SPF, DKIM and DMARC. ``fetch`` asks for what the webhook left out, its credentials
    aside.
    """

    key: str
    sender: str = field(default="", repr=False)
    envelope_sender: str | None = field(default=None, repr=False)
    recipients: tuple[str, ...] = field(default=(), repr=False)
    subject: str = field(default="", repr=False)
    text: str = field(default="", repr=False)
    html: str = field(default="", repr=False)
    stripped: str | None = field(default=None, repr=False)
    message_id: str | None = None
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    attachments: tuple[str, ...] = field(default=(), repr=False)
    """Content types; the files themselves are not kept."""
    sent_at: datetime | None = None
    verdicts: Mapping[str, str] = field(default_factory=dict)
    fetch: MailRequest | None = None


@dataclass(frozen=True, slots=True)
class HookSecrets:
    """What a provider's webhooks prove themselves with; which of these counts is the provider's way.

    ``secrets`` are shared: signing keys, bearer tokens, or ``user:password`` of basic authentication; each
    active one is accepted. ``public_keys`` are base64 SPKI DER. ``topics`` are the SNS topics that are ours.
    ``certificate`` is the PEM that `Hooks.certificate_url` names, fetched by the shell.
    """

    secrets: tuple[str, ...] = field(default=(), repr=False)
    public_keys: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    certificate: bytes | None = None


@dataclass(frozen=True, slots=True)
class HookAnswers:
    """What a provider must hear: when all is well, when we cannot store, and when it has not proven itself.

    A wrong one loses receipts for good: Brevo discards after anything but 429, Postmark stops at 403, Mailgun
    at 406 (each provider's documentation, read 2026-11). ``replayed`` is for a signature that was used before
    with another body: whoever has the first one's answer needs no second.
    """

    success: int = 200
    retry: int = 503
    refused: int = 401
    replayed: int = 401


class Hooks(Protocol):
    """The way back of one provider. Header names are lower case, bodies are raw; everything is pure."""

    ANSWERS: HookAnswers

    def certificate_url(self, headers: Mapping[str, str], body: bytes, /) -> str | None:
        """Where the certificate is that signed this, checked to be the provider's own; None for most."""
        ...

    def confirm_url(self, headers: Mapping[str, str], body: bytes, secrets: HookSecrets, /) -> str | None:
        """An address that must be asked once so that webhooks begin (SNS); None for everything else."""
        ...

    def verify(self, headers: Mapping[str, str], body: bytes, secrets: HookSecrets, now: datetime, /) -> None:
        """Raises `BadSignature` unless the provider has proven itself; never another error.

        ``now`` is machine time, aware.
        """
        ...

    def nonce(self, headers: Mapping[str, str], body: bytes, /) -> str | None:
        """What a verified webhook's signature covers in place of its body, to be used once; None for most.

        The same for two deliveries of one webhook, and of no other.
        """
        ...

    def receipts(
        self, headers: Mapping[str, str], body: bytes, received_at: datetime, /
    ) -> tuple[Receipt, ...]:
        """The receipts in this webhook, none for a test or a confirmation; raises `MalformedBody`."""
        ...

    def replies(self, headers: Mapping[str, str], body: bytes, /) -> tuple[InboundMail, ...]:
        """The mails in this inbound webhook; raises `MalformedBody`."""
        ...

    def fetched(self, mail: InboundMail, status: int, body: bytes, /) -> InboundMail:
        """The mail completed by the answer to its ``fetch``; raises `MalformedBody` if that says nothing."""
        ...
