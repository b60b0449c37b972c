"""Interviews and reviews of SmartRecruiters as facts (fields as clients of both APIs show, read 2026-11)."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from app.ats.canonical import Fact, FactKind
from app.ats.fields import Answers, Json, child, children, digest, instant, stamp, stamped, text
from app.ats.smartrecruiters_history import Ids, ids_of
from app.ats.smartrecruiters_ids import application_id, ident
from app.ats.told import snapshot

_DECLINED = "declined"


def interviews_of(answers: Answers) -> Iterator[tuple[Json, Ids, bool]]:
    """Every interview among the answers once, whose it is, and whether a webhook had named it."""
    named = {resource.partition("/")[2] for resource, rows in answers.items() if rows and _is_one(resource)}
    for resource, rows in answers.items():
        kind, _, application = resource.partition("/")
        for row in rows if kind in ("interview", "interviews") else ():
            interview = ident(row.get("id"))
            ids = interview_ids(row) if _is_one(resource) else ids_of(application)
            if ids and interview and (_is_one(resource) or interview not in named):
                yield row, ids, _is_one(resource)


def _is_one(resource: str) -> bool:
    return resource.startswith("interview/")


def interview_ids(row: Json) -> Ids | None:
    """Whose interview it is."""
    candidate = ident(child(row, "candidate").get("id")) or ident(row.get("candidateId"))
    job = ident(row.get("jobId")) or ident(child(row, "job").get("id"))
    return ids_of(application_id(candidate, job)) if candidate and job else None


def meeting_facts(row: Json, ids: Ids, place: str) -> Iterator[Fact]:
    """The interview, its timeslots taken together, and who holds it; ``place`` stands in for a time."""
    interview = ident(row.get("id"))
    slots = list(children(row, "timeslots"))
    starts, ends = _span(row)
    data: dict[str, Any] = {
        "interview_id": interview,
        "name": next((name for slot in slots if (name := _name(slot))), None),
        "starts_at": stamp(starts),
        "ends_at": stamp(ends),
        "status": "cancelled" if _is_off(row) else "scheduled",
        "scheduled_at": stamped(row.get("createdOn")),
        "organizer": ident(row.get("organizerId")),
    }
    yield _snapshot(FactKind.INTERVIEW, f"interview:{interview}", data, ids, place)
    for user, status in holders(row).items():
        duty = {
            "interviewer_id": f"{interview}:{user}",
            "interview_id": interview,
            "user_id": user,
            "response_status": status,
        }
        yield _snapshot(FactKind.INTERVIEWER, f"interviewer:{interview}:{user}", duty, ids, place)


def holders(row: Json) -> Mapping[str, str | None]:
    """Who interviews, with the answer to the invitation; declined only where every slot was."""
    found: dict[str, str | None] = {}
    for slot in children(row, "timeslots"):
        for member in children(slot, "interviewers"):
            user, status = ident(member.get("id")), (text(member.get("status"), 40) or "").lower() or None
            if user and found.get(user, _DECLINED) == _DECLINED:
                found[user] = status
    return found


def review_fact(row: Json, ids: Ids, answers: Answers) -> Fact | None:
    """A review as the feedback on the reviewer's last interview before it; None without an id."""
    review, reviewer = ident(row.get("id")), ident(row.get("reviewerId"))
    written = instant(row.get("createdOn"))
    if review is None:
        return None
    data: dict[str, Any] = {
        "scorecard_id": review,
        "interviewer": reviewer,
        "submitter": reviewer,
        "status": "complete",
        "submitted_at": stamp(written),
    }
    # Left out where no interview is known: a later fact that is silent must not take back what was known.
    if held := _held_before(reviewer, written, ids, answers):
        data["interviewed_at"] = stamp(held)
    at = instant(row.get("updatedOn")) or written
    key = f"scorecard:{review}:as-of:{stamp(at) or ''}:{'known' if held else 'alone'}:{digest(data)}"
    return Fact(FactKind.SCORECARD, key, at, ids.application, ids.candidate, ids.job, data)


def _held_before(
    reviewer: str | None, written: datetime | None, ids: Ids, answers: Answers
) -> datetime | None:
    starts = [
        begun
        for row, whose, _ in interviews_of(answers)
        if whose == ids and reviewer in holders(row) and (begun := _span(row)[0])
    ]
    return max((begun for begun in starts if written and begun <= written), default=None)


def _span(row: Json) -> tuple[datetime | None, datetime | None]:
    slots = list(children(row, "timeslots"))
    starts = [at for slot in slots if (at := instant(slot.get("startsOn")))]
    ends = [at for slot in slots if (at := instant(slot.get("endsOn")))]
    return min(starts, default=None), max(ends, default=None)


def _name(slot: Json) -> str | None:
    # Not the title, in which people like to write whom they meet: facts hold no names.
    return text(slot.get("interviewType"), 200)


def _is_off(row: Json) -> bool:
    """The candidate has said no, or the interview says itself that it is off."""
    slots = [(text(slot.get("candidateStatus"), 40) or "").lower() for slot in children(row, "timeslots")]
    said = [
        text(row.get("status"), 40),
        text(child(row, "candidate").get("status"), 40),
    ]
    if any(one and one.lower() in ("canceled", "cancelled", _DECLINED) for one in said):
        return True
    return bool(slots) and all(one == _DECLINED for one in slots)


def _snapshot(kind: FactKind, subject: str, data: Mapping[str, Any], ids: Ids, place: str) -> Fact:
    return snapshot(
        kind,
        subject,
        data,
        None,
        unless=place,
        application=ids.application,
        candidate=ids.candidate,
        job=ids.job,
    )
