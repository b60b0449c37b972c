"""What Brevo tells us: receipts one by one or in batches, and answers with their words."""

import base64
import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import BadSignature, MalformedBody
from app.mail import brevo_hooks
from app.mail.brevo_hooks import fetched, receipts, replies, verify
from app.mail.hooks import Hooks, HookSecrets, InboundMail, Receipt, ReceiptKind
from app.mail.providers import HOOKS

SHARED = Path(__file__).parents[2].parent / "shared" / "payloads" / "mail" / "brevo"
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
HARD, SOFT, REJECTED = ReceiptKind.BOUNCED_HARD, ReceiptKind.BOUNCED_SOFT, ReceiptKind.REJECTED
EVENT = {
    "event": "delivered",
    "email": "Joerg@mail.example",
    "id": 814,
    "date": "2026-11-24 10:00:05",
    "ts": 1795510800,
    "ts_event": 1795510805,
    "ts_epoch": 1795510805250,
    "message-id": "<202611240900.1@smtp-relay.mail.example>",
    "subject": "Your interview",
    "tags": ["hb-del_01"],
}


def one(event: object = "delivered", **more: object) -> Receipt:
    (found,) = receipts({}, json.dumps({**EVENT, "event": event, **more}).encode(), NOW)
    return found


def basic(pair: str) -> dict[str, str]:
    return {"authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def test_the_file_has_the_shape_and_is_registered() -> None:
    """Brevo discards after every error but 429, so nothing that matters is answered otherwise."""
    hooks: Hooks = brevo_hooks
    assert HOOKS["brevo"] is hooks
    assert (hooks.ANSWERS.success, hooks.ANSWERS.retry, hooks.ANSWERS.refused) == (200, 429, 429)
    assert hooks.certificate_url({}, b"") is None
    assert hooks.confirm_url({}, b"", HookSecrets()) is None


def test_each_active_secret_proves_it() -> None:
    """A bearer token, or user and password; while they change, the old and the new."""
    secrets = HookSecrets(("token-1", "talent:päss:word"))
    for headers in (
        {"authorization": "Bearer token-1"},
        {"authorization": "bearer  token-1"},
        basic("talent:päss:word"),
    ):
        verify(headers, b"", secrets, NOW)
    for headers in (
        {},
        {"authorization": ""},
        {"authorization": "Bearer"},
        {"authorization": "Bearer token-2"},
        {"authorization": "token-1"},
        {"authorization": "Digest token-1"},
        {"authorization": "Basic !"},
        {"authorization": "Basic ü"},
        basic("talent:"),
        basic(""),
    ):
        for known in (secrets, HookSecrets(), HookSecrets(("",))):
            with pytest.raises(BadSignature):
                verify(headers, b"", known, NOW)


@pytest.mark.parametrize(
    ("event", "reason", "kind", "dead", "detail"),
    [
        ("request", None, ReceiptKind.QUEUED, False, "request"),
        ("sent", None, ReceiptKind.QUEUED, False, "sent"),
        ("delivered", None, ReceiptKind.DELIVERED, False, "delivered"),
        ("deferred", "550 5.1.1 <jo@x.example>: unknown", ReceiptKind.DEFERRED, False, "deferred 5.1.1"),
        ("soft_bounce", "Unable to find MX of domain x.example", SOFT, False, "soft_bounce"),
        ("hard_bounce", "550 5.1.1 user unknown", HARD, True, "hard_bounce 5.1.1"),
        ("hard_bounce", "550 5.7.26 unauthenticated", REJECTED, False, "hard_bounce 5.7.26"),
        ("hard_bounce", "550 from 5.7.26.1", HARD, True, "hard_bounce"),
        ("hard_bounce", None, HARD, True, "hard_bounce"),
        ("invalid_email", None, HARD, True, "invalid_email"),
        ("blocked", "blocked : due to blacklist user", REJECTED, True, "blocked"),
        ("blocked", "blocked : contact unsubscribed", REJECTED, True, "blocked"),
        ("blocked", "our IP is on a blacklist", REJECTED, False, "blocked"),
        ("blocked", None, REJECTED, False, "blocked"),
        ("error", "Sender is not valid", ReceiptKind.FAILED, False, "error"),
        ("spam", None, ReceiptKind.COMPLAINED, True, "spam"),
        ("complaint", None, ReceiptKind.COMPLAINED, True, "complaint"),
        ("unsubscribe", None, ReceiptKind.UNSUBSCRIBED, True, "unsubscribe"),
        ("opened", None, ReceiptKind.OPENED, False, "opened"),
        ("click", None, ReceiptKind.CLICKED, False, "click"),
        ("teleported", None, ReceiptKind.UNKNOWN, False, "teleported"),
    ],
)
def test_each_event_says_what_became_of_the_message(
    *, event: str, reason: str | None, kind: ReceiptKind, dead: bool, detail: str
) -> None:
    """Only dead addresses, complaints, unsubscribing and Brevo's own list suppress; policy never does."""
    receipt = one(event, reason=reason)
    assert (receipt.kind, receipt.suppress, receipt.detail) == (kind, dead, detail)
    assert (receipt.send_id, receipt.recipient) == ("del_01", "Joerg@mail.example")
    assert receipt.provider_id == receipt.wire_id == "202611240900.1@smtp-relay.mail.example"
    assert receipt.at == datetime.fromtimestamp(1795510805.25, UTC)
    assert not receipt.machine


def test_openings_by_a_proxy_are_a_machine() -> None:
    """Privacy proxies open everything."""
    for event in ("proxy_open", "unique_proxy_open"):
        assert (one(event).kind, one(event).machine) == (ReceiptKind.OPENED, True)


def test_the_key_is_that_of_the_event_and_repeats_nobody() -> None:
    """A repeat has the same key, another event, time or recipient has another; no address is in it."""
    known = one()
    assert one(id=9, subject="other", sending_ip="192.0.2.1").key == known.key
    others = [
        one("opened"),
        one(ts_epoch=1795510806250),
        one(email="x@mail.example"),
        one(**{"message-id": "<y@z>"}),
    ]
    assert len({known.key, *(other.key for other in others)}) == 5
    assert "mail.example" not in known.key


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ({"ts_epoch": 1795510805}, 1795510805),
        ({"ts_epoch": None}, 1795510805),
        ({"ts_epoch": None, "ts_event": None}, 1795510800),
        ({"ts_epoch": None, "ts_event": None, "ts": None}, None),
        ({"ts_epoch": True, "ts_event": -1, "ts": 10**400}, None),
        ({"ts_epoch": "1795510805", "ts_event": 1.5, "ts": 7_258_118_400}, None),
    ],
)
def test_only_epochs_tell_the_time(times: dict[str, object], expected: int | None) -> None:
    """The written date is local time of somewhere; the epochs are UTC, in seconds or milliseconds."""
    at = one(**times).at
    assert (at.timestamp() if at else None) == expected


@pytest.mark.parametrize(
    ("more", "send"),
    [
        ({"tags": None, "tag": '["x","hb-del_02"]'}, "del_02"),
        ({"tags": None, "tag": "hb-del_03"}, "del_03"),
        ({"tags": None, "X-Mailin-custom": "hb_send:del_04"}, "del_04"),
        ({"tags": ["hb-a b"], "X-Mailin-custom": "hb_send:x y"}, None),
        ({"tags": ["other"], "X-Mailin-custom": {"hb_send": "x"}}, None),
        ({"tags": "[", "tag": 7}, None),
    ],
)
def test_our_id_is_found_wherever_brevo_puts_it(more: dict[str, object], send: str | None) -> None:
    """Tags come as a list, as one string or as a list within a string; nothing else is taken for an id."""
    assert one(**more).send_id == send


def test_batches_are_read_whole_or_not_at_all() -> None:
    """Receipts can come in an array; inbound mail brings none; anything else is malformed."""
    batch = json.dumps([EVENT, {**EVENT, "event": "opened"}]).encode()
    assert [receipt.kind for receipt in receipts({}, batch, NOW)] == [
        ReceiptKind.DELIVERED,
        ReceiptKind.OPENED,
    ]
    assert receipts({}, b"[]", NOW) == ()
    assert receipts({}, b'{"items":[]}', NOW) == ()
    for body in (
        b"",
        b"7",
        b"{}",
        b'[{"event":"sent"},7]',
        b"\xff",
        b"[" * 50_000,
        b"[" + b"{}," * 1000 + b"{}]",
    ):
        with pytest.raises(MalformedBody):
            receipts({}, body, NOW)


ITEM = {
    "Uuid": ["0f6f1f0e-0000-4000-8000-00000000000a"],
    "MessageId": "<CAF1@mail.example>",
    "InReplyTo": "<202611240900.1@smtp-relay.mail.example>",
    "From": {"Name": 'Weiß, "Jo"', "Address": "joerg@mail.example"},
    "To": [{"Name": None, "Address": "reply+a2b3@reply.talent.example"}],
    "Cc": [{"Name": "Talent", "Address": "talent@talent.example"}],
    "ReplyTo": None,
    "SentAtDate": "Tue, 24 Nov 2026 11:11:12 +0100",
    "Subject": "Re: Your interview",
    "Attachments": [{"Name": "cv.pdf", "ContentType": "application/pdf", "DownloadToken": "x"}],
    "Headers": {
        "Message-ID": "<CAF1@mail.example>",
        "References": "<first@mail.example> <202611240900.1@smtp-relay.mail.example>",
        "Return-Path": "<joerg@mail.example>",
        "Delivered-To": "inbox@reply.talent.example",
        "Received": ["by mx1; x", "from mx0; y"],
    },
    "SpamScore": 0.3,
    "ExtractedMarkdownMessage": "Tuesday works",
    "ExtractedMarkdownSignature": "- Jo",
    "RawHtmlBody": "<p>Tuesday works</p>",
    "RawTextBody": "Tuesday works\r\n\r\n> Hi",
}


def mail(**more: object) -> InboundMail:
    (found,) = replies({}, json.dumps({"items": [{**ITEM, **more}]}).encode())
    return found


def test_an_answer_comes_whole() -> None:
    """Words, people, ids, files' types and Brevo's own new text without quotes; nothing is left to fetch."""
    found = mail()
    assert found.fetch is None
    assert found.sender == '"Weiß, \\"Jo\\"" <joerg@mail.example>'
    assert found.envelope_sender == "joerg@mail.example"
    assert found.recipients == (
        "reply+a2b3@reply.talent.example", "talent@talent.example", "inbox@reply.talent.example",
    )  # fmt: skip
    assert (found.text, found.html) == ("Tuesday works\r\n\r\n> Hi", "<p>Tuesday works</p>")
    assert (found.stripped, found.subject) == ("Tuesday works", "Re: Your interview")
    assert (found.message_id, found.in_reply_to) == (
        "CAF1@mail.example", "202611240900.1@smtp-relay.mail.example",
    )  # fmt: skip
    assert found.references == ("first@mail.example", "202611240900.1@smtp-relay.mail.example")
    assert ("received", "from mx0; y") in found.headers
    assert found.attachments == ("application/pdf",)
    assert found.sent_at == datetime(2026, 11, 24, 10, 11, 12, tzinfo=UTC)
    assert found.verdicts == {"spam_score": "0.3"}
    with pytest.raises(MalformedBody):
        fetched(found, 200, b"{}")


def test_an_answer_has_one_key_and_its_envelope_first() -> None:
    """A repeat has the same key, even where Brevo left out its own id; a null sender stays one."""
    assert mail().key == mail(Subject="x").key != mail(Uuid=["other"]).key
    assert mail(Uuid=None).key == mail(Uuid=None, Subject="x").key
    assert mail(Uuid=None).key != mail(Uuid=None, MessageId="<other@mail.example>").key
    assert mail(Recipients=["real@reply.talent.example"]).recipients[0] == "real@reply.talent.example"
    assert mail(Headers={"Return-Path": "<>"}).envelope_sender == ""
    assert mail(Headers=None).envelope_sender is None
    assert mail(From=None, Headers={"From": "Jo <jo@mail.example>"}).sender == "Jo <jo@mail.example>"
    assert replies({}, json.dumps(EVENT).encode()) == ()


_FIELDS = (
    *(
        "event",
        "email",
        "ts_epoch",
        "ts",
        "message-id",
        "tags",
        "tag",
        "reason",
        "items",
        "Uuid",
        "MessageId",
    ),
    *(
        "From",
        "To",
        "Cc",
        "Address",
        "Name",
        "Headers",
        "References",
        "SentAtDate",
        "Attachments",
        "Recipients",
    ),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_FIELDS), inner, max_size=6),
    max_leaves=15,
)


@given(data=JSON, raw=st.binary(max_size=40))
def test_hostile_bytes_are_refused_and_nothing_else(data: object, raw: bytes) -> None:
    """Whatever is posted, only the documented refusal comes out."""
    item = data if isinstance(data, dict) else {"To": data, "Headers": data}
    for body in (
        json.dumps(data).encode(),
        json.dumps({"items": [item]}).encode(),
        json.dumps({**EVENT, **item}).encode(),
        raw,
    ):
        with suppress(MalformedBody):
            receipts({}, body, NOW)
        with suppress(MalformedBody):
            replies({}, body)


@given(st.sampled_from(("Basic ", "Bearer ", "", "basic")), st.text(max_size=30))
def test_hostile_proofs_are_bad_signatures(scheme: str, rest: str) -> None:
    """No header makes the check fail in another way."""
    with pytest.raises(BadSignature):
        verify({"authorization": scheme + rest}, b"", HookSecrets(("a long enough secret",)), NOW)


# The shared samples

here = pytest.mark.skipif(not SHARED.exists(), reason="the shared samples are not here")
_SHARED_KINDS = {
    "blocked": REJECTED,
    "click": ReceiptKind.CLICKED,
    "complaint": ReceiptKind.COMPLAINED,
    "deferred": ReceiptKind.DEFERRED,
    "delivered": ReceiptKind.DELIVERED,
    "error": ReceiptKind.FAILED,
    "hard-bounce": HARD,
    "invalid-email": HARD,
    "opened": ReceiptKind.OPENED,
    "proxy-open": ReceiptKind.OPENED,
    "request": ReceiptKind.QUEUED,
    "soft-bounce": SOFT,
    "spam": ReceiptKind.COMPLAINED,
    "unique-opened": ReceiptKind.OPENED,
    "unsubscribe": ReceiptKind.UNSUBSCRIBED,
}


@here
def test_shared_receipts() -> None:
    """Every shared event is read as what its name says, with its time, its id and its recipient."""
    files = {file.stem.removeprefix("tracking-"): file for file in SHARED.glob("tracking-*.json")}
    assert set(files) == set(_SHARED_KINDS)
    keys = set()
    for name, file in files.items():
        (receipt,) = receipts({}, file.read_bytes(), NOW)
        assert receipt.kind is _SHARED_KINDS[name], name
        assert receipt.at is not None
        assert receipt.at.year in (2018, 2020), name
        assert receipt.provider_id
        assert receipt.provider_id == receipt.wire_id
        assert receipt.recipient
        assert receipt.machine == (name == "proxy-open")
        assert "@" not in receipt.detail
        keys.add(receipt.key)
    assert len(keys) == len(files)


@here
def test_shared_inbound_mail() -> None:
    """Both shared inbound mails are read whole."""
    (first,) = replies({}, (SHARED / "inbound.json").read_bytes())
    assert first.recipients == ("test@anymail.dev", "test+cc@anymail.dev")
    assert (first.in_reply_to, first.references) == (None, ())
    (answer,) = replies({}, (SHARED / "inbound-reply.json").read_bytes())
    assert answer.recipients == ("reply+cfu-01JD2Q8Z6W.k7p2xq@reply.example.com",)
    assert answer.in_reply_to == answer.references[0] == "202611160900.123456789@smtp-relay.mailin.fr"
    assert answer.stripped == "This is a test message."
    assert answer.text.startswith("This is a *test message*.")
    assert answer.sent_at == datetime(2023, 7, 17, 18, 11, 22, tzinfo=UTC)
