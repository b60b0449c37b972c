"""What the rows of Teamtailor's API say, read together (API docs of 2021-02-01, read 2026-11).

Interviews, offers and past stages are not told: Teamtailor documents a single instant, that at which the
present stage was entered, and ends in what the row says of itself, ``rejected-at`` and a stage of the type
``Hired``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.ats.canonical import Fact, FactKind, PersonFields, PersonRole, Reading
from app.ats.collected import Collected
from app.ats.fields import Answers, Json, identity, stamp, text, texts, truth
from app.ats.teamtailor_facts import ending, not_before
from app.ats.teamtailor_rows import attribute, has_attribute, moment, related
from app.ats.told import created, snapshot

TEAMS = "teams"
"""The resource under which jobs stand that were asked for their team only; such a row may be minutes old."""

_STATUSES = {"open": "open", "unlisted": "open", "archived": "closed", "draft": "draft", "temp": "draft"}


def read_answers(answers: Answers, received_at: datetime) -> Reading:
    """What the rows say, by their own type; rows without an id and types unknown here are passed over.

    Rows of one round are best read together: stages, reasons and candidates stand beside the applications
    that name them. ``received_at`` is not needed, since every row has a time of its own.
    """
    del received_at
    known = _Known.of(answers)
    collected = Collected()
    for resource, found in answers.items():
        for row in found:
            external_id, kind = identity(row.get("id")), text(row.get("type")) or resource
            reader = _READERS.get(kind)
            if external_id and kind == "jobs":
                _team(collected, row, external_id, known)
            if external_id and reader and not (resource == TEAMS and kind == "jobs"):
                reader(collected, row, external_id, known)
    return collected.reading()


@dataclass(frozen=True, slots=True)
class _Known:
    """Rows that others name, by type and id."""

    rows: Mapping[tuple[str, str], Json]

    @classmethod
    def of(cls, answers: Answers) -> "_Known":
        found = ((row, identity(row.get("id"))) for listed in answers.values() for row in listed)
        return cls(
            {(text(row.get("type")) or "", external_id): row for row, external_id in found if external_id}
        )

    def one(self, kind: str, external_id: str | None) -> Json:
        """The row, or an empty one."""
        return self.rows.get((kind, external_id or ""), {})


def _application(into: Collected, row: Json, external_id: str, known: _Known) -> None:
    candidate, job = related(row, "candidate"), related(row, "job")
    if candidate is None:
        return  # a row beside another one, without its relations: half a truth
    created_at = moment(row, "created-at")
    if created_at:
        into.fact(created(external_id, created_at, candidate, job))
    stage_id = related(row, "stage")
    stage = known.one("stages", stage_id)
    entered_at = moment(row, "changed-stage-at") or created_at
    if stage_id and entered_at:
        data = {
            "stage_id": stage_id,
            "stage_name": text(attribute(stage, "name")),
            "entered_at": stamp(entered_at),
        }
        key = f"application:{external_id}:stage:{stage_id}:{stamp(entered_at)}"
        into.fact(Fact(FactKind.STAGE_ENTERED, key, entered_at, external_id, candidate, job, data))
    status = _state(into, row, external_id, known)
    into.fact(_attributes(row, external_id, known, status))


def _state(into: Collected, row: Json, external_id: str, known: _Known) -> str:
    candidate, job, stage_id = related(row, "candidate"), related(row, "job"), related(row, "stage")
    stage = known.one("stages", stage_id)
    if rejected_at := moment(row, "rejected-at"):
        reason_id = related(row, "reject-reason")
        reason = known.one("reject-reasons", reason_id)
        said = ending(
            external_id,
            rejected_at,
            candidate,
            job,
            withdrawn=truth(attribute(reason, "rejected-by-company")) is False,
            # A reason that was not told is none: it decides whether it was a withdrawal.
            reason_id=reason_id if reason else None,
            reason=text(attribute(reason, "reason")) or text(attribute(row, "reject-reason")),
            not_before=not_before(row),
            stage_id=stage_id,
            stage_name=text(attribute(stage, "name")),
        )
        into.fact(said)
        return "rejected"
    hired_at = moment(row, "changed-stage-at") or moment(row, "updated-at")
    if (text(attribute(stage, "stage-type")) or "").lower() == "hired" and hired_at:
        key = f"application:{external_id}:hired:{stamp(hired_at)}"
        into.fact(Fact(FactKind.HIRED, key, hired_at, external_id, candidate, job))
        return "hired"
    return "active"


def _attributes(row: Json, external_id: str, known: _Known, status: str) -> Fact:
    candidate, job = related(row, "candidate"), related(row, "job")
    person = known.one("candidates", candidate)
    data: dict[str, Any] = {"candidate": candidate, "job": job, "status": status}
    data["source"] = text(attribute(row, "referring-site"))
    if has_attribute(person, "tags"):
        data["tags"] = texts(attribute(person, "tags"))
    # Not before what it tells of: a state that stands before its own cause would count as a second one.
    told = [moment(row, name) for name in ("updated-at", "changed-stage-at", "rejected-at")]
    at = max((one for one in [*told, moment(person, "updated-at")] if one), default=None)
    ids = {"application": external_id, "candidate": candidate, "job": job}
    return snapshot(FactKind.APPLICATION_CHANGED, f"application:{external_id}", data, at, **ids)


def _candidate(into: Collected, row: Json, external_id: str, known: _Known) -> None:
    del known
    person = PersonFields(
        PersonRole.CANDIDATE,
        external_id,
        first_name=text(attribute(row, "first-name")),
        last_name=text(attribute(row, "last-name")),
        email=text(attribute(row, "email"), 254),
    )
    into.person(person)
    unsubscribed = truth(attribute(row, "unsubscribed"))
    data: dict[str, Any] = {}
    if unsubscribed is not None:
        data["can_email"] = not unsubscribed
    # The webhook docs name `restricted_at` among the fields of a candidate; the API docs do not.
    if has_attribute(row, "restricted-at"):
        data["private"] = attribute(row, "restricted-at") is not None
    if has_attribute(row, "tags"):
        data["tags"] = texts(attribute(row, "tags"))
    at = moment(row, "updated-at")
    subject = f"candidate:{external_id}"
    into.fact(snapshot(FactKind.CANDIDATE_CHANGED, subject, data, at, candidate=external_id))


def _job(into: Collected, row: Json, external_id: str, known: _Known) -> None:
    del known
    said = text(attribute(row, "status"))
    status = _STATUSES.get(said.lower(), said.lower()) if said else None
    data = {"name": text(attribute(row, "title")), "status": status}
    data = {name: value for name, value in data.items() if value is not None}
    at = moment(row, "updated-at")
    into.fact(snapshot(FactKind.JOB_CHANGED, f"job:{external_id}", data, at, job=external_id))


def _team(into: Collected, row: Json, external_id: str, known: _Known) -> None:
    """The job's recruiter and department, where the relations were asked for."""
    data: dict[str, Any] = {}
    if recruiter := related(row, "user"):
        data["hiring_team"] = {"recruiters": [recruiter]}
    department = known.one("departments", related(row, "department"))
    if name := text(attribute(department, "name")):
        data["departments"] = [name]
    if data:
        into.fact(snapshot(FactKind.JOB_CHANGED, f"job:{external_id}:team", data, None, job=external_id))


def _user(into: Collected, row: Json, external_id: str, known: _Known) -> None:
    del known
    person = PersonFields(
        PersonRole.MEMBER,
        external_id,
        name=text(attribute(row, "name")),
        email=text(attribute(row, "email"), 254) or text(attribute(row, "login-email"), 254),
        time_zone=text(attribute(row, "time-zone"), 64),
        locale=text(attribute(row, "locale"), 35),
    )
    into.person(person)


_READERS: Mapping[str, Callable[[Collected, Json, str, _Known], None]] = {
    "job-applications": _application,
    "candidates": _candidate,
    "jobs": _job,
    "users": _user,
}
