"""A simulated SmartRecruiters: a small world that sends signed webhooks and answers its API over real HTTP.

    async with SimulatedSmartRecruiters(webhook_url, secret="…") as smart:
        anna = smart.add_user("Anna Berg", "anna.berg@example.com", at)
        job = smart.add_job("Welder", ["Review", "Interview"], at, recruiter=anna, manager=anna)
        application = smart.apply(Newcomer("Noémi", "Lefèvre", "noemi@example.com"), job, at)
        smart.move(application, "Interview", later)
        await smart.deliver_due(later)

Webhooks carry ids only, in a body and a link; what happened is told by the API. Signatures are made at the
real time, since their age is measured with it.
"""

import contextlib
import json
import secrets as random_secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Self

import httpx

from app.ats.smartrecruiters import signature
from app.ats.smartrecruiters_ids import application_id, parts
from app.demo.faults import Fault
from app.demo.loopback import Loopback
from app.demo.people import Newcomer
from app.demo.push import Chaos, Push, PushRules, Webhook
from app.demo.smartrecruiters_api import Api
from app.demo.smartrecruiters_world import API, NOBODY, Pair, World, status_of, written
from app.moments import machine_now

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 3, 10, 45, 120, 240, 480, 960, 1440, 1440))
"""The first five and the longest are documented; those between are guessed."""


def headers_of(action: str, event_id: str, body: bytes, timestamp: int) -> dict[str, str]:
    """The headers of an event, without its signature."""
    return {
        "content-type": "application/json",
        "event-id": event_id,
        "event-name": action,
        "event-version": "v201910",
        "link": _link(action, body),
        "smartrecruiters-timestamp": str(timestamp),
    }


def _link(action: str, body: bytes) -> str:
    ids: Mapping[str, str] = {}
    with contextlib.suppress(ValueError, RecursionError):
        ids = json.loads(body)
    if action.endswith("deleted") or not isinstance(ids, dict):
        return ""
    own = ids.get("id", NOBODY)
    paths = {
        "interview": f"interviews-api/v201904/interviews/{own}",
        "offer": f"offers/{own}",
        "job": f"jobs/{own}",
        "candidate": f"candidates/{own}",
        "application": f"candidates/{ids.get('candidate_id')}/jobs/{ids.get('job_id')}",
    }
    path = paths.get(action.partition(".")[0])
    return f"<{API}/{path}>; rel=self" if path else ""


class SimulatedSmartRecruiters:
    """One account of SmartRecruiters, served while it is entered as an async context manager.

    ``world``, ``push`` and ``api`` may be looked into and changed: faults, limits, the queue.
    """

    NAME = "smartrecruiters"

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
        rules = PushRules(self._sealed, WAITS, frozenset({202}))
        self.push = Push(webhook_url, secret, rules, chaos or Chaos())
        self.api = Api(self.world, now, self._shake)
        self._server = Loopback(self.api.handle)

    async def __aenter__(self) -> Self:
        await self._server.__aenter__()
        return self

    async def __aexit__(self, *problem: object) -> None:
        await self._server.__aexit__(*problem)

    @property
    def settings(self) -> Mapping[str, Any]:
        """How to reach the API half."""
        return {"base_url": self._server.url}

    @property
    def secrets(self) -> Mapping[str, Any]:
        """The connection's secrets."""
        return {"signing_secrets": [self.push.secret], "api_key": self.api.api_key}

    def fault(self, fault: Fault) -> None:
        """The API goes wrong this way from now on."""
        self.api.faults.append(fault)

    async def deliver_due(self, now: datetime) -> Sequence[Webhook]:
        """Sends what is due; once an event was given up, the subscription is suspended."""
        sent = await self.push.deliver_due(now)
        if any(webhook.given_up and webhook.attempts > len(WAITS) for webhook in sent):
            self.push.quiet = True
            for row in self.world.subscriptions.values():
                row["status"] = "suspended"
        return sent

    def _sealed(self, webhook: Webhook, secret: str, now: datetime) -> tuple[dict[str, str], bytes]:
        del now  # simulated; a signature is as old as it is
        headers = headers_of(webhook.action, webhook.event_id, webhook.body, int(self._now().timestamp()))
        headers["smartrecruiters-signature"] = signature(headers, webhook.body, secret)
        return headers, webhook.body

    def delivery(self, action: str, at: datetime, secret: str | None = None) -> tuple[dict[str, str], bytes]:
        """A correctly signed delivery of an event of that name, about nobody."""
        ids = {"id": NOBODY, "job_id": NOBODY, "candidate_id": NOBODY}
        body = json.dumps(ids, separators=(",", ":")).encode()
        webhook = Webhook(self.world.new_id(), action, body, at, at)
        return self._sealed(webhook, secret or self.push.secret, at)

    async def _shake(self, url: str) -> bool:
        """The handshake of an activation: 200 with the same header."""
        hook_secret = random_secrets.token_urlsafe(12)
        async with httpx.AsyncClient(trust_env=False, timeout=httpx.Timeout(20)) as http:
            try:
                answer = await http.post(url, headers={"x-hook-secret": hook_secret})
            except httpx.TransportError:
                return False
        return answer.status_code == 200 and answer.headers.get("x-hook-secret") == hook_secret  # noqa: PLR2004

    # Who and what is there

    def add_user(self, name: str, email: str, at: datetime) -> str:
        """Somebody of the company."""
        first, _, last = name.partition(" ")
        user = self.world.new_id()
        values = {"firstName": first, "lastName": last, "email": email, "active": True}
        self.world.users[user] = {"id": user, **values, "language": {"code": "en"}, "updatedOn": written(at)}
        return user

    def add_job(self, name: str, stages: Sequence[str], at: datetime, *, recruiter: str, manager: str) -> str:
        """An open job with its stages in order."""
        job = self.world.new_id()
        self.world.jobs[job] = {
            "id": job,
            "title": name,
            "createdOn": written(at),
            "updatedOn": written(at),
            "status": "SOURCING",
            "department": {"id": "11", "label": "Engineering"},
            "location": {"city": "Berlin", "country": "Germany", "countryCode": "de"},
        }
        team = (("RECRUITER", recruiter), ("HIRING_MANAGER", manager))
        self.world.teams[job] = [{"id": user, "role": role} for role, user in team]
        self.world.stages[job] = list(stages)
        self._tell("job.created", at, id=job)
        return job

    def close_job(self, job: str, at: datetime) -> None:
        """The job is filled; its applications stay as they are."""
        self.world.jobs[job] |= {"status": "FILLED", "updatedOn": written(at)}
        self._tell("job.status.updated", at, id=job)

    # Applications

    def apply(self, newcomer: Newcomer, job: str, at: datetime) -> str:
        """A candidate applies and stands in the first stage."""
        candidate = self.world.new_id()
        self.world.candidates[candidate] = {
            "id": candidate,
            "internal": False,
            "firstName": newcomer.first_name,
            "lastName": newcomer.last_name,
            "email": newcomer.email,
            "tags": list(newcomer.tags),
            "createdOn": written(at),
            "updatedOn": written(at),
        }
        page = f"https://www.smartrecruiters.com/app/people/applications/{self.world.new_id()}/overview"
        self.world.applications[candidate, job] = {"source": "Career site", "startsOn": None, "url": page}
        self._stand((candidate, job), 0, at)
        self._tell("candidate.created", at, id=candidate)
        self._tell("application.created", at, job_id=job, candidate_id=candidate)
        return application_id(candidate, job)

    def move(self, application: str, stage: str, at: datetime) -> None:
        """Into the job's stage of that name."""
        pair = _pair(application)
        self._stand(pair, self.world.stages[pair[1]].index(stage), at)
        self._changed(pair, at)

    def reject(self, application: str, at: datetime, reason: str = "Experience") -> None:
        """The company says no."""
        self._end(application, "REJECTED", at, reasonOfRejection={"id": "r-1", "label": reason})

    def withdraw(self, application: str, at: datetime, reason: str = "Another offer") -> None:
        """The candidate says no."""
        self._end(application, "WITHDRAWN", at, reasonOfWithdrawal={"id": "w-1", "label": reason})

    def hire(self, application: str, at: datetime) -> None:
        """Done."""
        self._end(application, "HIRED", at)

    def delete(self, application: str, at: datetime) -> None:
        """The candidate is deleted, with the application; one webhook in all."""
        candidate, _ = _pair(application)
        self.world.remove(candidate)
        self._tell("candidate.deleted", at, id=candidate)

    # Interviews, reviews, offers

    def schedule_interview(
        self, application: str, users: Sequence[str], starts: datetime, at: datetime
    ) -> str:
        """An interview of an hour with these users."""
        candidate, job = _pair(application)
        interview = self.world.new_id()
        self.world.interviews[interview] = {
            "id": interview,
            "candidateId": candidate,
            "candidate": {"id": candidate, "status": "accepted"},
            "jobId": job,
            "organizerId": users[0],
            "timezone": "Europe/Berlin",
            "timeslots": [self._slot(users, starts)],
            "createdOn": written(at),
        }
        self._tell("interview.created", at, id=interview)
        return interview

    def move_interview(self, interview: str, starts: datetime, at: datetime) -> None:
        """To another time, with the same people."""
        row = self.world.interviews[interview]
        users = [member["id"] for member in row["timeslots"][0]["interviewers"]]
        row["timeslots"] = [self._slot(users, starts)]
        self._tell("interview.updated", at, id=interview)

    def cancel_interview(self, interview: str, at: datetime) -> None:
        """It will not take place."""
        del self.world.interviews[interview]
        self._tell("interview.canceled", at, id=interview)

    def review(self, application: str, user: str, at: datetime) -> str:
        """The user's feedback; SmartRecruiters sends nothing for it."""
        candidate, job = _pair(application)
        review = self.world.new_id()
        whose = {"candidateId": candidate, "jobId": job, "reviewerId": user}
        times = {"createdOn": written(at), "updatedOn": written(at)}
        self.world.reviews[review] = {"id": review, **whose, "overallRating": 4, **times}
        return review

    def offer(self, application: str, at: datetime) -> str:
        """An offer is written."""
        candidate, job = _pair(application)
        offer = self.world.new_id()
        whose = {"id": offer, "candidateId": candidate, "jobId": job}
        times = {"createdOn": written(at), "updatedOn": written(at)}
        self.world.offers[offer] = {**whose, "status": "CREATED", **times, "properties": {}}
        self._tell("offer.created", at, id=offer)
        return offer

    def change_offer(self, offer: str, status: str, at: datetime) -> None:
        """The offer's status, in the vendor's words, from now on."""
        self.world.offers[offer] |= {"status": status, "updatedOn": written(at)}
        self._tell("offer.updated", at, id=offer)

    @property
    def notes(self) -> Sequence[str]:
        """The messages that were written, oldest first."""
        return [row["content"] for row in self.world.messages]

    # Inside

    def _stand(self, pair: Pair, place: int, at: datetime) -> None:
        stage = self.world.stages[pair[1]][place]
        self.world.enter(pair, status_of(stage, place), stage, at)

    def _end(self, application: str, status: str, at: datetime, **details: object) -> None:
        pair = _pair(application)
        self.world.enter(pair, status, None, at, **details)
        self._changed(pair, at)

    def _changed(self, pair: Pair, at: datetime) -> None:
        self._tell("application.status.updated", at, job_id=pair[1], candidate_id=pair[0])

    def _tell(self, action: str, at: datetime, **ids: str) -> None:
        self.push.queue(action, json.dumps(ids, separators=(",", ":")).encode(), at)

    def _slot(self, users: Sequence[str], starts: datetime) -> dict[str, Any]:
        return {
            "id": self.world.new_id(),
            "interviewType": "On-site interview",
            "title": "Interview",
            "startsOn": written(starts),
            "endsOn": written(starts + timedelta(hours=1)),
            "interviewers": [{"id": user, "status": "accepted"} for user in users],
        }


def _pair(application: str) -> Pair:
    found = parts(application)
    if found is None:
        raise KeyError(application)
    return found
