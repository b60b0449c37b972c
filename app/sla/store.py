"""Clocks in and out of the database: derived, compared with what was written, corrections recorded."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.db import among, insert_many, write_changes
from app.ids import new_id
from app.sla.cases import Case, RuleBook, cases
from app.sla.clocks import ClockReading, ClockState, is_plain, next_stop, read_clock
from app.sla.models import Clock, ClockEvent
from app.sla.owners import owner_of
from app.timeline.models import Application
from app.timeline.store import Known, write


@dataclass(frozen=True, slots=True)
class NewClock:
    """A clock that is written for the first time: values, because an entity costs ten times as much."""

    id: str
    application_id: str
    values: Mapping[str, Any]


AnyClock = Clock | NewClock
LAPSED = "what started it is no longer true"
"""Closes a clock whose occurrence later truth took away."""


@dataclass(frozen=True, slots=True)
class Running:
    """A clock: its row, the case behind it and what it shows now."""

    clock: AnyClock
    case: Case
    reading: ClockReading


@dataclass(frozen=True, slots=True)
class Owed:
    """An application with all its clocks, and those that no longer apply."""

    known: Known
    clocks: Sequence[Running]
    lapsed: Sequence[Clock]


async def derive(
    session: AsyncSession,
    book: RuleBook,
    known: Sequence[Known],
    now: datetime,
) -> list[Owed]:
    """Derives every clock of these applications and writes down what changed."""
    ids = [k.application.id for k in known]
    rows = await _clocks(session, ids)
    events = await _events(session, ids)
    owed = [_derive_one(k, book, rows.get(k.application.id, {}), now) for k in known]
    await write(session, [(o.known.application, _wake_at(o)) for o in owed], now)
    await _save(session, [c for o in owed for c in (*(r.clock for r in o.clocks), *o.lapsed)])
    await _save_events(session, owed, events, now)
    return owed


def _derive_one(known: Known, book: RuleBook, rows: Mapping[tuple[str, str], Clock], now: datetime) -> Owed:
    application = known.application
    running = []
    found = cases(
        known.truth,
        book,
        connection=application.connection_id,
        calendar=known.settings.calendar,
        off=lambda kind: known.settings.mode_of(kind) == "off",
    )
    for case in found:
        key = case.policy.key, case.occurrence.key
        reading = read_clock(case.history, now)
        owner = owner_of(case.policy.owed_by, known.truth, case.occurrence)
        shown = _shown(case, reading, owner, now)
        clock = _show(rows[key], shown, now) if key in rows else _new(application, key, shown, now)
        running.append(Running(clock, case, reading))
    kept = {(r.case.policy.key, r.case.occurrence.key) for r in running}
    lapsed = [clock for key, clock in rows.items() if key not in kept]
    for clock in lapsed:
        _lapse(clock, now)
    return Owed(known, running, lapsed)


def _shown(case: Case, reading: ClockReading, owner: str | None, now: datetime) -> dict[str, Any]:
    """Everything that a clock's row shows."""
    return {
        "state": str(reading.state),
        "started_at": case.occurrence.starts_at,
        "due_at": reading.due_at,
        "warned_at": reading.warnings[0] if reading.warnings else None,
        "breached_at": reading.breached_at,
        "closed_at": reading.closed.at if reading.closed else None,
        "closed_by": reading.closed.cause if reading.closed else None,
        "paused_by": reading.paused_by,
        "elapsed_seconds": reading.elapsed,
        "policy_version": case.version,
        "calendar": case.calendar,
        "rule": case.rule,
        "owner": owner,
        "plain": is_plain(case.history),
        "stops_at": next_stop(case.history, now),
    }


def _show(clock: Clock, shown: Mapping[str, Any], now: datetime) -> Clock:
    changed = {name: value for name, value in shown.items() if getattr(clock, name) != value}
    for name, value in changed.items():
        setattr(clock, name, value)
    if changed:
        clock.updated_at = now
    return clock


def _new(application: Application, key: tuple[str, str], shown: Mapping[str, Any], now: datetime) -> NewClock:
    identity = {
        "id": new_id("clk"),
        "connection_id": application.connection_id,
        "application_id": application.id,
        "policy": key[0],
        "occurrence": key[1],
    }
    return NewClock(identity["id"], application.id, {**identity, **shown, "updated_at": now})


def _lapse(clock: Clock, now: datetime) -> None:
    """Later truth took away what started this clock."""
    if clock.closed_by != LAPSED:
        clock.state = ClockState.CANCELLED
        clock.closed_at = clock.closed_at or now
        clock.closed_by = LAPSED
        clock.breached_at = clock.warned_at = None
        clock.updated_at = now


def _wake_at(owed: Owed) -> datetime | None:
    return min((r.reading.next_at for r in owed.clocks if r.reading.next_at), default=None)


async def _clocks(
    session: AsyncSession,
    applications: Sequence[str],
) -> dict[str, dict[tuple[str, str], Clock]]:
    found: dict[str, dict[tuple[str, str], Clock]] = {}
    rows = await session.scalars(select(Clock).where(among(col(Clock.application_id), applications)))
    for clock in rows:
        found.setdefault(clock.application_id, {})[clock.policy, clock.occurrence] = clock
    return found


async def _events(session: AsyncSession, applications: Sequence[str]) -> dict[str, list[ClockEvent]]:
    found: dict[str, list[ClockEvent]] = {}
    rows = await session.scalars(
        select(ClockEvent).where(among(col(ClockEvent.application_id), applications))
    )
    for event in sorted(rows, key=lambda e: e.id or 0):
        found.setdefault(event.clock_id, []).append(event)
    return found


async def _save(session: AsyncSession, clocks: Iterable[AnyClock]) -> None:
    clocks = tuple(clocks)
    new = [clock.values for clock in clocks if isinstance(clock, NewClock)]
    await write_changes(session, [clock for clock in clocks if isinstance(clock, Clock)])
    if new:
        await session.execute(insert_many(Clock, new))


async def _save_events(
    session: AsyncSession,
    owed: Sequence[Owed],
    events: Mapping[str, Sequence[ClockEvent]],
    now: datetime,
) -> None:
    rows: list[dict[str, Any]] = []
    for o in owed:
        for running in o.clocks:
            rows += _news(running.clock, running.reading, events.get(running.clock.id, ()), now)
        for clock in o.lapsed:
            rows += _voided(clock, events.get(clock.id, ()), clock.closed_by or "", now)
    if rows:
        await session.execute(insert_many(ClockEvent, rows).on_conflict_do_nothing())


def _news(
    clock: AnyClock,
    reading: ClockReading,
    known: Sequence[ClockEvent],
    now: datetime,
) -> list[dict[str, Any]]:
    rows = [
        _event(clock, "warned", step, at, now)
        for step, at in enumerate(reading.warnings, start=1)
        if not _has(known, "warned", step)
    ]
    round_ = sum(e.kind == "breach_voided" for e in known)
    if reading.breached_at and not _has(known, "breached", round_):
        rows.append(_event(clock, "breached", round_, reading.breached_at, now))
    rows += [
        _event(clock, "escalated", e.step, e.at, now, to=e.escalate.to)
        for e in reading.escalations
        if not _has(known, "escalated", e.step)
    ]
    if not reading.breached_at:
        cause = reading.closed.cause if reading.closed else "later news moved the due time"
        rows += _voided(clock, known, cause, now)
    return rows


def _voided(clock: AnyClock, known: Sequence[ClockEvent], cause: str, now: datetime) -> list[dict[str, Any]]:
    """A recorded breach that later truth disproves: corrected by another event, never erased."""
    round_ = sum(e.kind == "breach_voided" for e in known)
    if not _has(known, "breached", round_):
        return []
    return [_event(clock, "breach_voided", round_, now, now, cause=cause)]


def _has(known: Sequence[ClockEvent], kind: str, step: int) -> bool:
    return any(e.kind == kind and e.step == step for e in known)


def _event(
    clock: AnyClock, kind: str, step: int, at: datetime, now: datetime, **detail: str
) -> dict[str, Any]:
    return {
        "clock_id": clock.id,
        "application_id": clock.application_id,
        "kind": kind,
        "step": step,
        "at": at,
        "noticed_at": now,
        "detail": detail,
    }
