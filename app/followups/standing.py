"""Whether a word about another follow-up is still so: a question that stands, a failure not yet mended."""

from app.followups.models import FollowUpState
from app.mail.unreached import FOR_GOOD

NOT_REACHED = "candidate_not_reached"
_ASKED_WHILE = {
    "fact_missing": FollowUpState.WAITING_FACT,
    "approval_waiting": FollowUpState.WAITING_APPROVAL,
    "delivery_unknown": FollowUpState.UNKNOWN,
}


def stands(kind: str, step: str, about_state: str) -> bool:
    """Whether it is still to be said.

    Args:
        kind: Of the word.
        step: Of the word; of one about a failure it says why it failed.
        about_state: Of the follow-up that it is about.
    """
    if kind != NOT_REACHED:
        return about_state == _ASKED_WHILE.get(kind)
    return why_unreached(step) in FOR_GOOD or about_state == FollowUpState.FAILED


def unreached_mark(why: str, delivery_id: str) -> str:
    """What tells such a word from others about the same follow-up: once for each delivery."""
    return f":{why}:{delivery_id}"


def why_unreached(step: str) -> str:
    """The code in that mark; empty where there is none."""
    return step.rpartition("/")[2].partition(":")[2].partition(":")[0]
