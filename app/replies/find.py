"""The message, or the thread, that a mail answers: looked up in what was sent."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.ats.canonical import PersonRole
from app.delivery.models import Delivery
from app.delivery.ways import MAIL
from app.followups.models import FollowUp
from app.mail.hooks import InboundMail
from app.mail.token import PURPOSE, STOPPING
from app.privacy.vault import Vault
from app.replies.correlate import (
    Clues,
    How,
    Match,
    clues,
    comparable,
    match,
    sender_of,
    sends_by_id,
    stopped_send,
)
from app.timeline.models import Application, Person
from app.timeline.people import find_people

_OURS = re.compile(r"hb\.(dlv_[0-9a-z]{26})@")
_MOST_IDS = 30


@dataclass(frozen=True, slots=True)
class Found:
    """What a mail is about, and whose key may seal it."""

    how: How
    application: Application
    delivery: Delivery | None
    person: Person | None


async def find(session: AsyncSession, vault: Vault, mailbox: str | None, mail: InboundMail) -> Found | None:
    """The thread that the mail answers, with its application locked; None where nothing is known of it."""
    said = clues(mail, mailbox, lambda data, mac: vault.has_signed(PURPOSE, data, mac))
    known = await _sent(session, said, mail)
    threads = [] if said.send or known else await open_threads(session, vault, sender_of(mail))
    matched = match(said, known, threads)
    return await _found(session, matched) if matched else None


async def find_to_stop(
    session: AsyncSession, vault: Vault, mailbox: str | None, mail: InboundMail
) -> Found | None:
    """What was sent, where the mail came to that send's address in List-Unsubscribe; None for all others."""
    send = stopped_send(mail, mailbox, lambda data, mac: vault.has_signed(STOPPING, data, mac))
    # The page locks the candidate and no application, and so does this.
    return await _found(session, Match(How.TOKEN, send), lock=False) if send else None


async def about(session: AsyncSession, application_id: str, how: How) -> Found | None:
    """The same for an application that is known by its id; None where there is none."""
    return await _found(session, Match(how, application_id), by_application=True)


async def _sent(session: AsyncSession, said: Clues, mail: InboundMail) -> dict[str, str]:
    """Sends by those ids of theirs that the mail names: ours, and what a provider put in their place."""
    named = [*([mail.in_reply_to] if mail.in_reply_to else []), *reversed(mail.references)][:_MOST_IDS]
    if not named or said.send:
        return {}
    ours = {found[1]: each for each in named if (found := _OURS.match(each))}
    forms = {form for each in named for form in (each, f"<{each}>", comparable(each))}
    rows = await session.execute(
        select(col(Delivery.id), col(Delivery.wire_id), col(Delivery.provider_id)).where(
            col(Delivery.channel) == MAIL,
            or_(
                col(Delivery.id).in_(ours),
                col(Delivery.wire_id).in_(forms),
                col(Delivery.provider_id).in_(forms),
            ),
        ),
    )
    return sends_by_id((row[0], (row[1], row[2], ours.get(row[0]))) for row in rows)


async def open_threads(session: AsyncSession, vault: Vault, address: str) -> Sequence[str]:
    """The open applications of whoever has that address and was written to about them; two are enough."""
    if "@" not in address:
        return []
    found = await session.scalars(
        select(col(Application.id))
        .join(
            Person,
            (col(Person.connection_id) == col(Application.connection_id))
            & (col(Person.external_id) == col(Application.candidate)),
        )
        .where(
            col(Person.role) == str(PersonRole.CANDIDATE),
            col(Person.address_hash) == vault.address_hash(address),
            col(Application.status) == "active",
            select(col(FollowUp.id))
            .where(
                col(FollowUp.application_id) == col(Application.id),
                col(FollowUp.recipient).startswith(f"{PersonRole.CANDIDATE}:"),
            )
            .exists(),
        )
        .limit(2),
    )
    return found.all()


async def _found(
    session: AsyncSession, matched: Match, *, by_application: bool = False, lock: bool = True
) -> Found | None:
    delivery, application_id = None, matched.of
    if matched.how is not How.ADDRESS and not by_application:
        delivery = await session.get(Delivery, matched.of)
        follow_up = await session.get(FollowUp, delivery.follow_up_id) if delivery else None
        # An answer to a mail to the team is an answer of the team.
        if follow_up is None or not follow_up.recipient.startswith(f"{PersonRole.CANDIDATE}:"):
            return None
        application_id = follow_up.application_id
    application = await session.get(Application, application_id, with_for_update=lock, populate_existing=lock)
    if application is None:
        return None
    ref = (str(PersonRole.CANDIDATE), application.candidate or "")
    person = (await find_people(session, application.connection_id, {ref})).get(ref)
    return Found(matched.how, application, delivery, person)
