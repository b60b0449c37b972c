"""What we ask of Resend, and what we understand of its answers."""

import json
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InvalidAddress, UnsafeHeader
from app.mail import resend
from app.mail.outbound import Address, Attachment, Outcome, OutcomeKind
from app.mail.provider import MailRequest, Provider
from app.mail.resend import REPEAT_WITHIN, ResendSettings, build, found, look_up, parse
from tests.mail.letters import LONG_LINK, RICH
from tests.mail.samples import answers
from tests.mail.schemas import complaints

ROOM = Path(__file__).parents[2].parent / "shared"
SHARED = ROOM / "payloads" / "mail" / "resend"
DOCUMENT = ROOM / "specs" / "resend.json"
SETTINGS = ResendSettings()
A, N, P, C, U = (
    OutcomeKind.ACCEPTED,
    OutcomeKind.NOT_SENT,
    OutcomeKind.PERMANENT,
    OutcomeKind.CONFIGURATION,
    OutcomeKind.AMBIGUOUS,
)
HTML = b"<html><body>Bad gateway</body></html>"
WITH_FILE = replace(
    RICH, attachments=(Attachment("visit.ics", "text/calendar; charset=utf-8; method=PUBLISH", b"BEGIN\r\n"),)
)


def answer(status: int, body: object, **headers: str) -> Outcome:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return parse(status, {name.replace("_", "-"): value for name, value in headers.items()}, raw)


def test_the_exact_request_for_a_rich_message() -> None:
    """One recipient, the opaque id as the only tag and in the key, the headers that matter, no secret."""
    request = build(RICH, SETTINGS)
    assert (request.method, request.url) == ("POST", "https://api.resend.com/emails")
    assert request.headers == (
        ("Accept", "application/json"),
        ("Content-Type", "application/json"),
        ("Idempotency-Key", f"heardback/{RICH.send_id}"),
    )
    assert json.loads(request.body) == {
        "from": '"Øster, Åse \\"Bo\\" (Talent)" <talent@talent.example>',
        "to": ['"Weiß, Jörg" <Joerg.Weiss@mail.example>'],
        "reply_to": ['"Talent, Team" <reply+a2b3@reply.talent.example>'],
        "subject": RICH.subject,
        "text": RICH.text,
        "html": RICH.html,
        "headers": {
            "Message-ID": RICH.message_id,
            "In-Reply-To": RICH.in_reply_to,
            "References": " ".join(RICH.references),
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "OOF, AutoReply",
            "List-Unsubscribe": f"<{LONG_LINK}>, <mailto:stop@talent.example>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
        "tags": [{"name": "hb_send", "value": RICH.send_id}],
    }


def test_a_file_goes_with_its_bare_type() -> None:
    """Resend drops a file without a word where type and extension seem to differ."""
    assert json.loads(build(WITH_FILE, SETTINGS).body)["attachments"] == [
        {
            "filename": "visit.ics",
            "content": b64encode(b"BEGIN\r\n").decode(),
            "content_type": "text/calendar",
        }
    ]


@pytest.mark.skipif(not DOCUMENT.exists(), reason="Resend's OpenAPI document is not here")
def test_the_request_is_what_the_published_document_describes() -> None:
    """Every field is known to Resend and of its type; the key fits its header."""
    document = json.loads(DOCUMENT.read_text())
    operation = document["paths"]["/emails"]["post"]
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    for envelope in (RICH, WITH_FILE, replace(RICH, html="", reply_to=None)):
        request = build(envelope, SETTINGS)
        assert complaints(json.loads(request.body), schema, document) == []
        limit = next(p for p in operation["parameters"] if p["name"] == "Idempotency-Key")["schema"]
        assert 1 <= len(dict(request.headers)["Idempotency-Key"]) <= limit["maxLength"]
    assert complaints({"from": 1, "tag": []}, schema, document)


def test_the_same_message_is_the_same_request_under_the_same_key() -> None:
    """Bytes and key depend on the message alone, so a repeat is known as one; another message has another."""
    assert build(RICH, SETTINGS) == build(RICH, SETTINGS)
    assert MailRequest.from_bytes(build(RICH, SETTINGS).to_bytes()) == build(RICH, SETTINGS)
    other = build(replace(RICH, send_id="del_2"), SETTINGS)
    assert dict(other.headers)["Idempotency-Key"] == "heardback/del_2"
    assert timedelta(0) < REPEAT_WITHIN < timedelta(hours=24)


def test_unsafe_values_never_reach_the_request() -> None:
    """JSON carries line breaks; mail headers and keys must not."""
    for bad in ("a\r\nBcc: x@evil.example", "a\x00", "a\u202e", "\ud800"):
        with pytest.raises(UnsafeHeader):
            build(replace(RICH, subject=bad), SETTINGS)
        with pytest.raises(UnsafeHeader):
            build(replace(RICH, to=Address(bad, "a@mail.example")), SETTINGS)
        with pytest.raises(UnsafeHeader):
            build(replace(RICH, send_id=bad), SETTINGS)
        with pytest.raises(UnsafeHeader):
            build(replace(RICH, attachments=(Attachment(bad, "text/plain", b""),)), SETTINGS)
    with pytest.raises(UnsafeHeader):
        build(replace(RICH, text="\ud800"), SETTINGS)
    with pytest.raises(InvalidAddress):
        build(replace(RICH, to=Address("", "a@mail.example, b@mail.example")), SETTINGS)


@pytest.mark.parametrize(
    ("status", "name", "message", "kind", "suppress"),
    [
        (400, "invalid_idempotency_key", "The key must be between 1 and 256 characters.", C, False),
        (400, "validation_error", "We found an error with one or more fields.", P, False),
        (401, "missing_api_key", "Missing API key.", C, False),
        (401, "restricted_api_key", "This API key may only send.", C, False),
        (403, "invalid_api_key", "API key is invalid.", C, False),
        (403, "suspended_api_key", "Suspended.", C, False),
        (403, "invalid_permission", "Not allowed.", C, False),
        (403, "email_above_quota", "Above quota.", C, False),
        (403, "validation_error", "The talent.example domain is not verified.", C, False),
        (403, "validation_error", "You can only send to your own address, a@b.example, in `to`.", C, False),
        (404, "not_found", "The requested endpoint does not exist.", C, False),
        (405, "method_not_allowed", "Method is not allowed.", C, False),
        (409, "invalid_idempotent_request", "Same key, other payload.", A, False),
        (409, "concurrent_idempotent_requests", "In progress.", U, False),
        (409, "resource_locked", "Locked.", N, False),
        (409, "something_new", "?", U, False),
        (422, "validation_error", "Invalid `to` field: jo@mail.example.", P, True),
        (422, "validation_error", "Invalid `from` field.", P, False),
        (422, "validation_error", "Invalid `reply_to` field.", P, False),
        (422, "missing_required_field", "Missing `subject` field.", P, False),
        (422, "missing_required_parameter", "Missing parameter.", P, False),
        (422, "invalid_parameter", "Not a UUID.", P, False),
        (422, "invalid_attachment", "Attachment must have content or path.", P, False),
        (422, "something_new", "?", P, False),
        (429, "rate_limit_exceeded", "Too many requests.", N, False),
        (429, "daily_quota_exceeded", "Daily quota.", N, False),
        (429, "monthly_quota_exceeded", "Monthly quota.", C, False),
        (429, "something_new", "?", N, False),
        (451, "security_error", "A security issue.", C, False),
        (500, "application_error", "Unexpected.", U, False),
        (500, "validation_error", "Invalid `to` field.", U, False),
        (503, "service_unavailable", "Away.", U, False),
    ],
)
def test_each_documented_error_is_classed(
    *, status: int, name: str, message: str, kind: OutcomeKind, suppress: bool
) -> None:
    """The status decides, then the name; only an unusable recipient suppresses; no address is repeated."""
    outcome = answer(status, {"statusCode": status, "name": name, "message": message})
    assert (outcome.kind, outcome.suppress) == (kind, suppress)
    assert outcome.detail
    assert "@" not in outcome.detail


@pytest.mark.parametrize(
    ("body", "kind", "provider_id"),
    [
        ({"id": "4ef9a417"}, A, "4ef9a417"),
        ({"id": ""}, U, None),
        ({"id": 7}, U, None),
        ({"data": [{"id": "4ef9a417"}]}, U, None),
        ([{"id": "4ef9a417"}], U, None),
        (HTML, U, None),
        (b"", U, None),
        (b"[" * 100_000, U, None),
    ],
)
def test_success_must_look_like_success(body: object, kind: OutcomeKind, provider_id: str | None) -> None:
    """Status 200 alone proves nothing: a proxy's page is no acceptance."""
    outcome = answer(200, body)
    assert (outcome.kind, outcome.provider_id) == (kind, provider_id)


@pytest.mark.parametrize(
    ("status", "kind"),
    [(302, C), (400, C), (403, C), (404, C), (408, U), (409, C), (413, P), (429, N), (500, U), (522, U)],
)
def test_a_page_from_something_in_between(status: int, kind: OutcomeKind) -> None:
    """Only Resend can refuse a message: other 4xx stop the route, 5xx are unknown."""
    assert answer(status, HTML).kind is kind
    assert answer(status, {"error": "from a proxy"}).kind is kind


@pytest.mark.parametrize(
    ("name", "headers", "wait"),
    [
        ("rate_limit_exceeded", {"retry_after": "7", "ratelimit_reset": "2"}, timedelta(seconds=7)),
        ("rate_limit_exceeded", {"ratelimit_reset": "2"}, timedelta(seconds=2)),
        ("rate_limit_exceeded", {"ratelimit_reset": "soon"}, None),
        ("daily_quota_exceeded", {"ratelimit_reset": "1"}, timedelta(hours=1)),
        ("daily_quota_exceeded", {"retry_after": "60"}, timedelta(minutes=1)),
    ],
)
def test_the_wait_that_is_asked_for(name: str, headers: dict[str, str], wait: timedelta | None) -> None:
    """A rate limit ends within seconds, the day's quota does not."""
    assert answer(429, {"name": name, "message": "?"}, **headers).retry_after == wait


@given(status=st.integers(100, 599), body=st.binary(max_size=60) | st.from_regex(rb'\{"(id|name)":.{0,20}\}'))
def test_no_answer_is_too_odd(status: int, body: bytes) -> None:
    """Whatever comes back is an outcome, and only a well-formed success or a known key is accepted."""
    outcome = parse(status, {}, body)
    assert outcome.kind is not A or status == 409 or (200 <= status < 300 and outcome.provider_id)
    settled = found("del_1", status, {}, body)
    assert settled is not None
    assert settled.kind is U


def test_the_file_has_the_shape_of_a_provider() -> None:
    """The module is a provider; it has no search, and says so."""
    provider: Provider[ResendSettings] = resend
    assert provider.REPEAT_WITHIN == REPEAT_WITHIN
    assert look_up("del_1", SETTINGS) is None


@pytest.mark.parametrize("sample", list(answers("resend")))
def test_shared_answers(sample: dict[str, Any]) -> None:
    """Every shared sample is classed as its note says."""
    body = sample["body"].encode() if isinstance(sample["body"], str) else sample["body"]
    outcome = answer(sample["status"], body, **sample["headers"])
    expected = {"accepted": A, "permanent": P, "config": C, "transient-not-sent": N, "ambiguous": U, "bug": A}
    expected["transient"] = U  # in progress elsewhere: what becomes of it is not known yet
    kinds = (kind for word, kind in expected.items() if sample["classify"].startswith(word))
    assert outcome.kind is next(kinds)
