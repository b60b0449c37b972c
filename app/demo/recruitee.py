"""A simulated Recruitee: a small world that sends signed webhooks and answers the company API over real HTTP.

The count of attempts stands in the body, so every attempt has other bytes and another signature; only 200
counts, and nine more attempts follow within 48 hours (the waits are ours: that they grow is all that is
documented).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Self

from app.ats.recruitee import NAME, SUCCESS_STATUS, signature
from app.demo.faults import Fault
from app.demo.loopback import Loopback
from app.demo.people import Newcomer
from app.demo.push import Chaos, Push, PushRules, Webhook
from app.demo.recruitee_rest import Rest
from app.demo.recruitee_world import (
    COMPANY,
    Row,
    World,
    encoded,
    payload,
    shown_offer,
    shown_stage,
    written,
)
from app.moments import machine_now

_WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 120, 240, 480, 720, 1080))

_COUNT = re.compile(rb'"attempt_count":\d+')


def sealed(webhook: Webhook, secret: str, now: datetime) -> tuple[dict[str, str], bytes]:
    """The headers and the bytes of one attempt, which count it."""
    del now  # no time is signed
    body = _COUNT.sub(b'"attempt_count":%d' % (webhook.attempts + 1), webhook.body, count=1)
    headers = {"content-type": "application/json", "user-agent": "Recruitee-Webhooks"}
    return {**headers, "x-recruitee-signature": signature(body, secret)}, body


RULES = PushRules(sealed, _WAITS, frozenset({SUCCESS_STATUS}))


class SimulatedRecruitee:
    """One account of Recruitee, served while it is entered as an async context manager.

    ``world``, ``push`` and ``rest`` may be looked into and changed: faults, limits, the queue.
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
        self.world = World()
        self.push = Push(webhook_url, secret, RULES, chaos or Chaos())
        self.rest = Rest(self.world, now)
        self._server = Loopback(self.rest.handle)

    async def __aenter__(self) -> Self:
        await self._server.__aenter__()
        return self

    async def __aexit__(self, *problem: object) -> None:
        await self._server.__aexit__(*problem)

    @property
    def settings(self) -> Mapping[str, Any]:
        """What a connection's settings must say to reach this account."""
        return {"base_url": f"{self._server.url}/c/{COMPANY}", "site": str(COMPANY)}

    @property
    def secrets(self) -> Mapping[str, Any]:
        """The connection's secrets."""
        return {"signing_secrets": [self.push.secret], "api_key": self.rest.token}

    @property
    def notes(self) -> Sequence[str]:
        """The bodies of the notes that were written through the API, oldest first."""
        return [note["body"] for note in self.world.rows["notes"].values()]

    def fault(self, fault: Fault) -> None:
        """The API goes wrong this way from now on."""
        self.rest.faults.append(fault)

    async def deliver_due(self, now: datetime) -> Sequence[Webhook]:
        """Sends the webhooks that are due by that simulated instant, and returns them."""
        return await self.push.deliver_due(now)

    # The company

    def add_user(self, name: str, email: str, at: datetime) -> str:
        """A member of the team."""
        first, _, last = name.partition(" ")
        values = {"first_name": first, "last_name": last, "email": email, "timezone": "Europe/Berlin"}
        return str(self.world.add("admins", at, **values)["id"])

    def add_job(self, name: str, stages: Sequence[str], at: datetime, *, recruiter: str, manager: str) -> str:
        """A published job with its stages in order."""
        offer = self.world.add_job(name, stages, at, recruiter, manager)
        self._tell("offer_published", None, {"offer": shown_offer(offer)}, at)
        return str(offer["id"])

    def close_job(self, job: str, at: datetime) -> None:
        """The job takes nobody any more."""
        offer = self.world.rows["offers"][int(job)]
        offer.update(status="closed", closed_at=written(at), updated_at=written(at))
        told = {**shown_offer(offer), "status": "closed"}
        self._tell("offer_updated", "status_changed", {"offer": told}, at)

    # Candidates

    def apply(self, newcomer: Newcomer, job: str, at: datetime) -> str:
        """A candidate applies through the career site and stands in the first stage."""
        candidate, offer = self.world.add_candidate(newcomer, at), self.world.rows["offers"][int(job)]
        self.world.place(candidate, offer, at)
        self.world.activity("candidate_created", candidate, offer, at)
        self._tell("new_candidate", "career_site", payload(candidate, offers=[shown_offer(offer)]), at)
        return f"{candidate['id']}:{offer['id']}"

    def assign(self, application: str, job: str, at: datetime) -> str:
        """The application's candidate is given another job as well; the id of the new application."""
        candidate, offer = self.world.placed(application)[0], self.world.rows["offers"][int(job)]
        self.world.place(candidate, offer, at)
        self.world.activity("candidate_assigned", candidate, offer, at)
        self._tell("candidate_assigned", None, payload(candidate, offer=shown_offer(offer)), at)
        return f"{candidate['id']}:{offer['id']}"

    def move(self, application: str, stage: str, at: datetime) -> None:
        """Into the job's stage of that name."""
        _, offer, placement = self.world.placed(application)
        found = next(one for one in offer["pipeline_template"]["stages"] if one["name"] == stage)
        before, after = shown_stage(offer, placement["stage_id"]), shown_stage(offer, found["id"])
        is_hire = after["category"] == "hire"
        changed = {"stage_id": found["id"], "hired_at": written(at) if is_hire else None}
        self._change(application, at, "stage_changed", changed, {"from_stage": before, "to_stage": after})

    def reject(self, application: str, at: datetime, reason: str = "Wrong skill set") -> None:
        """The company disqualifies the candidate."""
        self._disqualify(application, at, "admin", reason)

    def withdraw(self, application: str, at: datetime) -> None:
        """The candidate takes the application back."""
        self._disqualify(application, at, "candidate", "Withdrew the application")

    def requalify(self, application: str, at: datetime) -> None:
        """The disqualification is taken back."""
        changed = dict.fromkeys(("disqualified_at", "disqualify_kind", "disqualify_reason"))
        self._change(application, at, "requalified", changed, {})

    def hire(self, application: str, at: datetime) -> None:
        """Into the stage that means hired."""
        self.move(application, "Hired", at)

    def delete(self, application: str, at: datetime) -> None:
        """The candidate is deleted, with all placements."""
        candidate, offer, _ = self.world.placed(application)
        del self.world.rows["candidates"][candidate["id"]]
        self.world.activity("candidate_deleted", candidate, offer, at)
        self._tell("candidate_deleted", None, payload(candidate), at)

    # Interviews: Recruitee sends no webhook for them

    def interview(self, application: str, users: Sequence[str], starts_at: datetime, at: datetime) -> str:
        """An interview of an hour with these members of the team; its id."""
        candidate, offer, _ = self.world.placed(application)
        row = self.world.add(
            "interview_events",
            at,
            candidate_id=candidate["id"],
            offer_id=offer["id"],
            title="Interview",
            starts_at=written(starts_at),
            ends_at=written(starts_at + timedelta(hours=1)),
            admin_ids=[int(user) for user in users],
        )
        self.world.activity("event_created", candidate, offer, at)
        return str(row["id"])

    def evaluate(self, interview: str, user: str, at: datetime) -> str:
        """The user's feedback on the interview; its id."""
        row = self.world.rows["interview_events"][int(interview)]
        whose = {name: row[name] for name in ("candidate_id", "offer_id")}
        candidate = self.world.rows["candidates"][row["candidate_id"]]
        self.world.activity("result_created", candidate, self.world.rows["offers"][row["offer_id"]], at)
        return str(self.world.add("results", at, admin_id=int(user), rating="yes", **whose)["id"])

    # Deliveries

    def delivery(self, action: str, at: datetime, secret: str | None = None) -> tuple[dict[str, str], bytes]:
        """A correctly signed delivery of an event, named ``type`` or ``type.subtype``, about nobody."""
        kind, _, subtype = action.partition(".")
        body = self._body(kind, subtype or None, {"company": {"id": COMPANY, "name": "Example"}}, at)
        return sealed(Webhook(str(body["id"]), action, encoded(body), at, at), secret or self.push.secret, at)

    def _disqualify(self, application: str, at: datetime, kind: str, reason: str) -> None:
        reasons = self.world.rows["disqualify_reasons"].values()
        if reason not in [row["name"] for row in reasons]:
            self.world.add("disqualify_reasons", at, name=reason)
        said = {"disqualify_kind": kind, "disqualify_reason": reason}
        self._change(application, at, "disqualified", {**said, "disqualified_at": written(at)}, said)

    def _change(self, application: str, at: datetime, subtype: str, changed: Row, details: Row) -> None:
        candidate, offer, placement = self.world.placed(application)
        placement.update(changed, updated_at=written(at))
        candidate["updated_at"] = written(at)
        self.world.activity(subtype, candidate, offer, at)
        told = payload(candidate, offer=shown_offer(offer), details=details)
        self._tell("candidate_moved", subtype, told, at)

    def _tell(self, kind: str, subtype: str | None, told: Row, at: datetime) -> None:
        body = self._body(kind, subtype, told, at)
        action = f"{kind}.{subtype}" if subtype else kind
        self.push.queue(action, encoded(body), at, str(body["id"]))

    def _body(self, kind: str, subtype: str | None, told: Row, at: datetime) -> Row:
        return {
            "id": self.world.next_id(),
            "event_type": kind,
            "event_subtype": subtype,
            "created_at": written(at),
            "attempt_count": 1,
            "payload": told,
        }
