"""The way back: stored webhooks become receipts, and receipts what is known of a message."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.db import Sessions, among, insert_many, unit_of_work
from app.delivery.claim import Instants
from app.delivery.health import check_domains
from app.delivery.hook_bytes import open_hook
from app.delivery.hook_fetch import Fetch
from app.delivery.hook_models import Hook, HookKind, HookState, ReceiptRow
from app.delivery.hook_queue import claim_hooks, close_hook, give_up_hook
from app.delivery.hook_sources import HookSource
from app.delivery.receipts import take, unmatched
from app.errors import HeardbackError, MalformedBody
from app.ids import new_id
from app.isolation import in_batches
from app.mail.hooks import Receipt
from app.privacy.vault import CannotOpen, Vault

HOOKS_AT_ONCE, RECEIPTS_AT_ONCE = 20, 100
_CONFIRM_AGAIN = timedelta(minutes=1)
_CONFIRM_TRIES = 10
_LONGEST = 300
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Receiver:
    """Everything that reading the way back needs."""

    sessions: Sessions
    vault: Vault
    sources: Mapping[str, HookSource]
    fetch: Fetch

    async def read_due(self, at: Instants) -> int:
        """Reads one batch of webhooks into receipts, with their effects; returns how many were read."""

        async def drain(session: AsyncSession, limit: int, taken: list[str]) -> None:
            hooks = await claim_hooks(session, HookKind.RECEIPTS, at.machine, limit)
            taken += [hook.id for hook in hooks]
            fresh = [row for hook in hooks for row in await self._read(session, hook)]
            await take_all(session, self.vault, fresh, at)

        return await in_batches(self.sessions, drain, give_up_hook, at.machine, HOOKS_AT_ONCE)

    async def _read(self, session: AsyncSession, hook: Hook) -> Sequence[ReceiptRow]:
        source = self.sources.get(hook.route)
        if source is None:
            close_hook(hook, HookState.FAILED, "its route is not set up any more")
            return ()
        try:
            headers, body = open_hook(self.vault, hook)
            receipts = source.hooks.receipts(headers, body, hook.received_at)
        except MalformedBody as wrong:
            close_hook(hook, HookState.UNREADABLE, wrong.detail)
            return ()
        except CannotOpen:
            close_hook(hook, HookState.FAILED, "its bytes cannot be opened")
            return ()
        close_hook(hook)
        return await store(session, self.vault, hook.route, receipts, hook.received_at)

    async def match_due(self, at: Instants) -> int:
        """Looks again for the messages of receipts that came too early; returns how many were looked at."""
        async with unit_of_work(self.sessions) as session:
            rows = await session.scalars(
                select(ReceiptRow)
                .where(col(ReceiptRow.match_at) <= at.machine)
                .order_by(col(ReceiptRow.match_at))
                .limit(RECEIPTS_AT_ONCE)
                .with_for_update(skip_locked=True),
            )
            found = rows.all()
            await take_all(session, self.vault, found, at)
        return len(found)

    async def confirm_due(self, at: Instants) -> int:
        """Starts subscriptions to topics that are ours; returns how many were asked for."""
        async with unit_of_work(self.sessions) as session:
            hooks = await claim_hooks(
                session, HookKind.RECEIPTS, at.machine, HOOKS_AT_ONCE, state=HookState.CONFIRMING
            )
            hooks = [
                *hooks,
                *await claim_hooks(
                    session, HookKind.INBOUND, at.machine, HOOKS_AT_ONCE, state=HookState.CONFIRMING
                ),
            ]
            for hook in hooks:  # nobody else asks meanwhile
                hook.act_at, hook.failures = at.machine + _CONFIRM_AGAIN, hook.failures + 1
        for hook in hooks:
            await self._confirm(hook)
        return len(hooks)

    async def _confirm(self, hook: Hook) -> None:
        source = self.sources.get(hook.route)
        try:
            headers, body = open_hook(self.vault, hook)
            url = source.hooks.confirm_url(headers, body, source.secrets) if source else None
            if url is not None:
                await self.fetch(url)
        except (HeardbackError, CannotOpen) as wrong:
            _log.warning("hook_not_confirmed", route=hook.route, error=type(wrong).__name__)
            if hook.failures < _CONFIRM_TRIES:
                return
            async with unit_of_work(self.sessions) as session:
                await give_up_hook(
                    session, hook.id, "the subscription could not be confirmed", hook.received_at
                )
            return
        async with unit_of_work(self.sessions) as session:
            close_hook(await session.get_one(Hook, hook.id, with_for_update=True))


async def take_all(session: AsyncSession, vault: Vault, rows: Sequence[ReceiptRow], at: Instants) -> None:
    """Each receipt with its effects, in one order for all workers; then the domains that they concern."""
    touched: set[str] = set()
    for row in sorted(rows, key=lambda row: (row.send_id or row.provider_id or "", row.key)):
        delivery = await take(session, vault, row, at)
        if delivery is None:
            unmatched(row, at.machine)
        elif delivery.sender_domain:
            touched.add(delivery.sender_domain)
    await check_domains(session, touched, at.business)


async def store(
    session: AsyncSession, vault: Vault, route: str, receipts: Sequence[Receipt], received_at: datetime
) -> Sequence[ReceiptRow]:
    """The receipts that were not known yet, as rows; a second delivery of one is none."""
    values = [
        {
            "id": new_id("rcp"),
            "route": route,
            "key": receipt.key[:_LONGEST],
            "kind": str(receipt.kind),
            "at": receipt.at,
            "received_at": received_at,
            "detail": receipt.detail[:_LONGEST],
            "suppress": receipt.suppress,
            "machine": receipt.machine,
            "address_hash": vault.address_hash(receipt.recipient) if receipt.recipient else None,
            "send_id": _short(receipt.send_id),
            "provider_id": _short(receipt.provider_id),
            "wire_id": _short(receipt.wire_id),
            "matches": 0,
        }
        for receipt in receipts
    ]
    if not values:
        return ()
    statement = insert_many(ReceiptRow, values).on_conflict_do_nothing().returning(col(ReceiptRow.id))
    fresh = (await session.scalars(statement)).all()
    rows = await session.scalars(select(ReceiptRow).where(among(col(ReceiptRow.id), fresh)))
    return rows.all()


def _short(given: str | None) -> str | None:
    return given[:_LONGEST] if given else None
