"""Ashby's interview schedules: the interviews of one stay in a stage, with who owes and gave feedback.

One schedule is one interview here, with all its events: an event that is cancelled simply disappears from the
schedule, and only the schedule as a whole says what still holds. Debriefs are among colleagues and no part of
it (Ashby OpenAPI document, 2026-08, read 2026-11).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.ats.ashby_application import collect_members
from app.ats.canonical import Fact, FactKind
from app.ats.collected import Collected
from app.ats.fields import Json, child, children, identity, instant, stamp, text
from app.ats.told import snapshot

Whose = tuple[str | None, str | None, str | None]
"""Application, candidate and job."""

_STATUSES = {
    "NeedsScheduling": "to_be_scheduled",
    "WaitingOnCandidateBooking": "sent",
    "WaitingOnCandidateAvailability": "sent",
    "CandidateAvailabilitySubmitted": "received",
    "Scheduled": "scheduled",
    "WaitingOnFeedback": "awaiting_feedback",
    "Complete": "complete",
    "Cancelled": "cancelled",
    "OnHold": "to_be_scheduled",
}
_SECONDS = 10**11


def collect_schedule(
    into: Collected, schedule: Json, schedule_id: str, whose: Whose, feedback: Sequence[Json] = ()
) -> None:
    """Gathers a schedule as of its last change, and the feedback on it.

    ``feedback`` is what the API lists for the application: the only place that says who gave theirs when. A
    webhook only says of an event that it has any, so there one interviewer's is known from that, several only
    when the schedule is complete.
    """
    events = [
        one for one in children(schedule, "interviewEvents") if not child(one, "interview").get("isDebrief")
    ]
    collect_members(into, [child(schedule, "scheduledBy")], "id")
    for event in events:
        collect_members(into, [*children(event, "interviewers")], "id")
    owed = {
        user: [one for one in events if user in _owing(one)] for event in events for user in _owing(event)
    }
    data = _schedule(schedule, schedule_id, events)
    data["interviewers"] = sorted(owed)
    at = max(_instants([schedule, *events], "updatedAt"), default=None)
    ids = dict(zip(("application", "candidate", "job"), whose, strict=True))
    into.fact(snapshot(FactKind.INTERVIEW, f"interview:{schedule_id}", data, at, **ids))
    for user, theirs in owed.items():
        duty = {
            "interviewer_id": f"{schedule_id}:{user}",
            "interview_id": schedule_id,
            "user_id": user,
            "scorecard_id": f"{schedule_id}:{user}",
            "response_status": None,
        }
        into.fact(snapshot(FactKind.INTERVIEWER, f"interviewer:{schedule_id}:{user}", duty, at, **ids))
        told_at = _told_at(user, theirs, feedback)
        if told_at is None and _surely_given(schedule, theirs, user):
            told_at = at
        if told_at:
            into.fact(_scorecard(schedule, schedule_id, user, told_at, whose))


def _schedule(schedule: Json, schedule_id: str, events: Sequence[Json]) -> dict[str, Any]:
    status = _STATUSES.get(text(schedule.get("status")) or "", "scheduled")
    if not events and status in ("scheduled", "awaiting_feedback", "complete"):
        status = "to_be_scheduled"
    starts, ends = _instants(events, "startTime"), _instants(events, "endTime")
    data: dict[str, Any] = {
        "interview_id": schedule_id,
        "stage_id": identity(schedule.get("interviewStageId")),
        "starts_at": stamp(min(starts, default=None)),
        "ends_at": stamp(max(ends, default=None)),
        "status": status,
        "scheduled_at": stamp(max(_instants(events, "createdAt"), default=None)),
        "organizer": identity(child(schedule, "scheduledBy").get("id")),
    }
    # The API leaves the interviews' names out: what is not said must not blot out what is known.
    return data | ({"name": name} if (name := _name(events)) else {})


def _name(events: Sequence[Json]) -> str | None:
    """What the candidate was told it is called."""
    first = min(events, key=lambda one: text(one.get("startTime")) or "", default={})
    interview = child(first, "interview")
    return text(interview.get("externalTitle")) or text(interview.get("title"))


def _instants(objects: Sequence[Json], name: str) -> list[datetime]:
    return [found for one in objects if (found := instant(one.get(name)))]


def _owing(event: Json) -> list[str]:
    """The interviewers of an event whose feedback is required."""
    if child(event, "interview").get("isFeedbackRequired") is False:
        return []
    listed = [one for one in children(event, "interviewers") if one.get("isFeedbackRequired") is not False]
    return [user for one in listed if (user := identity(one.get("id")))]


def _told_at(user: str, events: Sequence[Json], feedback: Sequence[Json]) -> datetime | None:
    """When the last of this interviewer's feedback came, once there is some on each of their events."""
    given: dict[str, datetime] = {}
    for row in feedback:
        event, at = identity(row.get("interviewEventId")), instant(row.get("submittedAt"))
        if event and at and identity(child(row, "submittedByUser").get("id")) == user:
            given[event] = min(at, given.get(event, at))
    wanted = [identity(one.get("id")) or "" for one in events]
    return max(given[one] for one in wanted) if all(one in given for one in wanted) else None


def _surely_given(schedule: Mapping[str, object], events: Sequence[Json], user: str) -> bool:
    if schedule.get("status") == "Complete":
        return True
    return all(one.get("hasSubmittedFeedback") is True and _alone(one, user) for one in events)


def _alone(event: Json, user: str) -> bool:
    """Ashby says of an event whether there is any feedback: that of its only interviewer."""
    return [identity(one.get("id")) for one in children(event, "interviewers")] == [user]


def _scorecard(schedule: Json, schedule_id: str, user: str, submitted_at: datetime, whose: Whose) -> Fact:
    scorecard_id = f"{schedule_id}:{user}"
    data = {
        "scorecard_id": scorecard_id,
        "interviewer": user,
        "submitter": user,
        "status": "complete",
        "submitted_at": stamp(submitted_at),
    }
    # The true time is the earliest that is told, as webhooks know of it only afterwards. All of them stand at
    # one place in the order, and the earliest has the greatest key, so it is the last word in any order.
    key = f"scorecard:{scorecard_id}:{_SECONDS - int(submitted_at.timestamp()):011d}"
    return Fact(FactKind.SCORECARD, key, instant(schedule.get("createdAt")), *whose, data)
