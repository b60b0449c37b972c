"""Recruitee's company API: what is asked, what the answers say, what a refusal means, what is written."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ats import recruitee_api as api
from app.ats import recruitee_setup as setup
from app.ats.canonical import Fact, FactKind, Named, NamedKind, PersonRole
from app.ats.http import Account, ApiRequest, ApiResponse, FailureKind, Rate, Target
from app.ats.recruitee_read import read
from app.ats.steps import Ask, Done, Put, Signer, Step, Write, WriteKind
from app.ats.vendor import Api
from app.errors import MalformedBody, Unprocessable, VendorRefused

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
API: Api = api
BASE = "https://api.recruitee.com/c/4455"
MARKER = "[heardback:dlv_1]"
GET = ApiRequest("GET", f"{BASE}/candidates/5001")
TARGET = Target("5001", "5001:810", "77")


def answered(status: int = 200, body: object = None, **headers: str) -> ApiResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return ApiResponse(status, named, json.dumps(body).encode() if body is not None else b"")


def placement(**said: Any) -> dict[str, Any]:
    row = {
        "id": 48791516,
        "candidate_id": 5001,
        "offer_id": 810,
        "stage_id": 31,
        "created_at": "2026-10-05T07:12:31.000000Z",
        "updated_at": "2026-10-06T08:30:00.100000Z",
        "hired_at": None,
        "hired_in_this_placement": False,
        "hired_in_other_placement": False,
        "job_starts_at": None,
        "language": {"code": "fr", "name": "French"},
    }
    return {**row, **said}


def answers(**said: Any) -> dict[str, list[dict[str, Any]]]:
    candidate = {
        "id": 5001,
        "name": "Noémi Lefèvre",
        "emails": ["noemi@example.com"],
        "tags": [{"id": 7, "name": "fast"}],
        "updated_at": "2026-10-06T08:30:00.100000Z",
        "adminapp_url": "https://app.recruitee.com/#/dashboard/overview?candidate=5001&company=4455",
        "placements": [placement(**said)],
        "references": [],
    }
    stages = [
        {"id": 31, "name": "Applied", "category": "apply"},
        {"id": 32, "name": "Interview", "category": "interview"},
    ]
    offer = {
        "id": 810,
        "kind": "job",
        "title": "Welder",
        "status": "published",
        "department": "Workshop",
        "recruiter_id": 77,
        "hiring_manager_id": 78,
        "updated_at": "2026-09-01T09:00:00Z",
        "pipeline_template": {"stages": stages},
    }
    member = {"id": 77, "first_name": "Anna", "last_name": "Berg", "email": "anna@example.com"}
    return {
        "candidates": [candidate],
        "offers": [offer],
        "admins": [{**member, "timezone": "Europe/Berlin"}],
        "disqualify_reasons": [{"id": 61, "name": "Wrong skill set"}],
    }


def facts(found: dict[str, list[dict[str, Any]]], kind: FactKind) -> list[Fact]:
    return [fact for fact in api.read_answers(found, NOW).facts if fact.kind == kind]


def one(found: dict[str, list[dict[str, Any]]], kind: FactKind) -> Fact:
    [fact] = facts(found, kind)
    return fact


# Where and as whom


def test_the_address_is_the_vendors_own_with_the_company_in_it() -> None:
    """A number or a subdomain; nothing that could lead elsewhere."""
    assert api.api_base(Account(site="4455")) == BASE
    assert api.api_base(Account(site="example-bv")).endswith("/c/example-bv")
    assert api.api_base(Account(site="../x", api_base="http://127.0.0.1:1/c/1")) == "http://127.0.0.1:1/c/1"
    for site in ("", "..", "a/b", "a.b", "-a", "a b", "é", "4455\n", "a" * 64):
        with pytest.raises(Unprocessable):
            api.api_base(Account(site=site))


def test_the_token_itself_is_sent() -> None:
    """There is nothing to fetch first, and it never shows."""
    account = Account(api_key="token")
    assert API.token_request(account) is None
    assert API.auth_url(account) is None
    request = api.with_credentials(GET, account, None)
    assert request.headers == {"authorization": "Bearer token"}
    assert "token" not in repr(request) + repr(account)
    with pytest.raises(MalformedBody):
        api.read_token(answered(200, {}), NOW)


# Asking


def test_applications_are_asked_about_through_their_candidates() -> None:
    """Each candidate once; then jobs, team and reasons, and nothing more."""
    first = api.first_requests(["5001:810", "5001:811", "6:1", "../x:1"], BASE)
    assert [request.url for request in first["candidates"]] == [
        f"{BASE}/candidates/5001",
        f"{BASE}/candidates/6",
    ]
    found = {"candidates": answers(disqualify_reason="Wrong skill set")["candidates"]}
    further = api.further_requests(found, BASE)
    assert {name: [request.url for request in asked] for name, asked in further.items()} == {
        "offers": [f"{BASE}/offers/810"],
        "admins": [f"{BASE}/admins"],
        "disqualify_reasons": [f"{BASE}/disqualify_reasons"],
    }
    assert api.further_requests({**found, **{name: [] for name in further}}, BASE) == {}


def test_a_chunk_fits_into_twenty_seconds_at_half_the_assumed_rate() -> None:
    """Every application of a chunk may be another candidate's for another job."""
    ids = [f"{number}:{number}" for number in range(1, api.CHUNK + 1)]
    rows = [
        {"id": number, "placements": [{"offer_id": number, "disqualify_reason": "x"}]}
        for number in range(1, 7)
    ]
    asked = [api.first_requests(ids, BASE), api.further_requests({"candidates": rows}, BASE)]
    requests = sum(len(of) for round_ in asked for of in round_.values())
    calls, window = api.ASSUMED_RATE
    assert requests <= calls / 2 * (timedelta(seconds=20) / window)


def test_lists_are_read_back_as_far_as_asked() -> None:
    """Newest first: a full page has a following one until it is older than the question."""
    asked = api.changed_requests(NOW, BASE)
    for name, (request,) in asked.items():
        new = answered(200, {name: [{"created_at": "2026-11-21T13:00:00Z"}] * 100})
        following = api.next_page(request, new)
        assert following is not None
        assert dict(following.params)["page" if name == "activities" else "offset"] in ("2", "100")
        assert api.next_page(following, new) != following
        old = answered(200, {name: [{"created_at": "2026-11-21T11:00:00Z"}] * 100})
        assert api.next_page(request, old) is None
        assert api.next_page(request, answered(200, {name: [{"id": 1}]})) is None
        assert api.next_page(request, answered(200, {name: []})) is None
    assert API.resume_point(answered(200, {})) is None


def test_activities_and_new_candidates_name_applications() -> None:
    """An activity without a job names none."""
    activities: list[dict[str, Any]] = [
        {"candidate": {"id": 5001}, "offer": {"id": 810}},
        {"candidate_id": 6, "offer_id": 1},
        {"candidate": {"id": 7}, "offer": None},
    ]
    assert api.changed_applications({"activities": activities}) == ["5001:810", "6:1"]
    assert api.changed_applications({"candidates": answers()["candidates"]}) == ["5001:810"]


def test_what_webhooks_name_is_asked_about_and_found_or_not() -> None:
    """Candidates, their applications, and jobs."""
    person, job = Named(NamedKind.CANDIDATE, "5001"), Named(NamedKind.JOB, "810")
    application = Named(NamedKind.APPLICATION, "5001:810")
    asked = api.named_requests([person, job, application], BASE)
    assert [request.url for request in asked["candidates"]] == [f"{BASE}/candidates/5001"]
    assert [request.url for request in asked["offers"]] == [f"{BASE}/offers/810"]
    assert set(api.named_requests([job], BASE)) == {"offers"}
    for named in (person, job, application):
        assert api.found(named, answers())
        assert not api.found(named, {})
    gone = {"candidates": [{**answers()["candidates"][0], "deleted_at": "2026-11-01T00:00:00Z"}]}
    assert not api.found(person, gone)
    assert api.read_answers(gone, NOW).erased == ("5001",)


# Answers


def test_a_placement_tells_an_application() -> None:
    """With its first stage at its making, its job, its team and its people."""
    found = answers()
    made = one(found, FactKind.APPLICATION_CREATED)
    assert (made.key, made.application) == ("application:5001:810:created", "5001:810")
    stages = facts(found, FactKind.STAGE_CHANGED)
    assert [fact.at for fact in stages] == [
        datetime(2026, 10, 5, 7, 12, 31, tzinfo=UTC),
        datetime(2026, 10, 6, 8, 30, 0, 100000, tzinfo=UTC),
    ]
    assert {fact.data["stage_name"] for fact in stages} == {"Applied"}
    said = one(found, FactKind.APPLICATION_CHANGED).data
    assert (said["status"], said["tags"], said["prospect"]) == ("active", ["fast"], False)
    assert said["url"].startswith("https://app.recruitee.com/")
    job = one(found, FactKind.JOB_CHANGED).data
    assert (job["name"], job["status"], job["departments"]) == ("Welder", "open", ["Workshop"])
    assert job["hiring_team"] == {"recruiters": ["77"], "hiring_managers": ["78"]}
    people = {person.role: person for person in api.read_answers(found, NOW).people}
    assert people[PersonRole.CANDIDATE].locale == "fr"
    assert people[PersonRole.MEMBER].time_zone == "Europe/Berlin"
    assert not [word for word in ("Noémi", "Anna", "@") if word in repr(api.read_answers(found, NOW).facts)]


def test_keys_are_equal_through_both_doors() -> None:
    """A move, a disqualification and a hire are one fact each, whoever tells it first."""
    envelope = {"id": 1, "event_type": "candidate_moved", "created_at": "2026-10-06T08:30:00.250000Z"}
    who = {"candidate": {"id": 5001, "name": "N"}, "offer": {"id": 810, "title": "Welder"}}
    hire = {"id": 39, "name": "Hired", "category": "hire"}
    cases: list[tuple[str, dict[str, Any], dict[str, Any], FactKind]] = [
        (
            "stage_changed",
            {"to_stage": {"id": 32, "name": "Interview"}},
            {"stage_id": 32},
            FactKind.STAGE_CHANGED,
        ),
        (
            "disqualified",
            {"disqualify_kind": "admin", "disqualify_reason": "Wrong skill set"},
            {"disqualify_kind": "admin", "disqualify_reason": "Wrong skill set"},
            FactKind.REJECTED,
        ),
        ("stage_changed", {"to_stage": hire}, {"hired_at": "2026-10-06T08:30:00.099Z"}, FactKind.HIRED),
    ]
    for subtype, details, state, kind in cases:
        raw = json.dumps({**envelope, "event_subtype": subtype, "payload": {**who, "details": details}})
        [heard] = [fact for fact in read(raw.encode(), NOW).facts if fact.kind == kind]
        assert heard.key in [fact.key for fact in facts(answers(**state), kind)]


def test_a_disqualification_knows_its_reason_its_instant_and_its_doer() -> None:
    """An edited reason is news; a withdrawal is none of the company's decisions."""
    at = "2026-10-07T10:00:00.000000Z"
    said = {"disqualified_at": at, "disqualify_kind": "admin", "disqualify_reason": "Wrong skill set"}
    fact = one(answers(**said), FactKind.REJECTED)
    assert fact.at == datetime(2026, 10, 7, 10, tzinfo=UTC)
    assert (fact.data["reason_id"], fact.data["reason"], fact.data["stage_id"]) == (
        "61",
        "Wrong skill set",
        "31",
    )
    assert one(answers(**said), FactKind.APPLICATION_CHANGED).data["status"] == "rejected"
    assert one(answers(**said | {"disqualify_reason": "Other"}), FactKind.REJECTED).key != fact.key
    left = answers(**said | {"disqualify_kind": "candidate"})
    assert facts(left, FactKind.REJECTED) == []
    assert one(left, FactKind.WITHDRAWN).at == fact.at
    assert one(left, FactKind.APPLICATION_CHANGED).data["status"] == "withdrawn"


def test_a_hire_counts_where_it_was_made() -> None:
    """`hired_at` with `hired_in_this_placement` false is a hire all the same; another placement's is not."""
    said = {"hired_at": "2026-10-08T10:00:00Z", "job_starts_at": "2027-01-04T00:00:00Z"}
    assert one(answers(**said), FactKind.HIRED).data["starts_at"] == "2027-01-04"
    assert facts(answers(**said, hired_in_other_placement=True), FactKind.HIRED) == []


def test_a_talent_pool_is_a_prospect() -> None:
    """Nobody there waits for an answer about a job."""
    pooled = one(answers(offer_id=None, talent_pool_id=654), FactKind.APPLICATION_CHANGED)
    assert (pooled.application, pooled.data["prospect"]) == ("5001:654", True)


def test_stage_names_come_from_references_where_the_job_is_not_there() -> None:
    """A single candidate's answer names the stages beside it."""
    found = answers(stage_id=44)
    found["candidates"][0]["references"] = [{"type": "Stage", "id": 44, "name": "Trial day"}]
    assert one(found, FactKind.STAGE_CHANGED).data["stage_name"] == "Trial day"


def test_interviews_and_feedback_belong_together() -> None:
    """A result without an interview's id belongs to the last that its writer held before."""
    times = {"starts_at": "2026-10-09T09:00:00Z", "ends_at": "2026-10-09T10:00:00Z"}
    row = {"id": 91, **times, "admin_ids": [77, 78], "created_at": "2026-10-08T09:00:00Z"}
    result = {"id": 92, "admin_id": 77, "created_at": "2026-10-09T11:00:00Z"}
    found: dict[str, list[dict[str, Any]]] = {
        **answers(),
        "interviews": [row],
        "results": [result, {"id": 93}],
    }
    interview = one(found, FactKind.INTERVIEW)
    assert interview.application == "5001:810"
    assert (interview.data["starts_at"], interview.data["status"]) == ("2026-10-09T09:00:00Z", "scheduled")
    assert [fact.data["user_id"] for fact in facts(found, FactKind.INTERVIEWER)] == ["77", "78"]
    card = one(found, FactKind.SCORECARD).data
    assert (card["interviewer"], card["interviewed_at"]) == ("77", interview.data["starts_at"])
    assert card["submitted_at"] == "2026-10-09T11:00:00Z"
    found["interviews"][0] |= {"cancelled_at": "2026-10-08T10:00:00Z"}
    assert one(found, FactKind.INTERVIEW).data["status"] == "cancelled"


_ROWS = st.lists(
    st.dictionaries(
        st.sampled_from(
            ["id", "placements", "references", "offer_id", "stage_id", "tags", "admin_ids", "category"]
        ),
        st.recursive(
            st.none() | st.integers(0, 3) | st.text(max_size=3),
            lambda inner: (
                st.lists(inner, max_size=2)
                | st.dictionaries(st.sampled_from(["id", "offer_id", "type", "stages"]), inner, max_size=3)
            ),
            max_leaves=6,
        ),
        max_size=6,
    ),
    max_size=3,
)


@given(
    st.dictionaries(
        st.sampled_from(["candidates", "offers", "admins", "interviews", "results", "disqualify_reasons"]),
        _ROWS,
    )
)
def test_hostile_rows_never_raise(found: dict[str, list[dict[str, Any]]]) -> None:
    """Whatever the rows hold, what can be read is read."""
    api.read_answers(found, NOW)
    api.further_requests(found, BASE)
    api.changed_applications(found)


# Answers on the wire


def test_rows_are_unwrapped() -> None:
    """Lists by name, single objects with their references, nothing for an empty body or a missing path."""
    assert api.rows(answered(200, {"offers": [{"id": 1}], "references": [{"id": 2}]})) == ({"id": 1},)
    [single] = api.rows(answered(200, {"candidate": {"id": 1}, "references": [{"id": 2}]}))
    assert single == {"id": 1, "references": [{"id": 2}]}
    assert api.rows(answered(204)) == api.rows(answered(404, {"error": "no"})) == ()
    assert api.rows(answered(200, {"hits": []})) == api.rows(answered(200, {})) == ()
    for raw in (b"<html>", b"[1]", b"3"):
        with pytest.raises(MalformedBody):
            api.rows(ApiResponse(200, {}, raw))


def test_refusals_say_what_to_do() -> None:
    """In the words in which the caller must react; addresses are blotted out."""

    def kind(response: ApiResponse, request: ApiRequest = GET) -> FailureKind | None:
        failure = api.failure(request, response, NOW)
        return failure.kind if failure else None

    assert kind(answered(200, {})) is None
    expected = {
        401: FailureKind.SCOPE,
        402: FailureKind.SCOPE,
        403: FailureKind.SCOPE,
        404: FailureKind.NOT_FOUND,
        422: FailureKind.INVALID,
        429: FailureKind.TOO_MANY,
        500: FailureKind.AWAY,
        503: FailureKind.AWAY,
    }
    assert {status: kind(answered(status)) for status in expected} == expected
    for path in ("/tracking/activities", "/interview/candidates/5001/events"):
        assert kind(answered(404), ApiRequest("GET", f"{BASE}{path}")) is None
        assert kind(answered(403), ApiRequest("GET", f"{BASE}{path}")) is FailureKind.SCOPE
    told = api.failure(GET, answered(422, {"error": ["Email a@b.example is taken"]}), NOW)
    assert told is not None
    assert told.detail == "Recruitee refused the request (422): Email … is taken"


def test_waits_and_limits_are_understood_where_they_are_told() -> None:
    """Retry-After in seconds or as a date; the usual rate headers."""
    for said, wait in (
        ({"retry_after": "7"}, timedelta(seconds=7)),
        ({"retry_after": "Sat, 21 Nov 2026 12:00:30 GMT"}, timedelta(seconds=30)),
        ({"retry_after": "99999"}, timedelta(hours=1)),
        ({"x_ratelimit_reset": str(int(NOW.timestamp()) + 9)}, timedelta(seconds=9)),
        ({}, timedelta(seconds=30)),
    ):
        failure = api.failure(GET, answered(429, **said), NOW)
        assert failure is not None
        assert failure.retry_after == wait
    told = answered(200, {}, x_ratelimit_limit="100", x_ratelimit_remaining="4", x_ratelimit_reset="5")
    assert api.rate(told, NOW) == Rate(100, 4, NOW + timedelta(seconds=5))
    assert api.rate(answered(200, {}), NOW) is None
    assert api.rate(answered(200, {}, x_ratelimit_limit="many", x_ratelimit_remaining="4"), NOW) is None


# Writing


def test_a_note_neither_mentions_nor_marks_up() -> None:
    """A candidate may be called anything."""
    request = api.note_request(TARGET, f"Told <b>@anna</b> [@Eve](x) at a@b.example {MARKER}", BASE)
    assert (request.method, request.url) == ("POST", f"{BASE}/candidates/5001/notes")
    assert request.json == {
        "note": {
            "body": f"Told ‹b›@\u2060anna‹/b› [@\u2060Eve](x) at a@b.example {MARKER}",
            "visibility": {"level": "public"},
        }
    }
    assert api.note_request(Target("../admins"), "x", BASE).url == f"{BASE}/candidates/0/notes"


def test_a_note_is_found_again_by_its_whole_marker() -> None:
    """In plain text or in a document; not in another marker that merely begins alike."""
    rows: list[dict[str, Any]] = [
        {"id": 1, "body": f"x\n{MARKER.replace('dlv_1', 'dlv_11')}"},
        {"id": 2, "body": None, "body_json": {"content": [{"text": f"Told.\n{MARKER}\n"}]}},
    ]
    assert api.marker_in(rows, MARKER) == "2"
    assert api.marker_in(rows[:1], MARKER) is None
    assert api.created_id(answered(201, {"note": {"id": 7788}})) == "7788"
    assert api.created_id(answered(201)) is None


def write(kind: WriteKind, text: str) -> Write:
    return Write(kind, TARGET, MARKER, "snd_1", text, title="Call @anna", due_at=NOW)


def walk(wanted: Write, reads: dict[str, list[dict[str, Any]]]) -> list[Step]:
    found: dict[str, list[dict[str, Any]]] = {}
    steps: list[Step] = []
    while not steps or not isinstance(steps[-1], Done):
        step = api.write_step(wanted, found, BASE)
        steps.append(step)
        if isinstance(step, Ask):
            found[step.resource] = reads.get(step.resource, [])
        elif isinstance(step, Put):
            found[step.resource] = [{"id": 4501}]
    return steps


def test_a_tag_is_added_once_beside_the_others() -> None:
    """Whether tags are added or replaced, none is lost."""
    [_, put, done] = walk(write(WriteKind.TAG, "Heard back"), {"candidate": [{"tags": ["fast"]}]})
    assert isinstance(put, Put)
    assert put.request.json == {"tags": ["fast", "Heard back"]}
    assert isinstance(done, Done)
    again = walk(write(WriteKind.TAG, "Heard back"), {"candidate": [{"tags": [{"name": "heard BACK"}]}]})
    assert [type(step) for step in again] == [Ask, Done]


def test_a_task_is_made_once() -> None:
    """It is looked for among open and completed ones."""
    [ask, put, done] = walk(write(WriteKind.TASK, "They wait."), {})
    assert isinstance(ask, Ask)
    assert [dict(request.params)["scope"] for request in ask.requests] == ["pending", "completed"]
    assert isinstance(put, Put)
    assert put.request.json == {
        "task": {
            "candidate_id": 5001,
            "title": "Call @\u2060anna",
            "description": f"They wait.\n\n{MARKER}",
            "due_date": "2026-11-21T12:00:00Z",
            "timezone": "UTC",
            "admin_id": 77,
        }
    }
    assert done == Done("4501")
    known = {"tasks": [{"id": 9, "description": f"They wait.\n\n{MARKER}"}]}
    assert walk(write(WriteKind.TASK, "They wait."), known)[-1] == Done("9")


def test_an_email_is_never_logged_since_that_would_send_it() -> None:
    """Only what is offered is written."""
    assert WriteKind.EMAIL not in api.WRITES
    with pytest.raises(VendorRefused):
        api.write_step(write(WriteKind.EMAIL, "Hello"), {}, BASE)


# Set-up


def test_the_set_up_is_told_line_by_line() -> None:
    """Recruitee makes the secret; nothing can be made or checked by API but the token."""
    lines = "\n".join(setup.by_hand("https://hooks.example.com/webhooks/c1"))
    assert "https://hooks.example.com/webhooks/c1" in lines
    assert setup.SIGNER is Signer.VENDOR
    assert {question.into for question in setup.QUESTIONS} == {"site", "api_key", "signing_secret"}
    assert setup.create_step("https://x", "s", {}, BASE) is None
    assert setup.webhook_requests(BASE) == {}
    assert setup.webhook_findings({}, "https://x") == ()
    assert all(request.reads for request in setup.check_requests(BASE).values())
