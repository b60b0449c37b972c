"""People: their personal fields sealed with their own keys, the latest word winning; and their erasure."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Self
from zoneinfo import available_timezones

from pydantic import BaseModel, Field
from sqlalchemy import ARRAY, ColumnElement, Text, cast, delete, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.ats.canonical import PersonFields, PersonRole
from app.db import insert_many, write_changes
from app.ids import new_id
from app.intake.models import RawBody
from app.privacy.vault import Vault, open_as_person, seal_as_person
from app.timeline.models import Person

_FIELDS = ("first_name", "last_name", "name", "email", "time_zone", "locale")

Ref = tuple[str, str]
"""Role and external id."""


class Chosen(BaseModel):
    """What a person has chosen with us, which comes before what the ATS says; None: nothing was."""

    locale: str | None = None
    time_zone: str | None = None


class PersonData(BaseModel):
    """The personal fields of somebody, opened. Never log or return it without need."""

    first_name: str | None = None
    last_name: str | None = None
    name: str | None = None
    email: str | None = None
    time_zone: str | None = None
    locale: str | None = None
    said_at: dict[str, datetime] = Field(default_factory=dict, repr=False)
    """The instant of each field's word."""
    chosen: Chosen = Chosen()
    """What the person has chosen with us."""

    @property
    def full_name(self) -> str | None:
        parts = [part for part in (self.first_name, self.last_name) if part]
        return " ".join(parts) or self.name


def open_person(vault: Vault, person: Person) -> PersonData:
    """The person's fields, their own choices before the ATS's word; empty after erasure."""
    known = _kept(vault, person)
    return known.model_copy(update=known.chosen.model_dump(exclude_none=True))


def choose(vault: Vault, person: Person, chosen: Chosen) -> None:
    """Keeps what somebody has chosen, in place of what they chose before; after erasure nothing is kept."""
    if person.key is None:
        return
    _put(vault, person, _kept(vault, person).model_copy(update={"chosen": chosen}))


def _put(vault: Vault, person: Person, data: PersonData) -> None:
    if person.key is None:
        return
    key = vault.person_key(person.key)
    person.fields = seal_as_person(key, data.model_dump_json(exclude_none=True).encode(), person.id)
    person.address_hash = vault.address_hash(data.email) if data.email else None
    zones = (data.chosen.time_zone, data.time_zone)
    person.time_zone = next((zone for zone in zones if zone in _zones()), None)


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    # Read from the files each time, which takes a millisecond.
    return frozenset(available_timezones())


def _kept(vault: Vault, person: Person) -> PersonData:
    """What is stored: the ATS's words and the person's choices apart."""
    if person.key is None or person.fields is None:
        return PersonData()
    key = vault.person_key(person.key)
    return PersonData.model_validate_json(open_as_person(key, person.fields, person.id))


def key_of(vault: Vault, person: Person) -> bytes | None:
    """The key that seals everything about this person; None after erasure."""
    return vault.person_key(person.key) if person.key else None


async def find_people(session: AsyncSession, connection_id: str, refs: Iterable[Ref]) -> dict[Ref, Person]:
    """People by role and external id, aliases of merged candidates followed."""
    fresh, asked = set(refs), set[Ref]()
    found: dict[Ref, Person] = {}
    while fresh:  # merges of merges are rare, and a circle of them ends
        asked |= fresh
        people = (
            await session.scalars(
                select(Person).where(col(Person.connection_id) == connection_id, _among(fresh))
            )
        ).all()
        found |= {(p.role, p.external_id): p for p in people}
        fresh = {(p.role, p.alias_of) for p in people if p.alias_of} - asked
    return {ref: _remaining(found, ref) for ref in found}


def _remaining(found: Mapping[Ref, Person], ref: Ref) -> Person:
    """Who is left of somebody after merges."""
    passed, person = {ref}, found[ref]
    while person.alias_of and (after := (person.role, person.alias_of)) in found.keys() - passed:
        passed.add(after)
        person = found[after]
    return person


def _among(refs: Collection[Ref]) -> ColumnElement[bool]:
    """The person is one of these: as two arrays, so that any number of them is the same statement."""
    columns = ([role for role, _ in refs], [external_id for _, external_id in refs])
    arrays = (cast(column, ARRAY(Text)) for column in columns)
    given = func.unnest(*arrays).table_valued("role", "external_id").render_derived()
    return tuple_(col(Person.role), col(Person.external_id)).in_(select(given.c.role, given.c.external_id))


class PeopleBook:
    """The people of one batch, locked: every change goes through here, and is written by `save`."""

    def __init__(self, vault: Vault, rows: Mapping[Ref, Person]) -> None:
        self._vault = vault
        self._rows = rows
        self._opened: dict[Ref, PersonData] = {}
        self._told: dict[Ref, PersonData] = {}

    @classmethod
    async def open(
        cls,
        session: AsyncSession,
        vault: Vault,
        connection_id: str,
        refs: Iterable[Ref],
        now: datetime,
    ) -> Self:
        """Locks the rows of these people in one order (so that two batches never wait for each other)."""
        wanted = sorted(set(refs))
        if not wanted:
            return cls(vault, {})
        new = [
            {
                "id": new_id("per"),
                "connection_id": connection_id,
                "role": role,
                "external_id": external_id,
                "key": vault.new_person_key()[1],
                "as_of": now.replace(year=1970),
                "can_email": True,
                "private": False,
            }
            for role, external_id in await cls._unknown(session, connection_id, wanted)
        ]
        if new:
            await session.execute(insert_many(Person, new).on_conflict_do_nothing())
        rows = await session.scalars(
            select(Person)
            .where(
                col(Person.connection_id) == connection_id,
                _among(wanted),
            )
            .order_by(col(Person.role), col(Person.external_id))
            .with_for_update(),
        )
        return cls(vault, {(p.role, p.external_id): p for p in rows})

    @staticmethod
    async def _unknown(session: AsyncSession, connection_id: str, wanted: list[Ref]) -> list[Ref]:
        known = await session.execute(
            select(col(Person.role), col(Person.external_id)).where(
                col(Person.connection_id) == connection_id,
                _among(wanted),
            ),
        )
        found = {(role, external_id) for role, external_id in known}
        return [ref for ref in wanted if ref not in found]

    def remember(self, fields: PersonFields, as_of: datetime) -> None:
        """For each field the word with the latest instant wins; what is not said stays."""
        ref = fields.role, fields.external_id
        person = self._rows[ref]
        if person.key is None:
            return
        if ref not in self._opened:
            self._opened[ref] = _kept(self._vault, person)
        known = self._told.get(ref, self._opened[ref])
        self._told[ref] = _newest(known, fields, as_of)
        person.as_of = max(person.as_of, as_of)

    async def save(self, session: AsyncSession) -> None:
        """Seals what was said, once for each person, and writes all that has changed."""
        for ref, told in self._told.items():
            person = self._rows[ref]
            if told != self._opened[ref] or person.fields is None:
                _put(self._vault, person, told)
        self._told.clear()
        self._opened.clear()
        await write_changes(session, self._rows.values())

    def erased(self) -> set[str]:
        """The candidates of this batch whose data was destroyed, now or before."""
        return {
            external_id
            for (role, external_id), person in self._rows.items()
            if role == PersonRole.CANDIDATE and person.erased_at is not None
        }

    def set_flags(self, candidate: str, data: Mapping[str, object], as_of: datetime) -> None:
        """May the candidate be mailed, are they private: of each the latest word wins.

        Of two words of one instant the more careful one does, so that their order does not matter.
        """
        person = self._rows[PersonRole.CANDIDATE, candidate]
        if "can_email" in data and person.erased_at is None:
            said, before = bool(data["can_email"]), person.flags_as_of
            if _newer(as_of, before):
                person.can_email = said and (person.can_email or before != as_of)
            person.flags_as_of = _later(as_of, before)
        if "private" in data:
            said, before = bool(data["private"]), person.private_as_of
            if _newer(as_of, before):
                person.private = said or (person.private and before == as_of)
            person.private_as_of = _later(as_of, before)

    def merge(self, candidate: str, into: str) -> None:
        """The first candidate is an alias of the second from now on; nothing else is rewritten."""
        if candidate != into:
            self._rows[PersonRole.CANDIDATE, candidate].alias_of = into

    def erase_merged(self, at: datetime) -> None:
        """Whoever was merged into somebody erased is that person: nothing of them stays readable either."""
        for _ in self._rows:
            erased = self.erased()
            left = [i for i in self._merged_into(erased) if i not in erased]
            if not left:
                return
            for candidate in left:
                self.erase(candidate, at)

    def _merged_into(self, candidates: set[str]) -> list[str]:
        return [person.external_id for person in self._rows.values() if person.alias_of in candidates]

    def erase(self, candidate: str, at: datetime) -> None:
        """Destroys the candidate's key: everything sealed with it is unreadable for good."""
        person = self._rows[PersonRole.CANDIDATE, candidate]
        person.key = person.fields = person.address_hash = person.time_zone = None
        person.can_email = False
        person.erased_at = person.erased_at or at


def _newer(at: datetime, before: datetime | None) -> bool:
    return before is None or at >= before


def _later(at: datetime, before: datetime | None) -> datetime:
    return at if before is None else max(at, before)


def _newest(known: PersonData, said: PersonFields, at: datetime) -> PersonData:
    """Of each field the word with the latest instant; of two words of one instant the greater wins."""
    values, dates = known.model_dump(include=set(_FIELDS)), dict(known.said_at)
    for name in _FIELDS:
        value, before = getattr(said, name), dates.get(name)
        if value and (before is None or (at, value) > (before, values[name] or "")):
            values[name], dates[name] = value, at
    return PersonData(**values, said_at=dates, chosen=known.chosen)


async def merged_into(session: AsyncSession, connection_id: str, candidates: Iterable[str]) -> set[str]:
    """These candidates and everybody who was merged into them, directly or not."""
    known, fresh = set(candidates), set(candidates)
    while fresh:
        rows = await session.scalars(
            select(col(Person.external_id)).where(
                col(Person.connection_id) == connection_id,
                col(Person.role) == str(PersonRole.CANDIDATE),
                col(Person.alias_of).in_(fresh),
            ),
        )
        fresh = set(rows) - known
        known |= fresh
    return known


def raw_owner(connection_id: str, candidate: str) -> str:
    """How a raw body names the candidate whom it is about."""
    return f"{connection_id}/{candidate}"


async def erase_raw_bodies(session: AsyncSession, connection_id: str, candidates: Iterable[str]) -> None:
    """Deletes the signed bytes that are about these candidates."""
    owners = [raw_owner(connection_id, candidate) for candidate in candidates]
    if owners:
        await session.execute(delete(RawBody).where(col(RawBody.candidate).in_(owners)))
