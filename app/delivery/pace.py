"""No burst after an outage: of a backlog only so much leaves in a minute, the rest in the minutes after."""

from datetime import datetime

from sqlalchemy import Integer, Interval, cast, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.db import UtcDateTime
from app.followups.models import FollowUp, FollowUpState
from app.intake.connections import settings_of
from app.intake.models import Connection


async def pace(session: AsyncSession, now: datetime) -> None:
    """Spreads what is due over the next minutes, the longest due first, where it is too much for one.

    What is due is counted, not what has left: looking again in the same minute lets no more leave.
    """
    due = col(FollowUp.act_at) <= now, col(FollowUp.state) == FollowUpState.READY
    counted = select(col(FollowUp.connection_id), func.count()).where(*due).group_by("connection_id")
    for connection_id, number in (await session.execute(counted)).all():
        connection = await session.get_one(Connection, connection_id)
        rate = settings_of(connection).mails_a_minute
        if number > rate:
            await _spread(session, connection_id, rate, now)


async def _spread(session: AsyncSession, connection_id: str, rate: int, now: datetime) -> None:
    place = func.row_number().over(order_by=(col(FollowUp.act_at), col(FollowUp.id))) - 1
    due = (
        select(col(FollowUp.id).label("id"), place.label("place"))
        .where(
            col(FollowUp.act_at) <= now,
            col(FollowUp.state) == FollowUpState.READY,
            col(FollowUp.connection_id) == connection_id,
        )
        .subquery()
    )
    minutes = cast(func.div(due.c.place, rate), Integer)
    later = literal(now, UtcDateTime()) + func.make_interval(0, 0, 0, 0, 0, minutes, type_=Interval())
    await session.execute(
        update(FollowUp)
        .where(
            col(FollowUp.id) == due.c.id,
            due.c.place >= rate,
            # Another worker may have spread them just before.
            col(FollowUp.act_at) <= now,
            col(FollowUp.state) == FollowUpState.READY,
        )
        .values(act_at=later)
        .execution_options(synchronize_session=False),
    )
