"""Many approvals in one request: each is done or refused by itself, with its reason."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from app.errors import HeardbackError
from app.followups.models import Approval, FollowUp, FollowUpState
from app.messages.approval import Desk, approve
from app.messages.models import Message

MOST = 100
"""Approvals in one request: what a person can have read."""


@dataclass(frozen=True, slots=True)
class Read:
    """A follow-up and the message that the person read."""

    follow_up_id: str
    message_id: str


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one: approved, already_approved, excluded, or refused with an error's code and words."""

    follow_up_id: str
    message_id: str
    outcome: str
    code: str | None = None
    detail: str | None = None


async def waiting_before(
    desk: Desk,
    kind: str,
    seen_at: datetime,
    *,
    connection: str | None = None,
    waiting_on: str | None = None,
    excluded: Collection[str] = (),
) -> list[Read]:
    """What of a kind waits for approval, in the words that were there at that instant; the oldest first.

    Words that are newer are not among them: nobody can have read them then.
    """
    wanted = {FollowUp.connection_id: connection, FollowUp.waiting_on: waiting_on}
    rows = await desk.session.execute(
        select(col(FollowUp.id), col(Message.id))
        .join(Message, col(Message.id) == col(FollowUp.message_id))
        .where(
            col(FollowUp.state) == FollowUpState.WAITING_APPROVAL,
            col(FollowUp.kind) == kind,
            col(Message.created_at) <= seen_at,
            col(FollowUp.id).not_in(excluded),
            *(col(column) == value for column, value in wanted.items() if value is not None),
        )
        .order_by(col(FollowUp.created_at), col(FollowUp.id))
        .limit(MOST),
    )
    return [Read(follow_up, message) for follow_up, message in rows]


async def approve_many(
    desk: Desk, reads: Sequence[Read], *, excluded: Collection[str] = (), note: str | None = None
) -> list[Result]:
    """Approves each of these as it was read; the results are in their order.

    One that is refused leaves no trace and does not keep the others back. Asked again, what this approved
    before is said to be so, and nothing is done twice.
    """
    desk = replace(desk, via="bulk")
    found: dict[Read, Result] = {}
    # Always in one order, so that two requests about the same never wait for each other in a circle.
    for read in sorted(set(reads), key=lambda each: (each.follow_up_id, each.message_id)):
        if read.follow_up_id in excluded:
            found[read] = Result(read.follow_up_id, read.message_id, "excluded")
        else:
            found[read] = await _approve(desk, read, note)
    return [found[read] for read in reads]


async def _approve(desk: Desk, read: Read, note: str | None) -> Result:
    try:
        async with desk.session.begin_nested():
            await approve(desk, read.follow_up_id, message_id=read.message_id, note=note)
    except HeardbackError as refused:
        if await _is_approved(desk, read):
            return Result(read.follow_up_id, read.message_id, "already_approved")
        return Result(read.follow_up_id, read.message_id, "refused", refused.code, refused.detail)
    return Result(read.follow_up_id, read.message_id, "approved")


async def _is_approved(desk: Desk, read: Read) -> bool:
    """These very words were approved, and are still what is to be said."""
    found = await desk.session.scalar(
        select(col(Approval.id))
        .join(FollowUp, col(FollowUp.id) == col(Approval.follow_up_id))
        .where(
            col(Approval.follow_up_id) == read.follow_up_id,
            col(Approval.message_id) == read.message_id,
            col(Approval.verdict) == "approved",
            col(FollowUp.message_id) == read.message_id,
            col(FollowUp.state) != FollowUpState.WAITING_APPROVAL,
        )
        .limit(1),
    )
    return found is not None
