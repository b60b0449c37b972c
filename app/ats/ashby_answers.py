"""What Ashby's API says, read together, in the same facts as the webhooks."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.ats.ashby_application import Ids, collect_application, collect_job, collect_members, hired_at
from app.ats.ashby_facts import candidate_person, hired, offer_facts, profile_url
from app.ats.ashby_interviews import Whose, collect_schedule
from app.ats.canonical import Fact, FactKind, Reading
from app.ats.collected import Collected
from app.ats.fields import Answers, Json, child, children, identity, instant, text
from app.ats.told import snapshot


def read_answers(answers: Answers, received_at: datetime) -> Reading:
    """What the rows say, by resource; rows without an id and resources unknown here are passed over.

    Rows of one round are best read together: whose an offer or an interview is comes from ``applications``,
    when feedback was given from ``feedback``, what an interview is from ``interviews``, tags and the page in
    Ashby from ``candidates``. ``received_at`` is when the answers came, aware.
    """
    collected = Collected()
    # Candidates come first: only they tell the time zone, and what comes first stays.
    profiles = _candidates(collected, answers.get("candidates", ()))
    known = _applications(collected, answers, profiles)
    for offer_id, offer in _rows(answers, "offers"):
        for fact in offer_facts(offer, offer_id, _whose(offer, known), received_at):
            collected.fact(fact)
    interviews = dict(_rows(answers, "interviews"))
    for schedule_id, schedule in _rows(answers, "interview_schedules"):
        whose = _whose(schedule, known)
        feedback = [
            row for row in answers.get("feedback", ()) if identity(row.get("applicationId")) == whose[0]
        ]
        if whose[0]:
            collect_schedule(collected, _told(schedule, interviews), schedule_id, whose, feedback)
    for _, job in _rows(answers, "jobs"):
        collect_members(collected, [*children(job, "hiringTeam")], "userId")
        collect_job(collected, job, instant(job.get("updatedAt")))
    return collected.reading()


def _rows(answers: Answers, resource: str) -> list[tuple[str, Json]]:
    return [(found, row) for row in answers.get(resource, ()) if (found := identity(row.get("id")))]


def _told(schedule: Json, interviews: Mapping[str, Json]) -> Json:
    """The schedule as webhooks write it, with what each event's interview is."""
    events = [
        {
            **event,
            "interview": child(event, "interview")
            or interviews.get(identity(event.get("interviewId")) or ""),
        }
        for event in children(schedule, "interviewEvents")
    ]
    return {**schedule, "interviewEvents": events}


def _whose(row: Json, known: Mapping[str, Ids]) -> Whose:
    application = identity(row.get("applicationId"))
    told: Whose = (application, identity(row.get("candidateId")), None)
    return known.get(application or "", told)


def _candidates(into: Collected, rows: Sequence[Json]) -> dict[str, Fact]:
    """Gathers candidates, and gives what each of their applications has from them."""
    profiles: dict[str, Fact] = {}
    for row in rows:
        candidate = identity(row.get("id"))
        if candidate is None:
            continue
        into.person(candidate_person(row, candidate))
        at = instant(row.get("updatedAt"))
        tags = [title for tag in children(row, "tags") if (title := text(tag.get("title")))]
        data: dict[str, Any] = {"tags": tags} if "tags" in row else {}
        into.fact(
            snapshot(FactKind.CANDIDATE_CHANGED, f"candidate:{candidate}", data, at, candidate=candidate)
        )
        if url := profile_url(row.get("profileUrl")):
            data = {**data, "url": url}
        profiles[candidate] = Fact(FactKind.APPLICATION_CHANGED, "", at, candidate=candidate, data=data)
    return profiles


def _applications(into: Collected, answers: Answers, profiles: Mapping[str, Fact]) -> dict[str, Ids]:
    known: dict[str, Ids] = {}
    accepted = {
        application: row
        for _, row in _rows(answers, "offers")
        if row.get("acceptanceStatus") == "Accepted" and (application := identity(row.get("applicationId")))
    }
    for application_id, row in _rows(answers, "applications"):
        if identity(child(row, "candidate").get("id")) is None:
            continue
        ids = collect_application(into, row)
        known[application_id] = ids
        if row.get("status") == "Hired":
            at = hired_at(row) or instant(row.get("updatedAt"))
            into.fact(hired(ids, at, accepted.get(application_id)))
        if profile := profiles.get(ids[1]):
            into.fact(_profile(profile, ids))
    return known


def _profile(profile: Fact, ids: Ids) -> Fact:
    subject = f"application:{ids[0]}"
    named = {"application": ids[0], "candidate": ids[1], "job": ids[2]}
    return snapshot(FactKind.APPLICATION_CHANGED, subject, profile.data, profile.at, **named)
