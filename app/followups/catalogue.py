"""Every kind of follow-up: to whom it goes, how it is treated, and what it must know.

A kind is one row here and one template per language; nothing else names it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Recipient(StrEnum):
    """Whom a kind addresses."""

    CANDIDATE = "candidate"
    RECRUITER = "recruiter"
    INTERVIEWER = "interviewer"
    HIRING_MANAGER = "hiring_manager"
    COORDINATOR = "coordinator"


class MessageClass(StrEnum):
    """Why it may be sent: about this application, to keep in touch (needs consent), or within the team."""

    TRANSACTIONAL = "transactional"
    NURTURE = "nurture"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of follow-up.

    ``approval`` is the default; ``window`` keeps it inside the sending window, while kinds without it answer
    an act or are too good to wait; ``decision`` demands the human decision it tells; ``progress`` demands a
    next step with a date; ``points`` are facts whose words must be in the text; ``rejects``: it tells a
    rejection, which some ATSs forbid before a date. ``required_facts`` are needed even where the template
    does not print them.
    """

    key: str
    recipient: Recipient
    message_class: MessageClass
    approval: bool
    required_facts: frozenset[str]
    max_words: int
    window: bool
    decision: bool = False
    progress: bool = False
    points: tuple[str, ...] = ()
    rejects: bool = False


_LETTER = frozenset({"candidate.first_name", "job.title", "company.name", "recruiter.name"})
_NEXT = frozenset({"next_step.what", "next_step.by"})
_DECIDED = frozenset({"decision.by", "decision.reference"})
_TEAM = frozenset({"person.name", "job.title"})
_OWED = _TEAM | {"clock.name", "clock.due"}


def _candidate(
    key: str,
    *facts: str,
    max_words: int,
    approval: bool = False,
    window: bool = True,
    decision: bool = False,
    progress: bool = False,
    points: tuple[str, ...] = (),
    rejects: bool = False,
) -> Kind:
    required = _LETTER | set(facts) | set(points)
    required |= _DECIDED if decision else set()
    required |= _NEXT if progress else set()
    return Kind(
        key=key,
        recipient=Recipient.CANDIDATE,
        message_class=MessageClass.TRANSACTIONAL,
        approval=approval,
        required_facts=frozenset(required),
        max_words=max_words,
        window=window,
        decision=decision,
        progress=progress,
        points=points,
        rejects=rejects,
    )


def _team(key: str, recipient: Recipient, required: frozenset[str] = _OWED) -> Kind:
    return Kind(
        key=key,
        recipient=recipient,
        message_class=MessageClass.INTERNAL,
        approval=False,
        required_facts=required,
        max_words=160,
        window=True,
    )


_ALL = (
    _candidate("application_received", max_words=130, window=False, progress=True),
    _candidate("moved_on", "stage.name", max_words=130, progress=True),
    _candidate("thank_you_after_interview", "interview.date", max_words=150, progress=True),
    _candidate("holding_update", max_words=140, progress=True),
    _candidate("rejection_after_screening", max_words=170, approval=True, decision=True, rejects=True),
    _candidate(
        "rejection_after_interview",
        max_words=230,
        approval=True,
        decision=True,
        points=("rejection.reason", "rejection.recommendation"),
        rejects=True,
    ),
    _candidate(
        "offer_news", max_words=220, approval=True, window=False, decision=True, points=("offer.reason",)
    ),
    _candidate("withdrawal_acknowledged", max_words=120, window=False),
    _candidate("position_filled", max_words=150, approval=True, decision=True, rejects=True),
    _candidate("timeline_change", max_words=140, progress=True),
    _candidate("offer_reminder", "offer.sent_on", max_words=160),
    _candidate("check_in_before_start", max_words=130),
    _candidate("check_in_first_weeks", max_words=130),
    _team("scheduling_due", Recipient.COORDINATOR),
    _team("talent_pool_due", Recipient.RECRUITER),
    _team("feedback_due", Recipient.INTERVIEWER),
    _team("decision_due", Recipient.HIRING_MANAGER),
    _team("update_due", Recipient.RECRUITER),
    _team("offer_due", Recipient.RECRUITER),
    _team("approval_waiting", Recipient.RECRUITER, _TEAM),
    _team("fact_missing", Recipient.RECRUITER, _TEAM | {"missing.facts"}),
    _team("clock_warned", Recipient.RECRUITER),
    _team("clock_breached", Recipient.RECRUITER),
    _team("clock_escalated", Recipient.HIRING_MANAGER),
    _team("delivery_unknown", Recipient.RECRUITER, _TEAM),
)

KINDS: Mapping[str, Kind] = MappingProxyType({kind.key: kind for kind in _ALL})
"""All kinds by key."""
