"""Events as rows: found, and sent round again. Nothing here commits; the caller's unit of work does."""

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.errors import NotFound, WrongState
from app.intake.models import Event, EventState, RawBody


def listing(
    connection_id: str | None = None, state: str | None = None, action: str | None = None
) -> Select[Event]:
    """The events with all of the given properties, for a page."""
    wanted = ((Event.connection_id, connection_id), (Event.state, state), (Event.action, action))
    return select(Event).where(*(col(column) == value for column, value in wanted if value is not None))


async def get(session: AsyncSession, event_id: str, *, lock: bool = False) -> Event:
    """The event of that id, locked for a change if asked; raises NotFound."""
    event = await session.get(Event, event_id, with_for_update=lock, populate_existing=lock)
    if event is None:
        raise NotFound
    return event


async def replay(session: AsyncSession, event_id: str) -> Event:
    """Have an event read and derived from again. What was sent for it is never sent again.

    Raises:
        NotFound: There is no such event.
        WrongState: It waits to be handled anyway, or its body has been deleted by retention or erasure.
    """
    event = await get(session, event_id, lock=True)
    if event.state == EventState.PENDING:
        raise WrongState("This event is waiting to be handled already.")
    if await session.scalar(select(col(RawBody.event_id)).where(col(RawBody.event_id) == event_id)) is None:
        raise WrongState(
            "The body of this event is gone, as retention or erasure demands; only its facts remain."
        )
    event.state, event.reason, event.handled_at = EventState.PENDING, None, None
    event.replays += 1
    return event
