"""An appointment as a calendar file (RFC 5545), for a reader's own calendar. Pure.

The method is PUBLISH: nobody here reads answers to a calendar's invitation, so none is asked for (RFC 5546,
1.4); a later file with the same UID and a higher SEQUENCE moves the entry.
"""

import hashlib
from datetime import datetime

from icalendar import Calendar, Event, vCalAddress, vText

from app.mail.headers import safe
from app.mail.outbound import Address, Attachment
from app.messages.appointments import Appointment
from app.moments import zone

_PRODUCT = "-//Heardback//Follow-ups//EN"


def uid_of(application: str, appointment: Appointment, domain: str) -> str:
    """The UID of an appointment: the same for every file about it, and nobody can read a name from it."""
    seed = hashlib.sha256(f"{application}/{appointment.key}".encode()).hexdigest()[:32]
    return f"hb.{seed}@{domain}"


def calendar_file(appointment: Appointment, uid: str, organizer: Address, written_at: datetime) -> Attachment:
    """The calendar file of an appointment, in its own zone.

    ``written_at`` is the aware instant of the words, so that the bytes are the same for every attempt. Raises
    ``UnsafeHeader`` for a title, a place or a name with control characters.
    """
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(_event(appointment, uid, organizer, written_at))
    calendar.add_missing_timezones()
    return Attachment("appointment.ics", "text/calendar; charset=utf-8; method=PUBLISH", calendar.to_ical())


def _event(appointment: Appointment, uid: str, organizer: Address, written_at: datetime) -> Event:
    here = zone(appointment.zone)
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", written_at)
    event.add("sequence", appointment.sequence)
    event.add("dtstart", appointment.starts_at.astimezone(here))
    event.add("dtend", appointment.ends_at.astimezone(here))
    event.add("summary", safe(appointment.title, "title"))
    if appointment.where:
        event.add("location", safe(appointment.where, "where"))
    owner = vCalAddress(f"mailto:{organizer.email}")
    if organizer.name:
        owner.params["CN"] = vText(safe(organizer.name, "sender"))
    event.add("organizer", owner)
    event.add("status", "CONFIRMED")
    event.add("transp", "OPAQUE")
    return event
