"""A simulated home-grown ATS: a small world that sends Standard Webhooks in the generic format.

It has no API, so every event carries all that its application, candidate and job are at that moment.
"""

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from app.demo.faults import Fault
from app.demo.generic_push import rules, signed
from app.demo.people import Newcomer
from app.demo.push import Chaos, Push, Webhook
from app.moments import machine_now

Said = dict[str, Any]


@dataclass(slots=True)
class _World:
    """What there is, each as it is told."""

    users: dict[str, Said] = field(default_factory=dict)
    jobs: dict[str, Said] = field(default_factory=dict)
    candidates: dict[str, Said] = field(default_factory=dict)
    applications: dict[str, Said] = field(default_factory=dict)
    interviews: dict[str, Said] = field(default_factory=dict)
    whose: dict[str, str] = field(default_factory=dict)
    """The candidate of an application."""
    where: dict[str, str] = field(default_factory=dict)
    """The job of an application."""
    counted: int = 0

    def new_id(self, kind: str) -> str:
        self.counted += 1
        return f"{kind}-{self.counted}"


class SimulatedGeneric:
    """One account of a system without an API; ids are such as ``application-4``."""

    NAME = "generic"

    def __init__(
        self,
        webhook_url: str,
        secret: str,
        *,
        chaos: Chaos | None = None,
        now: Callable[[], datetime] = machine_now,
    ) -> None:
        self.push = Push(webhook_url, secret, rules(now), chaos or Chaos())
        self.world = _World()
        self._now = now

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *problem: object) -> None:
        """Nothing is held open."""

    @property
    def settings(self) -> Mapping[str, Any]:
        """Nothing is needed to reach what has no API."""
        return {}

    @property
    def secrets(self) -> Mapping[str, Any]:
        """What the webhooks are signed with."""
        return {"signing_secrets": [self.push.secret]}

    @property
    def notes(self) -> Sequence[str]:
        """There is no API to write notes."""
        return ()

    def fault(self, fault: Fault) -> None:
        """There is no API to go wrong."""

    async def deliver_due(self, now: datetime) -> list[Webhook]:
        """Sends the webhooks that are due by that simulated instant, and returns them."""
        return await self.push.deliver_due(now)

    def delivery(self, action: str, at: datetime, secret: str | None = None) -> tuple[dict[str, str], bytes]:
        """A correctly signed event of that type about nobody, signed now."""
        body = _written({"type": action, "occurred_at": _stamp(at)})
        return signed(f"event-{uuid.uuid4()}", body, secret or self.push.secret, self._now()), body

    # Who and what there is

    def add_user(self, name: str, email: str, at: datetime) -> str:
        """Somebody of the company; their id."""
        del at  # nobody is told of users
        user = self.world.new_id("user")
        self.world.users[user] = {"id": user, "name": name, "email": email}
        return user

    def add_job(self, name: str, stages: Sequence[str], at: datetime, *, recruiter: str, manager: str) -> str:
        """An open job with its stages in order; its id."""
        job, users = self.world.new_id("job"), self.world.users
        team = {"recruiters": [users[recruiter]], "hiring_managers": [users[manager]]}
        self.world.jobs[job] = {
            "id": job,
            "name": name,
            "hiring_team": team,
            "stages": [{"id": f"{job}-stage-{nth}", "name": stage} for nth, stage in enumerate(stages, 1)],
        }
        self._tell("job.opened", at, job=self._job(job))
        return job

    def close_job(self, job: str, at: datetime) -> None:
        """The job is closed; its applications stay as they are."""
        self._tell("job.closed", at, job=self._job(job))

    def apply(self, newcomer: Newcomer, job: str, at: datetime) -> str:
        """A candidate applies and stands in the first stage; the id of the application."""
        world = self.world
        candidate, application = world.new_id("candidate"), world.new_id("application")
        world.candidates[candidate] = {
            "id": candidate,
            "first_name": newcomer.first_name,
            "last_name": newcomer.last_name,
            "email": newcomer.email,
            "can_email": newcomer.can_email,
            "private": newcomer.private,
            "tags": list(newcomer.tags),
        }
        world.applications[application] = {
            "id": application,
            "applied_at": _stamp(at),
            "stage": world.jobs[job]["stages"][0],
            "source": "Careers page",
            "recruiter": world.jobs[job]["hiring_team"]["recruiters"][0],
        }
        world.whose[application], world.where[application] = candidate, job
        self._tell_of("application.created", application, at)
        return application

    # What happens to an application

    def move(self, application: str, stage: str, at: datetime) -> None:
        """Into the job's stage of that name."""
        stages = self.world.jobs[self.world.where[application]]["stages"]
        self.world.applications[application]["stage"] = next(one for one in stages if one["name"] == stage)
        self._tell_of("application.stage_changed", application, at)

    def reject(self, application: str, at: datetime) -> None:
        """The company says no."""
        reason = {"id": "reason-1", "name": "Another profile fits better"}
        self._tell_of("application.rejected", application, at, reason=reason)

    def withdraw(self, application: str, at: datetime) -> None:
        """The candidate says no."""
        self._tell_of("application.withdrawn", application, at)

    def unreject(self, application: str, at: datetime) -> None:
        """The rejection is taken back."""
        self._tell_of("application.unrejected", application, at)

    def hire(self, application: str, at: datetime) -> None:
        """Done."""
        self._tell_of("application.hired", application, at)

    def delete(self, application: str, at: datetime) -> None:
        """The candidate is deleted, with the application."""
        candidate = self.world.whose.pop(application)
        del self.world.applications[application], self.world.candidates[candidate]
        self._tell("candidate.deleted", at, candidate={"id": candidate})

    # Interviews, which here are told as they happen

    def schedule_interview(
        self, application: str, interviewers: Sequence[str], starts_at: datetime, at: datetime
    ) -> str:
        """An interview of one hour; its id."""
        interview = self.world.new_id("interview")
        self.world.interviews[interview] = {
            "id": interview,
            "name": "Interview",
            "starts_at": _stamp(starts_at),
            "ends_at": _stamp(starts_at + timedelta(hours=1)),
            "interviewers": [self.world.users[user] for user in interviewers],
        }
        self._tell_of("interview.scheduled", application, at, interview=self.world.interviews[interview])
        return interview

    def submit_scorecard(self, application: str, interview: str, user: str, at: datetime) -> str:
        """The user's feedback on the interview; its id."""
        scorecard = self.world.new_id("scorecard")
        card = {"id": scorecard, "interviewer": self.world.users[user]}
        self._tell_of("scorecard.submitted", application, at, interview={"id": interview}, scorecard=card)
        return scorecard

    # Inside

    def _job(self, job: str) -> Said:
        return {name: value for name, value in self.world.jobs[job].items() if name != "stages"}

    def _tell_of(self, action: str, application: str, at: datetime, **more: object) -> None:
        told = self.world.applications[application]
        candidate = self.world.candidates[self.world.whose[application]]
        job = self._job(self.world.where[application])
        self._tell(action, at, application=told, candidate=candidate, job=job, **more)

    def _tell(self, action: str, at: datetime, **about: object) -> None:
        self.push.queue(action, _written({"type": action, "occurred_at": _stamp(at), **about}), at)


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _written(body: Said) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()
