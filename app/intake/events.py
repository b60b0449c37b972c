"""Events as rows: found, and sent round again. Nothing here commits; the caller's unit of work does."""

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.errors import NotFound, WrongState
from app.intake.models import Event, EventState


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

    Where retention or erasure has taken its body, it is derived from the facts that stayed.

    Raises:
        NotFound: There is no such event.
        WrongState: It waits to be handled anyway.
    """
    event = await get(session, event_id, lock=True)
    if event.state == EventState.PENDING:
        raise WrongState("This event is waiting to be handled already.")
    event.state, event.reason, event.handled_at = EventState.PENDING, None, None
    event.replays += 1
    return event
