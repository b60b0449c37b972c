"""What Workable's API answers say, read together, in the same facts as the webhooks (read 2026-11).

A candidate's activities and a job's members do not name whose they are; the name of their resource does:
``activities:<candidate>``, ``job_members:<job>``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.ats.canonical import Fact, FactKind, Reading
from app.ats.collected import Collected
from app.ats.fields import (
    Answers,
    Json,
    child,
    children,
    day,
    digest,
    identity,
    instant,
    stamp,
    stamped,
    text,
    truth,
)
from app.ats.told import snapshot
from app.ats.workable_facts import collect_candidate, member_person, words_id

ACTIVITIES, JOB_MEMBERS = "activities:", "job_members:"

_JOB_STATES = {
    "published": "open",
    "internal": "open",
    "closed": "closed",
    "archived": "closed",
    "draft": "on_hold",
}
_EVENT_NAMES = {"CallEvent": "Call", "InterviewEvent": "Interview", "MeetingEvent": "Meeting"}
# An offer that is `rejected` was refused by an approver of the company: no answer of the candidate's.
_OFFER_STATES = {"rejected": "approval_rejected", "declined": "rejected", "signed": "accepted"}
_SENT_STATES = {"sent", "viewed", "accepted", "rejected"}


def read_answers(answers: Answers, received_at: datetime) -> Reading:
    """What the rows say, by resource; rows without an id and resources unknown here are passed over.

    ``received_at`` is when the answers came, aware.
    """
    del received_at  # every row either has a time of its own or goes by its receipt
    into = Collected()
    candidates = {found: row for row in answers.get("candidates", ()) if (found := identity(row.get("id")))}
    withdrawals = _withdrawals(answers)
    erased: list[str] = []
    for row in candidates.values():
        erased += collect_candidate(into, row, withdrawals=withdrawals)
    for resource, rows in answers.items():
        if resource.startswith(ACTIVITIES):
            candidate = resource.removeprefix(ACTIVITIES)
            _collect_visits(into, candidate, candidates.get(candidate, {}), rows)
        elif resource.startswith(JOB_MEMBERS):
            _collect_team(into, resource.removeprefix(JOB_MEMBERS), rows)
    for row in answers.get("events", ()):
        _collect_interview(into, row, candidates)
    for row in answers.get("offers", ()):
        _collect_offer(into, row, candidates)
    for row in answers.get("jobs", ()):
        _collect_job(into, row)
    for row in answers.get("members", ()):
        if member := identity(row.get("id")):
            into.person(member_person(row, member))
    return into.reading(tuple(erased))


def _withdrawals(answers: Answers) -> frozenset[str]:
    rows = answers.get("disqualification_reasons", ())
    named = (text(row.get("description")) for row in rows if truth(row.get("candidate_withdrew")))
    return frozenset(words for words in named if words)


# Stages


def _collect_visits(into: Collected, candidate: str, row: Json, activities: Sequence[Json]) -> None:
    """The stage visits that a candidate's moves make up, from the creation on."""
    job = identity(child(row, "job").get("shortcode"))
    entries = _entries(row, activities)
    for entry, following in zip(entries, [*entries[1:], None], strict=True) if entries else ():
        exited_at = following.at if following else None
        data = {
            "visit_id": entry.visit,
            "stage_id": words_id(entry.stage),
            "stage_name": entry.stage,
            "entered_at": stamp(entry.at),
            "exited_at": stamp(exited_at),
            "current": exited_at is None,
        }
        # A visit that ended sorts after the same visit while it lasted.
        state = f"exited:{data['exited_at']}" if exited_at else "entered"
        key = f"application:{candidate}:visit:{entry.visit}:{state}:{digest(data)}"
        into.fact(Fact(FactKind.STAGE_ENTERED, key, entry.at, candidate, candidate, job, data))


@dataclass(frozen=True, slots=True)
class _Entry:
    visit: str
    stage: str
    at: datetime


def _entries(row: Json, activities: Sequence[Json]) -> list[_Entry]:
    """When which stage was entered: the first at the creation, the others with each move."""
    dated = [(at, one) for one in activities if (at := instant(one.get("created_at")))]
    dated.sort(key=lambda pair: (pair[0], identity(pair[1].get("id")) or ""))
    entries: list[_Entry] = []
    if dated:
        first_at, first = dated[0]
        stage = text(child(first, "action_stage").get("name")) or text(first.get("stage_name"))
        if stage:
            entries.append(_Entry("first", stage, min(instant(row.get("created_at")) or first_at, first_at)))
    for at, one in dated:
        target, activity = text(child(one, "target_stage").get("name")), identity(one.get("id"))
        if target and activity:
            entries.append(_Entry(activity, target, at))
    return entries


# Interviews and offers


def _collect_interview(into: Collected, row: Json, candidates: Mapping[str, Json]) -> None:
    """An event with a candidate.

    Workable dates no changes of events, so the candidate's last change stands in the key: what comes back
    later is news, and a poll that sees nothing new adds no facts. The title is left out: it names people.
    """
    interview, candidate = identity(row.get("id")), identity(child(row, "candidate").get("id"))
    if interview is None or candidate is None:
        return
    of = candidates.get(candidate, {})
    kind = text(row.get("type")) or ""
    data = {
        "interview_id": interview,
        "kind_id": text(kind, 64),
        "name": _EVENT_NAMES.get(kind, "Interview"),
        "starts_at": stamped(row.get("starts_at")),
        "ends_at": stamped(row.get("ends_at")),
        "status": "cancelled" if truth(row.get("cancelled")) else "scheduled",
    }
    ids = {"application": candidate, "candidate": candidate, "job": _job_of(row) or _job_of(of)}
    place = stamped(of.get("updated_at")) or ""
    about = f"interview:{interview}"
    into.fact(snapshot(FactKind.INTERVIEW, about, data, None, unless=place, **ids))
    for member in children(row, "members"):
        if user := identity(member.get("id")):
            into.person(member_person(member, user))
            duty = {
                "interviewer_id": f"{interview}:{user}",
                "interview_id": interview,
                "user_id": user,
                "scorecard_id": None,
                "response_status": text(member.get("status")),
            }
            subject = f"interviewer:{interview}:{user}"
            into.fact(snapshot(FactKind.INTERVIEWER, subject, duty, None, unless=place, **ids))


def _collect_offer(into: Collected, row: Json, candidates: Mapping[str, Json]) -> None:
    """The candidate's latest offer; without one Workable answers with hardly more than a name.

    Only that it has a state is known from recordings; its states and dates are read as the documentation's
    examples have them, and the day of the sending is at the latest the day on which it is read.
    """
    candidate, state = identity(child(row, "candidate").get("id")), text(row.get("state"), 64)
    if candidate is None or state is None:
        return
    status = _OFFER_STATES.get(state.lower(), state.lower())
    created_at = stamped(row.get("created_at"))
    sent_on = day(row.get("sent_at")) or day(row.get("created_at"))
    data = {
        "offer_id": identity(row.get("id")) or f"{candidate}:{created_at or ''}",
        "version": None,
        "status": status,
        "created_at": created_at,
        "sent_on": sent_on if status in _SENT_STATES else None,
        "resolved_at": stamped(row.get("accepted_at")) or stamped(row.get("declined_at")),
        "starts_at": day(row.get("start_date")),
    }
    at = instant(data["resolved_at"]) or instant(row.get("updated_at"))
    at = at or (None if status in _SENT_STATES else instant(created_at))
    job = _job_of(candidates.get(candidate, {}))
    key = f"offer:{data['offer_id']}:{digest(data)}"
    into.fact(Fact(FactKind.OFFER, key, at, candidate, candidate, job, data))


def _job_of(row: Json) -> str | None:
    return identity(child(row, "job").get("shortcode"))


# Jobs


def _collect_job(into: Collected, row: Json) -> None:
    job = identity(row.get("shortcode"))
    if job is None:
        return
    state, place = text(row.get("state"), 64), child(row, "location")
    where = [found for name in ("city", "country") if (found := text(place.get(name)))]
    data: dict[str, Any] = {
        "name": text(row.get("title")),
        "status": _JOB_STATES.get(state, state) if state else None,
        "confidential": truth(row.get("confidential")),
        "departments": [name] if (name := text(row.get("department"))) else None,
        "offices": [{"name": where[0], "location": ", ".join(where)}] if where else None,
    }
    data = {name: value for name, value in data.items() if value is not None}
    at = instant(row.get("updated_at"))
    into.fact(snapshot(FactKind.JOB_CHANGED, f"job:{job}", data, at, job=job))


def _collect_team(into: Collected, job: str, rows: Sequence[Json]) -> None:
    """The job's hiring team; where nobody is its recruiter, its administrators stand in."""
    roles: dict[str, list[str]] = {}
    for row in rows:
        if member := identity(row.get("id")):
            into.person(member_person(row, member))
            role = (text(row.get("collaboration_role"), 64) or "").lower().replace(" ", "_")
            roles.setdefault(role, []).append(member)
    if rows:
        recruiters = roles.get("recruiter") or roles.get("recruiting_admin") or roles.get("admin") or []
        team = {"hiring_managers": roles.get("hiring_manager", []), "recruiters": recruiters}
        data = {"hiring_team": {role: list(dict.fromkeys(members)) for role, members in team.items()}}
        into.fact(snapshot(FactKind.JOB_CHANGED, f"job:{job}:team", data, None, job=job))
