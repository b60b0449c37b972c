"""What Ashby's webhooks say, as facts without personal data."""

import contextlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.ats import ashby
from app.ats.canonical import Fact, FactKind, PersonFields, PersonRole
from app.errors import MalformedBody
from app.timeline.fold import fold
from app.timeline.truth import Placed
from tests.ats import ashby_samples as a
from tests.ats.ashby_samples import kinds, only, read

SHARED = a.SHARED / "ashby"


def placed(*facts: Fact) -> list[Placed]:
    return [Placed(str(one.kind), one.key, one.at or a.RECEIVED, one.data) for one in facts]


def test_a_stage_change_tells_everything_it_knows() -> None:
    """One webhook makes good any that were lost before it."""
    reading = read("candidateStageChange", application=a.application())
    assert kinds(reading) == ["application_created", "job_changed", "application_changed", "stage_changed"]
    assert only(reading, FactKind.STAGE_CHANGED) == Fact(
        FactKind.STAGE_CHANGED,
        "application:app-1:stage:st-2:2026-10-09T13:45:10Z",
        datetime(2026, 10, 9, 13, 45, 10, 204_000, tzinfo=UTC),
        application="app-1",
        candidate="can-1",
        job="job-1",
        data={"stage_id": "st-2", "stage_name": "On-site"},
    )
    assert only(reading, FactKind.APPLICATION_CHANGED).data == {
        "candidate": "can-1",
        "job": "job-1",
        "recruiter": "u-501",
        "coordinator": "u-504",
        "source": "Company page",
        "prospect": False,
        "status": "active",
    }
    team = {"hiring_managers": ["u-503"], "recruiters": ["u-501"], "coordinators": ["u-504"]}
    assert only(reading, FactKind.JOB_CHANGED).data == {"name": "Robot <Lead>", "hiring_team": team}


def test_people_are_read_beside_the_facts_and_never_in_them() -> None:
    """Ashby keeps one name; its first word is the first name."""
    reading = read("candidateStageChange", application=a.application())
    assert reading.people[0] == PersonFields(
        PersonRole.CANDIDATE,
        "can-1",
        first_name="Noémi",
        last_name="Łukasik Roy",
        name="Noémi Łukasik Roy",
        email="noemi@example.com",
    )
    assert [one.external_id for one in reading.people[1:]] == ["u-503", "u-501", "u-504", "u-505"]
    assert not [word for word in ("Noémi", "example.com", "Ria") if word in str(reading.facts)]


def test_a_new_application_enters_its_first_stage_when_it_was_made() -> None:
    """The first visit begins with the application, whatever was changed since."""
    reading = read("applicationSubmit", application=a.application())
    made = datetime(2026, 10, 5, 7, 12, 30, 420_000, tzinfo=UTC)
    assert only(reading, FactKind.APPLICATION_CREATED).at == made
    assert only(reading, FactKind.STAGE_CHANGED).at == made


def test_related_webhooks_make_the_same_facts() -> None:
    """A stage change and the update that Ashby sends with it are one effect."""
    assert (
        read("candidateStageChange", application=a.application()).facts
        == read("applicationUpdate", application=a.application()).facts
    )


@pytest.mark.parametrize(
    ("kind", "expected", "status"),
    [
        ("RejectedByOrg", FactKind.REJECTED, "rejected"),
        ("RejectedByCandidate", FactKind.WITHDRAWN, "withdrawn"),
        ("Other", FactKind.REJECTED, "rejected"),
    ],
)
def test_an_archived_application_was_rejected_or_withdrawn(
    kind: str, expected: FactKind, status: str
) -> None:
    """The reason's type says who decided; the archive is no stage of its own."""
    reading = read("candidateStageChange", application=a.archived(kind))
    ended = only(reading, expected)
    assert ended.at == datetime(2026, 10, 12, 9, 0, 0, 89_000, tzinfo=UTC)
    assert ended.key == "application:app-1:rejected:2026-10-12T09:00:00Z:re-1"
    assert ended.data == {"reason_id": "re-1", "reason": "Experience", "reason_type": kind}
    assert only(reading, FactKind.APPLICATION_CHANGED).data["status"] == status
    assert "stage_changed" not in kinds(reading)
    truth = fold("app-1", placed(*reading.facts))
    assert (truth.status, len(truth.decisions)) == (status, 1)


def test_an_application_that_is_taken_out_of_the_archive_is_open_again() -> None:
    """Ashby has no webhook for it: the next snapshot says that it is active."""
    back = a.application(updatedAt="2026-10-13T09:00:00Z")
    for before in (a.archived(), a.archived("RejectedByCandidate")):
        facts = [
            *read("candidateStageChange", application=before).facts,
            *read("candidateStageChange", application=back).facts,
        ]
        assert fold("app-1", placed(*facts)).status == "active"
        assert fold("app-1", placed(*reversed(facts))).status == "active"


def test_a_hire_is_one_decision_however_often_it_is_told() -> None:
    """The hire's own webhook, its related ones, and an accepted offer that came days before."""
    stage = {"id": "st-8", "title": "Hired", "type": "Hired"}
    hired = a.application(status="Hired", updatedAt="2026-10-20T16:00:00Z", currentInterviewStage=stage)
    accepted = a.offer("Accepted", "CandidateAccepted", decidedAt="2026-10-16T15:59:00Z")
    between = a.application(updatedAt="2026-10-18T10:00:00Z")
    reading = read("candidateHire", application=hired, offer=accepted)
    assert only(reading, FactKind.HIRED).key == "application:app-1:hired:2026-10-16T15:59:00Z"
    assert only(reading, FactKind.HIRED).data == {"offer_id": "of-1", "starts_at": "2027-01-04"}
    facts = [
        *read("offerUpdate", offer=accepted).facts,
        *read("applicationUpdate", application=between).facts,
        *reading.facts,
        *read("candidateStageChange", application=hired).facts,
    ]
    truth = fold("app-1", placed(*facts))
    assert [(one.kind, one.nth, one.undone_at) for one in truth.decisions] == [("hired", 1, None)]
    assert truth.offers[0].accepted is True


def test_a_lead_is_a_prospect_until_it_is_active() -> None:
    """Nobody owes a lead an answer to an application."""
    lead = only(
        read("applicationUpdate", application=a.application(status="Lead")), FactKind.APPLICATION_CHANGED
    )
    assert (lead.data["prospect"], lead.data["status"]) == (True, "active")


def test_an_interview_is_known_with_who_owes_feedback() -> None:
    """The candidate's own name for it, its times, and those whose feedback is required."""
    trainee = {"id": "u-9", "isFeedbackRequired": False}
    panel = a.event("u-503", interviewers=[*a.event("u-503")["interviewers"], trainee])
    reading = read("interviewScheduleUpdate", interviewSchedule=a.schedule("Scheduled", panel))
    assert only(reading, FactKind.INTERVIEW).data == {
        "interview_id": "sc-1",
        "stage_id": "st-2",
        "name": "Panel",
        "starts_at": "2026-10-09T08:00:00Z",
        "ends_at": "2026-10-09T09:00:00Z",
        "status": "scheduled",
        "scheduled_at": "2026-10-06T08:00:00Z",
        "organizer": None,
        "interviewers": ["u-503"],
    }
    assert only(reading, FactKind.INTERVIEWER).data["user_id"] == "u-503"
    assert "meet.example.com" not in str(reading.facts)


def test_a_schedule_of_several_events_lasts_from_the_first_to_the_last() -> None:
    """A debrief is among colleagues: it neither moves the end nor makes anybody owe feedback."""
    second = a.event("u-504", id="ev-2", startTime="2026-10-10T08:00:00Z", endTime="2026-10-10T09:30:00Z")
    debrief = a.event("u-505", id="ev-3", interview={"isDebrief": True}, endTime="2026-10-14T09:00:00Z")
    told = a.schedule("Scheduled", second, a.event("u-503"), debrief)
    interview = only(read("interviewScheduleUpdate", interviewSchedule=told), FactKind.INTERVIEW).data
    assert (interview["starts_at"], interview["ends_at"]) == ("2026-10-09T08:00:00Z", "2026-10-10T09:30:00Z")
    assert interview["interviewers"] == ["u-503", "u-504"]


@pytest.mark.parametrize("status", ["Cancelled", "NeedsScheduling", "OnHold", "Scheduled", "Complete"])
def test_an_interview_that_no_longer_holds_is_none(status: str) -> None:
    """Cancelled with its events, or back without any: nobody is thanked for it or asked for feedback."""
    events = [a.event("u-503")] if status in ("Cancelled", "OnHold") else []
    later = a.schedule(status, *events, updatedAt="2026-10-07T08:00:00Z")
    first = read("interviewScheduleCreate", interviewSchedule=a.schedule("Scheduled", a.event("u-503"))).facts
    then = read("interviewScheduleUpdate", interviewSchedule=later).facts
    assert len(fold("app-1", placed(*first)).interviews) == 1
    assert fold("app-1", placed(*then, *first)).interviews == ()


def test_feedback_is_known_from_a_webhook_where_it_is_certain() -> None:
    """The only interviewer's by the event's mark; several ones' only once the schedule is complete."""
    marked = {"hasSubmittedFeedback": True, "updatedAt": "2026-10-09T12:00:00Z"}
    alone = read(
        "interviewScheduleUpdate", interviewSchedule=a.schedule("Complete", a.event("u-503", **marked))
    )
    assert only(alone, FactKind.SCORECARD).data["submitted_at"] == "2026-10-09T12:00:00Z"
    two = a.schedule("WaitingOnFeedback", a.event("u-503", "u-504", **marked))
    assert "scorecard" not in kinds(read("interviewScheduleUpdate", interviewSchedule=two))
    both = read("interviewScheduleUpdate", interviewSchedule={**two, "status": "Complete"})
    assert kinds(both).count("scorecard") == 2


def test_the_earliest_word_about_feedback_is_its_time_in_any_order() -> None:
    """Webhooks know of feedback only afterwards, and go on saying so: that must not make it late."""
    facts: list[Fact] = []
    for hour in ("12", "15", "18"):
        told = a.schedule("Complete", a.event("u-503"), updatedAt=f"2026-10-09T{hour}:00:00Z")
        facts += read("interviewScheduleUpdate", interviewSchedule=told).facts
    for order in (facts, facts[::-1]):
        (interview,) = fold("app-1", placed(*order)).interviews
        assert interview.feedback_at == datetime(2026, 10, 9, 12, tzinfo=UTC)


def test_an_offer_goes_from_approval_to_answer() -> None:
    """Sent is known from the webhook's receipt on; salaries are nobody's business here."""
    facts: list[Fact] = []
    told = [
        ("offerCreate", a.offer("Pending", "WaitingOnOfferApproval")),
        ("offerUpdate", a.offer("WaitingOnResponse", "WaitingOnCandidateResponse")),
        ("offerUpdate", a.offer("Declined", "CandidateRejected", decidedAt="2026-11-25T15:00:00Z")),
    ]
    for action, state in told:
        facts += read(action, offer=state).facts
    assert [one.data["status"] for one in facts] == ["created", "sent", "rejected"]
    assert "70000" not in str(facts)
    (offer,) = fold("app-1", placed(*facts)).offers
    assert (offer.sent_at, offer.accepted) == (a.RECEIVED, False)
    assert (offer.start_date, offer.resolved_at) == ("2027-01-04", datetime(2026, 11, 25, 15, tzinfo=UTC))


def test_a_cancelled_offer_is_gone_until_a_new_version_is_made() -> None:
    """Nobody is reminded of an offer that was taken back."""
    sent = read("offerUpdate", offer=a.offer("WaitingOnResponse", "WaitingOnCandidateResponse")).facts
    gone = read("offerUpdate", offer=a.offer("Cancelled", "OfferCancelled")).facts
    assert fold("app-1", placed(*sent, *gone)).offers == ()
    version = {**a.offer("", "")["latestVersion"], "id": "ve-2", "createdAt": "2026-10-18T10:00:00Z"}
    renewed = read(
        "offerCreate", offer=a.offer("Pending", "WaitingOnOfferApproval", latestVersion=version)
    ).facts
    assert len(fold("app-1", placed(*sent, *gone, *renewed)).offers) == 1
    deleted = read("offerDelete", offer={"id": "of-1", "applicationId": "app-1"}).facts
    assert fold("app-1", placed(*sent, *renewed, *deleted)).offers == ()


def test_the_day_of_reading_is_no_part_of_an_offers_key() -> None:
    """Read again tomorrow, a sent offer is the same fact."""
    body = a.webhook("offerUpdate", {"offer": a.offer("WaitingOnResponse", "WaitingOnCandidateResponse")})
    first, again = (ashby.read(body, at, "") for at in (a.RECEIVED, a.RECEIVED + timedelta(days=3)))
    assert first.facts[0].key == again.facts[0].key


def test_a_job_tells_its_state_and_team() -> None:
    """Archived jobs are closed; an empty team is one that is not told."""
    told = only(read("jobUpdate", job=a.job(status="Archived", hiringTeam=[])), FactKind.JOB_CHANGED)
    assert told.data == {
        "name": "Robot <Lead>",
        "status": "closed",
        "confidential": False,
        "opened_at": "2026-08-03T08:00:00Z",
    }
    assert {one.external_id for one in read("jobCreate", job=a.job()).people} >= {"u-501", "u-503"}


def test_a_deleted_candidate_is_erased_and_a_merged_one_points_on() -> None:
    """The two ends of a candidate."""
    gone = read("candidateDelete", candidate={"id": "can-1"})
    assert (gone.erased, kinds(gone)) == (("can-1",), ["candidate_deleted"])
    merged = read("candidateMerge", deletedCandidate={"id": "can-2"}, mergedCandidate={"id": "can-1"})
    assert (only(merged, FactKind.CANDIDATE_MERGED).candidate, merged.facts[0].data) == (
        "can-2",
        {"into": "can-1"},
    )


def test_what_is_not_followed_is_ignored_by_name() -> None:
    """A ping, configuration, surveys, and whatever Ashby may invent."""
    for action in ("ping", "jobPostingPublish", "openingCreate", "pushToHRIS", "surveySubmit"):
        assert read(action).ignored
    assert read("galaxy <b>\n").ignored == "unknown action: galaxy?b?"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"data":{}}',
        b'{"action":"applicationSubmit"}',
        b'{"action":"applicationSubmit","data":{}}',
        a.webhook("applicationSubmit", {"application": a.application(id=None)}),
        a.webhook("applicationSubmit", {"application": a.application(candidate=None)}),
        a.webhook("interviewScheduleUpdate", {"interviewSchedule": {"id": "sc-1"}}),
        a.webhook("offerUpdate", {"offer": {"id": "of-1"}}),
        a.webhook("candidateMerge", {"deletedCandidate": {"id": "can-2"}}),
    ],
)
def test_what_lacks_an_id_is_malformed(body: bytes) -> None:
    """Nothing can be said of something nameless."""
    with pytest.raises(MalformedBody):
        ashby.read(body, a.RECEIVED, "")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("app-1"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
VISIT = a.visit("vi-1", "st-2", "On-site", "2026-10-09T13:45:10Z")
WHOLE: list[tuple[str, dict[str, Any]]] = [
    ("candidateHire", {"application": a.archived(), "offer": a.offer("Accepted", "CandidateAccepted")}),
    (
        "applicationSubmit",
        {"application": a.application(applicationHistory=[a.visit("v", "s", "t", "2026-10-09")])},
    ),
    ("interviewScheduleUpdate", {"interviewSchedule": a.schedule("Complete", a.event("u-503"))}),
    ("offerUpdate", {"offer": a.offer("Cancelled", "OfferCancelled")}),
    ("jobUpdate", {"job": a.job()}),
]


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.sampled_from(WHOLE), st.data())
def test_hostile_values_raise_nothing_but_malformed_body(
    told: tuple[str, dict[str, Any]], data: st.DataObject
) -> None:
    """Any field may hold anything; what is read stays storable JSON that the fold takes."""
    action, payload = told
    spoiled = json.loads(json.dumps(payload))
    for _ in range(data.draw(st.integers(1, 3))):
        _spoil(spoiled, data)
    with contextlib.suppress(MalformedBody):
        reading = ashby.read(a.webhook(action, spoiled), a.RECEIVED, action)
        json.dumps([dict(fact.data) for fact in reading.facts], allow_nan=False)
        fold("app-1", placed(*(fact for fact in reading.facts if fact.application)))


def _spoil(value: Any, data: st.DataObject) -> None:
    while isinstance(value, dict | list) and value:
        place = data.draw(st.sampled_from(list(value) if isinstance(value, dict) else range(len(value))))
        if not isinstance(value[place], dict | list) or data.draw(st.booleans()):
            value[place] = data.draw(JSON)
            return
        value = value[place]


@pytest.mark.skipif(not SHARED.exists(), reason="the shared samples are not here")
def test_every_shared_sample_is_understood_or_ignored_by_name() -> None:
    """Signed as Ashby signs, each becomes the fact that it stands for."""
    expected = {
        "applicationSubmit": "application_created",
        "applicationUpdate": "application_changed",
        "candidateDelete": "candidate_deleted",
        "candidateHire": "hired",
        "candidateMerge": "candidate_merged",
        "candidateStageChange": "stage_changed",
        "candidateStageChange_archived": "rejected",
        "candidateStageChange_hired": "application_changed",
        "interviewScheduleCreate": "interview",
        "interviewScheduleUpdate_cancelled": "interview",
        "interviewScheduleUpdate_scheduled": "interviewer",
        "interviewScheduleUpdate_waiting_on_feedback": "interview",
        "offerCreate": "offer",
        "offerUpdate_waiting_on_candidate": "offer",
        "offerDelete": "offer_deleted",
    }
    for path in sorted(SHARED.glob("*.json")):
        body = path.read_bytes()
        ashby.verify({"ashby-signature": ashby.signature(body, a.SECRET)}, body, [a.SECRET])
        reading = ashby.read(body, a.RECEIVED, ashby.peek({}, body).action)
        assert reading.ignored or expected[path.stem] in kinds(reading), path.stem
        assert bool(reading.ignored) == (path.stem not in expected), path.stem
