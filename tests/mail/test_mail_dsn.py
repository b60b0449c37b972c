"""Bounces by mail: what they say, about which of our mails, and what is no bounce at all."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.mail.dsn import receipts_in
from app.mail.hooks import ReceiptKind

SEND = "dlv_01jd2q8z6w3k7m9p5r1t0v4x2y"


def report(action: str, status: str, *, diagnostic: str = "", to: str = "bounces@talent.example") -> bytes:
    """A report as mail servers write them."""
    return f"""Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@mx.example>
To: {to}
Subject: Undelivered Mail Returned to Sender
Date: Tue, 24 Nov 2026 10:00:00 +0000
Auto-Submitted: auto-replied
Message-ID: <report-1@mx.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Tue, 24 Nov 2026 09:59:00 +0000

Final-Recipient: rfc822; noemi@mail.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {diagnostic}
Last-Attempt-Date: Tue, 24 Nov 2026 09:59:30 +0000

--b
Content-Type: text/rfc822-headers

From: talent@talent.example
To: noemi@mail.example
Message-ID: <hb.{SEND}@talent.example>
Subject: Next steps

--b--
""".replace("\n", "\r\n").encode()


@pytest.mark.parametrize(
    ("action", "status", "kind", "suppress"),
    [
        ("failed", "5.1.1", ReceiptKind.BOUNCED_HARD, True),
        ("failed", "5.1.10", ReceiptKind.BOUNCED_HARD, True),
        ("failed", "5.2.1", ReceiptKind.BOUNCED_HARD, True),
        ("failed", "5.2.2", ReceiptKind.FAILED, False),
        ("failed", "5.3.4", ReceiptKind.FAILED, False),
        ("failed", "5.7.1", ReceiptKind.REJECTED, False),
        ("failed", "4.4.7", ReceiptKind.FAILED, False),
        ("delayed", "4.4.1", ReceiptKind.DEFERRED, False),
        ("delivered", "2.0.0", ReceiptKind.DELIVERED, False),
        ("relayed", "2.0.0", ReceiptKind.DELIVERED, False),
        ("astonished", "9.9.9", ReceiptKind.UNKNOWN, False),
    ],
)
def test_each_report_has_its_kind(action: str, status: str, kind: ReceiptKind, *, suppress: bool) -> None:
    """A dead mailbox is put off; a full one, a refused text or our own name is not held against it."""
    [receipt] = receipts_in(report(action, status))
    assert (receipt.kind, receipt.suppress) == (kind, suppress)
    assert receipt.recipient == "noemi@mail.example"
    assert receipt.at == datetime(2026, 11, 24, 9, 59, 30, tzinfo=UTC)
    assert "@" not in receipt.detail


def test_it_is_known_which_mail_came_back() -> None:
    """By the address it came to, which is ours alone; else by the id of the mail that it returns."""
    [by_id] = receipts_in(report("failed", "5.1.1"))
    assert (by_id.send_id, by_id.wire_id) == (SEND, f"hb.{SEND}@talent.example")
    [by_header] = receipts_in(report("failed", "5.1.1", to="bounce+dlv_other@bounces.talent.example"))
    assert by_header.send_id == "dlv_other"
    [by_envelope] = receipts_in(report("failed", "5.1.1"), ["bounce+dlv_third@bounces.talent.example"])
    assert by_envelope.send_id == "dlv_third"


def test_the_code_may_stand_in_the_servers_own_words_only() -> None:
    """Some servers write a class into the status and the truth into the diagnostic."""
    [receipt] = receipts_in(report("failed", "unknown", diagnostic="550 5.1.1 no such user"))
    assert receipt.kind is ReceiptKind.BOUNCED_HARD


def test_the_same_report_has_the_same_key() -> None:
    """A report that is fetched twice counts once."""
    keys = {receipts_in(report("failed", "5.1.1"))[0].key for _ in range(2)}
    assert len(keys) == 1
    assert receipts_in(report("delayed", "4.4.1"))[0].key not in keys


def test_a_bounce_in_no_known_form_is_counted_and_nothing_more() -> None:
    """Old servers write prose."""
    raw = (
        b"Return-Path: <>\r\nFrom: MAILER-DAEMON@old.example\r\nTo: x@talent.example\r\n"
        b"Subject: failure notice\r\n\r\nHi. I'm afraid I wasn't able to deliver your message.\r\n"
    )
    [receipt] = receipts_in(raw)
    assert (receipt.kind, receipt.suppress) == (ReceiptKind.UNKNOWN, False)


@pytest.mark.parametrize(
    "raw",
    [
        b"From: noemi@mail.example\r\nSubject: Re: Next steps\r\n\r\nTuesday suits me.\r\n",
        b"Return-Path: <>\r\nFrom: noemi@mail.example\r\nAuto-Submitted: auto-replied\r\n\r\nI am away.\r\n",
        b"",
        b"\xff\xfe\x00",
    ],
)
def test_answers_and_automatic_answers_are_no_bounces(raw: bytes) -> None:
    """Somebody who is on holiday has received the mail."""
    assert receipts_in(raw) == ()


@given(st.binary(max_size=400), st.integers(0, 900), st.binary(max_size=8))
def test_hostile_bytes_never_raise(noise: bytes, at: int, change: bytes) -> None:
    """Whatever somebody sends to the bounce address."""
    receipts_in(noise)
    good = report("failed", "5.1.1")
    receipts_in(good[:at] + change + good[at + len(change) :])
