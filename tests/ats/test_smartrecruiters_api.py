"""SmartRecruiters' API: what is asked, what the answers say, what a refusal means, what is written."""

import contextlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ats import smartrecruiters_api as api
from app.ats import smartrecruiters_setup as setup
from app.ats.canonical import Fact, FactKind, Named, NamedKind, PersonRole
from app.ats.fields import Answers, Json
from app.ats.http import Account, ApiRequest, ApiResponse, FailureKind, Rate, Target, Token
from app.ats.steps import Ask, Done, Put, Signer, Step, Write, WriteKind
from app.ats.vendor import Api, Setup
from app.errors import MalformedBody, Unprocessable

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BASE = "https://api.smartrecruiters.com"
ONE = "c-1:j-1"


def answered(status: int, body: object = None, **headers: str) -> ApiResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return ApiResponse(status, named, json.dumps(body).encode())


def at(hour: int, day: int = 20) -> str:
    return f"2026-11-{day}T{hour:02}:00:00.000Z"


def changed(hour: int, status: str, sub_status: str | None = None) -> Json:
    return {"changedOn": at(hour), "status": status, "subStatus": sub_status}


CANDIDATE: Json = {
    "id": "c-1",
    "firstName": "Noémi",
    "lastName": "Lefèvre",
    "email": "noemi@example.com",
    "tags": ["Messe 2026"],
    "createdOn": at(7),
    "updatedOn": at(11),
}
DETAILS: Json = {
    "status": "INTERVIEW",
    "subStatus": "On-site",
    "source": "Career site",
    "url": "https://www.smartrecruiters.com/app/people/applications/9d7c0f4e-0001/overview",
}
HISTORY = [changed(11, "INTERVIEW", "On-site"), changed(8, "NEW"), changed(9, "IN_REVIEW", "CV check")]
INTERVIEW: Json = {
    "id": "i-1",
    "candidate": {"id": "c-1", "status": "accepted"},
    "jobId": "j-1",
    "organizerId": "u-1",
    "createdOn": at(11),
    "timeslots": [
        {
            "title": "With Noémi",
            "interviewType": "Panel",
            "startsOn": at(14),
            "endsOn": at(15),
            "interviewers": [{"id": "u-2", "status": "accepted"}, {"id": "u-3", "status": "declined"}],
        },
        {"startsOn": at(15), "endsOn": at(16), "interviewers": [{"id": "u-2", "status": "pending"}]},
    ],
}
OFFER: Json = {
    "id": "o-1",
    "status": "PENDING_ACCEPTANCE",
    "createdOn": at(12),
    "updatedOn": at(13),
    "actions": {
        "candidate": {"url": f"{BASE}/candidates/c-1"},
        "job": {"url": f"{BASE}/jobs/j-1"},
    },
}


def about(history: Sequence[Json] = HISTORY, **more: Sequence[Json]) -> dict[str, Sequence[Json]]:
    named = {name.replace("__", "/"): rows for name, rows in more.items()}
    return {
        f"application/{ONE}": [DETAILS],
        f"history/{ONE}": history,
        "candidate/c-1": [CANDIDATE],
        **named,
    }


def facts(answers: Answers, received_at: datetime = NOW) -> list[Fact]:
    return list(api.read_answers(answers, received_at).facts)


def of_kind(answers: Answers, kind: FactKind) -> list[Fact]:
    return [fact for fact in facts(answers) if fact.kind is kind]


def only(answers: Answers, kind: FactKind) -> Fact:
    (fact,) = of_kind(answers, kind)
    return fact


def test_the_modules_have_the_shape_of_a_vendor() -> None:
    """Mypy checks the signatures; this says that they are meant."""
    its_api: Api = api
    its_setup: Setup = setup
    assert {WriteKind.NOTE, WriteKind.TAG} == its_api.WRITES
    assert its_setup.SIGNER is Signer.VENDOR


# What the answers say


def test_the_history_tells_each_stage_with_its_true_time() -> None:
    """In whatever order the rows come; the creation is the first status that is more than a lead."""
    visits = of_kind(about(), FactKind.STAGE_ENTERED)
    told = [
        (v.data["stage_id"], v.data["stage_name"], v.data["entered_at"][11:13], v.data["current"])
        for v in visits
    ]
    assert told == [
        ("NEW", "New", "08", False),
        ("IN_REVIEW:CV check", "CV check", "09", False),
        ("INTERVIEW:On-site", "On-site", "11", True),
    ]
    assert visits[0].data["exited_at"] == visits[1].data["entered_at"]
    made = only(about(), FactKind.APPLICATION_CREATED)
    assert (made.key, made.at) == (f"application:{ONE}:created", datetime(2026, 11, 20, 8, tzinfo=UTC))
    assert (made.candidate, made.job) == ("c-1", "j-1")


def test_a_lead_has_not_applied() -> None:
    """A lead is a prospect; applying comes with the next status."""
    lead = about([changed(7, "LEAD")])
    assert of_kind(lead, FactKind.APPLICATION_CREATED) == []
    assert only(lead, FactKind.APPLICATION_CHANGED).data["prospect"] is True
    later = about([changed(7, "LEAD"), changed(8, "NEW")])
    assert only(later, FactKind.APPLICATION_CREATED).at == datetime(2026, 11, 20, 8, tzinfo=UTC)
    assert only(later, FactKind.APPLICATION_CHANGED).data["prospect"] is False


def test_an_application_says_where_it_stands_and_who_looks_after_it() -> None:
    """Its link is SmartRecruiters' own, its recruiter the first of the job's team."""
    team = [{"id": "u-9", "role": "RECRUITER"}, {"id": "u-8", "role": "Hiring Manager"}, {"id": "u-7"}]
    fact = only(about(**{"team/j-1": team}), FactKind.APPLICATION_CHANGED)
    assert fact.data == {
        "candidate": "c-1",
        "job": "j-1",
        "prospect": False,
        "status": "active",
        "source": "Career site",
        "url": DETAILS["url"],
        "stage_name": "On-site",
        "tags": ["Messe 2026"],
        "recruiter": "u-9",
        "coordinator": None,
    }
    assert fact.at == datetime(2026, 11, 20, 11, tzinfo=UTC)
    foreign = about() | {
        f"application/{ONE}": [{**DETAILS, "url": "https://evil.example/smartrecruiters.com/"}]
    }
    assert "url" not in only(foreign, FactKind.APPLICATION_CHANGED).data
    team_fact = only({"team/j-1": team}, FactKind.JOB_CHANGED)
    assert team_fact.data == {"hiring_team": {"hiring_managers": ["u-8"], "recruiters": ["u-9"]}}


def test_an_ending_has_its_reason_and_can_be_taken_back() -> None:
    """Rejected, taken back, withdrawn: three decisions at three times, each with a key of its own."""
    history = [
        *HISTORY,
        changed(13, "REJECTED"),
        changed(14, "INTERVIEW", "On-site"),
        changed(15, "WITHDRAWN"),
    ]
    details = {**DETAILS, "reasonOfWithdrawal": {"id": "w-2", "label": "Pay"}, "reasonOfRejection": None}
    answers = about(history) | {f"application/{ONE}": [details]}
    rejected, withdrawn = only(answers, FactKind.REJECTED), only(answers, FactKind.WITHDRAWN)
    assert rejected.key == f"application:{ONE}:rejected:2026-11-20T13:00:00Z:"
    assert rejected.data["stage_name"] == "On-site"
    assert (withdrawn.data["reason_id"], withdrawn.data["reason"]) == ("w-2", "Pay")
    assert only(answers, FactKind.UNREJECTED).at == datetime(2026, 11, 20, 14, tzinfo=UTC)
    assert only(answers, FactKind.APPLICATION_CHANGED).data["status"] == "withdrawn"
    hire = about([*HISTORY, changed(13, "HIRED"), changed(14, "OFFERED")])
    assert {f.kind for f in facts(hire)} >= {FactKind.HIRED, FactKind.UNHIRED}
    moved = about([*HISTORY, changed(13, "TRANSFERRED")])
    assert only(moved, FactKind.APPLICATION_DELETED).application == ONE
    assert of_kind(moved, FactKind.REJECTED) == []


def test_the_same_status_later_is_news_and_the_same_answer_is_not() -> None:
    """Keys hold the time of the change, and nothing of when it was read."""
    first = about([*HISTORY, changed(13, "REJECTED")])
    again = about([*HISTORY, changed(13, "REJECTED"), changed(14, "NEW"), changed(15, "REJECTED")])
    assert {f.key for f in facts(first)} == {f.key for f in facts(first, NOW + timedelta(days=9))}
    assert len({f.key for f in of_kind(again, FactKind.REJECTED)}) == 2


def test_without_a_history_the_present_status_goes_by_the_candidates_last_change() -> None:
    """Should the history's path be wrong, stages and endings are told all the same."""
    bare = about([])
    stood = only(bare, FactKind.STAGE_CHANGED)
    assert (stood.data["stage_name"], stood.at) == ("On-site", datetime(2026, 11, 20, 11, tzinfo=UTC))
    assert only(bare, FactKind.APPLICATION_CREATED).at == datetime(2026, 11, 20, 7, tzinfo=UTC)
    ended = about([]) | {f"application/{ONE}": [{"status": "REJECTED"}]}
    assert only(ended, FactKind.REJECTED).at == datetime(2026, 11, 20, 11, tzinfo=UTC)
    assert facts({f"application/{ONE}": [], f"history/{ONE}": []}) == []


def test_an_interview_is_all_its_slots_and_whoever_has_not_declined() -> None:
    """Its title, in which people write names, is left out."""
    answers = about(interviews__x=[], **{f"interviews/{ONE}": [INTERVIEW]})
    fact = only(answers, FactKind.INTERVIEW)
    assert (fact.application, fact.candidate, fact.job) == (ONE, "c-1", "j-1")
    assert fact.data == {
        "interview_id": "i-1",
        "name": "Panel",
        "starts_at": "2026-11-20T14:00:00Z",
        "ends_at": "2026-11-20T16:00:00Z",
        "status": "scheduled",
        "scheduled_at": "2026-11-20T11:00:00Z",
        "organizer": "u-1",
    }
    duties = {f.data["user_id"]: f.data["response_status"] for f in of_kind(answers, FactKind.INTERVIEWER)}
    assert duties == {"u-2": "accepted", "u-3": "declined"}
    off = {**INTERVIEW, "candidate": {"id": "c-1", "status": "declined"}}
    assert only({f"interviews/{ONE}": [off]}, FactKind.INTERVIEW).data["status"] == "cancelled"


def test_an_interview_that_a_webhook_named_is_news_even_where_it_moved_back() -> None:
    """It has no time of change: the receipt stands in the key; a poll that sees nothing new adds nothing."""
    named = {"interview/i-1": [INTERVIEW]}
    first, second = facts(named), facts(named, NOW + timedelta(hours=1))
    assert first[0].application == ONE
    assert {f.key for f in first}.isdisjoint({f.key for f in second})
    polled = {f"interviews/{ONE}": [INTERVIEW]}
    assert facts(polled) == facts(polled, NOW + timedelta(hours=1))
    both: Answers = {**polled, **named}
    assert len(of_kind(both, FactKind.INTERVIEW)) == 1


def test_a_review_is_feedback_on_the_reviewers_interview_before_it() -> None:
    """Reviews name no interview; without one in sight, nothing is said of it, so nothing is taken back."""
    review: Json = {
        "id": "r-1",
        "candidateId": "c-1",
        "jobId": "j-1",
        "reviewerId": "u-2",
        "createdOn": at(17),
    }
    answers: Answers = {f"reviews/{ONE}": [review], f"interviews/{ONE}": [INTERVIEW]}
    card = only(answers, FactKind.SCORECARD)
    assert (card.data["interviewer"], card.data["interviewed_at"]) == ("u-2", "2026-11-20T14:00:00Z")
    assert (card.data["status"], card.data["submitted_at"]) == ("complete", "2026-11-20T17:00:00Z")
    alone = only({f"reviews/{ONE}": [review]}, FactKind.SCORECARD)
    assert "interviewed_at" not in alone.data
    early = {**review, "createdOn": at(10)}
    assert "interviewed_at" not in only({**answers, f"reviews/{ONE}": [early]}, FactKind.SCORECARD).data


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("CREATED", {"status": "created", "sent_on": None, "resolved_at": None}),
        ("PENDING_APPROVAL", {"status": "pending_approval", "sent_on": None}),
        ("APPROVED", {"status": "approved", "approved": True, "sent_on": None}),
        ("PENDING_ACCEPTANCE", {"status": "pending_acceptance", "sent_on": "2026-11-20"}),
        ("ACCEPTED", {"status": "accepted", "resolved_at": "2026-11-20T13:00:00Z"}),
        ("NOT_ACCEPTED", {"status": "rejected", "resolved_at": "2026-11-20T13:00:00Z"}),
    ],
)
def test_an_offers_status_is_told_in_our_words(status: str, said: Mapping[str, object]) -> None:
    """The same fact, whether the offer was asked for by itself or through its application."""
    row = {**OFFER, "status": status}
    fact = only({"offer/o-1": [row]}, FactKind.OFFER)
    assert said.items() <= fact.data.items()
    assert (fact.application, fact.at) == (ONE, datetime(2026, 11, 20, 13, tzinfo=UTC))
    assert facts({f"offers/{ONE}": [row]}) == [fact]


def test_an_abandoned_offer_is_none() -> None:
    """Nothing will come of it any more."""
    gone = only({"offer/o-1": [{**OFFER, "status": "ABANDONED"}]}, FactKind.OFFER_DELETED)
    assert gone.data == {"offer_id": "o-1", "version": None}


def test_people_go_by_themselves() -> None:
    """No fact holds a name or an address."""
    user = {
        "id": "u-1",
        "firstName": "Anna",
        "lastName": "Berg",
        "email": "a@example.com",
        "language": {"code": "de"},
    }
    reading = api.read_answers(about(users=[user]), NOW)
    candidate, member = sorted(reading.people, key=lambda person: person.role)
    assert (candidate.role, candidate.external_id, candidate.email) == (
        PersonRole.CANDIDATE,
        "c-1",
        "noemi@example.com",
    )
    assert (member.external_id, member.last_name, member.locale) == ("u-1", "Berg", "de")
    told = json.dumps([dict(fact.data) for fact in reading.facts], ensure_ascii=False)
    assert not any(word in told for word in ("Noémi", "Lefèvre", "noemi@", "Berg"))


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [("SOURCING", "open"), ("FILLED", "closed"), ("CANCELLED", "closed"), ("ON_HOLD", "on_hold")],
)
def test_a_job_is_open_held_or_closed(theirs: str, ours: str) -> None:
    """With its place and its department."""
    job = {
        "id": "j-1",
        "title": "Welder",
        "status": theirs,
        "updatedOn": at(9),
        "location": {"city": "Berlin", "country": "Germany"},
        "department": {"label": "Robotics"},
    }
    assert only({"job/j-1": [job]}, FactKind.JOB_CHANGED).data == {
        "name": "Welder",
        "status": ours,
        "departments": ["Robotics"],
        "offices": [{"name": "Berlin", "location": "Berlin, Germany"}],
    }


NAMES = "id status changedOn url timeslots interviewers actions candidate job events role content offset"
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from([at(9), "REJECTED", "x-1"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES.split()), inner, max_size=5)
    ),
    max_leaves=15,
)
RESOURCES = [
    *about(),
    *(f"{kind}/{ONE}" for kind in ("offers", "reviews", "interviews")),
    *("offer/o", "interview/i", "job/j-1", "team/j-1", "users", "application/../x", "tags", "webhooks"),
]
ROWS = st.lists(st.dictionaries(st.sampled_from(["id", "status", "timeslots", "actions"]), JSON), max_size=3)


@given(answers=st.dictionaries(st.sampled_from(RESOURCES), ROWS))
def test_hostile_answers_break_nothing(answers: dict[str, list[Json]]) -> None:
    """Whatever an answer holds, it is read as far as it makes sense."""
    assert api.read_answers(answers, NOW).ignored is None
    api.further_requests(answers)
    api.changed_applications({"candidates": answers.get("users", [])})
    setup.webhook_findings(answers, "https://x.example/")


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_hostile_bodies_are_malformed_and_nothing_else(body: bytes) -> None:
    """Rows, pages, tokens and codes of whatever a proxy may answer."""
    with contextlib.suppress(MalformedBody):
        api.rows(ApiResponse(200, {}, body))
    with contextlib.suppress(MalformedBody):
        api.read_token(ApiResponse(200, {}, body), NOW)
    api.next_page(ApiRequest("GET", BASE), ApiResponse(200, {}, body))
    api.created_id(ApiResponse(201, {}, body))
    assert api.failure(ApiRequest("GET", BASE), ApiResponse(400, {}, body), NOW)


# What is asked


def test_changed_candidates_name_all_their_applications() -> None:
    """Asked for with milliseconds, as documented; secondary assignments count."""
    (request,) = api.changed_requests(NOW)["candidates"]
    assert request.url == f"{BASE}/candidates"
    assert dict(request.params)["updatedAfter"] == "2026-11-21T12:00:00.000Z"
    row = {
        "id": "c-1",
        "primaryAssignment": {"job": {"id": "j-2"}},
        "secondaryAssignments": [{"job": {"id": "j-1"}}, {"job": None}, 7],
    }
    assert api.changed_applications({"candidates": [row, {"id": "c-2"}]}) == ["c-1:j-1", "c-1:j-2"]


def test_one_round_follows_the_other_until_everything_is_told() -> None:
    """From a named interview to its application, its other interviews, its job and the people of all."""
    named = [Named(NamedKind.APPLICATION, "interview:i-1"), Named(NamedKind.CANDIDATE, "c-5")]
    rows: dict[str, Sequence[Json]] = {
        "interview/i-1": [INTERVIEW],
        f"application/{ONE}": [DETAILS],
        "team/j-1": [{"id": "u-9", "role": "RECRUITER"}],
    }
    answers: dict[str, Sequence[Json]] = {}
    rounds: list[set[str]] = []
    asked = api.named_requests(named)
    while asked and len(rounds) < 8:
        rounds.append(set(asked))
        answers |= {resource: rows.get(resource, []) for resource in asked}
        users = asked.get("users", ())
        asked = api.further_requests(answers)
    assert rounds == [
        {"interview/i-1", "candidate/c-5"},
        {f"{kind}/{ONE}" for kind in ("application", "history", "offers", "reviews")} | {"candidate/c-1"},
        {f"interviews/{ONE}", "job/j-1", "team/j-1"},
        {"users"},
    ]
    assert [one.url.rpartition("/")[2] for one in users] == ["u-1", "u-2", "u-3", "u-9"]
    assert api.found(named[0], answers)
    assert not api.found(named[1], answers)
    assert api.found(Named(NamedKind.APPLICATION, ONE), answers)


def test_ids_that_are_not_ours_lead_nowhere() -> None:
    """No id can leave its path."""
    for wrong in ("", "c-1", "c-1:", "../c:j", "c:j/x", "c:j:k", "interview:../x"):
        assert api.first_requests([wrong]) == {}
        assert api.named_requests([Named(NamedKind.APPLICATION, wrong)]) == {}
    assert api.named_requests([Named(NamedKind.CANDIDATE, "../users"), Named(NamedKind.JOB, "?")]) == {}


def test_pages_go_on_by_id_or_by_offset_and_end() -> None:
    """A page that leads to itself, or holds nothing, is the last."""
    request = ApiRequest("GET", f"{BASE}/candidates", (("limit", "2"),))
    second = api.next_page(request, answered(200, {"content": [{}, {}], "nextPageId": "p2"}))
    assert second == ApiRequest("GET", f"{BASE}/candidates", (("limit", "2"), ("pageId", "p2")))
    assert api.next_page(second, answered(200, {"content": [{}], "nextPageId": "p2"})) is None
    assert api.next_page(request, answered(200, {"content": [], "nextPageId": "p3"})) is None
    further = api.next_page(request, answered(200, {"content": [{}], "offset": 4, "totalFound": 6}))
    assert further
    assert dict(further.params)["offset"] == "5"
    assert api.next_page(request, answered(200, {"content": [{}], "offset": 5, "totalFound": 6})) is None
    assert api.next_page(request, answered(200, [{"id": "1"}])) is None


def test_rows_come_bare_in_content_or_alone() -> None:
    """And none where there is no body."""
    assert api.rows(answered(200, [{"id": 1}])) == ({"id": 1},)
    assert api.rows(answered(200, {"content": [{"id": 1}], "totalFound": 1})) == ({"id": 1},)
    assert api.rows(answered(200, {"secretKey": "k"})) == ({"secretKey": "k"},)
    assert api.rows(ApiResponse(204, {}, b"")) == ()
    for body in (b"<html>", b"7", b"[7]", b'{"content":[7]}'):
        with pytest.raises(MalformedBody):
            api.rows(ApiResponse(200, {}, body))


# Credentials, limits, refusals


def test_a_key_is_sent_as_it_is_and_a_client_fetches_a_token() -> None:
    """The key wins where both are given; neither shows in a representation."""
    request = ApiRequest("GET", f"{BASE}/jobs")
    with_key = Account(api_key="the-key")
    assert api.token_request(with_key) is None
    assert api.auth_url(with_key) is None
    assert api.with_credentials(request, with_key, None).headers == {"x-smarttoken": "the-key"}
    with_client = Account("id", "the-secret")
    asked = api.token_request(with_client)
    assert asked
    assert (asked.url, asked.form and asked.form["grant_type"]) == (api.AUTH_URL, "client_credentials")
    token = api.read_token(answered(200, {"access_token": "t", "expires_in": 600}), NOW)
    assert (token.value, token.expires_at) == ("t", NOW + timedelta(minutes=10))
    assert api.with_credentials(request, with_client, token).headers == {"authorization": "Bearer t"}
    assert "the-" not in repr(asked) + repr(with_key) + repr(api.with_credentials(request, with_key, None))


def test_the_address_is_one_of_two_or_the_shells_own() -> None:
    """Nobody can point the key elsewhere by naming a site."""
    assert api.api_base(Account()) == BASE
    assert api.api_base(Account(site="sandbox")) == "https://api.sandbox.smartrecruiters.com"
    assert api.api_base(Account(site="x", api_base="http://127.0.0.1:1")) == "http://127.0.0.1:1"
    for site in ("evil.example/", "production", "sandbox.evil"):
        with pytest.raises(Unprocessable):
            api.api_base(Account(site=site))


BEARER = ApiRequest("GET", f"{BASE}/jobs", headers={"authorization": "Bearer t"})
KEY = ApiRequest("GET", f"{BASE}/jobs", headers={"x-smarttoken": "k"})
FORM = ApiRequest("POST", api.AUTH_URL, form={"client_id": "x"})


@pytest.mark.parametrize(
    ("request_", "status", "kind"),
    [
        (BEARER, 401, FailureKind.TOKEN),
        (KEY, 401, FailureKind.SCOPE),
        (FORM, 401, FailureKind.INVALID),
        (KEY, 403, FailureKind.SCOPE),
        (KEY, 404, FailureKind.NOT_FOUND),
        (KEY, 422, FailureKind.INVALID),
        (KEY, 429, FailureKind.TOO_MANY),
        (KEY, 503, FailureKind.AWAY),
    ],
)
def test_a_refusal_means_what_it_says(request_: ApiRequest, status: int, kind: FailureKind) -> None:
    """The words tell what to do; the vendor's sentences, which may quote people, are left out."""
    body = {"message": "noemi@example.com is unknown", "errors": [{"code": "BAD_ID", "message": "Noémi"}]}
    failure = api.failure(request_, answered(status, body), NOW)
    assert failure
    assert (failure.kind, failure.status) == (kind, status)
    assert (
        "no"
        not in failure.detail.lower().replace("not", "").replace("no reason", "").replace("know", "").split()
    )
    assert "@" not in failure.detail
    assert "Noémi" not in failure.detail
    assert api.failure(request_, answered(202), NOW) is None


def test_the_wait_is_what_was_asked_for_or_a_second() -> None:
    """Limits are by the second; `Retry-After` is obeyed, up to an hour."""
    waits = [
        api.failure(KEY, answered(429, None, **h), NOW)
        for h in ({}, {"retry_after": "7"}, {"retry_after": "99999"})
    ]
    assert [w.retry_after for w in waits if w] == [
        timedelta(seconds=1),
        timedelta(seconds=7),
        timedelta(hours=1),
    ]
    told = answered(200, None, x_ratelimit_limit="10", x_ratelimit_remaining="3")
    assert api.rate(told, NOW) == Rate(10, 3)
    assert api.rate(answered(200, None, x_ratelimit_limit="ten"), NOW) is None
    assert (10, timedelta(seconds=1)) == api.ASSUMED_RATE


# Writing back


def test_a_note_hangs_on_the_candidate_and_wakes_nobody() -> None:
    """No mention that a name or a text may hold survives, except our own of the candidate."""
    body = "Told @[USER:u-1] and #[CANDIDATE:c-666] by mail. [heardback:dlv_1]"
    request = api.note_request(Target("c-1", ONE, "u-1"), body)
    said = dict(request.json or {})
    content = str(said["content"])
    assert request.url == f"{BASE}/messages/shares"
    assert "@[" not in content
    assert content.count("#[") == 1
    assert content.endswith("#[CANDIDATE:c-1]")
    assert said["shareWith"] == {"users": [], "hiringTeamOf": [], "everyone": False, "openNote": True}
    assert said == api.note_request(Target("c-1", ONE), body).json
    long = str((api.note_request(Target("c-1"), "x" * 20_000 + " [heardback:dlv_1]").json or {})["content"])
    assert len(long) <= 10_000
    for text in (content, long):
        assert api.marker_in([{"id": "m-1", "content": text}], "[heardback:dlv_1]") == "m-1"
    assert api.marker_in([{"id": "m-1", "content": content}], "[heardback:dlv_2]") is None
    (listed,) = api.notes_requests(Target("c-1"))
    assert dict(listed.params)["candidateId"] == "c-1"
    assert api.created_id(answered(201, {"id": "m-1", "shareRequired": False})) == "m-1"


def tag(text: str) -> Write:
    return Write(WriteKind.TAG, Target("c-1"), "[heardback:x]", "x", text)


def test_a_tag_is_added_once_beside_the_others() -> None:
    """Looked for first, in whatever case; added, never replaced."""
    first = api.write_step(tag("Keep in touch"), {})
    assert isinstance(first, Ask)
    put = api.write_step(tag("Keep in touch"), {"tags": [{"tags": ["Messe 2026"]}]})
    assert isinstance(put, Put)
    assert (put.request.method, put.request.json) == ("POST", {"tags": ["Keep in touch"]})
    assert api.write_step(tag("Keep in touch"), {"tags": [], "tagged": []}) == Done()
    assert api.write_step(tag("Keep in touch"), {"tags": [{"tags": ["keep in TOUCH"]}]}) == Done()


# Set-up

URL = "https://heardback.example/webhooks/c1"
MINE: Json = {"id": "s-1", "callbackUrl": URL, "status": "inactive", "events": []}


def test_a_subscription_is_made_given_a_key_and_activated() -> None:
    """Step by step, each only where it is missing."""
    steps: list[Step | None] = []
    answers: dict[str, Sequence[Json]] = {}
    told: dict[str, Sequence[Json]] = {
        "webhooks": [],
        "created": [MINE],
        "keys": [],
        "key": [{"secretKey": "k" * 20}],
    }
    while not isinstance(step := setup.create_step(URL, "", answers), Done):
        assert isinstance(step, Ask | Put)
        steps.append(step)
        assert len(steps) < 8
        answers[step.resource] = told.get(step.resource, [])
    done = [one.resource for one in steps if isinstance(one, Ask | Put)]
    assert done == ["webhooks", "created", "keys", "key", "activated"]
    assert step == Done("s-1", ("k" * 20,))
    assert "k" * 20 not in repr(step)
    kept: Answers = {"webhooks": [{**MINE, "status": "active"}], "keys": [{"secretKey": "old-key"}]}
    assert setup.create_step(URL, "", kept) == Done("s-1", ("old-key",))


def test_what_is_wrong_with_a_subscription_is_found() -> None:
    """Missing, suspended, deaf for some events, or well."""
    every = [{"name": name, "version": "v201910"} for name in setup.EVENTS]
    well = {**MINE, "status": "active", "events": every}
    assert list(setup.webhook_findings({"webhooks": [well]}, URL)) == []
    assert "no subscription" in setup.webhook_findings({"webhooks": [well]}, URL + "x")[0]
    assert "suspended" in setup.webhook_findings({"webhooks": [{**well, "status": "suspended"}]}, URL)[0]
    deaf = setup.webhook_findings({"webhooks": [{**well, "events": every[1:]}]}, URL)
    assert "application.created" in deaf[0]
    assert all(request.reads for request in setup.check_requests().values())
    assert setup.by_hand(URL) == ()


def test_a_token_is_never_shown() -> None:
    """Not in a representation, which may reach a log."""
    assert "secret-token" not in repr(Token("secret-token", NOW))
