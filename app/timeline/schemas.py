"""Applications as callers see them. Personal fields are in one optional part and nowhere else."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from pydantic import ConfigDict, JsonValue

from app.schemas import Shown
from app.timeline.truth import Truth

_APPLICATION: dict[str, JsonValue] = {
    "id": "app_01jd2q8z6w3k7m9p5r1t0v4x2y",
    "connection_id": "con_01jd2q8z6w3k7m9p5r1t0v4x2y",
    "external_id": "7001",
    "candidate": "9001",
    "job": "301",
    "status": "active",
    "prospect": False,
    "stage_id": "12",
    "stage_name": "Onsite Interview",
    "stage_kind": "interview",
    "stage_entered_at": "2026-11-18T09:00:00Z",
    "recruiter": "4455",
    "coordinator": None,
    "applied_at": "2026-11-10T08:30:00Z",
    "folded_at": "2026-11-18T09:00:01Z",
    "wake_at": "2026-11-20T16:00:00Z",
    "failures": 0,
    "failure": None,
}
_VISIT: dict[str, JsonValue] = {
    "stage_id": "12",
    "stage_name": "Onsite Interview",
    "kind": "interview",
    "nth": 1,
    "entered_at": "2026-11-18T09:00:00Z",
    "left_at": None,
}
_INTERVIEWER: dict[str, JsonValue] = {"member": "4460", "feedback_at": "2026-11-19T15:20:00Z"}
_INTERVIEW: dict[str, JsonValue] = {
    "id": "881",
    "name": "Technical interview",
    "starts_at": "2026-11-19T13:00:00Z",
    "ends_at": "2026-11-19T14:00:00Z",
    "status": "complete",
    "interviewers": [_INTERVIEWER],
    "feedback_at": "2026-11-19T15:20:00Z",
}
_DECISION: dict[str, JsonValue] = {
    "kind": "rejected",
    "nth": 1,
    "at": "2026-11-20T10:00:00Z",
    "undone_at": None,
}
_OFFER: dict[str, JsonValue] = {
    "id": "55",
    "version": 1,
    "created_at": "2026-11-20T10:00:00Z",
    "sent_at": None,
    "resolved_at": None,
    "accepted": None,
    "start_date": "2027-01-04",
}
_SAID: dict[str, JsonValue] = {
    "kind": "application_received",
    "reason": "acknowledge_application/application",
    "step": "say:application_received",
    "recipient": "candidate:9001",
    "at": "2026-11-10T08:40:00Z",
    "promised_at": "2026-11-17T17:00:00Z",
}
_ACT: dict[str, JsonValue] = {
    "act": "snooze",
    "clock": "candidate_update/said:2",
    "at": "2026-11-19T09:00:00Z",
    "by": "Robin Reyes",
    "reason": "The candidate is travelling",
    "until": "2026-11-23T08:00:00Z",
}
_PERSON: dict[str, JsonValue] = {
    "first_name": "Noémi",
    "last_name": "Lefèvre",
    "email": "noemi@example.com",
    "time_zone": None,
    "can_email": True,
    "private": False,
    "erased_at": None,
}
_LINKS: dict[str, JsonValue] = {
    "clocks": "/v1/clocks?application=app_01jd2q8z6w3k7m9p5r1t0v4x2y",
    "follow_ups": "/v1/follow-ups?application=app_01jd2q8z6w3k7m9p5r1t0v4x2y",
    "deliveries": "/v1/deliveries?application=app_01jd2q8z6w3k7m9p5r1t0v4x2y",
}


def _like(example: dict[str, JsonValue]) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [example]})


class ApplicationShown(Shown):
    """One person's candidacy for one job, by the vendor's ids; nothing personal."""

    id: str
    connection_id: str
    external_id: str
    candidate: str | None
    job: str | None
    status: str
    """active, rejected, withdrawn, hired or deleted."""
    prospect: bool
    stage_id: str | None
    stage_name: str | None
    stage_kind: str | None
    stage_entered_at: datetime | None
    recruiter: str | None
    coordinator: str | None
    applied_at: datetime | None
    folded_at: datetime | None
    """When its history was last looked at."""
    wake_at: datetime | None
    """When it will be looked at again, if no news comes before."""
    failures: int
    failure: str | None

    model_config = _like(_APPLICATION)


class VisitShown(Shown):
    """One stay in one stage."""

    stage_id: str
    stage_name: str
    kind: str
    nth: int
    entered_at: datetime
    left_at: datetime | None

    model_config = _like(_VISIT)


class InterviewerShown(Shown):
    """Somebody who interviews; `feedback_at` is empty while their feedback is missing."""

    member: str
    feedback_at: datetime | None

    model_config = _like(_INTERVIEWER)


class InterviewShown(Shown):
    """An interview; `feedback_at` is there once everybody's feedback is in."""

    id: str
    name: str | None
    starts_at: datetime | None
    ends_at: datetime | None
    status: str
    interviewers: list[InterviewerShown]
    feedback_at: datetime | None

    model_config = _like(_INTERVIEW)


class DecisionShown(Shown):
    """The application was closed; `undone_at` says when that was taken back."""

    kind: str
    nth: int
    at: datetime
    undone_at: datetime | None

    model_config = _like(_DECISION)


class OfferShown(Shown):
    """An offer, its newest version."""

    id: str
    version: int
    created_at: datetime
    sent_at: datetime | None
    resolved_at: datetime | None
    accepted: bool | None
    start_date: str | None

    model_config = _like(_OFFER)


class SaidShown(Shown):
    """A message that reached its recipient, or must be taken to have."""

    kind: str
    reason: str
    step: str
    recipient: str
    at: datetime
    promised_at: datetime | None

    model_config = _like(_SAID)


class ActShown(Shown):
    """What a person did to a clock, and why."""

    act: str
    clock: str
    at: datetime
    by: str
    reason: str | None
    """Only with `?include=person`, as it may name the candidate; empty after erasure."""
    until: datetime | None

    model_config = _like(_ACT)


class CandidateShown(Shown):
    """The candidate; all names are empty after erasure."""

    first_name: str | None
    last_name: str | None
    email: str | None
    time_zone: str | None
    can_email: bool
    private: bool
    erased_at: datetime | None

    model_config = _like(_PERSON)


class LinksShown(Shown):
    """Where everything that belongs to the application is listed."""

    clocks: str
    follow_ups: str
    deliveries: str

    model_config = _like(_LINKS)


class ApplicationDetail(ApplicationShown):
    """An application with its history, as folded from everything the ATS and we have said."""

    visits: list[VisitShown]
    interviews: list[InterviewShown]
    decisions: list[DecisionShown]
    offers: list[OfferShown]
    said: list[SaidShown]
    acts: list[ActShown]
    links: LinksShown
    person: CandidateShown | None = None
    """Only with `?include=person`, for a key with the scope `act`."""

    model_config = _like(
        {
            **_APPLICATION,
            "visits": [_VISIT],
            "interviews": [_INTERVIEW],
            "decisions": [],
            "offers": [],
            "said": [_SAID],
            "acts": [_ACT],
            "links": _LINKS,
            "person": None,
        },
    )


def details(truth: Truth, reason: Callable[[str], str | None] = lambda _: None) -> dict[str, Any]:
    """The history in a truth, as shown; `reason` opens what people gave as their reason."""
    return {
        "visits": [VisitShown.model_validate(each) for each in truth.visits],
        "interviews": [InterviewShown.model_validate(each) for each in truth.interviews],
        "decisions": [DecisionShown.model_validate(each) for each in truth.decisions],
        "offers": [OfferShown.model_validate(each) for each in truth.offers],
        "said": [SaidShown.model_validate(each) for each in truth.said],
        "acts": [
            ActShown(
                act=each.act,
                clock=each.clock,
                at=each.at,
                by=each.by,
                reason=reason(each.reason),
                until=each.until,
            )
            for each in truth.acts
        ],
    }
