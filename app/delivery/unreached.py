"""The team hears that a candidate could not be reached, once for each delivery that failed for good."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.ats.canonical import PersonRole
from app.delivery.models import Delivery
from app.delivery.ways import MAIL
from app.followups.models import FollowUp, FollowUpState
from app.followups.standing import NOT_REACHED, unreached_mark
from app.mail.unreached import Unreached
from app.messages.asking import ask


async def tell_unreached(
    session: AsyncSession, delivery: Delivery, follow_up: FollowUp, why: Unreached, now: datetime
) -> None:
    """Plans a word to whoever the follow-up waits on, in this transaction; ``now`` is business time.

    A burst of receipts about one mail is one word; one that a person has sent again and that fails again is
    another. What waits on operations is in the silence.
    """
    to_candidate = follow_up.recipient.startswith(f"{PersonRole.CANDIDATE}:")
    if delivery.channel != MAIL or not to_candidate or await _told(session, delivery):
        return
    await ask(session, follow_up, NOT_REACHED, now, mark=unreached_mark(why, delivery.id))


async def _told(session: AsyncSession, delivery: Delivery) -> bool:
    found = await session.scalar(
        select(col(FollowUp.id))
        .where(
            col(FollowUp.about_id) == delivery.follow_up_id,
            col(FollowUp.kind) == NOT_REACHED,
            col(FollowUp.step).endswith(f":{delivery.id}", autoescape=True),
            col(FollowUp.state) != FollowUpState.CANCELLED,
        )
        .limit(1),
    )
    return found is not None
