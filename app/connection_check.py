"""Is a connection healthy: credentials, scopes, clocks, webhooks, stage names; and what to do about it."""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.ats.automations import automations
from app.ats.vendor import VENDORS, Vendor
from app.calls import VendorClient
from app.commands import at
from app.errors import VendorError
from app.followups.catalogue import KINDS, Recipient
from app.intake.connections import get, settings_of, webhook_url
from app.intake.models import Connection, Event, EventState
from app.services import Services
from app.timeline.models import Application, Inquiry, PollCursor, StageVisit
from app.vendors import Vendors

_SKEW = timedelta(seconds=30)
_QUIET = timedelta(days=3)
_RECENT = timedelta(days=7)
"""For how long webhooks that got lost are worth a line."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: fine, or what to do."""

    fine: bool
    what: str


async def check_connection(services: Services, connection_id: str) -> list[Finding]:
    """Looks at everything that a connection needs; raises UnknownConnection."""
    async with services.sessions() as session:
        connection = await get(session, connection_id)
        vendor = VENDORS[connection.vendor]
        here = [finding async for finding in _webhooks(session, connection, vendor, services)]
        if vendor.api is not None:
            here += [finding async for finding in _asked(session, connection, vendor, services)]
        here += [finding async for finding in _stages(session, connection)]
    return [*await _there(services, connection, vendor), *here, *_twice_told(connection)]


def _twice_told(connection: Connection) -> Iterator[Finding]:
    """What may reach a candidate from the ATS and from us."""
    settings = settings_of(connection)
    for kind in sorted(set(settings.delivery) - set(KINDS)):
        known = ", ".join(sorted(k.key for k in KINDS.values() if k.recipient == Recipient.CANDIDATE))
        yield Finding(
            fine=False, what=f"`delivery` names {kind!r}, which is no kind of message; there are: {known}."
        )
    if sentence := automations(connection.vendor):
        yield Finding(fine=True, what=sentence)


async def _there(services: Services, connection: Connection, vendor: Vendor) -> list[Finding]:
    if vendor.api is None:
        return []
    vendors = Vendors(services.sessions, services.vault)
    try:
        _, client = await vendors.client(connection.id)
        found = [finding async for finding in _api(client, vendor, services)]
        url = webhook_url(services.settings.public_url, connection.id)
        return [*found, *await _their_webhooks(client, vendor, url)]
    except VendorError as refused:
        return [Finding(fine=False, what=f"The API: {refused.detail}")]
    finally:
        await vendors.aclose()


async def _api(client: VendorClient, vendor: Vendor, services: Services) -> AsyncIterator[Finding]:
    told_time = False
    for what, request in vendor.setup.check_requests(client.base).items():
        try:
            response = await client.call(request)
        except VendorError as refused:
            yield Finding(fine=False, what=f"{what}: {refused.detail}")
            if refused.kind not in ("scope", "invalid", "not_found"):
                return
            continue
        yield Finding(fine=True, what=f"{what}: allowed.")
        if not told_time:
            told_time = True
            yield _clock(response.headers.get("date"), vendor, services)


def _clock(said: str | None, vendor: Vendor, services: Services) -> Finding:
    silent = Finding(fine=True, what=f"{vendor.TITLE} does not say what time it is.")
    if said is None:
        return silent
    try:
        skew = abs(services.machine_now() - parsedate_to_datetime(said))
    except (ValueError, TypeError):
        return silent
    if skew <= _SKEW:
        return Finding(fine=True, what=f"This machine's clock agrees with {vendor.TITLE}'s.")
    seconds = skew.total_seconds()
    return Finding(fine=False, what=f"This machine's clock is {seconds:.0f} s off; synchronise it (NTP).")


async def _their_webhooks(client: VendorClient, vendor: Vendor, url: str) -> list[Finding]:
    """The webhooks as the vendor lists them, where it does."""
    asked = vendor.setup.webhook_requests(client.base)
    if not asked:
        return []
    try:
        answers = await client.collect(asked)
    except VendorError as refused:
        return [Finding(fine=False, what=f"The webhooks cannot be listed: {refused.detail}")]
    wrong = vendor.setup.webhook_findings(answers, url)
    if not wrong:
        return [Finding(fine=True, what=f"{vendor.TITLE} lists every webhook that is needed.")]
    return [Finding(fine=False, what=line) for line in wrong]


async def _webhooks(
    session: AsyncSession, connection: Connection, vendor: Vendor, services: Services
) -> AsyncIterator[Finding]:
    if not connection.enabled:
        yield Finding(fine=False, what="The connection is disabled: its webhooks are refused.")
    zone, now = services.settings.time_zone, services.clock.now()
    newest = await session.scalar(
        select(func.max(col(Event.received_at))).where(col(Event.connection_id) == connection.id)
    )
    if newest is None:
        yield Finding(
            fine=False,
            what=f"No webhook has come yet; `heardback connections webhooks {connection.id}` says how.",
        )
    elif now - newest > _QUIET:
        yield Finding(
            fine=False,
            what=f"The last webhook came {at(newest, zone)}; "
            f"look in {vendor.TITLE} whether they are disabled.",
        )
    else:
        yield Finding(fine=True, what=f"The last webhook came {at(newest, zone)}.")
    dead = await session.scalar(
        select(func.count())
        .select_from(Event)
        .where(col(Event.connection_id) == connection.id, col(Event.state) == EventState.DEAD)
    )
    if dead:
        yield Finding(
            fine=False, what=f"{dead} webhooks could not be read: `heardback events list --state dead`."
        )


async def _asked(
    session: AsyncSession, connection: Connection, vendor: Vendor, services: Services
) -> AsyncIterator[Finding]:
    """What came of asking: about what webhooks only named, and in the poll."""
    failing = await session.execute(
        select(func.count(), func.max(col(Inquiry.failure))).where(
            col(Inquiry.connection_id) == connection.id, col(Inquiry.failure).is_not(None)
        )
    )
    waiting, failure = failing.one()
    if waiting:
        yield Finding(
            fine=False, what=f"{waiting} webhooks wait for an answer of {vendor.TITLE}'s API: {failure}"
        )
    cursors = (
        await session.scalars(
            select(PollCursor)
            .where(col(PollCursor.connection_id) == connection.id)
            .order_by(col(PollCursor.resource))
        )
    ).all()
    if not cursors:
        yield Finding(
            fine=False, what=f"{vendor.TITLE} has not been asked yet for what its webhooks never say."
        )
    for cursor in cursors:
        if cursor.failure:
            yield Finding(
                fine=False,
                what=f"The last question to {vendor.TITLE} for {cursor.resource} failed: {cursor.failure}",
            )
    for finding in _missed(cursors, vendor, services):
        yield finding


def _missed(cursors: Sequence[PollCursor], vendor: Vendor, services: Services) -> Iterator[Finding]:
    dates = [cursor.missed_at for cursor in cursors if cursor.missed_at]
    if not dates or services.clock.now() - max(dates) > _RECENT:
        return
    missed = sum(cursor.missed for cursor in cursors)
    last = at(max(dates), services.settings.time_zone)
    yield Finding(
        fine=False,
        what=f"{missed} changes came by asking and not by webhook, the last {last} "
        f"(they are made good). If that goes on, webhooks are lost or disabled in {vendor.TITLE}: "
        "see `heardback connections webhooks`.",
    )


async def _stages(session: AsyncSession, connection: Connection) -> AsyncIterator[Finding]:
    unknown = await session.scalars(
        select(col(StageVisit.stage_name))
        .join(Application, col(Application.id) == col(StageVisit.application_id))
        .where(col(Application.connection_id) == connection.id, col(StageVisit.stage_kind) == "other")
        .distinct()
        .order_by(col(StageVisit.stage_name)),
    )
    names = [name for name in unknown if name]
    if names:
        yield Finding(
            fine=False,
            what="These stages are of no known kind, so that no rule about a kind of stage applies; "
            f"name their kinds in the connection's `stage_kinds`: {', '.join(names)}.",
        )
    else:
        yield Finding(fine=True, what="Every stage is of a known kind.")
