"""A simulated Workable: a small world that sends signed webhooks and answers its API over real HTTP.

    async with SimulatedWorkable(webhook_url, token="…") as workable:
        anna = workable.add_user("Anna Berg", "anna.berg@example.com", at)
        job = workable.add_job("Welder", ["Applied", "Interview"], at, recruiter=anna, manager=anna)
        candidate = workable.apply(Newcomer("Noémi", "Lefèvre", "noemi@example.com"), job, at)
        await workable.deliver_due(at)

Nothing is sent for interviews, offers and disqualifications; a webhook shows the candidate as of its
sending.
"""

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Self

from app.ats.workable import NAME, SUCCESS_STATUS, signature
from app.demo.faults import Fault
from app.demo.loopback import Loopback
from app.demo.people import Newcomer
from app.demo.push import Chaos, Push, PushRules, Webhook
from app.demo.workable_api import Spi
from app.demo.workable_world import ACCOUNT, REASONS, Row, World, brief, shown, stage_row, written
from app.moments import machine_now

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480))
"""How often Workable sends again is not documented; this is as good a guess as another."""


class SimulatedWorkable:
    """One account of Workable, served while it is entered as an async context manager.

    ``world``, ``push`` and ``api`` may be looked into and changed: faults, limits, scopes, the queue.
    """

    NAME = NAME

    def __init__(
        self,
        webhook_url: str,
        token: str = "workable-access-token-for-the-demo",  # noqa: S107 -- opens nothing but the simulator
        *,
        chaos: Chaos | None = None,
        now: Callable[[], datetime] = machine_now,
    ) -> None:
        self.world = World()
        rules = PushRules(self._sealed, WAITS, frozenset({SUCCESS_STATUS}))
        self.push = Push(webhook_url, token, rules, chaos or Chaos())
        self.api = Spi(self.world, now, token)
        self._server = Loopback(self.api.handle)
        self._deliveries = 0
        self.owner = self._member("Olga Owner", "olga.owner@example.com")
        """The member in whose name comments are written."""

    async def __aenter__(self) -> Self:
        await self._server.__aenter__()
        self.api.base = f"{self._server.url}/spi/v3"
        return self

    async def __aexit__(self, *problem: object) -> None:
        await self._server.__aexit__(*problem)

    @property
    def settings(self) -> Mapping[str, Any]:
        """What a connection's settings must say."""
        return {"base_url": self.api.base, "site": ACCOUNT["subdomain"]}

    @property
    def secrets(self) -> Mapping[str, Any]:
        """One token in two roles."""
        token = self.api.token
        return {"signing_secrets": [token], "api_key": token, "acting_user": self.owner}

    def fault(self, fault: Fault) -> None:
        """The API goes wrong this way from now on."""
        self.api.faults.append(fault)

    # Webhooks

    async def deliver_due(self, now: datetime) -> list[Webhook]:
        """Sends the webhooks that are due by that simulated instant, and returns them."""
        return await self.push.deliver_due(now)

    def delivery(self, action: str, at: datetime, secret: str | None = None) -> tuple[dict[str, str], bytes]:
        """A correctly signed delivery of an event of that name, about nobody."""
        body = self._body(action, {"id": f"nobody-{uuid.uuid4().hex}"}, at, str(uuid.uuid4()))
        return _headers(body, secret or self.push.secret), body

    def _tell(self, event: str, candidate: Row, at: datetime) -> None:
        self._deliveries += 1
        event_id = str(uuid.UUID(int=(self._deliveries << 80) + 0x4000_8000_0000_0000_0000))
        self.push.queue(event, self._body(event, candidate, at, event_id), at, event_id)

    def _body(self, event: str, candidate: Row, at: datetime, event_id: str) -> bytes:
        envelope = {
            "id": event_id,
            "event_type": event,
            "fired_at": written(at),
            "resource_type": "job" if event.startswith("job_") else "candidate",
            "data": candidate,
        }
        return json.dumps(envelope, ensure_ascii=False).encode()

    def _sealed(self, webhook: Webhook, secret: str, now: datetime) -> tuple[dict[str, str], bytes]:
        """The headers and the bytes of one attempt, with the candidate as they are by then."""
        del now  # no time is signed
        envelope = json.loads(webhook.body)
        current = self.world.candidates.get(envelope["data"]["id"])
        if current is not None:
            envelope["data"] = current
        body = json.dumps(envelope, ensure_ascii=False).encode()
        return _headers(body, secret), body

    # Who and what there is

    def add_user(self, name: str, email: str, at: datetime) -> str:
        """A member of the account; their id."""
        del at  # Workable does not date members
        return self._member(name, email)

    def _member(self, name: str, email: str) -> str:
        member = self.world.new_id()
        self.world.members[member] = {
            "id": member,
            "name": name,
            "headline": None,
            "email": email,
            "role": "admin",
            "type": "Member",
            "active": True,
        }
        return member

    def add_job(self, name: str, stages: Sequence[str], at: datetime, *, recruiter: str, manager: str) -> str:
        """A published job; its short code. Workable's pipelines end with the stage ``Hired``."""
        job = self.world.new_id().upper()
        names = [*stages, *([] if "Hired" in stages else ["Hired"])]
        self.world.stages[job] = [stage_row(stage, place) for place, stage in enumerate(names, 1)]
        self.world.teams[job] = {manager: "hiring_manager", recruiter: "recruiter"}
        self.world.jobs[job] = {
            "id": self.world.new_id(),
            "title": name,
            "full_title": name,
            "shortcode": job,
            "code": None,
            "state": "published",
            "confidential": False,
            "department": "Engineering",
            "location": {
                "country": "Germany",
                "country_code": "DE",
                "city": "Berlin",
                "telecommuting": False,
            },
            "created_at": brief(at),
            "updated_at": brief(at),
        }
        return job

    # Candidates

    def apply(self, newcomer: Newcomer, job: str, at: datetime) -> str:
        """A candidate applies and stands in the first stage; their id, which is the application's as well."""
        world, stage = self.world, self.world.stages[job][0]
        candidate = world.new_id()
        page = f"https://{ACCOUNT['subdomain']}.workable.com/backend/jobs/{job}/candidates/{candidate}"
        world.candidates[candidate] = {
            "id": candidate,
            "name": f"{newcomer.first_name} {newcomer.last_name}",
            "firstname": newcomer.first_name,
            "lastname": newcomer.last_name,
            "account": ACCOUNT,
            "job": {"shortcode": job, "title": world.jobs[job]["title"]},
            "stage": stage["name"],
            "stage_kind": stage["kind"],
            "disqualified": False,
            "disqualified_at": None,
            "withdrew": False,
            "anonymized": False,
            "disqualification_reason": None,
            "hired_at": None,
            "moved_to_offer_at": None,
            "sourced": False,
            "profile_url": page,
            "email": newcomer.email,
            "outbound_mailbox": f"{candidate}@outbound.workablemail.com",
            "domain": None,
            "common_source": "Career site",
            "created_at": brief(at),
            "updated_at": brief(at),
            "tags": list(newcomer.tags),
        }
        world.activities[candidate] = []
        world.act(candidate, "applied", at)
        self._tell("candidate_created", world.candidates[candidate], at)
        return candidate

    def move(self, application: str, stage: str, at: datetime) -> None:
        """Into the job's stage of that name."""
        row = self.world.candidates[application]
        target = self.world.stage(row["job"]["shortcode"], stage)
        self.world.act(application, target["slug"], at, target_stage=shown(target))
        told: dict[str, str | None] = {"hired_at": brief(at) if target["kind"] == "hired" else None}
        told |= {"moved_to_offer_at": brief(at)} if target["kind"] == "offer" else {}
        self.world.change(application, at, stage=stage, stage_kind=target["kind"], **told)
        self._tell("candidate_moved", row, at)

    def reject(self, application: str, at: datetime) -> None:
        """Disqualified by the company; nothing is sent."""
        self._disqualify(application, at, REASONS[0], withdrew=False)

    def withdraw(self, application: str, at: datetime) -> None:
        """Disqualified because the candidate withdrew; nothing is sent."""
        self._disqualify(application, at, REASONS[1], withdrew=True)

    def _disqualify(
        self, application: str, at: datetime, reason: Mapping[str, Any], *, withdrew: bool
    ) -> None:
        self.world.act(application, "disqualified", at)
        why = reason["description"]
        told = {"disqualified_at": brief(at), "disqualification_reason": why, "withdrew": withdrew}
        self.world.change(application, at, disqualified=True, **told)

    def revert(self, application: str, at: datetime) -> None:
        """The disqualification is taken back; nothing is sent."""
        self.world.act(application, "reverted", at)
        told = {"disqualified_at": None, "disqualification_reason": None, "withdrew": False}
        self.world.change(application, at, disqualified=False, **told)

    def hire(self, application: str, at: datetime) -> None:
        """Into the stage ``Hired``."""
        self.move(application, "Hired", at)

    def delete(self, application: str, at: datetime) -> None:
        """The candidate is deleted, with all that belongs to them."""
        row = self.world.candidates.pop(application)
        del self.world.activities[application]
        self.world.offers.pop(application, None)
        events = self.world.events
        for event in [one for one, met in events.items() if met["candidate"]["id"] == application]:
            del events[event]
        self._tell("candidate_deleted", {"id": application, "job": row["job"]}, at)

    # Interviews and offers: Workable sends nothing

    def schedule(self, application: str, members: Sequence[str], starts_at: datetime, at: datetime) -> str:
        """An interview of an hour with these members; its id."""
        row, event = self.world.change(application, at), self.world.new_id()
        self.world.events[event] = {
            "id": event,
            "title": f"Interview with {row['name']}",
            "description": None,
            "type": "InterviewEvent",
            "starts_at": written(starts_at),
            "ends_at": written(starts_at + timedelta(hours=1)),
            "cancelled": False,
            "job": row["job"],
            "members": [
                {"id": one, "name": self.world.members[one]["name"], "type": "Member", "status": "accepted"}
                for one in members
            ],
            "candidate": {"id": application, "name": row["name"]},
        }
        return event

    def cancel(self, event: str, at: datetime) -> None:
        """The interview does not take place."""
        row = self.world.events[event]
        row["cancelled"] = True
        self.world.change(row["candidate"]["id"], at)

    def offer(self, application: str, state: str, at: datetime) -> None:
        """The candidate's offer is in that state from now on."""
        known = self.world.offers.get(application, {"id": self.world.new_id(), "created_at": brief(at)})
        self.world.offers[application] = {**known, "documents": [], "document_variables": [], "state": state}
        self.world.change(application, at)

    @property
    def notes(self) -> Sequence[str]:
        """The bodies of the comments, oldest first."""
        said = [
            activity
            for activities in self.world.activities.values()
            for activity in activities
            if activity["action"] == "comment"
        ]
        return [str(comment["body"]) for comment in sorted(said, key=lambda one: str(one["id"]))]


def _headers(body: bytes, secret: str) -> dict[str, str]:
    return {
        "content-type": "application/json",
        "user-agent": "Workable",
        "x-workable-signature": signature(body, secret),
    }
