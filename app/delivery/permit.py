"""Whether what is due may still leave: settings and questions may have changed since it was planned."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.delivery.models import Delivery
from app.delivery.parcel import CannotLeave, NotNow
from app.delivery.release import mode_of
from app.delivery.stopping import why_unwanted
from app.delivery.ways import MAIL, speaks
from app.followups.catalogue import KINDS
from app.followups.models import FollowUp
from app.followups.plan import told_from
from app.followups.standing import stands
from app.followups.store import SETTLED
from app.intake.models import Connection
from app.timeline.models import Application
from app.timeline.store import read

_LOOK_AGAIN = timedelta(minutes=15)


class OtherWay(Exception):  # not an error of the service: it leaves as a note instead
    """The connection's settings ask for a note now, not for a mail."""


async def permit(session: AsyncSession, delivery: Delivery, follow_up: FollowUp, now: datetime) -> None:
    """Returns where it may leave; raises CannotLeave, NotNow or OtherWay where it may not, or not so."""
    connection = await session.get_one(Connection, delivery.connection_id)
    if not connection.enabled:
        # Nothing is lost while a connection is switched off; whoever switches it on lets it leave.
        delivery.cause, delivery.waiting_on = "its connection is switched off", "operations"
        raise NotNow(now + _LOOK_AGAIN)
    if not speaks(delivery.channel, follow_up):
        return  # it tells of a mail that has left
    if follow_up.expires_at is not None and now > follow_up.expires_at:
        raise CannotLeave("too late to be of use")
    if not await _still_asked(session, follow_up):
        raise CannotLeave(SETTLED)
    if cause := await why_unwanted(session, follow_up):
        raise CannotLeave(cause)
    if KINDS[follow_up.kind].rejects:
        await _refuse_early(session, follow_up, now)
    mode = mode_of(connection, follow_up)
    if mode == "off":
        raise CannotLeave("the connection's settings say not to say this")
    if mode == "note_only" and delivery.channel == MAIL:
        raise OtherWay


async def _refuse_early(session: AsyncSession, follow_up: FollowUp, now: datetime) -> None:
    """Whether and from when on a rejection may be told: asked once more, of all that is known now."""
    application = await session.get_one(Application, follow_up.application_id)
    for known in await read(session, [application]):
        standing = known.truth.standing
        if standing is not None and standing.kind == "hired":
            raise CannotLeave("the candidate is hired")
        earliest = told_from(follow_up.kind, known.truth, known.settings)
        if earliest is not None and earliest > now:
            raise NotNow(earliest)


async def _still_asked(session: AsyncSession, follow_up: FollowUp) -> bool:
    if follow_up.about_id is None:
        return True
    state = await session.scalar(select(col(FollowUp.state)).where(col(FollowUp.id) == follow_up.about_id))
    return state is not None and stands(follow_up.kind, follow_up.step, state)
