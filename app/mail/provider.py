"""The shape that every HTTP mail provider's file has, and the request that it builds.

A provider's file is pure: it turns an envelope into a request without secrets, and an answer into an outcome.
The edge in ``app.delivery`` adds the credentials, sends, and hands the answer back.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Protocol, Self, TypeVar

from app.mail.outbound import Envelope, Outcome, OutcomeKind

LONGEST_WAIT = timedelta(days=1)
"""A provider that asks for more than this has lost its clock, or we ours."""

S_contra = TypeVar("S_contra", contravariant=True)


@dataclass(frozen=True, slots=True)
class MailRequest:
    """One request to a provider, without its credentials: what is stored before the attempt."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = field(default=b"", repr=False)

    def to_bytes(self) -> bytes:
        """The request as one run of bytes, laid out like HTTP, for storing."""
        head = [f"{self.method} {self.url}", *(f"{name}: {value}" for name, value in self.headers), "", ""]
        return "\r\n".join(head).encode("ascii") + self.body

    @classmethod
    def from_bytes(cls, stored: bytes) -> Self:
        """The request that ``to_bytes`` stored; raises ``ValueError`` for anything else."""
        head, gap, body = stored.partition(b"\r\n\r\n")
        first, *lines = head.decode("ascii").split("\r\n")
        method, space, url = first.partition(" ")
        pairs = [line.partition(": ") for line in lines]
        if not gap or not space or not url or not all(colon for _, colon, _ in pairs):
            raise ValueError("These bytes are no stored request.")
        return cls(method, url, tuple((name, value) for name, _, value in pairs), body)


class Provider(Protocol[S_contra]):
    """What a provider's file offers; a module with these names is one."""

    @property
    def REPEAT_WITHIN(self) -> timedelta | None:  # noqa: N802  # a module's constant
        """How long after the first attempt the same request may be sent again without a second mail.

        The provider then knows it by its idempotency key. None where it has none.
        """
        ...

    def build(self, envelope: Envelope, settings: S_contra, /) -> MailRequest:
        """The exact request that sends the envelope. Raises ``UnsafeHeader`` and ``InvalidAddress``."""
        ...

    def parse(self, status: int, headers: Mapping[str, str], body: bytes, /) -> Outcome:
        """What an answer to that request means. Header names are lower-case; never raises."""
        ...

    def look_up(self, send_id: str, settings: S_contra, /) -> MailRequest | None:
        """The request that asks whether a send was accepted; None where the provider cannot be asked."""
        ...

    def found(self, send_id: str, status: int, headers: Mapping[str, str], body: bytes, /) -> Outcome | None:
        """What the answer to a look-up means: accepted, or None for *not found*.

        An answer that settles nothing, such as an error, is an ambiguous outcome. How much *not found*
        proves depends on the attempt's age: look-ups lag behind sends.
        """
        ...


def json_object(body: bytes) -> dict[str, Any] | None:
    """The JSON object in a body; None where it is anything else, such as a proxy's HTML."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """The wait that Retry-After asks for, in seconds or as a date against the answer's own Date header."""
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdecimal() and len(value) < len("1000000000"):
        return min(timedelta(seconds=int(value)), LONGEST_WAIT)
    try:
        wait = parsedate_to_datetime(value) - parsedate_to_datetime(headers.get("date", ""))
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(wait, timedelta()), LONGEST_WAIT)


def by_status(name: str, status: int, headers: Mapping[str, str]) -> Outcome:
    """What an HTTP status means where the provider's own words are missing, as from a proxy in between.

    A 5xx is ambiguous: providers have answered 5xx for mail that was delivered. A 4xx that does not come
    from the provider says nothing about the message, so it stops the route and burns nothing.
    """
    detail = f"{name} answered {status}"
    match status:
        case 429:
            return Outcome(OutcomeKind.NOT_SENT, detail, retry_after=retry_after(headers))
        case 413:
            return Outcome(OutcomeKind.PERMANENT, f"{detail}: too large")
        case 408:
            return Outcome(OutcomeKind.AMBIGUOUS, f"{detail}: request timeout")
        case _ if 300 <= status < 500:  # noqa: PLR2004 - the classes of HTTP statuses
            return Outcome(OutcomeKind.CONFIGURATION, f"{detail} in words that are not the provider's")
        case _:
            return Outcome(OutcomeKind.AMBIGUOUS, detail, retry_after=retry_after(headers))
