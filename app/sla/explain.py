"""Why a clock is due when it is due: the rule, each stretch counted, every version behind it. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.moments import TZDATA_VERSION
from app.sla.business_explain import Explanation, explain
from app.sla.business_tell import moment
from app.sla.calendar import local
from app.sla.cases import Case
from app.sla.clocks import ClockReading, after, counted_in
from app.sla.policies import Role, Span


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the chain after the breach, reached or still ahead."""

    step: int
    at: datetime
    to: Role
    reached: bool


@dataclass(frozen=True, slots=True)
class ClockExplanation:
    """Everything that a clock's due time rests on, and a sentence that says it."""

    rule: str
    policy: str
    target: str
    policy_version: int
    calendar: str
    counting: Explanation
    warnings: tuple[datetime, ...]
    breached_at: datetime | None
    escalations: tuple[Step, ...]
    closed_at: datetime | None
    closed_by: str | None
    sentence: str

    @property
    def versions(self) -> dict[str, Any]:
        """The versions of everything that decided: policies, calendar contents, time zones."""
        return {
            "policy_set": self.policy_version,
            "calendars": list(self.counting.calendars),
            "tzdata": TZDATA_VERSION,
        }


def explain_clock(case: Case, reading: ClockReading, now: datetime) -> ClockExplanation:
    """Explains a clock as it stands at that instant.

    Time is told from the start to the due time, or to now while a pause leaves the due time open.
    """
    history, start = case.history, case.occurrence.starts_at
    end = reading.due_at if reading.due_at is not None else now
    pauses = [(p.since, p.until, p.cause) for p in history.pauses if p.until is None or p.until > p.since]
    counting = explain(counted_in(history), start, max(start, end), pauses)
    told = target_of(case)
    return ClockExplanation(
        rule=case.rule,
        policy=case.policy.name,
        target=told,
        policy_version=case.version,
        calendar=case.calendar,
        counting=counting,
        warnings=reading.warnings,
        breached_at=reading.breached_at,
        escalations=tuple(_steps(case, reading)),
        closed_at=reading.closed.at if reading.closed else None,
        closed_by=reading.closed.cause if reading.closed else None,
        sentence=" ".join(_sentences(case, reading, told, counting)),
    )


def target_of(case: Case) -> str:
    """How long the policy allows, in words."""
    if case.occurrence.due_at is not None or case.policy.target is None:
        return "a date that is given"
    return span_in_words(case.policy.target)


def span_in_words(span: Span) -> str:
    """A span as people say it, such as ``8 business hours``."""
    [(name, count)] = span.model_dump(exclude_unset=True).items()
    unit = name.replace("_", " ")
    return f"{count:g} {unit.removesuffix('s') if count == 1 else unit}"


def _steps(case: Case, reading: ClockReading) -> Iterator[Step]:
    due_at = reading.due_at
    if due_at is None:
        return
    reached = {each.step for each in reading.escalations}
    for number, escalate in enumerate(case.policy.escalate, start=1):
        at = after(escalate.after, case.history.hours, due_at)
        yield Step(number, at, escalate.to, number in reached)


def _sentences(case: Case, reading: ClockReading, target: str, counting: Explanation) -> Iterator[str]:
    def said(at: datetime) -> str:
        return moment(local(case.history.hours, at))

    start = case.occurrence.starts_at
    yield f"{case.policy.name}: {target} from {said(start)} ({case.rule}, calendar {case.calendar})."
    if reading.due_at is None:
        yield f"It has no due time while it is paused: {reading.paused_by}."
    else:
        yield f"That is due {said(reading.due_at)}."
    if reading.closed is not None:
        yield f"It is {reading.state} since {said(reading.closed.at)}: {reading.closed.cause}."
    if reading.breached_at is not None:
        yield f"It was missed at {said(reading.breached_at)}."
    yield counting.sentence()
