"""Which message a mail answers: by the token, by the ids on the wire, or as a hint by its sender. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from enum import StrEnum

from app.mail.heard import addresses
from app.mail.hooks import InboundMail
from app.mail.token import HasSigned, send_of

_WHERE = ("delivered-to", "x-original-to", "x-forwarded-to", "envelope-to", "x-envelope-to")
_REPLACED = "amazonses.com"
"""Amazon's domains of Message-IDs differ by region; what is before the @ is the id that its API returned."""


class How(StrEnum):
    """How it is known which message a mail answers."""

    TOKEN = "token"  # noqa: S105  # the name of a way
    IN_REPLY_TO = "in_reply_to"
    REFERENCES = "references"
    ADDRESS = "address"
    """Its sender has exactly one open thread with us: a hint, which a person confirms."""
    PERSON = "person"


CERTAIN = frozenset({How.TOKEN, How.IN_REPLY_TO, How.REFERENCES, How.PERSON})


@dataclass(frozen=True, slots=True)
class Clues:
    """What a mail says of the message that it answers.

    ``send`` is proven by our signature. ``ids`` are Message-IDs without brackets, the likeliest first, each
    with where it stood.
    """

    send: str | None
    ids: tuple[tuple[How, str], ...]


@dataclass(frozen=True, slots=True)
class Match:
    """The message, or the thread, that a mail answers; ``of`` is our id of it."""

    how: How
    of: str


def sender_of(mail: InboundMail) -> str:
    """The bare address in From; empty where there is none."""
    return parseaddr(mail.sender)[1]


def clues(mail: InboundMail, mailbox: str | None, has_signed: HasSigned) -> Clues:
    """What this mail brings; ``mailbox`` is the address that answers are sent to, if there is one."""
    send = send_of(_came_to(mail), mailbox, has_signed) if mailbox else None
    answered = [(How.IN_REPLY_TO, mail.in_reply_to)] if mail.in_reply_to else []
    chain = [(How.REFERENCES, each) for each in reversed(mail.references)]
    seen: dict[str, How] = {}
    for how, each in (*answered, *chain):
        seen.setdefault(comparable(each), how)
    return Clues(send, tuple((how, each) for each, how in seen.items()))


def stopped_send(mail: InboundMail, mailbox: str | None, has_signed: HasSigned) -> str | None:
    """The send whose address in List-Unsubscribe the mail came to; ``has_signed`` is of that purpose."""
    return send_of(_came_to(mail), mailbox, has_signed) if mailbox else None


def _came_to(mail: InboundMail) -> tuple[str, ...]:
    spare = addresses(*(value for name, value in mail.headers if name in _WHERE))
    return (*mail.recipients, *spare)


def comparable(message_id: str) -> str:
    """A Message-ID as it is compared: without brackets, and of Amazon's only what is before the @."""
    bare = message_id.strip().removeprefix("<").removesuffix(">")
    local, _, domain = bare.rpartition("@")
    return local if domain.casefold().endswith(_REPLACED) else bare


def match(found: Clues, by_id: Mapping[str, str], open_threads: Sequence[str] = ()) -> Match | None:
    """The best of what is known; None where nothing is.

    Args:
        found: What the mail says.
        by_id: Sends by each id that they had on the wire, as `comparable` gives it.
        open_threads: Threads with the sender's address that wait for an answer.
    """
    if found.send:
        return Match(How.TOKEN, found.send)
    for how, each in found.ids:
        if each in by_id:
            return Match(how, by_id[each])
    threads = list(dict.fromkeys(open_threads))
    return Match(How.ADDRESS, threads[0]) if len(threads) == 1 else None


def sends_by_id(known: Iterable[tuple[str, Iterable[str | None]]]) -> dict[str, str]:
    """Sends by every id of theirs, comparable: for `match`."""
    return {comparable(each): send for send, ids in known for each in ids if each}
