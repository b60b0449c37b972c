"""Mails of which no receipt came: their provider is asked, within a budget, and nothing is ever sent for it.

Most providers never send a receipt webhook again, so one that was lost is lost. Whether the mail is there can
still be asked. *Found* is noted; *proven absent* waits on operations; what cannot be learnt is left alone.
"""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.db import Sessions, unit_of_work
from app.delivery.claim import Instants
from app.delivery.lanes import Lane, Lanes
from app.delivery.models import Attempt, Checked, Delivery, DeliveryState
from app.delivery.routing import Routes
from app.delivery.settle import locked_follow_up
from app.delivery.ways import MAIL, speaks
from app.errors import HeardbackError
from app.followups.models import FollowUpState
from app.mail.outbound import Outcome, OutcomeKind

AFTER, WITHIN = timedelta(minutes=60), timedelta(hours=20)
"""Asked when a mail is so old, and again after as long; never of one that a provider's log may have dropped:
the shortest keep a day. No setting: any earlier, logs that lag by half an hour would prove nothing."""
TIMES, BUDGET = 2, 20
"""How often one mail is asked about, and how many a route in a minute. No setting: sending must
keep its share of the provider's limit, and 28 000 in a day are more than a company's lost webhooks."""
UNKNOWN_THERE = "the provider does not know it"
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class LookUp:
    """One mail to be asked about. ``age`` is the time since its attempt began."""

    delivery: str
    attempt: int
    route: str
    age: timedelta
    last: bool


@dataclass(frozen=True, slots=True)
class Lookups:
    """Everything that asking needs; ``told_by`` names the routes whose receipts are set up."""

    sessions: Sessions
    routes: Routes
    told_by: Collection[str]
    lanes: Lanes
    lease: timedelta

    async def ask_due(self, at: Instants) -> int:
        """Asks about one batch; returns how many were asked about."""
        names = [name for name in sorted(self.told_by) if self.routes.get(name) is not None]
        if not names:
            return 0
        async with unit_of_work(self.sessions) as session:
            # One worker at a time counts what the budget leaves.
            await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("lookups", 0))))
            due = [
                one for name in names for one in await claim(session, name, at, self.lanes.room(_lane(name)))
            ]
        await self.lanes.run([(_lane(one.route), self._look(one, at)) for one in due])
        return len(due)

    async def _look(self, one: LookUp, at: Instants) -> None:
        outcome = await self._ask(one)
        async with unit_of_work(self.sessions) as session:
            await note(session, one, outcome, at.business)

    async def _ask(self, one: LookUp) -> Outcome | None:
        route = self.routes.get(one.route)
        if route is None:
            return None
        try:
            async with asyncio.timeout(self.lease.total_seconds()):
                return await route.settle(one.delivery, age=one.age)
        except TimeoutError:
            return Outcome(OutcomeKind.AMBIGUOUS, "no answer within the lease")
        except HeardbackError as refused:
            return Outcome(OutcomeKind.AMBIGUOUS, refused.detail)


async def claim(session: AsyncSession, route: str, at: Instants, room: int) -> Sequence[LookUp]:
    """Takes that route's mails that are due, the oldest first, as far as its budget and the room allow."""
    asked = await session.scalar(
        select(func.count())
        .select_from(Delivery)
        .where(col(Delivery.route) == route, col(Delivery.checked_at) > at.machine - _MINUTE),
    )
    limit = min(room, BUDGET - (asked or 0))
    if limit <= 0:
        return ()
    settled, checks = col(Delivery.settled_at), col(Delivery.checks)
    rows = await session.execute(
        select(Delivery, col(Attempt.started_at))
        .join(
            Attempt,
            and_(col(Attempt.delivery_id) == col(Delivery.id), col(Attempt.number) == col(Delivery.attempt)),
        )
        .where(
            col(Delivery.channel) == MAIL,
            col(Delivery.state) == DeliveryState.SENT,
            col(Delivery.receipt).is_(None),
            col(Delivery.checked).is_(None),
            col(Delivery.route) == route,
            settled > at.business - WITHIN,
            or_(
                *(
                    and_(checks == asked_before, settled <= at.business - (asked_before + 1) * AFTER)
                    for asked_before in range(TIMES)
                )
            ),
        )
        .order_by(settled)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Delivery),
    )
    return [_taken(delivery, started, at) for delivery, started in rows.all()]


def _taken(delivery: Delivery, started_at: datetime, at: Instants) -> LookUp:
    """Counted before it is asked: a worker that dies here has used up one of the two."""
    delivery.checks, delivery.checked_at = delivery.checks + 1, at.machine
    return LookUp(
        delivery.id,
        delivery.attempt,
        delivery.route or "",
        at.machine - started_at,
        last=delivery.checks >= TIMES,
    )


async def note(session: AsyncSession, one: LookUp, outcome: Outcome | None, now: datetime) -> None:
    """Writes down what was learnt, unless the mail's state or a receipt says more by now."""
    delivery = await session.get(Delivery, one.delivery, with_for_update=True)
    if delivery is None or delivery.attempt != one.attempt:
        return
    if delivery.state != DeliveryState.SENT or delivery.receipt is not None:
        return
    if outcome is None:
        delivery.checked = Checked.CANNOT
    elif outcome.kind is OutcomeKind.ACCEPTED:
        delivery.checked = Checked.FOUND
    elif outcome.kind is OutcomeKind.NOT_SENT:
        delivery.checked = Checked.ABSENT
        await _hold(session, delivery, now)
    elif one.last:
        delivery.checked = Checked.GIVEN_UP


async def _hold(session: AsyncSession, delivery: Delivery, now: datetime) -> None:
    """The provider took it and does not know it: whether it arrived is for operations to find out.

    It still counts as said, and a receipt that comes after all settles it.
    """
    follow_up = await locked_follow_up(session, delivery.follow_up_id)
    delivery.state, delivery.act_at = DeliveryState.UNKNOWN, None
    delivery.cause, delivery.waiting_on = UNKNOWN_THERE, "operations"
    if follow_up is None or not speaks(delivery.channel, follow_up):
        return
    if follow_up.state == FollowUpState.SENT:
        follow_up.state, follow_up.cause = FollowUpState.UNKNOWN, UNKNOWN_THERE
        follow_up.waiting_on, follow_up.updated_at = "operations", now


def _lane(route: str) -> Lane:
    return "look up", route
