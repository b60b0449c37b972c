"""How things stand with a link: open, or why it does nothing any more and what helps. Pure."""

from datetime import datetime

from app.desk.page import Standing
from app.followups.models import FollowUp, FollowUpState
from app.messages.models import ApprovalLink

_MOVED_ON = ("edited", "renewed")
_DONE = {
    "approved": ("You have allowed this message", "It leaves at its time. Nothing is left to do."),
    "rejected": (
        "This message will not be sent",
        "You have decided so with this link. The candidate is still owed an answer: the clock keeps running.",
    ),
}
_SETTLED = {
    FollowUpState.CANCELLED: ("It is no longer needed", "News from the ATS has made this message needless."),
    FollowUpState.REJECTED: ("This message will not be sent", "It has been decided already."),
    FollowUpState.EXPIRED: (
        "This draft has expired",
        "Nobody decided about it in time. Operations know; new words or facts bring it back.",
    ),
    FollowUpState.WAITING_FACT: (
        "A fact is missing now",
        "Its words were taken back and wait for a fact. You are asked again when they are there.",
    ),
}
_OTHERS = ("It has been decided already", "Somebody has allowed this message before you.")


def standing(link: ApprovalLink, follow_up: FollowUp, machine_now: datetime) -> Standing:
    """How things stand with that link; `machine_now` because tokens live by real time."""
    if link.used_for in _DONE:
        title, why = _DONE[link.used_for]
        return Standing(open=False, title=title, why=why)
    if follow_up.state != FollowUpState.WAITING_APPROVAL:
        title, why = _SETTLED.get(follow_up.state, _OTHERS)
        return Standing(open=False, title=title, why=why)
    if link.used_for in _MOVED_ON:
        why = "A newer link has taken its place, and the message still waits."
        return Standing(open=False, title="This link was used", why=why, helps="resend")
    if link.expires_at <= machine_now:
        why = "Links work for 48 hours. The message still waits for your decision."
        return Standing(open=False, title="This link is too old", why=why, helps="resend")
    if link.message_id != follow_up.message_id:
        why = "They are not the ones that you were asked about. Read the new ones before you decide."
        return Standing(open=False, title="The words were changed since", why=why, helps="renew")
    return Standing(open=True)
