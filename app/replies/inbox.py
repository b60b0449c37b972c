"""Inbound webhooks become answers: read, completed by a second fetch where the provider holds words back."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import structlog

from app.db import Sessions, unit_of_work
from app.delivery.claim import Instants
from app.delivery.hook_bytes import open_hook
from app.delivery.hook_fetch import fetch_words
from app.delivery.hook_models import Hook, HookKind, HookState
from app.delivery.hook_queue import claim_hooks, close_hook
from app.delivery.hook_sources import HookSource
from app.errors import HeardbackError, MalformedBody, Unavailable
from app.isolation import passing
from app.mail.hooks import InboundMail
from app.mail.provider import MailRequest
from app.privacy.vault import CannotOpen
from app.replies.take import Inbox

Ask = Callable[[MailRequest, str], Awaitable[tuple[int, bytes]]]
"""Sends a request with that API key; gives status and body, raises `Unavailable`."""

BATCH = 10
_PAUSES = (0.5, 1, 5, 30, 120, 480, 1440)
"""Minutes before the next try; then a person must look."""
_SECONDS = 10.0
_LEASE = timedelta(seconds=BATCH * _SECONDS + 20)
_log = structlog.get_logger(__name__)


class _NotReadable(Exception):  # not an error of the service: a reason, kept with the webhook
    """It will not be readable later either."""


@dataclass(frozen=True, slots=True)
class Replies:
    """Everything that hearing answers needs."""

    sessions: Sessions
    inbox: Inbox
    sources: Mapping[str, HookSource]
    ask: Ask = fetch_words

    async def read_due(self, at: Instants) -> int:
        """Hears one batch of inbound webhooks; returns how many were tried.

        Each is leased by its next try and then taken in a unit of work of its own, so that one that cannot be
        read or fetched holds up no other.
        """
        async with unit_of_work(self.sessions) as session:
            hooks = await claim_hooks(session, HookKind.INBOUND, at.machine, BATCH)
            for hook in hooks:
                hook.act_at = at.machine + _LEASE
        for hook in hooks:
            await self._hear(hook, at)
        return len(hooks)

    async def _hear(self, hook: Hook, at: Instants) -> None:
        try:
            mails = [await self._whole(hook.route, mail) for mail in self._read(hook)]
            async with unit_of_work(self.sessions) as session:
                for mail in mails:
                    await self.inbox.take(session, hook.route, mail, at)
                known = await session.get_one(Hook, hook.id, with_for_update=True)
                close_hook(known)
        except _NotReadable as wrong:
            await self._later(hook.id, HookState.UNREADABLE, str(wrong), at)
        except HeardbackError as wrong:
            await self._later(hook.id, HookState.PENDING, wrong.code, at)
        except Exception as wrong:
            if passing(wrong):
                raise
            # One mail that cannot be taken is set aside with its reason; it must not hold back all others.
            await self._later(hook.id, HookState.FAILED, type(wrong).__name__, at)

    def _read(self, hook: Hook) -> tuple[InboundMail, ...]:
        source = self.sources.get(hook.route)
        if source is None:
            raise _NotReadable("its route is not set up any more")
        try:
            headers, body = open_hook(self.inbox.vault, hook)
            return source.hooks.replies(headers, body)
        except MalformedBody as wrong:
            raise _NotReadable(wrong.detail) from wrong
        except CannotOpen:
            raise _NotReadable("its bytes cannot be opened") from None

    async def _whole(self, route: str, mail: InboundMail) -> InboundMail:
        if mail.fetch is None:
            return mail
        source = self.sources[route]
        try:
            async with asyncio.timeout(_SECONDS):
                status, body = await self.ask(source.addressed(mail.fetch), source.api_key)
        except TimeoutError:
            raise Unavailable("The provider did not answer in time.") from None
        return source.hooks.fetched(mail, status, body)

    async def _later(self, hook_id: str, state: str, why: str, at: Instants) -> None:
        """Tried again while there is hope; else it is kept as it came, for a person to look at."""
        async with unit_of_work(self.sessions) as session:
            hook = await session.get_one(Hook, hook_id, with_for_update=True)
            hook.failures += 1
            _log.warning("inbound.not_heard", route=hook.route, error=why, attempt=hook.failures)
            if state == HookState.PENDING and hook.failures <= len(_PAUSES):
                hook.act_at = at.machine + timedelta(minutes=_PAUSES[hook.failures - 1])
                hook.detail = why
            else:
                close_hook(hook, HookState.FAILED if state == HookState.PENDING else state, why)
