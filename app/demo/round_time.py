"""What is due, and when the next thing will be: how the demo moves time on without missing an instant."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, func, literal, or_, select
from sqlmodel import col

from app.db import Sessions, UtcDateTime
from app.delivery.models import Delivery, DeliveryState
from app.followups.models import FollowUp, FollowUpState
from app.intake.models import Event, EventState
from app.timeline.models import Application, Inquiry, PollCursor


async def next_due(sessions: Sessions) -> datetime | None:
    """The earliest instant at which a drain will find something; None when nothing is planned."""
    columns = (
        col(Application.wake_at),
        col(FollowUp.act_at),
        col(Delivery.act_at),
        col(PollCursor.next_at),
        col(Inquiry.act_at),
    )
    earliest = (select(func.min(column)).scalar_subquery() for column in columns)
    async with sessions() as session:
        # LEAST skips what is empty.
        found: datetime | None = await session.scalar(select(func.least(*earliest)))
    return found


async def due_now(sessions: Sessions, now: datetime) -> set[str]:
    """The drains of `app.flow.Flow` that have something to do at that instant, and any work under way."""
    tests = [exists().where(test).label(name) for name, test in _due(now).items()]
    async with sessions() as session:
        row = (await session.execute(select(*tests))).one()
    return {name for name, due in row._mapping.items() if due}  # noqa: SLF001  # SQLAlchemy's public name


def _due(now: datetime) -> Mapping[str, Any]:
    at = literal(now, type_=UtcDateTime())

    def is_due(table: type[FollowUp | Delivery], state: str) -> Any:  # noqa: ANN401  # an SQL expression
        return and_(col(table.state) == state, col(table.act_at) <= at)

    return {
        "events": col(Event.state) == EventState.PENDING,
        "inquiries": col(Inquiry.act_at) <= at,
        "applications": col(Application.wake_at) <= at,
        "approvals": is_due(FollowUp, FollowUpState.WAITING_APPROVAL),
        "messages": is_due(FollowUp, FollowUpState.PLANNED),
        "digests": is_due(FollowUp, FollowUpState.GATHERED),
        "releases": is_due(FollowUp, FollowUpState.READY),
        "deliveries": or_(
            is_due(Delivery, DeliveryState.QUEUED), col(Delivery.state) == DeliveryState.SENDING
        ),
        "questions": is_due(Delivery, DeliveryState.UNKNOWN),
        "polls": col(PollCursor.next_at) <= at,
    }
