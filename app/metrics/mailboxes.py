"""The figures of the mailboxes that are read over IMAP, by their names in the settings."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.metrics.figure import Figure
from app.replies.imap_models import ImapCursor

_FORGOTTEN = timedelta(days=1)
"""A mailbox that nobody has looked after for so long is no longer in the settings."""
QUIET = timedelta(minutes=30)
"""From then on a mailbox that cannot be read is worth a warning."""


async def cursors(session: AsyncSession, machine_now: datetime) -> Sequence[ImapCursor]:
    """The mailboxes in use, by name; of a name that has moved to another server, the newer."""
    rows = await session.scalars(
        select(ImapCursor)
        .where(col(ImapCursor.next_at) > machine_now - _FORGOTTEN)
        .order_by(col(ImapCursor.mailbox), col(ImapCursor.next_at))
    )
    return list({row.mailbox: row for row in rows}.values())


async def mailboxes(session: AsyncSession, machine_now: datetime) -> Iterator[Figure]:
    """How each mailbox is read; none where there is no mailbox."""
    rows = await cursors(session, machine_now)
    return iter(
        (
            Figure(
                "heardback_mailbox_failures_total",
                "Looks into a mailbox that failed.",
                "counter",
                [("", {"mailbox": row.mailbox}, row.failed) for row in rows],
            ),
            Figure(
                "heardback_mailbox_last_success_age_seconds",
                "How long ago a mailbox was last read to the end, or set up.",
                "gauge",
                [
                    ("", {"mailbox": row.mailbox}, max((machine_now - row.heard_at).total_seconds(), 0.0))
                    for row in rows
                ],
            ),
            Figure(
                "heardback_mailbox_skipped_total",
                "Mails that could not be taken and stay in the mailbox.",
                "counter",
                [("", {"mailbox": row.mailbox}, row.skipped) for row in rows],
            ),
        )
    )


async def mailbox_warnings(session: AsyncSession, machine_now: datetime) -> list[str]:
    """One sentence for each mailbox that has not been read for half an hour, with the reason."""
    return [
        f"mailbox {row.mailbox} has not been read since {row.heard_at:%Y-%m-%d %H:%M} UTC. {row.failure}"
        for row in await cursors(session, machine_now)
        if row.failure and machine_now - row.heard_at > QUIET
    ]
