"""What the lists of Harvest v3 say, read together, in the same facts as the webhooks.

Where Greenhouse gives a row no ``updated_at``, its key is its content alone: a poll that sees nothing new
must not add facts.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.ats.canonical import Evaluation, Fact, FactKind, PersonFields, PersonRole, Reading
from app.ats.collected import Collected
from app.ats.fields import (
    LONGEST_WORDS,
    Answers,
    Json,
    children,
    digest,
    identity,
    instant,
    stamp,
    stamped,
    text,
    texts,
    truth,
)
from app.ats.greenhouse_facts import (
    candidate_person,
    hired,
    job_data,
    member_person,
    offer_data,
    offer_fact,
)
from app.ats.told import created, ending, snapshot

_STATUSES = {"in_process": "active"}
_PRIVATE = frozenset({"private notes", "private_notes"})


def read_answers(answers: Answers, received_at: datetime) -> Reading:
    """What the rows say, by resource; rows without an id and resources unknown here are passed over.

    Rows of one round are best read together: stage names come from ``job_interview_stages``, reasons of a
    rejection from ``rejection_details`` and ``rejection_reasons``, the application of an interviewer from
    ``interviews``. ``received_at`` is when the answers came, aware.
    """
    del received_at  # every row either has a time of its own or goes by its receipt
    known = _Known.of(answers)
    collected = Collected()
    for resource, reader in _READERS.items():
        for row in answers.get(resource, ()):
            external_id = identity(row.get("id"))
            if external_id is not None:
                reader(collected, row, external_id, known)
    _collect_teams(collected, answers)
    return collected.reading()


@dataclass(frozen=True, slots=True)
class _Known:
    """What one resource's rows tell about another's."""

    applications: Mapping[str, Json] = field(default_factory=dict)
    interviews: Mapping[str, Json] = field(default_factory=dict)
    stages: Mapping[str, Json] = field(default_factory=dict)
    details: Mapping[str, Json] = field(default_factory=dict)
    reasons: Mapping[str, Json] = field(default_factory=dict)
    accepted: Mapping[str, Json] = field(default_factory=dict)

    @classmethod
    def of(cls, answers: Answers) -> "_Known":
        offers = [
            row for row in answers.get("offers", ()) if (text(row.get("status")) or "").lower() == "accepted"
        ]
        return cls(
            _by(answers, "applications", "id"),
            _by(answers, "interviews", "id"),
            _by(answers, "job_interview_stages", "id"),
            _by(answers, "rejection_details", "application_id"),
            _by(answers, "rejection_reasons", "id"),
            _by({"offers": offers}, "offers", "application_id"),
        )

    def whose(self, row: Json) -> tuple[str | None, str | None, str | None]:
        """The application, candidate and job that a row belongs to."""
        application = identity(row.get("application_id"))
        of = self.applications.get(application or "", {})
        candidate = identity(row.get("candidate_id")) or identity(of.get("candidate_id"))
        return application, candidate, identity(row.get("job_id")) or identity(of.get("job_id"))


def _by(answers: Answers, resource: str, name: str) -> dict[str, Json]:
    return {key: row for row in answers.get(resource, ()) if (key := identity(row.get(name)))}


def _application(into: Collected, row: Json, external_id: str, known: _Known) -> None:
    candidate, job = identity(row.get("candidate_id")), identity(row.get("job_id"))
    applied_at = instant(row.get("applied_at")) or instant(row.get("created_at"))
    if applied_at:
        into.fact(created(external_id, applied_at, candidate, job))
    said = text(row.get("status"))
    attributes: dict[str, Any] = {"candidate": candidate, "job": job}
    for ours in ("recruiter", "coordinator"):
        if f"{ours}_id" in row:
            attributes[ours] = identity(row[f"{ours}_id"])
    attributes["prospect"] = truth(row.get("prospect"))
    attributes["needs_decision"] = truth(row.get("needs_decision"))
    attributes["status"] = _STATUSES.get(said, said) if said else None
    # The stage's name only: as ids Harvest gives the visit here and the stage elsewhere, so visits are read
    # from `application_stages`.
    attributes["stage_name"] = text(row.get("stage_name"))
    kept = ("recruiter", "coordinator")
    data = {name: value for name, value in attributes.items() if value is not None or name in kept}
    at = instant(row.get("last_activity_at"))
    subject = f"application:{external_id}"
    fact = snapshot(
        FactKind.APPLICATION_CHANGED,
        subject,
        data,
        at,
        application=external_id,
        candidate=candidate,
        job=job,
    )
    into.fact(fact)
    _collect_state(into, row, external_id, known)


def _collect_state(into: Collected, row: Json, external_id: str, known: _Known) -> None:
    candidate, job, at = (
        identity(row.get("candidate_id")),
        identity(row.get("job_id")),
        instant(row.get("last_activity_at")),
    )
    status = text(row.get("status"))
    if status == "rejected":
        rejected_at = instant(row.get("rejected_at")) or at
        into.fact(ending(external_id, rejected_at, candidate, job, _rejection(row, external_id, known)))
    elif status == "hired":
        accepted = known.accepted.get(external_id)
        offer = offer_data(accepted) if accepted else None
        hired_at = instant(offer["resolved_at"]) if offer else None
        into.fact(hired(external_id, hired_at or at, candidate, job, offer))


def _rejection(row: Json, external_id: str, known: _Known) -> dict[str, Any]:
    details = known.details.get(external_id, {})
    reason_id = identity(details.get("rejection_reason_id")) or identity(row.get("rejection_reason_id"))
    reason = known.reasons.get(reason_id or "", {})
    kind = reason.get("type")
    kind = kind if isinstance(kind, dict) else {}
    return {
        # A reason whose type is unknown is none: the type decides whether it was a withdrawal.
        "reason_id": reason_id if reason else None,
        "reason": text(reason.get("name")),
        "reason_type_id": identity(kind.get("id")),
        "reason_type": text(kind.get("name")) or text(kind.get("key")),
        "stage_id": None,
        "stage_name": text(row.get("stage_name")),
        "prospect": truth(row.get("prospect")),
    }


def _visit(into: Collected, row: Json, external_id: str, known: _Known) -> None:
    application, candidate, job = known.whose(row)
    entered_at = instant(row.get("entered_at"))
    if application is None or entered_at is None:
        return
    stage_id = identity(row.get("job_interview_stage_id"))
    name = text(row.get("stage_name")) or text(known.stages.get(stage_id or "", {}).get("name"))
    data = {
        "visit_id": external_id,
        "stage_id": stage_id,
        "stage_name": name,
        "entered_at": stamp(entered_at),
        "exited_at": stamped(row.get("exited_at")),
        "current": truth(row.get("current")),
    }
    # A visit that ended sorts after the same visit while it lasted.
    state = f"exited:{data['exited_at']}" if data["exited_at"] else "entered"
    key = f"application:{application}:visit:{external_id}:{state}:{digest(data)}"
    into.fact(Fact(FactKind.STAGE_ENTERED, key, entered_at, application, candidate, job, data))


def _interview(into: Collected, row: Json, external_id: str, known: _Known) -> None:
    data = {
        "interview_id": external_id,
        "kind_id": identity(row.get("job_interview_id")),
        "name": text(row.get("name")),
        "starts_at": stamped(row.get("starts_at")),
        "ends_at": stamped(row.get("ends_at")),
        "all_day_on": text(row.get("all_day_start_on"), 10),
        "status": text(row.get("status")),
        "scheduled_at": stamped(row.get("scheduled_at")),
        "availability_received_at": stamped(row.get("availability_received_at")),
        "organizer": identity(row.get("organizer_id")),
    }
    into.fact(_snapshot_of(FactKind.INTERVIEW, f"interview:{external_id}", row, known, data))


def _interviewer(into: Collected, row: Json, external_id: str, known: _Known) -> None:
    user, interview = identity(row.get("user_id")), identity(row.get("interview_id"))
    if user:
        into.person(member_person(row, user))
    data = {
        "interviewer_id": external_id,
        "interview_id": interview,
        "user_id": user,
        "scorecard_id": identity(row.get("scorecard_id")),
        "response_status": text(row.get("response_status")),
    }
    # The row does not name the application; the interview does.
    of = {**known.interviews.get(interview or "", {}), "updated_at": row.get("updated_at")}
    into.fact(_snapshot_of(FactKind.INTERVIEWER, f"interviewer:{external_id}", of, known, data))


def _scorecard(into: Collected, row: Json, external_id: str, known: _Known) -> None:
    data = {
        "scorecard_id": external_id,
        "interviewer": identity(row.get("interviewer_id")),
        "submitter": identity(row.get("submitter_id")),
        "status": text(row.get("status")),
        "interviewed_at": stamped(row.get("interviewed_at")),
        "submitted_at": stamped(row.get("submitted_at")),
    }
    subject, submitted = f"scorecard:{external_id}", row.get("submitted_at")
    into.fact(_snapshot_of(FactKind.SCORECARD, subject, row, known, data, otherwise=submitted))
    application, candidate, _ = known.whose(row)
    if application and data["status"] == "complete":
        at = instant(row.get("updated_at")) or instant(submitted)
        into.evaluation(Evaluation(external_id, application, candidate, dict(_written(row)), at))


def _written(row: Json) -> Iterator[tuple[str, str]]:
    """What a scorecard says in words, by field: its notes, questions and attributes.

    Private notes are left where they are. Harvest v3 shows `notes` and `public_notes` (clients that quote it,
    read 2026-11); attributes and questions have the shape that v1 documented, and are read where they come.
    """
    for name in ("public_notes", "notes"):
        if words := text(row.get(name), LONGEST_WORDS):
            yield name, words
    for rows, field_name, said in (("questions", "question", "answer"), ("attributes", "name", "note")):
        for one in children(row, rows):
            field_, answer = text(one.get(field_name), 200), text(one.get(said), LONGEST_WORDS)
            if field_ and answer and field_.casefold() not in _PRIVATE:
                yield field_, answer


def _snapshot_of(
    kind: FactKind,
    subject: str,
    row: Json,
    known: _Known,
    data: Mapping[str, Any],
    *,
    otherwise: object = None,
) -> Fact:
    """The row as of its ``updated_at``, or as of the time in ``otherwise``."""
    application, candidate, job = known.whose(row)
    at = instant(row.get("updated_at")) or instant(otherwise)
    return snapshot(kind, subject, data, at, application=application, candidate=candidate, job=job)


def _offer(into: Collected, row: Json, external_id: str, known: _Known) -> None:
    del external_id
    into.fact(offer_fact(offer_data(row), *known.whose(row), updated=row.get("updated_at")))


def _candidate(into: Collected, row: Json, external_id: str, known: _Known) -> None:
    del known
    person = candidate_person(row, external_id)
    plain = text(row.get("email"), 254) or text(row.get("primary_email"), 254)
    into.person(person)
    into.person(PersonFields(PersonRole.CANDIDATE, external_id, email=plain))
    can_email, private = truth(row.get("can_email")), truth(row.get("private"))
    data: dict[str, Any] = {
        "can_email": can_email,
        "private": private if private is not None else truth(row.get("is_private")),
    }
    if "tags" in row:
        data["tags"] = texts(row["tags"])
    data = {name: value for name, value in data.items() if value is not None}
    at = instant(row.get("updated_at"))
    into.fact(
        snapshot(FactKind.CANDIDATE_CHANGED, f"candidate:{external_id}", data, at, candidate=external_id)
    )


def _job(into: Collected, row: Json, external_id: str, known: _Known) -> None:
    del known
    at = instant(row.get("updated_at"))
    into.fact(snapshot(FactKind.JOB_CHANGED, f"job:{external_id}", job_data(row), at, job=external_id))


def _user(into: Collected, row: Json, external_id: str, known: _Known) -> None:
    del known
    into.person(member_person(row, external_id))


_READERS: Mapping[str, Callable[[Collected, Json, str, _Known], None]] = {
    "applications": _application,
    "application_stages": _visit,
    "interviews": _interview,
    "interviewers": _interviewer,
    "scorecards": _scorecard,
    "offers": _offer,
    "candidates": _candidate,
    "jobs": _job,
    "users": _user,
}

_OWNERS = {"recruiter": "recruiters", "coordinator": "coordinators", "sourcer": "sourcers"}


def _collect_teams(into: Collected, answers: Answers) -> None:
    """One fact a job with the hiring team that its owners and managers make up."""
    teams: dict[str, dict[str, list[str]]] = {}
    rows = [
        *((row, _OWNERS.get(text(row.get("type")) or "")) for row in answers.get("job_owners", ())),
        *((row, "hiring_managers") for row in answers.get("job_hiring_managers", ())),
    ]
    for row, role in rows:
        job, user = identity(row.get("job_id")), identity(row.get("user_id"))
        if job and user and role:
            members = teams.setdefault(job, {}).setdefault(role, [])
            # The responsible one leads the list.
            members.insert(0 if row.get("responsible") is True else len(members), user)
    for job, team in teams.items():
        data = {"hiring_team": {role: list(dict.fromkeys(users)) for role, users in sorted(team.items())}}
        into.fact(snapshot(FactKind.JOB_CHANGED, f"job:{job}:team", data, None, job=job))
