"""What can be asked of a mail account without sending anything, and what its answers say, in plain words."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias
from urllib.parse import quote

from app.mail.provider import MailRequest, json_object

OK = 200
REFUSED = (401, 403)
NOT_FOUND = 404


class Light(StrEnum):
    """How much a finding matters."""

    FINE = "fine"
    NOTE = "note"
    """It works, and somebody should know or mend something."""
    WRONG = "wrong"
    """Mail does not leave, or reaches nobody."""


@dataclass(frozen=True, slots=True)
class Said:
    """One finding, in words for operators: no secret, no address of a person."""

    light: Light
    words: str


def fine(words: str) -> Said:
    """All is well."""
    return Said(Light.FINE, words)


def note(words: str) -> Said:
    """It works, but."""
    return Said(Light.NOTE, words)


def wrong(words: str) -> Said:
    """It does not work, and what to do."""
    return Said(Light.WRONG, words)


Read: TypeAlias = Callable[[int, Mapping[str, str], bytes], "Iterator[Said | Question]"]


@dataclass(frozen=True, slots=True)
class Question:
    """A request without credentials, and how its answer is read: findings, or what to ask next."""

    request: MailRequest
    read: Read


def question(url: str, read: Read) -> Question:
    """A GET whose answer is JSON."""
    return Question(MailRequest("GET", url, (("Accept", "application/json"),)), read)


def told(body: bytes) -> dict[str, Any]:
    """The JSON object in an answer; empty where it is anything else."""
    return json_object(body) or {}


def unclear(provider: str, status: int) -> Said:
    """An answer that says nothing about the account: a limit, a fault on the way or on the far side."""
    return wrong(f"{provider} answered {status}, which says nothing about the account; ask again later.")


def in_path(value: str) -> str:
    """A value as one segment of a path."""
    return quote(value, safe="")


def is_within(domain: str, other: str) -> bool:
    """Whether one of the two is the other or stands below it, so that their mail can align (DMARC)."""
    return domain == other or domain.endswith(f".{other}") or other.endswith(f".{domain}")
