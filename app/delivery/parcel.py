"""What one delivery carries: the exact bytes, made from the words and the people, and where they go."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.delivery.models import Delivery, Suppression
from app.delivery.notes import marker
from app.delivery.release import MAIL, NOTE
from app.delivery.route import Route, RouteMeta
from app.followups.catalogue import KINDS
from app.followups.models import FollowUp
from app.followups.windows import release
from app.intake.connections import settings_of
from app.intake.models import Connection
from app.mail.headers import message_id
from app.mail.outbound import Address, Envelope
from app.messages.models import Message
from app.messages.write import words_of
from app.privacy.vault import Vault
from app.settings import Settings
from app.timeline.models import Application, Person
from app.timeline.people import PersonData, find_people, key_of, open_person


class CannotLeave(Exception):  # not an error of the service: a reason, kept with the follow-up
    """This message must not or cannot go; the words say why. `waits` says whether a person may help."""

    def __init__(self, cause: str, *, waits: bool = False) -> None:
        super().__init__(cause)
        self.cause, self.waits = cause, waits


class NotNow(Exception):  # not an error of the service either: it leaves later
    """The recipient's hours are over: a retry or an outage has carried the message past them."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"not before {until}")
        self.until = until


@dataclass(frozen=True, slots=True)
class Parcel:
    """A claimed delivery, ready to leave outside of any transaction."""

    delivery_id: str
    follow_up_id: str
    connection_id: str
    channel: str
    attempt: int
    payload: bytes = field(repr=False)
    meta: RouteMeta = field(repr=False)
    candidate: str = ""
    application: str = ""
    note_user: str | None = None
    correlation_id: str | None = None


@dataclass(frozen=True, slots=True)
class Packer:
    """Makes parcels inside the transaction that claims them."""

    vault: Vault
    settings: Settings
    route: Route

    async def pack(
        self,
        session: AsyncSession,
        delivery: Delivery,
        follow_up: FollowUp,
        *,
        now: datetime,
        machine_now: datetime,
    ) -> tuple[Parcel, bytes]:
        """The parcel and the key to seal its bytes with; raises CannotLeave, or NotNow outside of its window.

        ``now`` is business time; ``machine_now`` goes into the Date header.
        """
        message = await session.get(Message, delivery.message_id)
        person = await session.get(Person, message.person_id) if message else None
        key = key_of(self.vault, person) if person else None
        if message is None or person is None or key is None:
            raise CannotLeave("the candidate's data was erased")
        connection = await session.get(Connection, delivery.connection_id)
        application = await session.get(Application, follow_up.application_id)
        if connection is None or application is None:
            raise CannotLeave("its application is not here")
        words = words_of(self.vault, message, person)
        if delivery.channel == NOTE:
            body = note_body(delivery, follow_up, words)
            payload, meta = body.encode(), RouteMeta(delivery.id, "", "")
            delivery.wire_id = marker(delivery.id)
        else:
            hours = settings_of(connection).time_zone, now
            envelope = await self._envelope(session, delivery, follow_up, words, application, hours)
            payload = self.route.prepare(envelope, machine_now)
            meta = RouteMeta(delivery.id, envelope.sender.email, envelope.to.email)
            delivery.wire_id, delivery.route = envelope.message_id, self.route.name
        parcel = Parcel(
            delivery_id=delivery.id,
            follow_up_id=follow_up.id,
            connection_id=delivery.connection_id,
            channel=delivery.channel,
            attempt=delivery.attempt,
            payload=payload,
            meta=meta,
            candidate=application.candidate or "",
            application=application.external_id,
            note_user=settings_of(connection).note_user,
            correlation_id=delivery.correlation_id,
        )
        return parcel, key

    async def _envelope(
        self,
        session: AsyncSession,
        delivery: Delivery,
        follow_up: FollowUp,
        words: dict[str, str],
        application: Application,
        hours: tuple[str, datetime],
    ) -> Envelope:
        role, _, external_id = follow_up.recipient.partition(":")
        signer = ("member", application.recruiter or "")
        people = await find_people(session, delivery.connection_id, {(role, external_id), signer})
        recipient = people.get((role, external_id))
        if recipient is None:
            raise CannotLeave("the recipient is not known", waits=True)
        await self._refuse_suppressed(session, recipient, role)
        data = open_person(self.vault, recipient)
        if not data.email:
            raise CannotLeave("no e-mail address is known", waits=True)
        opens = release(hours[1], data.time_zone or hours[0], window=KINDS[follow_up.kind].window)
        if opens > hours[1]:
            raise NotNow(opens)
        signed = people.get(signer)
        sender, reply_to = self._sender(open_person(self.vault, signed) if signed else PersonData())
        return Envelope(
            send_id=delivery.id,
            message_id=message_id(delivery.id, self.settings.mail_domain),
            sender=sender,
            to=Address(data.full_name or "", data.email),
            subject=words["subject"],
            text=words["text"],
            html=words["html"],
            reply_to=reply_to,
        )

    async def _refuse_suppressed(self, session: AsyncSession, person: Person, role: str) -> None:
        if role == "candidate" and not person.can_email:
            raise CannotLeave("the ATS says that the candidate may not be mailed")
        if role == "candidate" and person.private:
            raise CannotLeave("the candidate is private in the ATS")
        if person.address_hash is None:
            return
        found = await session.scalar(
            select(Suppression).where(col(Suppression.address_hash) == person.address_hash),
        )
        if found:
            raise CannotLeave(f"the address is suppressed: {found.reason}")

    def _sender(self, recruiter: PersonData) -> tuple[Address, Address | None]:
        """From the recruiter's own address where the domain is ours; else in their name, replies to them."""
        own = Address(self.settings.mail_from_name, self.settings.mail_from)
        if not recruiter.email or not recruiter.full_name:
            return own, None
        theirs = Address(recruiter.full_name, recruiter.email)
        if recruiter.email.rpartition("@")[2].casefold() == own.email.rpartition("@")[2].casefold():
            return theirs, None
        return Address(f"{recruiter.full_name} ({self.settings.company_name})", own.email), theirs


def note_body(delivery: Delivery, follow_up: FollowUp, words: dict[str, str]) -> str:
    """What a recruiter reads in the ATS; the marker lets us find it again."""
    what = follow_up.kind.replace("_", " ")
    if follow_up.note_only:
        head = f"Suggested message to the candidate ({what}), not sent by Heardback:"
        return f"{head}\n\n{words['subject']}\n\n{words['text']}\n\n{marker(delivery.id)}"
    return f"Heardback wrote to the candidate ({what}): “{words['subject']}”\n\n{marker(delivery.id)}"


__all__ = ["MAIL", "NOTE", "CannotLeave", "NotNow", "Packer", "Parcel", "note_body"]
