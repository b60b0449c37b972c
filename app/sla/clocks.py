"""The clock machine: what a clock's history means at an instant. Pure; nothing is counted up."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from app.errors import StillPaused
from app.sla.business_hours import Calendar
from app.sla.business_windows import Hours
from app.sla.calendar import back, due, due_days, elapsed, next_open
from app.sla.policies import Escalate, Policy, Span, Warn
from app.sla.stops import Pause, Stop
from app.sla.triggers import Occurrence

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ALWAYS = Calendar.parse({"tz": "UTC", "week": {day: [["00:00", "24:00"]] for day in _DAYS}})
"""Calendar time as business time that never closes: one engine for both."""


class ClockState(StrEnum):
    """What a clock does. A breach is a fact beside the state: a clock may be met late."""

    PENDING = "pending"
    RUNNING = "running"
    PAUSED = "paused"
    BREACHED = "breached"
    MET = "met"
    CANCELLED = "cancelled"

    @property
    def open(self) -> bool:
        return self in (self.PENDING, self.RUNNING, self.PAUSED, self.BREACHED)


@dataclass(frozen=True, slots=True)
class History:
    """Everything that decides a clock."""

    policy: Policy
    occurrence: Occurrence
    hours: Hours
    met: tuple[Stop, ...] = ()
    cancelled: tuple[Stop, ...] = ()
    pauses: tuple[Pause, ...] = ()


@dataclass(frozen=True, slots=True)
class Escalation:
    """A step of the chain and its instant."""

    step: int
    at: datetime
    escalate: Escalate


@dataclass(frozen=True, slots=True)
class ClockReading:
    """A clock at an instant."""

    state: ClockState
    due_at: datetime | None
    warnings: tuple[datetime, ...]
    """Instants of the warnings that were reached."""
    breached_at: datetime | None
    escalations: tuple[Escalation, ...]
    """The steps that were reached."""
    closed: Stop | None
    paused_by: str | None
    elapsed: float | None
    next_at: datetime | None
    """When this reading stops being true without any news; None: not before there is some."""


def read_clock(history: History, now: datetime) -> ClockReading:
    """What the clock shows at that instant."""
    start = history.occurrence.starts_at
    if now < start:
        return ClockReading(ClockState.PENDING, _due(history), (), None, (), None, None, None, start)
    closed = _closed(history, now)
    end = closed.at if closed else now
    due_at = _due(history)
    # What stops a clock at the very instant at which it is due, stops it in time.
    breached = due_at is not None and (due_at < end if closed else due_at <= now)
    warned = _warnings(history, due_at)
    escalations = _escalations(history, due_at) if breached and due_at else ()
    paused = None if closed or breached else _pause_at(history, now)
    return ClockReading(
        state=_state(history, closed, breached=breached, paused=paused),
        due_at=due_at,
        warnings=tuple(at for at in warned if (at < end if closed else at <= now)),
        breached_at=due_at if breached else None,
        escalations=tuple(e for e in escalations if (e.at < end if closed else e.at <= now)),
        closed=closed,
        paused_by=paused.cause if paused else None,
        elapsed=_elapsed(history, closed.at) if closed else None,
        next_at=None if closed else _next(history, now, [*warned, due_at, *(e.at for e in escalations)]),
    )


def is_plain(history: History) -> bool:
    """Whether start, policy and hours alone decide when the clock is due.

    Then its row is enough to time it anew: nothing holds it, and a date of its own does not stand in for the
    policy's target.
    """
    own = history.occurrence.due_at is not None and history.policy.target is not None
    return not history.pauses and not own


def next_stop(history: History, now: datetime) -> datetime | None:
    """The first instant after now at which the clock is met or cancelled, if that is known already."""
    return min((s.at for s in (*history.met, *history.cancelled) if s.at > now), default=None)


def _closed(history: History, now: datetime) -> Stop | None:
    start = history.occurrence.starts_at
    # Of several at one instant the first that the policy names is the cause; to meet beats to cancel.
    reached = [stop for stop in (*history.met, *history.cancelled) if start <= stop.at <= now]
    return min(reached, key=lambda stop: stop.at, default=None)


def _state(history: History, closed: Stop | None, *, breached: bool, paused: Pause | None) -> ClockState:
    if closed:
        return ClockState.MET if any(stop is closed for stop in history.met) else ClockState.CANCELLED
    if breached:
        return ClockState.BREACHED
    return ClockState.PAUSED if paused else ClockState.RUNNING


def _pause_at(history: History, now: datetime) -> Pause | None:
    return next((p for p in history.pauses if p.since <= now and (p.until is None or now < p.until)), None)


def spans(history: History) -> list[tuple[datetime, datetime | None]]:
    """The pauses as the calendar engine takes them."""
    return [(p.since, p.until) for p in history.pauses if p.until is None or p.until > p.since]


def counted_in(history: History) -> Hours:
    """The hours that count: the calendar's, or all of them for a target in calendar time."""
    target = history.policy.target
    return ALWAYS if target is not None and target.wall is not None else history.hours


def _due(history: History) -> datetime | None:
    if history.occurrence.due_at is not None or history.policy.target is None:
        return history.occurrence.due_at
    try:
        return after(history.policy.target, history.hours, history.occurrence.starts_at, spans(history))
    except StillPaused:
        return None


def after(
    span: Span,
    hours: Hours,
    start: datetime,
    pauses: list[tuple[datetime, datetime | None]] | None = None,
) -> datetime:
    """The instant that lies the span after the start; raises as the calendar engine does."""
    if span.business_days is not None:
        return _due_days(hours, start, span.business_days, tuple(pauses or ()))
    if span.wall is not None:
        return due(ALWAYS, start, span.wall.total_seconds(), pauses or [])
    return due(hours, start, span.business_seconds or 0, pauses or [])


@lru_cache(maxsize=8192)
def _due_days(
    hours: Hours, start: datetime, days: int, pauses: tuple[tuple[datetime, datetime | None], ...]
) -> datetime:
    """Walks day by day, so that the same question, which every recount asks again, is answered once."""
    return due_days(hours, start, days, pauses)


def _warnings(history: History, due_at: datetime | None) -> list[datetime]:
    if due_at is None:
        return []
    return sorted(_warning(history, warn, due_at) for warn in history.policy.warn)


def _warning(history: History, warn: Warn, due_at: datetime) -> datetime:
    start = history.occurrence.starts_at
    if warn.percent is not None:
        hours, pauses = counted_in(history), spans(history)
        total = elapsed(hours, start, max(start, due_at), pauses)
        return due(hours, start, total * warn.percent / 100, pauses)
    before = warn.before
    if before is None:
        return due_at
    if before.wall is not None:
        return max(start, due_at - before.wall)
    return max(start, back(history.hours, due_at, before.business_seconds or 0))


def _escalations(history: History, breach: datetime) -> tuple[Escalation, ...]:
    return tuple(
        Escalation(step, after(escalate.after, history.hours, breach), escalate)
        for step, escalate in enumerate(history.policy.escalate, start=1)
    )


def _elapsed(history: History, end: datetime) -> float:
    return elapsed(counted_in(history), history.occurrence.starts_at, end, spans(history))


def _next(history: History, now: datetime, instants: list[datetime | None]) -> datetime | None:
    turns = [p for pause in history.pauses for p in (pause.since, pause.until)]
    ahead = [at for at in (*instants, *turns, next_stop(history, now)) if at is not None and at > now]
    return min(ahead, default=None)


def notify_at(hours: Hours, at: datetime) -> datetime:
    """When to tell people of something that happened at that instant: the next open minute."""
    return next_open(hours, at)
