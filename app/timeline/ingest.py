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
from app.db import among, update_many
from app.errors import MalformedBody
from app.intake.models import Connection, Event, EventState, RawBody
from app.privacy.vault import CannotOpen, Vault
from app.timeline.inquire import ask_about
from app.timeline.models import Application, FactRow
from app.timeline.people import raw_owner
from app.timeline.record import Heard, record

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event that was not read yet: values, because an entity costs ten times as much."""

    id: str
    connection_id: str
    action: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Opened:
    """An event and what it says; or why it says nothing."""

    event: Waiting
    reading: Reading
    dead: str | None = None


async def claim(session: AsyncSession, limit: int) -> list[Waiting]:
    """Pending events, oldest first, locked until the unit of work ends; others' are skipped."""
    found = await session.execute(
        select(col(Event.id), col(Event.connection_id), col(Event.action), col(Event.received_at))
        .where(col(Event.state) == EventState.PENDING)
        .order_by(col(Event.received_at))
        .limit(limit)
        .with_for_update(skip_locked=True),
    )
    return [Waiting(*row) for row in found]


async def ingest(session: AsyncSession, vault: Vault, events: Sequence[Waiting], now: datetime) -> None:
    """Reads these events and records what they say; one that cannot be read is dead, the others are not."""
    vendors = {c.id: c.vendor for c in await session.scalars(select(Connection))}
    bodies = await _bodies(session, events)
    read = [
        _open(vault, vendors[event.connection_id], event, bodies[event.id])
        for event in events
        if event.id in bodies
    ]
    await _write_owners(session, read)
    by_connection: dict[str, list[Heard]] = defaultdict(list)
    for opened in read:
        if opened.dead is None:
            event = opened.event
            by_connection[event.connection_id].append(
                Heard(opened.reading, event.received_at, "webhook", event.id),
            )
            if opened.reading.named:
                await ask_about(session, event, opened.reading.named, now)
    for connection_id, heard in sorted(by_connection.items()):
        await record(session, vault, connection_id, heard, now)
    bare = [event for event in events if event.id not in bodies]
    for event in bare:
        await _wake_by_facts(session, event, now)
    outcomes = [_outcome(opened, now) for opened in read]
    outcomes += [_ended(event, EventState.DONE, "derived from its facts", now) for event in bare]
    await session.execute(update_many(Event, outcomes))
    await _last_heard(session, events)


async def _bodies(session: AsyncSession, events: Sequence[Waiting]) -> dict[str, bytes]:
    """The sealed bytes of these events, where they are still kept."""
    rows = await session.execute(
        select(col(RawBody.event_id), col(RawBody.body)).where(
            among(col(RawBody.event_id), [event.id for event in events])
        )
    )
    return {row.event_id: row.body for row in rows}


async def _write_owners(session: AsyncSession, read: Sequence[Opened]) -> None:
    """Names the candidates whom the bytes are about, so that erasure finds them."""
    owners = [
        {"event_id": opened.event.id, "candidate": _owner(opened.event.connection_id, opened.reading)}
        for opened in read
    ]
    if owners:
        await session.execute(update_many(RawBody, owners))


def _open(vault: Vault, vendor: str, event: Waiting, sealed: bytes) -> Opened:
    try:
        body = vault.unseal(sealed, event.id)
        return Opened(event, VENDORS[vendor].read(body, event.received_at, event.action))
    except MalformedBody as wrong:
        return Opened(event, Reading(), dead=wrong.detail)
    except CannotOpen as wrong:
        return Opened(event, Reading(), dead=f"the stored bytes cannot be opened: {wrong}")
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as wrong:
        # A reader must not raise these. If one does, one event is set aside, not the queue behind it.
        return Opened(event, Reading(), dead=f"the reader failed: {type(wrong).__name__}")


def _outcome(opened: Opened, now: datetime) -> dict[str, object]:
    """What is written of an event that was read."""
    state, reason = EventState.DONE, None
    if opened.dead is not None:
        state, reason = EventState.DEAD, opened.dead
    elif opened.reading.ignored is not None:
        state, reason = EventState.IGNORED, opened.reading.ignored
    elif opened.reading.named:
        state = EventState.ASKING
    log.info(
        "event.read",
        action=opened.event.action,
        state=state,
        facts=len(opened.reading.facts),
        correlation_id=opened.event.id,
    )
    return _ended(opened.event, state, reason, now)


def _ended(event: Waiting, state: str, reason: str | None, now: datetime) -> dict[str, object]:
    return {"id": event.id, "state": state, "reason": reason, "handled_at": now}


def _owner(connection_id: str, reading: Reading) -> str | None:
    candidates = {fact.candidate for fact in reading.facts if fact.candidate} | set(reading.erased)
    return raw_owner(connection_id, min(candidates)) if candidates else None


async def _last_heard(session: AsyncSession, events: Sequence[Waiting]) -> None:
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


async def _wake_by_facts(session: AsyncSession, event: Waiting, now: datetime) -> None:
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


async def give_up(session: AsyncSession, event_id: str, reason: str, now: datetime) -> None:
    """Sets one event aside with its reason; it can be replayed. Somebody else may have read it meanwhile."""
    await session.execute(
        update(Event)
        .where(col(Event.id) == event_id, col(Event.state) == EventState.PENDING)
        .values(state=EventState.DEAD, reason=f"could not be recorded: {reason}", handled_at=now),
    )
