"""The recipient's hours, as planning saw them: asked again when a message leaves."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.followups.models import FollowUp, Preference
from app.followups.plan import window_of
from app.followups.windows import Window
from app.intake.config import ConnectionSettings
from app.sla.business_windows import Hours
from app.sla.cases import RuleBook
from app.sla.models import Clock
from app.timeline.models import Person


async def window_for(
    session: AsyncSession,
    book: RuleBook,
    follow_up: FollowUp,
    settings: ConnectionSettings,
    recipient: Person | None,
) -> Window:
    """When that recipient may be reached about it: in their own zone, on no holiday of its calendar."""
    zone = recipient.time_zone if recipient else None
    role, _, member = follow_up.recipient.partition(":")
    if role == "member":
        wish = await session.get(Preference, (follow_up.connection_id, member))
        zone = (wish.time_zone if wish else None) or zone
    return window_of(zone, await _hours(session, book, follow_up), settings)


async def _hours(session: AsyncSession, book: RuleBook, follow_up: FollowUp) -> Hours | None:
    about = await session.get(FollowUp, follow_up.about_id) if follow_up.about_id else None
    clock_id = follow_up.clock_id or (about.clock_id if about else None)
    clock = await session.get(Clock, clock_id) if clock_id else None
    company = book.newest.calendar if book.newest else ""
    return book.hours(clock.calendar if clock else company) or book.hours(company)
