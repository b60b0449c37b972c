"""A simulated Teamtailor: a small world that sends signed webhooks and answers its API over real HTTP.

Webhooks are signed by version 2 and sent once, whatever is answered. They tell a part of a row; nothing is
sent for notes and to-dos, nor when a candidate unsubscribes or is tagged.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Self

from app.ats.http import Account
from app.ats.teamtailor import NAME, signature
from app.demo.faults import Fault
from app.demo.loopback import Loopback
from app.demo.people import Newcomer
from app.demo.push import Chaos, Push, PushRules, Webhook
from app.demo.teamtailor_rest import Rest
from app.demo.teamtailor_world import Row, World, written
from app.moments import machine_now

_TYPES = {"job_application": "job-applications", "candidate": "candidates", "job": "jobs"}


def body_of(event: str, external_id: str, attributes: Row) -> bytes:
    """A webhook's bytes. In version 2 the signature is not in them."""
    kind = _TYPES.get(event.partition(".")[0], "unknown")
    data = {"id": external_id, "type": kind, "attributes": attributes}
    return json.dumps({"payload": {"event_name": event, "data": data}}).encode()


class SimulatedTeamtailor:
    """One account of Teamtailor, served while it is entered as an async context manager.

    ``world``, ``push`` and ``rest`` may be looked into and changed: faults, limits, the queue. ``now`` is the
    machine clock, by which webhooks are signed when they are sent.
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
        self._now = now
        self.world = World()
        rules = PushRules(self._sealed, (), frozenset(range(200, 300)))
        self.push = Push(webhook_url, secret, rules, chaos or Chaos())
        self.rest = Rest(self.world, now)
        self._server = Loopback(self.rest.handle)

    async def __aenter__(self) -> Self:
        await self._server.__aenter__()
        self.rest.base = f"{self._server.url}/v1"
        return self

    async def __aexit__(self, *problem: object) -> None:
        await self._server.__aexit__(*problem)

    @property
    def account(self) -> Account:
        """How to reach the API half."""
        return Account(api_key=self.rest.api_key, api_base=self.rest.base)

    @property
    def settings(self) -> Mapping[str, Any]:
        """What a connection's settings must say to reach this account."""
        return {"base_url": self.rest.base}

    @property
    def secrets(self) -> Mapping[str, Any]:
        """The connection's secrets."""
        return {"signing_secrets": [self.push.secret], "api_key": self.rest.api_key}

    @property
    def notes(self) -> Sequence[str]:
        """The words of the notes that were written through the API, oldest first."""
        return [row["attributes"]["note"] for row in self.world.rows["notes"].values()]

    def fault(self, fault: Fault) -> None:
        """The API goes wrong this way from now on."""
        self.rest.faults.append(fault)

    async def deliver_due(self, now: datetime) -> Sequence[Webhook]:
        """Sends the webhooks that are due by that simulated instant, once each, and returns them."""
        return await self.push.deliver_due(now)

    def delivery(self, action: str, at: datetime, secret: str | None = None) -> tuple[dict[str, str], bytes]:
        """A correctly signed delivery of an event of that name, about nobody."""
        nobody = f"9{int(at.timestamp() * 1000)}"
        body = body_of(action, nobody, {} if action.endswith(".destroy") else {"updated-at": written(at)})
        return self._headers(body, secret or self.push.secret), body

    # Users and jobs

    def add_user(self, name: str, email: str, at: datetime) -> str:
        """Somebody of the company; their id."""
        values = {
            "name": name,
            "email": email,
            "role": "recruiter",
            "username": name.split(maxsplit=1)[0].lower(),
        }
        return self.world.add("users", at, values)

    def add_job(self, name: str, stages: Sequence[str], at: datetime, *, recruiter: str, manager: str) -> str:
        """An open job with its stages in order and, as at every job there, one of the type ``Hired``.

        The hiring manager stands nowhere in the documented API, so ``manager`` is not kept.
        """
        del manager
        department = self.world.add("departments", at, {"name": "Engineering"})
        links = {"user": ("users", recruiter), "department": ("departments", department)}
        values = {"title": name, "status": "open", "human-status": "published", "internal": False}
        job = self.world.add("jobs", at, values, **links)
        every = [*stages, *(["Hired"] if "Hired" not in stages else [])]
        for place, stage in enumerate(every):
            kind = "Hired" if stage == "Hired" else "In process" if place else "Inbox"
            self.world.add("stages", at, {"name": stage, "stage-type": kind}, job=("jobs", job))
        self._job("job.create", job, at)
        return job

    def close_job(self, job: str, at: datetime) -> None:
        """The job is archived; its applications stay as they are."""
        self.world.change("jobs", job, at, status="archived", human_status="archived")
        self._job("job.update", job, at)

    # Applications

    def apply(self, newcomer: Newcomer, job: str, at: datetime) -> str:
        """A candidate applies and stands in the first stage; the id of the application."""
        person = {
            "first-name": newcomer.first_name,
            "last-name": newcomer.last_name,
            "email": newcomer.email,
            "unsubscribed": not newcomer.can_email,
            "restricted-at": written(at) if newcomer.private else None,
            "tags": list(newcomer.tags),
        }
        candidate = self.world.add("candidates", at, person)
        values = {
            "changed-stage-at": written(at),
            "rejected-at": None,
            "referring-site": "LinkedIn",
            "referring-url": "https://www.linkedin.com/",
            "sourced": False,
            "transparent-recruiting-visible-at": None,
        }
        first = ("stages", self.world.naming("stages", "job", job)[0])
        links = {"candidate": ("candidates", candidate), "job": ("jobs", job), "stage": first}
        application = self.world.add(
            "job-applications", at, values, **links, reject_reason=("reject-reasons", None)
        )
        told = {name: person[name] for name in ("first-name", "last-name", "email")}
        self._queue("candidate.create", candidate, {**told, "updated-at": written(at)}, at)
        self._queue("job_application.create", application, self.world.told(application), at)
        return application

    def move(self, application: str, stage: str, at: datetime) -> None:
        """Into the job's stage of that name."""
        job = self.world.linked("job-applications", application, "job")
        stages = self.world.naming("stages", "job", job)
        wanted = next(one for one in stages if self.world.rows["stages"][one]["attributes"]["name"] == stage)
        self.world.link("job-applications", application, "stage", ("stages", wanted))
        self._update(application, at, changed_stage_at=written(at))

    def reject(
        self,
        application: str,
        at: datetime,
        *,
        reason: str = "Not a fit",
        by_company: bool = True,
        not_before: datetime | None = None,
    ) -> None:
        """A rejection with a reason; nobody may be told before ``not_before``."""
        values = {"reason": reason, "rejected-by-company": by_company}
        reason_id = self.world.add("reject-reasons", at, values)
        self.world.link("job-applications", application, "reject-reason", ("reject-reasons", reason_id))
        earliest = written(not_before) if not_before else None
        self._update(application, at, rejected_at=written(at), transparent_recruiting_visible_at=earliest)

    def withdraw(self, application: str, at: datetime) -> None:
        """The candidate says no: a rejection whose reason comes from them."""
        self.reject(application, at, reason="Took another job", by_company=False)

    def unreject(self, application: str, at: datetime) -> None:
        """The rejection is taken back."""
        self.world.link("job-applications", application, "reject-reason", ("reject-reasons", None))
        self._update(application, at, rejected_at=None, transparent_recruiting_visible_at=None)

    def hire(self, application: str, at: datetime) -> None:
        """Into the stage of the type ``Hired``."""
        self.move(application, "Hired", at)

    def delete(self, application: str, at: datetime) -> None:
        """The candidate is deleted with all their applications, each with its webhook."""
        candidate = self.candidate(application)
        for one in self.world.naming("job-applications", "candidate", candidate):
            del self.world.rows["job-applications"][one]
            self._queue("job_application.destroy", one, {}, at)
        del self.world.rows["candidates"][candidate]
        self._queue("candidate.destroy", candidate, {}, at)

    def candidate(self, application: str) -> str:
        """Whose application it is."""
        return self.world.linked("job-applications", application, "candidate")

    def update_candidate(self, candidate: str, at: datetime, **values: object) -> None:
        """Other fields, such as ``unsubscribed``; some of them send no webhook."""
        self.world.change("candidates", candidate, at, **values)
        if set(values) & {"first_name", "last_name", "email", "restricted_at"}:
            self._queue("candidate.update", candidate, {"updated-at": written(at)}, at)

    # Inside

    def _update(self, application: str, at: datetime, **values: object) -> None:
        self.world.change("job-applications", application, at, **values)
        self._queue("job_application.update", application, self.world.told(application), at)

    def _job(self, event: str, job: str, at: datetime) -> None:
        self._queue(event, job, self.world.rows["jobs"][job]["attributes"], at)

    def _queue(self, event: str, external_id: str, attributes: Row, at: datetime) -> None:
        self.push.queue(event, body_of(event, external_id, attributes), at)

    def _sealed(self, webhook: Webhook, secret: str, now: datetime) -> tuple[dict[str, str], bytes]:
        del now  # simulated; what is signed is the real instant of sending
        return self._headers(webhook.body, secret), webhook.body

    def _headers(self, body: bytes, secret: str) -> dict[str, str]:
        given = signature(body, secret, self._now())
        return {"content-type": "application/json", "tt-signature": given}
