"""What meets, cancels or pauses a clock: from one truth and one occurrence, the instants. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.sla.policies import Policy
from app.sla.triggers import Occurrence
from app.timeline.truth import Act, Decision, Truth

_REACH = timedelta(days=5 * 365)
"""How far a due time may lie ahead, by the calendars; what is held longer has none."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Something that ends a clock, and its cause."""

    at: datetime
    cause: str


@dataclass(frozen=True, slots=True)
class Pause:
    """A span in which a clock stands still; `until` is None while nobody knows."""

    since: datetime
    until: datetime | None
    cause: str
    plans: bool = False
    """What the clock says is written and allowed meanwhile all the same; it only leaves later."""


def clock_key(policy: str, occurrence: str) -> str:
    """The reason key: deterministic, free of versions."""
    return f"{policy}/{occurrence}"


def stops(policy: Policy, words: Sequence[str], truth: Truth, occurrence: Occurrence) -> Iterator[Stop]:
    """Every instant at which one of the words (of `met_by` or `cancelled_by`) came true since the start."""
    for word in words:
        if word.startswith("said:"):
            yield from _said(policy, word, truth, occurrence)
        else:
            for at in _STOPS[word](truth, occurrence):
                yield Stop(at, word)


def done(policy: Policy, truth: Truth, occurrence: Occurrence) -> Iterator[Stop]:
    """When a person marked this clock done another way."""
    for act in _acts(policy, truth, occurrence):
        if act.act == "done":
            yield Stop(act.at, f"done by {act.by}")


def pauses(policy: Policy, truth: Truth, occurrence: Occurrence) -> Iterator[Pause]:
    """When and why this clock stood still."""
    if "job_held" in policy.paused_by:
        for since, until in truth.job.held:
            yield Pause(since, until, "job not open")
    if "snoozed" in policy.paused_by:
        yield from (Pause(since, until, "snoozed in the ATS") for since, until in truth.snoozes)
    yield from _while_closed(policy, truth, occurrence)
    if policy.legal:
        return
    held: list[Act] = []
    for act in _acts(policy, truth, occurrence):
        if act.act == "pause" or (act.act == "snooze" and "snoozed" in policy.paused_by):
            held.append(act)
        elif act.act == "resume":
            yield from (_held(each, act.at) for each in held)
            held = []
    yield from (_held(each, None) for each in held)
    yield from _while_secret(policy, occurrence)


def _held(act: Act, resumed_at: datetime | None) -> Pause:
    """Until it was resumed or ended by itself, whichever came first."""
    ends = [at for at in (act.until, resumed_at) if at is not None]
    return Pause(act.at, min(ends, default=None), f"{act.act}d by {act.by}")


def _while_closed(policy: Policy, truth: Truth, occurrence: Occurrence) -> Iterator[Pause]:
    """A decision that was taken back: the clock goes on with what was left, or counts from the reopening."""
    if not {"closed", "decided"} & {*policy.met_by, *policy.cancelled_by}:
        return
    for decision in truth.decisions:
        if decision.undone_at and decision.undone_at > occurrence.starts_at:
            since = occurrence.starts_at if policy.reopen == "anew" else decision.at
            yield Pause(since, decision.undone_at, f"{decision.kind}, then reopened")


def _while_secret(policy: Policy, occurrence: Occurrence) -> Iterator[Pause]:
    """The ATS names an instant before which nobody may be told: only from then on is the answer owed."""
    told_from = occurrence.decision.told_from if occurrence.decision else None
    start = occurrence.starts_at
    if told_from and told_from > start and any(say.to == "candidate" for say in policy.say):
        until = told_from if told_from - start < _REACH else None
        yield Pause(start, until, f"not to be told before {told_from:%Y-%m-%d %H:%M} UTC", plans=True)


def _acts(policy: Policy, truth: Truth, occurrence: Occurrence) -> Iterator[Act]:
    key = clock_key(policy.key, occurrence.key)
    return (act for act in truth.acts if act.clock == key)


def _said(policy: Policy, word: str, truth: Truth, occurrence: Occurrence) -> Iterator[Stop]:
    """A message of that kind that was said for this clock."""
    key = clock_key(policy.key, occurrence.key)
    for said in truth.said:
        if said.kind == word.removeprefix("said:") and said.reason == key:
            yield Stop(max(said.at, occurrence.starts_at), word)


def _closed(truth: Truth, occurrence: Occurrence) -> Iterator[datetime]:
    """The application was decided; while a decision that was taken back stood, the clock paused."""
    return (max(d.at, occurrence.starts_at) for d in truth.decisions if _standing(d))


def _contacted(truth: Truth, occurrence: Occurrence) -> Iterator[datetime]:
    return (s.at for s in truth.said if s.recipient.startswith("candidate:") and s.at > occurrence.starts_at)


def _decided(truth: Truth, occurrence: Occurrence) -> Iterator[datetime]:
    return (d.at for d in truth.decisions if d.at >= occurrence.starts_at and _standing(d))


def _hired(truth: Truth, occurrence: Occurrence) -> Iterator[datetime]:
    return (max(d.at, occurrence.starts_at) for d in truth.decisions if d.kind == "hired" and _standing(d))


def _decision_told(truth: Truth, occurrence: Occurrence) -> Iterator[datetime]:
    """The candidate heard whether a decision was made, in whichever message."""
    return (max(s.at, occurrence.starts_at) for s in truth.said if s.kind in _TELLS_A_DECISION)


def _standing(decision: Decision) -> bool:
    return decision.undone_at is None


def _reopened(_truth: Truth, occurrence: Occurrence) -> Iterator[datetime]:
    if occurrence.decision and occurrence.decision.undone_at:
        yield occurrence.decision.undone_at


def _feedback_given(_truth: Truth, occurrence: Occurrence) -> Iterator[datetime]:
    if occurrence.interview and occurrence.interview.feedback_at:
        yield max(occurrence.interview.feedback_at, occurrence.starts_at)


def _stage_left(_truth: Truth, occurrence: Occurrence) -> Iterator[datetime]:
    if occurrence.visit and occurrence.visit.left_at:
        yield max(occurrence.visit.left_at, occurrence.starts_at)


def _interview_scheduled(truth: Truth, occurrence: Occurrence) -> Iterator[datetime]:
    """A further interview: known by when it takes place, which is all that every ATS tells."""
    return (
        max(i.scheduled_at or i.starts_at, occurrence.starts_at)
        for i in truth.interviews
        if i.starts_at and i.starts_at > occurrence.starts_at
    )


def _interview_begins(_truth: Truth, occurrence: Occurrence) -> Iterator[datetime]:
    if occurrence.interview and occurrence.interview.starts_at:
        yield max(occurrence.interview.starts_at, occurrence.starts_at)


def _offer_created(truth: Truth, occurrence: Occurrence) -> Iterator[datetime]:
    return (max(o.created_at, occurrence.starts_at) for o in truth.offers)


def _offer_sent(truth: Truth, occurrence: Occurrence) -> Iterator[datetime]:
    offers = [occurrence.offer] if occurrence.offer else truth.offers
    return (max(o.sent_at, occurrence.starts_at) for o in offers if o.sent_at)


def _offer_resolved(truth: Truth, occurrence: Occurrence) -> Iterator[datetime]:
    offers = [occurrence.offer] if occurrence.offer else truth.offers
    return (max(o.resolved_at, occurrence.starts_at) for o in offers if o.resolved_at)


_TELLS_A_DECISION = {
    "rejection_after_screening",
    "rejection_after_interview",
    "position_filled",
    "offer_news",
    "withdrawal_acknowledged",
}

_STOPS: Mapping[str, Callable[[Truth, Occurrence], Iterator[datetime]]] = {
    "closed": _closed,
    "contacted": _contacted,
    "decided": _decided,
    "decision_told": _decision_told,
    "hired": _hired,
    "reopened": _reopened,
    "feedback_given": _feedback_given,
    "stage_left": _stage_left,
    "interview_begins": _interview_begins,
    "interview_scheduled": _interview_scheduled,
    "offer_created": _offer_created,
    "offer_sent": _offer_sent,
    "offer_resolved": _offer_resolved,
}
