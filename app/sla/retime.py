"""What a written clock shows after a change of hours, from its row alone, without its application's facts.

That works where the change leaves the past as it was, and where nothing but start, policy and hours decides
the clock: then the history behind its row can be written out again, and the clock machine reads it as ever.
Whatever is not sure of that says None, and is derived from the facts. Pure.
"""

from dataclasses import dataclass
from datetime import datetime

from app.sla.cases import RuleBook
from app.sla.clocks import ClockReading, ClockState, History, read_clock
from app.sla.stops import Stop
from app.sla.triggers import Occurrence


@dataclass(frozen=True, slots=True)
class Written:
    """A clock's row, as far as it decides what the clock shows next."""

    id: str
    application_id: str
    occurrence: str
    state: str
    started_at: datetime
    due_at: datetime | None
    warned_at: datetime | None
    breached_at: datetime | None
    closed_at: datetime | None
    closed_by: str | None
    calendar: str
    rule: str
    plain: bool
    stops_at: datetime | None


@dataclass(frozen=True, slots=True)
class Retimed:
    """A clock's history written out again, and what it shows now."""

    history: History
    reading: ClockReading


def retime(book: RuleBook, written: Written, since: datetime, now: datetime) -> Retimed | None:
    """What this clock shows under the present hours; None where only its application's facts can tell.

    Args:
        book: The rule book as it is now.
        written: The row, true until `since` under the hours of before.
        since: From when the hours have changed, aware; before it they are what they were.
        now: The business instant, not before `since`.

    Returns:
        A reading that differs from the row in nothing but the due time and what lies ahead.
    """
    policy, hours = book.ruling(written.rule), book.hours(written.calendar)
    if not written.plain or policy is None or hours is None:
        return None
    own = written.due_at if policy.target is None else None
    occurrence = Occurrence(written.occurrence, written.started_at, due_at=own)
    stopped_at = written.closed_at or written.stops_at
    stop = () if stopped_at is None else (Stop(stopped_at, written.closed_by or ""),)
    met = written.state == ClockState.MET
    history = History(policy, occurrence, hours, stop if met else (), () if met else stop)
    reading = read_clock(history, now)
    return Retimed(history, reading) if _goes_on(written, reading, since) else None


def _goes_on(written: Written, reading: ClockReading, since: datetime) -> bool:
    """Nothing has happened to the clock since the hours changed, and nothing has been undone."""
    reached = (*reading.warnings, *(escalation.at for escalation in reading.escalations))
    return (
        reading.state == written.state
        and reading.breached_at == written.breached_at
        and (reading.warnings[0] if reading.warnings else None) == written.warned_at
        and all(at <= since for at in reached)
    )
