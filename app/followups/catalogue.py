"""Every kind of follow-up: to whom it goes, how it is treated, and what it must know.

A kind is one row here and one template per language; nothing else names it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from app.sla.policies import Span


class Recipient(StrEnum):
    """Whom a kind addresses."""

    CANDIDATE = "candidate"
    RECRUITER = "recruiter"
    INTERVIEWER = "interviewer"
    HIRING_MANAGER = "hiring_manager"
    COORDINATOR = "coordinator"


class Channel(StrEnum):
    """How a kind reaches its recipient unless somebody chose otherwise."""

    MAIL = "mail"


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

    ``delay`` is how long after the instant that calls for it, where the policy names none; without one it is
    that instant. ``asks``: it puts a question that the candidate then owes an answer to. ``script_words``
    bounds what somebody is to say aloud. ``invites``: it carries its appointment as a calendar file.
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
    delay: Span | None = None
    asks: bool = False
    script_words: int | None = None
    invites: bool = False
    channel: Channel = Channel.MAIL


_LETTER = frozenset({"candidate.first_name", "job.title", "company.name", "recruiter.name"})
_NEXT = frozenset({"next_step.what", "next_step.by"})
_DECIDED = frozenset({"decision.by", "decision.reference"})
_TEAM = frozenset({"person.name", "job.title"})
_OWED = _TEAM | {"clock.name", "clock.due"}
_ALLOWED = frozenset({"consent.basis", "unsubscribe.url"})
"""What mail that only keeps in touch needs: why it may be written, and how to stop it."""
_SCRIPT = _TEAM | {"candidate.first_name", "company.name"}
SPOKEN_WORDS = 75
"""What a person says in 30 seconds, at an unhurried 150 words a minute."""
_COOLING = Span(business_hours=4)
"""In which a rejection can still be taken back."""


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
    delay: Span | None = None,
    asks: bool = False,
    invites: bool = False,
    message_class: MessageClass = MessageClass.TRANSACTIONAL,
) -> Kind:
    required = _LETTER | set(facts) | set(points)
    required |= _DECIDED if decision else set()
    required |= _NEXT if progress else set()
    required |= _ALLOWED if message_class is MessageClass.NURTURE else set()
    return Kind(
        key=key,
        recipient=Recipient.CANDIDATE,
        message_class=message_class,
        approval=approval,
        required_facts=frozenset(required),
        max_words=max_words,
        window=window,
        decision=decision,
        progress=progress,
        points=points,
        rejects=rejects,
        delay=delay,
        asks=asks,
        invites=invites,
    )


def _nurture(key: str, *, max_words: int, approval: bool = False) -> Kind:
    return _candidate(key, max_words=max_words, approval=approval, message_class=MessageClass.NURTURE)


def _team(
    key: str,
    recipient: Recipient,
    required: frozenset[str] = _OWED,
    *,
    max_words: int = 160,
    script_words: int | None = None,
) -> Kind:
    return Kind(
        key=key,
        recipient=recipient,
        message_class=MessageClass.INTERNAL,
        approval=False,
        required_facts=required,
        max_words=max_words,
        window=True,
        script_words=script_words,
    )


_ALL = (
    _candidate(
        "application_received", max_words=130, window=False, progress=True, delay=Span(business_minutes=10)
    ),
    # Not at once: whoever was dragged into the wrong stage is moved back within minutes.
    _candidate("moved_on", "stage.name", max_words=130, progress=True, delay=Span(business_minutes=30)),
    _candidate(
        "interview_confirmed",
        max_words=170,
        window=False,
        points=("interview.when",),
        delay=Span(business_minutes=10),
        invites=True,
    ),
    _candidate(
        "thank_you_after_interview",
        "interview.date",
        max_words=150,
        progress=True,
        delay=Span(business_hours=1),
    ),
    _candidate("holding_update", max_words=140, progress=True),
    _candidate(
        "rejection_after_screening",
        max_words=170,
        approval=True,
        decision=True,
        rejects=True,
        delay=_COOLING,
    ),
    _candidate(
        "rejection_after_interview",
        max_words=230,
        approval=True,
        decision=True,
        points=("rejection.reason", "rejection.recommendation"),
        rejects=True,
        delay=_COOLING,
    ),
    _candidate(
        "offer_news", max_words=220, approval=True, window=False, decision=True, points=("offer.reason",)
    ),
    _candidate(
        "offer_meeting",
        max_words=170,
        approval=True,
        window=False,
        decision=True,
        points=("meeting.when",),
        invites=True,
    ),
    _candidate(
        "offer_details",
        max_words=220,
        approval=True,
        window=False,
        decision=True,
        points=("offer.salary", "offer.start_date"),
    ),
    _candidate("offer_reminder", "offer.sent_on", max_words=160),
    _candidate("withdrawal_acknowledged", max_words=120, window=False, delay=Span(business_hours=1)),
    _candidate("position_filled", max_words=150, approval=True, decision=True, rejects=True, delay=_COOLING),
    _candidate("timeline_change", max_words=140, progress=True),
    _candidate("still_interested", max_words=130, asks=True),
    _candidate("answer_reminder", "question.what", "question.asked_on", max_words=120),
    _candidate("check_in_before_start", max_words=130),
    _candidate("check_in_first_weeks", max_words=130),
    _candidate("feedback_given", max_words=260, approval=True, points=("feedback.text",)),
    _candidate("automated_tool_notice", "tool.assesses", "tool.used_from", max_words=220, window=False),
    # Surveys and news of other roles are no part of the application, so they need a basis of their own.
    _nurture("feedback_asked", max_words=130),
    _nurture("talent_pool_invitation", max_words=150, approval=True),
    _nurture("talent_pool_check_in", max_words=150, approval=True),
    _team("scheduling_due", Recipient.COORDINATOR),
    _team("talent_pool_due", Recipient.RECRUITER),
    _team("feedback_due", Recipient.INTERVIEWER),
    _team("decision_due", Recipient.HIRING_MANAGER),
    _team("update_due", Recipient.RECRUITER),
    _team("offer_due", Recipient.RECRUITER),
    _team("offer_call_script", Recipient.RECRUITER, _SCRIPT, max_words=220, script_words=SPOKEN_WORDS),
    _team("candidate_replied", Recipient.RECRUITER, _TEAM),
    _team("competing_offer", Recipient.RECRUITER, _TEAM),
    _team("approval_waiting", Recipient.RECRUITER, _TEAM),
    _team("fact_missing", Recipient.RECRUITER, _TEAM | {"missing.facts"}),
    _team("clock_warned", Recipient.RECRUITER),
    _team("clock_breached", Recipient.RECRUITER),
    _team("clock_escalated", Recipient.HIRING_MANAGER),
    _team("delivery_unknown", Recipient.RECRUITER, _TEAM),
    _team("candidate_not_reached", Recipient.RECRUITER, _TEAM | {"failure.why", "failure.remedy"}),
    _team("digest", Recipient.RECRUITER, frozenset({"person.name", "digest.lines"}), max_words=2_000),
)

KINDS: Mapping[str, Kind] = MappingProxyType({kind.key: kind for kind in _ALL})
"""All kinds by key."""
