"""What every way out offers: prepare the exact bytes, send them once, and say truthfully what came of it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from app.mail.outbound import Envelope, Outcome


@dataclass(frozen=True, slots=True)
class RouteMeta:
    """What a route must know of a prepared message; the addresses are those of the SMTP envelope."""

    send_id: str
    sender: str = field(repr=False)
    recipient: str = field(repr=False)


class Route(Protocol):
    """One way out. ``send`` and ``settle`` never raise for trouble outside: they give an ``Outcome``."""

    @property
    def name(self) -> str:
        """How settings and figures call this route."""
        ...

    @property
    def longest(self) -> timedelta:
        """The longest that one ``send`` or ``settle`` can take; a lease must outlive it."""
        ...

    @property
    def repeat_within(self) -> timedelta | None:
        """How long after an attempt began the same payload may be sent again without a second mail.

        None where the provider has no idempotency keys. ``send`` of a route that has some needs nothing but
        the payload.
        """
        ...

    @property
    def keeps_message_id(self) -> bool:
        """Whether the Message-ID that we write is the one on the wire."""
        ...

    def prepare(self, envelope: Envelope, date: datetime) -> bytes:
        """The exact payload, without secrets, to be stored before the attempt.

        ``date`` is an aware instant for the Date header. Raises ``UnsafeHeader`` and ``InvalidAddress``.
        """
        ...

    async def send(self, payload: bytes, meta: RouteMeta) -> Outcome:
        """Try once to send what ``prepare`` gave; nothing is repeated inside."""
        ...

    async def settle(self, send_id: str, *, age: timedelta | None = None) -> Outcome | None:
        """Ask what became of a send whose outcome is ambiguous.

        ACCEPTED: it left. NOT_SENT: it is proven absent. AMBIGUOUS: not known now, ask again later. None:
        this route can never know, so a receipt or a person must. ``age`` is the time since the attempt began:
        providers' searches lag, so that absence proves something only when the attempt is old enough;
        without an age it proves nothing.
        """
        ...

    async def aclose(self) -> None:
        """Close idle connections; the route is of no use afterwards."""
        ...
