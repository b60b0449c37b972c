"""What starts clocks: from one truth, the occurrences of each trigger. Pure."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.sla.policies import Trigger
from app.timeline.truth import Decision, Interview, Offer, Said, Truth, Visit

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that a trigger fired. Its key is free of versions and of order, so that it stays the same."""

    key: str
    starts_at: datetime
    visit: Visit | None = None
    interview: Interview | None = None
    decision: Decision | None = None
    offer: Offer | None = None
    said: Said | None = None
    due_at: datetime | None = None
    """The target, where the trigger brings its own."""
    moved_at: datetime | None = None
    """When a person last moved the promised date."""


def occurrences(truth: Truth, trigger: Trigger) -> Iterator[Occurrence]:
    """Every occurrence of the trigger in this truth, past or to come."""
    return _TRIGGERS[trigger](truth)


def _application_created(truth: Truth) -> Iterator[Occurrence]:
    if truth.applied_at:
        yield Occurrence("application", truth.applied_at)


def _stage_entered(truth: Truth) -> Iterator[Occurrence]:
    for visit in truth.visits:
        yield Occurrence(f"stage:{visit.stage_id}:{visit.nth}", visit.entered_at, visit=visit)


_RANKS = {"applied": 0, "screen": 1, "assessment": 2, "interview": 2, "decision": 3, "offer": 4}
"""How far along a stage is, by its kind; of other kinds nobody can say."""


def _moved_on(truth: Truth) -> Iterator[Occurrence]:
    """Good news only: somebody who is moved back, or put right after a mistake, hears nothing."""
    for earlier, visit in enumerate(truth.visits):
        before = [_RANKS[v.kind] for v in truth.visits[:earlier] if v.kind in _RANKS]
        if before and visit.nth == 1 and _RANKS.get(visit.kind, -1) >= max(before):
            yield Occurrence(f"stage:{visit.stage_id}:{visit.nth}", visit.entered_at, visit=visit)


def _interview_scheduled(truth: Truth) -> Iterator[Occurrence]:
    """One for each time that an interview is given: whoever is moved must hear the new one."""
    for interview in truth.interviews:
        starts, since = interview.starts_at, interview.timed_at
        if starts and since and since < starts:
            key = f"interview:{interview.id}:{starts:%Y%m%dT%H%M}:{interview.nth}"
            yield Occurrence(key, since, visit=visit_at(truth, since), interview=interview)


def _interview_ended(truth: Truth) -> Iterator[Occurrence]:
    for interview in truth.interviews:
        if interview.ends_at:
            yield Occurrence(
                f"interview:{interview.id}",
                interview.ends_at,
                visit=visit_at(truth, interview.ends_at),
                interview=interview,
            )


def _feedback_complete(truth: Truth) -> Iterator[Occurrence]:
    for visit in truth.visits:
        held = [i for i in truth.interviews if i.ends_at and visit_at(truth, i.ends_at) == visit]
        feedback = [i.feedback_at for i in held]
        known = [at for at in feedback if at]
        if held and len(known) == len(held):
            started = max(*known, *(i.ends_at for i in held if i.ends_at))
            yield Occurrence(f"stage:{visit.stage_id}:{visit.nth}", started, visit=visit)


def _decided(kind: str) -> Callable[[Truth], Iterator[Occurrence]]:
    def find(truth: Truth) -> Iterator[Occurrence]:
        for decision in truth.decisions:
            if decision.kind == kind:
                yield Occurrence(
                    f"{kind}:{decision.nth}",
                    decision.at,
                    visit=visit_at(truth, decision.at),
                    decision=decision,
                )

    return find


def _offer_stage(truth: Truth) -> Iterator[Occurrence]:
    for visit in truth.visits:
        if visit.kind == "offer":
            yield Occurrence(f"stage:{visit.stage_id}:{visit.nth}", visit.entered_at, visit=visit)


def _offer_created(truth: Truth) -> Iterator[Occurrence]:
    for offer in truth.offers:
        yield Occurrence(
            f"offer:{offer.id}",
            offer.created_at,
            visit=visit_at(truth, offer.created_at),
            offer=offer,
        )


def _candidate_contacted(truth: Truth) -> Iterator[Occurrence]:
    """From each word to the candidate the next is owed; the first from the second stage on.

    The key counts the words, so that one that is learnt of late moves the later ones on rather than
    doubling them.
    """
    for nth, said in enumerate((s for s in truth.said if s.recipient.startswith("candidate:")), start=1):
        yield Occurrence(f"said:{nth}", said.at, visit=visit_at(truth, said.at), said=said)


def _by_key(said: Iterable[Said]) -> Mapping[str, Said]:
    """Each thing that was said, once: by its reason and step, the first time that it was."""
    found: dict[str, Said] = {}
    for one in said:
        found.setdefault(f"said:{one.reason}:{one.step}", one)
    return found


def _date_promised(truth: Truth) -> Iterator[Occurrence]:
    for key, said in _by_key(truth.said).items():
        if said.promised_at:
            moved = [a for a in truth.acts if a.act == "move" and a.clock.endswith(f"/{key}") and a.until]
            yield Occurrence(
                key,
                said.at,
                visit=visit_at(truth, said.at),
                said=said,
                due_at=moved[-1].until if moved else said.promised_at,
                moved_at=moved[-1].at if moved else None,
            )


def _offer_sent(truth: Truth) -> Iterator[Occurrence]:
    for offer in truth.offers:
        if offer.sent_at:
            visit = visit_at(truth, offer.sent_at)
            yield Occurrence(f"offer:{offer.id}", offer.sent_at, visit=visit, offer=offer)


def _job_closed(truth: Truth) -> Iterator[Occurrence]:
    for nth, (since, until) in enumerate(truth.job.held, start=1):
        open_then = all(d.at > since or (d.undone_at and d.undone_at <= since) for d in truth.decisions)
        if open_then and truth.applied_at and truth.applied_at <= since:
            reopened = Decision("job_closed", nth, since, until, {})
            yield Occurrence(f"job_closed:{nth}", since, visit=visit_at(truth, since), decision=reopened)


def _last_interview(truth: Truth) -> Iterator[Occurrence]:
    held = [i for i in truth.interviews if i.ends_at]
    if held:
        last = max(held, key=lambda i: (i.ends_at, i.id) if i.ends_at else (_EPOCH, i.id))
        if last.ends_at:
            yield Occurrence("last_interview", last.ends_at, visit_at(truth, last.ends_at), interview=last)


def _around_first_day(days: int, name: str) -> Callable[[Truth], Iterator[Occurrence]]:
    def find(truth: Truth) -> Iterator[Occurrence]:
        for decision in truth.decisions:
            first_day = decision.data.get("starts_at") if decision.kind == "hired" else None
            if first_day:
                # Noon in UTC is that date in nearly every zone.
                noon = datetime.fromisoformat(f"{str(first_day)[:10]}T12:00:00+00:00")
                due_at = max(noon + timedelta(days=days), decision.at)
                yield Occurrence(f"{name}:{decision.nth}", decision.at, decision=decision, due_at=due_at)

    return find


_ENDINGS = {
    "rejection_after_screening",
    "rejection_after_interview",
    "position_filled",
    "withdrawal_acknowledged",
}
ASKING = frozenset({"still_interested"})
"""The kinds of follow-up whose question the candidate owes an answer to."""


def _said(kinds: Container[str]) -> Callable[[Truth], Iterator[Occurrence]]:
    def find(truth: Truth) -> Iterator[Occurrence]:
        told = (s for s in truth.said if s.kind in kinds and s.recipient.startswith("candidate:"))
        for key, said in _by_key(told).items():
            visit = visit_at(truth, said.at)
            yield Occurrence(key, said.at, visit=visit, decision=truth.standing, said=said)

    return find


COMPETING = "competing_offer"
"""The act by which a person confirms that the candidate has another offer."""


def _competing_offer(truth: Truth) -> Iterator[Occurrence]:
    """The target is the day before the other offer's deadline, where that is known and ahead."""
    for nth, act in enumerate((a for a in truth.acts if a.act == COMPETING), start=1):
        yield Occurrence(f"competing_offer:{nth}", act.at, visit=visit_at(truth, act.at), due_at=act.until)


def visit_at(truth: Truth, at: datetime) -> Visit | None:
    """The stage that the application was in."""
    return next((v for v in reversed(truth.visits) if v.entered_at <= at), None)


_TRIGGERS: Mapping[Trigger, Callable[[Truth], Iterator[Occurrence]]] = {
    Trigger.APPLICATION_CREATED: _application_created,
    Trigger.STAGE_ENTERED: _stage_entered,
    Trigger.MOVED_ON: _moved_on,
    Trigger.INTERVIEW_SCHEDULED: _interview_scheduled,
    Trigger.INTERVIEW_ENDED: _interview_ended,
    Trigger.FEEDBACK_COMPLETE: _feedback_complete,
    Trigger.REJECTED: _decided("rejected"),
    Trigger.WITHDRAWN: _decided("withdrawn"),
    Trigger.OFFER_STAGE: _offer_stage,
    Trigger.OFFER_CREATED: _offer_created,
    Trigger.CANDIDATE_CONTACTED: _candidate_contacted,
    Trigger.DATE_PROMISED: _date_promised,
    Trigger.OFFER_SENT: _offer_sent,
    Trigger.JOB_CLOSED: _job_closed,
    Trigger.LAST_INTERVIEW: _last_interview,
    Trigger.BEFORE_FIRST_DAY: _around_first_day(-3, "before_first_day"),
    Trigger.AFTER_FIRST_DAY: _around_first_day(14, "after_first_day"),
    Trigger.ENDING_TOLD: _said(_ENDINGS),
    Trigger.QUESTION_ASKED: _said(ASKING),
    Trigger.COMPETING_OFFER: _competing_offer,
}
