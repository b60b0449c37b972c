"""How many mails may leave: by route and by the recipients' domain in a minute, by our domain in a day.

Each worker counts what is stored. Several that claim in the same instant may go over by a batch each.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.delivery.models import Attempt
from app.mail.outbound import OutcomeKind

_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_NOT_LEFT = (str(OutcomeKind.NOT_SENT), str(OutcomeKind.CONFIGURATION), str(OutcomeKind.PERMANENT))


@dataclass(frozen=True, slots=True)
class Caps:
    """The most that may leave; 0 is no limit."""

    route_a_minute: int = 0
    recipients_a_minute: int = 0
    """To all addresses of one domain."""
    sender_a_day: int = 0
    """From one domain of ours, by UTC day: for one whose reputation is still to be earned."""


@dataclass(frozen=True, slots=True)
class Passage:
    """What a mail counts for. ``to_domain`` is a keyed hash, for a domain may belong to one person."""

    route: str
    from_domain: str
    to_domain: bytes


async def opens(session: AsyncSession, caps: Caps, mail: Passage, now: datetime) -> datetime | None:
    """When there will be room for that mail; None: there is now. ``now`` is business time."""
    await session.flush()  # what this same transaction lets leave counts as well
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if caps.sender_a_day:
        sent = await _count(session, col(Attempt.from_domain) == mail.from_domain, since=today)
        if sent >= caps.sender_a_day:
            return today + _DAY
    for most, same in (
        (caps.recipients_a_minute, col(Attempt.to_domain) == mail.to_domain),
        (caps.route_a_minute, col(Attempt.route) == mail.route),
    ):
        if most and await _count(session, same, since=now - _MINUTE) >= most:
            return now + _MINUTE
    return None


async def _count(session: AsyncSession, same: ColumnElement[bool], *, since: datetime) -> int:
    """Attempts since then that left, or may have left, or are leaving."""
    counted = select(func.count()).where(
        same,
        col(Attempt.left_at) > since,
        func.coalesce(col(Attempt.outcome), "").not_in(_NOT_LEFT),
    )
    return await session.scalar(counted) or 0
