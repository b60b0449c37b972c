"""Stored webhooks, taken one batch at a time; what cannot be read is set aside for a person."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.delivery.hook_models import Hook, HookNonce, HookState, ReceiptRow
from app.errors import Replayed

BATCH = 500
_DEDUPED_FOR = timedelta(days=40)
"""Providers repeat for days, people replay by hand for weeks: so long a second delivery is known. Far
longer than a signature is taken for fresh, so that no nonce is forgotten while it is worth anything."""
_RECEIPTS_KEPT = timedelta(days=400)


async def refuse_replay(session: AsyncSession, nonce: str, dedupe_key: str, machine_now: datetime) -> None:
    """Uses up that nonce; raises `Replayed` where it came before with another body.

    Two that come at once take turns: the second waits for the first one's unit of work.
    """
    values = {"nonce": hashlib.sha256(nonce.encode()).hexdigest(), "dedupe_key": dedupe_key}
    statement = insert(HookNonce).values(**values, first_at=machine_now).on_conflict_do_nothing()
    await session.execute(statement)
    first = select(col(HookNonce.dedupe_key)).where(col(HookNonce.nonce) == values["nonce"])
    if await session.scalar(first) != dedupe_key:
        raise Replayed


async def claim_hooks(
    session: AsyncSession, kind: str, machine_now: datetime, limit: int, *, state: str = HookState.PENDING
) -> Sequence[Hook]:
    """Takes webhooks of that kind and state that wait, the oldest first, for this unit of work."""
    rows = await session.scalars(
        select(Hook)
        .where(col(Hook.kind) == kind, col(Hook.act_at) <= machine_now, col(Hook.state) == state)
        .order_by(col(Hook.act_at), col(Hook.id))
        .limit(limit)
        .with_for_update(skip_locked=True),
    )
    return rows.all()


def close_hook(hook: Hook, state: str = HookState.DONE, detail: str | None = None) -> None:
    """It is over. What was read is not kept as it came: it holds addresses and words."""
    hook.state, hook.detail, hook.act_at = state, detail, None
    if state == HookState.DONE and detail is None:
        hook.body = None


async def give_up_hook(session: AsyncSession, hook_id: str, reason: str, now: datetime) -> None:
    """Sets one aside that spoils its batch; its bytes stay for a person."""
    del now
    hook = await session.get(Hook, hook_id, with_for_update=True)
    if hook is not None:
        hook.failures += 1
        close_hook(hook, HookState.FAILED, reason)


async def set_aside(session: AsyncSession) -> int:
    """How many webhooks could not be read and are kept for a person."""
    odd = col(Hook.state).in_((HookState.UNREADABLE, HookState.FAILED))
    return await session.scalar(select(func.count()).select_from(Hook).where(odd)) or 0


async def tidy_hooks(session: AsyncSession, machine_now: datetime) -> int:
    """Deletes one batch of webhooks and receipts that have served their time; returns how many."""
    old_hooks = (
        select(col(Hook.id))
        .where(col(Hook.received_at) < machine_now - _DEDUPED_FOR, col(Hook.act_at).is_(None))
        .limit(BATCH)
    )
    old_receipts = (
        select(col(ReceiptRow.id)).where(col(ReceiptRow.received_at) < machine_now - _RECEIPTS_KEPT)
    ).limit(BATCH)
    hooks = await session.execute(
        delete(Hook).where(col(Hook.id).in_(old_hooks)).returning(col(Hook.id)),
    )
    old_nonces = (
        select(col(HookNonce.nonce)).where(col(HookNonce.first_at) < machine_now - _DEDUPED_FOR).limit(BATCH)
    )
    nonces = await session.execute(
        delete(HookNonce).where(col(HookNonce.nonce).in_(old_nonces)).returning(col(HookNonce.nonce)),
    )
    receipts = await session.execute(
        delete(ReceiptRow).where(col(ReceiptRow.id).in_(old_receipts)).returning(col(ReceiptRow.id)),
    )
    return len(hooks.all()) + len(nonces.all()) + len(receipts.all())
