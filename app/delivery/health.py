"""The health of the domains we send from: too many complaints or bounces pause one, until a person looks.

The thresholds are those at which mailbox providers begin to refuse a whole domain, with a floor so that a
handful of messages proves nothing (Google's and Yahoo's sender guidelines, read 2026-11).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.delivery.hook_models import SendingDomain
from app.delivery.models import Delivery, DeliveryState
from app.delivery.ways import MAIL
from app.errors import NotFound, WrongState
from app.mail.hooks import ReceiptKind

WINDOW = timedelta(days=7)
FLOOR = 200
MOST_COMPLAINTS, MOST_BOUNCES = 0.001, 0.04
LOOK_AGAIN = timedelta(minutes=15)
SILENT_AFTER, SILENT_WITHIN = timedelta(hours=1), timedelta(days=3)
"""No receipt means something only after a while, and is old news after some days."""
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Rates:
    """What became of the mails of one domain within the window."""

    sent: int
    complaints: int
    bounces: int

    @property
    def complaint_rate(self) -> float:
        return self.complaints / self.sent if self.sent else 0.0

    @property
    def bounce_rate(self) -> float:
        return self.bounces / self.sent if self.sent else 0.0


def why_pause(rates: Rates) -> str | None:
    """Why a domain with these rates must not send, in words; None where it may. Pure."""
    if rates.sent < FLOOR:
        return None
    if rates.complaint_rate >= MOST_COMPLAINTS:
        return f"{rates.complaints} complaints about {rates.sent} mails within {WINDOW.days} days"
    if rates.bounce_rate >= MOST_BOUNCES:
        return f"{rates.bounces} hard bounces of {rates.sent} mails within {WINDOW.days} days"
    return None


async def rates_of(session: AsyncSession, domain: str, now: datetime, since: datetime | None = None) -> Rates:
    """The rates of that domain at that business instant, since the window began or a person forgave."""
    begin = max(now - WINDOW, since) if since else now - WINDOW
    receipt = col(Delivery.receipt)
    left = (col(Delivery.state) == DeliveryState.SENT) | receipt.is_not(None)
    row = (
        await session.execute(
            select(
                func.count(),
                func.count().filter(receipt == str(ReceiptKind.COMPLAINED)),
                func.count().filter(receipt == str(ReceiptKind.BOUNCED_HARD)),
            ).where(
                col(Delivery.sender_domain) == domain,
                col(Delivery.channel) == MAIL,
                col(Delivery.settled_at) > begin,
                left,
            ),
        )
    ).one()
    return Rates(*row)


async def check_domains(session: AsyncSession, domains: Collection[str], now: datetime) -> None:
    """Pauses those of the domains whose rates are too high, with the reason; one paused stays so."""
    for domain in sorted(domains):
        known = await session.get(SendingDomain, domain)
        if known is not None and known.paused_at is not None:
            continue
        cause = why_pause(await rates_of(session, domain, now, known.counts_from if known else None))
        if cause is None:
            continue
        _log.error("domain_paused", detail=cause)
        values = {"paused_at": now, "cause": cause}
        statement = insert(SendingDomain).values(domain=domain, **values)
        await session.execute(statement.on_conflict_do_update(index_elements=["domain"], set_=values))


async def why_paused(session: AsyncSession, domain: str) -> str | None:
    """Why nothing to candidates may leave from that domain now; None where it may."""
    return await session.scalar(
        select(col(SendingDomain.cause)).where(
            col(SendingDomain.domain) == domain, col(SendingDomain.paused_at).is_not(None)
        ),
    )


async def resume(session: AsyncSession, domain: str, now: datetime) -> SendingDomain:
    """A person lets the domain send again; what happened before is not counted again.

    Raises NotFound for a domain that was never paused, WrongState for one that is not paused.
    """
    known = await session.get(SendingDomain, domain, with_for_update=True)
    if known is None:
        raise NotFound
    if known.paused_at is None:
        raise WrongState("This domain is not paused.")
    known.paused_at = known.cause = None
    known.counts_from = now
    return known


@dataclass(frozen=True, slots=True)
class Standing:
    """One domain with its rates."""

    domain: str
    paused_at: datetime | None
    cause: str | None
    rates: Rates


async def standings(session: AsyncSession, now: datetime) -> list[Standing]:
    """Every domain that has sent within the window or was ever paused, by name."""
    known = {row.domain: row for row in await session.scalars(select(SendingDomain))}
    used = await session.scalars(
        select(col(Delivery.sender_domain))
        .where(
            col(Delivery.channel) == MAIL,
            col(Delivery.settled_at) > now - WINDOW,
            col(Delivery.sender_domain).is_not(None),
        )
        .distinct(),
    )
    names = sorted({*known, *filter(None, used)})
    found = []
    for name in names:
        row = known.get(name)
        rates = await rates_of(session, name, now, row.counts_from if row else None)
        found.append(Standing(name, row.paused_at if row else None, row.cause if row else None, rates))
    return found


async def without_receipt(session: AsyncSession, routes: Collection[str], now: datetime) -> dict[str, int]:
    """Mails of the last three days, an hour old and more, of which their route's webhooks say nothing."""
    if not routes:
        return {}
    counted = await session.execute(
        select(col(Delivery.route), func.count())
        .where(
            col(Delivery.channel) == MAIL,
            col(Delivery.state) == DeliveryState.SENT,
            col(Delivery.route).in_(routes),
            col(Delivery.receipt).is_(None),
            col(Delivery.settled_at).between(now - SILENT_WITHIN, now - SILENT_AFTER),
        )
        .group_by(col(Delivery.route)),
    )
    found = {str(route): int(number) for route, number in counted}
    return {route: found.get(route, 0) for route in sorted(routes)}
