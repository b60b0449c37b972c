"""Is a connection healthy: credentials, scopes, clocks, webhooks, stage names; and what to do about it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.ats.greenhouse_api import SCOPES, list_requests
from app.calls import VendorClient
from app.commands import at
from app.errors import VendorError
from app.intake.connections import get, settings_of
from app.intake.models import Connection, Event, EventState
from app.services import Services
from app.timeline.models import Application, PollCursor, StageVisit
from app.vendors import Vendors

_SKEW = timedelta(seconds=30)
_QUIET = timedelta(days=3)
_NOBODY = "0"
"""An id that nothing has: asked for, it shows whether asking is allowed, and returns nobody's data."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: fine, or what to do."""

    fine: bool
    what: str


async def check_connection(services: Services, connection_id: str) -> list[Finding]:
    """Looks at everything that a connection needs; raises UnknownConnection."""
    async with services.sessions() as session:
        connection = await get(session, connection_id)
        here = [finding async for finding in _webhooks(session, connection, services)]
        here += [finding async for finding in _stages(session, connection)]
    vendors = Vendors(services.sessions, services.vault)
    try:
        _, client = await vendors.client(connection_id)
        there = [finding async for finding in _api(client, connection, services)]
    except VendorError as refused:
        there = [Finding(fine=False, what=f"The API: {refused.detail}")]
    finally:
        await vendors.aclose()
    return [*there, *here]


async def _api(client: VendorClient, connection: Connection, services: Services) -> AsyncIterator[Finding]:
    base = settings_of(connection).base_url
    told_time = False
    for resource in [scope.split(":")[1] for scope in SCOPES if scope.endswith(":list")]:
        request = list_requests(resource, [_NOBODY], base=base)[0]
        try:
            response = await client.call(request)
        except VendorError as refused:
            yield Finding(fine=False, what=f"{resource}: {refused.detail}")
            if refused.kind not in ("scope", "invalid", "not_found"):
                return
            continue
        yield Finding(fine=True, what=f"{resource} may be read.")
        if not told_time:
            told_time = True
            yield _clock(response.headers.get("date"), services)


def _clock(said: str | None, services: Services) -> Finding:
    if said is None:
        return Finding(fine=True, what="Greenhouse does not say what time it is.")
    try:
        skew = abs(services.machine_now() - parsedate_to_datetime(said))
    except (ValueError, TypeError):
        return Finding(fine=True, what="Greenhouse does not say what time it is.")
    if skew <= _SKEW:
        return Finding(fine=True, what="This machine's clock agrees with Greenhouse's.")
    seconds = skew.total_seconds()
    return Finding(fine=False, what=f"This machine's clock is {seconds:.0f} s off; synchronise it (NTP).")


async def _webhooks(
    session: AsyncSession, connection: Connection, services: Services
) -> AsyncIterator[Finding]:
    if not connection.enabled:
        yield Finding(fine=False, what="The connection is disabled: its webhooks are refused.")
    zone, now = services.settings.time_zone, services.clock.now()
    newest = await session.scalar(
        select(func.max(col(Event.received_at))).where(col(Event.connection_id) == connection.id)
    )
    if newest is None:
        yield Finding(
            fine=False, what="No webhook has come yet; create them in Greenhouse, each sends a ping."
        )
    elif now - newest > _QUIET:
        yield Finding(
            fine=False,
            what=f"The last webhook came {at(newest, zone)}; look in Greenhouse whether they are disabled.",
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
    async for finding in _poll(session, connection):
        yield finding


async def _poll(session: AsyncSession, connection: Connection) -> AsyncIterator[Finding]:
    cursor = await session.scalar(select(PollCursor).where(col(PollCursor.connection_id) == connection.id))
    if cursor is None:
        yield Finding(fine=False, what="Greenhouse has not been asked yet for what its webhooks never say.")
        return
    if cursor.failure:
        yield Finding(fine=False, what=f"The last question to Greenhouse failed: {cursor.failure}")
    if cursor.missed:
        yield Finding(
            fine=False,
            what=f"Greenhouse was found to have lost {cursor.missed} webhooks (made good by asking); "
            "if that goes on, compare the list of webhooks with `heardback connections add`'s.",
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
