"""What is sent and what came of it: the values every mail route works with."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox: a display name, which may be empty, and an address."""

    name: str
    email: str


class MailClass(StrEnum):
    """What a message is for; providers keep the reputations of the two apart."""

    TRANSACTIONAL = "transactional"
    """About this application: received, next step, interview, decision."""
    NURTURE = "nurture"
    """Talent pool and other roles: carries one-click unsubscribe headers."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a message. ``name`` and ``content_type`` are plain ASCII of our own making."""

    name: str
    content_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message to one recipient, in words; how it travels is the route's business.

    ``send_id`` is opaque and the only thing of ours that a provider's tags or metadata may hold.
    ``message_id`` is ours and deterministic: a repeat after an unknown outcome carries the same one.
    """

    send_id: str
    message_id: str
    sender: Address
    to: Address
    subject: str
    text: str
    html: str
    reply_to: Address | None = None
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = field(default=())
    mail_class: MailClass = MailClass.TRANSACTIONAL
    attachments: tuple[Attachment, ...] = ()


class OutcomeKind(StrEnum):
    """What is known after an attempt."""

    ACCEPTED = "accepted"
    NOT_SENT = "not_sent"
    """Proven not to have left: try again."""
    PERMANENT = "permanent"
    """Refused for this message or address: trying again will not help."""
    CONFIGURATION = "configuration"
    """The route itself is broken: stop the route, tell a person, keep the message."""
    AMBIGUOUS = "ambiguous"
    """It may have left: settle it by asking, never by hoping."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attempt. ``detail`` is for operators and holds no personal data."""

    kind: OutcomeKind
    detail: str = ""
    provider_id: str | None = None
    retry_after: timedelta | None = None
    suppress: bool = False
    """The recipient's address is dead: do not write to it again."""
    wire_id: str | None = None
    """The Message-ID on the wire, in angle brackets, where the provider has replaced ours and it is known."""
