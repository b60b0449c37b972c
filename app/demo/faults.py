"""Faults that a simulator commits on purpose."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

from app.demo.loopback import Answer, Asked, HangUp


class FaultKind(StrEnum):
    """What goes wrong. ``ACCEPT_THEN_…`` faults act first: the caller must not act again."""

    ERROR = "error"
    """Answers 500 without acting."""
    TOO_MANY = "too_many"
    """Answers 429 with Retry-After: 1 without acting."""
    UNAUTHORIZED = "unauthorized"
    """Answers 401 without acting."""
    HANG = "hang"
    """Neither acts nor answers."""
    CLOSE = "close"
    """Closes the connection without acting."""
    ACCEPT_THEN_ERROR = "accept_then_error"
    ACCEPT_THEN_HANG = "accept_then_hang"
    ACCEPT_THEN_CLOSE = "accept_then_close"


@dataclass(slots=True)
class Fault:
    """The next ``times`` requests whose path starts with ``path`` (and of ``method``, if given) go wrong."""

    path: str
    kind: FaultKind
    times: int = 1
    method: str | None = None

    def hits(self, asked: Asked) -> bool:
        """Whether this request goes wrong."""
        same = asked.path.startswith(self.path) and self.method in (None, asked.method)
        return same and self.times > 0


_REFUSALS = {
    FaultKind.ERROR: Answer(500, {"message": "Internal server error"}),
    FaultKind.TOO_MANY: Answer(429, {"message": "Rate limit exceeded"}, {"retry-after": "1"}),
    FaultKind.UNAUTHORIZED: Answer(401, {"message": "Unauthorized"}),
}


async def commit(fault: Fault, asked: Asked, act: Callable[[Asked], Awaitable[Answer]]) -> Answer:
    """Goes wrong once: an answer that is a refusal, or `HangUp`, or nothing for ever."""
    fault.times -= 1
    if refusal := _REFUSALS.get(fault.kind):
        return refusal
    if fault.kind.startswith("accept_then"):
        await act(asked)
    if fault.kind in (FaultKind.HANG, FaultKind.ACCEPT_THEN_HANG):
        await asyncio.Event().wait()
    if fault.kind is FaultKind.ACCEPT_THEN_ERROR:
        return _REFUSALS[FaultKind.ERROR]
    raise HangUp
