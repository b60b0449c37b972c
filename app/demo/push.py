"""The sending half of every simulated ATS: signed webhooks over real HTTP, sent again as that vendor does.

The minutes are simulated: nothing leaves until the caller says what time it is.
"""

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx


@dataclass(frozen=True, slots=True)
class Chaos:
    """Shares from 0 to 1 of the webhooks that meet a fate; the same seed gives the same fates."""

    seed: int = 1
    drop: float = 0.0
    """Never sent."""
    repeat: float = 0.0
    """Sent twice as the same event."""
    delay: float = 0.0
    """Sent up to two hours late."""
    reorder: float = 0.0
    """Sent after everything else of its round."""


@dataclass(slots=True)
class Webhook:
    """One webhook on its way. ``status`` is the last answer; None before the first and for no answer."""

    event_id: str
    action: str
    body: bytes
    due_at: datetime
    happened_at: datetime
    attempts: int = 0
    status: int | None = None
    repeats: int = 0
    late: bool = False
    dropped: bool = False
    delivered: bool = False
    given_up: bool = False


@dataclass(frozen=True, slots=True)
class PushRules:
    """How a vendor delivers.

    ``sealed`` gives the headers and the bytes of one attempt, signed with a secret; ``gives_up`` are the
    statuses after which it does not try again.
    """

    sealed: Callable[[Webhook, str, datetime], tuple[dict[str, str], bytes]]
    waits: tuple[timedelta, ...]
    success: frozenset[int]
    gives_up: frozenset[int] = frozenset()


@dataclass(slots=True)
class Push:
    """Queues and sends webhooks to ``url``."""

    url: str
    secret: str
    rules: PushRules
    chaos: Chaos = field(default_factory=Chaos)
    webhooks: list[Webhook] = field(default_factory=list)
    """Everything ever queued, oldest first."""
    waiting: list[Webhook] = field(default_factory=list)
    quiet: bool = False
    """A disabled webhook: what happens now is never sent."""

    def queue(self, action: str, body: bytes, at: datetime, event_id: str | None = None) -> Webhook:
        """A webhook to be sent at that instant; its fate is drawn now."""
        fate = random.Random(f"{self.chaos.seed}:{len(self.webhooks)}")  # noqa: S311 -- fates, not secrets
        drawn_id = str(uuid.UUID(int=fate.getrandbits(128), version=4))
        webhook = Webhook(
            event_id or drawn_id,
            action,
            body,
            at,
            at,
            dropped=fate.random() < self.chaos.drop or self.quiet,
            repeats=int(fate.random() < self.chaos.repeat),
            late=fate.random() < self.chaos.reorder,
        )
        if fate.random() < self.chaos.delay:
            webhook.due_at += timedelta(seconds=fate.uniform(60, 7200))
        webhook.given_up = webhook.dropped
        self.webhooks.append(webhook)
        if not webhook.dropped:
            self.waiting.append(webhook)
        return webhook

    async def deliver_due(self, now: datetime) -> list[Webhook]:
        """Sends what is due by that (simulated) instant, once each, and returns it.

        What fails waits for its next attempt, which a later call makes.
        """
        due = sorted(
            (webhook for webhook in self.waiting if webhook.due_at <= now),
            key=lambda webhook: (webhook.late, webhook.due_at),
        )
        if due:
            async with httpx.AsyncClient(trust_env=False, timeout=httpx.Timeout(10)) as http:
                for webhook in due:
                    await self._attempt(http, webhook, now)
        self.waiting = [one for one in self.waiting if not one.delivered and not one.given_up]
        return due

    async def _attempt(self, http: httpx.AsyncClient, webhook: Webhook, now: datetime) -> None:
        headers, body = self.rules.sealed(webhook, self.secret, now)
        try:
            answer = await http.post(self.url, content=body, headers=headers)
            webhook.status = answer.status_code
        except httpx.TransportError:
            webhook.status = None
        webhook.attempts += 1
        if webhook.status in self.rules.success:
            webhook.delivered = not webhook.repeats
            if webhook.repeats:
                webhook.repeats -= 1
                await self._attempt(http, webhook, now)
        elif webhook.status in self.rules.gives_up or webhook.attempts > len(self.rules.waits):
            webhook.given_up = True
        else:
            webhook.due_at = now + self.rules.waits[webhook.attempts - 1]

    def next_due(self) -> datetime | None:
        """When the next webhook is due, or None with an empty queue."""
        return min((webhook.due_at for webhook in self.waiting), default=None)
