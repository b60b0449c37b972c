"""What we ask of Postmark, and what we understand of its answers."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InvalidAddress, UnsafeHeader
from app.mail.outbound import Address, MailClass, Outcome, OutcomeKind
from app.mail.postmark import PostmarkSettings, build, found, look_up, parse
from app.mail.provider import MailRequest, Provider
from tests.mail.letters import LONG_LINK, RICH
from tests.mail.samples import answers

SHARED = Path(__file__).parents[2].parent / "shared" / "payloads" / "mail" / "postmark"
SETTINGS = PostmarkSettings()
A, N, P, C, U = (
    OutcomeKind.ACCEPTED,
    OutcomeKind.NOT_SENT,
    OutcomeKind.PERMANENT,
    OutcomeKind.CONFIGURATION,
    OutcomeKind.AMBIGUOUS,
)
HTML = b"<html><body>Bad gateway</body></html>"


def answer(status: int, body: object, **headers: str) -> Outcome:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return parse(status, {name.replace("_", "-"): value for name, value in headers.items()}, raw)


def test_the_exact_request_for_a_rich_message() -> None:
    """Tracking off, our id kept, one recipient, the opaque id as the only metadata, and no secret."""
    request = build(RICH, SETTINGS)
    assert (request.method, request.url) == ("POST", "https://api.postmarkapp.com/email")
    assert request.headers == (("Accept", "application/json"), ("Content-Type", "application/json"))
    assert json.loads(request.body) == {
        "From": '"Øster, Åse \\"Bo\\" (Talent)" <talent@talent.example>',
        "To": '"Weiß, Jörg" <Joerg.Weiss@mail.example>',
        "ReplyTo": '"Talent, Team" <reply+a2b3@reply.talent.example>',
        "Subject": RICH.subject,
        "TextBody": RICH.text,
        "HtmlBody": RICH.html,
        "Headers": [
            {"Name": "Message-ID", "Value": RICH.message_id},
            {"Name": "In-Reply-To", "Value": RICH.in_reply_to},
            {"Name": "References", "Value": " ".join(RICH.references)},
            {"Name": "Auto-Submitted", "Value": "auto-generated"},
            {"Name": "X-Auto-Response-Suppress", "Value": "OOF, AutoReply"},
            {"Name": "List-Unsubscribe", "Value": f"<{LONG_LINK}>, <mailto:stop@talent.example>"},
            {"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"},
            {"Name": "X-PM-KeepID", "Value": "true"},
        ],
        "Metadata": {"hb_send": RICH.send_id},
        "MessageStream": "outbound",
        "TrackOpens": False,
        "TrackLinks": "None",
    }


def test_the_same_message_is_the_same_request_and_can_be_stored() -> None:
    """The bytes are reproducible, and what is stored reads back as the request."""
    assert build(RICH, SETTINGS) == build(RICH, SETTINGS)
    stored = build(RICH, SETTINGS).to_bytes()
    assert MailRequest.from_bytes(stored) == build(RICH, SETTINGS)
    for broken in (b"", b"POST\r\n\r\n", b"POST https://x\r\nNo colon\r\n\r\n", b"\xff https://x\r\n\r\n"):
        with pytest.raises(ValueError, match=r"stored request|codec"):
            MailRequest.from_bytes(broken)


def test_nurture_mail_goes_through_its_own_stream() -> None:
    """The reputation of mail about an application is kept apart."""
    body = json.loads(build(replace(RICH, mail_class=MailClass.NURTURE), SETTINGS).body)
    assert body["MessageStream"] == "broadcast"
    own = PostmarkSettings(stream="hiring", nurture_stream="pool")
    assert json.loads(build(RICH, own).body)["MessageStream"] == "hiring"


def test_unsafe_values_never_reach_the_request() -> None:
    """JSON carries line breaks; mail headers must not."""
    for bad in ("a\r\nBcc: x@evil.example", "a\x00", "a\u202e", "\ud800"):
        with pytest.raises(UnsafeHeader):
            build(replace(RICH, subject=bad), SETTINGS)
        with pytest.raises(UnsafeHeader):
            build(replace(RICH, to=Address(bad, "a@mail.example")), SETTINGS)
    with pytest.raises(UnsafeHeader):
        build(replace(RICH, text="\ud800"), SETTINGS)
    with pytest.raises(InvalidAddress):
        build(replace(RICH, to=Address("", "a@mail.example, b@mail.example")), SETTINGS)
    with pytest.raises(UnsafeHeader):
        look_up("a&count=500", SETTINGS)


@pytest.mark.parametrize(
    ("status", "code", "message", "kind", "suppress"),
    [
        (401, 10, "Bad token", C, False),
        (422, 10, "Bad token", C, False),
        (503, 100, "Maintenance", N, False),
        (422, 100, "Maintenance", N, False),
        (422, 300, "Invalid 'To' address: 'x'.", P, True),
        (422, 300, "Invalid 'From' address: 'x'.", C, False),
        (422, 300, "Invalid 'ReplyTo' address: 'x'.", C, False),
        (422, 300, "Zero recipients specified.", P, False),
        (422, 400, "Sender signature not found.", C, False),
        (422, 401, "Sender signature not confirmed.", C, False),
        (422, 402, "Invalid JSON", C, False),
        (422, 403, "Incompatible JSON", C, False),
        (422, 405, "Out of credits", C, False),
        (422, 406, "Found inactive addresses: sam@mail.example.", P, True),
        (406, 406, "Found inactive addresses: sam@mail.example.", P, True),
        (422, 409, "JSON required", C, False),
        (422, 410, "Too many batch messages", P, False),
        (422, 411, "Forbidden attachment type", P, False),
        (422, 412, "Account is pending", C, False),
        (422, 413, "Account may not send", C, False),
        (429, 429, "Rate limit exceeded", N, False),
        (422, 9999, "Something new", P, False),
        (200, 451, "Something new", P, False),
        (200, 406, "Found inactive addresses: sam@mail.example.", P, True),
        (403, 9999, "Something new", C, False),
        (500, 9999, "Something new", U, False),
        (500, 406, "Found inactive addresses: sam@mail.example.", U, False),
        (500, 0, "", U, False),
    ],
)
def test_each_documented_error_is_classed(
    *, status: int, code: int, message: str, kind: OutcomeKind, suppress: bool
) -> None:
    """The code decides, then the status; only a dead address suppresses; no address gets into the detail."""
    outcome = answer(status, {"ErrorCode": code, "Message": message})
    assert (outcome.kind, outcome.suppress) == (kind, suppress)
    assert "@" not in outcome.detail
    assert outcome.detail


@pytest.mark.parametrize(
    ("body", "kind", "provider_id", "suppress"),
    [
        ({"ErrorCode": 0, "Message": "OK", "MessageID": "m-1", "To": "a@b.example"}, A, "m-1", False),
        ({"Message": "Message accepted, but delivery may be delayed.", "MessageID": "m-2"}, A, "m-2", False),
        (
            {"ErrorCode": 0, "Message": "OK, but will not deliver to x", "MessageID": "m", "To": ""},
            P, "m", True,
        ),
        (
            {"ErrorCode": 0, "Message": "OK, but will not deliver to x", "MessageID": "m", "To": "a@b.c"},
            A, "m", False,
        ),
        ({"ErrorCode": 0, "Message": "OK"}, U, None, False),
        ({"ErrorCode": 0, "MessageID": 7}, U, None, False),
        ({"ErrorCode": "0", "MessageID": "m"}, U, None, False),
        ([{"ErrorCode": 0}], U, None, False),
        (HTML, U, None, False),
        (b"", U, None, False),
        (b"\xff\xfe", U, None, False),
        (b"[" * 100_000, U, None, False),
    ],
)  # fmt: skip
def test_success_must_look_like_success(
    *, body: object, kind: OutcomeKind, provider_id: str | None, suppress: bool
) -> None:
    """Status 200 alone proves nothing: a proxy's page and a batch's answer are no acceptance."""
    outcome = answer(200, body)
    assert (outcome.kind, outcome.provider_id, outcome.suppress) == (kind, provider_id, suppress)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (302, C),
        (400, C),
        (403, C),
        (404, C),
        (407, C),
        (408, U),
        (413, P),
        (429, N),
        (500, U),
        (502, U),
        (522, U),
    ],
)
def test_a_page_from_something_in_between(status: int, kind: OutcomeKind) -> None:
    """Only Postmark can refuse a message: other 4xx stop the route, 5xx are unknown."""
    assert answer(status, HTML).kind is kind


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry_after": "7"}, 7),
        ({"retry_after": "999999"}, 86400),
        ({"retry_after": "9" * 5000}, None),
        ({"retry_after": "-1"}, None),
        ({"retry_after": "²"}, None),
        ({"retry_after": "Tue, 24 Nov 2026 10:00:30 GMT", "date": "Tue, 24 Nov 2026 10:00:00 GMT"}, 30),
        ({"retry_after": "Tue, 24 Nov 2026 09:00:30 GMT", "date": "Tue, 24 Nov 2026 10:00:00 GMT"}, 0),
        ({"retry_after": "Tue, 24 Nov 2026 10:00:30 GMT"}, None),
        ({"retry_after": "soon"}, None),
        ({}, None),
    ],
)
def test_the_wait_that_is_asked_for(headers: dict[str, str], seconds: int | None) -> None:
    """Seconds or a date against the answer's own clock, bounded by a day; nonsense is no wait."""
    outcome = answer(429, {"ErrorCode": 429, "Message": "Rate limit exceeded"}, **headers)
    assert outcome.retry_after == (None if seconds is None else timedelta(seconds=seconds))


@given(status=st.integers(100, 599), body=st.binary(max_size=60) | st.from_regex(rb'\{"ErrorCode":.{0,20}\}'))
def test_no_answer_is_too_odd(status: int, body: bytes) -> None:
    """Whatever comes back is an outcome, and only a well-formed success is accepted."""
    outcome = parse(status, {}, body)
    assert outcome.kind is not A or (200 <= status < 300 and outcome.provider_id)
    assert found("del_1", status, {}, body) != Outcome(A)


def test_the_look_up_asks_by_our_id() -> None:
    """One metadata filter, no personal data in the address."""
    request = look_up("del_01", SETTINGS)
    assert request.method == "GET"
    assert request.url == (
        "https://api.postmarkapp.com/messages/outbound?count=5&offset=0&metadata_hb_send=del_01"
    )


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, {"TotalCount": 0, "Messages": []}, None),
        (200, {"TotalCount": 1, "Messages": [{"MessageID": "m", "Metadata": {"hb_send": "del_1"}}]}, A),
        (200, {"TotalCount": 1, "Messages": [{"MessageID": "m", "Metadata": {"hb_send": "other"}}]}, U),
        (200, {"TotalCount": 1, "Messages": [{"MessageID": "m"}, "?"]}, U),
        (200, {"TotalCount": 0}, U),
        (200, HTML, U),
        (401, {"ErrorCode": 10}, U),
        (429, {"ErrorCode": 429}, U),
        (500, {"TotalCount": 0, "Messages": []}, U),
    ],
)
def test_the_look_up_only_trusts_what_it_asked_for(
    status: int, body: object, expected: OutcomeKind | None
) -> None:
    """A search that ignored our filter, or failed, settles nothing."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    outcome = found("del_1", status, {}, raw)
    assert (outcome.kind if outcome else None) is expected


def test_the_file_has_the_shape_of_a_provider() -> None:
    """The module itself is a provider; the next ones are more files like it."""
    from app.mail import postmark  # noqa: PLC0415 - the module as a value

    provider: Provider[PostmarkSettings] = postmark
    assert provider.look_up("del_1", SETTINGS) is not None


@pytest.mark.parametrize("sample", list(answers("postmark")))
def test_shared_answers(sample: dict[str, Any]) -> None:
    """Every shared sample is classed as its note says."""
    outcome = answer(sample["status"], sample["body"], **sample["headers"])
    note = sample["classify"]
    if note.startswith("accepted"):
        assert outcome.kind is A
    elif "config" in note:
        assert outcome.kind is C
    elif "batch" in note or "item failed" in note:
        assert outcome.kind is U
    else:
        assert outcome.kind is P
    assert outcome.suppress == ("suppression" in note or "(address)" in note)


@pytest.mark.skipif(not SHARED.exists(), reason="the shared samples are not here")
def test_shared_search_answer() -> None:
    """The shared search result is recognised once its metadata key is ours."""
    raw = (SHARED / "api-search-outbound-response.json").read_bytes()
    outcome = found("01JD2Q8Z6W", 200, {}, raw.replace(b'"cfu_send"', b'"hb_send"'))
    assert outcome is not None
    assert outcome.kind is A
    assert outcome.provider_id
