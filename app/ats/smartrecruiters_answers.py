"""What the answers of SmartRecruiters' API say, read together.

Many answers do not say whom they are about, so the resource's name does: ``history/<application>``,
``team/<job>`` and so on (see `smartrecruiters_ask`). Interviews have no time of their last change.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.ats.canonical import Fact, FactKind, PersonFields, PersonRole, Reading
from app.ats.collected import Collected
from app.ats.fields import Answers, Json, child, instant, stamp, text, texts
from app.ats.smartrecruiters_history import Ids, Step, created, facts_of, ids_of, steps_of
from app.ats.smartrecruiters_ids import application_id, ident
from app.ats.smartrecruiters_jobs import job_facts, lead
from app.ats.smartrecruiters_meetings import interviews_of, meeting_facts, review_fact
from app.ats.smartrecruiters_offers import offer_fact, offer_ids
from app.ats.smartrecruiters_url import application_url
from app.ats.told import snapshot


def read_answers(answers: Answers, received_at: datetime) -> Reading:
    """What the rows say, by resource; rows without an id and resources unknown here are passed over.

    ``received_at``, aware, marks the place of an interview that a webhook has just named: an interview has no
    time of change, and one that is moved back is news.
    """
    collected = Collected()
    for resource, rows in answers.items():
        kind, _, whose = resource.partition("/")
        if kind == "application" and (ids := ids_of(whose)):
            _application(collected, ids, answers)
        elif kind == "candidate":
            _candidates(collected, rows)
        elif kind in ("offers", "offer"):
            _offers(collected, rows, whose)
        elif kind == "reviews":
            _reviews(collected, rows, whose, answers)
    for fact in job_facts(answers):
        collected.fact(fact)
    for interview, ids, is_named in interviews_of(answers):
        for fact in meeting_facts(interview, ids, f"received-{stamp(received_at)}" if is_named else ""):
            collected.fact(fact)
    _users(collected, answers.get("users", ()))
    return collected.reading()


def first_row(answers: Answers, resource: str) -> Json:
    """The one row of a resource that is a single thing, or an empty one."""
    return next(iter(answers.get(resource, ())), {})


def _application(into: Collected, ids: Ids, answers: Answers) -> None:
    details = first_row(answers, f"application/{ids.application}")
    candidate = first_row(answers, f"candidate/{ids.candidate}")
    rows = answers.get(f"history/{ids.application}", ())
    steps = steps_of(rows, details, candidate)
    if not steps:
        return  # a candidate who is not, or no longer, in this job
    told = any(instant(row.get("changedOn")) for row in rows)
    if (first := created(ids, steps, candidate, told=told)) is not None:
        into.fact(first)
    for fact in facts_of(ids, steps, details, told=told):
        into.fact(fact)
    into.fact(_attributes(ids, steps, details, candidate, answers))


def _attributes(ids: Ids, steps: Sequence[Step], details: Json, candidate: Json, answers: Answers) -> Fact:
    last = steps[-1]
    data: dict[str, Any] = {
        "candidate": ids.candidate,
        "job": ids.job,
        "prospect": last.status == "LEAD",
        "status": last.state,
        "source": text(details.get("source")),
        "url": application_url(details.get("url")),
        "stage_name": last.stage_name if last.is_stage else None,
    }
    if "tags" in candidate:
        data["tags"] = texts(candidate["tags"])
    if f"team/{ids.job}" in answers:
        data["recruiter"] = lead(answers, ids.job, "recruiters")
        data["coordinator"] = lead(answers, ids.job, "coordinators")
    kept = ("recruiter", "coordinator")
    data = {name: value for name, value in data.items() if value is not None or name in kept}
    moments = [at for at in (last.at, instant(candidate.get("updatedOn"))) if at]
    return snapshot(
        FactKind.APPLICATION_CHANGED,
        f"application:{ids.application}",
        data,
        max(moments, default=None),
        application=ids.application,
        candidate=ids.candidate,
        job=ids.job,
    )


def _candidates(into: Collected, rows: Sequence[Json]) -> None:
    for row in rows:
        external_id = ident(row.get("id"))
        if external_id is None:
            continue
        into.person(
            PersonFields(
                PersonRole.CANDIDATE,
                external_id,
                first_name=text(row.get("firstName")),
                last_name=text(row.get("lastName")),
                email=text(row.get("email"), 254),
            )
        )
        data = {"tags": texts(row["tags"])} if "tags" in row else {}
        at, subject = instant(row.get("updatedOn")), f"candidate:{external_id}"
        into.fact(snapshot(FactKind.CANDIDATE_CHANGED, subject, data, at, candidate=external_id))


def _offers(into: Collected, rows: Sequence[Json], application: str) -> None:
    for row in rows:
        ids = ids_of(application) or offer_ids(row)
        if ids and (fact := offer_fact(row, ids)):
            into.fact(fact)


def _reviews(into: Collected, rows: Sequence[Json], application: str, answers: Answers) -> None:
    for row in rows:
        candidate, job = ident(row.get("candidateId")), ident(row.get("jobId"))
        ids = ids_of(application_id(candidate, job) if candidate and job else application)
        if ids and (fact := review_fact(row, ids, answers)):
            into.fact(fact)


def _users(into: Collected, rows: Sequence[Json]) -> None:
    for row in rows:
        if external_id := ident(row.get("id")):
            into.person(
                PersonFields(
                    PersonRole.MEMBER,
                    external_id,
                    first_name=text(row.get("firstName")),
                    last_name=text(row.get("lastName")),
                    email=text(row.get("email"), 254),
                    locale=text(child(row, "language").get("code"), 35),
                )
            )
