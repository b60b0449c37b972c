"""A draft that waits for a decision is on a clock of its own: asked, reminded, escalated, in the end void.

The clock behind the follow-up keeps running meanwhile, and after.
"""

from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.followups.models import Approval, FollowUp, FollowUpState
from app.ids import new_id
from app.messages.approvers import Demand, Subject, escalated_to
from app.messages.asking import ask, wait
from app.messages.material import Loaded, load
from app.messages.models import Message
from app.privacy.vault import Vault
from app.sla.business_windows import Hours
from app.sla.cases import RuleBook
from app.sla.clocks import ALWAYS, after
from app.sla.policies import Approvals
from app.sla.triggers import Occurrence

log = structlog.get_logger()

NUDGE = "approval_waiting"
_ASKED, _REMINDED, _ESCALATED, _HANDED_OVER = 1, 2, 3, 4


async def await_decision(
    session: AsyncSession, loaded: Loaded, demand: Demand, cause: str, now: datetime
) -> None:
    """The draft waits for that person from now on, and they are told so.

    New words in place of others that wait already do not begin the waiting anew.
    """
    row = loaded.follow_up
    who, mark = demand.who, ""
    if row.state != FollowUpState.WAITING_APPROVAL or row.waits_since is None:
        mark = _stamp(now) if row.nudges else ""
        row.waits_since, row.nudges = now, _ASKED
    elif row.nudges >= _ESCALATED:
        who = row.waiting_on or who
    row.approver = demand.who if demand.named else None
    wait(row, FollowUpState.WAITING_APPROVAL, who, cause, now)
    row.act_at = _next_look(row, approvals_of(loaded, now), hours_of(loaded, now))
    await ask(session, row, NUDGE, now, mark=mark)


def _stamp(at: datetime | None) -> str:
    """Tells the questions of one time of waiting from those of another."""
    return f":{at:%Y%m%dT%H%M%S}"


async def claim_waiting(session: AsyncSession, now: datetime, limit: int) -> Sequence[FollowUp]:
    """Drafts whose approval is late, locked until the unit of work ends."""
    found = await session.scalars(
        select(FollowUp)
        .where(col(FollowUp.act_at) <= now, col(FollowUp.state) == FollowUpState.WAITING_APPROVAL)
        .order_by(col(FollowUp.act_at))
        .limit(limit)
        .with_for_update(skip_locked=True),
    )
    return found.all()


async def urge_all(
    session: AsyncSession,
    vault: Vault,
    book: RuleBook,
    follow_ups: Sequence[FollowUp],
    now: datetime,
    *,
    company: str,
) -> None:
    """Reminds, escalates, hands over to operations or gives up, as far as it has come with each of these."""
    for loaded in await load(session, vault, book, follow_ups, company=company):
        await _urge(session, loaded, now)
    await session.flush()


async def _urge(session: AsyncSession, loaded: Loaded, now: datetime) -> None:
    """Only the furthest step that is due is taken: no burst after an outage."""
    row = loaded.follow_up
    row.waits_since = row.waits_since or now
    approvals, hours = approvals_of(loaded, now), hours_of(loaded, now)
    if _expiry(row, approvals, hours) <= now:
        await _expire(session, row, now)
        return
    due = [step for step in _REMAINING if step > row.nudges and _at(step, row, approvals, hours) <= now]
    if due:
        row.nudges = due[-1]
        if row.nudges == _REMINDED:
            await ask(session, row, NUDGE, now, mark=f":reminder{_stamp(row.waits_since)}")
        elif row.nudges == _HANDED_OVER or not await _escalate(session, loaded, now):
            _hand_over(row, now)
    row.act_at = _next_look(row, approvals, hours)


async def _escalate(session: AsyncSession, loaded: Loaded, now: datetime) -> bool:
    row = loaded.follow_up
    others = [member for member in escalated_to(subject_of(loaded, now)) if member != row.waiting_on]
    for member in others:
        await ask(session, row, NUDGE, now, to=member, mark=f":escalated{_stamp(row.waits_since)}")
    if others:
        row.waiting_on, row.updated_at = others[0], now
    return bool(others)


def _hand_over(row: FollowUp, now: datetime) -> None:
    since = f"{row.waits_since:%Y-%m-%d %H:%M} UTC"
    row.nudges = _HANDED_OVER
    row.waiting_on, row.updated_at = "operations", now
    row.cause = f"{row.cause or 'a person must allow it'}; nobody has decided since {since}"


async def _expire(session: AsyncSession, row: FollowUp, now: datetime) -> None:
    since = f"{row.waits_since:%Y-%m-%d %H:%M} UTC"
    wait(row, FollowUpState.EXPIRED, "operations", f"nobody has decided about its draft since {since}", now)
    message = await session.get(Message, row.message_id) if row.message_id else None
    session.add(
        Approval(
            id=new_id("apr"),
            follow_up_id=row.id,
            message_id=row.message_id or "",
            verdict="expired",
            decided_by="nobody",
            decided_at=now,
            via="clock",
            saw=seen(message),
        ),
    )
    log.warning("approval.expired", row=row.id, kind=row.kind)


def seen(message: Message | None) -> dict[str, object]:
    """What a person had before them, without a word of it: which version, its findings, its sources."""
    if message is None:
        return {}
    return {
        "message_id": message.id,
        "version": message.version,
        "written_by": message.written_by,
        "template_version": message.template_version,
        "findings": message.findings,
        "facts": [{"name": used["fact"], "source": used["source"]} for used in message.used],
        "promises": message.promises,
    }


_REMAINING = (_REMINDED, _ESCALATED, _HANDED_OVER)


def _at(step: int, row: FollowUp, approvals: Approvals, hours: Hours) -> datetime:
    spans = {
        _REMINDED: approvals.remind_after,
        _ESCALATED: approvals.escalate_after,
        _HANDED_OVER: approvals.operations_after,
    }
    return after(spans[step], hours, row.waits_since or row.updated_at)


def _expiry(row: FollowUp, approvals: Approvals, hours: Hours) -> datetime:
    """A draft lives as long as its follow-up is of use, and no longer than the rules say."""
    at = after(approvals.expires_after, hours, row.waits_since or row.updated_at)
    return min(at, row.expires_at) if row.expires_at else at


def _next_look(row: FollowUp, approvals: Approvals, hours: Hours) -> datetime:
    steps = [_at(step, row, approvals, hours) for step in _REMAINING if step > row.nudges]
    return min([*steps, _expiry(row, approvals, hours)])


def approvals_of(loaded: Loaded, now: datetime) -> Approvals:
    """The rules for approvals that are in force."""
    ruling = loaded.book.in_force(now)
    return ruling[1].approvals if ruling else Approvals()


def hours_of(loaded: Loaded, now: datetime) -> Hours:
    """In whose hours the waiting counts: those of its clock, else of the connection or the company."""
    case, book = loaded.material.case, loaded.book
    if case is not None:
        return case.history.hours
    ruling = book.in_force(now)
    company = ruling[1].calendar if ruling else "office"
    return book.hours(loaded.material.settings.calendar) or book.hours(company) or ALWAYS


def subject_of(loaded: Loaded, now: datetime) -> Subject:
    """The follow-up as the rules for approvals see it."""
    material, row = loaded.material, loaded.follow_up
    occurrence = material.case.occurrence if material.case else Occurrence("", now)
    private = loaded.candidate is not None and loaded.candidate.private
    return Subject(row.kind, material.truth, occurrence, row.connection_id, private=private)
