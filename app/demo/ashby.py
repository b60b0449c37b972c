"""A simulated Ashby: a small world that sends signed webhooks and answers the API over real HTTP.

    async with SimulatedAshby(webhook_url, secret="…") as ashby:
        anna = ashby.add_user("Anna Berg", "anna.berg@example.com", at)
        job = ashby.add_job("Welder", ["Review", "Interview"], at, recruiter=anna, manager=anna)
        application = ashby.apply(Newcomer("Noémi", "Lefèvre", "noemi@example.com"), job, at)
        ashby.move(application, "Interview", later)
        await ashby.deliver_due(later)

Every act takes the instant at which it happens and queues the webhooks that Ashby would send, related ones
with one ``webhookActionId``.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Self

from app.ats.ashby import NAME, signature
from app.ats.http import Account
from app.demo.ashby_acts import Acts
from app.demo.ashby_server import AshbyServer
from app.demo.ashby_world import Row, World, encoded
from app.demo.faults import Fault
from app.demo.loopback import Loopback
from app.demo.push import Chaos, Push, PushRules, Webhook
from app.moments import machine_now

_ATTEMPTS = 10
WAITS = tuple(timedelta(seconds=(2**attempt - 1) * 10) for attempt in range(1, _ATTEMPTS))


def sealed(webhook: Webhook, secret: str, now: datetime) -> tuple[dict[str, str], bytes]:
    """The headers and the bytes of one attempt; every attempt is the same."""
    del now  # no time is signed
    headers = {"content-type": "application/json", "ashby-signature": signature(webhook.body, secret)}
    return headers, webhook.body


RULES = PushRules(sealed, WAITS, frozenset(range(200, 300)), frozenset({401, 403, 404, 405, 410}))
"""Ten attempts with growing waits, none after these statuses (Ashby's guide to retries, read 2026-11)."""


class SimulatedAshby(Acts):
    """One account of Ashby, served while it is entered as an async context manager.

    ``world``, ``push`` and ``server`` may be looked into and changed: faults, limits, permissions, the queue.
    """

    NAME = NAME

    def __init__(
        self,
        webhook_url: str,
        secret: str,
        *,
        chaos: Chaos | None = None,
        now: Callable[[], datetime] = machine_now,
    ) -> None:
        world = World()
        super().__init__(world, Push(webhook_url, secret, RULES, chaos or Chaos()))
        self._now = now
        self.server = AshbyServer(world, now, self._created)
        self._loopback = Loopback(self.server.handle)

    async def __aenter__(self) -> Self:
        await self._loopback.__aenter__()
        return self

    async def __aexit__(self, *problem: object) -> None:
        await self._loopback.__aexit__(*problem)

    @property
    def account(self) -> Account:
        """How to reach the API half."""
        return Account(api_key=self.server.api_key, api_base=self._loopback.url)

    @property
    def settings(self) -> Mapping[str, Any]:
        """What a connection's settings must say to reach this account."""
        return {"base_url": self._loopback.url}

    @property
    def secrets(self) -> Mapping[str, Any]:
        """The connection's secrets."""
        return {"signing_secrets": [self.push.secret], "api_key": self.server.api_key}

    def fault(self, fault: Fault) -> None:
        """The API goes wrong this way from now on."""
        self.server.faults.append(fault)

    async def deliver_due(self, now: datetime) -> list[Webhook]:
        """Sends the webhooks that are due by that simulated instant, and returns them."""
        return await self.push.deliver_due(now)

    def delivery(self, action: str, at: datetime, secret: str | None = None) -> tuple[dict[str, str], bytes]:
        """A correctly signed delivery of an event of that name, about nobody."""
        action_id = self.world.new_id()
        body = encoded(action, action_id, {"webhookActionType": action})
        return sealed(Webhook(action_id, action, body, at, at), secret or self.push.secret, at)

    @property
    def notes(self) -> Sequence[str]:
        """What was written as notes, oldest first."""
        return [row["content"] for row in self.world.find("notes")]

    def _created(self, webhook: Row) -> None:
        # A ping is sent whenever a webhook is saved; its settings become those of the one queue.
        self.push.url = webhook["requestUrl"]
        self.push.secret = webhook["secretToken"]
        self.ping(self._now())
