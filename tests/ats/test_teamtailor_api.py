"""Teamtailor's API: what is asked, what the answers hold, what a refusal means, what is written once."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from app.ats import teamtailor_api as api
from app.ats import teamtailor_setup as setup
from app.ats.canonical import Named, NamedKind
from app.ats.fields import Json
from app.ats.http import Account, ApiRequest, ApiResponse, FailureKind, Rate, Target
from app.ats.steps import Ask, Done, Put, Write, WriteKind
from app.errors import MalformedBody, Unprocessable, VendorRefused

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
GET = ApiRequest("GET", "https://api.teamtailor.com/v1/notes")
POST = ApiRequest("POST", "https://api.teamtailor.com/v1/notes", json={})
TARGET = Target("9001", "7001", "501")


def answered(status: int, body: object = None, **headers: str) -> ApiResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return ApiResponse(status, named, json.dumps(body).encode())


def listed(rows: Sequence[Json], following: str | None = None) -> ApiResponse:
    return answered(200, {"data": rows, "links": {"next": following} if following else {}})


# Where and who


def test_the_region_is_one_of_a_closed_list() -> None:
    """A site never becomes part of an address; only the demo sets an address."""
    assert api.api_base(Account()) == api.api_base(Account(site="eu")) == "https://api.teamtailor.com/v1"
    assert api.api_base(Account(site="na")) == "https://api.na.teamtailor.com/v1"
    assert api.api_base(Account(site="na", api_base="http://127.0.0.1:1/v1")) == "http://127.0.0.1:1/v1"
    for site in ("us", "evil.example/", "eu.", "../na"):
        with pytest.raises(Unprocessable):
            api.api_base(Account(site=site))


def test_the_key_and_the_version_are_on_every_request() -> None:
    """Without the version Teamtailor refuses; the key is in no text."""
    account = Account(api_key="key-one")
    read = api.with_credentials(GET, account, None)
    assert read.headers["authorization"] == "Token token=key-one"
    assert read.headers["x-api-version"] == api.API_VERSION
    assert "content-type" not in read.headers
    assert api.with_credentials(POST, account, None).headers["content-type"] == "application/vnd.api+json"
    assert "key-one" not in repr(read) + repr(account)
    assert (api.auth_url(account), api.token_request(account)) == (None, None)  # type: ignore[func-returns-value]
    with pytest.raises(MalformedBody):
        api.read_token(answered(200, {}), NOW)


# What is asked


def test_each_application_is_asked_for_with_what_stands_around_it() -> None:
    """One request each, ids made safe, the same one once."""
    (first, second) = api.first_requests(["7001", "../7", "7001"], "http://127.0.0.1:1/v1")[
        "job-applications"
    ]
    assert first.url == "http://127.0.0.1:1/v1/job-applications/7001"
    assert dict(first.params) == {"include": "candidate,job,stage,reject-reason"}
    assert second.url == "http://127.0.0.1:1/v1/job-applications/..%2F7"


def test_a_chunk_fits_into_twenty_seconds_at_half_the_rate() -> None:
    """An application may need its job's team as well."""
    calls, window = api.ASSUMED_RATE
    assert 2 * api.CHUNK / (calls / 2 / window.total_seconds()) <= 20


def test_what_changed_is_asked_of_applications_and_candidates() -> None:
    """Who unsubscribes changes no application; the candidate names theirs."""
    asked = api.changed_requests(NOW)
    assert set(asked) == {"job-applications", "candidates"}
    for requests in asked.values():
        assert dict(requests[0].params)["filter[updated-at][from]"] == "2026-11-21T12:00:00Z"
    applications = [{"id": "2", "type": "job-applications"}]
    linked = {"job-applications": {"data": [{"id": "1"}, {"id": "2"}]}}
    candidates = [{"id": "9", "type": "candidates", "relationships": linked}]
    assert api.changed_applications({"job-applications": applications, "candidates": candidates}) == [
        "1",
        "2",
    ]
    assert api.resume_point(listed([])) is None  # type: ignore[func-returns-value]


def test_what_a_webhook_named_is_asked_for_and_found() -> None:
    """Each kind at its own address; a row of the same id and another kind is not it."""
    named = [Named(NamedKind.APPLICATION, "1"), Named(NamedKind.CANDIDATE, "2"), Named(NamedKind.JOB, "3")]
    asked = api.named_requests(named)
    assert [requests[0].url.rpartition("/v1/")[2] for requests in asked.values()] == [
        "job-applications/1",
        "candidates/2",
        "jobs/3",
    ]
    rows: list[Json] = [{"id": "1", "type": "job-applications"}, {"id": 2, "type": "jobs"}]
    assert [api.found(one, {"job-applications": rows}) for one in named] == [True, False, False]
    assert api.named_requests([named[2]]).keys() == {"jobs"}


def test_the_team_of_each_job_is_asked_for_once() -> None:
    """Applications name their jobs; a job that was asked for itself has told it."""
    linked = {"job": {"data": {"id": "3"}}}
    answers = {"job-applications": [{"id": one, "relationships": linked} for one in "12"]}
    asked = api.further_requests(answers)
    assert [request.url for request in asked["teams"]] == ["https://api.teamtailor.com/v1/jobs/3"]
    assert dict(asked["teams"][0].params) == {"include": "user,department"}
    assert api.further_requests({**answers, "teams": []}) == {}
    assert api.further_requests({**answers, "jobs": [{"id": "3", "type": "jobs"}]}) == {}


# What is answered


def test_the_rows_of_every_shape_are_read() -> None:
    """A list, one row, none, notes in the older shape; related rows come after the others."""
    one, other = {"id": "1", "type": "jobs"}, {"id": "2", "type": "users"}
    assert api.rows(answered(200, {"data": [one, 7], "included": [other]})) == (one, other)
    assert api.rows(answered(200, {"data": one})) == (one,)
    assert api.rows(answered(200, {"data": None})) == ()
    assert api.rows(ApiResponse(204, {}, b"")) == ()
    assert api.rows(answered(200, {"notes": [{"data": one}, other]})) == (one, other)
    for wrong in (b"<html>", b"[]", b"{}", b'{"data":7}', b"null"):
        with pytest.raises(MalformedBody):
            api.rows(ApiResponse(200, {}, wrong))


def test_the_next_page_stays_at_the_address_that_was_asked() -> None:
    """The link may name another host; only its question is taken."""
    link = "https://evil.example/v1/users?page%5Bnumber%5D=2&page%5Bsize%5D=30"
    request = api.next_page(GET, listed([], link))
    assert request is not None
    assert request.url == "https://api.teamtailor.com/v1/notes?page%5Bnumber%5D=2&page%5Bsize%5D=30"
    assert api.next_page(request, listed([], link)) is None
    for last in (listed([]), answered(200, {"data": [], "links": 7}), ApiResponse(200, {}, b"<html>")):
        assert api.next_page(GET, last) is None


def test_the_limit_is_read_where_it_is_told() -> None:
    """The reset counts seconds."""
    told = {"x_rate_limit_limit": "50", "x_rate_limit_remaining": "49", "x_rate_limit_reset": "7"}
    assert api.rate(answered(200, **told), NOW) == Rate(50, 49, NOW + timedelta(seconds=7))
    assert api.rate(answered(200, x_rate_limit_limit="50"), NOW) is None
    assert api.rate(answered(200, x_rate_limit_limit="x", x_rate_limit_remaining="٣"), NOW) is None


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, FailureKind.INVALID),
        (401, FailureKind.SCOPE),
        (403, FailureKind.SCOPE),
        (404, FailureKind.NOT_FOUND),
        (406, FailureKind.INVALID),
        (422, FailureKind.INVALID),
        (429, FailureKind.TOO_MANY),
        (500, FailureKind.AWAY),
        (503, FailureKind.AWAY),
    ],
)
def test_a_refusal_says_what_to_do(status: int, kind: FailureKind) -> None:
    """There is no token to renew: a refused key is for a person."""
    said = {"errors": [{"detail": "The address noemi@example.com is taken"}]}
    refusal = api.failure(GET, answered(status, said), NOW)
    assert refusal is not None
    assert (refusal.kind, refusal.status) == (kind, status)
    assert "noemi" not in refusal.detail
    assert api.failure(GET, answered(200), NOW) is None


def test_a_wait_is_as_long_as_is_asked() -> None:
    """Retry-After, else the end of the window, else a window."""

    def wait(**headers: str) -> timedelta | None:
        refusal = api.failure(GET, answered(429, **headers), NOW)
        return refusal.retry_after if refusal else None

    assert wait(retry_after="3", x_rate_limit_reset="9") == timedelta(seconds=3)
    assert wait(x_rate_limit_reset="9") == timedelta(seconds=9)
    assert wait(retry_after="soon") == wait() == timedelta(seconds=10)
    assert wait(retry_after="999999") == timedelta(hours=1)


# What is written


def test_a_note_is_written_as_documented_and_notifies_nobody() -> None:
    """The candidate chose their own name; a marker stays whole."""
    request = api.note_request(TARGET, "Told @anna <b>Bo</b>. [heardback:d1]", "http://127.0.0.1:1/v1")
    assert (request.method, request.url) == ("POST", "http://127.0.0.1:1/v1/notes")
    assert request.json == {
        "data": {
            "type": "notes",
            "attributes": {"note": "Told @\u200banna ‹b›Bo‹/b›. [heardback:d1]"},
            "relationships": {"candidate": {"data": {"id": 9001}}, "user": {"data": {"id": 501}}},
        }
    }
    alone = json.dumps(api.note_request(Target("9001"), "Told.").json)
    assert "user" not in alone
    assert api.created_id(answered(201, {"data": {"id": "2"}})) == "2"
    assert api.created_id(ApiResponse(201, {}, b"")) is None


def test_our_note_is_found_by_its_whole_marker() -> None:
    """A longer marker that begins alike is another note's."""
    (request,) = api.notes_requests(TARGET)
    assert dict(request.params) == {"filter[candidate]": "9001", "page[size]": "30"}
    notes: list[Json] = [
        {"id": 1, "attributes": {"note": "x [heardback:d10]"}},
        {"id": 2, "attributes": {"note": 7}},
        {"id": 3, "attributes": {"note": "y [heardback:d1]"}},
    ]
    assert api.marker_in(notes, "[heardback:d1]") == "3"
    assert api.marker_in(notes[:2], "[heardback:d1]") is None
    assert api.marker_in([{"id": 4, "attributes": {"note": "marker-d10"}}], "marker-d1") is None


def write(kind: WriteKind, target: Target = TARGET, **values: object) -> Write:
    told = {"text": "Follow up", "title": "Call <Noémi>", **values}
    return Write(kind, target, "[heardback:t1]", "t1", **told)  # type: ignore[arg-type]


def test_a_tag_is_added_to_those_that_are_there() -> None:
    """Whether a write replaces or adds, all of them are right; one that is there is not written."""
    tag = write(WriteKind.TAG, text="heardback: told")
    asked = api.write_step(tag, {})
    assert isinstance(asked, Ask)
    assert asked.requests[0].url == "https://api.teamtailor.com/v1/candidates/9001"
    there: list[Json] = [{"id": "9001", "type": "candidates", "attributes": {"tags": ["welding"]}}]
    put = api.write_step(tag, {asked.resource: there})
    assert isinstance(put, Put)
    assert put.request.method == "PATCH"
    assert put.request.json == {
        "data": {"id": "9001", "type": "candidates", "attributes": {"tags": ["welding", "heardback: told"]}}
    }
    assert api.write_step(tag, {asked.resource: there, put.resource: []}) == Done("9001")
    tagged: list[Json] = [{"id": "9001", "attributes": {"tags": ["Heardback: Told"]}}]
    assert api.write_step(tag, {asked.resource: tagged}) == Done("9001")


def test_a_task_is_a_todo_that_is_written_once() -> None:
    """It carries its marker, is due on a day, and belongs to the user in whose name it is."""
    task = write(WriteKind.TASK, due_at=datetime(2026, 11, 24, 8, tzinfo=UTC))
    asked = api.write_step(task, {})
    assert isinstance(asked, Ask)
    assert dict(asked.requests[0].params)["filter[candidate]"] == "9001"
    put = api.write_step(task, {asked.resource: []})
    assert isinstance(put, Put)
    sent = json.loads(json.dumps(put.request.json))["data"]
    assert sent["attributes"] == {"value": "Call ‹Noémi›\nFollow up\n[heardback:t1]", "due": "2026-11-24"}
    assert sent["relationships"]["candidate"] == {"data": {"id": 9001, "type": "candidates"}}
    assert {sent["relationships"][role]["data"]["id"] for role in ("user", "assigner", "assignee")} == {501}
    done = api.write_step(task, {asked.resource: [], put.resource: [{"id": "15"}]})
    assert done == Done("15")
    known: list[Json] = [{"id": "15", "type": "todos", "attributes": sent["attributes"]}]
    assert api.write_step(task, {asked.resource: known}) == Done("15")


def test_a_copy_of_a_mail_cannot_be_written() -> None:
    """Teamtailor documents no way; a note says it instead."""
    assert WriteKind.EMAIL not in api.WRITES
    with pytest.raises(VendorRefused):
        api.write_step(write(WriteKind.EMAIL), {})


# How an account is connected


def test_a_person_is_told_every_event_that_is_read() -> None:
    """Teamtailor has no API for webhooks; each event must be clicked."""
    lines = "\n".join(setup.by_hand("https://hb.example/webhooks/c1"))
    assert "https://hb.example/webhooks/c1" in lines
    assert lines.count(".create") == lines.count(".update") == lines.count(".destroy") == 3
    assert {question.into for question in setup.QUESTIONS} == {"api_key", "site", "acting_user"}
    assert setup.webhook_requests() == {}
    assert setup.webhook_findings({}, "x") == ()


def test_the_credential_is_tried_without_reading_more_than_a_row() -> None:
    """Each request is harmless and says what it shows."""
    asked = setup.check_requests("http://127.0.0.1:1/v1")
    assert asked["read candidates"].url == "http://127.0.0.1:1/v1/candidates"
    assert all(one.reads and dict(one.params) == {"page[size]": "1"} for one in asked.values())
