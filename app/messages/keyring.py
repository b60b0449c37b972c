"""Opens what was sealed for a candidate before they were merged into another, or got another id."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.messages.models import Message
from app.privacy.vault import CannotOpen, Vault, unseal
from app.timeline.models import Person
from app.timeline.people import key_of, merged_into


@dataclass(slots=True)
class Keyring:
    """The keys under which a follow-up's own facts may be sealed; the candidate's present one first.

    Each is of somebody who is the same person: merged into the candidate, or whom a message of that follow-up
    was written for.
    """

    vault: Vault
    candidate: Person
    follow_up_id: str
    _others: Sequence[bytes] | None = field(default=None, init=False, repr=False)

    async def open(self, session: AsyncSession, box: bytes, about: str) -> bytes | None:
        """What is in it; None where the key is gone, and for what is of somebody else."""
        try:
            return unseal(self._keys([self.candidate]), box, about.encode())
        except CannotOpen:
            if self._others is None:
                self._others = self._keys(await self._same_people(session))
        try:
            return unseal(self._others, box, about.encode())
        except CannotOpen:
            return None

    def _keys(self, people: Sequence[Person]) -> list[bytes]:
        return [key for person in people if (key := key_of(self.vault, person))]

    async def _same_people(self, session: AsyncSession) -> Sequence[Person]:
        one = self.candidate
        ids = await merged_into(session, one.connection_id, [one.external_id])
        merged = and_(
            col(Person.connection_id) == one.connection_id,
            col(Person.role) == one.role,
            col(Person.external_id).in_(ids),
        )
        written_for = select(col(Message.person_id)).where(col(Message.follow_up_id) == self.follow_up_id)
        found = await session.scalars(select(Person).where(or_(merged, col(Person.id).in_(written_for))))
        return found.all()
