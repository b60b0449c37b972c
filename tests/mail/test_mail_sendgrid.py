"""What we ask of SendGrid, and what we understand of its answers."""

import json
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InvalidAddress, UnsafeHeader, UnsafeSettings
from app.mail import sendgrid
from app.mail.outbound import Address, Attachment, Outcome, OutcomeKind
from app.mail.provider import MailRequest, Provider
from app.mail.sendgrid import SendGridSettings, build, confirmed, details, found, look_up, parse, sent_id
from tests.mail.letters import LONG_LINK, RICH
from tests.mail.samples import answers
from tests.mail.schemas import complaints

ROOT = Path(__file__).parents[2].parent / "shared"
SHARED = ROOT / "payloads" / "mail" / "sendgrid"
SPEC = ROOT / "specs" / "sendgrid.json"
SETTINGS = SendGridSettings()
A, N, P, C, U = (
    OutcomeKind.ACCEPTED,
    OutcomeKind.NOT_SENT,
    OutcomeKind.PERMANENT,
    OutcomeKind.CONFIGURATION,
    OutcomeKind.AMBIGUOUS,
)
HTML = b"<html><body>Bad gateway</body></html>"
ID = "pPq7TfJsS5uoWx0PmsY9bg"


def answer(status: int, body: object = b"", **headers: str) -> Outcome:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return parse(status, {name.replace("_", "-"): value for name, value in headers.items()}, raw)


def errors(*fields: str | None) -> dict[str, Any]:
    return {"errors": [{"message": "jo@mail.example is wrong", "field": field} for field in fields]}


def fields(request: MailRequest) -> dict[str, Any]:
    return dict(json.loads(request.body))


def test_the_exact_request_for_a_rich_message() -> None:
    """One recipient, all tracking off, the opaque id as argument and category, no secret."""
    request = build(RICH, SETTINGS)
    assert (request.method, request.url) == ("POST", "https://api.sendgrid.com/v3/mail/send")
    assert request.headers == (("Accept", "application/json"), ("Content-Type", "application/json"))
    off = {"enable": False}
    assert fields(request) == {
        "personalizations": [
            {
                "to": [{"email": "Joerg.Weiss@mail.example", "name": "Weiß, Jörg"}],
                "custom_args": {"hb_send": RICH.send_id},
            }
        ],
        "from": {"email": "talent@talent.example", "name": 'Øster, Åse "Bo" (Talent)'},
        "reply_to": {"email": "reply+a2b3@reply.talent.example", "name": "Talent, Team"},
        "subject": RICH.subject,
        "content": [
            {"type": "text/plain", "value": RICH.text},
            {"type": "text/html", "value": RICH.html},
        ],
        "headers": {
            "Message-ID": RICH.message_id,
            "In-Reply-To": RICH.in_reply_to,
            "References": " ".join(RICH.references),
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "OOF, AutoReply",
            "List-Unsubscribe": f"<{LONG_LINK}>, <mailto:stop@talent.example>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
        "categories": [f"hb-{RICH.send_id}"],
        "tracking_settings": {
            "click_tracking": {"enable": False, "enable_text": False},
            "open_tracking": off,
            "subscription_tracking": off,
            "ganalytics": off,
        },
        "mail_settings": {"sandbox_mode": off},
    }


@pytest.mark.skipif(not SPEC.exists(), reason="SendGrid's OpenAPI document is not here")
def test_the_request_is_what_the_published_schema_says() -> None:
    """Checked against SendGrid's own OpenAPI document."""
    document = json.loads(SPEC.read_text())
    told = document["components"]["requestBodies"]["PostMailSend"]["content"]["application/json"]
    file = Attachment("visit.ics", "text/calendar", b"BEGIN")
    for envelope in (RICH, replace(RICH, attachments=(file,), reply_to=None)):
        assert complaints(fields(build(envelope, SETTINGS)), told["schema"], document) == []


def test_only_what_there_is_goes_along() -> None:
    """SendGrid refuses empty values, and a file's type with parameters."""
    file = Attachment("visit.ics", "text/calendar; method=REQUEST", b"BEGIN\r\n")
    body = fields(build(replace(RICH, html="", reply_to=None, attachments=(file,)), SETTINGS))
    assert body["content"] == [{"type": "text/plain", "value": RICH.text}]
    assert "reply_to" not in body
    assert body["attachments"] == [
        {
            "content": b64encode(b"BEGIN\r\n").decode(),
            "type": "text/calendar",
            "filename": "visit.ics",
            "disposition": "attachment",
        }
    ]
    bare = replace(RICH, to=Address("", "jo@mail.example"), text="")
    assert fields(build(bare, SETTINGS))["personalizations"][0]["to"] == [{"email": "jo@mail.example"}]
    assert [part["type"] for part in fields(build(bare, SETTINGS))["content"]] == ["text/html"]


def test_the_same_message_is_the_same_request() -> None:
    """What is stored before the attempt can be built again."""
    assert MailRequest.from_bytes(build(RICH, SETTINGS).to_bytes()) == build(RICH, SETTINGS)


def test_unsafe_values_never_reach_the_request() -> None:
    """JSON carries line breaks; mail headers must not."""
    for bad in ("a\r\nBcc: x@evil.example", "a\x00", "a\u202e", "\ud800"):
        for wrong in (
            replace(RICH, subject=bad),
            replace(RICH, to=Address(bad, "a@mail.example")),
            replace(RICH, attachments=(Attachment(bad, "text/plain", b""),)),
            replace(RICH, attachments=(Attachment("a", bad, b""),)),
        ):
            with pytest.raises(UnsafeHeader):
                build(wrong, SETTINGS)
    with pytest.raises(UnsafeHeader):
        build(replace(RICH, html="\ud800"), SETTINGS)
    with pytest.raises(InvalidAddress):
        build(replace(RICH, to=Address("", "a@mail.example, b@mail.example")), SETTINGS)
    with pytest.raises(UnsafeHeader):
        look_up("x') OR subject = ('", SETTINGS)


def test_regions_are_a_closed_list() -> None:
    """Credentials go to SendGrid and nowhere else."""
    assert build(RICH, SendGridSettings("eu")).url == "https://api.eu.sendgrid.com/v3/mail/send"
    with pytest.raises(UnsafeSettings):
        SendGridSettings("mars")


@pytest.mark.parametrize(
    ("status", "body", "kind", "dead"),
    [
        (400, errors("personalizations.0.to.0.email"), P, True),
        (400, errors("from.email"), C, False),
        (400, errors("personalizations.0.to.0.email", "from"), C, False),
        (400, errors("reply_to.email"), C, False),
        (400, errors("reply_to_list"), C, False),
        (400, errors("content.0.value"), P, False),
        (400, errors("personalizations.0.custom_args.email_x"), P, False),
        (400, errors(None), P, False),
        (400, {"errors": ["?"]}, P, False),
        (401, errors(None), C, False),
        (402, errors(None), C, False),
        (403, errors("from"), C, False),
        (404, errors(None), C, False),
        (405, errors(None), C, False),
        (406, errors(None), C, False),
        (408, errors(None), U, False),
        (413, errors(None), P, False),
        (415, errors(None), C, False),
        (418, errors(None), C, False),
        (429, errors(None), N, False),
        (451, errors(None), C, False),
        (500, errors("personalizations.0.to.0.email"), U, False),
        (503, errors(None), U, False),
    ],
)
def test_each_documented_error_is_classed(
    *, status: int, body: object, kind: OutcomeKind, dead: bool
) -> None:
    """Account, key and sender stop the route, 5xx is unknown; no address is repeated."""
    outcome = answer(status, body)
    assert (outcome.kind, outcome.suppress) == (kind, dead)
    assert outcome.detail
    assert "@" not in outcome.detail


@pytest.mark.parametrize(
    ("status", "body", "headers", "kind"),
    [
        (202, b"", {"x_message_id": ID}, A),
        (202, b"", {}, U),
        (202, HTML, {"x_message_id": " "}, U),
        (200, b"", {}, C),
        (200, b"", {"x_message_id": ID}, U),
        (200, HTML, {}, U),
        (204, b"", {"x_message_id": ID}, U),
    ],
)
def test_success_must_look_like_success(
    status: int, body: bytes, headers: dict[str, str], kind: OutcomeKind
) -> None:
    """202 with an id is taken; an empty 200 is the sandbox, which sends nothing; the rest proves nothing."""
    outcome = answer(status, body, **headers)
    assert outcome.kind is kind
    assert outcome.provider_id == (ID if kind is A else None)


@pytest.mark.parametrize(
    ("status", "kind"),
    [(302, C), (400, C), (401, C), (403, C), (404, C), (408, U), (413, P), (429, N), (500, U), (522, U)],
)
def test_a_page_from_something_in_between(status: int, kind: OutcomeKind) -> None:
    """Only SendGrid can refuse a message: other 4xx stop the route, 5xx are unknown."""
    assert answer(status, HTML).kind is kind
    assert answer(status, {"errors": "from a proxy"}).kind is kind


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry_after": "7", "x_ratelimit_reset": "1795510830"}, 7),
        ({"x_ratelimit_reset": "1795510830", "date": "Tue, 24 Nov 2026 09:00:00 GMT"}, 30),
        ({"x_ratelimit_reset": "1795510700", "date": "Tue, 24 Nov 2026 09:00:00 GMT"}, 0),
        ({"x_ratelimit_reset": "1995510700", "date": "Tue, 24 Nov 2026 09:00:00 GMT"}, 86_400),
        ({"x_ratelimit_reset": "1795510830"}, None),
        ({"x_ratelimit_reset": "soon", "date": "Tue, 24 Nov 2026 09:00:00 GMT"}, None),
        ({}, None),
    ],
)
def test_the_wait_that_is_asked_for(headers: dict[str, str], seconds: int | None) -> None:
    """Retry-After, else the reset against the answer's own date, so that clocks need not agree."""
    wait = answer(429, errors(None), **headers).retry_after
    assert wait == (None if seconds is None else timedelta(seconds=seconds))


def test_the_logs_are_asked_by_our_category() -> None:
    """No personal data in the question."""
    request = look_up("del_01", SETTINGS)
    assert (request.method, request.url) == ("POST", "https://api.sendgrid.com/v3/logs")
    assert fields(request) == {"query": "categories IN ('hb-del_01')", "limit": 2}
    assert details("a/b?c.d", SETTINGS).url == "https://api.sendgrid.com/v3/logs/a%2Fb%3Fc.d"


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, {"messages": []}, None),
        (200, {"messages": [{"sg_message_id": f"{ID}.filter1"}]}, A),
        (200, {"messages": [{"sg_message_id": "a"}, {"sg_message_id": "b"}]}, U),
        (200, {"messages": [{"sg_message_id": ""}]}, U),
        (200, {"messages": [{}]}, U),
        (200, {"messages": ["?"]}, U),
        (200, {"messages": None}, U),
        (200, HTML, U),
        (400, errors(None), U),
        (403, errors(None), U),
        (500, {"messages": []}, U),
    ],
)
def test_what_the_logs_find(status: int, body: object, kind: OutcomeKind | None) -> None:
    """A search that failed, or ignored our filter, settles nothing."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    outcome = found("del_1", status, {}, raw)
    assert (outcome.kind if outcome else None) is kind


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, {"sg_message_id": f"{ID}.filter1", "custom_args": {"hb_send": "del_1"}}, A),
        (200, {"sg_message_id": f"{ID}.filter1", "custom_args": {"hb_send": "del_12"}}, U),
        (200, {"custom_args": None}, U),
        (200, HTML, U),
        (404, errors(None), U),
        (500, {"custom_args": {"hb_send": "del_1"}}, U),
    ],
)
def test_only_details_with_our_id_confirm(status: int, body: object, kind: OutcomeKind) -> None:
    """What the logs found is ours when its custom argument says so."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    outcome = confirmed("del_1", status, {}, raw)
    assert outcome.kind is kind
    assert outcome.provider_id == (ID if kind is A else None)


@pytest.mark.parametrize(
    ("told", "sent"),
    [
        (f"{ID}.filter0077p1las1.21536.5717FC482.0", ID),
        (f"{ID}.recvd-6b8bb7c9d5-abcde-1-64B469-1.0", ID),
        ("14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0", "14c5d75ce93.dfd.64b469"),
        ("filter0093p1las1.9128.5717FB8127.0", None),
        ("short", "short"),
        ("", None),
        (7, None),
    ],
)
def test_ids_of_events_lead_to_the_id_of_the_send(told: object, sent: str | None) -> None:
    """The part before the machine that processed it."""
    assert sent_id(told) == sent


@given(
    status=st.integers(100, 599),
    body=st.binary(max_size=60) | st.from_regex(rb'\{"(errors|messages)":.{0,20}\}'),
)
def test_no_answer_is_too_odd(status: int, body: bytes) -> None:
    """Whatever comes back is an outcome, and nothing without an id is accepted."""
    assert parse(status, {}, body).kind is not A
    settled = found("del_1", status, {}, body)
    assert settled is None or settled.kind is U
    assert confirmed("del_1", status, {}, body).kind is U


def test_the_file_has_the_shape_of_a_provider() -> None:
    """The module itself is a provider, without a key that would make repeating safe."""
    provider: Provider[SendGridSettings] = sendgrid
    assert provider.REPEAT_WITHIN is None


@pytest.mark.parametrize("sample", list(answers("sendgrid")))
def test_shared_answers(sample: dict[str, Any]) -> None:
    """Every shared sample is classed as its note says; a sandbox is for an operator to leave."""
    body = sample["body"].encode() if isinstance(sample["body"], str) else sample["body"]
    kind = parse(
        sample["status"], sample["headers"], body if isinstance(body, bytes) else json.dumps(body).encode()
    ).kind
    notes = {
        "accepted": A,
        "validated": C,
        "permanent": P,
        "config": C,
        "transient-not-sent": N,
        "ambiguous": U,
    }
    assert kind is next(wanted for note, wanted in notes.items() if sample["classify"].startswith(note))


@pytest.mark.skipif(not SHARED.exists(), reason="the shared samples are not here")
def test_a_shared_answer_of_the_logs() -> None:
    """The documented answer is understood."""
    sample = json.loads((SHARED / "api-email-logs-response.json").read_text())["response"]
    outcome = found("del_1", sample["status"], sample["headers"], json.dumps(sample["body"]).encode())
    assert outcome is not None
    assert sent_id(outcome.provider_id) == "XBg2anf2TqCy6WXKQFhieQ"
