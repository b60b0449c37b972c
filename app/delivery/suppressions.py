"""Whom not to write to: addresses by their keyed hash, and people, whatever address they have next.

Sources: ``receipt:<route>`` (bounces, complaints, unsubscribes), ``reply``, ``ats``, ``import``, ``key:<id>``
or ``operator`` (people), or the name of a route that refused an address at once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.db import insert_many
from app.delivery.models import PersonSuppression, Suppression
from app.errors import NotFound
from app.privacy.vault import Vault
from app.timeline.models import Person

BOUNCED, REFUSED, ON_THEIR_LIST = "bounced for good", "refused for good", "on the provider's own list"
_OF_THE_ADDRESS = frozenset({BOUNCED, REFUSED, ON_THEIR_LIST})


@dataclass(frozen=True, slots=True)
class Rests:
    """Why somebody is not written to. ``address``: only that address does not work, another one may."""

    cause: str
    address: bool = False


async def suppress_hash(
    session: AsyncSession, address_hash: bytes, *, reason: str, source: str, now: datetime
) -> bool:
    """From now on nothing is sent to that address; False where that was so, with its first reason."""
    return bool(await suppress_hashes(session, [(address_hash, reason, source, now)]))


async def suppress_hashes(session: AsyncSession, rows: Iterable[tuple[bytes, str, str, datetime]]) -> int:
    """Many at once: hash, reason, source and since when; returns how many are new."""
    names = ("address_hash", "reason", "source", "created_at")
    values = [dict(zip(names, row, strict=True)) for row in rows]
    if not values:
        return 0
    statement = insert_many(Suppression, values).on_conflict_do_nothing()
    return len((await session.scalars(statement.returning(col(Suppression.address_hash)))).all())


async def suppress_person(
    session: AsyncSession, person_id: str, *, reason: str, source: str, now: datetime
) -> None:
    """From now on nothing is sent to that person, under any address; the first reason stays."""
    values = {"person_id": person_id, "reason": reason, "source": source, "created_at": now}
    await session.execute(insert(PersonSuppression).values(values).on_conflict_do_nothing())


async def lift_hash(session: AsyncSession, address_hash: bytes, *, only: str, source: str) -> None:
    """Takes back what that source said for that reason; what others said stays."""
    await session.execute(
        delete(Suppression).where(
            col(Suppression.address_hash) == address_hash,
            col(Suppression.reason) == only,
            col(Suppression.source) == source,
        ),
    )


async def lift_people(session: AsyncSession, address_hash: bytes) -> int:
    """Lets whoever has that address be written to again; returns how many people that are."""
    having = select(col(Person.id)).where(col(Person.address_hash) == address_hash)
    gone = await session.scalars(
        delete(PersonSuppression)
        .where(col(PersonSuppression.person_id).in_(having))
        .returning(col(PersonSuppression.person_id)),
    )
    return len(gone.all())


async def why_suppressed(session: AsyncSession, person: Person) -> Rests | None:
    """Why nothing may be sent to that person, or None; asked in the transaction that claims a send."""
    of_person = await session.scalar(
        select(col(PersonSuppression.reason)).where(col(PersonSuppression.person_id) == person.id),
    )
    by_address = await session.scalar(
        select(col(Suppression.reason)).where(col(Suppression.address_hash) == person.address_hash),
    )
    if by_address is not None:
        only = by_address in _OF_THE_ADDRESS and of_person is None
        return Rests(f"the address is suppressed: {by_address}", address=only)
    return Rests(f"the person is suppressed: {of_person}") if of_person is not None else None


async def check_address(session: AsyncSession, vault: Vault, address: str) -> Suppression | None:
    """What is known of that address, which is not stored."""
    return await session.get(Suppression, vault.address_hash(address))


async def lift_person(session: AsyncSession, person_id: str) -> None:
    """Lets that person be written to again; raises NotFound where they were not suppressed."""
    known = await session.get(PersonSuppression, person_id, with_for_update=True)
    if known is None:
        raise NotFound("That person is not suppressed.")
    await session.delete(known)
