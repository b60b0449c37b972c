"""The reconciling poll: asks the ATS for what its webhooks never say, and for what they lost.

Greenhouse sends nothing for interviews, scorecards and stage times (Greenhouse webhook docs, 2026-01-20), and
gives up on a webhook after about 15 hours. So each connection is asked at its own pace what changed since the
last time, and about every application in an interview stage. What comes back is recorded like any webhook.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.ats.canonical import Fact, FactKind, Reading
from app.db import Sessions, unit_of_work
from app.errors import VendorError
from app.intake.connections import secrets_of, settings_of
from app.intake.models import Connection
from app.privacy.vault import Vault
from app.timeline.models import Application, FactRow, PollCursor
from app.timeline.record import Heard, record

if TYPE_CHECKING:
    from app.vendors import Vendors

log = structlog.get_logger()

_RESOURCE = "applications"
_OVERLAP = timedelta(minutes=2)
"""Asked again each time: the vendor's clock and its index may lag behind ours."""
_CHUNK = 50
"""Ids in one request (Greenhouse Harvest v3: each `*_ids` filter takes 50, read 2026-11)."""
_LEASE = timedelta(seconds=120)
_AGAIN = timedelta(minutes=2)
_PUSHED = {FactKind.APPLICATION_CREATED, FactKind.REJECTED, FactKind.WITHDRAWN, FactKind.HIRED}
"""What a webhook should have brought; keys are the same whichever door a fact comes through."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One connection's turn to be asked, leased."""

    connection_id: str
    lease: int
    since: datetime
    every: timedelta
    watched: Sequence[str]
    """Applications in an interview stage."""


async def poll_due(
    sessions: Sessions,
    vault: Vault,
    vendors: "Vendors",
    *,
    now: datetime,
    machine_now: datetime,
) -> int:
    """Asks the vendor of one connection whose turn it is; returns how many were asked."""
    async with unit_of_work(sessions) as session:
        await _ensure_cursors(session, vault, now)
        turn = await _claim(session, now, machine_now)
    if turn is None:
        return 0
    try:
        heard = await _ask(vendors, turn, now)
    except VendorError as error:
        await _failed(sessions, turn, error, now)
        return 1
    async with unit_of_work(sessions) as session:
        missed = await _missed(session, turn, heard)
        await record(session, vault, turn.connection_id, heard, now)
        await _done(session, turn, missed, now)
    return 1


async def _ensure_cursors(session: AsyncSession, vault: Vault, now: datetime) -> None:
    known = set(await session.scalars(select(col(PollCursor.connection_id))))
    for connection in await session.scalars(select(Connection).where(col(Connection.enabled))):
        wanted = settings_of(connection).poll and secrets_of(connection, vault).client_id
        if wanted and connection.id not in known:
            row = {
                "connection_id": connection.id,
                "resource": _RESOURCE,
                "read_until": connection.created_at,
                "next_at": now,
                "lease": 0,
                "failures": 0,
                "missed": 0,
            }
            await session.execute(insert(PollCursor).values(row).on_conflict_do_nothing())


async def _claim(session: AsyncSession, now: datetime, machine_now: datetime) -> Turn | None:
    cursor = await session.scalar(
        select(PollCursor)
        .where(
            col(PollCursor.next_at) <= now,
            or_(col(PollCursor.leased_until).is_(None), col(PollCursor.leased_until) < machine_now),
        )
        .order_by(col(PollCursor.next_at))
        .limit(1)
        .with_for_update(skip_locked=True),
    )
    if cursor is None:
        return None
    connection = await session.get_one(Connection, cursor.connection_id)
    settings = settings_of(connection)
    every = timedelta(seconds=settings.poll_every_seconds)
    if not (connection.enabled and settings.poll):
        cursor.next_at = now + every
        return None
    cursor.lease += 1
    cursor.leased_until = machine_now + _LEASE
    watched = await session.scalars(
        select(col(Application.external_id))
        .where(col(Application.connection_id) == connection.id, col(Application.interviewing))
        .order_by(col(Application.external_id)),
    )
    return Turn(connection.id, cursor.lease, cursor.read_until, every, watched.all())


async def _ask(vendors: "Vendors", turn: Turn, now: datetime) -> list[Heard]:
    vendor, client = await vendors.client(turn.connection_id)
    changed = await client.changed(turn.since - _OVERLAP)
    wanted = sorted({*changed, *turn.watched})
    heard = []
    for ids in _chunks(wanted):
        reading = vendor.api.read_answers(await client.applications(ids), now)
        heard.append(Heard(reading, now, "poll"))
    return heard


def _chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _CHUNK):
        yield ids[start : start + _CHUNK]


async def _missed(session: AsyncSession, turn: Turn, heard: Sequence[Heard]) -> int:
    """How many of these facts a webhook should have brought by now and did not."""
    keys = {f.key for h in heard for f in _pushed(h.reading)}
    if not keys:
        return 0
    known = await session.scalar(
        select(func.count())
        .select_from(FactRow)
        .where(col(FactRow.connection_id) == turn.connection_id, col(FactRow.key).in_(keys)),
    )
    return len(keys) - (known or 0)


def _pushed(reading: Reading) -> Iterator[Fact]:
    return (fact for fact in reading.facts if fact.kind in _PUSHED)


async def _done(session: AsyncSession, turn: Turn, missed: int, now: datetime) -> None:
    cursor = await _mine(session, turn)
    if cursor is None:
        return
    cursor.read_until, cursor.next_at = now, now + turn.every
    cursor.leased_until, cursor.failures, cursor.failure = None, 0, None
    cursor.missed += missed
    if missed:
        log.warning("poll.missed", connection=turn.connection_id, changes=missed)


async def _failed(sessions: Sessions, turn: Turn, error: VendorError, now: datetime) -> None:
    async with unit_of_work(sessions) as session:
        cursor = await _mine(session, turn)
        if cursor is not None:
            cursor.failures += 1
            cursor.failure = f"{error.kind}: {error.detail}"
            cursor.next_at = now + max(error.wait or _AGAIN, _AGAIN) * min(cursor.failures, 15)
            cursor.leased_until = None
    log.warning("poll.failed", connection=turn.connection_id, kind=error.kind, detail=error.detail)


async def _mine(session: AsyncSession, turn: Turn) -> PollCursor | None:
    """The cursor, unless somebody else's turn has begun since."""
    cursor = await session.get(PollCursor, (turn.connection_id, _RESOURCE), with_for_update=True)
    return cursor if cursor is not None and cursor.lease == turn.lease else None
