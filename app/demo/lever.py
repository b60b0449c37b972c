"""A simulated Lever: a small world that sends signed webhooks and answers its API over real HTTP.

Webhooks hold ids only, signed in the body over token and time. Feedback, offers, owners, tags and snoozes
send none. Any 2xx acknowledges, else five more attempts; their waits are not documented, so these are ours
(Lever docs, read 2026-11).
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Self

from app.ats.lever import signature
from app.ats.lever_facts import milliseconds
from app.demo.faults import Fault
from app.demo.lever_answering import Answering
from app.demo.lever_world import Row, World
from app.demo.loopback import Loopback
from app.demo.people import Newcomer
from app.demo.push import Chaos, Push, PushRules, Webhook
from app.moments import machine_now

__all__ = ["SimulatedLever"]

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480))
_HEADERS = {"content-type": "application/json", "user-agent": "Lever-Webhooks"}
_NOBODY = "11111111-1111-4111-8111-111111111111"


def sealed(webhook: Webhook, secret: str, now: datetime) -> tuple[dict[str, str], bytes]:
    """The headers and the bytes of one attempt; every attempt is the same, whenever it is made."""
    del now
    token = hashlib.sha256(webhook.event_id.encode()).hexdigest()[:48]
    at = milliseconds(webhook.happened_at)
    envelope = {
        "id": webhook.event_id,
        "event": webhook.action,
        "triggeredAt": at,
        "token": token,
        "signature": signature(token, at, secret),
    }
    head = json.dumps(envelope).encode().removesuffix(b"}")
    return dict(_HEADERS), b'%s, "data": %s}' % (head, webhook.body)


RULES = PushRules(sealed, WAITS, frozenset(range(200, 300)))


class SimulatedLever:
    """One account of Lever, served while it is entered as an async context manager.

    ``world``, ``push`` and ``answering`` may be looked into and changed: faults, limits, the queue.
    """

    NAME = "lever"

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
        self.answering = Answering(self.world, now, secret)
        self._server = Loopback(self.answering.handle)

    async def __aenter__(self) -> Self:
        await self._server.__aenter__()
        return self

    async def __aexit__(self, *problem: object) -> None:
        await self._server.__aexit__(*problem)

    @property
    def settings(self) -> Mapping[str, Any]:
        """How to reach this account."""
        return {"base_url": f"{self._server.url}/v1"}

    @property
    def secrets(self) -> Mapping[str, Any]:
        """What it is reached with."""
        return {"signing_secrets": [self.push.secret], "api_key": self.answering.api_key}

    @property
    def notes(self) -> Sequence[str]:
        """The bodies of the notes that were written through the API, oldest first."""
        kept = [note for notes in self.world.parts["notes"].values() for note in notes]
        return [note["fields"][0]["value"] for note in sorted(kept, key=lambda note: note["createdAt"])]

    def fault(self, fault: Fault) -> None:
        """The API goes wrong this way from now on."""
        self.answering.faults.append(fault)

    async def deliver_due(self, now: datetime) -> list[Webhook]:
        """Sends the webhooks that are due by that simulated instant, and returns them."""
        return await self.push.deliver_due(now)

    def delivery(self, action: str, at: datetime, secret: str | None = None) -> tuple[dict[str, str], bytes]:
        """A correctly signed delivery of an event of that name, about nobody."""
        names = ("applicationId", "opportunityId", "candidateId", "contactId", "interviewId")
        event_id = str(self.world.new_id())
        webhook = Webhook(event_id, action, json.dumps(dict.fromkeys(names, _NOBODY)).encode(), at, at)
        return sealed(webhook, secret or self.push.secret, at)

    def _tell(self, event: str, row: Row, at: datetime, **more: object) -> None:
        data = {"opportunityId": row["id"], "candidateId": row["id"], "contactId": row["contact"], **more}
        self.push.queue(event, json.dumps(data).encode(), at)

    def _row(self, application: str) -> Row:
        return self.world.rows["opportunities"][application]

    # What may happen

    def add_user(self, name: str, email: str, at: datetime) -> str:
        """A user of Lever."""
        values = {"username": email.partition("@")[0], "accessRole": "team", "createdAt": milliseconds(at)}
        return str(self.world.add("users", name=name, email=email, deactivatedAt=None, **values)["id"])

    def add_job(self, name: str, stages: Sequence[str], at: datetime, *, recruiter: str, manager: str) -> str:
        """A published posting; Lever sends nothing for it."""
        return self.world.posting(name, stages, at, recruiter, manager)

    def close_job(self, job: str, at: datetime) -> None:
        """The posting is closed; nothing is sent."""
        self.world.rows["postings"][job].update(state="closed", updatedAt=milliseconds(at))

    def apply(self, newcomer: Newcomer, job: str, at: datetime) -> str:
        """A candidate applies and stands in the first stage."""
        row = self.world.opportunity(newcomer, job, at)
        self.world.enter(row["id"], self.world.pipelines[job][0], at)
        application = row["applications"][0]
        self.push.queue("contactCreated", json.dumps({"contactId": row["contact"]}).encode(), at)
        self._tell("applicationCreated", row, at, applicationId=application)
        return str(row["id"])

    def move(self, application: str, stage: str, at: datetime) -> None:
        """Into the stage of that name."""
        row = self._row(application)
        before, to = row["stage"], self.world.stage(stage)
        self.world.enter(application, to, at, row["owner"])
        self._tell("candidateStageChange", row, at, toStageId=to, fromStageId=before)

    def archive(self, application: str, reason: str, at: datetime, kind: str = "non-hired") -> None:
        """Archived for a reason of that text; ``kind`` is ``hired`` or ``non-hired``."""
        before = self._row(application)["archived"]
        archived = {"reason": self.world.reason(reason, kind), "archivedAt": milliseconds(at)}
        row = self.world.touch(application, at, archived=archived)
        self._tell("candidateArchiveChange", row, at, toArchived=archived, fromArchived=before)

    def unarchive(self, application: str, at: datetime) -> None:
        """The opportunity runs again."""
        before = self._row(application)["archived"]
        row = self.world.touch(application, at, archived=None)
        self._tell("candidateArchiveChange", row, at, toArchived=None, fromArchived=before)

    def reject(self, application: str, at: datetime) -> None:
        """The company says no."""
        self.archive(application, "Underqualified", at)

    def withdraw(self, application: str, at: datetime) -> None:
        """The candidate says no."""
        self.archive(application, "Withdrew", at)

    def hire(self, application: str, at: datetime) -> None:
        """Archived as hired, which two webhooks tell."""
        self.archive(application, "Hired", at, "hired")
        self._tell("candidateHired", self._row(application), at)

    def delete(self, application: str, at: datetime) -> None:
        """The opportunity and its contact are gone."""
        self._tell("candidateDeleted", self.world.forget(application, at), at, deletedBy=_NOBODY)

    def schedule_interview(
        self, application: str, interviewers: Sequence[str], starts_at: datetime, at: datetime
    ) -> str:
        """A panel of one interview of an hour with these users."""
        people = [
            {name: self.world.rows["users"][user][name] for name in ("id", "name", "email")}
            | {"responseStatus": "accepted", "feedbackTemplate": "template"}
            for user in interviewers
        ]
        interview = {"id": self.world.new_id(), "subject": "Interview", "date": milliseconds(starts_at)}
        ends_at = milliseconds(starts_at + timedelta(hours=1))
        panel = self.world.add_part(
            "panels",
            application,
            applications=self._row(application)["applications"],
            canceledAt=None,
            createdAt=milliseconds(at),
            start=milliseconds(starts_at),
            end=ends_at,
            timezone="Europe/Berlin",
            user=interviewers[0],
            interviews=[{**interview, "duration": 60, "interviewers": people}],
        )
        self._tell_of_interview("interviewCreated", application, panel, interview["id"], at)
        return str(interview["id"])

    def cancel_interview(self, interview: str, at: datetime) -> None:
        """The panel is marked as cancelled."""
        application, panel, _ = self.world.interview(interview)
        panel["canceledAt"] = milliseconds(at)
        self._tell_of_interview("interviewUpdated", application, panel, interview, at)

    def delete_interview(self, interview: str, at: datetime) -> None:
        """The interview is gone without a trace."""
        application, panel, row = self.world.interview(interview)
        panel["interviews"].remove(row)
        self._tell_of_interview("interviewDeleted", application, panel, interview, at)

    def _tell_of_interview(
        self, event: str, application: str, panel: Row, interview: object, at: datetime
    ) -> None:
        row = self.world.touch(application, at)
        self._tell(event, row, at, panelId=panel["id"], interviewId=interview)

    def give_feedback(self, interview: str, user: str, at: datetime) -> str:
        """The user's feedback; nothing is sent, and the opportunity is not touched."""
        application, panel, _ = self.world.interview(interview)
        times = dict.fromkeys(("createdAt", "completedAt", "updatedAt"), milliseconds(at))
        values = {"interview": interview, "panel": panel["id"], "user": user, "deletedAt": None, **times}
        return str(self.world.add_part("feedback", application, **values)["id"])

    def offer(self, application: str, at: datetime, **values: object) -> str:
        """An offer that was created then; its id. Nothing is sent."""
        row: Row = {"status": "draft", "createdAt": milliseconds(at), "fields": [], **values}
        return str(self.world.add_part("offers", application, **row)["id"])

    def update_contact(self, application: str, email: str, at: datetime) -> None:
        """The person has another address."""
        row = self.world.touch(application, at, emails=[email])
        self.world.rows["contacts"][row["contact"]]["emails"] = [email]
        self.push.queue("contactUpdated", json.dumps({"contactId": row["contact"]}).encode(), at)
