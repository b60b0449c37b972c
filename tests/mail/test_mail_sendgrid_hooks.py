"""What SendGrid tells us: signed batches of receipts, and answers as forms in any charset."""

import base64
import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.demo.sendgrid_hooks import Signer
from app.errors import BadSignature, MalformedBody
from app.mail import sendgrid_hooks
from app.mail.forms import FormField, write_form
from app.mail.hooks import Hooks, HookSecrets, InboundMail, Receipt, ReceiptKind
from app.mail.providers import HOOKS
from app.mail.sendgrid_hooks import NEWEST, OLDEST, fetched, receipts, replies, verify

SHARED = Path(__file__).parents[2].parent / "shared" / "payloads" / "mail" / "sendgrid"
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
HARD, SOFT, REJECTED = ReceiptKind.BOUNCED_HARD, ReceiptKind.BOUNCED_SOFT, ReceiptKind.REJECTED
SIGNER, OTHER = Signer(), Signer()
JSON_TYPE = {"content-type": "application/json"}
SENT = "pPq7TfJsS5uoWx0PmsY9bg"
EVENT = {
    "event": "delivered",
    "email": "Joerg@mail.example",
    "timestamp": 1795510805,
    "smtp-id": f"<{SENT}@ismtpd0001.sendgrid.example>",
    "sg_event_id": "ev-1",
    "sg_message_id": f"{SENT}.filter0001p1.1234.5678ABCD.0",
    "hb_send": "del_01",
    "category": ["hb-del_01"],
}


def one(event: object = "delivered", **more: object) -> Receipt:
    (found,) = receipts(JSON_TYPE, json.dumps([{**EVENT, "event": event, **more}]).encode(), NOW)
    return found


def test_the_file_has_the_shape_and_is_registered() -> None:
    """SendGrid repeats after anything but 2xx."""
    hooks: Hooks = sendgrid_hooks
    assert HOOKS["sendgrid"] is hooks
    assert (hooks.ANSWERS.success, hooks.ANSWERS.retry, hooks.ANSWERS.refused) == (200, 503, 401)
    assert hooks.certificate_url({}, b"") is None
    assert hooks.confirm_url({}, b"", HookSecrets()) is None


def test_only_an_active_key_signs_and_it_signs_every_byte() -> None:
    """While keys change, the old and the new; the line break at the end and the time are covered."""
    body = json.dumps([EVENT]).encode() + b"\r\n"
    both = HookSecrets(public_keys=(OTHER.public, SIGNER.public))
    headers = SIGNER.headers("application/json", body, NOW)
    verify(headers, body, both, NOW)
    later = {**headers, "x-twilio-email-event-webhook-timestamp": str(int(NOW.timestamp()) + 1)}
    for hostile, raw, known in (
        (headers, body.rstrip(), both),
        (headers, body.replace(b"delivered", b"bounce"), both),
        (later, body, both),
        (headers, body, HookSecrets(public_keys=(OTHER.public,))),
        (headers, body, HookSecrets()),
        (headers, body, HookSecrets(public_keys=("?", "", base64.b64encode(b"no key").decode()))),
        ({**headers, "x-twilio-email-event-webhook-signature": "!"}, body, both),
        ({**headers, "x-twilio-email-event-webhook-signature": ""}, body, both),
        (JSON_TYPE, body, both),
    ):
        with pytest.raises(BadSignature):
            verify(hostile, raw, known, NOW)


def test_old_webhooks_count_as_long_as_sendgrid_repeats_them() -> None:
    """24 hours of repeats, which may carry their first signature; nothing from the future."""
    known = HookSecrets(public_keys=(SIGNER.public,))
    for at, right in (
        (NOW - OLDEST, True),
        (NOW - OLDEST - timedelta(seconds=1), False),
        (NOW + NEWEST, True),
        (NOW + NEWEST + timedelta(seconds=1), False),
    ):
        headers = SIGNER.headers("application/json", b"[]", at)
        if right:
            verify(headers, b"[]", known, NOW)
        else:
            with pytest.raises(BadSignature):
                verify(headers, b"[]", known, NOW)
    assert timedelta(hours=24) <= OLDEST


def test_a_secret_in_the_address_will_do_without_a_signature() -> None:
    """Inbound Parse may carry user and password; a wrong signature is not saved by them."""
    basic = {"authorization": f"Basic {base64.b64encode(b'talent:pass').decode()}"}
    known = HookSecrets(secrets=("old:one", "talent:pass"), public_keys=(SIGNER.public,))
    verify(basic, b"", known, NOW)
    verify({"authorization": "Bearer talent:pass"}, b"", known, NOW)
    forged = {**OTHER.headers("application/json", b"[]", NOW), **basic}
    for headers in (forged, {"authorization": "Basic !"}, {"authorization": "Basic"}, {}):
        with pytest.raises(BadSignature):
            verify(headers, b"[]", known, NOW)
    with pytest.raises(BadSignature):
        verify({"authorization": "Basic "}, b"", HookSecrets(secrets=("",)), NOW)


@pytest.mark.parametrize(
    ("event", "more", "kind", "dead", "detail"),
    [
        ("processed", {}, ReceiptKind.QUEUED, False, "processed"),
        ("deferred", {"response": "450 4.2.0 try again"}, ReceiptKind.DEFERRED, False, "deferred 4.2.0"),
        ("delivered", {"response": "250 OK jo@x.example"}, ReceiptKind.DELIVERED, False, "delivered"),
        ("bounce", {"type": "bounce", "status": "5.1.1"}, HARD, True, "bounce bounce 5.1.1"),
        ("bounce", {}, HARD, True, "bounce"),
        ("bounce", {"type": "bounce", "status": "5.7.26"}, REJECTED, False, "bounce bounce 5.7.26"),
        ("bounce", {"type": "blocked", "status": "5.0.0"}, SOFT, False, "bounce blocked 5.0.0"),
        ("blocked", {}, SOFT, False, "blocked"),
        ("dropped", {"reason": "Bounced Address"}, REJECTED, True, "dropped"),
        ("dropped", {"reason": "Unsubscribed Address"}, REJECTED, True, "dropped"),
        ("dropped", {"reason": "Spam Reporting Address"}, REJECTED, True, "dropped"),
        ("dropped", {"reason": "Invalid"}, REJECTED, True, "dropped"),
        ("dropped", {"reason": "Invalid SMTPAPI header"}, REJECTED, False, "dropped"),
        ("dropped", {"reason": "Spam Content"}, REJECTED, False, "dropped"),
        ("dropped", {}, REJECTED, False, "dropped"),
        ("spamreport", {}, ReceiptKind.COMPLAINED, True, "spamreport"),
        ("unsubscribe", {}, ReceiptKind.UNSUBSCRIBED, True, "unsubscribe"),
        ("group_unsubscribe", {}, ReceiptKind.UNSUBSCRIBED, True, "group_unsubscribe"),
        ("group_resubscribe", {}, ReceiptKind.RESUBSCRIBED, False, "group_resubscribe"),
        ("open", {}, ReceiptKind.OPENED, False, "open"),
        ("click", {"url": "https://x.example"}, ReceiptKind.CLICKED, False, "click"),
        ("account_status_change", {"type": "compliance_suspend"}, ReceiptKind.UNKNOWN, False,
         "account_status_change compliance_suspend"),
    ],
)  # fmt: skip
def test_each_event_says_what_became_of_the_message(
    *, event: str, more: dict[str, object], kind: ReceiptKind, dead: bool, detail: str
) -> None:
    """Only dead addresses, complaints, unsubscribing and SendGrid's own lists suppress."""
    receipt = one(event, **more)
    assert (receipt.kind, receipt.suppress, receipt.detail) == (kind, dead, detail)
    assert (receipt.send_id, receipt.recipient) == ("del_01", "Joerg@mail.example")
    assert (receipt.provider_id, receipt.wire_id) == (SENT, f"{SENT}@ismtpd0001.sendgrid.example")
    assert receipt.at == datetime.fromtimestamp(1795510805, UTC)
    assert not receipt.machine


def test_openings_by_a_machine_are_marked() -> None:
    """Privacy proxies open everything."""
    assert one("open", sg_machine_open=True).machine


def test_the_key_survives_a_new_event_id() -> None:
    """SendGrid has repeated an event under another id of its own; another event has another key."""
    known = one()
    assert one(sg_event_id="ev-2").key == known.key
    others = [one("open"), one(timestamp=1795510806), one(email="x@mail.example"), one(sg_message_id="y")]
    assert len({known.key, *(other.key for other in others)}) == 5
    assert "mail.example" not in known.key
    late = one("bounce", sg_message_id=None)
    assert late.provider_id is None
    assert late.key != one("bounce", sg_message_id=None, **{"smtp-id": "<other@x>"}).key


@pytest.mark.parametrize(
    ("more", "send"),
    [
        ({"hb_send": "del_02"}, "del_02"),
        ({"hb_send": None}, "del_01"),
        ({"hb_send": None, "category": "hb-del_03"}, "del_03"),
        ({"hb_send": "a b", "category": ["x", "hb-a b"]}, None),
        ({"hb_send": {"x": 1}, "category": 7}, None),
    ],
)
def test_our_id_is_found_wherever_sendgrid_puts_it(more: dict[str, object], send: str | None) -> None:
    """The argument stands flat beside SendGrid's fields; categories are a string or a list."""
    assert one(**more).send_id == send


@pytest.mark.parametrize("when", [None, True, -1, 0, 10**400, "x", 7_258_118_400, [1]])
def test_nonsense_is_no_time(when: object) -> None:
    """A receipt without a time is still a receipt."""
    assert one(timestamp=when).at is None


def test_batches_are_read_whole_or_not_at_all() -> None:
    """An array of events; a form brings none; anything else is malformed."""
    batch = json.dumps([EVENT, {**EVENT, "event": "open"}]).encode()
    assert [each.kind for each in receipts(JSON_TYPE, batch, NOW)] == [
        ReceiptKind.DELIVERED,
        ReceiptKind.OPENED,
    ]
    assert receipts(JSON_TYPE, b"[]", NOW) == ()
    assert replies(JSON_TYPE, batch) == ()
    for body in (b"", b"7", b"{}", b'[{"event":"open"},7]', b"[{}]", b"\xff", b"[" * 50_000,
                 b"[" + b"{}," * 10_000 + b"{}]"):  # fmt: skip
        with pytest.raises(MalformedBody):
            receipts(JSON_TYPE, body, NOW)


HEADERS = (
    "Received: by mx1; x\n"
    "From: =?utf-8?q?J=C3=B6rg?= <joerg@mail.example>\n"
    "To: reply+a2b3@reply.talent.example, Talent <talent@talent.example>\n"
    "Message-ID: <CAF1@mail.example>\n"
    "In-Reply-To: <hb.del_01@talent.example>\n"
    "References: <first@mail.example> <hb.del_01@talent.example>\n"
    "Date: Tue, 24 Nov 2026 11:11:12 +0100\n"
    "Subject: Re: Your interview\n"
    'Content-Type: multipart/mixed; boundary="x"\n'
)
FORM: dict[str, bytes] = {
    "headers": HEADERS.encode(),
    "from": "Jörg <joerg@mail.example>".encode(),
    "to": b"reply+a2b3@reply.talent.example",
    "subject": "Re: Gespräch".encode("latin-1"),
    "text": "Dienstag passt, schöne Grüße".encode("windows-1252"),
    "html": b"<p>ok</p>",
    "envelope": b'{"to":["real@reply.talent.example"],"from":"bounce@mail.example"}',
    "charsets": b'{"subject":"ISO-8859-1","text":"windows-1252","html":"no-such-charset"}',
    "SPF": b"pass",
    "dkim": b"{@mail.example : pass}",
    "spam_score": b"0.1",
}


def posted(form: dict[str, bytes], *files: FormField) -> tuple[dict[str, str], bytes]:
    kind, body = write_form([*(FormField(name, value) for name, value in form.items()), *files])
    return {"content-type": kind}, body


def mail(*files: FormField, **more: bytes) -> InboundMail:
    (found,) = replies(*posted({**FORM, **more}, *files))
    return found


def test_an_answer_comes_whole_in_whatever_charset() -> None:
    """Words by their own charset, people, ids and files' types; the envelope's recipient comes first."""
    found = mail(FormField("attachment1", b"%PDF", filename="cv.pdf", content_type="application/pdf"))
    assert found.sender == "Jörg <joerg@mail.example>"
    assert found.envelope_sender == "bounce@mail.example"
    assert found.recipients == (
        "real@reply.talent.example", "reply+a2b3@reply.talent.example", "talent@talent.example",
    )  # fmt: skip
    assert (found.subject, found.text, found.html) == (
        "Re: Gespräch",
        "Dienstag passt, schöne Grüße",
        "<p>ok</p>",
    )
    assert (found.message_id, found.in_reply_to) == ("CAF1@mail.example", "hb.del_01@talent.example")
    assert found.references == ("first@mail.example", "hb.del_01@talent.example")
    assert ("received", "by mx1; x") in found.headers
    assert found.attachments == ("application/pdf",)
    assert found.sent_at == datetime(2026, 11, 24, 10, 11, 12, tzinfo=UTC)
    assert found.verdicts == {"spf": "pass", "dkim": "{@mail.example : pass}", "spam_score": "0.1"}
    assert receipts(*posted(FORM), NOW) == ()
    with pytest.raises(MalformedBody):
        fetched(found, 200, b"{}")


def test_an_answer_has_one_key_and_a_null_sender_stays_one() -> None:
    """Neither words nor the way it was posted change the key; another envelope does."""
    assert mail().key == mail(text=b"other").key
    assert mail().key != mail(envelope=b'{"to":["other@reply.talent.example"],"from":"a@b.example"}').key
    assert mail().key != mail(headers=HEADERS.replace("CAF1", "CAF2").encode()).key
    assert mail(envelope=b'{"to":["x@y.example"],"from":""}').envelope_sender == ""
    assert mail(envelope=b"[").envelope_sender is None


def test_a_raw_mail_is_read_as_such() -> None:
    """*Send raw* posts the whole message in a field."""
    raw = HEADERS.replace('multipart/mixed; boundary="x"', "text/plain; charset=utf-8") + "\nDienstag geht\n"
    for name in ("email", "rawEmail"):
        form = {"envelope": FORM["envelope"], name: raw.encode()}
        (found,) = replies(*posted(form))
        assert found.text.strip() == "Dienstag geht"
        assert found.recipients[0] == "real@reply.talent.example"
        assert found.key == mail().key


_FIELDS = ("event", "email", "timestamp", "sg_message_id", "smtp-id", "type", "reason", "status", "category",
           "hb_send")  # fmt: skip
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_FIELDS), inner, max_size=6),
    max_leaves=15,
)


@given(data=VALUE, name=st.sampled_from(_FIELDS), raw=st.binary(max_size=40))
def test_hostile_events_are_refused_and_nothing_else(data: object, name: str, raw: bytes) -> None:
    """Whatever is posted, only the documented refusal comes out."""
    for body in (json.dumps(data).encode(), json.dumps([{**EVENT, name: data}]).encode(), raw):
        for read in (
            lambda body=body: receipts(JSON_TYPE, body, NOW),
            lambda body=body: replies(JSON_TYPE, body),
        ):
            with suppress(MalformedBody):
                read()


@given(
    st.sampled_from(tuple(FORM)), st.binary(max_size=80) | VALUE.map(lambda value: json.dumps(value).encode())
)
def test_hostile_forms_are_refused_and_nothing_else(name: str, value: bytes) -> None:
    """Neither an envelope, nor a charset, nor a header makes reading fail in another way."""
    for form in ({**FORM, name: value}, {"email": value, "envelope": value}):
        with suppress(MalformedBody):
            replies(*posted(form))


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30), st.binary(max_size=30))
def test_hostile_proofs_are_bad_signatures(given_one: str, stamp: str, proof: str, body: bytes) -> None:
    """No header makes the check fail in another way."""
    names = ("x-twilio-email-event-webhook-signature", "x-twilio-email-event-webhook-timestamp")
    known = HookSecrets(secrets=("a long enough secret",), public_keys=(SIGNER.public,))
    for headers in (
        {names[0]: given_one, names[1]: stamp},
        {names[0]: given_one, names[1]: str(int(NOW.timestamp()))},
        {"authorization": proof},
        {"authorization": f"Basic {proof}"},
    ):
        with pytest.raises(BadSignature):
            verify(headers, body, known, NOW)


# The shared samples

here = pytest.mark.skipif(not SHARED.exists(), reason="the shared samples are not here")
VECTOR = SHARED / "signature-vector.json"
_SHARED_KINDS = {
    "bounce": (HARD, True),
    "bounce-type-blocked": (SOFT, False),
    "click": (ReceiptKind.CLICKED, False),
    "deferred": (ReceiptKind.DEFERRED, False),
    "delivered": (ReceiptKind.DELIVERED, False),
    "dropped-bounced": (REJECTED, True),
    "dropped-invalid": (REJECTED, True),
    "dropped-unsubscribed": (REJECTED, True),
    "open": (ReceiptKind.OPENED, False),
    "processed": (ReceiptKind.QUEUED, False),
}


@here
def test_shared_receipts() -> None:
    """Every shared event is read as what its name says."""
    files = {file.stem.removeprefix("tracking-"): file for file in SHARED.glob("tracking-*.json")}
    assert set(files) == set(_SHARED_KINDS)
    keys = set()
    for name, file in files.items():
        (receipt,) = receipts(JSON_TYPE, file.read_bytes(), NOW)
        assert (receipt.kind, receipt.suppress) == _SHARED_KINDS[name], name
        assert receipt.at is not None
        assert receipt.recipient
        assert "@" not in receipt.detail
        keys.add(receipt.key)
    assert len(keys) == len(files)


def _shared_form(name: str) -> InboundMail:
    form = {key: value.encode() for key, value in json.loads((SHARED / name).read_text()).items()}
    (found,) = replies(*posted(form))
    return found


@here
def test_shared_inbound_mail() -> None:
    """The parsed, the raw and the answering sample are read whole."""
    first = _shared_form("inbound-parsed.form.json")
    assert first.recipients == ("test@inbound.example.com", "other@example.com", "cc@example.com")
    assert (first.text, first.html) == ("Test body plain", "<div>Test body html</div>")
    raw = _shared_form("inbound-raw.form.json")
    assert raw.text.strip() == "It's a body…"
    assert raw.envelope_sender == "envelope-from@example.org"
    answer = _shared_form("inbound-reply.form.json")
    assert answer.recipients == ("reply+cfu-01JD2Q8Z6W.k7p2xq@reply.example.com",)
    assert answer.in_reply_to == answer.references[0] == "cfu-01JD2Q8Z6W@mail.example.com"


@pytest.mark.skipif(not VECTOR.exists(), reason="the shared signature vector is not here")
def test_the_shared_signature_vector() -> None:
    """A signature that somebody else made is checked as SendGrid makes it."""
    vector: dict[str, Any] = json.loads(VECTOR.read_text())
    stamp = vector["timestamp"]
    headers = {
        "x-twilio-email-event-webhook-signature": vector["signature"],
        "x-twilio-email-event-webhook-timestamp": stamp,
    }
    known = HookSecrets(public_keys=(vector["public_key"],))
    verify(headers, vector["payload"].encode(), known, datetime.fromtimestamp(int(stamp), UTC))
