"""What candidates have asked for about our writing: kept, looked up, and followed at once."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import CTE, ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.access import audit
from app.ats.canonical import PersonRole
from app.followups.contact import Choices, Wishes, unwanted
from app.followups.contact_models import ContactLink, ContactPreference
from app.followups.models import FollowUp, FollowUpState
from app.privacy.vault import Vault
from app.timeline.models import Application, Person
from app.timeline.people import Chosen, choose, find_people, merged_into

_WITH_WORDS = (FollowUpState.WAITING_FACT, FollowUpState.WAITING_APPROVAL, FollowUpState.READY)
"""What is only planned is asked about when its words are due, so that a wish can be taken back."""


async def choices_of(session: AsyncSession, people: Iterable[Person]) -> dict[str, Choices]:
    """What these candidates have asked for, by our id of the person; whoever is not there asked for nothing.

    What they said before they were merged into one, and what was said for the same address under another id,
    counts as well.
    """
    ids = [person.id for person in people]
    if not ids:
        return {}
    same = _same_people(ids)
    rows = await session.execute(
        select(same.c.root, ContactPreference).join(ContactPreference, _said_by(same)),
    )
    found: dict[str, Choices] = {}
    for root, row in rows:
        said = Choices(row.nurture_stopped_at is not None, row.important_only, frozenset(row.paused))
        found[root] = said.joined(found.get(root, Choices()))
    return found


def _said_by(same: CTE) -> ColumnElement[bool]:
    return or_(
        col(ContactPreference.person_id) == same.c.id,
        col(ContactPreference.address_hash) == same.c.address_hash,
    )


def _same_people(ids: Collection[str]) -> CTE:
    """These people, and whoever was merged into them, directly or not."""
    same = (
        select(
            col(Person.id).label("root"),
            col(Person.id),
            col(Person.connection_id),
            col(Person.external_id),
            col(Person.address_hash),
        )
        .where(col(Person.id).in_(ids), col(Person.role) == str(PersonRole.CANDIDATE))
        .cte("same_people", recursive=True)
    )
    other = aliased(Person)
    merged = select(
        same.c.root, col(other.id), col(other.connection_id), col(other.external_id), col(other.address_hash)
    ).where(
        col(other.connection_id) == same.c.connection_id,
        col(other.role) == str(PersonRole.CANDIDATE),
        col(other.alias_of) == same.c.external_id,
    )
    return same.union(merged)


async def person_of(session: AsyncSession, link: ContactLink, *, lock: bool = False) -> Person:
    """Whom that link was given to: after a merge the one who remains. Locked for a change if asked."""
    person = await session.get_one(Person, link.person_id)
    ref = person.role, person.external_id
    found = (await find_people(session, person.connection_id, [ref]))[ref]
    if lock:
        await session.refresh(found, with_for_update=True)
    return found


async def stop_nurture(session: AsyncSession, link: ContactLink, now: datetime) -> None:
    """From now on nothing leaves for that candidate that only keeps in touch; again and again the same."""
    await stop_nurture_of(session, await person_of(session, link, lock=True), now)


async def stop_nurture_of(session: AsyncSession, person: Person, now: datetime) -> None:
    """The same for the candidate who remains after all merges, locked: they have said so in a mail."""
    known = (await choices_of(session, [person])).get(person.id, Choices())
    if not known.nurture_stopped:
        await _keep(session, person, known.joined(Choices(nurture_stopped=True)), now)


async def keep_wishes(
    session: AsyncSession, vault: Vault, link: ContactLink, wishes: Wishes, now: datetime
) -> None:
    """Keeps what was chosen on the page in place of what was asked for before, and follows it at once.

    The language and the time zone are sealed with the person's own key, and come before what the ATS says.
    """
    person = await person_of(session, link, lock=True)
    known = (await choices_of(session, [person])).get(person.id, Choices())
    here = {link.application_id}
    paused = known.paused | here if wishes.paused else known.paused - here
    await _keep(session, person, Choices(wishes.nurture_stopped, wishes.important_only, paused), now)
    choose(vault, person, Chosen(locale=wishes.locale or None, time_zone=wishes.time_zone or None))


async def _keep(session: AsyncSession, person: Person, said: Choices, now: datetime) -> None:
    """Every row of the same person says it: each is found by its own id, also when an address has changed."""
    rows = await _said_before(session, person)
    since = min((row.nurture_stopped_at for row in rows if row.nurture_stopped_at), default=now)
    # After erasure the hash of the address that it was said for is all that still tells.
    address_hash = person.address_hash or next((row.address_hash for row in rows if row.address_hash), None)
    own = next((row for row in rows if row.person_id == person.id), None)
    if own is None:
        own = ContactPreference(person_id=person.id, updated_at=now)
        session.add(own)
        rows.append(own)
    own.address_hash = address_hash
    for row in rows:
        row.nurture_stopped_at = since if said.nurture_stopped else None
        row.important_only, row.paused, row.updated_at = said.important_only, sorted(said.paused), now
    told = {
        "nurture": not said.nurture_stopped,
        "important_only": said.important_only,
        "paused": sorted(said.paused),
    }
    audit.record(session, actor="candidate", act="contact.chosen", subject=person.id, at=now, detail=told)
    await _cancel_unwanted(session, person, said, now)


async def _said_before(session: AsyncSession, person: Person) -> list[ContactPreference]:
    same = _same_people([person.id])
    rows = await session.scalars(select(ContactPreference).join(same, _said_by(same)))
    return list(rows.unique())


async def _cancel_unwanted(session: AsyncSession, person: Person, said: Choices, now: datetime) -> None:
    """Nobody is asked to allow what must not be sent; what is queued already is asked when it would leave."""
    ids = await merged_into(session, person.connection_id, [person.external_id])
    rows = await session.scalars(
        select(FollowUp)
        .join(Application, col(FollowUp.application_id) == col(Application.id))
        .where(
            and_(col(Application.connection_id) == person.connection_id, col(Application.candidate).in_(ids)),
            col(FollowUp.state).in_(_WITH_WORDS),
        )
        .with_for_update(of=FollowUp, skip_locked=True),
    )
    for row in rows:
        cause = unwanted(row.kind, said, row.application_id)
        if cause:
            row.state, row.cause, row.final = FollowUpState.CANCELLED, cause, True
            row.act_at, row.updated_at = None, now
