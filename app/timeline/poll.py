"""The reconciling poll: asks the ATS for what its webhooks never say, and for what they lost.

Greenhouse sends nothing for interviews, scorecards and stage times (Greenhouse webhook docs, 2026-01-20), and
gives up on a webhook after about 15 hours; Teamtailor never tries again. So each connection is asked at its
own pace what changed since the last time, resource by resource, each with a cursor of its own, and about
every application in an interview stage. What comes back is recorded like any webhook.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from typing import TYPE_CHECKING, TypeVar

import structlog
from sqlalchemy import func, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.ats.canonical import FactKind
from app.ats.vendor import VENDORS
from app.db import Sessions, unit_of_work
from app.errors import VendorAway, VendorError
from app.intake.connections import secrets_of, settings_of
from app.intake.models import Connection
from app.isolation import passing
from app.privacy.vault import CannotOpen, Vault
from app.timeline.models import MISSED, Application, FactRow, Inquiry, PollCursor
from app.timeline.record import Heard, record

if TYPE_CHECKING:
    from app.vendors import Vendors

log = structlog.get_logger()

_T = TypeVar("_T")
_Heard = Callable[[], Awaitable[None]]

_OVERLAP = timedelta(minutes=2)
"""Asked again each time: the vendor's clock and its index may lag behind ours."""
_LEASE = timedelta(seconds=30)
"""Renewed with every chunk: nobody who died holds a connection's turn for longer."""
_PATIENCE = timedelta(seconds=25)
"""For one chunk, or one page of what changed; shorter than the lease."""
_SIDE_BY_SIDE = 4
"""Connections asked at once, so that one that hangs does not keep the others waiting."""
_AGAIN = timedelta(minutes=2)
_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)
"""Which resources are asked for does not depend on since when."""
_ON_ITS_WAY = timedelta(minutes=1)
"""A webhook about something this young may still come: it is not yet missed."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One resource's turn to be asked for, leased."""

    connection_id: str
    resource: str
    lease: int
    since: datetime
    every: timedelta
    resume: str | None
    first: bool
    """The first resource of the connection also looks after interviews and counts lost webhooks."""
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
    """Asks the vendors of a few connections whose turn it is, side by side; returns how many were asked.

    What a vendor said is recorded piece by piece, and each piece renews the lease: whoever dies in between
    holds the turn for no longer than that. A piece that fails costs itself only.
    """
    async with unit_of_work(sessions) as session:
        await _ensure_cursors(session, vault, now)
        turns = await _claim(session, now, machine_now)
    began = asyncio.get_running_loop().time()
    polls = [_Poll(sessions, vault, vendors, turn, now, machine_now, began) for turn in turns]
    ended = await asyncio.gather(*(poll.run() for poll in polls), return_exceptions=True)
    for wrong in ended:
        if isinstance(wrong, BaseException):
            raise wrong
    return len(turns)


async def _ensure_cursors(session: AsyncSession, vault: Vault, now: datetime) -> None:
    keys = select(col(PollCursor.connection_id), col(PollCursor.resource))
    known = {(connection, resource) for connection, resource in await session.execute(keys)}
    for connection in await session.scalars(select(Connection).where(col(Connection.enabled))):
        if not settings_of(connection).poll:
            continue
        missing = [one for one in resources(connection.vendor) if (connection.id, one) not in known]
        if missing and _may_ask(connection, vault):
            rows = [
                {
                    "connection_id": connection.id,
                    "resource": resource,
                    "read_until": connection.created_at,
                    "next_at": now,
                    "lease": 0,
                    "failures": 0,
                    "missed": 0,
                }
                for resource in missing
            ]
            await session.execute(insert(PollCursor).values(rows).on_conflict_do_nothing())


@lru_cache
def resources(vendor: str) -> tuple[str, ...]:
    """The resources that this vendor is asked for, the first of which also looks after interviews."""
    api = VENDORS[vendor].api
    return tuple(api.changed_requests(_ANY_TIME, "")) if api else ()


def _may_ask(connection: Connection, vault: Vault) -> bool:
    try:
        return secrets_of(connection, vault).may_ask
    except CannotOpen:
        # One connection whose secrets are lost must not silence the polls of all others.
        log.warning("poll.secrets_lost", connection=connection.id)
        return False


async def _claim(session: AsyncSession, now: datetime, machine_now: datetime) -> list[Turn]:
    cursors = await session.scalars(
        select(PollCursor)
        .where(
            col(PollCursor.next_at) <= now,
            or_(col(PollCursor.leased_until).is_(None), col(PollCursor.leased_until) < machine_now),
        )
        .order_by(col(PollCursor.next_at))
        .limit(_SIDE_BY_SIDE)
        .with_for_update(skip_locked=True),
    )
    turns = []
    for cursor in cursors.all():
        connection = await session.get_one(Connection, cursor.connection_id)
        settings = settings_of(connection)
        every = timedelta(seconds=settings.poll_every_seconds)
        if not (connection.enabled and settings.poll):
            cursor.next_at = now + every
            continue
        cursor.lease += 1
        cursor.leased_until = machine_now + _LEASE
        first = cursor.resource == resources(connection.vendor)[0]
        watched = await _watched(session, connection.id) if first else ()
        since, resume = cursor.read_until, cursor.resume
        turns.append(Turn(connection.id, cursor.resource, cursor.lease, since, every, resume, first, watched))
    return turns


async def _watched(session: AsyncSession, connection_id: str) -> Sequence[str]:
    found = await session.scalars(
        select(col(Application.external_id))
        .where(col(Application.connection_id) == connection_id, col(Application.interviewing))
        .order_by(col(Application.external_id)),
    )
    return found.all()


@dataclass(frozen=True, slots=True)
class _Poll:
    """One turn, piece by piece."""

    sessions: Sessions
    vault: Vault
    vendors: "Vendors"
    turn: Turn
    now: datetime
    machine_now: datetime
    began: float
    """The event loop's seconds when the turn was claimed: leases are renewed from the machine time since."""

    async def run(self) -> None:
        try:
            wanted, chunk, resume = await self._answer(self._changed)
        except Exception as wrong:
            if passing(wrong):
                raise
            self._trace(wrong)
            await self._failed(wrong)
            return
        failure: Exception | None = None
        for ids in _chunks(wanted, chunk):
            try:
                mine = await self._record(await self._answer(partial(self._ask, ids)))
            except Exception as wrong:
                if passing(wrong):
                    raise
                self._trace(wrong)
                failure = failure or wrong
                mine = await self._record(None)
            if not mine:
                return  # somebody else's turn has begun since
        if failure is not None:
            await self._failed(failure)
        else:
            await self._done(resume)

    def _trace(self, wrong: Exception) -> None:
        if not isinstance(wrong, VendorError):
            log.exception("poll.broken", connection=self.turn.connection_id)  # noqa: LOG004  # only in handlers

    async def _answer(self, ask: Callable[[_Heard], Awaitable[_T]]) -> _T:
        """The answer, if it comes within the patience; what ``ask`` may call says that a part of it came."""
        seconds, loop = _PATIENCE.total_seconds(), asyncio.get_running_loop()
        try:
            async with asyncio.timeout(seconds) as patience:

                async def heard() -> None:
                    if not await self._record(None):
                        raise VendorAway("Somebody else's turn has begun.", kind="lease")
                    patience.reschedule(loop.time() + seconds)

                return await ask(heard)
        except TimeoutError as late:
            raise VendorAway("No answer within the lease.", kind="timeout") from late

    async def _changed(self, heard: _Heard) -> tuple[list[str], int, str | None]:
        """The applications to ask about, how many at a time, and where the next turn goes on."""
        turn = self.turn
        api, client = await self.vendors.client(turn.connection_id)
        resume = {turn.resource: turn.resume} if turn.resume else None
        changed, point = await client.changed(turn.resource, turn.since - _OVERLAP, resume, heard)
        return sorted({*changed, *turn.watched}), api.CHUNK, point

    async def _ask(self, ids: Sequence[str], _: _Heard) -> Heard:
        api, client = await self.vendors.client(self.turn.connection_id)
        reading = api.read_answers(await client.applications(ids), self.now)
        return Heard(reading, self.now, "poll")

    async def _record(self, heard: Heard | None) -> bool:
        """Keeps what was heard and renews the lease; False when the turn is no longer ours."""
        async with unit_of_work(self.sessions) as session:
            cursor = await _mine(session, self.turn)
            if cursor is None:
                return False
            since = asyncio.get_running_loop().time() - self.began
            cursor.leased_until = self.machine_now + timedelta(seconds=since) + _LEASE
            if heard is not None:
                await record(session, self.vault, self.turn.connection_id, [heard], self.now)
            return True

    async def _done(self, resume: str | None) -> None:
        async with unit_of_work(self.sessions) as session:
            cursor = await _mine(session, self.turn)
            if cursor is not None:
                cursor.read_until, cursor.next_at = self.now, self.now + self.turn.every
                cursor.leased_until, cursor.failures, cursor.failure = None, 0, None
                cursor.resume = resume
                if self.turn.first:
                    await self._count_missed(session, cursor)

    async def _count_missed(self, session: AsyncSession, cursor: PollCursor) -> None:
        before, of = cursor.missed, col(Inquiry.connection_id) == self.turn.connection_id
        if await session.scalar(select(col(Inquiry.event_id)).where(of).limit(1)):
            return  # a webhook has come that has not been asked about yet: what it will tell is not lost
        api, _ = await self.vendors.client(self.turn.connection_id)
        cursor.missed, cursor.missed_at = await _missed(session, self.turn, api.PUSHED, self.now)
        if cursor.missed > before:
            changes = cursor.missed - before
            log.warning("poll.missed", connection=self.turn.connection_id, changes=changes)

    async def _failed(self, wrong: Exception) -> None:
        """Tried again later, less and less often; never at once, whatever it was."""
        kind, detail, wait = _told(wrong)
        async with unit_of_work(self.sessions) as session:
            cursor = await _mine(session, self.turn)
            if cursor is not None:
                cursor.failures += 1
                cursor.failure = f"{kind}: {detail}"
                cursor.next_at = self.now + max(wait or _AGAIN, _AGAIN) * min(cursor.failures, 15)
                cursor.leased_until = None
        log.warning("poll.failed", connection=self.turn.connection_id, kind=kind, detail=detail)


def _told(wrong: Exception) -> tuple[str, str, timedelta | None]:
    if isinstance(wrong, VendorError):
        return wrong.kind, wrong.detail, wrong.wait
    # Its words may hold what was read: only its name is safe to keep.
    return "unexpected", type(wrong).__name__, None


def _chunks(ids: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


async def _missed(
    session: AsyncSession, turn: Turn, pushed: Collection[FactKind], now: datetime
) -> tuple[int, datetime | None]:
    """How many changes since the connection was made no webhook has brought, and when the last happened."""
    connected = select(col(Connection.created_at)).where(col(Connection.id) == turn.connection_id)
    found = await session.execute(
        select(func.count(), func.max(col(FactRow.placed_at))).where(
            col(FactRow.connection_id) == turn.connection_id,
            text(MISSED),
            col(FactRow.kind).in_(pushed),
            col(FactRow.placed_at) >= connected.scalar_subquery(),
            col(FactRow.placed_at) <= now - _ON_ITS_WAY,
        ),
    )
    count, last = found.one()
    return count, last


async def _mine(session: AsyncSession, turn: Turn) -> PollCursor | None:
    """The cursor, unless somebody else's turn has begun since."""
    cursor = await session.get(PollCursor, (turn.connection_id, turn.resource), with_for_update=True)
    return cursor if cursor is not None and cursor.lease == turn.lease else None
