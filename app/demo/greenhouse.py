"""A simulated Greenhouse: a small world that sends signed webhooks and answers Harvest v3 over real HTTP.

    async with SimulatedGreenhouse(webhook_url, secret="…") as greenhouse:
        anna = greenhouse.add_user("Anna Berg", "anna.berg@example.com", at)
        job = greenhouse.add_job("Welder", ["Review", "Interview"], at, recruiters=[anna])
        application = greenhouse.apply(Newcomer("Noémi", "Lefèvre", "noemi@example.com"), job, at)
        greenhouse.move(application, "Interview", later)
        await greenhouse.deliver_due(later)

Every act takes the instant at which it happens and queues the webhooks that Greenhouse would send: none for
interviews that are scheduled or end, and none for scorecards, which only Harvest tells.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Self

from app.ats.http import Account
from app.demo import greenhouse_people as people
from app.demo.faults import Fault
from app.demo.greenhouse_acts import Acts
from app.demo.greenhouse_harvest import Harvest
from app.demo.greenhouse_push import RULES
from app.demo.greenhouse_world import World
from app.demo.loopback import Loopback
from app.demo.push import Chaos, Push, Webhook
from app.moments import machine_now


class SimulatedGreenhouse(Acts):
    """One account of Greenhouse, served while it is entered as an async context manager.

    ``world``, ``push`` and ``harvest`` may be looked into and changed: faults, limits, scopes, the queue.
    """

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
        self.harvest = Harvest(world, now)
        self._server = Loopback(self.harvest.handle)

    async def __aenter__(self) -> Self:
        await self._server.__aenter__()
        self.harvest.base = f"{self._server.url}/v3"
        return self

    async def __aexit__(self, *problem: object) -> None:
        await self._server.__aexit__(*problem)

    @property
    def account(self) -> Account:
        """How to reach the API half, for a connection's settings."""
        harvest = self.harvest
        auth_url = f"{self._server.url}/token"
        return Account(harvest.client_id, harvest.client_secret, api_base=harvest.base, auth_url=auth_url)

    async def deliver_due(self, now: datetime) -> list[Webhook]:
        """Sends the webhooks that are due by that simulated instant, and returns them."""
        return await self.push.deliver_due(now)

    def fault(self, fault: Fault) -> None:
        """The API goes wrong this way from now on."""
        self.harvest.faults.append(fault)

    def add_user(self, name: str, email: str, at: datetime) -> int:
        """A user of Greenhouse; their id."""
        return people.add_user(self.world, name, email, at)

    def add_job(
        self,
        name: str,
        stages: Sequence[str],
        at: datetime,
        *,
        department: str = "Engineering",
        office: tuple[str, str] = ("Berlin", "Berlin, Germany"),
        managers: Sequence[int] = (),
        recruiters: Sequence[int] = (),
        coordinators: Sequence[int] = (),
    ) -> int:
        """An open job with its stages in order and its hiring team; its id."""
        job = people.add_job(
            self.world,
            name,
            stages,
            at,
            department=department,
            office=office,
            managers=managers,
            recruiters=recruiters,
            coordinators=coordinators,
        )
        self.job_event("job_created", job, at)
        return job
