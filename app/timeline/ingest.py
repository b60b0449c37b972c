"""Stored events become facts: read by their vendor's module, recorded, or set aside with a reason."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.ats.canonical import Reading
from app.ats.vendor import VENDORS
from app.errors import MalformedBody
from app.intake.models import Connection, Event, EventState, RawBody
from app.privacy.vault import CannotOpen, Vault
from app.timeline.inquire import ask_about
from app.timeline.models import Application, FactRow
from app.timeline.people import raw_owner
from app.timeline.record import Heard, record

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Opened:
    """An event and what it says; or why it says nothing."""

    event: Event
    reading: Reading
    dead: str | None = None


async def claim(session: AsyncSession, limit: int) -> Sequence[Event]:
    """Pending events, oldest first, locked until the unit of work ends; others' are skipped."""
    found = await session.scalars(
        select(Event)
        .where(col(Event.state) == EventState.PENDING)
        .order_by(col(Event.received_at))
        .limit(limit)
        .with_for_update(skip_locked=True),
    )
    return found.all()


async def ingest(session: AsyncSession, vault: Vault, events: Sequence[Event], now: datetime) -> None:
    """Reads these events and records what they say; one that cannot be read is dead, the others are not."""
    vendors = {c.id: c.vendor for c in await session.scalars(select(Connection))}
    bodies = {
        raw.event_id: raw
        for raw in await session.scalars(
            select(RawBody).where(col(RawBody.event_id).in_([event.id for event in events])),
        )
    }
    by_connection: dict[str, list[Heard]] = defaultdict(list)
    for event in events:
        raw = bodies.get(event.id)
        if raw is None:
            await _wake_by_facts(session, event, now)
            continue
        opened = _open(vault, vendors[event.connection_id], event, raw)
        _mark(opened, now)
        raw.candidate = _owner(event.connection_id, opened.reading)
        if opened.dead is None:
            by_connection[event.connection_id].append(
                Heard(opened.reading, event.received_at, "webhook", event.id),
            )
            if opened.reading.named:
                await ask_about(session, event, opened.reading.named, now)
    for connection_id, heard in sorted(by_connection.items()):
        await record(session, vault, connection_id, heard, now)
    await session.flush()
    await _last_heard(session, events)


def _open(vault: Vault, vendor: str, event: Event, raw: RawBody) -> Opened:
    try:
        body = vault.unseal(raw.body, event.id)
        return Opened(event, VENDORS[vendor].read(body, event.received_at, event.action))
    except MalformedBody as wrong:
        return Opened(event, Reading(), dead=wrong.detail)
    except CannotOpen as wrong:
        return Opened(event, Reading(), dead=f"the stored bytes cannot be opened: {wrong}")
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as wrong:
        # A reader must not raise these. If one does, one event is set aside, not the queue behind it.
        return Opened(event, Reading(), dead=f"the reader failed: {type(wrong).__name__}")


def _mark(opened: Opened, now: datetime) -> None:
    event = opened.event
    if opened.dead is not None:
        event.state, event.reason = EventState.DEAD, opened.dead
    elif opened.reading.ignored is not None:
        event.state, event.reason = EventState.IGNORED, opened.reading.ignored
    elif opened.reading.named:
        event.state, event.reason = EventState.ASKING, None
    else:
        event.state, event.reason = EventState.DONE, None
    event.handled_at = now
    log.info(
        "event.read",
        action=event.action,
        state=event.state,
        facts=len(opened.reading.facts),
        correlation_id=event.id,
    )


def _owner(connection_id: str, reading: Reading) -> str | None:
    """The candidate whom the bytes are about, so that erasure finds them."""
    candidates = {fact.candidate for fact in reading.facts if fact.candidate} | set(reading.erased)
    return raw_owner(connection_id, min(candidates)) if candidates else None


async def _last_heard(session: AsyncSession, events: Sequence[Event]) -> None:
    """A connection that falls silent shows by when it last spoke."""
    newest: dict[str, datetime] = {}
    for event in events:
        known = newest.get(event.connection_id, event.received_at)
        newest[event.connection_id] = max(event.received_at, known)
    for connection_id, received_at in sorted(newest.items()):
        last = func.greatest(col(Connection.last_event_at), received_at)
        await session.execute(
            update(Connection).where(col(Connection.id) == connection_id).values(last_event_at=last),
        )


async def _wake_by_facts(session: AsyncSession, event: Event, now: datetime) -> None:
    """The bytes are gone with their time; a replay derives again from the facts that stayed."""
    named = select(col(FactRow.application)).where(col(FactRow.event_id) == event.id)
    await session.execute(
        update(Application)
        .where(
            col(Application.connection_id) == event.connection_id,
            col(Application.external_id).in_(named),
        )
        .values(wake_at=now),
    )
    event.state, event.reason, event.handled_at = EventState.DONE, "derived from its facts", now


async def give_up(session: AsyncSession, event_id: str, reason: str, now: datetime) -> None:
    """Sets one event aside with its reason; it can be replayed."""
    await session.execute(
        update(Event)
        .where(col(Event.id) == event_id)
        .values(state=EventState.DEAD, reason=f"could not be recorded: {reason}", handled_at=now),
    )
