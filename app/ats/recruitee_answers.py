"""What Recruitee's API says, read together, in the same facts as the webhooks.

A placement tells its stage but not when it was entered: the first stage is taken as entered when the
placement was made, any other at its ``updated_at``, which the webhook's earlier and truer instant
supersedes in the fold. The fields of candidates, placements and offers are from answers stored by public
clients (2023–2026, read 2026-11); those of interviews and their results are not documented where we could
read it, so several names are tried and what cannot be placed is passed over. What is removed in Recruitee
(a placement, an interview) is no longer listed and leaves no trace here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.ats.canonical import Reading
from app.ats.collected import Collected
from app.ats.fields import Answers, Json, child, children, day, instant, stamp, text
from app.ats.recruitee_facts import (
    Ids,
    application_changed,
    candidate_changed,
    candidate_deleted,
    candidate_person,
    created,
    ending,
    entered,
    hired,
    ids_of,
    job_changed,
    member_person,
    number,
    withdrawn,
)
from app.ats.recruitee_interviews import collect_interviews


def read_answers(answers: Answers, received_at: datetime) -> Reading:
    """What the rows say, by resource; rows without an id and resources unknown here are passed over.

    ``received_at`` is when the answers came, aware; everything that is read has a time of its own.
    """
    del received_at
    into = Collected()
    for member in _members(answers):
        if member_id := number(member.get("id")):
            into.person(member_person(member, member_id))
    jobs = _by_id(answers.get("offers", ()))
    for job, offer in jobs.items():
        into.fact(job_changed(offer, job, None))
    erased = []
    for candidate_id, candidate in _by_id(answers.get("candidates", ())).items():
        if candidate.get("deleted_at"):
            into.fact(candidate_deleted(candidate_id, instant(candidate.get("deleted_at"))))
            erased.append(candidate_id)
        else:
            _candidate(into, candidate, candidate_id, _Known.of(answers, candidate, jobs))
    collect_interviews(into, answers)
    return into.reading(tuple(erased))


@dataclass(frozen=True, slots=True)
class _Known:
    """What other rows tell about the jobs, stages and reasons that a candidate names."""

    jobs: Mapping[str, Json]
    stages: Mapping[str, Json]
    first_stages: frozenset[str]
    reasons: Mapping[str, Json]

    @classmethod
    def of(cls, answers: Answers, candidate: Json, jobs: Mapping[str, Json]) -> "_Known":
        references = [*children(candidate, "references")]
        stages = _by_id([one for one in references if one.get("type") == "Stage"])
        firsts = {stage for stage, row in stages.items() if row.get("category") == "apply"}
        for offer in jobs.values():
            pipeline = _by_id([*children(child(offer, "pipeline_template"), "stages")])
            stages |= pipeline
            firsts |= set(list(pipeline)[:1])
        reasons = {
            name.casefold(): row
            for row in answers.get("disqualify_reasons", ())
            if (name := text(row.get("name")))
        }
        return cls(jobs, stages, frozenset(firsts), reasons)

    def job(self, job: str, candidate: Json) -> Json:
        """The job; of talent pools only what the candidate's references say is known."""
        references = _by_id([one for one in children(candidate, "references") if one.get("type") == "Offer"])
        return self.jobs.get(job) or references.get(job) or {}


def _candidate(into: Collected, candidate: Json, candidate_id: str, known: _Known) -> None:
    updated_at = instant(candidate.get("updated_at"))
    placements = [*children(candidate, "placements")]
    languages = (_language(placement) for placement in placements)
    locale = next((found for found in languages if found), None)
    into.person(candidate_person(candidate, candidate_id, locale))
    into.fact(candidate_changed(candidate, candidate_id, updated_at))
    for placement in placements:
        if job := number(placement.get("offer_id")):
            offer = known.job(job, candidate)
        elif job := number(placement.get("talent_pool_id")):
            offer = {"kind": "talent_pool"}
        else:
            continue
        ids = ids_of(candidate_id, job)
        _placement(into, ids, placement, known)
        times = [at for at in (instant(placement.get("updated_at")), updated_at) if at]
        status = _status(placement)
        into.fact(application_changed(ids, candidate, offer, max(times, default=None), status=status))


def _placement(into: Collected, ids: Ids, placement: Json, known: _Known) -> None:
    made_at, changed_at = instant(placement.get("created_at")), instant(placement.get("updated_at"))
    if made_at:
        into.fact(created(ids, made_at))
    hired_at = instant(placement.get("hired_at"))
    ended_at = instant(placement.get("disqualified_at"))
    _stage(
        into, ids, placement, known, min((at for at in (changed_at, hired_at, ended_at) if at), default=None)
    )
    status = _status(placement)
    if status in ("rejected", "withdrawn"):
        fact = ending(ids, ended_at or changed_at, placement, stage_id=number(placement.get("stage_id")))
        reason = known.reasons.get(str(fact.data["reason"]).casefold(), {})
        told = {"reason_id": fact.data["reason_id"] or number(reason.get("id"))}
        into.fact(replace(fact, data={**fact.data, **told}))
    elif status == "hired":
        into.fact(hired(ids, hired_at, day(placement.get("job_starts_at"))))


def _stage(into: Collected, ids: Ids, placement: Json, known: _Known, seen_at: datetime | None) -> None:
    stage = number(placement.get("stage_id"))
    if stage is None:
        return
    name = text(known.stages.get(stage, {}).get("name"))
    made_at = instant(placement.get("created_at"))
    if made_at and stage in known.first_stages:
        into.fact(entered(ids, stage, name, made_at))
    # Somebody may also have come back to the first stage.
    if seen_at and stamp(seen_at) != stamp(made_at):
        into.fact(entered(ids, stage, name, seen_at))


def _status(placement: Json) -> str:
    """In our words: rejected, withdrawn, hired or active.

    ``hired_in_this_placement`` is false in stored answers whose ``hired_at`` is set, so it is not asked.
    """
    marks = ("disqualified_at", "disqualify_kind", "disqualify_reason")
    if placement.get("disqualified") is True or any(placement.get(mark) for mark in marks):
        by, reason = text(placement.get("disqualify_kind")), text(placement.get("disqualify_reason"))
        return "withdrawn" if withdrawn(by, reason) else "rejected"
    here = instant(placement.get("hired_at")) and placement.get("hired_in_other_placement") is not True
    return "hired" if here else "active"


def _language(placement: Json) -> str | None:
    return text(child(placement, "language").get("code"), 35) or text(placement.get("language"), 35)


def _members(answers: Answers) -> list[Json]:
    candidates = answers.get("candidates", ())
    named = [one for row in candidates for one in children(row, "references") if one.get("type") == "Admin"]
    return [*answers.get("admins", ()), *named]


def _by_id(rows: Sequence[Json]) -> dict[str, Json]:
    return {key: row for row in rows if (key := number(row.get("id")))}
