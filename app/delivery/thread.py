"""Mails about one application stand in one thread, by the ids that were really on the wire."""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.delivery.models import Delivery, DeliveryState
from app.delivery.ways import MAIL
from app.followups.models import FollowUp
from app.mail.outbound import Envelope

_MOST = 50
"""Of the newest mails; the headers keep fewer."""


async def in_thread(session: AsyncSession, envelope: Envelope, follow_up: FollowUp) -> Envelope:
    """The envelope, following on what was sent to the same candidate about the same application.

    Where a provider replaces our Message-ID and has not said which one it used, that mail is left out: an id
    that nobody ever saw would break the thread.
    """
    if not follow_up.recipient.startswith("candidate:"):
        return envelope
    found = await session.scalars(
        select(col(Delivery.wire_id))
        .join(FollowUp, col(FollowUp.id) == col(Delivery.follow_up_id))
        .where(
            col(FollowUp.application_id) == follow_up.application_id,
            col(FollowUp.recipient) == follow_up.recipient,
            col(FollowUp.id) != follow_up.id,
            col(Delivery.channel) == MAIL,
            col(Delivery.replaced_by).is_(None),
            col(Delivery.state) == DeliveryState.SENT,
            col(Delivery.wire_id).is_not(None),
        )
        .order_by(col(Delivery.settled_at).desc(), col(Delivery.id).desc())
        .limit(_MOST),
    )
    ids = [wire for wire in reversed(found.all()) if wire]
    if not ids:
        return envelope
    return replace(envelope, in_reply_to=ids[-1], references=tuple(ids))
