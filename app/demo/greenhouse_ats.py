"""The simulated Greenhouse, as every simulated ATS is played with: ids as strings, no options of its own."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Self

from app.demo.faults import Fault
from app.demo.greenhouse import SimulatedGreenhouse
from app.demo.greenhouse_push import sealed
from app.demo.people import Newcomer
from app.demo.push import Chaos, Push, Webhook
from app.moments import machine_now


class GreenhouseAts:
    """One account of Greenhouse. ``greenhouse`` can do more, in its own words."""

    NAME = "greenhouse"

    def __init__(
        self,
        webhook_url: str,
        secret: str,
        *,
        chaos: Chaos | None = None,
        now: Callable[[], datetime] = machine_now,
    ) -> None:
        self.greenhouse = SimulatedGreenhouse(webhook_url, secret, chaos=chaos, now=now)
        self._deliveries = 0

    async def __aenter__(self) -> Self:
        await self.greenhouse.__aenter__()
        return self

    async def __aexit__(self, *problem: object) -> None:
        await self.greenhouse.__aexit__(*problem)

    @property
    def push(self) -> Push:
        """The sending half."""
        return self.greenhouse.push

    @push.setter
    def push(self, push: Push) -> None:
        self.greenhouse.push = push

    @property
    def settings(self) -> Mapping[str, Any]:
        """How to reach the API half."""
        account = self.greenhouse.account
        return {"base_url": account.api_base, "auth_url": account.auth_url}

    @property
    def secrets(self) -> Mapping[str, Any]:
        """The connection's secrets."""
        account = self.greenhouse.account
        return {
            "signing_secrets": [self.push.secret],
            "client_id": account.client_id,
            "client_secret": account.client_secret,
        }

    @property
    def notes(self) -> Sequence[str]:
        """The bodies of the notes that were written, oldest first."""
        return [note["body"] for note in self.greenhouse.world.find("notes")]

    def fault(self, fault: Fault) -> None:
        """The API goes wrong this way from now on."""
        self.greenhouse.fault(fault)

    async def deliver_due(self, now: datetime) -> list[Webhook]:
        """Sends the webhooks that are due by that simulated instant, and returns them."""
        return await self.greenhouse.deliver_due(now)

    def delivery(self, action: str, at: datetime, secret: str | None = None) -> tuple[dict[str, str], bytes]:
        """A correctly signed delivery of an event of that name, about nobody."""
        self._deliveries += 1
        body = json.dumps({"action": action, "payload": {}}).encode()
        webhook = Webhook(f"delivery-{self._deliveries}", action, body, at, at)
        return sealed(webhook, secret or self.push.secret, at)

    def add_user(self, name: str, email: str, at: datetime) -> str:
        """Somebody of the company; their id."""
        return str(self.greenhouse.add_user(name, email, at))

    def add_job(self, name: str, stages: Sequence[str], at: datetime, *, recruiter: str, manager: str) -> str:
        """An open job with its stages in order; its id."""
        recruiters, managers = [int(recruiter)], [int(manager)]
        return str(self.greenhouse.add_job(name, stages, at, recruiters=recruiters, managers=managers))

    def apply(self, newcomer: Newcomer, job: str, at: datetime) -> str:
        """A candidate applies and stands in the first stage; the id of the application."""
        owners = self.greenhouse.world.find("job_owners", job_id=int(job), type="recruiter")
        recruiter = int(owners[0]["user_id"]) if owners else None
        return str(self.greenhouse.apply(newcomer, int(job), at, recruiter=recruiter))

    def move(self, application: str, stage: str, at: datetime) -> None:
        """Into the job's stage of that name."""
        self.greenhouse.move(int(application), stage, at)

    def reject(self, application: str, at: datetime) -> None:
        """The company says no."""
        self.greenhouse.reject(int(application), "Another profile fits better", at)

    def withdraw(self, application: str, at: datetime) -> None:
        """The candidate says no."""
        self.greenhouse.reject(int(application), "Took another offer", at, kind="THEY_REJECTED_US")

    def hire(self, application: str, at: datetime) -> None:
        """Done."""
        self.greenhouse.hire(int(application), at)

    def delete(self, application: str, at: datetime) -> None:
        """The candidate is deleted, with every application."""
        row = self.greenhouse.world.one("applications", int(application))
        self.greenhouse.delete_candidate(row["candidate_id"], at)
