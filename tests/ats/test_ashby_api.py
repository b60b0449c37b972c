"""Ashby's API: what is asked, what the answers say, what a refusal means."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest

from app.ats import ashby_api as api
from app.ats import ashby_setup
from app.ats.canonical import Fact, FactKind, Named, NamedKind
from app.ats.fields import Answers, Json
from app.ats.http import Account, ApiRequest, ApiResponse, FailureKind, Target
from app.ats.steps import Ask, Done, Put, Write, WriteKind
from app.errors import MalformedBody
from app.timeline.fold import fold
from app.timeline.truth import Placed
from tests.ats import ashby_samples as a

SHARED = a.SHARED / "ashby" / "api"
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TARGET = Target("can-1", "app-1", "u-501")
NOTE = api.note_request(TARGET, "Told <b>on the phone</b>. [hb:f1]")
INFO = api.first_requests(["app-1"])["applications"][0]
TAG = Write(WriteKind.TAG, TARGET, "hb:t1", "s-1", text="Heard back ")
EMAIL = Write(
    WriteKind.EMAIL,
    TARGET,
    "hb:e1",
    "send-1",
    text="Dear Noémi <3\nBye",
    title="Thank you",
    sender="ria@example.com",
    recipient="noemi@example.com",
    message_id="<m1@example.com>",
    sent_at=NOW,
)


def answered(status: int, body: object = None, **headers: str) -> ApiResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return ApiResponse(status, named, json.dumps(body).encode())


def error(code: str, message: str = "", status: int = 200, **headers: str) -> ApiResponse:
    told = {"success": False, "errors": [code], "errorInfo": {"code": code, "message": message}}
    return answered(status, told, **headers)


def success(results: object, **more: object) -> ApiResponse:
    return answered(200, {"success": True, "results": results, **more})


def facts(answers: Answers) -> dict[str, Fact]:
    return {fact.key: fact for fact in api.read_answers(answers, NOW).facts}


def kind_of(request: ApiRequest, response: ApiResponse) -> FailureKind | None:
    failure = api.failure(request, response, NOW)
    return failure.kind if failure else None


# Requests


def test_a_call_is_a_post_with_the_key_as_user_name() -> None:
    """No password; and a read says that it changes nothing, although it is a POST."""
    request = api.with_credentials(INFO, Account(api_key="k-1"), None)
    assert (request.method, request.url) == ("POST", "https://api.ashbyhq.com/application.info")
    assert base64.b64decode(request.headers["authorization"].removeprefix("Basic ")) == b"k-1:"
    assert request.headers["accept"] == "application/json; version=1"
    assert (request.json, request.reads, NOTE.reads) == ({"applicationId": "app-1"}, True, False)
    assert "k-1" not in repr(Account(api_key="k-1"))
    assert api.api_base(Account()) == "https://api.ashbyhq.com"
    assert api.api_base(Account(api_base="http://127.0.0.1:1")) == "http://127.0.0.1:1"


def test_changes_are_asked_for_by_sync_token_and_first_by_creation() -> None:
    """Each list goes on where its own last page said."""
    asked = api.changed_requests(NOW, "http://127.0.0.1:1", {"offers": "t9"})
    assert set(asked) == {"applications", "interview_schedules", "feedback", "offers"}
    assert asked["offers"][0].json == {"limit": 100, "syncToken": "t9"}
    assert asked["applications"][0].json == {"limit": 100, "createdAfter": int(NOW.timestamp() * 1000)}
    assert asked["feedback"][0].url == "http://127.0.0.1:1/applicationFeedback.list"
    assert api.resume_point(success([], syncToken="t10")) == "t10"
    assert api.resume_point(success([], moreDataAvailable=True, nextCursor="c")) is None
    assert api.resume_point(ApiResponse(200, {}, b"<html>")) is None


def test_pages_follow_the_cursor_with_the_same_question() -> None:
    """Until no more data is available; a cursor that stands still ends it."""
    (request,) = api.changed_requests(NOW, resume={"applications": "t9"})["applications"]
    page = api.next_page(request, success([], moreDataAvailable=True, nextCursor="c2"))
    assert page
    assert page.json == {"limit": 100, "syncToken": "t9", "cursor": "c2"}
    assert page.reads
    assert api.next_page(page, success([], moreDataAvailable=True, nextCursor="c2")) is None
    assert api.next_page(request, success([], moreDataAvailable=False, nextCursor="c2")) is None
    assert api.next_page(request, success([])) is None


@pytest.mark.parametrize("code", ["sync_token_expired", "sync_token_invalid", "incremental_sync_too_large"])
def test_a_stale_sync_token_begins_the_list_anew(code: str) -> None:
    """As Ashby's guide asks; without a token in the question the same code is a refusal."""
    (request,) = api.changed_requests(NOW, resume={"applications": "t9"})["applications"]
    stale = error(code, status=400)
    assert kind_of(request, stale) is None
    assert (api.rows(stale), api.resume_point(stale)) == ((), None)
    anew = api.next_page(request, stale)
    assert anew
    assert anew.json == {"limit": 100}
    assert kind_of(anew, stale) is FailureKind.INVALID
    assert api.next_page(anew, stale) is None


def test_what_the_answers_only_name_is_asked_for_next() -> None:
    """Candidate, job and what an interview is; one round, each once, and then nothing is missing."""
    first = api.first_requests(["app-1", "app-2", "app-1"])
    assert {resource: len(requests) for resource, requests in first.items()} == {
        "applications": 2,
        "interview_schedules": 2,
        "feedback": 2,
        "offers": 2,
    }
    answers: dict[str, list[Json]] = {
        "applications": [a.application(), a.application(id="app-2")],
        "interview_schedules": [a.schedule("Scheduled", a.event("u-503", interview=None))],
    }
    asked = api.further_requests(answers)
    assert {resource: [one.json for one in requests] for resource, requests in asked.items()} == {
        "candidates": [{"id": "can-1"}],
        "jobs": [{"id": "job-1"}],
        "interviews": [{"id": "in-1"}],
    }
    assert api.further_requests({**answers, "candidates": [], "jobs": [], "interviews": []}) == {}


def test_what_a_webhook_named_is_asked_for_and_found_by_its_kind() -> None:
    """An id alone does not say whose it is."""
    named = [Named(NamedKind.APPLICATION, "x"), Named(NamedKind.CANDIDATE, "y"), Named(NamedKind.JOB, "z")]
    asked = api.named_requests(named)
    assert [one.json for one in asked["candidates"]] == [{"id": "y"}]
    assert [one.json for one in asked["jobs"]] == [{"id": "z"}]
    assert [one.json for one in asked["applications"]] == [{"applicationId": "x"}]
    assert api.named_requests([]) == {}
    answers: Answers = {"candidates": [{"id": "y"}], "applications": []}
    assert [api.found(one, answers) for one in named] == [False, True, False]


def test_the_changed_applications_are_named_once() -> None:
    """By their own rows, and by the interviews, feedback and offers that changed."""
    answers: Answers = {
        "applications": [{"id": "app-1"}],
        "feedback": [{"id": "fe-1", "applicationId": "app-2"}, {"id": "fe-2", "applicationId": "app-1"}],
        "offers": [{"id": "of-1", "applicationId": None}],
    }
    assert api.changed_applications(answers) == ["app-1", "app-2"]


def test_a_chunk_fits_into_twenty_seconds_at_half_the_assumed_rate() -> None:
    """Whoever dies holds a connection's turn no longer than its lease."""
    calls, window = api.ASSUMED_RATE
    rounds = timedelta(seconds=20) / window
    assert api.CHUNK * (len(api.first_requests(["x"])) + 2) <= calls / 2 * rounds


# Answers


def test_an_application_makes_the_webhooks_facts_and_more() -> None:
    """The same keys; its true stage times instead of the webhook's; tags and its page from the candidate."""
    history = [
        a.visit("vi-1", "st-1", "Review", "2026-10-05T07:12:30.420Z", "2026-10-09T13:45:10.100Z"),
        a.visit("vi-2", "st-2", "On-site", "2026-10-09T13:45:10.104Z"),
    ]
    profile = "https://app.ashbyhq.com/candidates/can-1"
    candidate = {
        "id": "can-1",
        "name": "Noémi Roy",
        "updatedAt": "2026-10-06T08:00:00Z",
        "tags": [{"id": "ta-1", "title": "Messe 2026", "isArchived": False}],
        "timezone": "Europe/Warsaw",
        "profileUrl": profile,
    }
    answers: Answers = {
        "applications": [a.application(applicationHistory=history)],
        "candidates": [candidate],
    }
    found = facts(answers)
    pushed = {fact.key for fact in a.read("candidateStageChange", application=a.application()).facts}
    assert {key.split(":")[2] for key in pushed - set(found)} == {"stage"}
    visits = [fact for fact in found.values() if fact.kind is FactKind.STAGE_ENTERED]
    assert [(one.data["stage_name"], one.data["current"]) for one in visits] == [
        ("Review", False),
        ("On-site", True),
    ]
    assert visits[0].data["exited_at"] == "2026-10-09T13:45:10Z"
    truth = fold("app-1", [Placed(str(f.kind), f.key, f.at or NOW, f.data) for f in found.values()])
    assert (truth.tags, truth.url, truth.recruiter) == (("Messe 2026",), profile, "u-501")
    people = api.read_answers(answers, NOW).people
    assert (people[0].time_zone, people[0].email) == ("Europe/Warsaw", "noemi@example.com")


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://app.ashbyhq.com.evil.example/x", "http://x", 7]
)
def test_only_ashbys_own_address_is_an_applications_page(url: object) -> None:
    """A page that recruiters are sent to is not taken from anybody."""
    answers: Answers = {"applications": [a.application()], "candidates": [{"id": "can-1", "profileUrl": url}]}
    assert not [fact for fact in facts(answers).values() if "url" in fact.data]


def test_the_archive_is_no_stage_in_the_history_either() -> None:
    """An application stays where it was when it was rejected, in whatever language the archive is named."""
    history = [
        a.visit("vi-1", "st-1", "Review", "2026-10-05T07:12:30Z", "2026-10-12T09:00:00Z"),
        a.visit("vi-2", "st-9", "Archiv", "2026-10-12T09:00:00Z"),
    ]
    found = facts({"applications": [a.archived(applicationHistory=history)]})
    assert [one.data["stage_name"] for one in found.values() if one.kind is FactKind.STAGE_ENTERED] == [
        "Review"
    ]
    assert "application:app-1:rejected:2026-10-12T09:00:00Z:re-1" in found


def test_feedback_has_its_own_time_once_it_is_there_for_every_event() -> None:
    """And it beats what a webhook guessed later; nothing of what it says is kept."""
    two = (a.event("u-503", "u-504", interview=None), a.event("u-503", id="ev-2", interview=None))
    row: dict[str, object] = {
        "applicationId": "app-1",
        "interviewEventId": "ev-1",
        "submittedAt": "2026-10-09T11:00:00Z",
        "submittedByUser": {"id": "u-503"},
        "submittedValues": {"overall_recommendation": "strong_no"},
    }
    answers: dict[str, list[Json]] = {
        "applications": [a.application()],
        "interview_schedules": [a.schedule("WaitingOnFeedback", *two)],
        "feedback": [{"id": "fe-1", **row}],
    }
    assert not [fact for fact in facts(answers).values() if fact.kind is FactKind.SCORECARD]
    answers["feedback"] += [
        {"id": "fe-2", **row, "interviewEventId": "ev-2", "submittedAt": "2026-10-09T12:00:00Z"}
    ]
    (told,) = [fact for fact in facts(answers).values() if fact.kind is FactKind.SCORECARD]
    assert (told.data["interviewer"], told.data["submitted_at"]) == ("u-503", "2026-10-09T12:00:00Z")
    assert "strong_no" not in str(facts(answers))


def test_an_interview_is_the_same_fact_once_its_definition_is_known() -> None:
    """The API leaves out what an interview is; asked for, it names it and tells debriefs apart."""
    debrief = a.event("u-505", id="ev-2", interviewId="in-2", interview={"isDebrief": True})
    whole = a.schedule("Scheduled", a.event("u-503"), debrief)
    pushed = {fact.key for fact in a.read("interviewScheduleUpdate", interviewSchedule=whole).facts}
    bare = [{**one, "interview": None} for one in whole["interviewEvents"]]
    answers: Answers = {
        "interview_schedules": [{**whole, "interviewEvents": bare}],
        "interviews": [{"id": "in-1", "externalTitle": "Panel"}, {"id": "in-2", "isDebrief": True}],
    }
    assert set(facts(answers)) == pushed


def test_a_hire_and_its_offer_have_the_webhooks_keys() -> None:
    """Whichever door is first."""
    accepted = a.offer("Accepted", "CandidateAccepted", decidedAt="2026-10-16T15:59:00Z")
    hired = a.application(status="Hired")
    pushed = {fact.key for fact in a.read("candidateHire", application=hired, offer=accepted).facts}
    found = set(facts({"applications": [hired], "offers": [accepted]}))
    assert pushed == found
    assert "application:app-1:hired:2026-10-16T15:59:00Z" in found


def test_a_poll_that_sees_nothing_new_adds_no_fact() -> None:
    """The keys do not depend on when the answer came."""
    answers: Answers = {
        "applications": [a.application()],
        "offers": [a.offer("WaitingOnResponse", "WaitingOnCandidateResponse")],
        "jobs": [a.job()],
    }
    again = {fact.key for fact in api.read_answers(answers, NOW + timedelta(days=1)).facts}
    assert set(facts(answers)) == again


def test_rows_that_say_nothing_are_passed_over() -> None:
    """One broken row must not hide the others."""
    answers: Answers = {
        "applications": [{"id": "app-9"}, {"id": None}, a.application()],
        "offers": [{"applicationId": "app-1"}],
        "interview_schedules": [{"id": "sc-9"}],
        "candidates": [{}],
        "planets": [{"id": "mars"}],
    }
    assert "application:app-1:created" in facts(answers)


@pytest.mark.skipif(not SHARED.exists(), reason="the shared answers are not here")
def test_the_shared_answers_are_read() -> None:
    """Recorded answers become the facts that they stand for."""
    names = {"application.info": "applications", "candidate.info": "candidates", "job.info": "jobs"}
    answers: dict[str, tuple[Json, ...]] = {}
    for name, resource in names.items():
        body = (SHARED / f"{name}.json").read_bytes()
        assert kind_of(INFO, ApiResponse(200, {}, body)) is None
        answers[resource] = api.rows(ApiResponse(200, {}, body))
    found = [fact.kind.value for fact in api.read_answers(answers, NOW).facts]
    assert {"application_created", "application_changed", "stage_entered", "rejected", "job_changed"} <= set(
        found
    )
    listed = ApiResponse(200, {}, (SHARED / "application.list.json").read_bytes())
    assert len(api.changed_applications({"applications": api.rows(listed)})) == 3
    assert api.next_page(INFO, listed)
    created = ApiResponse(200, {}, (SHARED / "candidate.createNote.json").read_bytes())
    assert api.created_id(created) == "00000000-0000-0000-0000-000000000002"
    assert api.marker_in(api.rows(created), "Nango") == api.created_id(created)


# Refusals and limits


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (success([]), None),
        (error("unauthorized", status=401), FailureKind.SCOPE),
        (error("missing_endpoint_permission", status=403), FailureKind.SCOPE),
        (error("missing_endpoint_permission"), FailureKind.SCOPE),
        (error("application_not_found"), FailureKind.NOT_FOUND),
        (answered(404), FailureKind.NOT_FOUND),
        (error("invalid_input"), FailureKind.INVALID),
        (answered(400, {"success": False}), FailureKind.INVALID),
        (error("rate_limit_exceeded"), FailureKind.TOO_MANY),
        (answered(429), FailureKind.TOO_MANY),
        (answered(500), FailureKind.AWAY),
        (answered(502), FailureKind.AWAY),
        (ApiResponse(200, {}, b"<html>a proxy</html>"), FailureKind.AWAY),
        (answered(200, {"results": []}), FailureKind.AWAY),
        (answered(200, {"success": "true"}), FailureKind.INVALID),
    ],
)
def test_the_body_says_how_a_call_went(response: ApiResponse, kind: FailureKind | None) -> None:
    """Ashby answers 200 to most refusals; what is not Ashby's answer is none, for a write least of all."""
    assert kind_of(INFO, response) is kind
    assert kind_of(NOTE, response) is kind


def test_a_refusal_says_what_to_do_and_nothing_of_people() -> None:
    """The permission is named; Ashby's own words, which may name people, are not repeated."""
    failure = api.failure(NOTE, error("missing_endpoint_permission", status=403), NOW)
    assert failure
    assert "candidatesWrite for candidate.createNote" in failure.detail
    failure = api.failure(NOTE, error("invalid_input", "Noémi <noemi@example.com> is unknown"), NOW)
    assert failure
    assert failure.detail == "Ashby refused candidate.createNote (200): invalid_input"
    failure = api.failure(NOTE, error("Noémi is unknown"), NOW)
    assert failure
    assert "Noémi" not in failure.detail


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry_after": "7"}, 7),
        ({"retry_after": "Sat, 21 Nov 2026 12:00:20 GMT"}, 20),
        ({"retry_after": "999999"}, 3600),
        ({"retry_after": "soon"}, 30),
        ({}, 30),
    ],
)
def test_too_many_says_how_long_to_wait(headers: dict[str, str], seconds: int) -> None:
    """In whichever way Ashby says it, bounded, and half a minute where it does not."""
    failure = api.failure(INFO, error("rate_limit_exceeded", status=429, **headers), NOW)
    assert failure
    assert failure.retry_after == timedelta(seconds=seconds)
    assert api.rate(success([], **headers), NOW) is None


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"results":7}', b'{"results":[7]}'])
def test_an_answer_that_holds_no_rows_is_malformed(body: bytes) -> None:
    """A proxy's page is no empty list."""
    with pytest.raises(MalformedBody):
        api.rows(ApiResponse(200, {}, body))


# Writing


def test_a_note_is_plain_text_on_the_candidate_and_notifies_nobody() -> None:
    """A name in it never becomes markup."""
    assert NOTE.json == {
        "candidateId": "can-1",
        "note": {"type": "text/plain", "value": "Told <b>on the phone</b>. [hb:f1]"},
        "sendNotifications": False,
    }
    assert api.notes_requests(TARGET)[0].json == {"candidateId": "can-1", "limit": 100}
    assert api.created_id(success({"id": "no-1"})) == "no-1"
    assert api.created_id(ApiResponse(200, {}, b"")) is None


def test_our_note_is_found_by_its_whole_marker() -> None:
    """`hb:f1` is not found in `hb:f12`."""
    notes: list[Json] = [
        {"id": "1", "content": None},
        {"id": "2", "content": "x [hb:f12]"},
        {"id": "3", "content": "<p>y [hb:f1]</p>"},
    ]
    assert api.marker_in(notes, "hb:f1") == "3"
    assert api.marker_in(notes[:2], "hb:f1") is None


def test_a_tag_is_looked_for_then_made_then_added() -> None:
    """Begun anew after any fault, it ends with one tag."""
    step = api.write_step(TAG, {})
    assert isinstance(step, Ask)
    assert step.requests[0].json == {"id": "can-1"}
    step = api.write_step(TAG, {"candidates": [{"id": "can-1", "tags": []}]})
    assert isinstance(step, Put)
    assert step.request.json == {"title": "Heard back"}
    answers: dict[str, list[Json]] = {"candidates": [{"tags": []}], "tags": [{"id": "ta-1"}]}
    step = api.write_step(TAG, answers)
    assert isinstance(step, Put)
    assert step.request.json == {"candidateId": "can-1", "tagId": "ta-1"}
    assert api.write_step(TAG, {**answers, "tagged": [{}]}) == Done("ta-1")
    there: Answers = {"candidates": [{"tags": [{"id": "ta-1", "title": "HEARD back"}]}]}
    assert api.write_step(TAG, there) == Done("ta-1")


def test_an_email_is_logged_under_our_id_and_only_once() -> None:
    """Ashby takes an id once; being told so is success, for the e-mail is there."""
    step = api.write_step(EMAIL, {})
    assert isinstance(step, Put)
    assert step.request.json == {
        "candidateId": "can-1",
        "emailProviderEmailId": "send-1",
        "subject": "Thank you",
        "from": "ria@example.com",
        "to": "noemi@example.com",
        "body": "Dear Noémi &lt;3<br>Bye",
        "userId": "u-501",
        "sentAt": "2026-11-21T12:00:00Z",
        "messageIdHeader": "<m1@example.com>",
    }
    twice = error("invalid_input", "emailProviderEmailId must be unique")
    assert kind_of(step.request, twice) is None
    assert kind_of(NOTE, twice) is FailureKind.INVALID
    assert kind_of(step.request, error("candidate_not_found")) is FailureKind.NOT_FOUND
    assert api.write_step(EMAIL, {"emails": api.rows(twice)}) == Done(None)
    assert api.write_step(EMAIL, {"emails": [{"id": "em-1"}]}) == Done("em-1")


# Setting up


def test_the_webhooks_are_created_one_by_one_and_enabled_where_their_ping_failed() -> None:
    """What the API cannot create is said to a person."""
    answers: dict[str, list[Json]] = {}
    made = []
    while isinstance(step := ashby_setup.create_step("https://us.example/w", "s3", answers, "http://x"), Put):
        body = step.request.json or {}
        made.append(body.get("webhookType") or body)
        enabled = step.resource != "offerCreate"
        answers[step.resource] = [{"id": f"wh-{len(made)}", "enabled": enabled}]
    assert isinstance(step, Done)
    assert "jobCreate" in " ".join(step.left)
    created = [one for one in made if isinstance(one, str)]
    assert created == list(ashby_setup.WEBHOOKS)
    assert [one for one in made if not isinstance(one, str)] == [{"webhookId": "wh-9", "enabled": True}]
    lines = "\n".join(ashby_setup.by_hand("https://us.example/w"))
    for needed in (*ashby_setup.WEBHOOKS, "jobUpdate", *ashby_setup.PERMISSIONS, "https://us.example/w"):
        assert needed in lines


def test_the_check_asks_for_one_row_of_each_kind() -> None:
    """Each says which right it shows; nothing is written."""
    checks = ashby_setup.check_requests("http://x")
    assert [one.json for one in checks.values()] == [{"limit": 1}] * 4
    assert all(one.reads for one in checks.values())
    assert ashby_setup.webhook_requests() == {}
    assert ashby_setup.webhook_findings({}, "https://us.example/w") == ()
