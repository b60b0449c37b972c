"""Planning: from clocks to what should be said, to whom and when. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.followups.catalogue import KINDS, Kind, MessageClass
from app.followups.windows import Window
from app.intake.config import ConnectionSettings
from app.sla.business_windows import Hours
from app.sla.cases import Case, holds
from app.sla.clocks import ClockReading, ClockState, History, after
from app.sla.owners import confidants, members
from app.sla.policies import Role, Say
from app.sla.stops import clock_key
from app.sla.triggers import Occurrence
from app.timeline.truth import Truth

_STALE_AFTER: Mapping[MessageClass, timedelta | None] = {
    # After an outage nobody wants yesterday's nudges; a candidate's answer is owed however late.
    MessageClass.INTERNAL: timedelta(days=3),
    MessageClass.TRANSACTIONAL: None,
    MessageClass.NURTURE: timedelta(days=7),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing to say, as its clock calls for it now."""

    reason: str
    step: str
    recipient: str
    kind: str
    planned_for: datetime
    release_at: datetime
    expires_at: datetime | None
    approval: bool
    note_only: bool


def plan(
    truth: Truth,
    case: Case,
    reading: ClockReading,
    settings: ConnectionSettings,
    now: datetime,
    *,
    private: bool = False,
) -> Iterator[Wanted]:
    """Everything that this clock wants said; nothing while it is paused or once it is closed.

    While a rejection must not be told yet, its words are planned all the same, to leave when they may.
    Of a `private` candidate only the recruiter or the coordinator hears. The same clock always wants the
    same: each step has a key under which it is said at most once.
    """
    if not (reading.state in (ClockState.RUNNING, ClockState.BREACHED) or _only_secret(case, reading, now)):
        return
    for say in case.policy.say:
        at = _moment(say, case.occurrence, reading)
        if at is not None and _applies(say, truth, case, settings):
            delay = say.delay or KINDS[say.kind].delay
            at = after(delay, case.history.hours, at) if delay else at
            at = max(at, told_from(say.kind, truth, settings) or at)
            for recipient in _recipients(say.to, truth, case, private=private):
                yield _wanted(
                    say.kind,
                    step_of(say, case),
                    recipient,
                    at,
                    approval=say.approval,
                    truth=truth,
                    case=case,
                    settings=settings,
                    now=now,
                )
    for nth, at in _unspoken(case, reading):
        for recipient in _recipients(_warned(case), truth, case, private=private):
            yield _wanted(
                "clock_warned",
                f"warned:{nth}",
                recipient,
                at,
                truth=truth,
                case=case,
                settings=settings,
                now=now,
            )
    for escalation in reading.escalations:
        kind = "clock_breached" if escalation.step == 1 else "clock_escalated"
        for recipient in _recipients(escalation.escalate.to, truth, case, private=private):
            step = f"escalated:{escalation.step}"
            yield _wanted(
                kind, step, recipient, escalation.at, truth=truth, case=case, settings=settings, now=now
            )


def lies_ahead(history: History, reading: ClockReading, since: datetime) -> bool:
    """Whether what this clock wants said is planned for after that instant, so that it moves with the hours.

    Of a date that a person has moved, a row does not tell when: with a delay it is taken to lie ahead.
    """
    for say in history.policy.say:
        delay = say.delay or KINDS[say.kind].delay
        if delay is None:
            continue
        at = _moment(say, history.occurrence, reading)
        if say.at == "moved" or (at is not None and after(delay, history.hours, at) > since):
            return True
    return False


def _unspoken(case: Case, reading: ClockReading) -> Iterator[tuple[int, datetime]]:
    """The warnings that were reached and for which the policy has no words of its own."""
    spoken = {say.nth for say in case.policy.say if say.at == "warn"}
    return ((nth, at) for nth, at in enumerate(reading.warnings, start=1) if nth not in spoken)


def _warned(case: Case) -> Role:
    """Whoever owes it; where that is the candidate, whoever waits for it."""
    owed_by, owed_to = case.policy.owed_by, case.policy.owed_to
    return next((role for role in (owed_by, owed_to) if role != "candidate"), "recruiter")


def told_from(kind: str, truth: Truth, settings: ConnectionSettings) -> datetime | None:
    """The instant before which a message of this kind must not leave: a hard bound, whatever was planned.

    A rejection waits until the ATS allows it to be told, and for the cooling time in which it can be taken
    back.
    """
    decision = truth.standing
    if decision is None or not KINDS[kind].rejects:
        return None
    cooled = decision.at + timedelta(minutes=settings.rejection_cooling_minutes)
    return max(cooled, decision.told_from or cooled)


def window_of(own_zone: str | None, hours: Hours | None, settings: ConnectionSettings) -> Window:
    """When something may reach a recipient: in their own zone where the ATS tells it."""
    return Window(own_zone or settings.time_zone, hours, timedelta(minutes=settings.jitter_minutes))


def spread_key(application: str, reason: str, step: str, recipient: str) -> str:
    """By which a message finds its minute after an opening; `application` is the vendor's id."""
    return f"{application}/{reason}/{step}/{recipient}"


def _only_secret(case: Case, reading: ClockReading, now: datetime) -> bool:
    pauses = [p for p in case.history.pauses if p.since <= now and (p.until is None or now < p.until)]
    return reading.state is ClockState.PAUSED and all(pause.plans for pause in pauses)


def step_of(say: Say, case: Case) -> str:
    """The key of a step: its kind, counted where a policy says the same kind more than once."""
    step = f"say:{say.kind}"
    if say.at == "moved" and case.occurrence.moved_at:
        return f"{step}:{case.occurrence.moved_at:%Y%m%dT%H%M%S}"
    return step if say.nth == 1 else f"{step}:{say.nth}"


def _moment(say: Say, occurrence: Occurrence, reading: ClockReading) -> datetime | None:
    if say.at == "start":
        return occurrence.starts_at
    if say.at == "warn":
        return reading.warnings[say.nth - 1] if len(reading.warnings) >= say.nth else None
    if say.at == "moved":
        return occurrence.moved_at
    return reading.breached_at


def _applies(say: Say, truth: Truth, case: Case, settings: ConnectionSettings) -> bool:
    if say.when is not None and not holds(say.when, truth, case.occurrence, ""):
        return False
    return settings.mode_of(say.kind) != "off"


def _recipients(role: Role, truth: Truth, case: Case, *, private: bool) -> tuple[str, ...]:
    if role == "candidate":
        return (f"candidate:{truth.candidate}",) if truth.candidate else ()
    told = confidants(truth, case.occurrence) if private else members(role, truth, case.occurrence)
    return tuple(f"member:{m}" for m in told) or ("operations",)


def _wanted(
    kind: str,
    step: str,
    recipient: str,
    at: datetime,
    *,
    truth: Truth,
    case: Case,
    settings: ConnectionSettings,
    now: datetime,
    approval: bool | None = None,
) -> Wanted:
    known = KINDS[kind]
    reason = clock_key(case.policy.key, case.occurrence.key)
    own_zone = truth.candidate_zone if recipient.startswith("candidate:") else None
    window = window_of(own_zone, case.history.hours, settings)
    key = spread_key(truth.external_id, reason, step, recipient)
    release_at = window.release(max(at, now), key, window=known.window)
    stale = _STALE_AFTER[known.message_class]
    return Wanted(
        reason=reason,
        step=step,
        recipient=recipient,
        kind=kind,
        planned_for=at,
        release_at=release_at,
        expires_at=_useful_until(known, case, release_at + stale if stale else None),
        # A rejection or an offer tells a decision: leaving out its approval is not the policy's to choose.
        approval=(known.approval if approval is None else approval) or known.decision,
        note_only=recipient.startswith("candidate:") and settings.mode_of(kind) == "note_only",
    )


def _useful_until(kind: Kind, case: Case, stale: datetime | None) -> datetime | None:
    """An invitation to what has begun is of no use any more."""
    interview = case.occurrence.interview
    return interview.starts_at if kind.invites and interview and interview.starts_at else stale
