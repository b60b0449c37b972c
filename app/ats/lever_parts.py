"""What belongs to an opportunity of Lever: interviews, feedback and offers; and its posting.

Interviews carry no time of their own change, so they stand where they were heard; the opportunity's own time
in their key makes a state that comes back news again.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from app.ats.canonical import Evaluation, Fact, FactKind
from app.ats.collected import Collected
from app.ats.fields import LONGEST_WORDS, Answers, Json, child, children, day, digest, stamp, text, texts
from app.ats.lever_facts import Case, member, moment, ref, safe_id, written
from app.ats.told import snapshot

_OPEN = {"published": "open", "internal": "open", "closed": "closed"}
_MOST_MINUTES = 7 * 24 * 60


def collect_interviews(into: Collected, case: Case, answers: Answers) -> None:
    """Gathers the interviews with who owes feedback, the feedback, and interviews that are gone."""
    panels = [*answers.get(f"panels/{case.id}", ())]
    feedback = [*answers.get(f"feedback/{case.id}", ())]
    interviews = _interviews([*answers.get(f"interviews/{case.id}", ())], panels)
    for external_id, row in interviews.items():
        _interview(into, case, external_id, row)
        for interviewer in children(row, "interviewers"):
            _interviewer(into, case, (external_id, row), interviewer, feedback)
    for form in feedback:
        _feedback(into, case, form, interviews)
    for resource, rows in answers.items():
        gone = resource.removeprefix(f"interview/{case.id}/")
        if gone != resource and not rows and gone not in interviews:
            data = {"interview_id": gone}
            key = f"interview:{gone}:deleted"
            into.fact(Fact(FactKind.INTERVIEW_DELETED, key, None, *case.ids, data))


def _interviews(listed: list[Json], panels: list[Json]) -> dict[str, Json]:
    """Interviews by id. Only panels tell how interviewers answered the invitation."""
    found: dict[str, dict[str, object]] = {}
    for panel in panels:
        for row in children(panel, "interviews"):
            if external_id := safe_id(row.get("id")):
                of_panel = {"canceledAt": panel.get("canceledAt"), "panel": panel.get("id")}
                found[external_id] = {"createdAt": panel.get("createdAt"), **row, **of_panel}
    for row in listed:
        if external_id := safe_id(row.get("id")):
            known = found.get(external_id, {})
            canceled_at = row.get("canceledAt") or known.get("canceledAt")
            answered = {ref(one): one.get("responseStatus") for one in children(known, "interviewers")}
            interviewers = [
                {"responseStatus": answered.get(ref(one)), **one} for one in children(row, "interviewers")
            ] or known.get("interviewers")
            told = {name: value for name, value in row.items() if value is not None}
            found[external_id] = {**known, **told, "canceledAt": canceled_at, "interviewers": interviewers}
    return {**found}


def _times(row: Json) -> tuple[datetime | None, datetime | None]:
    starts_at, minutes = moment(row.get("date")), row.get("duration")
    if starts_at is None or isinstance(minutes, bool) or not isinstance(minutes, int):
        return starts_at, None
    return starts_at, starts_at + timedelta(minutes=min(max(minutes, 0), _MOST_MINUTES))


def _interview(into: Collected, case: Case, external_id: str, row: Json) -> None:
    starts_at, ends_at = _times(row)
    data = {
        "interview_id": external_id,
        "kind_id": None,
        "name": text(row.get("subject")),
        "starts_at": stamp(starts_at),
        "ends_at": stamp(ends_at),
        "status": "cancelled" if row.get("canceledAt") else "scheduled",
        "scheduled_at": written(row.get("createdAt")),
        "organizer": ref(row.get("user")),
    }
    into.fact(_heard(FactKind.INTERVIEW, f"interview:{external_id}", case, data))


def _heard(kind: FactKind, subject: str, case: Case, data: Mapping[str, Any]) -> Fact:
    key = f"{subject}:as-of:{stamp(case.at) or ''}:{digest(data)}"
    return Fact(kind, key, None, *case.ids, data)


def _interviewer(
    into: Collected, case: Case, interview: tuple[str, Json], row: Json, feedback: list[Json]
) -> None:
    person = member(row)
    if person is None:
        return
    into.person(person)
    interview_id, of = interview
    mine = [form for form in feedback if _is_for(form, interview_id, of, person.external_id)]
    done = [form for form in mine if moment(form.get("completedAt"))]
    owes_none = row.get("feedbackTemplate") == "no-feedback"
    data = {
        "interviewer_id": f"{interview_id}:{person.external_id}",
        "interview_id": interview_id,
        "user_id": person.external_id,
        "scorecard_id": next((safe_id(form.get("id")) for form in [*done, *mine]), None),
        # Who declined owes nothing; neither does who was asked for no feedback.
        "response_status": "declined" if owes_none else text(row.get("responseStatus")),
    }
    subject = f"interviewer:{interview_id}:{person.external_id}"
    into.fact(_heard(FactKind.INTERVIEWER, subject, case, data))


def _is_for(form: Json, interview_id: str, interview: Json, user: str) -> bool:
    if form.get("deletedAt") or ref(form.get("user")) != user:
        return False
    named, panel = ref(form.get("interview")), ref(form.get("panel"))
    return named == interview_id if named else bool(panel) and panel == ref(interview.get("panel"))


def _feedback(into: Collected, case: Case, form: Json, interviews: Mapping[str, Json]) -> None:
    external_id = safe_id(form.get("id"))
    if external_id is None:
        return
    if form.get("deletedAt"):
        at, gone = moment(form.get("deletedAt")), {"scorecard_id": external_id}
        key = f"scorecard:{external_id}:deleted"
        into.fact(Fact(FactKind.SCORECARD_DELETED, key, at, *case.ids, gone))
        return
    starts_at, _ = _times(interviews.get(ref(form.get("interview")) or "", {}))
    user, completed_at = ref(form.get("user")), moment(form.get("completedAt"))
    data = {
        "scorecard_id": external_id,
        "interviewer": user,
        "submitter": user,
        "status": "complete" if completed_at else "draft",
        "interviewed_at": stamp(starts_at),
        "submitted_at": stamp(completed_at),
    }
    at = moment(form.get("updatedAt")) or completed_at or moment(form.get("createdAt"))
    key = f"scorecard:{external_id}:as-of:{stamp(at) or ''}:{digest(data)}"
    into.fact(Fact(FactKind.SCORECARD, key, at, *case.ids, data))
    if completed_at:
        application, candidate, _ = case.ids
        into.evaluation(Evaluation(external_id, application, candidate, dict(_written(form)), at))


def _written(form: Json) -> Iterator[tuple[str, str]]:
    """What a form says in words, by field; scores and choices are no words (Lever docs, read 2026-11)."""
    for field in children(form, "fields"):
        name, words = text(field.get("text"), 200), text(field.get("value"), LONGEST_WORDS)
        if name and words and field.get("type") in ("text", "textarea"):
            yield name, words


# Offers

OfferState = tuple[str, datetime | None, dict[str, Any]]


def collect_offers(into: Collected, case: Case, answers: Answers, received_at: datetime) -> None:
    """Gathers what became of each offer, each state at its own time.

    Where Lever does not say when an offer was signed, it counts as signed when we first heard of it.
    """
    for row in answers.get(f"offers/{case.id}", ()):
        for state, at, data in offer_states(row):
            told = {**data, "resolved_at": data["resolved_at"] or stamp(received_at)}
            known = told if data["status"] == "accepted" else data
            key = f"offer:{data['offer_id']}:v:{state}:{stamp(at) or ''}:{digest(data)}"
            into.fact(Fact(FactKind.OFFER, key, at, *case.ids, known))


def offer_states(row: Json) -> Iterator[OfferState]:
    """The states that an offer has passed through: created, approved, sent, accepted; oldest first.

    ``denied`` is an approver's word and none of the candidate's.
    """
    external_id = safe_id(row.get("id"))
    said = text(row.get("status")) or ""
    if external_id is None:
        return
    created_at, sent_at = moment(row.get("createdAt")), moment(row.get("sentAt"))
    base: dict[str, Any] = {
        "offer_id": external_id,
        "version": None,
        "status": "denied" if said == "denied" else "created",
        "created_at": stamp(created_at),
        "sent_on": None,
        "resolved_at": None,
        "starts_at": _start_date(row),
    }
    yield "created", created_at, base
    if approved_at := moment(row.get("approvedAt")):
        yield "approved", approved_at, {**base, "approved": True}
    if sent_at and said != "draft":
        base = {**base, "status": "sent", "sent_on": day(stamp(sent_at))}
        yield "sent", sent_at, base
    if said == "signed":
        signed_at = moment(row.get("signedAt")) or moment(child(row, "signedDocument").get("uploadedAt"))
        yield "signed", signed_at, {**base, "status": "accepted", "resolved_at": stamp(signed_at)}


def _start_date(row: Json) -> str | None:
    for one in children(row, "fields"):
        if one.get("identifier") == "start_date" or text(one.get("text")) in ("Start date", "Start Date"):
            return day(stamp(moment(one.get("value")))) or day(one.get("value"))
    return None


def collect_postings(into: Collected, answers: Answers) -> None:
    """Gathers the postings, which are the jobs."""
    for row in answers.get("postings", ()):
        external_id = safe_id(row.get("id"))
        if external_id is None:
            continue
        for role in ("owner", "hiringManager"):
            if person := member(child(row, role)):
                into.person(person)
        at, subject = moment(row.get("updatedAt")), f"job:{external_id}"
        into.fact(snapshot(FactKind.JOB_CHANGED, subject, _job_data(row), at, job=external_id))


def _job_data(row: Json) -> dict[str, Any]:
    categories, state = child(row, "categories"), text(row.get("state"))
    places = texts(categories.get("allLocations")) or texts([categories.get("location")])
    data: dict[str, Any] = {
        "name": text(row.get("text")),
        "status": _OPEN.get(state, state) if state else None,
        "departments": texts([categories.get("department") or categories.get("team")]),
        "offices": [{"name": place, "location": place} for place in places],
        "confidential": row.get("confidentiality") == "confidential",
        "hiring_team": {
            "hiring_managers": [user for user in [ref(row.get("hiringManager"))] if user],
            "recruiters": [user for user in [ref(row.get("owner"))] if user],
            "coordinators": [],
            "sourcers": [],
        },
        "opened_at": written(row.get("createdAt")),
    }
    return {name: value for name, value in data.items() if value is not None}
