"""What has served its time goes: signed bodies after their days, remembered answers after theirs."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.access import idempotency
from app.intake.models import Event, EventState, RawBody
from app.messages.models import ApprovalLink
from app.metrics.models import WorkerSeen
from app.replies.imap_models import ImapCursor, MailboxToken

BATCH = 500
_LINKS_KEPT = timedelta(days=90)
"""For so long an old link from a mail still says why it does nothing."""
_MAILBOXES_KEPT = timedelta(days=90)
"""A mailbox that nobody has read for so long is no longer ours; its refresh token has no business here."""
_FORGOTTEN = timedelta(days=1)
"""A worker that was not seen for so long is gone, not late."""


async def tidy(session: AsyncSession, *, now: datetime, machine_now: datetime, raw_body_days: int) -> int:
    """Deletes one batch of what has outlived its purpose; returns how many rows went.

    Bodies of events that still wait are kept however old they are: nothing is lost unread.
    """
    old = (
        select(col(RawBody.event_id))
        .join(Event, col(Event.id) == col(RawBody.event_id))
        .where(
            col(RawBody.received_at) < now - timedelta(days=raw_body_days),
            col(Event.state) != EventState.PENDING,
        )
        .limit(BATCH)
    )
    bodies = await session.execute(
        delete(RawBody).where(col(RawBody.event_id).in_(old)).returning(col(RawBody.event_id)),
    )
    answers = await idempotency.sweep(session, machine_now)
    await session.execute(
        delete(ApprovalLink).where(col(ApprovalLink.expires_at) < machine_now - _LINKS_KEPT)
    )
    unread = machine_now - _MAILBOXES_KEPT
    await session.execute(delete(MailboxToken).where(col(MailboxToken.written_at) < unread))
    await session.execute(delete(ImapCursor).where(col(ImapCursor.next_at) < unread))
    await session.execute(delete(WorkerSeen).where(col(WorkerSeen.seen_at) < machine_now - _FORGOTTEN))
    return len(bodies.all()) + answers
