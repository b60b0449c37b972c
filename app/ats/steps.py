"""Work at a vendor's API that takes several requests, as pure steps.

The vendor's module looks at the answers so far and says what comes next; the shell does it and asks again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.ats.http import ApiRequest, Target
from app.errors import VendorRefused


@dataclass(frozen=True, slots=True)
class Ask:
    """Read these lists; their rows stand among the answers under ``resource`` afterwards."""

    resource: str
    requests: Sequence[ApiRequest]


@dataclass(frozen=True, slots=True)
class Put:
    """Write this once; what the answer holds stands under ``resource`` afterwards, perhaps nothing."""

    resource: str
    request: ApiRequest


@dataclass(frozen=True, slots=True)
class Done:
    """It is there.

    ``external_id`` is the vendor's id of it; ``secrets`` are signing secrets it has made; ``left`` says, line
    by line, what only a person can do.
    """

    external_id: str | None = None
    secrets: tuple[str, ...] = field(default=(), repr=False)
    left: tuple[str, ...] = ()


Step = Ask | Put | Done


class WriteKind(StrEnum):
    """What may be written back into an ATS."""

    NOTE = "note"
    TAG = "tag"
    EMAIL = "email"
    """A copy of a sent e-mail in the candidate's timeline."""
    TASK = "task"


@dataclass(frozen=True, slots=True)
class Write:
    """One thing to be written beside notes: a tag, a logged e-mail or a task.

    ``marker`` is unique to it and carries no personal data: by it, or by ``send_id``, what was written before
    is found again. ``text`` is plain text: the tag's name, the e-mail's body, the task's description.
    ``title`` is the e-mail's subject or the task's title. ``due_at`` is an aware instant.
    """

    kind: WriteKind
    target: Target
    marker: str
    send_id: str
    text: str = field(repr=False)
    title: str = field(default="", repr=False)
    html: str = field(default="", repr=False)
    sender: str = field(default="", repr=False)
    recipient: str = field(default="", repr=False)
    message_id: str = ""
    sent_at: datetime | None = None
    due_at: datetime | None = None


def not_offered(write: Write) -> VendorRefused:
    """The error for a write that a vendor does not take this way: nothing was done, and nothing will be."""
    return VendorRefused(
        f"This ATS takes no {write.kind} from us; choose another in the connection's write_back.",
        kind="not_offered",
    )


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that ``heardback connections add`` asks for.

    ``into`` names the field that keeps the answer: ``api_key``, ``client_id``, ``client_secret``,
    ``acting_user``, ``signing_secret`` or ``site``.
    """

    into: str
    prompt: str
    secret: bool = False
    needed: bool = True


class Signer(StrEnum):
    """Who makes the secret that signs the webhooks."""

    US = "us"
    """We do; it is entered at the vendor's, by a person or through the API."""
    VENDOR = "vendor"
    """The vendor does; it is entered here, or learned when the webhooks are created through the API."""
    API_KEY = "api_key"
    """There is none of its own: the API key signs."""
