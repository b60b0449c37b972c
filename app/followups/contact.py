"""What a candidate may ask for about our writing, and what that leaves unsaid. Pure.

Three wishes: no reminders about one application; only what is important, which
is an answer, an appointment, a decision, an offer or a promise that we gave; and, apart from any application,
nothing that only keeps in touch.
"""

from dataclasses import dataclass

from app.followups.catalogue import KINDS, MessageClass, Recipient

REMINDERS = frozenset({"answer_reminder", "offer_reminder", "still_interested"})
"""Kinds that ask a candidate again for something."""
DISPENSABLE = frozenset(
    {
        *("answer_reminder", "still_interested", "thank_you_after_interview"),
        *("check_in_before_start", "check_in_first_weeks"),
    }
)
"""Kinds about an application without which a candidate misses nothing. The reminder of an offer is none: an
offer that lapses unnoticed is a loss."""

STOPPED = "the candidate wants no messages that only keep in touch"
IMPORTANT = "the candidate wants important messages only"
PAUSED = "the candidate wants no reminders about this application"


@dataclass(frozen=True, slots=True)
class Choices:
    """What one candidate has asked for; without anything said, all may be written."""

    nurture_stopped: bool = False
    important_only: bool = False
    paused: frozenset[str] = frozenset()
    """Our ids of applications without reminders."""

    def joined(self, other: "Choices") -> "Choices":
        """Both together, where one person has spoken under two ids: whatever was asked for counts."""
        return Choices(
            self.nurture_stopped or other.nurture_stopped,
            self.important_only or other.important_only,
            self.paused | other.paused,
        )


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a candidate chooses on their page, all at once. Empty texts choose nothing."""

    paused: bool
    """No reminders about the application of the link."""
    important_only: bool
    nurture_stopped: bool
    locale: str = ""
    time_zone: str = ""


def unwanted(kind: str, choices: Choices, application_id: str) -> str | None:
    """Why a message of that kind about that application must not be sent, in words; None where it may."""
    known = KINDS.get(kind)
    if known is None or known.recipient is not Recipient.CANDIDATE:
        return None
    nurture = known.message_class is MessageClass.NURTURE
    if nurture and choices.nurture_stopped:
        return STOPPED
    if choices.important_only and (nurture or kind in DISPENSABLE):
        return IMPORTANT
    if application_id in choices.paused and kind in REMINDERS:
        return PAUSED
    return None
