"""What a generic webhook says, in facts and people.

Every event may carry its application, candidate and job in full: what it says of them is true as of
``occurred_at``, so that an event which was lost is made good by the next one.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from pydantic import ValidationError

from app.ats import generic_body as said
from app.ats.canonical import Evaluation, Fact, FactKind, Reading
from app.ats.collected import Collected
from app.ats.fields import parse_object, stamp, text
from app.ats.generic_about import Place, application, candidate, event, job, people, snapshot
from app.errors import MalformedBody

_MOST_NAMED = 3
_WORDS = {
    "missing": "is missing",
    "literal_error": "must be {expected}",
    "list_type": "must be a list",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "greater_than_equal": "must be {ge} or more",
    "less_than_equal": "must be {le} or less",
    "model_type": "must be an object",
    "plain": "{words}",
}


def read(body: bytes, received_at: datetime, named: str = "") -> Reading:
    """What the webhook says; the body itself names its type and its time, so the rest is not needed.

    Raises `MalformedBody` naming the fields where the body is not as the schema says; unknown types are
    ignored with a reason.
    """
    del received_at, named
    parsed = parse_object(body)
    name = text(parsed.get("type"))
    if name is None:
        raise MalformedBody("type is missing.")
    form = said.BODIES.get(name)
    if form is None:
        return Reading(ignored=f"unknown type: {re.sub('[^A-Za-z0-9_.-]+', '?', name)[:64]}")
    try:
        told = form.model_validate(parsed)
    except ValidationError as wrong:
        raise MalformedBody(_in_words(wrong)) from None  # the cause holds what was sent
    if not isinstance(told, said.Event):
        return Reading(ignored="ping: signing and sending work")
    return _reading(told)


def _in_words(wrong: ValidationError) -> str:
    problems = wrong.errors(include_url=False, include_input=False)
    named = [
        f"{'.'.join(map(str, problem['loc']))} "
        + _WORDS.get(problem["type"], "is not as the schema says").format_map(problem.get("ctx") or {})
        for problem in problems[:_MOST_NAMED]
    ]
    more = len(problems) - _MOST_NAMED
    return "; ".join(named) + (f"; and {more} more." if more > 0 else ".")


def _reading(told: said.Event) -> Reading:
    collected = Collected()
    place = Place(told)
    _READERS[told.type](told, place, collected)
    if told.type in _ERASING:
        # Who is to be forgotten is not written down on the way out.
        return Reading(tuple(collected.facts.values()), erased=(place.candidate or "",))
    for about in (job, candidate, application):
        about(told, place, collected)
    return collected.reading()


_Reader = Callable[..., None]


def _happened(kind: FactKind) -> _Reader:
    def reader(told: said.Event, place: Place, into: Collected) -> None:
        del told
        into.fact(event(kind, place))

    return reader


def _created(told: said.ApplicationCreated, place: Place, into: Collected) -> None:
    key = f"application:{place.application}:created"
    at = told.application.applied_at or told.occurred_at
    into.fact(Fact(FactKind.APPLICATION_CREATED, key, at, place.application, place.candidate, place.job))


def _nothing_more(told: said.Event, place: Place, into: Collected) -> None:
    """All is said by the objects that the event carries."""
    del told, place, into


def _ended(told: said.ApplicationEnded, place: Place, into: Collected) -> None:
    withdrawn = told.type == "application.withdrawn"
    stage = told.application.stage
    data = {
        "reason_id": told.reason.id if told.reason else None,
        "reason": told.reason.name if told.reason else None,
        "stage_id": (stage.id or stage.name) if stage else None,
        "stage_name": stage.name if stage else None,
    }
    into.fact(event(FactKind.WITHDRAWN if withdrawn else FactKind.REJECTED, place, data))


def _hired(told: said.ApplicationHired, place: Place, into: Collected) -> None:
    first_day = told.offer.starts_on.isoformat() if told.offer and told.offer.starts_on else None
    data = {"offer_id": told.offer.id if told.offer else None, "starts_at": first_day}
    into.fact(event(FactKind.HIRED, place, data))


def _deleted(told: said.Event, place: Place, into: Collected) -> None:
    del told
    key = f"application:{place.application}:deleted"
    into.fact(
        Fact(FactKind.APPLICATION_DELETED, key, place.at, place.application, place.candidate, place.job)
    )


def _snoozed(told: said.ApplicationSnoozed, place: Place, into: Collected) -> None:
    into.fact(event(FactKind.SNOOZED, place, {"until": stamp(told.until)}))


_INTERVIEWS = {
    "interview.scheduled": "scheduled",
    "interview.moved": "scheduled",
    "interview.cancelled": "cancelled",
    "interview.ended": "complete",
}


def _interview(told: said.InterviewScheduled | said.InterviewTold, place: Place, into: Collected) -> None:
    one, status = told.interview, _INTERVIEWS[told.type]
    over = told.occurred_at if status == "complete" else None
    data = {
        "interview_id": one.id,
        "name": one.name,
        "starts_at": stamp(one.starts_at),
        "ends_at": stamp(one.ends_at or over),
        "status": status,
        "scheduled_at": stamp(told.occurred_at) if status == "scheduled" else None,
    }
    known = {name: value for name, value in data.items() if value is not None}
    into.fact(snapshot(FactKind.INTERVIEW, f"interview:{one.id}", place, known))
    people(into, one.interviewers)
    for member in one.interviewers or ():
        duty = {
            "interview_id": one.id,
            "user_id": member.id,
            "response_status": member.response or "accepted",
        }
        into.fact(snapshot(FactKind.INTERVIEWER, f"interview:{one.id}:interviewer:{member.id}", place, duty))


def _scorecard(told: said.ScorecardSubmitted, place: Place, into: Collected) -> None:
    card, member = told.scorecard, told.scorecard.interviewer
    people(into, [member])
    duty = {"interview_id": told.interview.id, "user_id": member.id, "scorecard_id": card.id}
    subject = f"interview:{told.interview.id}:interviewer:{member.id}"
    into.fact(snapshot(FactKind.INTERVIEWER, subject, place, duty))
    data = {
        "scorecard_id": card.id,
        "interviewer": member.id,
        "submitter": member.id,
        "status": "complete",
        "submitted_at": stamp(told.occurred_at),
    }
    fact = snapshot(FactKind.SCORECARD, f"scorecard:{card.id}", place, data)
    into.fact(fact)
    if card.answers is not None and fact.application:
        written = {one.field: one.words for one in card.answers}
        into.evaluation(Evaluation(card.id, fact.application, fact.candidate, written, fact.at))


def _scorecard_deleted(told: said.ScorecardDeleted, place: Place, into: Collected) -> None:
    data = {"scorecard_id": told.scorecard.id}
    into.fact(snapshot(FactKind.SCORECARD_DELETED, f"scorecard:{told.scorecard.id}:deleted", place, data))


_OFFERS = {"offer.accepted": "accepted", "offer.declined": "rejected"}


def _offer(told: said.OfferTold, place: Place, into: Collected) -> None:
    offer, subject = told.offer, f"offer:{told.offer.id}"
    data: dict[str, object] = {"offer_id": offer.id}
    if told.type == "offer.withdrawn":
        into.fact(snapshot(FactKind.OFFER_DELETED, f"{subject}:deleted", place, {**data, "version": None}))
        return
    data |= {
        "version": offer.version,
        "status": _OFFERS.get(told.type, told.type.rpartition(".")[2]),
        "created_at": stamp(told.occurred_at) if told.type == "offer.created" else None,
        "approved": True if told.type == "offer.approved" else None,
        "sent_on": told.occurred_at.date().isoformat() if told.type == "offer.sent" else None,
        "resolved_at": stamp(told.occurred_at) if told.type in _OFFERS else None,
        "starts_at": offer.starts_on.isoformat() if offer.starts_on else None,
    }
    known = {name: value for name, value in data.items() if value is not None}
    into.fact(snapshot(FactKind.OFFER, subject, place, known))


def _candidate_gone(kind: FactKind) -> _Reader:
    def reader(told: said.Event, place: Place, into: Collected) -> None:
        del told
        key = f"candidate:{place.candidate}:{kind.rpartition('_')[2]}"
        into.fact(Fact(kind, key, place.at, candidate=place.candidate))

    return reader


def _merged(told: said.CandidateMerged, place: Place, into: Collected) -> None:
    key = f"candidate:{place.candidate}:merged:{told.into.id}"
    fact = Fact(
        FactKind.CANDIDATE_MERGED, key, place.at, candidate=place.candidate, data={"into": told.into.id}
    )
    into.fact(fact)


_ERASING = {"candidate.deleted", "candidate.anonymized"}
_READERS: Mapping[str, _Reader] = {
    "application.created": _created,
    "application.stage_changed": _nothing_more,
    "application.changed": _nothing_more,
    "application.rejected": _ended,
    "application.withdrawn": _ended,
    "application.hired": _hired,
    "application.unrejected": _happened(FactKind.UNREJECTED),
    "application.unhired": _happened(FactKind.UNHIRED),
    "application.deleted": _deleted,
    "application.snoozed": _snoozed,
    "interview.scheduled": _interview,
    "interview.moved": _interview,
    "interview.cancelled": _interview,
    "interview.ended": _interview,
    "scorecard.submitted": _scorecard,
    "scorecard.deleted": _scorecard_deleted,
    **dict.fromkeys(("offer.created", "offer.approved", "offer.sent", "offer.withdrawn", *_OFFERS), _offer),
    "job.opened": _nothing_more,
    "job.held": _nothing_more,
    "job.closed": _nothing_more,
    "candidate.changed": _nothing_more,
    "candidate.merged": _merged,
    "candidate.deleted": _candidate_gone(FactKind.CANDIDATE_DELETED),
    "candidate.anonymized": _candidate_gone(FactKind.CANDIDATE_ANONYMIZED),
}
