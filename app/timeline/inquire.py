"""What webhooks only name is asked of the vendor's API, and nothing is true before it has answered.

Lever signs only a token and a time, SmartRecruiters sends ids: whoever acted on such a webhook would act on a
guess. A question that fails is asked again later, for as long as a vendor may be away; what the API does not
know is ended only where the webhook said that it was deleted.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

import structlog
from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.ats.canonical import Fact, FactKind, Named, NamedKind, Reading
from app.db import Sessions, unit_of_work
from app.errors import VendorAway, VendorBusy, VendorError, VendorRefused
from app.intake.models import Event, EventState, RawBody
from app.isolation import passing
from app.privacy.vault import Vault
from app.timeline.models import Application, Inquiry
from app.timeline.people import raw_owner
from app.timeline.record import Heard, record

if TYPE_CHECKING:
    from app.vendors import Vendors

log = structlog.get_logger()

_BATCH = 40
_LEASE = timedelta(seconds=30)
_PATIENCE = timedelta(seconds=25)
"""For one connection's questions; shorter than the lease."""
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=10), timedelta(minutes=15)
_HIDDEN_TRIES = 4
"""After so many answers that something is not there, it is taken to be hidden from our credential."""
_LONGEST = timedelta(days=14)


class Asking(Protocol):
    """An event that only names what it is about."""

    @property
    def id(self) -> str: ...

    @property
    def connection_id(self) -> str: ...


async def ask_about(session: AsyncSession, event: Asking, named: Sequence[Named], now: datetime) -> None:
    """Remembers to ask about what this event named."""
    values = {"named": [asdict(one) for one in named], "asked_at": now, "act_at": now, "failure": None}
    statement = insert(Inquiry).values(
        event_id=event.id, connection_id=event.connection_id, tries=0, **values
    )
    await session.execute(statement.on_conflict_do_update(index_elements=["event_id"], set_=values))


async def inquire_due(
    sessions: Sessions, vault: Vault, vendors: "Vendors", *, now: datetime, machine_now: datetime
) -> int:
    """Asks about what is due, connections side by side; returns how many events were asked about."""
    async with unit_of_work(sessions) as session:
        claimed = await _claim(session, now, machine_now)
    turns = [_Turn(sessions, vault, vendors, connection, asked, now) for connection, asked in claimed.items()]
    ended = await asyncio.gather(*(turn.run() for turn in turns), return_exceptions=True)
    for wrong in ended:
        if isinstance(wrong, BaseException):
            raise wrong
    return sum(len(asked) for asked in claimed.values())


@dataclass(frozen=True, slots=True)
class _Asked:
    event_id: str
    named: tuple[Named, ...]
    tries: int
    asked_at: datetime


async def _claim(session: AsyncSession, now: datetime, machine_now: datetime) -> dict[str, list[_Asked]]:
    free = or_(col(Inquiry.leased_until).is_(None), col(Inquiry.leased_until) < machine_now)
    rows = await session.scalars(
        select(Inquiry)
        .where(col(Inquiry.act_at) <= now, free)
        .order_by(col(Inquiry.act_at))
        .limit(_BATCH)
        .with_for_update(skip_locked=True),
    )
    claimed: dict[str, list[_Asked]] = defaultdict(list)
    for row in rows.all():
        row.tries += 1
        row.leased_until = machine_now + _LEASE
        named = tuple(Named(NamedKind(one["kind"]), one["id"], one["deleted"]) for one in row.named)
        claimed[row.connection_id].append(_Asked(row.event_id, named, row.tries, row.asked_at))
    return claimed


@dataclass(frozen=True, slots=True)
class _Turn:
    """One connection's questions, in pieces that are short enough for the lease."""

    sessions: Sessions
    vault: Vault
    vendors: "Vendors"
    connection: str
    asked: Sequence[_Asked]
    now: datetime

    async def run(self) -> None:
        left, alone = list(self.asked), 0
        try:
            async with asyncio.timeout(_PATIENCE.total_seconds()):
                while left:
                    piece = left[:1] if alone else await self._piece(left)
                    wrong = await self._tried(piece)
                    if wrong and _concerns_all(wrong):
                        await self._later(left, wrong)
                        return
                    if wrong and len(piece) > 1:
                        alone = len(piece)  # whichever spoilt the question must not hold up the others
                        continue
                    if wrong:
                        await self._later(piece, wrong)
                    left, alone = left[len(piece) :], max(0, alone - 1)
        except TimeoutError:
            await self._later(left, VendorAway("No answer within the lease.", kind="timeout"))
        except VendorError as wrong:  # there is nobody to ask
            await self._later(left, wrong)

    async def _tried(self, piece: Sequence[_Asked]) -> VendorError | None:
        """Asks, and says what went wrong."""
        try:
            await self._answer(piece)
        except VendorError as wrong:
            return wrong
        except Exception as wrong:
            if passing(wrong):
                raise
            log.exception("inquiry.broken", connection=self.connection)
            return VendorRefused(type(wrong).__name__, kind="unexpected")
        return None

    async def _piece(self, left: Sequence[_Asked]) -> Sequence[_Asked]:
        """As many as fit into one question; the same thing named twice counts once."""
        api, _ = await self.vendors.client(self.connection)
        names: set[tuple[NamedKind, str]] = set()
        for taken, one in enumerate(left):
            names |= {(named.kind, named.id) for named in one.named}
            if taken and len(names) > api.CHUNK:
                return left[:taken]
        return left

    async def _answer(self, piece: Sequence[_Asked]) -> None:
        api, client = await self.vendors.client(self.connection)
        unique = list(dict.fromkeys(replace(named, deleted=False) for one in piece for named in one.named))
        answers = await client.about(unique)
        absent = {named for named in unique if not api.found(named, answers)}
        reading = api.read_answers(answers, self.now)
        async with unit_of_work(self.sessions) as session:
            mine = [one for one in piece if await self._is_mine(session, one)]
            if not mine:
                return
            ended = await self._ended(session, mine, absent)
            heard = [Heard(one, self.now, "fetch", mine[-1].event_id) for one in (reading, ended)]
            await record(session, self.vault, self.connection, heard, self.now)
            for one in mine:
                hidden = any(replace(n, deleted=False) in absent for n in one.named if not n.deleted)
                await self._close(session, one, reading, hidden=hidden)

    async def _is_mine(self, session: AsyncSession, one: _Asked) -> bool:
        row = await session.get(Inquiry, one.event_id, with_for_update=True)
        return row is not None and row.tries == one.tries

    async def _ended(self, session: AsyncSession, mine: Sequence[_Asked], absent: set[Named]) -> Reading:
        """What the webhooks said was deleted, and the API confirms by not knowing it."""
        claimed = {n for one in mine for n in one.named if n.deleted and replace(n, deleted=False) in absent}
        facts, erased = [], []
        for named in sorted(claimed, key=lambda n: (n.kind, n.id)):
            if named.kind is NamedKind.CANDIDATE:
                key = f"candidate:{named.id}:deleted"
                facts.append(Fact(FactKind.CANDIDATE_DELETED, key, candidate=named.id))
                erased.append(named.id)
            elif named.kind is NamedKind.APPLICATION:
                key = f"application:{named.id}:deleted"
                facts.append(Fact(FactKind.APPLICATION_DELETED, key, application=named.id))
                erased += await self._left_alone(session, named.id)
        return Reading(tuple(facts), erased=tuple(erased))

    async def _left_alone(self, session: AsyncSession, application: str) -> list[str]:
        """The candidate, if this was their only application: nothing is left to keep their data for."""
        row = await session.scalar(
            select(Application).where(
                col(Application.connection_id) == self.connection, col(Application.external_id) == application
            ),
        )
        if row is None or row.candidate is None:
            return []
        others = await session.scalar(
            select(func.count())
            .select_from(Application)
            .where(
                col(Application.connection_id) == self.connection,
                col(Application.candidate) == row.candidate,
                col(Application.external_id) != application,
                col(Application.status) != "deleted",
            ),
        )
        return [] if others else [row.candidate]

    async def _close(self, session: AsyncSession, one: _Asked, reading: Reading, *, hidden: bool) -> None:
        if hidden and one.tries < _HIDDEN_TRIES:
            await self._again(session, one, "the API does not know it yet", None)
            return
        reason = "the API does not show it: it is gone, or hidden from our credential" if hidden else None
        state = EventState.IGNORED if hidden else EventState.DONE
        await self._end(session, one, state, reason)
        candidates = {fact.candidate for fact in reading.facts if fact.candidate and _about(fact, one)}
        if candidates:
            owner = raw_owner(self.connection, min(candidates))
            await session.execute(
                update(RawBody).where(col(RawBody.event_id) == one.event_id).values(candidate=owner)
            )

    async def _later(self, left: Sequence[_Asked], wrong: VendorError) -> None:
        async with unit_of_work(self.sessions) as session:
            for one in left:
                if not await self._is_mine(session, one):
                    continue
                if self.now - one.asked_at > _LONGEST:
                    reason = f"the API could not be asked for two weeks: {wrong.kind}: {wrong.detail}"
                    await self._end(session, one, EventState.DEAD, reason)
                else:
                    await self._again(session, one, f"{wrong.kind}: {wrong.detail}", wrong.wait)
        log.warning("inquiry.failed", connection=self.connection, kind=wrong.kind, detail=wrong.detail)

    async def _again(self, session: AsyncSession, one: _Asked, failure: str, wait: timedelta | None) -> None:
        pause = min(_FIRST_PAUSE * 2 ** min(one.tries - 1, 10), _LONGEST_PAUSE)
        row = await session.get_one(Inquiry, one.event_id)
        row.act_at, row.leased_until, row.failure = self.now + max(wait or pause, pause), None, failure

    async def _end(self, session: AsyncSession, one: _Asked, state: str, reason: str | None) -> None:
        await session.delete(await session.get_one(Inquiry, one.event_id))
        event = await session.get(Event, one.event_id, with_for_update=True)
        if event is not None and event.state == EventState.ASKING:
            event.state, event.reason, event.handled_at = state, reason, self.now


def _concerns_all(wrong: VendorError) -> bool:
    """Whether asking about something else would fail as well."""
    return isinstance(wrong, VendorBusy) or wrong.kind in ("breaker", "credentials", "settings", "retired")


def _about(fact: Fact, one: _Asked) -> bool:
    named = {(n.kind, n.id) for n in one.named}
    return (NamedKind.APPLICATION, fact.application or "") in named or (
        NamedKind.CANDIDATE,
        fact.candidate or "",
    ) in named
