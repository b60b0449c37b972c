"""How things stand with a link: open, or why it does nothing any more and what helps. Pure."""

from datetime import datetime

from app.desk.page import Standing
from app.followups.models import FollowUp, FollowUpState
from app.messages.models import ApprovalLink

MOVED_ON = ("edited", "picked", "renewed")
"""Uses of a link after which the message still waits, under a newer one."""
_DONE = {"approved": "approved", "rejected": "refused"}
_SETTLED = {
    FollowUpState.CANCELLED: "cancelled",
    FollowUpState.REJECTED: "rejected",
    FollowUpState.EXPIRED: "expired",
    FollowUpState.WAITING_FACT: "waiting_fact",
}


def standing(link: ApprovalLink, follow_up: FollowUp, machine_now: datetime) -> Standing:
    """How things stand with that link; `machine_now` because tokens live by real time."""
    if link.used_for in _DONE:
        return Standing(_DONE[link.used_for])
    if follow_up.state != FollowUpState.WAITING_APPROVAL:
        return Standing(_SETTLED.get(follow_up.state, "others"))
    if link.used_for in MOVED_ON:
        return Standing("used", helps="resend")
    if link.expires_at <= machine_now:
        return Standing("old", helps="resend")
    if link.message_id != follow_up.message_id:
        return Standing("changed", helps="renew")
    return Standing("open")
