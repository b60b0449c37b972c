"""What Mailgun tells us: signed receipts in two shapes, and answers as forms."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.demo.mailgun_hooks import signature
from app.errors import BadSignature, MalformedBody
from app.mail import mailgun_hooks
from app.mail.forms import FormField, write_form
from app.mail.hooks import Hooks, HookSecrets, InboundMail, Receipt, ReceiptKind
from app.mail.mailgun_hooks import NEWEST, OLDEST, fetched, nonce, receipts, replies, verify
from app.mail.providers import HOOKS

SHARED = Path(__file__).parents[2].parent / "shared" / "payloads" / "mail" / "mailgun"
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
HARD, REJECTED, DEFERRED = ReceiptKind.BOUNCED_HARD, ReceiptKind.REJECTED, ReceiptKind.DEFERRED
KEY = "signing-key-of-ours"
KNOWN = HookSecrets(secrets=("an-older-one", KEY))
JSON_TYPE = {"content-type": "application/json"}
FORM_TYPE = {"content-type": "application/x-www-form-urlencoded"}
WIRE = "hb.del_01@talent.example"
EVENT: dict[str, Any] = {
    "event": "delivered",
    "id": "ev-1",
    "timestamp": 1795510805.25,
    "recipient": "Joerg@mail.example",
    "tags": ["hb-del_01"],
    "user-variables": {"hb_send": "del_01"},
    "message": {"headers": {"message-id": WIRE}},
    "delivery-status": {"code": 250, "message": "OK"},
}


def posted(event: object, at: datetime = NOW, key: str = KEY) -> bytes:
    return json.dumps({"signature": signature(key, at, 1), "event-data": event}).encode()


def one(event: object = "delivered", **more: object) -> Receipt:
    (found,) = receipts(JSON_TYPE, posted({**EVENT, "event": event, **more}), NOW)
    return found


def failed(severity: str, reason: str, status: object = None) -> dict[str, object]:
    return {"severity": severity, "reason": reason, "delivery-status": status}


def test_the_file_has_the_shape_and_is_registered() -> None:
    """Mailgun stops for good after a 406, and after nothing else that we say."""
    hooks: Hooks = mailgun_hooks
    assert HOOKS["mailgun"] is hooks
    assert (hooks.ANSWERS.success, hooks.ANSWERS.retry, hooks.ANSWERS.refused) == (200, 503, 401)
    assert hooks.certificate_url({}, b"") is None
    assert hooks.confirm_url({}, b"", HookSecrets()) is None


def test_each_active_key_signs_time_and_token() -> None:
    """While keys change, the old and the new; the body is not covered, so each token is for one body."""
    body = posted(EVENT)
    verify(JSON_TYPE, body, KNOWN, NOW)
    verify(JSON_TYPE, posted(EVENT, key="an-older-one"), KNOWN, NOW)
    form = urlencode(signature(KEY, NOW, 2)).encode()
    verify(FORM_TYPE, form, KNOWN, NOW)
    signed = signature(KEY, NOW, 1)
    assert nonce(JSON_TYPE, body) == signed["token"] != nonce(FORM_TYPE, form)
    assert nonce(JSON_TYPE, b"?") is None
    for known in (HookSecrets(secrets=("other",)), HookSecrets(), HookSecrets(secrets=("",))):
        with pytest.raises(BadSignature):
            verify(JSON_TYPE, body, known, NOW)
    for wrong in (
        {**signed, "timestamp": str(int(signed["timestamp"]) + 1)},
        {**signed, "token": "x"},
        {**signed, "token": ""},
        {**signed, "signature": ""},
        {**signed, "signature": "ü"},
        {**signed, "timestamp": None},
        {},
    ):
        for headers, raw in (
            (JSON_TYPE, json.dumps({"signature": wrong}).encode()),
            (FORM_TYPE, urlencode(wrong).encode()),
        ):
            with pytest.raises(BadSignature):
                verify(headers, raw, KNOWN, NOW)


def test_old_webhooks_count_as_long_as_mailgun_repeats_them() -> None:
    """Eight hours of repeats, which may carry their first signature; nothing from the future."""
    second = timedelta(seconds=1)
    for at, right in (
        (NOW - OLDEST, True),
        (NOW - OLDEST - second, False),
        (NOW + NEWEST, True),
        (NOW + NEWEST + second, False),
    ):
        if right:
            verify(JSON_TYPE, posted(EVENT, at), KNOWN, NOW)
        else:
            with pytest.raises(BadSignature):
                verify(JSON_TYPE, posted(EVENT, at), KNOWN, NOW)
    assert timedelta(hours=8) <= OLDEST


@pytest.mark.parametrize(
    ("event", "more", "kind", "dead", "detail"),
    [
        ("accepted", {}, ReceiptKind.QUEUED, False, "accepted"),
        ("delivered", {}, ReceiptKind.DELIVERED, False, "delivered"),
        (
            "failed",
            failed("temporary", "generic", {"message": "4.7.652 busy"}),
            DEFERRED,
            False,
            "failed generic 4.7.652",
        ),
        ("failed", failed("temporary", "greylisted"), DEFERRED, False, "failed greylisted"),
        (
            "failed",
            failed("permanent", "bounce", {"message": "5.1.1 no such user"}),
            HARD,
            True,
            "failed bounce 5.1.1",
        ),
        (
            "failed",
            failed("permanent", "bounce", {"enhanced-code": "5.7.26"}),
            REJECTED,
            False,
            "failed bounce 5.7.26",
        ),
        ("failed", failed("permanent", "bounce"), HARD, True, "failed bounce"),
        (
            "failed",
            failed("permanent", "generic", {"enhanced-code": "5.2.1"}),
            HARD,
            True,
            "failed generic 5.2.1",
        ),
        (
            "failed",
            failed("permanent", "generic", {"enhanced-code": "5.3.4"}),
            HARD,
            False,
            "failed generic 5.3.4",
        ),
        ("failed", failed("permanent", "old"), ReceiptKind.FAILED, False, "failed old"),
        ("failed", failed("permanent", "espblock"), REJECTED, False, "failed espblock"),
        ("failed", failed("permanent", "suppress-bounce"), REJECTED, True, "failed suppress-bounce"),
        (
            "failed",
            failed("permanent", "suppress-unsubscribe"),
            REJECTED,
            True,
            "failed suppress-unsubscribe",
        ),
        ("failed", failed("permanent", "suppress-complaint"), REJECTED, True, "failed suppress-complaint"),
        ("rejected", {"reject": {"reason": "x"}}, REJECTED, False, "rejected"),
        ("complained", {}, ReceiptKind.COMPLAINED, True, "complained"),
        ("unsubscribed", {}, ReceiptKind.UNSUBSCRIBED, True, "unsubscribed"),
        ("opened", {}, ReceiptKind.OPENED, False, "opened"),
        ("clicked", {"url": "https://x.example"}, ReceiptKind.CLICKED, False, "clicked"),
        ("stored", {}, ReceiptKind.UNKNOWN, False, "stored"),
    ],
)
def test_each_event_says_what_became_of_the_message(
    *, event: str, more: dict[str, object], kind: ReceiptKind, dead: bool, detail: str
) -> None:
    """Only dead addresses, complaints, unsubscribing and Mailgun's own lists suppress."""
    receipt = one(event, **more)
    assert (receipt.kind, receipt.suppress, receipt.detail) == (kind, dead, detail)
    assert (receipt.send_id, receipt.recipient) == ("del_01", "Joerg@mail.example")
    assert receipt.provider_id == receipt.wire_id == WIRE
    assert receipt.at == datetime.fromtimestamp(1795510805.25, UTC)
    assert not receipt.machine


def test_openings_by_a_machine_are_marked() -> None:
    """Privacy proxies and prefetching open everything."""
    assert one("opened", **{"client-info": {"bot": "apple"}}).machine
    assert not one("opened", **{"client-info": {"bot": ""}}).machine


def test_the_key_is_that_of_the_event_and_repeats_nobody() -> None:
    """Repeats are signed anew; Mailgun's own id is unique within a day only, or missing."""
    known = one()
    again = receipts(JSON_TYPE, posted(EVENT, NOW + timedelta(hours=1)), NOW)[0]
    assert again.key == known.key
    others = [one("opened"), one(id="ev-2"), one(timestamp=1795597205.25), one(id=None)]
    assert len({known.key, *(other.key for other in others)}) == 5
    assert one(id=None).key != one(id=None, recipient="x@mail.example").key
    assert "mail.example" not in known.key


@pytest.mark.parametrize(
    ("more", "send"),
    [
        ({"user-variables": {}}, "del_01"),
        ({"user-variables": {"hb_send": "del_02"}}, "del_02"),
        ({"user-variables": {"hb_send": "a b"}, "tags": ["x", 7]}, None),
        ({"user-variables": "x", "tags": None}, None),
    ],
)
def test_our_id_is_found_wherever_mailgun_puts_it(more: dict[str, object], send: str | None) -> None:
    """In the variables, else in the tag; nothing else is taken for an id."""
    assert one(**more).send_id == send


LEGACY = {
    "event": "dropped",
    "recipient": "Joerg@mail.example",
    "Message-Id": f"<{WIRE}>",
    "hb_send": "del_01",
    "timestamp": "1795510805",
    "token": "x",
    "signature": "x",
}


@pytest.mark.parametrize(
    ("more", "kind", "dead"),
    [
        ({"event": "delivered"}, ReceiptKind.DELIVERED, False),
        ({"code": "605", "reason": "hardfail"}, REJECTED, True),
        ({"code": "607"}, REJECTED, True),
        ({"code": "550", "reason": "hardfail"}, HARD, True),
        ({"reason": "old"}, ReceiptKind.FAILED, False),
        ({"event": "bounced", "error": "5.1.1 unknown"}, HARD, True),
        ({"event": "bounced", "error": "5.7.1 policy"}, REJECTED, False),
        ({"event": "complained"}, ReceiptKind.COMPLAINED, True),
        ({"event": "unsubscribed"}, ReceiptKind.UNSUBSCRIBED, True),
        ({"event": "opened"}, ReceiptKind.OPENED, False),
        ({"event": "teleported"}, ReceiptKind.UNKNOWN, False),
        ({"event": ""}, ReceiptKind.UNKNOWN, False),
    ],
)
def test_old_accounts_post_forms(more: dict[str, str], kind: ReceiptKind, *, dead: bool) -> None:
    """Our variable stands among the fields; the key does not depend on the signature's time."""
    form = {**LEGACY, **more}
    (receipt,) = receipts(FORM_TYPE, urlencode(form).encode(), NOW)
    assert (receipt.kind, receipt.suppress) == (kind, dead)
    assert (receipt.send_id, receipt.wire_id, receipt.recipient) == ("del_01", WIRE, "Joerg@mail.example")
    assert receipt.at == datetime.fromtimestamp(1795510805, UTC)
    (again,) = receipts(FORM_TYPE, urlencode({**form, "timestamp": "1795519999", "token": "y"}).encode(), NOW)
    assert again.key == receipt.key
    assert replies(FORM_TYPE, urlencode(form).encode()) == ()


INBOUND = {
    **signature(KEY, NOW, 3),
    "recipient": "reply+a2b3@reply.talent.example",
    "sender": "bounce@mail.example",
    "from": "Jörg Weiß <joerg@mail.example>",
    "subject": "Re: Gespräch",
    "body-plain": "Dienstag passt\r\n\r\n> Hallo",
    "body-html": "<p>Dienstag passt</p>",
    "stripped-text": "Dienstag passt",
    "message-headers": json.dumps(
        [
            ["X-Mailgun-Spf", "Pass"],
            ["X-Mailgun-Dkim-Check-Result", "Fail"],
            ["To", "reply+a2b3@reply.talent.example, Talent <talent@talent.example>"],
            ["Content-Type", ["multipart/alternative", {"boundary": "x"}]],
            ["Received", "by mx1; x"],
            ["Received", "from mx0; y"],
            ["Message-Id", "<CAF1@mail.example>"],
            ["In-Reply-To", f"<{WIRE}>"],
            ["References", f"<first@mail.example> <{WIRE}>"],
            ["Date", "Tue, 24 Nov 2026 11:11:12 +0100"],
            ["?"],
            7,
        ]
    ),
}


def mail(**more: str) -> InboundMail:
    form = {**INBOUND, **{name.replace("_", "-"): value for name, value in more.items()}}
    (found,) = replies(FORM_TYPE, urlencode(form).encode())
    return found


def test_an_answer_comes_whole() -> None:
    """Words, people, ids, verdicts and Mailgun's own new text; the envelope's recipient comes first."""
    found = mail()
    assert found.sender == "Jörg Weiß <joerg@mail.example>"
    assert found.envelope_sender == "bounce@mail.example"
    assert found.recipients == ("reply+a2b3@reply.talent.example", "talent@talent.example")
    assert (found.subject, found.html) == ("Re: Gespräch", "<p>Dienstag passt</p>")
    assert (found.text, found.stripped) == ("Dienstag passt\r\n\r\n> Hallo", "Dienstag passt")
    assert (found.message_id, found.in_reply_to) == ("CAF1@mail.example", WIRE)
    assert found.references == ("first@mail.example", WIRE)
    assert [value for name, value in found.headers if name == "received"] == ["by mx1; x", "from mx0; y"]
    assert found.sent_at == datetime(2026, 11, 24, 10, 11, 12, tzinfo=UTC)
    assert found.verdicts == {"spf": "Pass", "dkim": "Fail"}
    assert receipts(FORM_TYPE, urlencode(INBOUND).encode(), NOW) == ()
    verify(FORM_TYPE, urlencode(INBOUND).encode(), KNOWN, NOW)
    with pytest.raises(MalformedBody):
        fetched(found, 200, b"{}")


def test_files_are_counted_and_a_raw_mail_is_read_as_such() -> None:
    """A mail with files comes as a multipart form; a route that ends in *mime* posts the message itself."""
    fields = [FormField(name, value.encode()) for name, value in INBOUND.items()]
    file = FormField("attachment-1", b"%PDF", filename="cv.pdf", content_type="application/pdf")
    kind, body = write_form([*fields, file])
    (found,) = replies({"content-type": kind}, body)
    assert found.attachments == ("application/pdf",)
    assert found.key == mail().key
    raw = "From: joerg@mail.example\nMessage-ID: <CAF1@mail.example>\nTo: x@y.example\n\nDienstag\n"
    whole = mail(body_mime=raw)
    assert (whole.text.strip(), whole.key) == ("Dienstag", mail().key)
    assert whole.recipients == ("reply+a2b3@reply.talent.example", "x@y.example")


def test_an_answer_has_one_key_and_a_null_sender_stays_one() -> None:
    """A repeat is signed anew and is the same mail; another recipient is another."""
    assert mail().key == mail(**signature(KEY, NOW, 9), subject="x").key
    assert mail().key != mail(recipient="other@reply.talent.example").key
    assert mail(message_headers="[").key != mail(message_headers="[", body_plain="x").key
    assert mail(sender="").envelope_sender == ""
    for headers, body in (
        (FORM_TYPE, b"a=1"),
        (FORM_TYPE, b""),
        (JSON_TYPE, b"{}"),
        (JSON_TYPE, b"\xff"),
        ({"content-type": "multipart/form-data; boundary=x"}, b""),
    ):
        with pytest.raises(MalformedBody):
            replies(headers, body)
    assert replies(JSON_TYPE, posted(EVENT)) == ()
    for body in (b"{}", posted({}), posted(7), b"[]"):
        with pytest.raises(MalformedBody):
            receipts(JSON_TYPE, body, NOW)


_FIELDS = (
    *("event", "id", "timestamp", "recipient", "tags", "user-variables", "message", "headers", "message-id"),
    *("delivery-status", "severity", "reason", "client-info", "url", "signature", "event-data"),
)
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_FIELDS), inner, max_size=6),
    max_leaves=15,
)


@given(data=VALUE, name=st.sampled_from(_FIELDS), raw=st.binary(max_size=40))
def test_hostile_events_are_refused_and_nothing_else(data: object, name: str, raw: bytes) -> None:
    """Whatever is posted, only the documented refusals come out."""
    bodies = (
        json.dumps(data).encode(),
        json.dumps({name: data}).encode(),
        posted({**EVENT, "event": "failed", name: data}),
        raw,
    )
    for body in bodies:
        with suppress(MalformedBody):
            receipts(JSON_TYPE, body, NOW)
        with suppress(MalformedBody):
            replies(JSON_TYPE, body)
        with suppress(BadSignature):
            verify(JSON_TYPE, body, KNOWN, NOW)


@given(
    st.sampled_from((*INBOUND, "event", "body-mime", "code", "tag", "hb_send")),
    st.text(max_size=60) | VALUE.map(json.dumps),
)
def test_hostile_forms_are_refused_and_nothing_else(name: str, value: str) -> None:
    """Neither headers, nor a raw mail, nor an address makes reading fail in another way."""
    for form in ({**INBOUND, name: value}, {**LEGACY, name: value}):
        body = urlencode(form, errors="replace").encode()
        with suppress(MalformedBody):
            receipts(FORM_TYPE, body, NOW)
        with suppress(MalformedBody):
            replies(FORM_TYPE, body)
        with suppress(BadSignature):
            verify(FORM_TYPE, body, KNOWN, NOW)


# The shared samples

here = pytest.mark.skipif(not SHARED.exists(), reason="the shared samples are not here")
_SHARED_KINDS = {
    "clicked": (ReceiptKind.CLICKED, False),
    "complained": (ReceiptKind.COMPLAINED, True),
    "delivered": (ReceiptKind.DELIVERED, False),
    "failed-greylisted": (DEFERRED, False),
    "failed-permanent": (HARD, True),
    "failed-temporary": (DEFERRED, False),
    "opened": (ReceiptKind.OPENED, False),
    "rejected": (REJECTED, False),
    "unsubscribed": (ReceiptKind.UNSUBSCRIBED, True),
}
SAMPLES_KEY = HookSecrets(secrets=("TEST_WEBHOOK_SIGNING_KEY",))


@here
def test_shared_receipts_and_their_signatures() -> None:
    """Every shared event is signed as somebody else signs, and read as what its name says."""
    files = {file.stem.removeprefix("tracking-"): file for file in SHARED.glob("tracking-*[a-z].json")}
    legacy = files.pop("legacy-bounce.form")
    assert set(files) == set(_SHARED_KINDS)
    for name, file in files.items():
        body = file.read_bytes()
        at = datetime.fromtimestamp(int(json.loads(body)["signature"]["timestamp"]), UTC)
        verify(JSON_TYPE, body, SAMPLES_KEY, at)
        (receipt,) = receipts(JSON_TYPE, body, NOW)
        assert (receipt.kind, receipt.suppress) == _SHARED_KINDS[name], name
        assert receipt.at is not None
        assert "@" not in receipt.detail
    form = json.loads(legacy.read_text())
    body = urlencode(form).encode()
    verify(FORM_TYPE, body, SAMPLES_KEY, datetime.fromtimestamp(int(form["timestamp"]), UTC))
    (receipt,) = receipts(FORM_TYPE, body, NOW)
    assert (receipt.kind, receipt.suppress) == (REJECTED, True)
    assert receipt.wire_id == "20160421180324.70521.79375.96884DDB@example.com"


@here
def test_shared_events_of_the_log() -> None:
    """The log's events have the shape of the webhooks'."""
    wanted = {
        "accepted": ReceiptKind.QUEUED,
        "accepted-routed": ReceiptKind.QUEUED,
        "delivered": ReceiptKind.DELIVERED,
        "failed-permanent": REJECTED,
        "failed-temporary": DEFERRED,
        "stored": ReceiptKind.UNKNOWN,
    }
    for name, kind in wanted.items():
        event = json.loads((SHARED / f"events-api-{name}.json").read_text())
        assert receipts(JSON_TYPE, posted(event), NOW)[0].kind is kind, name


@here
def test_shared_inbound_mail() -> None:
    """The parsed, the raw and the answering sample are read whole."""
    found = {}
    for name in ("parsed", "raw-mime", "reply"):
        form = json.loads((SHARED / f"inbound-{name}.form.json").read_text())
        body = urlencode(form).encode()
        verify(FORM_TYPE, body, SAMPLES_KEY, datetime.fromtimestamp(int(form["timestamp"]), UTC))
        (found[name],) = replies(FORM_TYPE, body)
    assert found["parsed"].recipients == ("test@inbound.example.com", "other@example.com", "cc@example.com")
    assert found["parsed"].stripped == "stripped plaintext body"
    assert found["raw-mime"].text.strip() == "It's a body…"
    answer = found["reply"]
    assert answer.recipients == ("reply+cfu-01JD2Q8Z6W.k7p2xq@reply.example.com",)
    assert answer.in_reply_to == answer.references[0] == "cfu-01JD2Q8Z6W@mail.example.com"
    assert answer.stripped == "Tuesday works"
