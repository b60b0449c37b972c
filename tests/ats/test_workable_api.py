"""Workable's API: what is asked, what the answers say, what a refusal means, what is written."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ats import workable
from app.ats.canonical import Fact, FactKind, Named, NamedKind, PersonRole
from app.ats.fields import Answers, Json
from app.ats.http import Account, ApiRequest, ApiResponse, FailureKind, Target
from app.ats.steps import Ask, Done, Put, Signer, Write, WriteKind
from app.ats.vendor import Api, Vendor
from app.errors import MalformedBody, Unprocessable, VendorRefused
from app.timeline.fold import fold
from app.timeline.truth import Placed
from tests.ats.workable_samples import RECEIVED, SHARED, activity, candidate, only, read

BASE = "https://ourco.workable.com/spi/v3"
NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)
URL = "https://heardback.example/webhooks/con_1"
api: Api = workable.api
setup = workable.setup


def answered(status: int, body: object = None, **headers: str) -> ApiResponse:
    written = b"" if body is None else json.dumps(body).encode()
    return ApiResponse(status, {name.replace("_", "-"): value for name, value in headers.items()}, written)


def facts(answers: Answers, kind: FactKind) -> list[Fact]:
    return [fact for fact in api.read_answers(answers, RECEIVED).facts if fact.kind is kind]


def urls(asked: Mapping[str, Sequence[ApiRequest]]) -> dict[str, list[str]]:
    return {
        resource: [one.url.removeprefix(BASE) for one in requests] for resource, requests in asked.items()
    }


def test_workable_is_a_vendor() -> None:
    """All names are there; the type checker sees to their types."""
    vendor: Vendor = workable
    assert (vendor.NAME, vendor.TITLE) == ("workable", "Workable")


# The way in


def test_the_address_is_made_of_a_subdomain_and_nothing_else() -> None:
    """Whoever enters a site cannot lead the access token elsewhere."""
    assert api.api_base(Account(site="our-co1")) == "https://our-co1.workable.com/spi/v3"
    assert (
        api.api_base(Account(site="x", api_base="http://127.0.0.1:1/spi/v3")) == "http://127.0.0.1:1/spi/v3"
    )
    for site in ("", "a.b", "evil.example/", "a@b", "A", "-a", "a-", "a" * 64, "é", "a\n"):
        with pytest.raises(Unprocessable):
            api.api_base(Account(site=site))


def test_the_access_token_itself_is_sent() -> None:
    """There is nothing to fetch first."""
    account = Account(api_key="k" * 20)
    request = api.with_credentials(ApiRequest("GET", BASE), account, None)
    assert request.headers["authorization"] == f"Bearer {'k' * 20}"
    assert api.token_request(account) is None
    assert api.auth_url(account) is None
    with pytest.raises(MalformedBody):
        api.read_token(answered(200, {}), NOW)


# What is asked


def test_changes_are_candidates_and_the_next_interviews() -> None:
    """Workable says nothing of interviews and disqualifications, so both are asked for."""
    asked = api.changed_requests(datetime(2026, 11, 10, 9, tzinfo=UTC), BASE)
    ((candidates,), (events,)) = asked["candidates"], asked["events"]
    assert dict(candidates.params) == {"updated_after": "2026-11-10T09:00:00Z", "limit": "100"}
    assert dict(events.params) == {
        "start_date": "2026-11-10T09:00:00Z",
        "end_date": "2026-11-11T09:00:00Z",
        "include_cancelled": "true",
        "limit": "100",
    }
    answers: dict[str, list[Json]] = {
        "candidates": [{"id": "b"}, {"id": "a"}],
        "events": [{"id": "e", "candidate": {"id": "b"}}, {}],
    }
    assert api.changed_applications(answers) == ["a", "b"]


def test_what_the_answers_only_name_is_asked_for_next() -> None:
    """Two rounds: jobs, offers and reasons; then the interviewers whom no team has told."""
    assert urls(api.first_requests(["3aa01"], BASE)) == {
        "candidates": ["/candidates/3aa01"],
        "events": ["/events"],
        "activities:3aa01": ["/candidates/3aa01/activities"],
    }
    row = candidate(disqualified=True, moved_to_offer_at="2026-11-03T10:00:00Z")
    answers: dict[str, list[Json]] = {
        "candidates": [row],
        "events": [{"id": "e", "candidate": {"id": "3aa01"}, "members": [{"id": "m1"}, {"id": "m2"}]}],
    }
    second = api.further_requests(answers, BASE)
    assert urls(second) == {
        "jobs": ["/jobs/W3LD"],
        "job_members:W3LD": ["/jobs/W3LD/members"],
        "offers": ["/candidates/3aa01/offer"],
        "disqualification_reasons": ["/disqualification_reasons"],
    }
    answers |= {resource: [] for resource in second}
    answers["job_members:W3LD"] = [{"id": "m1", "email": "m1@example.com"}]
    assert urls(api.further_requests(answers, BASE)) == {"members": ["/members"]}
    assert api.further_requests({**answers, "members": []}, BASE) == {}
    assert api.further_requests({"candidates": [candidate()], "jobs": []}, BASE) == {}


def test_what_a_webhook_named_is_found_or_not() -> None:
    """A candidate is an application too; a job goes by its short code."""
    one, person, job = (Named(kind, "x") for kind in NamedKind)
    asked = urls(api.named_requests([one, person, job], BASE))
    assert asked["candidates"] == ["/candidates/x"]
    assert asked["jobs"] == ["/jobs/x"]
    assert api.found(one, {"candidates": [{"id": "x"}]})
    assert api.found(person, {"candidates": [{"id": "x"}]})
    assert not api.found(one, {"candidates": [{"id": "y"}], "jobs": [{"shortcode": "x"}]})
    assert api.found(job, {"jobs": [{"shortcode": "x"}]})
    assert not api.found(job, {})


@pytest.mark.parametrize("hostile", ["../../members", "..", "a/b", "a?b=c", "a#b", "é b"])
def test_an_id_never_leaves_its_place_in_the_path(hostile: str) -> None:
    """Ids come from outside."""
    (request,) = api.first_requests([hostile], BASE)["candidates"]
    step = request.url.removeprefix(f"{BASE}/candidates/")
    assert not set(step) & set("/.?#")


def test_the_next_page_is_asked_at_the_same_address() -> None:
    """Only the parameters are taken from the answer; filters that it leaves out are kept."""
    request = ApiRequest("GET", f"{BASE}/candidates", (("updated_after", "x"), ("limit", "100")))
    paging = {"next": "https://evil.example/spi/v3/candidates?limit=100&since_id=77"}
    following = api.next_page(request, answered(200, {"candidates": [], "paging": paging}))
    assert following is not None
    assert following.url == request.url
    assert dict(following.params) == {"updated_after": "x", "limit": "100", "since_id": "77"}
    assert api.next_page(following, answered(200, {"paging": paging})) is None
    ends: list[object] = [{"candidates": []}, {"paging": {"next": None}}, {"paging": 5}, [], None]
    for last in ends:
        assert api.next_page(request, answered(200, last)) is None


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        ({"candidates": [{"id": "1"}], "paging": {"next": "x"}}, 1),
        ({"candidate": {"id": "1"}}, 1),
        ({"candidate": {"id": "1"}, "state": "sent"}, 1),
        ([{"id": "1"}, {"id": "2"}], 2),
        ({"tags": ["a"]}, 1),
        ({"id": 104001}, 1),
        ({"activities": []}, 0),
        (None, 0),
    ],
)
def test_rows_come_out_of_every_envelope(body: object, rows: int) -> None:
    """Lists under their name, single objects, bare lists."""
    assert len(api.rows(answered(200, body))) == rows


@pytest.mark.parametrize("body", [5, "x", [1], {"candidates": 7}, {"candidates": [7]}, {"candidate": None}])
def test_what_is_neither_is_malformed(body: object) -> None:
    """An answer that cannot be understood is not an empty one."""
    with pytest.raises(MalformedBody):
        api.rows(answered(200, body))
    with pytest.raises(MalformedBody):
        api.rows(ApiResponse(200, {}, b"<html>"))


# What the answers say


def test_a_candidate_is_the_same_facts_from_the_api_as_from_a_webhook() -> None:
    """Keys, times and content are equal whichever door they come through."""
    for values in (
        {},
        {"disqualified": True, "disqualified_at": "2026-11-04T08:00:00Z", "disqualification_reason": "Late"},
        {"disqualified": True, "disqualified_at": "2026-11-04T08:00:00Z", "withdrew": True},
        {"hired_at": "2026-11-04T08:00:00Z", "stage": "Hired", "stage_kind": "hired"},
    ):
        pushed = read(**values)
        polled = api.read_answers({"candidates": [candidate(**values)]}, NOW)
        assert (polled.facts, polled.people) == (pushed.facts, pushed.people)


def test_a_reason_that_means_a_withdrawal_corrects_the_rejection() -> None:
    """Only the API knows the reasons; after both facts the candidate has withdrawn, in any order."""
    values = {"disqualified": True, "disqualified_at": "2026-11-04T08:00:00Z"}
    values["disqualification_reason"] = "Found another position"
    reasons = [{"id": "1", "description": "Found another position", "candidate_withdrew": True}]
    answers = {"candidates": [candidate(**values)], "disqualification_reasons": reasons}
    (withdrawn,) = facts(answers, FactKind.WITHDRAWN)
    rejected = only(read(**values), FactKind.REJECTED)
    placed = [Placed(f.kind, f.key, f.at or NOW, f.data) for f in (withdrawn, rejected)]
    for order in (placed, placed[::-1]):
        assert fold("3aa01", order).status == "withdrawn"


def test_stage_visits_are_made_of_the_moves() -> None:
    """The first begins with the candidate; each ends where the next begins; the last one lasts."""
    answers = {
        "candidates": [candidate()],
        "activities:3aa01": [
            activity(9, "2026-11-05T10:00:00.250Z", "First Interview", "Offer"),
            activity(3, "2026-11-03T10:00:00.500Z", "Applied", "First Interview"),
            activity(1, "2026-11-02T09:00:40.000Z", "Applied"),
            {"id": "8", "action": "comment", "created_at": "2026-11-03T11:00:00Z", "body": "hm"},
        ],
    }
    visits = facts(answers, FactKind.STAGE_ENTERED)
    assert [
        (one.data["stage_id"], one.data["entered_at"], one.data["exited_at"], one.data["current"])
        for one in visits
    ] == [
        ("applied", "2026-11-02T09:00:00Z", "2026-11-03T10:00:00Z", False),
        ("first-interview", "2026-11-03T10:00:00Z", "2026-11-05T10:00:00Z", False),
        ("offer", "2026-11-05T10:00:00Z", None, True),
    ]
    assert {one.job for one in visits} == {"W3LD"}


def test_two_quick_moves_are_told_apart_whatever_the_webhooks_showed() -> None:
    """Both webhooks may show the second state; the activities know the first one as well."""
    moves = [
        activity(1, "2026-11-02T09:00:00.000Z", "Applied"),
        activity(2, "2026-11-03T09:59:58.700Z", "Applied", "Phone Screen"),
        activity(3, "2026-11-03T10:00:00.400Z", "Phone Screen", "First Interview"),
    ]
    answers = {"candidates": [candidate()], "activities:3aa01": moves}
    told = [*read().facts, *read().facts, *api.read_answers(answers, NOW).facts]
    truth = fold("3aa01", [Placed(one.kind, one.key, one.at or NOW, one.data) for one in told])
    assert [(visit.stage_name, visit.nth) for visit in truth.visits] == [
        ("Applied", 1),
        ("Phone Screen", 1),
        ("First Interview", 1),
    ]


def test_nothing_is_made_up_without_activities() -> None:
    """Somebody whose history is hidden did not stand in the present stage from the beginning."""
    assert facts({"candidates": [candidate()], "activities:3aa01": []}, FactKind.STAGE_ENTERED) == []


def event(**values: object) -> dict[str, object]:
    return {
        "id": "e77",
        "title": "Call with Noémi Lefèvre",
        "type": "CallEvent",
        "starts_at": "2026-11-12T10:00:00.000Z",
        "ends_at": "2026-11-12T10:30:00.000Z",
        "cancelled": False,
        "job": {"shortcode": "W3LD", "title": "Welder"},
        "members": [{"id": "m1", "name": "Anna Berg", "type": "Member", "status": "accepted"}],
        "candidate": {"id": "3aa01", "name": "Noémi Lefèvre"},
        **values,
    }


def test_interviews_are_told_with_their_people_and_without_names() -> None:
    """The title names the candidate, so it stays out of the fact."""
    answers = {"candidates": [candidate()], "events": [event()]}
    (interview,) = facts(answers, FactKind.INTERVIEW)
    assert interview.data == {
        "interview_id": "e77",
        "kind_id": "CallEvent",
        "name": "Call",
        "starts_at": "2026-11-12T10:00:00Z",
        "ends_at": "2026-11-12T10:30:00Z",
        "status": "scheduled",
    }
    (duty,) = facts(answers, FactKind.INTERVIEWER)
    assert (duty.application, duty.data["user_id"], duty.data["response_status"]) == (
        "3aa01",
        "m1",
        "accepted",
    )
    people = {one.external_id: one for one in api.read_answers(answers, NOW).people}
    assert people["m1"].role is PersonRole.MEMBER
    placed = [Placed(one.kind, one.key, NOW, one.data) for one in (interview, duty)]
    assert [member.member for member in fold("3aa01", placed).interviews[0].interviewers] == ["m1"]


def test_an_interview_that_comes_back_is_news_and_one_that_stays_is_not() -> None:
    """Cancelled, and taken back later: three facts; the same poll again: none."""
    states = [
        api.read_answers({"candidates": [candidate(updated_at=at)], "events": [event(cancelled=off)]}, NOW)
        for at, off in (("2026-11-03T10:00:00Z", False), ("2026-11-04T10:00:00Z", True))
    ]
    back = {"candidates": [candidate(updated_at="2026-11-05T10:00:00Z")], "events": [event()]}
    keys = {only(one, FactKind.INTERVIEW).key for one in [*states, api.read_answers(back, NOW)]}
    assert len(keys) == 3
    assert only(api.read_answers(back, NOW + timedelta(days=1)), FactKind.INTERVIEW).key in keys
    cancelled = only(states[1], FactKind.INTERVIEW)
    assert fold("3aa01", [Placed(cancelled.kind, cancelled.key, NOW, cancelled.data)]).interviews == ()


@pytest.mark.parametrize(
    ("state", "accepted", "sent"),
    [
        ("pending", None, False),
        ("approved", None, False),
        ("sent", None, True),
        ("accepted", True, True),
        ("declined", False, True),
        ("rejected", None, False),  # by an approver, not by the candidate
    ],
)
def test_an_offer_has_a_state_or_is_none(state: str, *, accepted: bool | None, sent: bool) -> None:
    """Without an offer Workable answers with the candidate's name alone."""
    person = {"id": "3aa01", "name": "Noémi"}
    row = {"candidate": person, "id": "o1", "created_at": "2026-11-05T10:00:00Z", "state": state}
    (fact,) = facts({"candidates": [candidate()], "offers": [row]}, FactKind.OFFER)
    (offer,) = fold("3aa01", [Placed(fact.kind, fact.key, fact.at or NOW, fact.data)]).offers
    assert (offer.accepted, offer.sent_at is not None, offer.id) == (accepted, sent, "o1")
    assert facts({"offers": [person]}, FactKind.OFFER) == []


def test_a_job_has_its_status_and_its_team() -> None:
    """Published is open; administrators stand in where nobody recruits."""
    job = {
        "shortcode": "W3LD",
        "title": "Welder",
        "state": "published",
        "confidential": False,
        "department": "Plant",
        "location": {"city": "Berlin", "country": "Germany"},
        "updated_at": "2026-11-01T09:00:00Z",
    }
    (fact,) = facts({"jobs": [job]}, FactKind.JOB_CHANGED)
    assert fact.job == "W3LD"
    assert fact.data == {
        "name": "Welder",
        "status": "open",
        "confidential": False,
        "departments": ["Plant"],
        "offices": [{"name": "Berlin", "location": "Berlin, Germany"}],
    }
    states = {"closed": "closed", "archived": "closed", "draft": "on_hold"}
    for theirs, ours in states.items():
        (fact,) = facts({"jobs": [{**job, "state": theirs}]}, FactKind.JOB_CHANGED)
        assert fact.data["status"] == ours
    admin, manager = ({"id": one, "email": f"{one}@example.com"} for one in ("m1", "m2"))
    rows = [{**admin, "collaboration_role": "admin"}, {**manager, "collaboration_role": "hiring_manager"}]
    (team,) = facts({"job_members:W3LD": rows}, FactKind.JOB_CHANGED)
    assert team.data == {"hiring_team": {"hiring_managers": ["m2"], "recruiters": ["m1"]}}
    rows.append({"id": "m3", "collaboration_role": "recruiter"})
    (team,) = facts({"job_members:W3LD": rows}, FactKind.JOB_CHANGED)
    assert team.data["hiring_team"]["recruiters"] == ["m3"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
ROWS = st.one_of(
    st.dictionaries(
        st.sampled_from([*candidate(), *event(), "state", "collaboration_role"]), JSON, max_size=5
    ),
    st.dictionaries(st.sampled_from(["id", "candidate"]), JSON).map(lambda some: {**event(), **some}),
    st.dictionaries(st.sampled_from(["action_stage", "target_stage"]), JSON).map(
        lambda some: {**activity(1, "2026-11-02T09:00:00Z", "A", "B"), **some}
    ),
)
RESOURCES = st.sampled_from(
    ["candidates", "events", "offers", "jobs", "members", "activities:3aa01", "job_members:W3LD", "unknown"]
)


@given(answers=st.dictionaries(RESOURCES, st.lists(ROWS, max_size=3), max_size=4))
def test_any_part_of_an_answer_may_be_anything(answers: dict[str, list[Json]]) -> None:
    """A poll never breaks over what it is told, nor asks without end."""
    api.read_answers(answers, NOW)
    api.changed_applications(answers)
    for _ in range(3):
        answers |= {resource: [] for resource in api.further_requests(answers, BASE)}
    assert api.further_requests(answers, BASE) == {}


@pytest.mark.skipif(not SHARED.exists(), reason="the shared answers are not here")
def test_the_shared_answers_are_read() -> None:
    """Recorded answers become visits, interviews, a job with its team, and a withdrawal."""

    def rows(name: str) -> list[Json]:
        body = (SHARED / "workable" / "api" / f"{name}.json").read_bytes()
        return list(api.rows(ApiResponse(200, {}, body)))

    assert [one["candidate_withdrew"] for one in rows("disqualification_reasons")].count(True) > 1
    answers = {
        "candidates": rows("candidate"),
        "activities:27273038": rows("candidate_activities"),
        "offers": rows("candidate_offer"),
        "events": rows("events_list"),
        "jobs": rows("job"),
        "job_members:9CD658E13E": rows("job_members"),
        "members": rows("members"),
    }
    reading = api.read_answers(answers, NOW)
    names = [one.data["stage_name"] for one in reading.facts if one.kind is FactKind.STAGE_ENTERED]
    assert names == ["Sourced", "Interview", "Assessment", "Interview", "Assessment"]
    kinds = [one.kind for one in reading.facts]
    assert kinds.count(FactKind.INTERVIEW) == 3
    assert FactKind.OFFER not in kinds
    assert len(api.changed_applications({"candidates": rows("candidates_page")})) > 2
    assert not set(
        setup.webhook_findings({"subscriptions": rows("subscriptions_list")}, "https://x.example")
    ).isdisjoint(setup.webhook_findings({}, "https://x.example"))


# What a refusal means


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, FailureKind.SCOPE),
        (403, FailureKind.SCOPE),
        (404, FailureKind.NOT_FOUND),
        (409, FailureKind.INVALID),
        (422, FailureKind.INVALID),
        (429, FailureKind.TOO_MANY),
        (500, FailureKind.AWAY),
        (503, FailureKind.AWAY),
    ],
)
def test_a_refusal_says_what_can_be_done(status: int, kind: FailureKind) -> None:
    """In Workable's own words where it gives some, without addresses."""
    body = {"error": "noemi@example.com is invalid"}
    failed = api.failure(ApiRequest("GET", f"{BASE}/candidates"), answered(status, body), NOW)
    assert failed is not None
    assert (failed.kind, failed.status) == (kind, status)
    assert "noemi" not in failed.detail
    assert ("is invalid" in failed.detail) is (kind is FailureKind.INVALID)


@pytest.mark.parametrize("status", [200, 201, 204])
def test_success_is_no_failure(status: int) -> None:
    """Whatever the body holds."""
    assert api.failure(ApiRequest("GET", BASE), answered(status, {"error": "x"}), NOW) is None


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"x_rate_limit_reset": str(int(NOW.timestamp()) + 7)}, 7),
        ({"retry_after": "3", "x_rate_limit_reset": str(int(NOW.timestamp()) + 7)}, 3),
        ({"x_rate_limit_reset": str(int(NOW.timestamp()) - 7)}, 10),
        ({"x_rate_limit_reset": "soon"}, 10),
        ({"retry_after": "99999999"}, 3600),
        ({}, 10),
    ],
)
def test_too_many_says_how_long_to_wait(headers: dict[str, str], seconds: int) -> None:
    """Until the reset; a window where nothing is said."""
    failed = api.failure(ApiRequest("GET", BASE), answered(429, None, **headers), NOW)
    assert failed is not None
    assert failed.retry_after == timedelta(seconds=seconds)


def test_the_rate_is_read_from_the_headers() -> None:
    """Limit, rest and the instant at which the window ends."""
    told = {"x_rate_limit_limit": "50", "x_rate_limit_remaining": "3", "x_rate_limit_reset": "1794312007"}
    rate = api.rate(answered(200, None, **told), NOW)
    assert rate is not None
    assert (rate.limit, rate.remaining) == (50, 3)
    assert rate.resets_at == datetime.fromtimestamp(1794312007, UTC)
    assert api.rate(answered(200, None, **{**told, "x_rate_limit_limit": "many"}), NOW) is None


# What is written

TARGET = Target("3aa01", "3aa01", "m1")


def test_a_comment_is_written_by_a_member_and_mentions_nobody() -> None:
    """A candidate's name is text, whatever it holds."""
    request = api.note_request(TARGET, "<b>@everyone</b> wrote to a@b.example [heardback:dlv_1]", BASE)
    assert request.url == f"{BASE}/candidates/3aa01/comments"
    assert request.json is not None
    assert request.json["member_id"] == "m1"
    comment = request.json["comment"]
    assert isinstance(comment, dict)
    assert comment["body"] == "‹b›@\u200beveryone‹/b› wrote to a@b.example [heardback:dlv_1]"
    assert "member_id" not in (api.note_request(Target("1"), "x", BASE).json or {})
    assert api.created_id(answered(201, {"id": "90775157"})) == "90775157"
    assert api.created_id(answered(200)) is None


def test_our_comment_is_found_by_its_whole_marker() -> None:
    """Among all activities, and no other that only begins like it."""
    (request,) = api.notes_requests(TARGET, BASE)
    assert request.url == f"{BASE}/candidates/3aa01/activities"
    notes: list[Json] = [
        {"id": "1", "body": None},
        {"id": "2", "body": "[heardback:dlv_12]"},
        {"id": "3", "body": "x hb-1 y"},
    ]
    assert api.marker_in(notes, "[heardback:dlv_12]") == "2"
    assert api.marker_in(notes, "hb-1") == "3"
    assert api.marker_in(notes, "hb") is None


TAG = Write(WriteKind.TAG, TARGET, "hb-1", "dlv_1", text="Heardback: waiting")


def test_a_tag_is_added_to_those_that_are_there() -> None:
    """Read, merge, write: Workable replaces them all."""
    ask = api.write_step(TAG, {}, BASE)
    assert isinstance(ask, Ask)
    assert [one.url for one in ask.requests] == [f"{BASE}/candidates/3aa01"]
    put = api.write_step(TAG, {ask.resource: [candidate()]}, BASE)
    assert isinstance(put, Put)
    assert (put.request.method, put.request.url) == ("PUT", f"{BASE}/candidates/3aa01/tags")
    assert put.request.json == {"tags": ["welding", "berlin", "Heardback: waiting"]}
    done = api.write_step(TAG, {ask.resource: [candidate()], put.resource: []}, BASE)
    assert done == Done("Heardback: waiting")


def test_a_tag_that_is_there_is_not_written_again() -> None:
    """Whatever its case."""
    assert isinstance(api.write_step(TAG, {"tagged": [candidate(tags=["heardback: WAITING"])]}, BASE), Done)


@pytest.mark.parametrize("rows", [[], [{"id": "3aa01"}], [{"id": "3aa01", "tags": None}]])
def test_tags_that_cannot_be_read_are_not_replaced(rows: list[Json]) -> None:
    """Writing would take away what is there."""
    with pytest.raises(VendorRefused):
        api.write_step(TAG, {"tagged": rows}, BASE)


def test_only_what_workable_has_is_written() -> None:
    """No tasks, no logged mail."""
    assert {WriteKind.NOTE, WriteKind.TAG} == api.WRITES


# Setting up


def subscription(name: str, **values: object) -> dict[str, object]:
    return {"id": 1, "event": name, "target": f"{URL}?event={name}", "valid_until": None, **values}


def test_every_event_is_subscribed_to_once() -> None:
    """Each with an address of its own; what is there already stays."""
    step = setup.create_step(URL, "", {}, BASE)
    assert isinstance(step, Ask)
    answers: dict[str, list[Json]] = {step.resource: [subscription("candidate_moved")]}
    made = []
    while isinstance(step := setup.create_step(URL, "", answers, BASE), Put):
        made.append(step.request.json)
        answers[step.resource] = [{"id": 2}]
    assert isinstance(step, Done)
    args = {"account_id": "ourco", "job_shortcode": "", "stage_slug": ""}
    assert made == [
        {"target": f"{URL}?event={name}", "event": name, "args": args}
        for name in ("candidate_created", "candidate_deleted")
    ]
    assert setup.by_hand(URL) == ()
    assert setup.SIGNER is Signer.API_KEY


def test_what_is_wrong_with_the_subscriptions_is_found() -> None:
    """Missing, somebody else's, for one job only, or about to end."""
    good = [subscription(name) for name in setup.EVENTS]
    (resource,) = setup.webhook_requests(BASE)
    assert setup.webhook_findings({resource: good}, URL) == []
    assert len(setup.webhook_findings({resource: []}, URL)) == 3
    other = {"target": "https://heardback.example/webhooks/con_2"}
    for values in (other, {"job_shortcode": "W3LD"}, {"stage_slug": "offer"}):
        broken = [subscription("candidate_moved", **values), *(good[0], good[2])]
        (finding,) = setup.webhook_findings({resource: broken}, URL)
        assert "candidate_moved" in finding
    ending = [subscription("candidate_moved", valid_until="2027-01-01T00:00:00Z"), good[0], good[2]]
    (finding,) = setup.webhook_findings({resource: ending}, URL)
    assert "2027-01-01" in finding


def test_checks_read_nobodys_data() -> None:
    """One call for each scope that reading needs."""
    checks = setup.check_requests(BASE)
    assert all(one.reads for one in checks.values())
    assert {"read candidates", "read jobs", "read interviews", "read members"} == set(checks)
