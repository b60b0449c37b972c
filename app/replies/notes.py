"""Answers are noted in the ATS, once: marked, so that a repeat looks before it writes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.ats.http import Target
from app.db import Sessions, unit_of_work
from app.delivery.claim import Instants
from app.delivery.notes import NoteWay, marker
from app.delivery.words import answer_note
from app.errors import HeardbackError
from app.intake.connections import secrets_of, settings_of
from app.intake.models import Connection
from app.mail.outbound import Outcome, OutcomeKind
from app.privacy.vault import Vault
from app.replies.act import opened
from app.replies.models import NoteState, Reply
from app.timeline.models import Application
from app.vendors import Vendors

BATCH = 5
_PAUSES = (1, 5, 15, 60, 240)
"""Minutes before the next try."""
_LONGEST = 4_000


@dataclass(frozen=True, slots=True)
class _Note:
    reply: str
    attempt: int
    connection: str
    target: Target
    words: str


@dataclass(frozen=True, slots=True)
class Notes:
    """The way of answers into the ATS."""

    sessions: Sessions
    vault: Vault
    vendors: Vendors
    lease: timedelta
    locale: str
    """The service's own, for connections without one."""

    async def write_due(self, at: Instants) -> int:
        """Writes one batch of notes; returns how many were tried."""
        async with unit_of_work(self.sessions) as session:
            notes = await self._claim(session, at)
        for note in notes:
            outcome = await self._write(note)
            async with unit_of_work(self.sessions) as session:
                await _settle(session, note, outcome, at.machine)
        return len(notes)

    async def _claim(self, session: AsyncSession, at: Instants) -> list[_Note]:
        rows = await session.scalars(
            select(Reply)
            .where(col(Reply.note_act_at) <= at.machine)
            .order_by(col(Reply.note_act_at))
            .limit(BATCH)
            .with_for_update(skip_locked=True),
        )
        return [await self._note(session, row, at.machine) for row in rows]

    async def _note(self, session: AsyncSession, row: Reply, now: datetime) -> _Note:
        row.note_attempt += 1
        row.note_act_at = now + self.lease * BATCH
        row.note_started_at = row.note_started_at or now
        application = await session.get_one(Application, row.application_id)
        connection = await session.get_one(Connection, application.connection_id)
        chosen = settings_of(connection)
        user = chosen.note_user or secrets_of(connection, self.vault).acting_user
        said = await opened(session, self.vault, row)
        text = answer_note(said.words[:_LONGEST], marker(row.id), chosen.locale or self.locale)
        target = Target(application.candidate or "", application.external_id, user)
        return _Note(row.id, row.note_attempt, connection.id, target, text)

    async def _write(self, note: _Note) -> Outcome:
        try:
            _, client = await self.vendors.client(note.connection)
            way = NoteWay(client, note.target)
            return await way.send(note.words.encode(), note.reply, again=note.attempt > 1)
        except HeardbackError as refused:
            return Outcome(OutcomeKind.CONFIGURATION, refused.detail)


async def _settle(session: AsyncSession, note: _Note, outcome: Outcome, now: datetime) -> None:
    """Fenced by the attempt. An unknown one is tried again: a repeat looks for the marker first."""
    row = await session.get(Reply, note.reply, with_for_update=True)
    if row is None or row.note_attempt != note.attempt:
        return
    row.note_cause, row.note_act_at = outcome.detail or None, None
    if outcome.kind is OutcomeKind.ACCEPTED:
        row.note_state = NoteState.WRITTEN
    elif outcome.kind is OutcomeKind.PERMANENT or note.attempt > len(_PAUSES):
        row.note_state = NoteState.FAILED
    else:
        pause = timedelta(minutes=_PAUSES[note.attempt - 1])
        row.note_act_at = now + max(pause, outcome.retry_after or pause)
