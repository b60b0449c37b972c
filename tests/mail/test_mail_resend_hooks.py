"""What Resend tells us: receipts that prove themselves, and answers whose words come in a second step."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import BadSignature, MalformedBody
from app.mail import resend_hooks
from app.mail.hooks import RANK, Hooks, HookSecrets, InboundMail, Receipt, ReceiptKind
from app.mail.providers import HOOKS
from app.mail.resend_hooks import fetched, receipts, replies, signature, verify
from tests.mail.schemas import complaints

ROOM = Path(__file__).parents[2].parent / "shared"
SHARED = ROOM / "payloads" / "mail" / "resend"
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
SECRET = "whsec_b3VyLW93bi1zZWNyZXQtZm9yLXRlc3Rz"
OLD = "whsec_dGhlLW9uZS1iZWZvcmUtdGhpcw=="
HARD, SOFT, REJECTED = ReceiptKind.BOUNCED_HARD, ReceiptKind.BOUNCED_SOFT, ReceiptKind.REJECTED
STAMP = str(int(NOW.timestamp()))
DATA = {
    "email_id": "0f6f1f0e-0000-4000-8000-00000000000a",
    "message_id": "<010f-000@email.mail.example>",
    "created_at": "2026-11-24T09:00:00.894Z",
    "from": "Talent <talent@talent.example>",
    "to": ["Jörg Weiß <joerg@mail.example>"],
    "subject": "Your interview",
    "tags": {"hb_send": "del_01"},
    "headers": [{"name": "Auto-Submitted", "value": "auto-generated"}],
}


def hook(kind: str, **more: object) -> bytes:
    event = {"type": kind, "created_at": "2026-11-24T09:00:05.126Z", "data": {**DATA, **more}}
    return json.dumps(event).encode()


def sealed(body: bytes, secret: str = SECRET, stamp: str = STAMP, name: str = "msg_1") -> dict[str, str]:
    mac = signature(secret, name, stamp, body)
    return {"svix-id": name, "svix-timestamp": stamp, "svix-signature": f"v1,{mac}"}


def bounced(kind: str, sub: str | None = None, said: str | None = None) -> tuple[str, dict[str, object]]:
    return "email.bounced", {"bounce": {"type": kind, "subType": sub, "diagnosticCode": [said]}}


def one(kind: str, **more: object) -> Receipt:
    (found,) = receipts({"svix-id": "msg_1"}, hook(kind, **more), NOW)
    return found


def test_the_file_has_the_shape_and_is_registered() -> None:
    """Resend repeats after anything but success, and nothing needs a certificate or a confirmation."""
    hooks: Hooks = resend_hooks
    assert HOOKS["resend"] is hooks
    assert (hooks.ANSWERS.success, hooks.ANSWERS.retry, hooks.ANSWERS.refused) == (200, 503, 401)
    assert hooks.certificate_url({}, b"") is None
    assert hooks.confirm_url({}, b"", HookSecrets()) is None


def test_either_secret_proves_it_while_they_change() -> None:
    """Each active secret counts, on their side (several signatures) as on ours (several secrets)."""
    body = hook("email.sent")
    verify(sealed(body), body, HookSecrets((OLD, SECRET)), NOW)
    both = sealed(body)
    both["svix-signature"] = f"v1,{signature(OLD, 'msg_1', STAMP, body)} v2,x {both['svix-signature']}"
    verify(both, body, HookSecrets((SECRET,)), NOW)
    for secrets in ((), ("",), (OLD,), ("whsec_",), ("whsec_?",), ("whsec_ü",)):
        with pytest.raises(BadSignature):
            verify(sealed(body), body, HookSecrets(secrets), NOW)


def test_tampering_is_refused() -> None:
    """Body, id and time are covered, and a time far from ours is refused even if signed."""
    body = hook("email.sent")
    headers, secrets = sealed(body), HookSecrets((SECRET,))
    late, early = NOW + timedelta(minutes=5, seconds=1), NOW - timedelta(minutes=5, seconds=1)
    for other, raw, now in (
        (headers, body + b" ", NOW),
        ({**headers, "svix-id": "msg_2"}, body, NOW),
        ({**headers, "svix-timestamp": str(int(STAMP) + 1)}, body, NOW),
        ({**headers, "svix-signature": headers["svix-signature"].removeprefix("v1,")}, body, NOW),
        ({**headers, "svix-signature": "v1,ü"}, body, NOW),
        ({**headers, "svix-signature": "v1,"}, body, NOW),
        ({**headers, "svix-timestamp": "²"}, body, NOW),
        ({}, body, NOW),
        (headers, body, late),
        (headers, body, early),
    ):
        with pytest.raises(BadSignature):
            verify(other, raw, secrets, now)
    verify(headers, body, secrets, NOW + timedelta(minutes=5))
    with pytest.raises(BadSignature):  # a secret that is none signs nothing, also not an empty signature
        verify({**headers, "svix-signature": "v1,"}, body, HookSecrets(("whsec_?", "whsec_")), NOW)


@pytest.mark.parametrize(
    ("kind", "more", "expected", "dead", "detail"),
    [
        ("email.scheduled", {}, ReceiptKind.QUEUED, False, ""),
        ("email.sent", {}, ReceiptKind.SENT, False, ""),
        ("email.delivery_delayed", {}, ReceiptKind.DEFERRED, False, ""),
        ("email.delivered", {}, ReceiptKind.DELIVERED, False, ""),
        (*bounced("Permanent", "NoEmail", "550 5.1.1 jo@x.example"), HARD, True, "Permanent NoEmail 5.1.1"),
        (*bounced("Permanent"), HARD, True, "Permanent"),
        (*bounced("Permanent", "General", "550 5.7.26 no"), REJECTED, False, "Permanent General 5.7.26"),
        (*bounced("Permanent", "Suppressed"), REJECTED, True, "Permanent Suppressed"),
        (*bounced("Transient"), SOFT, False, "Transient"),
        (*bounced("Undetermined"), SOFT, False, "Undetermined"),
        ("email.bounced", {}, SOFT, False, ""),
        ("email.suppressed", {"suppressed": {"type": "List", "reason": "was"}}, REJECTED, True, "List was"),
        ("email.failed", {"failed": {"reason": "daily_quota"}}, ReceiptKind.FAILED, False, "daily_quota"),
        ("email.complained", {}, ReceiptKind.COMPLAINED, True, ""),
        ("email.opened", {}, ReceiptKind.OPENED, False, ""),
        ("email.clicked", {}, ReceiptKind.CLICKED, False, ""),
        ("email.teleported", {}, ReceiptKind.UNKNOWN, False, "email.teleported"),
    ],
)  # fmt: skip
def test_each_event_says_what_became_of_the_message(
    *, kind: str, more: dict[str, object], expected: ReceiptKind, dead: bool, detail: str
) -> None:
    """Only a dead address, a complaint and Resend's own list suppress; a code tells why, without people."""
    receipt = one(kind, **more)
    assert (receipt.kind, receipt.suppress, receipt.detail) == (expected, dead, detail)
    assert (receipt.send_id, receipt.provider_id) == ("del_01", DATA["email_id"])
    assert receipt.wire_id == "010f-000@email.mail.example"
    assert receipt.recipient == "joerg@mail.example"
    assert receipt.at == datetime(2026, 11, 24, 9, 0, 5, 126000, UTC)
    assert receipt.key == "msg_1"


def test_what_concerns_no_message_is_no_receipt() -> None:
    """Contacts, domains and inbound mail are not receipts; a body without a type is malformed."""
    for kind in ("contact.updated", "domain.created", "email.received"):
        assert receipts({}, hook(kind), NOW) == ()
    for body in (b"", b"[]", b"{}", b'{"type":7}', b"\xff", b"[" * 50_000):
        with pytest.raises(MalformedBody):
            receipts({}, body, NOW)


def test_free_words_in_a_reason_name_nobody() -> None:
    """A field that should be a code may hold an address; what is kept of it is none."""
    detail = one("email.failed", failed={"reason": "jo@mail.example\n\u00fc refused " + "x" * 99}).detail
    assert detail.startswith("jo-mail.example-refused-x")
    assert len(detail) <= 60


@pytest.mark.parametrize("tags", [None, [], "x", {"hb_send": 7}, {"hb_send": "a b"}, {"other": "del_01"}])
def test_a_tag_that_is_not_ours_names_no_send(tags: object) -> None:
    """Nothing but an id of ours is taken for one."""
    assert one("email.sent", tags=tags).send_id is None
    assert one("email.sent", tags=[{"name": "hb_send", "value": "del_01"}, "?"]).send_id == "del_01"


INBOUND = {
    "email_id": "1a2b-33",
    "created_at": "2026-11-24T10:11:12.894719+00:00",
    "from": "Jörg Weiß <joerg@mail.example>",
    "to": ["reply+a2b3@reply.talent.example"],
    "cc": ["Talent <talent@talent.example>"],
    "bcc": [],
    "subject": "Re: Your interview",
    "message_id": "<CAF1@mail.example>",
    "attachments": [{"id": "x", "filename": "cv.pdf", "content_type": "application/pdf"}],
}
WHOLE = {
    **{name: value for name, value in INBOUND.items() if name != "email_id"},
    "object": "email",
    "id": "1a2b-33",
    "text": "Tuesday works\r\n\r\n> Hi",
    "html": None,
    "headers": {
        "Message-ID": "<CAF1@mail.example>",
        "In-Reply-To": "<010f-000@email.mail.example>",
        "References": "<first@mail.example> <010f-000@email.mail.example>",
        "Return-Path": "<joerg@mail.example>",
        "Auto-Submitted": "no",
        "Received": ["by mx1; x", "from mx0; y"],
    },
}


def announced() -> InboundMail:
    (mail,) = replies({}, json.dumps({"type": "email.received", "data": INBOUND}).encode())
    return mail


def test_an_answer_is_announced_and_then_fetched() -> None:
    """The webhook says who wrote to whom; the second step brings words, headers and what it answers."""
    mail = announced()
    assert mail.fetch is not None
    assert (mail.fetch.method, mail.fetch.url) == ("GET", "https://api.resend.com/emails/receiving/1a2b-33")
    assert (mail.text, mail.headers, mail.key) == ("", (), "1a2b-33")
    whole = fetched(mail, 200, json.dumps(WHOLE).encode())
    assert whole.fetch is None
    assert whole.sender == "Jörg Weiß <joerg@mail.example>"
    assert whole.envelope_sender == "joerg@mail.example"
    assert whole.recipients == ("reply+a2b3@reply.talent.example", "talent@talent.example")
    assert (whole.subject, whole.text, whole.html) == ("Re: Your interview", "Tuesday works\r\n\r\n> Hi", "")
    assert (whole.message_id, whole.in_reply_to) == ("CAF1@mail.example", "010f-000@email.mail.example")
    assert whole.references == ("first@mail.example", "010f-000@email.mail.example")
    assert ("received", "by mx1; x") in whole.headers
    assert ("received", "from mx0; y") in whole.headers
    assert ("auto-submitted", "no") in whole.headers
    assert whole.attachments == ("application/pdf",)
    assert whole.sent_at == datetime(2026, 11, 24, 10, 11, 12, 894719, UTC)


def test_a_bounce_keeps_its_null_sender() -> None:
    """The null sender is what tells a bounce from an answer, so it is not lost as *unknown*."""
    bounce = {**WHOLE, "headers": {"Return-Path": "<>"}}
    assert fetched(announced(), 200, json.dumps(bounce).encode()).envelope_sender == ""
    silent = {**WHOLE, "headers": None}
    assert fetched(announced(), 200, json.dumps(silent).encode()).envelope_sender is None


def test_only_the_mail_that_was_asked_for_completes_it() -> None:
    """An error, another mail and nonsense leave the answer to be asked for again."""
    for status, body in (
        (404, b'{"statusCode":404,"name":"not_found","message":"?"}'),
        (200, json.dumps({**WHOLE, "id": "other"}).encode()),
        (500, json.dumps(WHOLE).encode()),
        (200, b"<html>"),
        (200, b"[]"),
    ):
        with pytest.raises(MalformedBody):
            fetched(announced(), status, body)
    for hostile in ("../logs", "a?b=c", "a\r\nb", "", 7, "x" * 65):
        with pytest.raises(MalformedBody):
            replies({}, json.dumps({"type": "email.received", "data": {"email_id": hostile}}).encode())
    assert replies({}, hook("email.delivered")) == ()


_FIELDS = ("email_id", "to", "from", "tags", "bounce", "type", "headers", "message_id", "created_at")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_FIELDS), inner, max_size=5),
    max_leaves=12,
)


@given(
    kind=st.sampled_from(("email.bounced", "email.received", "email.sent", "email.suppressed", "?")),
    data=JSON,
    raw=st.binary(max_size=40),
)
def test_hostile_bytes_are_refused_and_nothing_else(kind: str, data: object, raw: bytes) -> None:
    """Whatever is posted, only the two documented refusals come out."""
    posted = json.dumps({"type": kind, "data": data, "created_at": data}).encode()
    given = json.dumps({"id": "1a2b-33", "headers": data, "to": data, "text": data}).encode()
    for body in (posted, given, raw):
        with suppress(MalformedBody):
            receipts({}, body, NOW)
        with suppress(MalformedBody):
            replies({}, body)
        with suppress(MalformedBody):
            fetched(announced(), 200, body)


@given(
    st.dictionaries(st.sampled_from(("svix-id", "svix-timestamp", "svix-signature")), st.text()), st.binary()
)
def test_hostile_proofs_are_bad_signatures(headers: dict[str, str], body: bytes) -> None:
    """No header makes the check fail in another way."""
    with pytest.raises(BadSignature):
        verify({"svix-timestamp": STAMP, **headers}, body, HookSecrets((SECRET, "whsec_?")), NOW)


# The shared samples

here = pytest.mark.skipif(not SHARED.exists(), reason="the shared samples are not here")
_SHARED_KINDS = {
    "bounced": ReceiptKind.BOUNCED_HARD,
    "bounced-suppressed-2023": ReceiptKind.REJECTED,
    "bounced-transient": ReceiptKind.BOUNCED_SOFT,
    "clicked": ReceiptKind.CLICKED,
    "complained": ReceiptKind.COMPLAINED,
    "delivered": ReceiptKind.DELIVERED,
    "delivery-delayed": ReceiptKind.DEFERRED,
    "failed": ReceiptKind.FAILED,
    "opened": ReceiptKind.OPENED,
    "scheduled": ReceiptKind.QUEUED,
    "sent": ReceiptKind.SENT,
    "suppressed": ReceiptKind.REJECTED,
}


@here
def test_shared_receipts() -> None:
    """Every shared event is read as what its name says, with its time, its id and its recipient."""
    files = {file.stem.removeprefix("tracking-"): file for file in SHARED.glob("tracking-*.json")}
    assert set(files) == set(_SHARED_KINDS)
    for name, file in files.items():
        (receipt,) = receipts({"svix-id": name}, file.read_bytes(), NOW)
        assert receipt.kind is _SHARED_KINDS[name], name
        assert receipt.at is not None
        assert receipt.provider_id
        assert receipt.recipient
        assert "@" not in receipt.detail
        assert receipt.suppress == (receipt.kind in {
            ReceiptKind.BOUNCED_HARD, ReceiptKind.REJECTED, ReceiptKind.COMPLAINED,
        })  # fmt: skip


@here
def test_shared_inbound_mail() -> None:
    """The announced mail has its fetch, and the answer to it completes it."""
    (mail,) = replies({}, (SHARED / "inbound-received.json").read_bytes())
    assert mail.fetch is not None
    assert mail.fetch.url.endswith(f"/emails/receiving/{mail.key}")
    assert mail.recipients == ("recipient@example.org",)
    whole = fetched(mail, 200, (SHARED / "inbound-get-received-email-response.json").read_bytes())
    assert whole.text.startswith("Tuesday works")
    assert (
        whole.in_reply_to == whole.references[0] == "ae2014de-c168-4c61-8267-70d2662a1ce1@email.example.com"
    )
    assert any(each.startswith("reply+") for each in whole.recipients)


def _vectors() -> Iterator[Any]:
    file = SHARED / "signature-vectors.json"
    if not file.exists():
        yield pytest.param({}, marks=pytest.mark.skip(reason="the shared samples are not here"))
        return
    for vector in json.loads(file.read_text())["vectors"]:
        yield pytest.param(vector, id=vector["origin"])


@pytest.mark.parametrize("vector", list(_vectors()))
def test_shared_signatures(vector: dict[str, str]) -> None:
    """The published vectors are accepted, and not with one byte changed."""
    headers = {
        "svix-id": vector["id"],
        "svix-timestamp": vector["timestamp"],
        "svix-signature": vector["signature"],
    }
    secrets, body = HookSecrets((OLD, vector["secret"])), vector["raw_body"].encode()
    now = datetime.fromtimestamp(int(vector["timestamp"]), UTC)
    verify(headers, body, secrets, now)
    with pytest.raises(BadSignature):
        verify(headers, body.replace(b"e", b"E", 1), secrets, now)


@pytest.mark.skipif(not (ROOM / "specs" / "resend.json").exists(), reason="the document is not here")
def test_our_own_samples_are_what_the_published_document_describes() -> None:
    """What is tested above is what Resend says it posts."""
    document = json.loads((ROOM / "specs" / "resend.json").read_text())
    schemas = document["components"]["schemas"]
    event = json.loads(hook("email.sent"))
    # Newer than the document: every event names the Message-ID (Resend's changelog, 2026-07).
    del event["data"]["message_id"]
    assert complaints(event, schemas["EmailSentEvent"], document) == []
    received = {"type": "email.received", "created_at": INBOUND["created_at"], "data": INBOUND}
    assert complaints(received, schemas["EmailReceivedEvent"], document) == []
    known = {name for name in document["webhooks"] if name.startswith("email.")} - {"email.received"}
    assert all(one(name).kind is not ReceiptKind.UNKNOWN for name in known)
    assert RANK[one("email.complained").kind] > RANK[one("email.delivered").kind]
    assert replace(announced(), fetch=None) != announced()
