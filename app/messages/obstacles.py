"""Why a message is not written any more, asked before its words are."""

from datetime import datetime

from app.followups.contact import unwanted
from app.followups.standing import stands
from app.followups.store import SETTLED
from app.messages.material import Loaded


def obstacle(loaded: Loaded, now: datetime) -> str | None:
    """The reason in words, None where nothing stands against it."""
    row, about = loaded.follow_up, loaded.material.about
    if row.expires_at is not None and now > row.expires_at:
        return "too late to be of use"
    if loaded.candidate is not None and loaded.candidate.erased_at is not None:
        return "the candidate's data was erased"
    if about is not None and not stands(row.kind, row.step, about.state):
        return SETTLED
    return unwanted(row.kind, loaded.choices, row.application_id)
