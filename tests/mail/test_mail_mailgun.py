"""What we ask of Mailgun, and what we understand of its answers."""

import json
from dataclasses import replace
from datetime import timedelta
from email.header import decode_header, make_header
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InvalidAddress, UnsafeHeader, UnsafeSettings
from app.mail import mailgun
from app.mail.forms import read_form
from app.mail.mailgun import MailgunSettings, build, found, look_up, parse
from app.mail.outbound import Address, Attachment, Outcome, OutcomeKind
from app.mail.provider import MailRequest, Provider
from tests.mail.letters import LONG_LINK, RICH
from tests.mail.samples import answers

SHARED = Path(__file__).parents[2].parent / "shared" / "payloads" / "mail" / "mailgun"
SETTINGS = MailgunSettings("mg.talent.example")
A, N, P, C, U = (
    OutcomeKind.ACCEPTED,
    OutcomeKind.NOT_SENT,
    OutcomeKind.PERMANENT,
    OutcomeKind.CONFIGURATION,
    OutcomeKind.AMBIGUOUS,
)
HTML = b"<html><body>Bad gateway</body></html>"
ID = "<hb.del_1@talent.example>"
PAGING = {"next": "https://api.mailgun.net/v3/mg.talent.example/events/x"}


def answer(status: int, body: object, **headers: str) -> Outcome:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return parse(status, {name.replace("_", "-"): value for name, value in headers.items()}, raw)


def fields(request: MailRequest) -> list[tuple[str, str]]:
    headers = {name.lower(): value for name, value in request.headers}
    return [(each.name, each.value.decode()) for each in read_form(headers, request.body)]


def test_the_exact_request_for_a_rich_message() -> None:
    """One recipient, tracking off, our Message-ID, the opaque id as variable and tag, no secret."""
    request = build(RICH, SETTINGS)
    assert (request.method, request.url) == ("POST", "https://api.mailgun.net/v3/mg.talent.example/messages")
    assert fields(request) == [
        ("from", '"Øster, Åse \\"Bo\\" (Talent)" <talent@talent.example>'),
        ("to", '"Weiß, Jörg" <Joerg.Weiss@mail.example>'),
        ("subject", RICH.subject),
        ("text", RICH.text),
        ("html", RICH.html),
        ("h:Reply-To", '"Talent, Team" <reply+a2b3@reply.talent.example>'),
        ("h:Message-ID", RICH.message_id),
        ("h:In-Reply-To", str(RICH.in_reply_to)),
        ("h:References", " ".join(RICH.references)),
        ("h:Auto-Submitted", "auto-generated"),
        ("h:X-Auto-Response-Suppress", "OOF, AutoReply"),
        ("h:List-Unsubscribe", f"<{LONG_LINK}>, <mailto:stop@talent.example>"),
        ("h:List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("v:hb_send", RICH.send_id),
        ("o:tag", f"hb-{RICH.send_id}"),
        ("o:tracking", "no"),
        ("o:tracking-clicks", "no"),
        ("o:tracking-opens", "no"),
    ]
    ours = sum(len(name + value) for name, value in fields(request) if name[1] == ":")
    assert ours < 16_000


def test_header_values_are_ascii_and_files_go_along() -> None:
    """Mailgun sends headers as they are given, so names in Reply-To are encoded here."""
    long = Address("Ärzte und Pflege im Øresund, Åse, Jörg und die ganze übrige Mannschaft", "a@mail.example")
    file = Attachment("visit.ics", "text/calendar; method=REQUEST", b"BEGIN\r\n\x00\xff")
    request = build(replace(RICH, html="", reply_to=long, attachments=(file,)), SETTINGS)
    headers = {name.lower(): value for name, value in request.headers}
    read = {each.name: each for each in read_form(headers, request.body)}
    value = read["h:Reply-To"].value.decode("ascii")
    assert "\n" not in value
    assert str(make_header(decode_header(value))) == f"{long.name} <{long.email}>"
    assert "html" not in read
    assert (read["attachment"].filename, read["attachment"].content_type) == ("visit.ics", "text/calendar")
    assert b"BEGIN\r\n\x00\xff" in request.body


def test_the_same_message_is_the_same_request() -> None:
    """What is stored before the attempt can be built again, to the byte."""
    assert build(RICH, SETTINGS) == build(RICH, SETTINGS)
    assert MailRequest.from_bytes(build(RICH, SETTINGS).to_bytes()) == build(RICH, SETTINGS)


def test_words_cannot_become_fields() -> None:
    """A candidate's name or a text that looks like a form stays one value."""
    text = '--x\r\nContent-Disposition: form-data; name="bcc"\r\n\r\nx@evil.example\r\n--x--'
    request = build(replace(RICH, text=text), SETTINGS)
    assert dict(fields(request))["text"] == text
    again = build(replace(RICH, text=request.body.decode()), SETTINGS)
    assert [name for name, _ in fields(again)] == [name for name, _ in fields(request)]


def test_unsafe_values_never_reach_the_request() -> None:
    """Forms carry line breaks; mail headers must not."""
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
        build(replace(RICH, attachments=(Attachment('a"; x="b', "text/plain", b""),)), SETTINGS)
    with pytest.raises(UnsafeHeader):
        build(replace(RICH, html="\ud800"), SETTINGS)
    with pytest.raises(InvalidAddress):
        build(replace(RICH, to=Address("", "a@mail.example, b@mail.example")), SETTINGS)
    with pytest.raises(UnsafeHeader):
        look_up("del_1&tags=x", SETTINGS)


def test_regions_are_a_closed_list_and_domains_are_domains() -> None:
    """Credentials go to Mailgun and nowhere else; a domain cannot change the path."""
    assert (
        build(RICH, MailgunSettings("mg.x.example", "eu")).url
        == "https://api.eu.mailgun.net/v3/mg.x.example/messages"
    )
    with pytest.raises(UnsafeSettings):
        MailgunSettings("mg.x.example", "mars")
    for bad in (
        "",
        "x",
        "mg.x.example/..",
        "mg..example",
        "MG.x.example",
        "mg.x.example?",
        "-a.example",
        "a.example\n",
    ):
        with pytest.raises(UnsafeSettings):
            MailgunSettings(bad)


@pytest.mark.parametrize(
    ("status", "message", "kind", "dead"),
    [
        (400, "'to' parameter is not a valid address. please check documentation", P, True),
        (400, "to parameter is not a valid address.", P, True),
        (400, "'from' parameter is not a valid address. please check documentation", C, False),
        (400, "'h:Reply-To' parameter is not valid", C, False),
        (400, "Sandbox subdomains are for test purposes only. Please add authorized recipients", C, False),
        (400, "Domain mg.x.example is not allowed to send: disabled", C, False),
        (400, "Need at least one of 'text' or 'html' parameters specified", P, False),
        (400, "something new", P, False),
        (401, "Forbidden", C, False),
        (402, "Payment required", C, False),
        (403, "Sandbox subdomains are for test purposes only.", C, False),
        (404, "Domain not found: mg.x.example", C, False),
        (408, "?", U, False),
        (413, "?", P, False),
        (418, "?", C, False),
        (429, "?", N, False),
        (500, "'to' parameter is not a valid address", U, False),
        (503, "?", U, False),
    ],
)
def test_each_documented_error_is_classed(
    *, status: int, message: str, kind: OutcomeKind, dead: bool
) -> None:
    """Account, key and sender stop the route, 5xx is unknown; no address is repeated."""
    outcome = answer(status, {"message": f"{message} jo@mail.example"})
    assert (outcome.kind, outcome.suppress) == (kind, dead)
    assert outcome.detail
    assert "@" not in outcome.detail


@pytest.mark.parametrize(
    ("status", "body", "kind", "provider_id"),
    [
        (200, {"id": ID, "message": "Queued. Thank you."}, A, ID.strip("<>")),
        (200, {"id": ID}, A, ID.strip("<>")),
        (200, b"Mailgun Magnificent API", C, None),
        (200, {"message": "Queued. Thank you."}, U, None),
        (200, {"id": ""}, U, None),
        (200, {"id": 7}, U, None),
        (200, [ID], U, None),
        (200, HTML, U, None),
        (200, b"", U, None),
        (200, b"[" * 100_000, U, None),
    ],
)
def test_success_must_look_like_success(
    status: int, body: object, kind: OutcomeKind, provider_id: str | None
) -> None:
    """The front page with status 200 means that nothing was sent; a status alone proves nothing."""
    outcome = answer(status, body)
    assert (outcome.kind, outcome.provider_id) == (kind, provider_id)


@pytest.mark.parametrize(
    ("status", "kind"),
    [(302, C), (400, C), (401, C), (403, C), (404, C), (408, U), (413, P), (429, N), (500, U), (522, U)],
)
def test_a_page_from_something_in_between(status: int, kind: OutcomeKind) -> None:
    """Only Mailgun can refuse a message: other 4xx stop the route, 5xx are unknown."""
    assert answer(status, HTML).kind is kind
    assert answer(status, {"error": "from a proxy"}).kind is kind


AFTER = "Domain x request limit exceeded, try again after Tue, 24 Nov 2026 09:00:30 UTC"


@pytest.mark.parametrize(
    ("message", "headers", "seconds"),
    [
        (AFTER, {"retry_after": "7"}, 7),
        (AFTER, {"date": "Tue, 24 Nov 2026 09:00:00 GMT"}, 30),
        (AFTER, {"date": "Tue, 24 Nov 2026 09:10:00 GMT"}, 0),
        (AFTER, {"date": "Tue, 24 Nov 2020 09:10:00 GMT"}, 86_400),
        (AFTER, {}, None),
        ("try again after lunch, please", {"date": "Tue, 24 Nov 2026 09:00:00 GMT"}, None),
        ("?", {"date": "Tue, 24 Nov 2026 09:00:00 GMT"}, None),
    ],
)
def test_the_wait_that_is_asked_for(message: str, headers: dict[str, str], seconds: int | None) -> None:
    """Retry-After, else the date in Mailgun's words against the answer's own."""
    wait = answer(429, {"message": message}, **headers).retry_after
    assert wait == (None if seconds is None else timedelta(seconds=seconds))


def test_the_log_is_asked_by_our_tag() -> None:
    """No personal data in the address."""
    where = urlsplit(look_up("del_01", SETTINGS).url)
    assert (where.netloc, where.path) == ("api.mailgun.net", "/v3/mg.talent.example/events")
    assert parse_qs(where.query) == {
        "event": ["accepted"], "ascending": ["no"], "limit": ["25"], "tags": ['"hb-del_01"'],
    }  # fmt: skip


def logged(**more: object) -> dict[str, object]:
    return {
        "items": [{"event": "accepted", "message": {"headers": {"message-id": ID.strip("<>")}}, **more}],
        "paging": PAGING,
    }


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, {"items": [], "paging": PAGING}, None),
        (200, logged(**{"user-variables": {"hb_send": "del_1"}}), A),
        (200, logged(tags=["x", "hb-del_1"]), A),
        (200, logged(tags=["hb-del_12"], **{"user-variables": {}}), U),
        (200, logged(tags="hb-del_1", **{"user-variables": "hb_send"}), U),
        (200, {"items": ["?"], "paging": PAGING}, U),
        (200, {"items": []}, U),
        (200, {"paging": PAGING}, U),
        (200, {"items": {}, "paging": PAGING}, U),
        (200, b"Mailgun Magnificent API", U),
        (200, HTML, U),
        (401, b"Forbidden", U),
        (404, {"message": "Domain not found"}, U),
        (500, {"items": [], "paging": PAGING}, U),
    ],
)
def test_the_log_only_counts_with_our_id(status: int, body: object, kind: OutcomeKind | None) -> None:
    """A log that ignored our filter, or failed, settles nothing."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    outcome = found("del_1", status, {}, raw)
    assert (outcome.kind if outcome else None) is kind
    if outcome is not None and kind is A:
        assert outcome.provider_id == ID.strip("<>")


@given(
    status=st.integers(100, 599),
    body=st.binary(max_size=60) | st.from_regex(rb'\{"(id|message|items)":.{0,20}\}'),
)
def test_no_answer_is_too_odd(status: int, body: bytes) -> None:
    """Whatever comes back is an outcome, and nothing without an id is accepted."""
    outcome = parse(status, {}, body)
    assert outcome.kind is not A or (outcome.provider_id and status < 300)
    settled = found("del_1", status, {}, body)
    assert settled is not None
    assert settled.kind is U


def test_the_file_has_the_shape_of_a_provider() -> None:
    """The module itself is a provider, without a key that would make repeating safe."""
    provider: Provider[MailgunSettings] = mailgun
    assert provider.REPEAT_WITHIN is None


@pytest.mark.parametrize("sample", list(answers("mailgun")))
def test_shared_answers(sample: dict[str, Any]) -> None:
    """Every shared sample is classed as its note says."""
    body = sample["body"].encode() if isinstance(sample["body"], str) else json.dumps(sample["body"]).encode()
    kind = parse(sample["status"], sample["headers"], body).kind
    notes = {"accepted": A, "permanent": P, "config": C, "transient-not-sent": N, "ambiguous": U}
    assert kind is next(wanted for note, wanted in notes.items() if sample["classify"].startswith(note))
