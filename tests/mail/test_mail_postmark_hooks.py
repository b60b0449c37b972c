"""Postmark's way back: what proves it, what each receipt means, and mail that comes in whole."""

import base64
import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import BadSignature, MalformedBody
from app.mail import postmark_hooks as hooks
from app.mail.hooks import HookSecrets, ReceiptKind

SHARED = Path(__file__).parents[2].parent / "shared" / "payloads" / "mail" / "postmark"
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
SEND = "del_01jd2q8z6w3k7m9p5r1t0v4x2y"
shared = pytest.mark.skipif(not SHARED.exists(), reason="the shared samples are not here")

INBOUND: dict[str, Any] = {
    "From": "noemi@mail.example",
    "FromFull": {"Email": "noemi@mail.example", "Name": "Noémi Lefèvre", "MailboxHash": ""},
    "To": '"Talent" <reply+abc.def@reply.talent.example>',
    "ToFull": [{"Email": "reply+abc.def@reply.talent.example", "MailboxHash": "abc.def"}],
    "CcFull": [{"Email": "partner@mail.example"}],
    "OriginalRecipient": "reply+abc.def@inbound.talent.example",
    "Subject": "Re: Next steps",
    "MessageID": "7c3f0000-0000-4000-8000-000000000001",
    "MailboxHash": "abc.def",
    "Date": "Tue, 24 Nov 2026 10:31:00 +0100",
    "TextBody": "Tuesday suits me.\n\n> On Monday you wrote",
    "StrippedTextReply": "Tuesday suits me.",
    "HtmlBody": "<p>Tuesday suits me.</p>",
    "Headers": [
        {"Name": "Return-Path", "Value": "<noemi@mail.example>"},
        {"Name": "Message-ID", "Value": "<her-1@mail.example>"},
        {"Name": "In-Reply-To", "Value": f"<hb.{SEND}@talent.example>"},
        {"Name": "References", "Value": f"<a@b.example> <hb.{SEND}@talent.example>"},
        {"Name": "Auto-Submitted", "Value": "no"},
    ],
    "Attachments": [{"Name": "cv.pdf", "Content": "AA==", "ContentType": "application/pdf"}],
}


def record(sort: str, **more: Any) -> bytes:
    fields = {"RecordType": sort, "MessageID": "m-1", "Metadata": {"hb_send": SEND}, **more}
    return json.dumps(fields).encode()


def bounce(sort: str, **more: Any) -> bytes:
    at = "2026-11-24T05:00:00.1234567-05:00"
    return record("Bounce", ID=7, Type=sort, Email="noemi@mail.example", BouncedAt=at, **more)


def basic(user: str) -> dict[str, str]:
    return {"authorization": f"Basic {base64.b64encode(user.encode()).decode()}"}


def test_only_who_knows_an_active_secret_is_believed() -> None:
    """User and password, or a bearer token; each active one, and no other."""
    known = HookSecrets(secrets=("new:pass", "a-token-of-ours"))
    for headers in (basic("new:pass"), {"authorization": "Bearer a-token-of-ours"}):
        hooks.verify(headers, b"{}", known, NOW)
    for headers in (basic("old:pass"), {"authorization": "Bearer x"}, {"authorization": "Basic %%"}, {}):
        with pytest.raises(BadSignature):
            hooks.verify(headers, b"{}", known, NOW)
    with pytest.raises(BadSignature):
        hooks.verify(basic(""), b"{}", HookSecrets(secrets=("",)), NOW)


def test_postmark_never_hears_403() -> None:
    """It would stop for good."""
    assert hooks.ANSWERS.refused == 401
    assert hooks.ANSWERS.retry >= 500


@pytest.mark.parametrize(
    ("sort", "kind", "suppress"),
    [
        ("HardBounce", ReceiptKind.BOUNCED_HARD, True),
        ("BadEmailAddress", ReceiptKind.BOUNCED_HARD, True),
        ("SoftBounce", ReceiptKind.BOUNCED_SOFT, False),
        ("Transient", ReceiptKind.DEFERRED, False),
        ("DnsError", ReceiptKind.DEFERRED, False),
        ("AutoResponder", ReceiptKind.AUTORESPONDED, False),
        ("AddressChange", ReceiptKind.AUTORESPONDED, False),
        ("ChallengeVerification", ReceiptKind.AUTORESPONDED, False),
        ("SpamNotification", ReceiptKind.COMPLAINED, True),
        ("Unsubscribe", ReceiptKind.UNSUBSCRIBED, True),
        ("Blocked", ReceiptKind.REJECTED, False),
        ("DMARCPolicy", ReceiptKind.REJECTED, False),
        ("SMTPApiError", ReceiptKind.FAILED, False),
        ("SomethingNew", ReceiptKind.UNKNOWN, False),
    ],
)
def test_each_bounce_has_its_kind(sort: str, kind: ReceiptKind, *, suppress: bool) -> None:
    """Out-of-office is no bounce, a blocked sender says nothing about the address."""
    [receipt] = hooks.receipts({}, bounce(sort), NOW)
    assert (receipt.kind, receipt.suppress) == (kind, suppress)
    assert receipt.send_id == SEND
    assert receipt.provider_id == "m-1"
    assert receipt.at == datetime(2026, 11, 24, 10, 0, 0, 123456, tzinfo=UTC)
    assert "@" not in receipt.detail


def test_an_address_that_postmark_has_put_off_is_put_off_here() -> None:
    """``Inactive`` says so, except for an automatic answer."""
    assert hooks.receipts({}, bounce("Blocked", Inactive=True), NOW)[0].suppress
    assert not hooks.receipts({}, bounce("AutoResponder", Inactive=True), NOW)[0].suppress


def test_other_records_have_their_kinds() -> None:
    """Delivered, seen, complained, unsubscribed and back again."""
    told = [
        hooks.receipts({}, record(sort, **more), NOW)[0].kind
        for sort, more in (
            ("Delivery", {"DeliveredAt": "2026-11-24T10:00:00Z", "Recipient": "noemi@mail.example"}),
            ("Open", {"ReceivedAt": "2026-11-24T10:00:00Z"}),
            ("Click", {}),
            ("SpamComplaint", {}),
            ("SubscriptionChange", {"SuppressSending": True}),
            ("SubscriptionChange", {"SuppressSending": False}),
            ("Planet", {}),
        )
    ]
    assert told == [
        ReceiptKind.DELIVERED,
        ReceiptKind.OPENED,
        ReceiptKind.CLICKED,
        ReceiptKind.COMPLAINED,
        ReceiptKind.UNSUBSCRIBED,
        ReceiptKind.RESUBSCRIBED,
        ReceiptKind.UNKNOWN,
    ]


def test_the_same_receipt_has_the_same_key_and_another_another() -> None:
    """Providers repeat."""
    keys = [hooks.receipts({}, body, NOW)[0].key for body in (bounce("SoftBounce"), bounce("SoftBounce"))]
    assert len(set(keys)) == 1
    assert hooks.receipts({}, bounce("HardBounce"), NOW)[0].key not in keys


def test_a_reply_comes_with_all_that_finds_its_thread() -> None:
    """The envelope's recipient first, ids without brackets, the new words apart from the quoted ones."""
    body = json.dumps(INBOUND).encode()
    [mail] = hooks.replies({}, body)
    assert mail.recipients == (
        "reply+abc.def@inbound.talent.example",
        "reply+abc.def@reply.talent.example",
        "partner@mail.example",
    )
    assert (mail.message_id, mail.in_reply_to) == ("her-1@mail.example", f"hb.{SEND}@talent.example")
    assert mail.references == ("a@b.example", f"hb.{SEND}@talent.example")
    assert mail.stripped == "Tuesday suits me."
    assert mail.envelope_sender == "noemi@mail.example"
    assert mail.attachments == ("application/pdf",)
    assert mail.sent_at == datetime(2026, 11, 24, 9, 31, tzinfo=UTC)
    assert ("auto-submitted", "no") in mail.headers
    assert hooks.receipts({}, body, NOW) == ()
    assert hooks.replies({}, bounce("HardBounce")) == ()
    with pytest.raises(MalformedBody):
        hooks.replies({}, b"{}")


@shared
def test_every_shared_sample_is_read() -> None:
    """Receipts have kinds that we know, inbound samples their words."""
    seen = {path.name for path in SHARED.glob("*.json")}
    assert len(seen) > 10
    for path in SHARED.glob("tracking-*.json"):
        [receipt] = hooks.receipts({}, path.read_bytes(), NOW)
        assert receipt.kind is not ReceiptKind.UNKNOWN, path.name
        assert receipt.key, path.name
    for path in SHARED.glob("inbound*.json"):
        [mail] = hooks.replies({}, path.read_bytes())
        assert mail.recipients, path.name
        assert mail.text, path.name


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda value: st.lists(value) | st.dictionaries(st.text(), value),
        max_leaves=10,
    ),
    st.sampled_from(["RecordType", "FromFull", "Headers", "Metadata", "Date", "OriginalRecipient"]),
)
def test_bodies_of_any_shape_are_read_or_refused(value: object, name: str) -> None:
    """A field of another type than documented is passed over."""
    for base in (INBOUND, json.loads(bounce("HardBounce"))):
        body = json.dumps({**base, name: value}).encode()
        with suppress(MalformedBody):
            hooks.receipts({}, body, NOW)
        with suppress(MalformedBody):
            hooks.replies({}, body)


@given(st.binary(), st.text())
def test_hostile_bytes_are_refused_and_nothing_else(body: bytes, header: str) -> None:
    """Never another error."""
    with pytest.raises(BadSignature):
        hooks.verify({"authorization": header}, body, HookSecrets(secrets=("user:secret-of-ours",)), NOW)
    for reader in (lambda: hooks.receipts({}, body, NOW), lambda: hooks.replies({}, body)):
        with suppress(MalformedBody):
            reader()
