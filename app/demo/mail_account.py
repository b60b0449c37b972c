"""What every simulated mail provider has beside its answers: a time of its own, and what it accepted."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from app.demo.faulty_http import Answer, FaultyServer, Request

_BEGIN = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


class MailAccount(FaultyServer):
    """One account; ``at`` is its time, ``messages`` and ``effects`` (by send id) are what it accepted."""

    def __init__(self, respond: Callable[[Request], Answer]) -> None:
        super().__init__(respond)
        self.at = _BEGIN
        self.messages: list[dict[str, Any]] = []
        self.effects: Counter[str] = Counter()
        self._first: dict[str, dict[str, Any]] = {}

    def keep(self, send_id: str, message: dict[str, Any]) -> None:
        """This was accepted for that send."""
        self.effects[send_id] += 1
        self.messages.append(message)
        self._first.setdefault(send_id, message)

    def kept(self, send_id: str) -> dict[str, Any]:
        """What was accepted for that send, the first of it; raises ``KeyError`` where nothing was."""
        return self._first[send_id]
