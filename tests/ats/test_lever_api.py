"""Asking Lever: requests, rounds, pages, refusals, notes and tags."""

import base64
import contextlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ats import lever_api as api
from app.ats import lever_setup as setup
from app.ats.canonical import Named, NamedKind
from app.ats.fields import Json
from app.ats.http import Account, ApiRequest, ApiResponse, FailureKind, Target
from app.ats.steps import Ask, Done, Put, Write, WriteKind
from app.errors import MalformedBody, Unprocessable

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ONE, TWO = "o-1", "o-2"
URL = "https://heardback.example.com/webhooks/c1"
ASKED = ApiRequest("GET", f"{api.API_BASE}/opportunities", (("limit", "100"),))


def answer(body: object = None, status: int = 200, **headers: str) -> ApiResponse:
    return ApiResponse(status, headers, json.dumps(body).encode() if body is not None else b"")


def paths(requests: dict[str, Any]) -> list[str]:
    return [one.url.removeprefix(api.API_BASE) for asked in requests.values() for one in asked]


def test_the_address_is_one_of_a_closed_list() -> None:
    """A region names it; the demo's own address wins; anything else is refused."""
    assert api.api_base(Account()) == api.api_base(Account(site="us")) == "https://api.lever.co/v1"
    assert api.api_base(Account(site="eu")) == "https://api.eu.lever.co/v1"
    assert api.api_base(Account(site="sandbox", api_base="http://127.0.0.1:1/v1")) == "http://127.0.0.1:1/v1"
    with pytest.raises(Unprocessable):
        api.api_base(Account(site="evil.example.com/"))


def test_the_key_is_the_user_name() -> None:
    """Basic authentication with an empty password; no token is fetched."""
    account = Account(api_key="k-1")
    sent = api.with_credentials(ASKED, account, None).headers["authorization"]
    assert base64.b64decode(sent.removeprefix("Basic ")) == b"k-1:"
    assert "k-1" not in repr(account)
    assert (api.auth_url(account), api.token_request(account)) == (None, None)  # type: ignore[func-returns-value]
    with pytest.raises(MalformedBody):
        api.read_token(answer({}), NOW)


def test_changes_are_asked_for_by_time_in_milliseconds() -> None:
    """Changed and deleted opportunities, each with its own cursor; a deleted one is a claim."""
    asked = api.changed_requests(datetime(2026, 11, 2, 10, tzinfo=UTC))
    assert paths(dict(asked)) == ["/opportunities", "/opportunities/deleted"]
    assert asked["opportunities"][0].params == (("updated_at_start", "1793613600000"), ("limit", "100"))
    rows: dict[str, list[Json]] = {"opportunities": [{"id": ONE}, {"id": ONE}, {"id": "../x"}, {}]}
    assert api.changed_applications({**rows, "opportunities/deleted": [{"id": TWO}]}) == [ONE, "o-2/deleted"]


def test_what_is_named_is_asked_for_by_its_own_address() -> None:
    """Opportunities, interviews that may be gone, contacts; never an address that an id made up."""
    named = [
        Named(NamedKind.APPLICATION, ONE),
        Named(NamedKind.APPLICATION, ONE, deleted=True),
        Named(NamedKind.APPLICATION, f"{ONE}/interviews/i-1"),
        Named(NamedKind.APPLICATION, "../users"),
        Named(NamedKind.CANDIDATE, "c-1"),
        Named(NamedKind.CANDIDATE, "c/1"),
        Named(NamedKind.JOB, "p-1"),
    ]
    assert paths(dict(api.named_requests(named))) == [
        f"/opportunities/{ONE}",
        f"/opportunities/{ONE}/interviews/i-1",
        "/opportunities",
        "/postings/p-1",
    ]


def test_what_is_named_is_found_or_not() -> None:
    """An opportunity by its row, a contact by a row that is really theirs."""
    row: Json = {"id": ONE, "contact": "c-1"}
    assert api.found(Named(NamedKind.APPLICATION, ONE, deleted=True), {f"opportunity/{ONE}": [row]})
    assert not api.found(Named(NamedKind.APPLICATION, ONE), {f"opportunity/{ONE}": []})
    assert api.found(Named(NamedKind.CANDIDATE, "c-1"), {"contact/c-1": [row]})
    assert not api.found(Named(NamedKind.CANDIDATE, "c-2"), {"contact/c-2": [row]})
    assert api.found(Named(NamedKind.JOB, "p-1"), {"postings": [{"id": "p-1"}]})


def test_rounds_follow_what_the_answers_name() -> None:
    """Contact, opportunity, parts, posting, people: nothing is asked for twice, and it ends."""
    answers: dict[str, list[Json]] = {
        "contact/c-1": [{"id": ONE, "contact": "c-1"}, {"id": TWO, "contact": "c-2"}]
    }
    assert list(api.further_requests(answers)) == [f"opportunity/{ONE}"]
    archived = {"reason": "r-1", "archivedAt": 1}
    answers[f"opportunity/{ONE}"] = [
        {"id": ONE, "applications": ["a-1"], "archived": archived, "owner": "u-1"}
    ]
    parts = ("interviews", "panels", "feedback", "offers", "applications")
    lists = [*(f"{part}/{ONE}" for part in parts), "stages", "archive_reasons"]
    assert list(api.further_requests(answers)) == lists
    answers |= {resource: [] for resource in lists}
    answers[f"applications/{ONE}"] = [{"id": "a-1", "posting": "p-1"}]
    answers[f"feedback/{ONE}"] = [{"id": "f-1", "user": "u-4"}]
    assert paths(dict(api.further_requests(answers))) == ["/postings/p-1"]
    answers["postings"] = [{"id": "p-1", "owner": "u-2", "hiringManager": {"id": "u-3", "name": "x"}}]
    assert paths(dict(api.further_requests(answers))) == [f"/users/u-{n}" for n in (1, 2, 3, 4)]
    answers["users"] = []
    assert api.further_requests(answers) == {}
    assert api.further_requests({f"opportunity/{ONE}": []}) == {}


def test_a_chunk_ends_within_its_time() -> None:
    """Its requests, with nothing remembered, fit into twenty seconds at half the rate."""
    ids = [f"o-{n}" for n in range(api.CHUNK)]
    answers: dict[str, list[Json]] = {
        f"opportunity/{one}": [{"id": one, "applications": [{"posting": f"p-{one}"}], "owner": {"id": "u"}}]
        for one in ids
    }
    count = len(ids)
    while asked := api.further_requests(answers):
        count += sum(map(len, asked.values()))
        answers |= {resource: [] for resource in asked}
    limit, window = api.ASSUMED_RATE
    assert count * window / (limit / 2) < timedelta(seconds=20)


def test_pages_go_on_from_the_offset() -> None:
    """The other parameters stay; the last page, and one that leads nowhere, end it."""
    following = api.next_page(ASKED, answer({"data": [], "hasNext": True, "next": "n-1"}))
    assert following is not None
    assert following.params == (("limit", "100"), ("offset", "n-1"))
    second = api.next_page(following, answer({"data": [], "hasNext": True, "next": "n-2"}))
    assert second is not None
    assert second.params == (("limit", "100"), ("offset", "n-2"))
    last: list[object] = [{"hasNext": False, "next": "n"}, {"hasNext": True}, {"next": "n"}, {}, [], "x"]
    for body in last:
        assert api.next_page(ASKED, answer(body)) is None
    assert api.next_page(following, answer({"hasNext": True, "next": "n-1"})) is None


def test_a_list_of_one_contact_ends_where_others_begin() -> None:
    """A filter that is not heeded must not read a whole account."""
    asked = ApiRequest("GET", ASKED.url, (("contact_id", "c-1"),))
    more = {"hasNext": True, "next": "n"}
    assert api.next_page(asked, answer({**more, "data": [{"contact": "c-1"}]}))
    assert api.next_page(asked, answer({**more, "data": [{"contact": "c-1"}, {"contact": "c-2"}]})) is None


def test_rows_stand_under_data() -> None:
    """One object is one row; anything else is malformed."""
    assert api.rows(answer({"data": [{"id": 1}]})) == ({"id": 1},)
    assert api.rows(answer({"data": {"id": 1}})) == ({"id": 1},)
    assert api.rows(answer(status=204)) == ()
    assert api.rows(answer({"code": "ResourceNotFound"}, 404)) == ()
    wrong: list[object] = [[], {}, {"data": None}, {"data": ["x"]}, "x"]
    for body in wrong:
        with pytest.raises(MalformedBody):
            api.rows(answer(body))


@given(st.binary(max_size=50))
def test_hostile_answers_are_malformed_and_nothing_else(body: bytes) -> None:
    """Whatever comes back."""
    response = ApiResponse(200, {}, body)
    with contextlib.suppress(MalformedBody):
        api.rows(response)
    assert api.next_page(ASKED, response) is None
    assert api.created_id(response) is None
    assert api.failure(ASKED, ApiResponse(418, {}, body), NOW) is not None


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, FailureKind.INVALID),
        (401, FailureKind.SCOPE),
        (403, FailureKind.SCOPE),
        (404, FailureKind.NOT_FOUND),
        (429, FailureKind.TOO_MANY),
        (500, FailureKind.AWAY),
        (503, FailureKind.AWAY),
        (302, FailureKind.INVALID),
    ],
)
def test_refusals(status: int, kind: FailureKind) -> None:
    """Each says what a person can do, and repeats no address."""
    body = {"code": "Some", "message": "about noemi@example.com"}
    failure = api.failure(
        ApiRequest("GET", f"{api.API_BASE}/opportunities/{ONE}/notes"), answer(body, status), NOW
    )
    assert failure is not None
    assert (failure.kind, failure.status) == (kind, status)
    assert "noemi" not in failure.detail
    if status == 403:
        assert "read notes" in failure.detail


def test_a_used_up_limit_is_waited_for() -> None:
    """Lever does not say how long; whoever does is obeyed."""
    bare, told = answer({}, 429), answer({}, 429, **{"retry-after": "7"})
    for response, seconds in ((bare, 2), (told, 7)):
        failure = api.failure(ASKED, response, NOW)
        assert failure is not None
        assert failure.retry_after == timedelta(seconds=seconds)
    assert api.rate(bare, NOW) is None  # type: ignore[func-returns-value]


def test_what_is_not_verified_does_not_break_the_rest() -> None:
    """No list of deleted opportunities, no webhooks in beta: everything else goes on."""
    deleted = ApiRequest("GET", f"{api.API_BASE}/opportunities/deleted")
    assert api.failure(deleted, answer({}, 404), NOW) is None
    assert api.failure(deleted, answer({}, 403), NOW)
    for event, is_fine in (("interviewCreated", True), ("candidateHired", False)):
        made = ApiRequest("POST", f"{api.API_BASE}/webhooks", json={"event": event})
        assert (api.failure(made, answer({}, 400), NOW) is None) is is_fine
        assert api.failure(made, answer({}, 401), NOW)


def test_the_check_asks_about_nobody() -> None:
    """That nobody is not found shows that asking is allowed."""
    for request in setup.check_requests().values():
        if "0000" in request.url:
            assert api.failure(request, answer({}, 404), NOW) is None
        refused = api.failure(request, answer({}, 403), NOW)
        assert refused is not None
        assert refused.kind is FailureKind.SCOPE


# Writing


def test_a_note_is_written_as_its_user_and_notifies_nobody() -> None:
    """An @ in a note would call a user of Lever by name."""
    target = Target("ignored", ONE, "u-1")
    request = api.note_request(target, "To noemi@example.com by @anna, at 5 @ noon. hb-1")
    assert request.url == f"{api.API_BASE}/opportunities/{ONE}/notes"
    assert request.params == (("perform_as", "u-1"),)
    body = request.json or {}
    assert body["value"] == "To noemi@\u2060example.com by @\u2060anna, at 5 @ noon. hb-1"
    assert body["notifyFollowers"] is False
    assert api.note_request(Target(ONE), "x").params == ()
    with pytest.raises(Unprocessable):
        api.note_request(Target("../x"), "x")


def test_a_note_is_found_by_its_whole_marker() -> None:
    """In the fields, as recorded; a longer marker is another."""
    notes: list[Json] = [
        {"id": "n-1", "fields": [{"value": "hb-12"}, {"value": None}]},
        {"id": "n-2", "fields": [{"value": "Sent. [hb-1]"}]},
    ]
    assert api.marker_in(notes, "hb-1") == "n-2"
    assert api.marker_in(notes, "hb-2") is None
    assert api.created_id(answer({"data": {"noteId": "n-3"}}, 201)) == "n-3"
    assert api.created_id(answer({"data": {"id": "n-4", "fields": []}}, 201)) == "n-4"


def test_a_tag_is_looked_for_before_it_is_added() -> None:
    """After any fault it begins anew, and writes nothing twice."""
    write = Write(WriteKind.TAG, Target(ONE, ONE, "u-1"), "hb-1", "s-1", " Silver medal ")
    first = api.write_step(write, {})
    assert isinstance(first, Ask)
    assert first.requests[0].url == f"{api.API_BASE}/opportunities/{ONE}"
    put = api.write_step(write, {"opportunity": [{"id": ONE, "tags": ["silver medal"]}]})
    assert isinstance(put, Put)
    assert put.request.json == {"tags": ["Silver medal"]}
    assert put.request.params == (("perform_as", "u-1"),)
    assert api.write_step(write, {"opportunity": [{"tags": ["Silver medal"]}]}) == Done()
    assert api.write_step(write, {"opportunity": [{"tags": []}], "tagged": []}) == Done()


# Connecting


def test_webhooks_are_made_one_by_one_and_their_tokens_kept() -> None:
    """Those that are there already are kept; an event in beta may be refused."""
    assert isinstance(setup.create_step(URL, "", {}), Ask)
    other = {"event": "candidateHired", "url": "https://elsewhere.example.com"}
    answers: dict[str, list[Json]] = {"webhooks": [{"event": "candidateDeleted", "url": URL}, other]}
    made = []
    while isinstance(step := setup.create_step(URL, "", answers), Put):
        body = step.request.json or {}
        made.append(body["event"])
        assert body["url"] == URL
        token = {"configuration": {"signatureToken": f"token of {body['event']}"}}
        answers[step.resource] = [] if body["event"] == "interviewDeleted" else [token]
    assert made == [event for event in setup.WEBHOOKS if event != "candidateDeleted"]
    assert isinstance(step, Done)
    assert step.secrets == tuple(f"token of {event}" for event in made[:-1])


def test_missing_webhooks_and_silent_origins_are_found() -> None:
    """A webhook elsewhere is not ours; events in beta may be missing."""
    origins = {"conditions": {"origins": ["applied"]}}
    rows: list[Json] = [
        {"event": event, "url": URL, "configuration": {"conditions": {"origins": list(setup.ORIGINS)}}}
        for event in setup.WEBHOOKS
        if not event.startswith("interview")
    ]
    assert setup.webhook_findings({"webhooks": rows}, URL) == []
    (found,) = setup.webhook_findings({"webhooks": [*rows[1:], {**rows[0], "url": "https://x"}]}, URL)
    assert str(rows[0]["event"]) in found
    (found,) = setup.webhook_findings({"webhooks": [{**rows[0], "configuration": origins}, *rows[1:]]}, URL)
    assert "referred" in found
    assert any(URL in line for line in setup.by_hand(URL))
