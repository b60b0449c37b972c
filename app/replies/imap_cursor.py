"""Whose turn it is to read a mailbox, and how far it has been read; each step is fenced by its turn."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.db import Sessions, unit_of_work
from app.replies.imap_models import ImapCursor
from app.replies.mailbox import Mailbox

EVERY = timedelta(minutes=1)
"""Between two looks while all is well."""
LONGEST = 15
"""In place of one minute at most, while there is trouble."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The right to read one mailbox until its lease ends, and where to go on."""

    id: str
    number: int
    uid_validity: int | None
    last_uid: int
    failures: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a look failed, in our own words; ``lasting``: nothing changes until a person does something."""

    why: str
    lasting: bool = field(default=False)


async def due(session: AsyncSession, boxes: Collection[Mailbox], now: datetime) -> list[Mailbox]:
    """Those that nobody reads now and that are new or due."""
    resting = await session.scalars(
        select(col(ImapCursor.id)).where(
            col(ImapCursor.id).in_([box.id for box in boxes]), col(ImapCursor.next_at) > now
        )
    )
    not_now = set(resting)
    return [box for box in boxes if box.id not in not_now]


async def claim(sessions: Sessions, box: Mailbox, now: datetime, lease: timedelta) -> Turn | None:
    """The next turn, if it is due and nobody else has it."""
    first = {"id": box.id, "mailbox": box.name, "next_at": now, "heard_at": now, "last_uid": 0}
    none_yet = {"turn": 0, "failures": 0, "failed": 0, "skipped": 0}
    async with unit_of_work(sessions) as session:
        await session.execute(insert(ImapCursor).values(first | none_yet).on_conflict_do_nothing())
        cursor = await session.scalar(
            select(ImapCursor)
            .where(col(ImapCursor.id) == box.id, col(ImapCursor.next_at) <= now)
            .with_for_update(skip_locked=True),
        )
        if cursor is None:
            return None
        cursor.turn, cursor.next_at, cursor.mailbox = cursor.turn + 1, now + lease, box.name
        return Turn(box.id, cursor.turn, cursor.uid_validity, cursor.last_uid, cursor.failures)


async def mine(session: AsyncSession, turn: Turn) -> ImapCursor | None:
    """The mailbox's row, locked; None for who has lost the turn."""
    cursor = await session.get(ImapCursor, turn.id, with_for_update=True)
    return cursor if cursor is not None and cursor.turn == turn.number else None


def move(cursor: ImapCursor, turn: Turn, uid: int) -> None:
    """The mail with that UID is done with."""
    cursor.uid_validity, cursor.last_uid, cursor.failures = turn.uid_validity, uid, 0


async def settle(
    sessions: Sessions, turn: Turn, now: datetime, *, more: bool = False, trouble: Trouble | None = None
) -> None:
    """The turn is over: the next look comes at once, in a minute, or after trouble later each time."""
    async with unit_of_work(sessions) as session:
        cursor = await mine(session, turn)
        if cursor is None:
            return
        cursor.failure = trouble.why if trouble else None
        if trouble:
            cursor.failures, cursor.failed = cursor.failures + 1, cursor.failed + 1
            wait = LONGEST if trouble.lasting else min(cursor.failures, LONGEST)
            cursor.next_at = now + EVERY * wait
            return
        cursor.failures, cursor.heard_at = 0, now
        cursor.next_at = now if more else now + EVERY
        if cursor.uid_validity != turn.uid_validity:
            cursor.uid_validity, cursor.last_uid = turn.uid_validity, turn.last_uid
