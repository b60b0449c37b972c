"""What scorecards say in words, kept sealed with the key of the candidate they are about.

It is no fact: facts are kept for good and hold nothing personal. It goes with the candidate's key.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.ats.canonical import Evaluation, FactKind, PersonRole, Reading
from app.ids import new_id
from app.privacy.vault import Vault, open_as_person, seal_as_person
from app.timeline.models import Application, Highlight, Person
from app.timeline.people import Ref, find_people, key_of

_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Note:
    """The words in one field of a scorecard, opened. Never log it, or show it without need."""

    id: str
    scorecard: str
    field: str
    words: str
    at: datetime

    @property
    def place(self) -> str:
        """Where it stands, as a fact's source names it: ``scorecard/91/public-notes``."""
        name = re.sub(r"\W+|_", "-", self.field.casefold()).strip("-")[:_LONGEST_NAME]
        return f"scorecard/{self.scorecard}/{name}"


Said = tuple[Evaluation, datetime]
"""What a scorecard says, and as of when."""


async def keep_evaluations(
    session: AsyncSession, vault: Vault, connection_id: str, readings: Iterable[tuple[Reading, datetime]]
) -> None:
    """Keeps what the scorecards of these readings say; the latest word wins, however often it comes.

    ``readings`` come with the instants, aware, at which they were received. Nothing is kept of a candidate
    who was erased, or of a scorecard that was deleted.
    """
    said, gone = _newest(readings)
    if gone:
        await session.execute(
            delete(Highlight).where(
                col(Highlight.connection_id) == connection_id, col(Highlight.scorecard).in_(gone)
            ),
        )
    if not said:
        return
    people = await _whose(session, connection_id, [evaluation for evaluation, _ in said.values()])
    kept = await _kept(session, connection_id, said)
    for scorecard, (evaluation, at) in sorted(said.items()):
        person = people.get(evaluation.application)
        key = key_of(vault, person) if person else None
        if person is not None and key is not None:
            book = _Book(connection_id, person.id, key, evaluation, at)
            await book.write(session, kept.get(scorecard, []))


def _newest(readings: Iterable[tuple[Reading, datetime]]) -> tuple[dict[str, Said], set[str]]:
    said: dict[str, Said] = {}
    gone: set[str] = set()
    for reading, received_at in readings:
        gone |= {f.data["scorecard_id"] for f in reading.facts if f.kind == FactKind.SCORECARD_DELETED}
        for evaluation in reading.evaluations:
            at = evaluation.at or received_at
            if evaluation.scorecard not in said or said[evaluation.scorecard][1] <= at:
                said[evaluation.scorecard] = evaluation, at
    return {scorecard: each for scorecard, each in said.items() if scorecard not in gone}, gone


async def _whose(
    session: AsyncSession, connection_id: str, evaluations: Sequence[Evaluation]
) -> dict[str, Person]:
    """The candidate of each of these applications."""
    candidates = {e.application: e.candidate for e in evaluations if e.candidate}
    rows = await session.execute(
        select(col(Application.external_id), col(Application.candidate)).where(
            col(Application.connection_id) == connection_id,
            col(Application.external_id).in_({e.application for e in evaluations} - candidates.keys()),
        ),
    )
    candidates |= {application: candidate for application, candidate in rows if candidate}
    refs = {application: (str(PersonRole.CANDIDATE), name) for application, name in candidates.items()}
    people: Mapping[Ref, Person] = await find_people(session, connection_id, refs.values())
    return {application: people[ref] for application, ref in refs.items() if ref in people}


async def _kept(
    session: AsyncSession, connection_id: str, scorecards: Collection[str]
) -> dict[str, list[Highlight]]:
    rows = await session.scalars(
        select(Highlight)
        .where(col(Highlight.connection_id) == connection_id, col(Highlight.scorecard).in_(scorecards))
        .order_by(col(Highlight.id))
        .with_for_update(),
    )
    kept = defaultdict(list)
    for row in rows:
        kept[row.scorecard].append(row)
    return kept


@dataclass(frozen=True, slots=True)
class _Book:
    """One scorecard's words, to be written for one person."""

    connection_id: str
    person_id: str
    key: bytes
    evaluation: Evaluation
    at: datetime

    async def write(self, session: AsyncSession, kept: Sequence[Highlight]) -> None:
        """Row by row: who has picked one finds it under the same id after a correction."""
        if any(row.as_of > self.at for row in kept):
            return
        mine = {row.field: row for row in kept if row.person_id == self.person_id}
        for row in kept:
            if row.field not in self.evaluation.fields or row.person_id != self.person_id:
                await session.delete(row)
        await session.flush()
        for field, words in self.evaluation.fields.items():
            if field not in mine:
                # Another batch may bring the same scorecard at the same moment.
                await session.execute(
                    insert(Highlight).values(self._row(field, words)).on_conflict_do_nothing()
                )
            elif open_as_person(self.key, mine[field].words, mine[field].id).decode() != words:
                mine[field].words = seal_as_person(self.key, words.encode(), mine[field].id)
                mine[field].as_of = self.at

    def _row(self, field: str, words: str) -> dict[str, object]:
        made = new_id("hil")
        return {
            "id": made,
            "connection_id": self.connection_id,
            "application": self.evaluation.application,
            "person_id": self.person_id,
            "scorecard": self.evaluation.scorecard,
            "field": field,
            "words": seal_as_person(self.key, words.encode(), made),
            "as_of": self.at,
        }


async def read_notes(
    session: AsyncSession, vault: Vault, applications: Collection[tuple[str, str]]
) -> dict[tuple[str, str], tuple[Note, ...]]:
    """The notes on these applications, as (connection, external id), the newest first."""
    if not applications:
        return {}
    rows = await session.execute(
        select(Highlight, Person)
        .join(Person, col(Person.id) == col(Highlight.person_id))
        .where(tuple_(col(Highlight.connection_id), col(Highlight.application)).in_(applications))
        .order_by(col(Highlight.as_of).desc(), col(Highlight.id)),
    )
    found: dict[tuple[str, str], list[Note]] = defaultdict(list)
    for row, person in rows:
        key = key_of(vault, person)
        if key is not None:
            words = open_as_person(key, row.words, row.id).decode()
            note = Note(row.id, row.scorecard, row.field, words, row.as_of)
            found[row.connection_id, row.application].append(note)
    return {whose: tuple(notes) for whose, notes in found.items()}


async def forget(session: AsyncSession, connection_id: str, candidates: Collection[str]) -> None:
    """Deletes what scorecards said about these candidates, by their external ids."""
    if candidates:
        people = select(col(Person.id)).where(
            col(Person.connection_id) == connection_id,
            col(Person.role) == str(PersonRole.CANDIDATE),
            col(Person.external_id).in_(candidates),
        )
        await session.execute(delete(Highlight).where(col(Highlight.person_id).in_(people)))
