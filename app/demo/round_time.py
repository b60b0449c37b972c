"""When the next thing is due, whatever it is: how the demo moves time on without missing an instant."""

from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import col

from app.db import Sessions
from app.delivery.models import Delivery
from app.followups.models import FollowUp
from app.timeline.models import Application, PollCursor


async def next_due(sessions: Sessions) -> datetime | None:
    """The earliest instant at which a drain will find something; None when nothing is planned."""
    columns = (
        col(Application.wake_at),
        col(FollowUp.act_at),
        col(Delivery.act_at),
        col(PollCursor.next_at),
    )
    async with sessions() as session:
        instants = [await session.scalar(select(func.min(column))) for column in columns]
    return min((at for at in instants if at is not None), default=None)
