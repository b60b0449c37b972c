"""Harvest v3: what is asked, what the answers say, what a refusal means."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.ats import greenhouse_api as api
from app.ats.canonical import Fact, FactKind, PersonRole
from app.ats.fields import Answers, Json
from app.ats.http import Account, ApiRequest, ApiResponse, FailureKind, Rate, Target
from app.errors import MalformedBody

SHARED = Path(__file__).parents[2].parent / "shared" / "payloads" / "greenhouse" / "api_v3"
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LIST = api.list_requests("interviews", ["7001"])[0]
NOTE = api.note_request(Target("9001", "7001", "501"), "Told on the phone. [hb:f1]")


def answered(status: int, body: object = None, **headers: str) -> ApiResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return ApiResponse(status, named, json.dumps(body).encode())


def facts(answers: Answers) -> dict[str, Fact]:
    return {fact.key: fact for fact in api.read_answers(answers, NOW).facts}


# Tokens


def test_a_token_is_asked_for_with_client_credentials() -> None:
    """Basic authentication, the grant in the form, `sub` only where somebody is to be acted as."""
    request = api.token_request(Account("id", "secret"))
    assert request.url == "https://auth.greenhouse.io/token"
    assert base64.b64decode(request.headers["authorization"].removeprefix("Basic ")) == b"id:secret"
    assert request.form == {"grant_type": "client_credentials"}
    as_user = api.token_request(Account("id", "secret", user="501", auth_url="http://127.0.0.1:1/token"))
    assert as_user.form == {"grant_type": "client_credentials", "sub": "501"}
    assert as_user.url == "http://127.0.0.1:1/token"
    assert "secret" not in repr(Account("id", "secret"))
    assert "Basic" not in repr(request)


@pytest.mark.parametrize(
    ("expiry", "expires_at"),
    [
        ({"expires_at": "2026-11-21T20:00:00Z"}, datetime(2026, 11, 21, 20, tzinfo=UTC)),
        ({"expires_in": 600}, NOW + timedelta(minutes=10)),
        ({"expires": "1800"}, NOW + timedelta(minutes=30)),
        ({"expires": 1795000000}, datetime.fromtimestamp(1795000000, UTC)),
        ({}, NOW + timedelta(hours=1)),
        ({"expires_in": "soon"}, NOW + timedelta(hours=1)),
    ],
)
def test_the_expiry_is_read_under_each_of_its_names(expiry: dict[str, object], expires_at: datetime) -> None:
    """Clients disagree on the field; without any, an hour."""
    token = api.read_token(answered(200, {"access_token": "t", **expiry}), NOW)
    assert (token.value, token.expires_at) == ("t", expires_at)
    assert "'t'" not in repr(token)


def test_an_answer_without_a_token_is_malformed() -> None:
    """A proxy's page of HTML is not a token."""
    for body in (b"<html>", b"{}", b"[]"):
        with pytest.raises(MalformedBody):
            api.read_token(ApiResponse(200, {}, body), NOW)


# Lists and pages


def test_lists_are_by_at_most_fifty_ids() -> None:
    """More ids make more requests; the same id is asked for once; none makes none."""
    requests = api.list_requests("scorecards", [str(number) for number in [*range(120), 1]])
    assert [len(dict(one.params)["application_ids"].split(",")) for one in requests] == [50, 50, 20]
    assert requests[0].url == "https://harvest.greenhouse.io/v3/scorecards"
    assert dict(requests[0].params)["per_page"] == "500"
    assert api.list_requests("users", []) == ()


def test_changes_are_asked_for_with_the_pipe_syntax() -> None:
    """Everything that changed at or after an instant."""
    asked = api.changed_requests(NOW, "http://127.0.0.1:1/v3")
    assert set(asked) == {"applications", "interviews", "scorecards", "offers"}
    request = asked["applications"][0]
    assert request.url == "http://127.0.0.1:1/v3/applications"
    assert dict(request.params)["updated_at"] == "gte|2026-11-21T12:00:00Z"


def test_a_page_with_a_cursor_carries_nothing_else() -> None:
    """Greenhouse refuses a cursor beside other parameters."""
    link = '<https://harvest.greenhouse.io/v3/x?cursor=a%3D%3D&page=2>; rel="next", <https://y>; rel="last"'
    page = api.next_page(LIST, answered(200, [], link=link))
    assert page == ApiRequest("GET", "https://harvest.greenhouse.io/v3/x?cursor=a%3D%3D")
    assert api.next_page(LIST, answered(200, [], link='<https://y>; rel="last"')) is None
    assert api.next_page(LIST, answered(200, [])) is None


def test_a_list_does_not_end_where_the_next_page_has_no_address() -> None:
    """What stands on it would be lost in silence."""
    with pytest.raises(MalformedBody):
        api.next_page(LIST, answered(200, [], link='<http://[/x?cursor=1>; rel="next"'))


def test_what_the_answers_only_name_is_asked_for_next() -> None:
    """Three rounds bring everything, and then nothing is missing."""
    answers: dict[str, list[dict[str, object]]] = {
        "applications": [
            {"id": 7001, "job_id": 811, "candidate_id": 9001, "recruiter_id": 501, "status": "rejected"}
        ],
        "application_stages": [{"id": 1, "job_interview_stage_id": 31}],
        "interviews": [{"id": 41}],
        "scorecards": [],
        "offers": [],
    }
    rounds = []
    while asked := api.further_requests(answers):
        rounds.append(set(asked))
        for resource in asked:
            row: dict[str, object] = {"rejection_reason_id": 61} if resource == "rejection_details" else {}
            answers[resource] = [{"id": 5, **row}]
    assert rounds == [
        {
            "rejection_details",
            "interviewers",
            "job_interview_stages",
            "candidates",
            "jobs",
            "job_owners",
            "job_hiring_managers",
        },
        {"rejection_reasons"},
        {"users"},
    ]


# Answers


APPLICATION: dict[str, object] = {
    "id": 7001,
    "created_at": "2026-10-05T07:12:30.420Z",
    "candidate_id": 9001,
    "job_id": 811,
    "recruiter_id": 501,
    "coordinator_id": None,
    "status": "in_process",
    "prospect": False,
    "needs_decision": True,
    "stage_id": 99,
    "stage_name": "On-site",
    "rejected_at": None,
    "last_activity_at": "2026-10-09T13:45:10.000Z",
}


def test_an_application_is_the_same_fact_from_the_api_as_from_a_webhook() -> None:
    """The creation has the webhook's key; attributes that Harvest does not tell are left out."""
    found = facts({"applications": [APPLICATION]})
    assert found["application:7001:created"].application == "7001"
    (changed,) = [fact for fact in found.values() if fact.kind is FactKind.APPLICATION_CHANGED]
    assert changed.data == {
        "candidate": "9001",
        "job": "811",
        "recruiter": "501",
        "coordinator": None,
        "prospect": False,
        "needs_decision": True,
        "status": "active",
        "stage_name": "On-site",
    }


def test_stage_visits_have_their_true_times_and_names() -> None:
    """A visit that ended sorts after the same visit while it lasted."""
    visit = {
        "id": 99,
        "application_id": 7001,
        "job_interview_stage_id": 31,
        "entered_at": "2026-10-09T13:45:10.000Z",
    }
    names = [{"id": 31, "name": "On-site"}]
    (open_key, entered), *_ = facts({"application_stages": [visit], "job_interview_stages": names}).items()
    left = {**visit, "exited_at": "2026-10-12T08:00:00.000Z", "current": False}
    ((ended_key, ended),) = facts({"application_stages": [left], "job_interview_stages": names}).items()
    assert entered.kind is FactKind.STAGE_ENTERED
    assert entered.at == datetime(2026, 10, 9, 13, 45, 10, tzinfo=UTC)
    assert (entered.data["stage_id"], entered.data["stage_name"]) == ("31", "On-site")
    assert ended.data["exited_at"] == "2026-10-12T08:00:00Z"
    assert open_key < ended_key


def test_a_rejection_has_the_webhooks_key_once_its_reason_is_known() -> None:
    """Reason and type are joined from their own lists; a withdrawal is one here as well."""
    row = {**APPLICATION, "status": "rejected", "rejected_at": "2026-10-12T09:00:00.700Z"}
    details = [{"id": 1, "application_id": 7001, "rejection_reason_id": 62}]
    reasons = [{"id": 62, "name": "Took another offer", "type": {"id": 2, "key": "THEY_REJECTED_US"}}]
    bare = facts({"applications": [row], "rejection_details": details})
    joined = facts({"applications": [row], "rejection_details": details, "rejection_reasons": reasons})
    assert bare["application:7001:rejected:2026-10-12T09:00:00Z:"].kind is FactKind.REJECTED
    assert joined["application:7001:rejected:2026-10-12T09:00:00Z:62"].kind is FactKind.WITHDRAWN


def test_a_hire_has_the_webhooks_key_once_its_offer_is_known() -> None:
    """The accepted offer says when."""
    offer = {
        "id": 71,
        "version": 2,
        "application_id": 7001,
        "status": "Accepted",
        "resolved_at": "2026-10-16T10:30:00.123Z",
        "starts_on": "2027-01-04",
        "updated_at": "2026-10-16T10:30:01.000Z",
    }
    found = facts({"applications": [{**APPLICATION, "status": "hired"}], "offers": [offer]})
    hired = found["application:7001:hired:2026-10-16T10:30:00Z"]
    assert hired.data == {"offer_id": "71", "starts_at": "2027-01-04"}
    (told,) = [fact for fact in found.values() if fact.kind is FactKind.OFFER]
    assert (told.data["status"], told.application, told.candidate) == ("accepted", "7001", "9001")


def test_interviews_are_told_with_their_people() -> None:
    """An interviewer belongs to the application of the interview; the address stays out of the facts."""
    answers: dict[str, list[dict[str, object]]] = {
        "applications": [APPLICATION],
        "interviews": [
            {
                "id": 41001,
                "application_id": 7001,
                "job_interview_id": 41,
                "starts_at": "2026-10-09T08:00:00.000Z",
                "ends_at": "2026-10-09T09:00:00.000Z",
                "scheduled_at": "2026-10-06T08:00:00.000Z",
                "status": "scheduled",
                "organizer_id": 504,
                "updated_at": "2026-10-06T08:00:00.000Z",
                "video_conferencing_url": "https://meet.example.com/1",
            }
        ],
        "interviewers": [
            {
                "id": 5,
                "interview_id": 41001,
                "user_id": 503,
                "email": "jos@example.com",
                "response_status": "accepted",
            }
        ],
        "users": [{"id": 503, "name": "Jos van Dijk", "primary_email": "jos.van.dijk@example.com"}],
    }
    reading = api.read_answers(answers, NOW)
    interview, interviewer = (
        next(fact for fact in reading.facts if fact.kind is kind)
        for kind in (FactKind.INTERVIEW, FactKind.INTERVIEWER)
    )
    assert interview.data == {
        "interview_id": "41001",
        "kind_id": "41",
        "name": None,
        "starts_at": "2026-10-09T08:00:00Z",
        "ends_at": "2026-10-09T09:00:00Z",
        "all_day_on": None,
        "status": "scheduled",
        "scheduled_at": "2026-10-06T08:00:00Z",
        "availability_received_at": None,
        "organizer": "504",
    }
    assert (interviewer.application, interviewer.candidate) == ("7001", "9001")
    assert interviewer.data["user_id"] == "503"
    assert "example.com" not in str([fact.data for fact in reading.facts])
    (member,) = reading.people
    assert (member.role, member.name, member.email) == (PersonRole.MEMBER, "Jos van Dijk", "jos@example.com")


def test_a_scorecard_tells_that_it_is_there_and_nothing_of_what_it_says() -> None:
    """No ratings and no notes ever reach the facts."""
    row: dict[str, object] = {
        "id": 81,
        "application_id": 7001,
        "interviewer_id": 503,
        "submitter_id": 503,
        "candidate_rating": "strong_no",
        "status": "complete",
        "interviewed_at": "2026-10-09T08:00:00.000Z",
        "submitted_at": "2026-10-09T15:00:00.000Z",
        "notes": "arrived late",
    }
    (fact,) = facts({"scorecards": [row]}).values()
    assert fact.at == datetime(2026, 10, 9, 15, tzinfo=UTC)
    assert set(fact.data) == {
        "scorecard_id",
        "interviewer",
        "submitter",
        "status",
        "interviewed_at",
        "submitted_at",
    }


def test_the_hiring_team_leads_with_who_is_responsible() -> None:
    """Owners and managers make up one team a job."""
    owners: list[dict[str, object]] = [
        {"id": 1, "job_id": 811, "user_id": 501, "type": "recruiter", "responsible": False},
        {"id": 2, "job_id": 811, "user_id": 505, "type": "recruiter", "responsible": True},
    ]
    managers: list[dict[str, object]] = [{"id": 3, "job_id": 811, "user_id": 502}]
    (fact,) = facts({"job_owners": owners, "job_hiring_managers": managers}).values()
    assert fact.data == {"hiring_team": {"hiring_managers": ["502"], "recruiters": ["505", "501"]}}


def test_a_poll_that_sees_nothing_new_adds_no_fact() -> None:
    """The keys do not depend on when the answer came."""
    answers: Answers = {
        "applications": [APPLICATION],
        "candidates": [{"id": 9001, "can_email": True, "private": False}],
    }
    assert api.read_answers(answers, NOW).facts == api.read_answers(answers, NOW + timedelta(days=1)).facts


@pytest.mark.skipif(not SHARED.exists(), reason="the shared answers are not here")
def test_the_shared_answers_are_read() -> None:
    """Recorded answers become the facts that they stand for."""
    single = {
        "application": "applications",
        "interview": "interviews",
        "interviewer": "interviewers",
        "scorecard": "scorecards",
    }
    answers = {
        resource: [json.loads((SHARED / f"{name}.json").read_text())] for name, resource in single.items()
    }
    answers["application_stages"] = json.loads((SHARED / "application_stages.json").read_text())
    found = [fact.kind.value for fact in api.read_answers(answers, NOW).facts]
    assert found == [
        "application_created",
        "application_changed",
        "stage_entered",
        "stage_entered",
        "interview",
        "interviewer",
        "scorecard",
    ]


# Refusals and limits


@pytest.mark.parametrize("status", [200, 201, 204])
def test_success_is_no_failure(status: int) -> None:
    """Every 2xx is good."""
    assert api.failure(NOTE, answered(status), NOW) is None


def test_a_missing_scope_is_named() -> None:
    """The operator reads which scope to add."""
    failure = api.failure(NOTE, answered(403), NOW)
    assert failure
    assert failure.kind is FailureKind.SCOPE
    assert "harvest:notes:create" in failure.detail
    failure = api.failure(LIST, answered(403), NOW)
    assert failure
    assert "harvest:interviews:list" in failure.detail


def test_an_old_key_is_told_that_its_api_is_gone() -> None:
    """A Harvest v1 key is recognised by its shape, its address, or by 410."""
    v1 = ApiRequest("GET", "https://harvest.greenhouse.io/v1/applications/1")
    cases = [
        (v1, 401),
        (v1, 404),
        (LIST, 410),
        (api.token_request(Account("5e0a-v1-key", "")), 401),
    ]
    for request, status in cases:
        failure = api.failure(request, answered(status), NOW)
        assert failure
        assert failure.kind is FailureKind.RETIRED
        assert (
            failure.detail == "Harvest v1 key; this API was retired on 2026-08-31, use v3 OAuth credentials."
        )


def test_a_refused_token_is_not_a_refused_credential() -> None:
    """Only the first is cured by another token."""
    wrong = api.failure(api.token_request(Account("id", "wrong")), answered(401), NOW)
    stale = api.failure(LIST, answered(401), NOW)
    assert wrong
    assert wrong.kind is FailureKind.INVALID
    assert stale
    assert stale.kind is FailureKind.TOKEN


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"errors": ["When passing a cursor, do not include other query params."]}, "When passing a cursor"),
        (
            {"message": "Validation error", "errors": [{"message": "is blank", "field": "body"}]},
            "body: is blank",
        ),
        ({"message": "Just words"}, "Just words"),
        ({"errors": ["jo@example.com is taken"]}, "… is taken"),
        ("not an object", "no reason given"),
    ],
)
def test_both_shapes_of_a_422_are_told_without_addresses(body: object, said: str) -> None:
    """v3 answers strings, v1 answered objects; what the vendor echoes of a person is blotted out."""
    failure = api.failure(NOTE, answered(422, body), NOW)
    assert failure
    assert failure.kind is FailureKind.INVALID
    assert said in failure.detail
    assert "@" not in failure.detail


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry_after": "7"}, 7),
        ({"x_ratelimit_reset": str(int(NOW.timestamp()) + 12)}, 12),
        ({"x_ratelimit_reset": "9"}, 9),
        ({"retry_after": "Sat, 21 Nov 2026 12:00:20 GMT"}, 20),
        ({"retry_after": "99999999"}, 3600),
        ({"retry_after": "-3"}, 30),
        ({}, 30),
    ],
)
def test_too_many_says_how_long_to_wait(headers: dict[str, str], seconds: int) -> None:
    """In whichever way the vendor says it, bounded, and a window where it does not."""
    failure = api.failure(LIST, answered(429, **headers), NOW)
    assert failure
    assert failure.kind is FailureKind.TOO_MANY
    assert failure.retry_after == timedelta(seconds=seconds)


def test_the_rate_is_read_from_the_headers() -> None:
    """Limit, rest and end of the window; nothing where nothing is said."""
    headers = {"x_ratelimit_limit": "50", "x_ratelimit_remaining": "12"}
    reset = str(int(NOW.timestamp()) + 20)
    expected = Rate(50, 12, NOW + timedelta(seconds=20))
    assert api.rate(answered(200, **headers, x_ratelimit_reset=reset), NOW) == expected
    assert api.rate(answered(200, **headers, x_ratelimit_reset="20"), NOW) == expected
    assert api.rate(answered(200, **headers), NOW) == Rate(50, 12, None)
    assert api.rate(answered(200), NOW) is None
    assert api.rate(answered(200, x_ratelimit_limit="many", x_ratelimit_remaining="1"), NOW) is None


# Notes


def test_a_note_names_candidate_application_and_author() -> None:
    """The documented fields, with ids as numbers."""
    assert (
        ApiRequest(
            "POST",
            "https://harvest.greenhouse.io/v3/notes",
            json={
                "candidate_id": 9001,
                "application_id": 7001,
                "user_id": 501,
                "body": "Told on the phone. [hb:f1]",
                "note_type": "NOTE",
                "visibility": "private",
            },
        )
        == NOTE
    )


def test_our_note_is_found_by_its_whole_marker() -> None:
    """`hb:f1` is not found in `hb:f12`."""
    notes: list[Json] = [
        {"id": 1, "body": None},
        {"id": 2, "body": "x [hb:f12]"},
        {"id": 3, "body": "y [hb:f1] z"},
    ]
    assert api.marker_in(notes, "hb:f1") == "3"
    assert api.marker_in(notes[:2], "hb:f1") is None
    assert api.created_id(answered(201, {"id": 44})) == "44"
    assert api.created_id(ApiResponse(201, {}, b"")) is None


def test_the_changed_applications_are_named_once() -> None:
    """By their own rows, and by the interviews, scorecards and offers that changed."""
    answers: Answers = {
        "applications": [{"id": 7001}],
        "interviews": [{"id": 41, "application_id": 7002}, {"id": 42, "application_id": 7001}],
        "offers": [{"id": 71, "application_id": None}],
    }
    assert api.changed_applications(answers) == ["7001", "7002"]
