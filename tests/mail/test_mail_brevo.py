"""What we ask of Brevo, and what we understand of its answers."""

import json
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InvalidAddress, UnsafeHeader
from app.mail import brevo
from app.mail.brevo import REPEAT_WITHIN, BrevoSettings, build, found, look_up, parse
from app.mail.outbound import Address, Attachment, Outcome, OutcomeKind
from app.mail.provider import MailRequest, Provider
from tests.mail.letters import LONG_LINK, RICH
from tests.mail.samples import answers

SHARED = Path(__file__).parents[2].parent / "shared" / "payloads" / "mail" / "brevo"
SETTINGS = BrevoSettings()
A, N, P, C, U = (
    OutcomeKind.ACCEPTED,
    OutcomeKind.NOT_SENT,
    OutcomeKind.PERMANENT,
    OutcomeKind.CONFIGURATION,
    OutcomeKind.AMBIGUOUS,
)
HTML = b"<html><body>Bad gateway</body></html>"
ID = "<202611240930.1@smtp-relay.mail.example>"


def answer(status: int, body: object, **headers: str) -> Outcome:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return parse(status, {name.replace("_", "-"): value for name, value in headers.items()}, raw)


def fields(request: MailRequest) -> dict[str, Any]:
    return dict(json.loads(request.body))


def test_the_exact_request_for_a_rich_message() -> None:
    """One recipient, tracking declined, the opaque id in tag, key and custom header, no secret."""
    request = build(RICH, SETTINGS)
    assert (request.method, request.url) == ("POST", "https://api.brevo.com/v3/smtp/email")
    assert request.headers == (("Accept", "application/json"), ("Content-Type", "application/json"))
    body = fields(request)
    key = body["headers"].pop("idempotencyKey")
    assert str(UUID(key)) == key
    assert body == {
        "sender": {"email": "talent@talent.example", "name": 'Øster, Åse "Bo" (Talent)'},
        "to": [
            {"email": "Joerg.Weiss@mail.example", "name": "Weiß, Jörg", "contactPixelTrackingConsent": False}
        ],
        "replyTo": {"email": "reply+a2b3@reply.talent.example", "name": "Talent, Team"},
        "subject": RICH.subject,
        "htmlContent": RICH.html,
        "textContent": RICH.text,
        "headers": {
            "Message-Id": RICH.message_id,
            "In-Reply-To": RICH.in_reply_to,
            "References": " ".join(RICH.references),
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "OOF, AutoReply",
            "List-Unsubscribe": f"<{LONG_LINK}>, <mailto:stop@talent.example>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "X-Mailin-custom": f"hb_send:{RICH.send_id}",
        },
        "tags": [f"hb-{RICH.send_id}"],
    }
    assert all(value.isascii() for value in body["headers"].values())


def test_a_text_becomes_the_html_that_brevo_demands() -> None:
    """Without HTML Brevo refuses; what is made says the same and nothing in it is markup."""
    body = fields(build(replace(RICH, html="", text="Hello <b>Jörg</b>\n& more"), SETTINGS))
    assert body["textContent"] == "Hello <b>Jörg</b>\n& more"
    assert "Hello &lt;b&gt;Jörg&lt;/b&gt;\n&amp; more" in body["htmlContent"]


def test_names_that_brevo_refuses_stay_away_and_files_go_along() -> None:
    """Names beyond 70 characters are left out, the address stays."""
    file = Attachment("visit.ics", "text/calendar", b"BEGIN\r\n")
    long = replace(RICH, to=Address("J" * 71, "jo@mail.example"), reply_to=None, attachments=(file,))
    body = fields(build(long, SETTINGS))
    assert body["to"] == [{"email": "jo@mail.example", "contactPixelTrackingConsent": False}]
    assert body["attachment"] == [{"name": "visit.ics", "content": b64encode(b"BEGIN\r\n").decode()}]
    assert "replyTo" not in body
    assert fields(build(replace(long, to=Address("J" * 70, "jo@mail.example")), SETTINGS))["to"][0]["name"]


def test_the_same_message_is_the_same_request_under_the_same_key() -> None:
    """Bytes and key depend on the message alone; the key is used well within its shortest documented life."""
    assert build(RICH, SETTINGS) == build(RICH, SETTINGS)
    assert MailRequest.from_bytes(build(RICH, SETTINGS).to_bytes()) == build(RICH, SETTINGS)
    keys = {
        fields(build(replace(RICH, send_id=f"del_{n}"), SETTINGS))["headers"]["idempotencyKey"]
        for n in (1, 2)
    }
    assert len(keys) == 2
    assert timedelta(minutes=5) < REPEAT_WITHIN < timedelta(minutes=15)


def test_unsafe_values_never_reach_the_request() -> None:
    """JSON carries line breaks; mail headers must not."""
    for bad in ("a\r\nBcc: x@evil.example", "a\x00", "a\u202e", "\ud800"):
        with pytest.raises(UnsafeHeader):
            build(replace(RICH, subject=bad), SETTINGS)
        with pytest.raises(UnsafeHeader):
            build(replace(RICH, to=Address(bad, "a@mail.example")), SETTINGS)
        with pytest.raises(UnsafeHeader):
            build(replace(RICH, attachments=(Attachment(bad, "text/plain", b""),)), SETTINGS)
    with pytest.raises(UnsafeHeader):
        build(replace(RICH, html="\ud800"), SETTINGS)
    with pytest.raises(InvalidAddress):
        build(replace(RICH, to=Address("", "a@mail.example, b@mail.example")), SETTINGS)
    with pytest.raises(UnsafeHeader):
        look_up("a&limit=5000", SETTINGS)


@pytest.mark.parametrize(
    ("status", "code", "message", "kind", "dead"),
    [
        (400, "duplicate_parameter", "Duplicate request: idempotencyKey already used", A, False),
        (400, "duplicate_request", "?", A, False),
        (400, "invalid_parameter", "valid sender email required", C, False),
        (400, "invalid_parameter", "email is not valid in to", P, True),
        (400, "invalid_parameter", "valid subject required", P, False),
        (400, "missing_parameter", "htmlContent is missing", P, False),
        (400, "out_of_range", "name is too long", P, False),
        (400, "bad_request", "?", P, False),
        (400, "something_new", "?", P, False),
        (422, "unprocessable_entity", "?", P, False),
        (422, "something_new", "?", P, False),
        (401, "unauthorized", "Key not found", C, False),
        (401, "something_new", "?", C, False),
        (401, "invalid_parameter", "to jo@mail.example", C, False),
        (402, "not_enough_credits", "You do not have enough credits", C, False),
        (403, "permission_denied", "?", C, False),
        (403, "account_under_validation", "?", C, False),
        (400, "account_under_validation", "?", C, False),
        (404, "document_not_found", "?", C, False),
        (405, "method_not_allowed", "?", C, False),
        (406, "not_acceptable", "?", C, False),
        (418, "something_new", "?", C, False),
        (429, "too_many_requests", "Rate limit exceeded", N, False),
        (429, "something_new", "?", N, False),
        (500, "invalid_parameter", "email is not valid in to", U, False),
        (500, "duplicate_parameter", "?", U, False),
        (503, "something_new", "?", U, False),
    ],
)
def test_each_documented_error_is_classed(
    *, status: int, code: str, message: str, kind: OutcomeKind, dead: bool
) -> None:
    """Account and key stop the route, a used key is an acceptance, 5xx is unknown; no address is repeated."""
    outcome = answer(status, {"code": code, "message": f"{message} jo@mail.example"})
    assert (outcome.kind, outcome.suppress) == (kind, dead)
    assert outcome.detail
    assert "@" not in outcome.detail


@pytest.mark.parametrize(
    ("status", "body", "kind", "provider_id"),
    [
        (201, {"messageId": ID}, A, ID.strip("<>")),
        (202, {"messageId": ID, "batchId": "x"}, A, ID.strip("<>")),
        (201, {"messageIds": [ID, "<other@mail.example>"]}, A, ID.strip("<>")),
        (201, {"messageIds": []}, U, None),
        (201, {"messageId": ""}, U, None),
        (201, {"messageId": "<>"}, U, None),
        (201, {"messageId": 7}, U, None),
        (201, [{"messageId": ID}], U, None),
        (200, HTML, U, None),
        (201, b"", U, None),
        (201, b"[" * 100_000, U, None),
    ],
)
def test_success_must_look_like_success(
    status: int, body: object, kind: OutcomeKind, provider_id: str | None
) -> None:
    """The id is kept without its brackets, as receipts have it; a status alone proves nothing."""
    outcome = answer(status, body)
    assert (outcome.kind, outcome.provider_id) == (kind, provider_id)


@pytest.mark.parametrize(
    ("status", "kind"),
    [(302, C), (400, C), (403, C), (404, C), (408, U), (413, P), (429, N), (500, U), (522, U)],
)
def test_a_page_from_something_in_between(status: int, kind: OutcomeKind) -> None:
    """Only Brevo can refuse a message: other 4xx stop the route, 5xx are unknown."""
    assert answer(status, HTML).kind is kind
    assert answer(status, {"error": "from a proxy"}).kind is kind


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry_after": "7", "x_sib_ratelimit_reset": "2"}, 7),
        ({"x_sib_ratelimit_reset": "2"}, 2),
        ({"x_sib_ratelimit_reset": "soon"}, None),
        ({}, None),
    ],
)
def test_the_wait_that_is_asked_for(headers: dict[str, str], seconds: int | None) -> None:
    """Retry-After, else Brevo's own header."""
    wait = answer(429, {"code": "too_many_requests", "message": "?"}, **headers).retry_after
    assert wait == (None if seconds is None else timedelta(seconds=seconds))


def test_the_report_is_asked_by_our_tag() -> None:
    """No personal data in the address."""
    request = look_up("del_01", SETTINGS)
    assert request is not None
    where = urlsplit(request.url)
    assert (request.method, where.netloc, where.path) == (
        "GET",
        "api.brevo.com",
        "/v3/smtp/statistics/events",
    )
    assert parse_qs(where.query) == {"limit": ["50"], "offset": ["0"], "days": ["3"], "tags": ["hb-del_01"]}


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, {}, None),
        (200, {"events": []}, None),
        (200, {"events": [{"messageId": ID, "event": "requests", "tag": "hb-del_1"}]}, A),
        (200, {"events": [{"messageId": ID, "event": "requests", "tag": '["x","hb-del_1"]'}]}, A),
        (200, {"events": [{"event": "blocked", "tags": ["hb-del_1"]}]}, A),
        (200, {"events": [{"messageId": ID, "tag": "hb-del_12"}]}, U),
        (200, {"events": [{"messageId": ID, "tag": "["}, {"tag": "[" * 50_000}, "?", {"tags": [7]}]}, U),
        (200, {"count": 0}, U),
        (200, {"events": {}}, U),
        (200, HTML, U),
        (401, {"code": "unauthorized"}, U),
        (429, {"code": "too_many_requests"}, U),
        (500, {"events": []}, U),
    ],
)
def test_the_report_only_counts_with_our_tag(status: int, body: object, kind: OutcomeKind | None) -> None:
    """A report that ignored our filter, or failed, settles nothing."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    outcome = found("del_1", status, {}, raw)
    assert (outcome.kind if outcome else None) is kind


@given(
    status=st.integers(100, 599),
    body=st.binary(max_size=60) | st.from_regex(rb'\{"(code|messageId)":.{0,20}\}'),
)
def test_no_answer_is_too_odd(status: int, body: bytes) -> None:
    """Whatever comes back is an outcome, and only a well-formed success or a used key is accepted."""
    outcome = parse(status, {}, body)
    assert outcome.kind is not A or status < 500
    assert outcome.kind is not A or outcome.provider_id or b"duplicate_" in body
    settled = found("del_1", status, {}, body)
    assert settled is None or settled.kind is U


def test_the_file_has_the_shape_of_a_provider() -> None:
    """The module itself is a provider."""
    provider: Provider[BrevoSettings] = brevo
    assert provider.REPEAT_WITHIN == REPEAT_WITHIN


@pytest.mark.parametrize("sample", list(answers("brevo")))
def test_shared_answers(sample: dict[str, Any]) -> None:
    """Every shared sample is classed as its note says; what an operator must act on stops the route."""
    outcome = answer(sample["status"], sample["body"], **sample["headers"])
    note = sample["classify"]
    if note.startswith(("accepted", "the FIRST request was accepted")):
        assert outcome.kind is A
    elif "config" in note or "operator action" in note:
        assert outcome.kind is C
    else:
        assert note == "transient-not-sent"
        assert (outcome.kind, outcome.retry_after) == (N, timedelta(seconds=1))
