"""Which messages may be rephrased, what was asked about them, and what is behind rephrased words."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import and_, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.errors import WrongState
from app.followups.models import FollowUp, FollowUpState
from app.messages.models import Message
from app.messages.rephrase import may_be_rephrased
from app.messages.rephrase_models import Rephrasing, RephrasingOutcome
from app.messages.waiting import NUDGE
from app.messages.write import reader_of, words_of
from app.privacy.vault import Vault
from app.timeline.models import Person

REPHRASED = "rephrased"
"""Who wrote a message whose words were rephrased."""
_FRESH = timedelta(minutes=15)
"""Business time after which a message is left as it is: somebody may be reading it."""
_INTERRUPTED = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Behind:
    """What became of asking about a message, and the template's words behind rephrased ones."""

    row: Rephrasing
    words: dict[str, str] = field(default_factory=dict)


async def claim(
    session: AsyncSession,
    kinds: Collection[str],
    now: datetime,
    machine_now: datetime,
    *,
    model: str,
    limit: int,
) -> list[str]:
    """Marks fresh messages as asked about; returns their ids.

    Those that wait for an approval anyway, of ``kinds`` where any are named; and of the named kinds also
    those that need none. What a dead worker left behind is settled on the way.
    """
    await _settle_interrupted(session, machine_now)
    waiting = col(FollowUp.state) == FollowUpState.WAITING_APPROVAL
    named = col(FollowUp.kind).in_(kinds)
    ready = and_(col(FollowUp.state) == FollowUpState.READY, named)
    found = await session.execute(
        select(col(Message.id), col(FollowUp.id), col(FollowUp.kind))
        .join(FollowUp, col(FollowUp.message_id) == col(Message.id))
        .outerjoin(Rephrasing, col(Rephrasing.message_id) == col(Message.id))
        .where(
            col(Rephrasing.message_id).is_(None),
            col(FollowUp.recipient).startswith("candidate:"),
            col(Message.written_by) == "template",
            col(Message.created_at) > now - _FRESH,
            or_(ready, and_(waiting, named) if kinds else waiting),
        )
        .order_by(col(Message.created_at))
        .limit(limit)
        .with_for_update(of=FollowUp, skip_locked=True),
    )
    asked = [
        Rephrasing(
            message_id=message,
            follow_up_id=follow_up,
            outcome=RephrasingOutcome.ASKED if may_be_rephrased(kind) else RephrasingOutcome.KEPT,
            reason=None if may_be_rephrased(kind) else "nothing-free",
            model=model,
            asked_at=machine_now,
        )
        for message, follow_up, kind in found
    ]
    session.add_all(asked)
    return [row.message_id for row in asked]


async def _settle_interrupted(session: AsyncSession, machine_now: datetime) -> None:
    await session.execute(
        update(Rephrasing)
        .where(
            col(Rephrasing.outcome) == RephrasingOutcome.ASKED,
            col(Rephrasing.asked_at) < machine_now - _INTERRUPTED,
        )
        .values(outcome=RephrasingOutcome.KEPT, reason="interrupted"),
    )


async def set_aside(session: AsyncSession, row: Rephrasing, tokens: int, limit: int) -> bool:
    """Counts these tokens against today's limit, before they are used; False where too few are left.

    A day is a UTC day of machine time, across all processes.
    """
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('rephrasing', 0))"))
    today = row.asked_at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    used = select(func.coalesce(func.sum(col(Rephrasing.tokens)), 0)).where(col(Rephrasing.asked_at) >= today)
    if (await session.scalar(used) or 0) + tokens > limit:
        return False
    row.tokens = tokens
    await session.flush()
    return True


async def hold_back(
    session: AsyncSession, rows: Sequence[FollowUp], kinds: Collection[str], now: datetime, pause: timedelta
) -> None:
    """Gives the model its moment: what would leave at once waits for that pause, and no longer.

    That is: messages of the named kinds, and the word to whoever is asked to approve, so that its link leads
    to the words as they will be. If nothing answers, both leave by themselves.
    """
    for row in rows:
        if row.state == FollowUpState.READY and row.kind in kinds and row.act_at is not None:
            row.act_at = max(row.act_at, now + pause)
    waiting = [row for row in rows if row.state == FollowUpState.WAITING_APPROVAL]
    about = [row.id for row in waiting if may_be_rephrased(row.kind) and (not kinds or row.kind in kinds)]
    await session.flush()
    await _move_nudges(session, about, now, now + pause)


async def let_go(session: AsyncSession, row: FollowUp, held_since: datetime, pause: timedelta) -> None:
    """Ends the pause of a message written then, where it is still on."""
    held = held_since + pause
    if row.state == FollowUpState.READY and row.act_at == held:
        row.act_at = row.release_at
    await session.flush()
    await _move_nudges(session, [row.id], held, held_since)


async def _move_nudges(session: AsyncSession, about: Sequence[str], at: datetime, to: datetime) -> None:
    await session.execute(
        update(FollowUp)
        .where(
            col(FollowUp.about_id).in_(about),
            col(FollowUp.kind) == NUDGE,
            col(FollowUp.state) == FollowUpState.PLANNED,
            col(FollowUp.act_at) == at,
        )
        .values(act_at=to),
    )


async def template_behind(session: AsyncSession, message: Message, wanted: str) -> Message:
    """The template's own words of that id behind rephrased ones: who read those may choose them.

    Raises WrongState where it is another message.
    """
    behind = await session.scalar(select(Rephrasing).where(col(Rephrasing.rephrased_id) == message.id))
    found = await session.get(Message, wanted) if behind and behind.message_id == wanted else None
    if found is None:
        raise WrongState("The message was written anew since you read it; read it again.")
    return found


async def behind(session: AsyncSession, vault: Vault, message: Message, person: Person) -> Behind | None:
    """What became of asking about this message; None where nobody asked."""
    either = or_(col(Rephrasing.message_id) == message.id, col(Rephrasing.rephrased_id) == message.id)
    row = await session.scalar(select(Rephrasing).where(either))
    if row is None or row.rephrased_id is None:
        return Behind(row) if row else None
    own = await session.get_one(Message, row.message_id)
    return Behind(row, words_of(vault, own, await reader_of(session, own, person)))
