"""What the answers of Lever's API say, read together, in the same facts as every other ATS.

The opportunity is application and candidate at once. The times at which stages were entered and at which an
opportunity was archived come from its history, not from when we heard of it.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from app.ats.canonical import Fact, FactKind, PersonFields, PersonRole, Reading
from app.ats.collected import Collected
from app.ats.fields import Answers, Json, child, children, instant, stamp, text, texts
from app.ats.lever_facts import (
    Case,
    is_prospect,
    member,
    moment,
    opportunities,
    opportunity_url,
    ref,
    safe_id,
    split_name,
    withdrew,
)
from app.ats.lever_parts import collect_interviews, collect_offers, collect_postings, offer_states
from app.ats.told import created, ending, snapshot


def read_answers(answers: Answers, received_at: datetime) -> Reading:
    """What the rows say, by resource; rows without a usable id and resources unknown here are passed over.

    ``received_at`` is when the answers came, aware: consent that has run out by then is none.
    """
    collected = Collected()
    erased: list[str] = []
    for external_id, row in opportunities(answers).items():
        case = Case.of(external_id, row, answers)
        if _is_anonymized(row):
            erased.append(external_id)
            key = f"candidate:{external_id}:anonymized"
            collected.fact(Fact(FactKind.CANDIDATE_ANONYMIZED, key, candidate=external_id))
        else:
            _collect_people(collected, case)
        _collect_application(collected, case, answers, received_at)
        collect_interviews(collected, case, answers)
        collect_offers(collected, case, answers, received_at)
    collect_postings(collected, answers)
    for row in answers.get("users", ()):
        if person := member(row):
            collected.person(person)
    erased += _collect_deleted(collected, answers)
    return collected.reading(tuple(erased))


def _is_anonymized(row: Json) -> bool:
    return row.get("isAnonymized") is True or child(row, "contact").get("isAnonymized") is True


def _collect_deleted(into: Collected, answers: Answers) -> list[str]:
    """Lever lists it as deleted and does not find it any more: it is gone, and nothing of it may stay."""
    known = opportunities(answers)
    claimed = {resource: rows for resource, rows in answers.items() if resource.startswith("deleted/")}
    missed = [resource.partition("/")[2] for resource, rows in claimed.items() if not rows]
    gone = [external_id for external_id in missed if external_id not in known]
    for external_id in gone:
        for kind, subject in (
            (FactKind.APPLICATION_DELETED, "application"),
            (FactKind.CANDIDATE_DELETED, "candidate"),
        ):
            application = external_id if kind is FactKind.APPLICATION_DELETED else None
            key = f"{subject}:{external_id}:deleted"
            into.fact(Fact(kind, key, application=application, candidate=external_id))
    return gone


def _collect_people(into: Collected, case: Case) -> None:
    row, application = case.row, case.application
    contact = child(row, "contact")
    name = text(row.get("name")) or text(contact.get("name")) or text(application.get("name"))
    first, last = split_name(name)
    emails = [*texts(row.get("emails")), *texts(contact.get("emails")), *texts([application.get("email")])]
    language = (text(application.get("acceptLanguage")) or "").partition(",")[0].partition(";")[0].strip()
    person = PersonFields(
        PersonRole.CANDIDATE,
        case.id,
        first_name=first,
        last_name=last,
        name=name,
        email=emails[0][:254] if emails else None,
        time_zone=text(application.get("timezone"), 64),
        locale=language if language not in ("", "*") else None,
    )
    into.person(person)
    if owner := member(child(row, "owner")):
        into.person(owner)


def _collect_application(into: Collected, case: Case, answers: Answers, received_at: datetime) -> None:
    visits = _visits(case)
    applied_at = _applied_at(case, visits)
    if applied_at:
        into.fact(created(case.id, applied_at, case.id, case.job))
    _collect_visits(into, case, visits)
    decision = _decision(case, answers)
    if decision:
        into.fact(decision)
    into.fact(_attributes(case, decision))
    private = case.row.get("confidentiality") == "confidential"
    flags = {"can_email": _may_be_mailed(case.row, received_at), "private": private}
    candidate = f"candidate:{case.id}"
    into.fact(snapshot(FactKind.CANDIDATE_CHANGED, candidate, flags, case.at, candidate=case.id))
    until = moment(case.row.get("snoozedUntil"))
    if until and case.at and until > case.at:
        key = f"application:{case.id}:snoozed:{stamp(until)}"
        into.fact(Fact(FactKind.SNOOZED, key, case.at, *case.ids, {"until": stamp(until)}))


Visits = Sequence[tuple[datetime, str]]


def _visits(case: Case) -> Visits:
    """The stages by the times at which they were entered."""
    changes = [
        (at, stage)
        for change in children(case.row, "stageChanges")
        if (at := moment(change.get("updatedAt"))) and (stage := ref(change.get("toStageId")))
    ]
    created_at = moment(case.row.get("createdAt"))
    if not changes and created_at and case.stage:
        return [(created_at, case.stage)]
    return sorted(changes)


def _applied_at(case: Case, visits: Visits) -> datetime | None:
    """A lead has not applied; it does so when it leaves the stages of leads."""
    if visits and is_prospect(visits[0][1]):
        return next((at for at, stage in visits if not is_prospect(stage)), None)
    return moment(case.row.get("createdAt"))


def _collect_visits(into: Collected, case: Case, visits: Visits) -> None:
    ends = [*(later[0] for _, later in pairwise(visits)), None]
    for (entered_at, stage), exited_at in zip(visits, ends, strict=False):
        name = case.stages.get(stage)
        data = {
            "visit_id": f"{case.id}:{stamp(entered_at)}:{stage}",
            "stage_id": stage,
            "stage_name": name,
            "entered_at": stamp(entered_at),
            "exited_at": stamp(exited_at),
            "current": exited_at is None,
        }
        state = f"exited:{data['exited_at']}" if exited_at else "entered"
        key = f"application:{case.id}:visit:{stage}:{stamp(entered_at)}:{state}:{name or ''}"
        into.fact(Fact(FactKind.STAGE_ENTERED, key, entered_at, *case.ids, data))
    if case.stage and case.at and visits and visits[-1][1] != case.stage:
        # A history that lags behind, or a stage that was merged into another.
        data = {"stage_id": case.stage, "stage_name": case.stages.get(case.stage)}
        key = f"application:{case.id}:stage:{case.stage}:{stamp(case.at)}"
        into.fact(Fact(FactKind.STAGE_CHANGED, key, case.at, *case.ids, data))


def _decision(case: Case, answers: Answers) -> Fact | None:
    """An archived opportunity: hired, withdrawn or rejected, as its reason says."""
    archived = case.row.get("archived")
    if not isinstance(archived, dict):
        return None
    at, reason_id = moment(archived.get("archivedAt")) or case.at, ref(archived.get("reason"))
    reason = case.reasons.get(reason_id or "", {})
    if reason.get("type") == "hired":
        offers = [state for row in answers.get(f"offers/{case.id}", ()) for state in offer_states(row)]
        signed = [data for _, _, data in offers if data["status"] == "accepted"]
        offer = signed[-1] if signed else {}
        told = {name: offer.get(name) for name in ("offer_id", "starts_at")}
        return Fact(FactKind.HIRED, f"application:{case.id}:hired:{stamp(at) or ''}", at, *case.ids, told)
    words = text(reason.get("text"))
    data = {
        "reason_id": reason_id,
        "reason": words,
        "reason_type_id": None,
        "reason_type": "They rejected us" if withdrew(words) else "We rejected them",
        "stage_id": case.stage,
        "stage_name": case.stages.get(case.stage or ""),
        "prospect": is_prospect(case.stage),
    }
    return ending(case.id, at, case.id, case.job, data)


def _attributes(case: Case, decision: Fact | None) -> Fact:
    sources = texts(case.row.get("sources"))
    status = "active" if decision is None else "hired" if decision.kind is FactKind.HIRED else "rejected"
    data: dict[str, Any] = {
        "candidate": case.id,
        "job": case.job,
        "recruiter": ref(case.row.get("owner")),
        "source": sources[0] if sources else text(case.row.get("origin")),
        "tags": texts(case.row.get("tags")),
        "prospect": is_prospect(case.stage),
        "status": status,
        "url": opportunity_url(child(case.row, "urls").get("show")),
        "contact": safe_id(ref(case.row.get("contact"))),
    }
    kept = {name: value for name, value in data.items() if value is not None or name == "recruiter"}
    subject = f"application:{case.id}"
    return snapshot(
        FactKind.APPLICATION_CHANGED,
        subject,
        kept,
        case.at,
        application=case.id,
        candidate=case.id,
        job=case.job,
    )


def _may_be_mailed(row: Json, received_at: datetime) -> bool:
    """Not where the consent to be contacted was refused, or has run out."""
    for holder in (row, child(row, "contact")):
        consent = child(child(holder, "dataProtection"), "contact")
        expires_at = moment(consent.get("expiresAt")) or instant(consent.get("expiresAt"))
        if consent.get("allowed") is False or (expires_at and expires_at <= received_at):
            return False
    return True
