"""The sending half of the simulated Greenhouse: signed webhooks over real HTTP, retried as Greenhouse does.

Only status 200 counts; seven attempts with waits of 1, 15, 60, 120, 240 and 480 minutes (Greenhouse webhook
docs of 2026-01-20, read 2026-11). The minutes are simulated: nothing leaves until the caller says what time
it is.
"""

import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from app.ats.greenhouse import SUCCESS_STATUS, signature
from app.demo.greenhouse_bodies import encoded

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 15, 60, 120, 240, 480))


@dataclass(frozen=True, slots=True)
class Chaos:
    """Shares from 0 to 1 of the webhooks that meet a fate; the same seed gives the same fates."""

    seed: int = 1
    drop: float = 0.0
    """Never sent."""
    repeat: float = 0.0
    """Sent twice with the same event id."""
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
    attempts: int = 0
    status: int | None = None
    repeats: int = 0
    late: bool = False
    dropped: bool = False

    @property
    def delivered(self) -> bool:
        """Whether Greenhouse takes it for delivered."""
        return self.status == SUCCESS_STATUS and not self.repeats

    @property
    def given_up(self) -> bool:
        """Whether it will not be sent again although it was not delivered."""
        return self.dropped or (not self.delivered and self.attempts > len(WAITS))


@dataclass(slots=True)
class Push:
    """Queues and sends webhooks to ``url``."""

    url: str
    secret: str
    chaos: Chaos = field(default_factory=Chaos)
    webhooks: list[Webhook] = field(default_factory=list)
    """Everything ever queued, oldest first."""
    waiting: list[Webhook] = field(default_factory=list)
    quiet: bool = False
    """A disabled webhook: what happens now is never sent."""

    def queue(self, action: str, payload: Mapping[str, Any], at: datetime) -> Webhook:
        """A webhook to be sent at that instant; its fate is drawn now."""
        fate = random.Random(f"{self.chaos.seed}:{len(self.webhooks)}")  # noqa: S311 -- fates, not secrets
        webhook = Webhook(
            str(uuid.UUID(int=fate.getrandbits(128), version=4)),
            action,
            encoded(action, payload),
            at,
            dropped=fate.random() < self.chaos.drop or self.quiet,
            repeats=int(fate.random() < self.chaos.repeat),
            late=fate.random() < self.chaos.reorder,
        )
        if fate.random() < self.chaos.delay:
            webhook.due_at += timedelta(seconds=fate.uniform(60, 7200))
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
        headers = {
            "content-type": "application/json",
            "user-agent": "Greenhouse",
            "greenhouse-event-id": webhook.event_id,
            "signature": signature(webhook.body, self.secret),
        }
        try:
            answer = await http.post(self.url, content=webhook.body, headers=headers)
            webhook.status = answer.status_code
        except httpx.TransportError:
            webhook.status = None
        webhook.attempts += 1
        if webhook.status == SUCCESS_STATUS and webhook.repeats:
            webhook.repeats -= 1
            webhook.due_at = now
            await self._attempt(http, webhook, now)
        elif webhook.status != SUCCESS_STATUS and webhook.attempts <= len(WAITS):
            webhook.due_at = now + WAITS[webhook.attempts - 1]

    def next_due(self) -> datetime | None:
        """When the next webhook is due, or None with an empty queue."""
        return min((webhook.due_at for webhook in self.waiting), default=None)
