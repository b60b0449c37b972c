"""Interviews and their results in Recruitee's API, as facts.

The paths are used by public clients, the fields are not documented where we could read it (2026-11): each
is tried under the names that such clients send, and a row that names no candidate, job or instant says
nothing.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from app.ats.canonical import Fact, FactKind
from app.ats.collected import Collected
from app.ats.fields import Answers, Json, child, children, digest, instant, stamp, text
from app.ats.recruitee_facts import Ids, ids_of, number

_BEGINS = ("starts_at", "start_at", "start_time")
_CANCELLED = ("cancelled_at", "canceled_at", "deleted_at")


def collect_interviews(into: Collected, answers: Answers) -> None:
    """Gathers interviews, who takes part, and who gave feedback when."""
    held = []
    for row in answers.get("interviews", ()):
        interview, ids = number(row.get("id")), _whose(row, answers)
        if interview and ids:
            held.append((row, interview, ids))
            _interview(into, row, interview, ids)
    for row in answers.get("results", ()):
        result, ids = number(row.get("id")), _whose(row, answers)
        if result and ids:
            _result(into, row, result, ids, [(one, key) for one, key, whose in held if whose == ids])


def _whose(row: Json, answers: Answers) -> Ids | None:
    """The application that a row belongs to: by its job, or the candidate's only one."""
    candidates = answers.get("candidates", ())
    candidate = number(row.get("candidate_id")) or number(child(row, "candidate").get("id"))
    if candidate is None and len(candidates) == 1:
        candidate = number(candidates[0].get("id"))
    if candidate is None:
        return None
    job = number(row.get("offer_id")) or number(child(row, "offer").get("id"))
    if job is None:
        placements = [
            placement
            for one in candidates
            if number(one.get("id")) == candidate
            for placement in children(one, "placements")
        ]
        of = [one for one in placements if row.get("placement_id") in (None, one.get("id"))]
        job = number(of[0].get("offer_id")) if len(of) == 1 else None
    return ids_of(candidate, job) if job else None


def _interview(into: Collected, row: Json, interview: str, ids: Ids) -> None:
    cancelled = any(row.get(name) for name in _CANCELLED)
    data = {
        "interview_id": interview,
        "name": text(row.get("title")) or text(row.get("name")),
        "starts_at": stamp(_first(row, *_BEGINS)),
        "ends_at": stamp(_first(row, "ends_at", "end_at", "end_time")),
        "status": "cancelled" if cancelled else "scheduled",
        "scheduled_at": stamp(instant(row.get("created_at"))),
        "organizer": number(row.get("admin_id")),
    }
    at = _first(row, "updated_at", "created_at")
    _as_of(into, FactKind.INTERVIEW, f"interview:{interview}", at, ids, data)
    for user in _users(row):
        duty = {"interviewer_id": f"{interview}:{user}", "interview_id": interview, "user_id": user}
        _as_of(into, FactKind.INTERVIEWER, f"interviewer:{interview}:{user}", at, ids, duty)


def _result(into: Collected, row: Json, result: str, ids: Ids, held: Sequence[tuple[Json, str]]) -> None:
    submitted_at = _first(row, "submitted_at", "created_at")
    user = number(row.get("admin_id")) or number(child(row, "admin").get("id"))
    if submitted_at is None or user is None:
        return
    interview = _judged(row, user, submitted_at, held)
    data = {
        "scorecard_id": result,
        "interviewer": user,
        "submitter": user,
        "status": "complete",
        "interviewed_at": stamp(_first(interview, *_BEGINS)) if interview else None,
        "submitted_at": stamp(submitted_at),
    }
    _as_of(into, FactKind.SCORECARD, f"scorecard:{result}", submitted_at, ids, data)


def _judged(row: Json, user: str, submitted_at: datetime, held: Sequence[tuple[Json, str]]) -> Json | None:
    """The interview that a result is about: the one it names, else the last that its writer held before."""
    named = number(row.get("interview_event_id")) or number(row.get("event_id"))
    mine = [one for one, key in held if key == named]
    if not mine:
        mine = [
            one
            for one, _ in held
            if user in _users(one) and (begins := _first(one, *_BEGINS)) and begins <= submitted_at
        ]
    return max(mine, key=lambda one: stamp(_first(one, *_BEGINS)) or "", default=None)


def _users(row: Json) -> list[str]:
    listed = row.get("admin_ids")
    ids = [number(one) for one in listed] if isinstance(listed, list) else []
    for name in ("attendees", "interviewers", "admins"):
        ids += [number(one.get("admin_id")) or number(one.get("id")) for one in children(row, name)]
    return list(dict.fromkeys(found for found in ids if found))


def _first(row: Json, *names: str) -> datetime | None:
    return next((found for name in names if (found := instant(row.get(name)))), None)


def _as_of(
    into: Collected,
    kind: FactKind,
    subject: str,
    at: datetime | None,
    ids: Ids,
    data: Mapping[str, str | None],
) -> None:
    into.fact(Fact(kind, f"{subject}:as-of:{stamp(at) or ''}:{digest(data)}", at, *ids, data))
