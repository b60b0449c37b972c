"""Calendar files: what a reader's own calendar makes of an appointment."""

import email
import email.policy
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import icalendar
import pytest

from app.errors import UnsafeHeader
from app.mail.ics import calendar_file, uid_of
from app.mail.mime import build_mime
from app.mail.outbound import Address, Attachment, Envelope
from app.mail.postmark import PostmarkSettings, build
from app.messages.appointments import Appointment, refuse_malformed, slot_from
from app.moments import zone

STARTS = datetime(2027, 3, 29, 8, 30, tzinfo=UTC)
WRITTEN = datetime(2027, 3, 22, 9, tzinfo=UTC)
OWNER = Address("Mara Bexley, Ostwind", "mara.bexley@ostwind.example")


def appointment(**changes: object) -> Appointment:
    """An hour in Berlin, the day after its clocks went forward."""
    known: dict[str, object] = {
        "key": "interview:i1",
        "starts_at": STARTS,
        "ends_at": STARTS + timedelta(hours=1),
        "zone": "Europe/Berlin",
        "title": "Portfolio talk: Welder, Ostwind Robotics",
        "where": "Halle 3; Tor, links",
    }
    return Appointment(**{**known, **changes})  # type: ignore[arg-type]  # the fields' own types


def read(file: Attachment) -> tuple[icalendar.Calendar, icalendar.Component]:
    """The file as another program reads it."""
    calendar = icalendar.Calendar.from_ical(file.content)
    (event,) = calendar.walk("VEVENT")
    return calendar, event


def test_the_file_says_when_in_the_readers_own_zone() -> None:
    """Start and end carry their zone, which is defined in the file; text survives its punctuation."""
    calendar, event = read(calendar_file(appointment(), "u@x.example", OWNER, WRITTEN))
    assert calendar["METHOD"] == "PUBLISH"
    assert event["DTSTART"].params["TZID"] == "Europe/Berlin"
    assert event.decoded("DTSTART") == datetime(2027, 3, 29, 10, 30, tzinfo=zone("Europe/Berlin"))
    assert event.decoded("DTEND") - event.decoded("DTSTART") == timedelta(hours=1)
    assert [str(tz["TZID"]) for tz in calendar.walk("VTIMEZONE")] == ["Europe/Berlin"]
    assert event["SUMMARY"] == "Portfolio talk: Welder, Ostwind Robotics"
    assert event["LOCATION"] == "Halle 3; Tor, links"
    assert event["ORGANIZER"] == "mailto:mara.bexley@ostwind.example"
    assert "ATTENDEE" not in event


def test_a_move_keeps_the_entry_and_raises_its_sequence() -> None:
    """The same appointment has one UID however often it moves; another has another."""
    before, after = appointment(), appointment(starts_at=STARTS + timedelta(days=1), sequence=1)
    first, second = (
        read(calendar_file(one, uid_of("app_1", one, "x.example"), OWNER, WRITTEN))[1]
        for one in (before, after)
    )
    assert first["UID"] == second["UID"]
    assert (first["SEQUENCE"], second["SEQUENCE"]) == (0, 1)
    assert uid_of("app_2", before, "x.example") != first["UID"]
    assert uid_of("app_1", appointment(key="interview:i2"), "x.example") != first["UID"]


def test_the_same_appointment_makes_the_same_bytes() -> None:
    """A repeated attempt sends what the first one sent."""
    files = [calendar_file(appointment(), "u@x.example", OWNER, WRITTEN) for _ in range(2)]
    assert files[0] == files[1]


@pytest.mark.parametrize(
    "title", ["Talk\r\nATTENDEE:mailto:x@evil.example", "Talk\nBEGIN:VALARM", "a\u202eb"]
)
def test_no_title_can_write_a_line_of_its_own(title: str) -> None:
    """A job's title from an ATS adds nothing to the file."""
    with pytest.raises(UnsafeHeader):
        calendar_file(appointment(title=title), "u@x.example", OWNER, WRITTEN)


def test_an_appointment_is_stored_and_opened_whole() -> None:
    """What was kept with the words is what is sent."""
    assert Appointment.opened(appointment(sequence=3).kept()) == appointment(sequence=3)


def envelope(*files: Attachment) -> Envelope:
    """A mail with files."""
    return Envelope(
        send_id="dlv_1",
        message_id="<hb.dlv_1@ostwind.example>",
        sender=OWNER,
        to=Address("Ottoline", "ottoline@example.net"),
        subject="Your interview",
        text="Hello",
        html="<p>Hello</p>",
        attachments=files,
    )


def test_the_mail_carries_words_and_file_side_by_side() -> None:
    """Text and HTML stay alternatives; the file is an attachment with its name, type and bytes."""
    file = calendar_file(appointment(), "u@x.example", OWNER, WRITTEN)
    raw = build_mime(envelope(file), WRITTEN)
    mail = email.message_from_bytes(raw, _class=EmailMessage, policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    assert mail.get_content_type() == "multipart/mixed"
    (attached,) = mail.iter_attachments()
    assert attached.get_content_type() == "text/calendar"
    assert attached.get_param("method") == "PUBLISH"
    assert attached.get_filename() == "appointment.ics"
    assert attached.get_payload(decode=True) == file.content
    body = mail.get_body(("html",))
    assert body is not None
    assert "Hello" in body.get_content()
    assert not mail.defects
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert raw == build_mime(envelope(file), WRITTEN)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ('a".ics', "text/calendar"),
        ("a.ics", "text/calendar\r\nX: y"),
        ("../a.ics", "text/calendar"),
        ("ä", "a/b"),
    ],
)
def test_a_file_cannot_write_a_header(name: str, kind: str) -> None:
    """Neither its name nor its type."""
    with pytest.raises(UnsafeHeader):
        build_mime(envelope(Attachment(name, kind, b"x")), WRITTEN)


def test_postmark_gets_the_file_as_it_wants_it() -> None:
    """Name, Base64 and type, as its API documents them; without a file nothing of the kind."""
    request = build(envelope(Attachment("a.ics", "text/calendar", b"BEGIN")), PostmarkSettings())
    assert (
        b'"Attachments":[{"Name":"a.ics","Content":"QkVHSU4=","ContentType":"text/calendar"}]' in request.body
    )
    assert b"Attachments" not in build(envelope(), PostmarkSettings()).body


@pytest.mark.parametrize("written", ["2026-11-24 14:00", "2026-11-24T14:00", " 2026-11-24T14:00+01:00 "])
def test_a_person_writes_a_time_in_one_of_three_ways(written: str) -> None:
    """Without an offset it is the connection's own time."""
    slot = slot_from(written, zone("Europe/Berlin"), "k")
    assert slot.starts_at == datetime(2026, 11, 24, 13, tzinfo=UTC)
    refuse_malformed("meeting.when", written)


@pytest.mark.parametrize("written", ["Tuesday at two", "24.11.2026 14:00", "2026-11-24", "2026-13-01 10:00"])
def test_any_other_time_is_refused_with_an_example(written: str) -> None:
    """A time that is read otherwise than it was meant would send somebody to the wrong hour."""
    with pytest.raises(Exception, match="2026-11-24 14:00") as refused:
        refuse_malformed("meeting.when", written)
    assert getattr(refused.value, "field", None) == "meeting.when"
    refuse_malformed("offer.reason", written)
