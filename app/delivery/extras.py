"""What a mail has besides its words: its class, and the calendar file of its appointment."""

from dataclasses import replace

from app.followups.catalogue import KINDS, MessageClass
from app.followups.models import FollowUp
from app.mail.ics import calendar_file, uid_of
from app.mail.outbound import Envelope, MailClass
from app.messages.appointments import Appointment
from app.messages.models import Message


def class_of(follow_up: FollowUp) -> MailClass:
    """What a mail is for, as providers tell it apart."""
    nurture = KINDS[follow_up.kind].message_class is MessageClass.NURTURE
    return MailClass.NURTURE if nurture else MailClass.TRANSACTIONAL


def finished(
    envelope: Envelope, follow_up: FollowUp, message: Message, appointment: Appointment | None
) -> Envelope:
    """The envelope with both; the same message makes the same bytes for every attempt."""
    envelope = replace(envelope, mail_class=class_of(follow_up))
    if appointment is None:
        return envelope
    domain = envelope.message_id.rpartition("@")[2].rstrip(">")
    uid = uid_of(follow_up.application_id, appointment, domain)
    file = calendar_file(appointment, uid, envelope.reply_to or envelope.sender, message.created_at)
    return replace(envelope, attachments=(file,))
