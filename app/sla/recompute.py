"""After a change of policies, calendars or time zones every open clock is right again, in batches.

The change only leaves a row, whose cursor moves on with each batch: whoever dies in between loses nothing.
Where only hours have changed, and only from then on, the due times of most clocks are moved from their rows
(`app.sla.retime`); every other application is woken, and derived from its facts. The next batch waits until
those are nearly through, so that news never waits behind the whole.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.db import among, update_many
from app.errors import HeardbackError
from app.moments import TZDATA_VERSION
from app.sla.cases import RuleBook
from app.sla.clocks import ClockReading, ClockState, History
from app.sla.models import Clock, Recompute
from app.sla.retime import Retimed, Written, retime
from app.sla.store import LAPSED
from app.timeline.models import Application

_NEARLY_THROUGH = 100
"""So many applications may still wait when the next batch is taken."""

_MOVED_AT_ONCE = 2_000
"""Applications whose clocks are moved in one batch: half a second."""

Concerned = Row[str, datetime | None, datetime | None]
"""An application's id, when it is to be looked at again, and when it was last derived."""

Ahead = Callable[[History, ClockReading, datetime], bool]
"""Whether what a clock wants said is planned for after an instant."""


async def ask(
    session: AsyncSession,
    cause: str,
    now: datetime,
    *,
    tzdata: str = TZDATA_VERSION,
    since: datetime | None = None,
) -> None:
    """Every open clock is to be timed again, because of that cause.

    `since` is given where only the hours of calendars that were there already have changed, and only from
    that instant on, which is not before now.
    """
    session.add(Recompute(cause=cause, tzdata=tzdata, asked_at=now, since=since))
    await session.flush()


async def ask_if_zones_changed(session: AsyncSession, now: datetime, *, tzdata: str = TZDATA_VERSION) -> bool:
    """At the start of a process: whether the clocks were last derived with another release of tzdata."""
    newest = await session.scalar(select(col(Recompute.tzdata)).order_by(col(Recompute.id).desc()).limit(1))
    if newest is None or newest == tzdata:
        return False
    await ask(session, f"tzdata {newest} became {tzdata}", now, tzdata=tzdata)
    return True


async def recompute_some(
    session: AsyncSession,
    read_book: Callable[[AsyncSession], Awaitable[RuleBook]],
    now: datetime,
    limit: int,
    ahead: Ahead,
) -> int:
    """Moves or wakes the next applications that are active or have an open clock.

    Returns how many applications were looked at, at the most `limit` where they are woken; none while enough
    of those who were woken before still wait to be derived.
    """
    asked = await session.scalar(
        select(Recompute)
        .where(col(Recompute.done_at).is_(None))
        .order_by(col(Recompute.id))
        .limit(1)
        .with_for_update(skip_locked=True),
    )
    if asked is None or await _busy(session, now):
        return 0
    book = await read_book(session)  # not before the change is seen, so that it holds the change
    move = _Move(book, asked.since, now, ahead) if asked.since and _rules_stand(book, asked.since) else None
    limit = max(limit, _MOVED_AT_ONCE) if move else limit
    order = select(col(Application.id)).order_by(col(Application.id)).limit(limit)
    ids = (await session.scalars(order.where(col(Application.id) > asked.reached))).all()
    if ids:
        concerned = await _locked(session, ids[0], ids[-1])
        await (move.all(session, concerned) if move else _wake(session, [a.id for a in concerned], now))
        asked.woken += len(concerned)
        asked.reached = ids[-1]
    if len(ids) < limit:
        asked.done_at = now
    return max(len(ids), 1)


def _rules_stand(book: RuleBook, since: datetime) -> bool:
    """No policies come into force later: which clocks those find settled depends on the hours until then."""
    return all(in_force_from <= since for _, in_force_from, _ in book.versions)


@dataclass(frozen=True, slots=True)
class _Move:
    """Moves clocks to their new due times after hours have changed from an instant on."""

    book: RuleBook
    since: datetime
    now: datetime
    ahead: Ahead

    async def all(self, session: AsyncSession, applications: Sequence[Concerned]) -> None:
        """Moves those whose clocks go on as they were, and wakes the others."""
        settled = [a for a in applications if self._stood_still(a)]
        woken = [a.id for a in applications if not self._stood_still(a)]
        clocks = await _written(session, [a.id for a in settled], self.since)
        moved: list[tuple[Written, Retimed]] = []
        wakes: list[dict[str, Any]] = []
        for application in settled:
            rows = clocks.get(application.id, ())
            found = [(row, self._retimed(row)) for row in rows]
            anew = [(row, retimed) for row, retimed in found if retimed is not None]
            if len(anew) < len(found):
                woken.append(application.id)
                continue
            moved += [(row, retimed) for row, retimed in anew if retimed.reading.due_at != row.due_at]
            next_at = min((r.reading.next_at for _, r in anew if r.reading.next_at), default=None)
            if next_at != application.wake_at:
                wakes.append({"id": application.id, "wake_at": next_at})
        await self._write(session, moved, wakes)
        await _wake(session, woken, self.now)

    def _stood_still(self, application: Concerned) -> bool:
        """Derived before the hours changed, and nothing has come up since."""
        derived = application.folded_at is not None and application.folded_at <= self.since
        return derived and (application.wake_at is None or application.wake_at > self.now)

    def _retimed(self, row: Written) -> Retimed | None:
        try:
            found = retime(self.book, row, self.since, self.now)
            speaks = found is not None and found.reading.state in (ClockState.RUNNING, ClockState.BREACHED)
            if found is not None and speaks and self.ahead(found.history, found.reading, self.since):
                return None
        except HeardbackError:
            # The new hours never reach its due time: its own derivation sets it aside, and no other.
            return None
        return found

    async def _write(
        self,
        session: AsyncSession,
        moved: Sequence[tuple[Written, Retimed]],
        wakes: Sequence[dict[str, Any]],
    ) -> None:
        if moved:
            rows = [
                {"id": row.id, "due_at": retimed.reading.due_at, "updated_at": self.now}
                for row, retimed in moved
            ]
            await session.execute(update_many(Clock, rows))
        if wakes:
            await session.execute(update_many(Application, wakes))


_WRITTEN = tuple(getattr(Clock, name) for name in Written.__dataclass_fields__)


async def _written(
    session: AsyncSession, applications: Sequence[str], since: datetime
) -> dict[str, list[Written]]:
    """The clocks that a change from that instant on may concern; others were over and due before it."""
    rows = await session.execute(
        select(*_WRITTEN).where(
            among(col(Clock.application_id), applications),
            or_(col(Clock.closed_at).is_(None), col(Clock.due_at) > since),
            col(Clock.closed_by).is_distinct_from(LAPSED),
        ),
    )
    found: dict[str, list[Written]] = defaultdict(list)
    for row in rows:
        found[row.application_id].append(Written(*row))
    return found


async def _busy(session: AsyncSession, now: datetime) -> bool:
    waiting = select(col(Application.id)).where(col(Application.wake_at) <= now).limit(_NEARLY_THROUGH)
    return await session.scalar(select(func.count()).select_from(waiting.subquery())) == _NEARLY_THROUGH


async def _locked(session: AsyncSession, first: str, last: str) -> Sequence[Concerned]:
    """Those that are active or have an open clock."""
    open_clock = select(col(Clock.id)).where(
        col(Clock.application_id) == col(Application.id),
        col(Clock.closed_at).is_(None),
    )
    # Locked in the order in which news locks them: two who wake the same ones must not wait for each other.
    concerned = await session.execute(
        select(col(Application.id), col(Application.wake_at), col(Application.folded_at))
        .where(
            col(Application.id).between(first, last),
            (col(Application.status) == "active") | open_clock.exists(),
            # One that failed is tried again at its own time, and is derived with the new rules then.
            col(Application.failures) == 0,
        )
        .order_by(col(Application.connection_id), col(Application.external_id))
        .with_for_update(of=Application),
    )
    return concerned.all()


async def _wake(session: AsyncSession, ids: Sequence[str], now: datetime) -> None:
    if ids:
        await session.execute(
            update(Application)
            .where(among(col(Application.id), ids))
            .values(wake_at=func.least(func.coalesce(col(Application.wake_at), now), now)),
        )
