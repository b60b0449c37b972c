"""The statuses of an application one after the other, as facts: its stages, its endings, its returns.

Statuses and the history are as the vendor's candidate API writes them; a sub-status is the company's own name
for a step within a status (specification of the candidate API as clients quote it, read 2026-11).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.ats.canonical import Fact, FactKind
from app.ats.fields import Json, child, day, digest, instant, stamp, text
from app.ats.smartrecruiters_ids import ident, parts

_STAGES = {
    "LEAD": "Lead",
    "NEW": "New",
    "IN_REVIEW": "In review",
    "INTERVIEW": "Interview",
    "OFFERED": "Offered",
}
_ENDINGS = {"REJECTED": "rejected", "WITHDRAWN": "withdrawn", "HIRED": "hired", "TRANSFERRED": "transferred"}


@dataclass(frozen=True, slots=True)
class Step:
    """One status with its sub-status, and since when; ``at`` is None where nothing tells it."""

    status: str
    sub_status: str | None
    at: datetime | None

    @property
    def is_stage(self) -> bool:
        return self.status not in _ENDINGS

    @property
    def stage_id(self) -> str:
        return f"{self.status}:{self.sub_status}" if self.sub_status else self.status

    @property
    def stage_name(self) -> str:
        return self.sub_status or _STAGES.get(self.status, self.status.replace("_", " ").capitalize())

    @property
    def state(self) -> str:
        """The application's state in our words."""
        return _ENDINGS.get(self.status, "active")


@dataclass(frozen=True, slots=True)
class Ids:
    """Whose facts these are."""

    application: str
    candidate: str
    job: str


def ids_of(application: str) -> Ids | None:
    """The ids that stand in an application's id; None where it is not one of ours."""
    found = parts(application)
    return Ids(application, *found) if found else None


def steps_of(rows: Sequence[Json], details: Json, candidate: Json) -> list[Step]:
    """The steps, oldest first.

    Without a history there is the present status alone, as of the candidate's last change.
    """
    told = [
        Step(status, text(row.get("subStatus")), at)
        for row in rows
        if (status := _status(row)) and (at := instant(row.get("changedOn")))
    ]
    if told:
        return sorted(told, key=lambda step: (step.at.isoformat() if step.at else "", step.stage_id))
    status = _status(details)
    at = instant(candidate.get("updatedOn"))
    return [Step(status, text(details.get("subStatus")), at)] if status else []


def _status(row: Json) -> str | None:
    said = (text(row.get("status"), 40) or "").upper()
    return said if said.replace("_", "").isalpha() else None


def facts_of(ids: Ids, steps: Sequence[Step], details: Json, *, told: bool) -> list[Fact]:
    """What the steps say; ``told`` says that they are the history and not only the present status."""
    facts = []
    for index, step in enumerate(steps):
        before = steps[index - 1] if index else None
        following = steps[index + 1].at if index + 1 < len(steps) else None
        if before is not None and before.state != "active" and step.is_stage:
            facts += _returned(ids, before, step)
        if not step.is_stage:
            last = details if index == len(steps) - 1 else {}
            facts.append(_ended(ids, step, last, before))
        elif told:
            facts.append(_visit(ids, step, following))
        else:
            facts.append(_stood(ids, step))
    return facts


def created(ids: Ids, steps: Sequence[Step], candidate: Json, *, told: bool) -> Fact | None:
    """The application came into being with its first status that is more than a lead."""
    applied = [step for step in steps if step.status != "LEAD"]
    if not applied:
        return None
    at = applied[0].at if told else instant(candidate.get("createdOn"))
    key = f"application:{ids.application}:created"
    return Fact(FactKind.APPLICATION_CREATED, key, at, ids.application, ids.candidate, ids.job)


def _visit(ids: Ids, step: Step, left_at: datetime | None) -> Fact:
    data = {
        "visit_id": f"{ids.application}:{stamp(step.at)}",
        "stage_id": step.stage_id,
        "stage_name": step.stage_name,
        "entered_at": stamp(step.at),
        "exited_at": stamp(left_at),
        "current": left_at is None,
    }
    # A visit that ended sorts after the same visit while it lasted.
    state = f"exited:{data['exited_at']}" if left_at else "entered"
    key = f"application:{ids.application}:visit:{data['entered_at']}:{state}:{digest(data)}"
    return _fact(FactKind.STAGE_ENTERED, ids, step, key, data)


def _stood(ids: Ids, step: Step) -> Fact:
    data = {"stage_id": step.stage_id, "stage_name": step.stage_name}
    key = f"application:{ids.application}:stage:{digest(step.stage_id)}:{stamp(step.at) or ''}"
    return _fact(FactKind.STAGE_CHANGED, ids, step, key, data)


def _returned(ids: Ids, before: Step, step: Step) -> list[Fact]:
    kind = {
        "rejected": FactKind.UNREJECTED,
        "withdrawn": FactKind.UNREJECTED,
        "hired": FactKind.UNHIRED,
    }.get(before.state)
    if kind is None:
        return []
    return [_fact(kind, ids, step, f"application:{ids.application}:{kind}:{stamp(step.at)}", {})]


def _ended(ids: Ids, step: Step, details: Json, before: Step | None) -> Fact:
    subject = f"application:{ids.application}:{step.state}:{stamp(step.at) or ''}"
    if step.state == "transferred":
        # The candidate goes on in another job, as another application: nothing is owed for this one any more.
        return _fact(FactKind.APPLICATION_DELETED, ids, step, subject, {})
    if step.state == "hired":
        hire = {"offer_id": None, "starts_at": day(details.get("startsOn"))}
        return _fact(FactKind.HIRED, ids, step, f"{subject}:{hire['starts_at'] or ''}", hire)
    withdrawn = step.state == "withdrawn"
    reason = child(details, "reasonOfWithdrawal" if withdrawn else "reasonOfRejection")
    data = {
        "reason_id": ident(reason.get("id")),
        "reason": text(reason.get("label")),
        "reason_type_id": None,
        "reason_type": "They rejected us" if withdrawn else "We rejected them",
        "stage_id": before.stage_id if before else None,
        "stage_name": before.stage_name if before else None,
    }
    kind = FactKind.WITHDRAWN if withdrawn else FactKind.REJECTED
    return _fact(kind, ids, step, f"{subject}:{data['reason_id'] or ''}", data)


def _fact(kind: FactKind, ids: Ids, step: Step, key: str, data: dict[str, Any]) -> Fact:
    return Fact(kind, key, step.at, ids.application, ids.candidate, ids.job, data)
