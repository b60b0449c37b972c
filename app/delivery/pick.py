"""The route of a mail, chosen in the transaction that claims it: by rules, and by what is known of routes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.delivery.extras import class_of
from app.delivery.models import Attempt, Delivery, RouteHealth
from app.delivery.routing import FALL_BACK_AFTER, Routes, choose
from app.followups.models import FollowUp
from app.intake.connections import settings_of
from app.intake.models import Connection
from app.mail.outbound import OutcomeKind

_SOON = timedelta(seconds=5)


@dataclass(slots=True)
class Pick:
    """What one claim knows of the routes. One that was stopped is tried with one mail before the others."""

    routes: Routes
    now: datetime
    resting: Mapping[str, datetime]
    """Routes that are stopped or paused, each with the instant until which."""
    on_trial: set[str] = field(default_factory=set)
    """Routes whose rest is over, and of which nobody knows yet whether they work again."""
    tried: set[str] = field(default_factory=set)

    @classmethod
    async def of(cls, session: AsyncSession, routes: Routes, now: datetime) -> Self:
        """As the rows say at that business instant."""
        found = await session.scalars(select(RouteHealth).where(col(RouteHealth.stopped_at).is_not(None)))
        rows = found.all()
        resting = {row.route: row.retry_at for row in rows if row.retry_at and row.retry_at > now}
        return cls(routes, now, resting, {row.route for row in rows} - set(resting))

    async def choose(self, session: AsyncSession, delivery: Delivery, follow_up: FollowUp) -> datetime | None:
        """Sets the delivery's route; gives the instant until which it must wait instead, where it must."""
        connection = await session.get_one(Connection, delivery.connection_id)
        brand = settings_of(connection).brand
        rule = self.routes.rule_for(class_of(follow_up), delivery.connection_id, brand)
        full = self.on_trial & self.tried
        chosen = choose(
            rule,
            resting={*self.resting, *full},
            not_left=await _not_left(session, delivery, rule.route) if rule.fallback else 0,
            tied_to=delivery.route if delivery.sent_again else None,
        )
        if chosen is not None:
            delivery.route = chosen
            return None
        names = {delivery.route} if delivery.sent_again else {rule.route, rule.fallback}
        rests = [self.resting[name] for name in names if name is not None and name in self.resting]
        return min(rests) if rests and not names & full else self.now + _SOON

    def leaves(self, delivery: Delivery) -> None:
        """That delivery leaves now: it is the one that a route on trial is tried with."""
        if delivery.route is not None:
            self.tried.add(delivery.route)


async def _not_left(session: AsyncSession, delivery: Delivery, route: str) -> int:
    """Attempts of that delivery by that route which are proven not to have left.

    A route that was broken in itself has had its chance with this mail.
    """
    found = await session.scalars(
        select(col(Attempt.outcome)).where(
            col(Attempt.delivery_id) == delivery.id, col(Attempt.route) == route
        ),
    )
    outcomes = found.all()
    if str(OutcomeKind.CONFIGURATION) in outcomes:
        return FALL_BACK_AFTER
    return sum(outcome == str(OutcomeKind.NOT_SENT) for outcome in outcomes)
