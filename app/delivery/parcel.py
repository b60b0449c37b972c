"""What one delivery carries: the exact bytes, made from the words and the people, and where they go."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.ats.canonical import PersonRole
from app.ats.http import Target
from app.delivery.answer import with_answer
from app.delivery.crowd import Caps, Passage, opens
from app.delivery.extras import finished
from app.delivery.health import LOOK_AGAIN, why_paused
from app.delivery.held import SomebodyElse, refuse_too_much
from app.delivery.hours import window_for
from app.delivery.models import Delivery
from app.delivery.notes import marker
from app.delivery.route import RouteMeta
from app.delivery.routing import Routes
from app.delivery.signing import addressee_and_signer, sender_of
from app.delivery.stopping import ways_to_stop
from app.delivery.suppressions import why_suppressed
from app.delivery.thread import in_thread
from app.delivery.unreached import tell_unreached
from app.delivery.ways import CHATS, NOTE, SLACK, TASK, TEAMS, WRITES
from app.delivery.words import note_body
from app.delivery.writes import payload_of
from app.delivery.written import write_of
from app.followups.catalogue import KINDS, MessageClass
from app.followups.models import FollowUp
from app.followups.plan import spread_key
from app.followups.preferences import hook_of, wishes
from app.intake.config import ConnectionSettings
from app.intake.connections import secrets_of, settings_of
from app.intake.models import Connection
from app.mail import slack, teams
from app.mail.headers import message_id
from app.mail.outbound import Address, Envelope
from app.mail.token import PURPOSE, reply_address
from app.mail.unreached import Unreached
from app.messages.models import Message
from app.messages.write import appointment_of, words_of
from app.privacy.vault import Vault
from app.settings import Settings
from app.sla.book import Shelf
from app.timeline.models import Application, Person
from app.timeline.people import find_people, key_of, open_person

_SOON = timedelta(seconds=5)
_BUILDERS: Mapping[str, Callable[[str, str], bytes]] = {SLACK: slack.build, TEAMS: teams.build}


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


class OtherRoom(Exception):  # not an error of the service either
    """The person prefers to hear another way by now."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A claimed delivery, ready to leave outside of any transaction."""

    delivery_id: str
    connection_id: str
    channel: str
    attempt: int
    payload: bytes = field(repr=False)
    meta: RouteMeta = field(repr=False)
    target: Target
    hook: str = field(default="", repr=False)
    """The address of a chat room's webhook, a secret."""
    correlation_id: str | None = None
    passage: Passage | None = field(default=None, repr=False)
    """Of a mail: its route and the domains that it counts for."""


@dataclass(frozen=True, slots=True)
class Packer:
    """Makes parcels inside the transaction that claims them."""

    vault: Vault
    settings: Settings
    routes: Routes
    shelf: Shelf = field(default_factory=Shelf)
    """The compiled rule book, for the holidays of a case."""

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

        ``now`` is business time; ``machine_now`` goes into the Date header. A mail's route must be chosen.
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
        target = self._target(connection, application)
        locale = settings_of(connection).locale or self.settings.locale
        meta, hook, passage = RouteMeta(delivery.id, "", ""), "", None
        if delivery.channel == NOTE:
            payload = note_body(follow_up, words, marker(delivery.id), locale).encode()
        elif delivery.channel in WRITES:
            written = await write_of(
                session, self.vault, self.settings, delivery, follow_up, application, words, target, locale
            )
            payload = payload_of(written)
        elif delivery.channel in CHATS:
            await self._refuse_now(session, follow_up, application, settings_of(connection), now)
            hook = await self._hook(session, delivery, follow_up)
            payload = _BUILDERS[delivery.channel](words["subject"], words["text"])
        else:
            words = await with_answer(session, self.vault, follow_up, person, words, message.locale)
            envelope = await self._envelope(session, delivery, follow_up, words, application, now)
            await self._refuse_now(session, follow_up, application, settings_of(connection), now)
            letter = finished(envelope, follow_up, message, appointment_of(self.vault, message, person))
            passage = await self._passage(session, delivery, letter, now)
            payload = self._prepared(delivery, await in_thread(session, letter, follow_up), machine_now)
            meta = RouteMeta(delivery.id, envelope.sender.email, envelope.to.email)
        if delivery.channel in (NOTE, TASK):
            delivery.wire_id = marker(delivery.id)
        parcel = Parcel(
            delivery_id=delivery.id,
            connection_id=delivery.connection_id,
            channel=delivery.channel,
            attempt=delivery.attempt,
            payload=payload,
            meta=meta,
            target=target,
            hook=hook,
            correlation_id=delivery.correlation_id,
            passage=passage,
        )
        return parcel, key

    def _target(self, connection: Connection, application: Application) -> Target:
        user = settings_of(connection).note_user or secrets_of(connection, self.vault).acting_user
        return Target(application.candidate or "", application.external_id, user)

    def _prepared(self, delivery: Delivery, envelope: Envelope, machine_now: datetime) -> bytes:
        route = self.routes.get(delivery.route)
        if route is None:
            raise CannotLeave("its mail route is not set up", waits=True)
        payload = route.prepare(envelope, machine_now)
        delivery.wire_id = envelope.message_id if route.keeps_message_id else None
        return payload

    async def _passage(
        self, session: AsyncSession, delivery: Delivery, envelope: Envelope, now: datetime
    ) -> Passage:
        """What the mail counts for; raises NotNow where too much has just left already."""
        theirs, ours = (box.email.rpartition("@")[2].casefold() for box in (envelope.to, envelope.sender))
        mail = Passage(delivery.route or "", ours, self.vault.address_hash(theirs))
        caps = Caps(
            self.settings.mail_route_a_minute,
            self.settings.mail_recipients_a_minute,
            self.settings.mail_sender_a_day,
        )
        if (until := await opens(session, caps, mail, now)) is not None:
            raise NotNow(until)
        return mail

    async def _envelope(
        self,
        session: AsyncSession,
        delivery: Delivery,
        follow_up: FollowUp,
        words: dict[str, str],
        application: Application,
        now: datetime,
    ) -> Envelope:
        recipient, signer = await addressee_and_signer(session, self.vault, delivery, follow_up, application)
        if recipient is None:
            raise CannotLeave("the recipient is not known", waits=True)
        await self._refuse_suppressed(session, delivery, follow_up, recipient, now)
        data = open_person(self.vault, recipient)
        if not data.email:
            await tell_unreached(session, delivery, follow_up, Unreached.NO_ADDRESS, now)
            raise CannotLeave("no e-mail address is known", waits=True)
        delivery.address_hash = recipient.address_hash
        here = settings_of(await session.get_one(Connection, delivery.connection_id))
        sender, reply_to = sender_of(self.settings, here, signer)
        if self.settings.reply_address and recipient.role == PersonRole.CANDIDATE:
            reply_to = self._answered_at(self.settings.reply_address, delivery.id, reply_to or sender)
        await self._refuse_paused(session, delivery, follow_up, sender, now)
        return Envelope(
            send_id=delivery.id,
            message_id=message_id(delivery.id, self.settings.mail_domain),
            sender=sender,
            to=Address(data.full_name or "", data.email),
            subject=words["subject"],
            text=words["text"],
            html=words["html"],
            reply_to=reply_to,
            headers=await ways_to_stop(session, self.vault, self.settings, follow_up, recipient, delivery.id),
        )

    async def _refuse_paused(
        self, session: AsyncSession, delivery: Delivery, follow_up: FollowUp, sender: Address, now: datetime
    ) -> None:
        """Raises NotNow while the domain's health forbids mail to candidates; the team is told anyway."""
        delivery.sender_domain = sender.email.rpartition("@")[2].casefold()
        if not follow_up.recipient.startswith("candidate:"):
            return
        if why := await why_paused(session, delivery.sender_domain):
            delivery.cause, delivery.waiting_on = f"its sending domain is paused: {why}", "operations"
            raise NotNow(now + LOOK_AGAIN)

    def _answered_at(self, mailbox: str, send: str, shown: Address) -> Address:
        """An address that names this send, under the name of whoever would have got the answer."""
        return Address(shown.name, reply_address(mailbox, send, lambda data: self.vault.sign(PURPOSE, data)))

    async def _hook(self, session: AsyncSession, delivery: Delivery, follow_up: FollowUp) -> str:
        """Where the member's room is now: it may have been renewed since it was queued."""
        wish = (await wishes(session, [follow_up])).get((follow_up.connection_id, follow_up.recipient))
        url = hook_of(self.vault, wish) if wish and wish.channel == delivery.channel else None
        if url is None:
            raise OtherRoom
        return url

    async def _refuse_now(
        self,
        session: AsyncSession,
        follow_up: FollowUp,
        application: Application,
        settings: ConnectionSettings,
        now: datetime,
    ) -> None:
        """Raises NotNow outside of the recipient's hours, Held where the candidate has had enough."""
        role, _, external_id = follow_up.recipient.partition(":")
        people = await find_people(session, follow_up.connection_id, {(role, external_id)})
        book = await self.shelf.book(session)
        window = await window_for(session, book, follow_up, settings, people.get((role, external_id)))
        key = spread_key(application.external_id, follow_up.reason, follow_up.step, follow_up.recipient)
        opens = window.release(now, key, window=KINDS[follow_up.kind].window)
        if opens > now:
            raise NotNow(opens)
        if role != PersonRole.CANDIDATE:
            return
        try:
            await refuse_too_much(session, follow_up, settings, window, now)
        except SomebodyElse:
            raise NotNow(now + _SOON) from None

    async def _refuse_suppressed(
        self,
        session: AsyncSession,
        delivery: Delivery,
        follow_up: FollowUp,
        person: Person,
        now: datetime,
    ) -> None:
        if person.role == PersonRole.CANDIDATE and not person.can_email:
            raise CannotLeave("the ATS says that the candidate may not be mailed")
        if person.role == PersonRole.CANDIDATE and person.private:
            raise CannotLeave("the candidate is private in the ATS")
        rests = await why_suppressed(session, person)
        if rests is None:
            return
        # What only keeps in touch is not missed; all else must be told in another way, or elsewhere.
        owed = KINDS[follow_up.kind].message_class is MessageClass.TRANSACTIONAL
        if owed:
            why = Unreached.RESTING if rests.address else Unreached.UNWANTED
            await tell_unreached(session, delivery, follow_up, why, now)
        raise CannotLeave(rests.cause, waits=rests.address and owed)
