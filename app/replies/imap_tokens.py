"""Access tokens of mailboxes: kept until shortly before they end, renewed once for all processes.

A server may give a new refresh token with each access token and forget the former one, so what it gave is
kept, sealed, and survives a restart. It is dropped when the settings name another refresh token.
"""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app.ats.http import ApiRequest
from app.calls import vendor_http
from app.calls_wire import Wire
from app.db import Sessions, unit_of_work
from app.errors import MailboxRefused, Unavailable, VendorError
from app.mail.heard import digest
from app.mail.oauth import Denied, Grant, Granted, read_answer
from app.privacy.vault import CannotOpen, Vault
from app.replies.imap_models import MailboxToken
from app.replies.mailbox import Mailbox

_EARLY = timedelta(minutes=2)
"""A token is renewed this long before it ends: it must outlast the look that begins with it."""
_REST = timedelta(hours=1)
"""After a refusal the same grant is not shown again for so long."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is known of a grant; ``of`` says of which, and ``first`` which refresh token it began with."""

    of: str = ""
    first: str = ""
    access: str = ""
    ends: str = ""
    refresh: str = ""
    refused: str = ""
    refused_at: str = ""

    def for_grant(self, grant: Grant) -> "_Kept":
        """What of it is still true after the settings may have changed."""
        if self.of == _print(grant):
            return self
        refresh = self.refresh if self.first == grant.refresh_token else ""
        return _Kept(of=_print(grant), first=grant.refresh_token, refresh=refresh)

    def usable(self, now: datetime, refused: str | None) -> bool:
        """Whether the access token should work."""
        return bool(self.access) and self.access != refused and _instant(self.ends) > now + _EARLY

    def rests(self, now: datetime) -> bool:
        """Whether the grant was refused only lately."""
        return bool(self.refused) and now < _instant(self.refused_at) + _REST


@dataclass(frozen=True, slots=True)
class MailboxTokens:
    """The tokens of all mailboxes, in the database.

    ``now`` is the machine clock; ``seconds`` bounds one question to a token's address.
    """

    sessions: Sessions
    vault: Vault
    now: Callable[[], datetime]
    seconds: float = 10.0

    async def access(self, box: Mailbox, *, refused: str | None = None, anew: bool = False) -> str:
        """A token that should work.

        Args:
            box: A mailbox with a grant.
            refused: The token that the mailbox did not take, if any; another one is given.
            anew: Ask even if the same grant was refused less than an hour ago.

        Raises:
            MailboxRefused: The grant is refused; says what to do. It is not shown again for an hour.
            Unavailable: The token's address cannot be reached, or fails.
        """
        grant = box.grant
        if grant is None:
            raise MailboxRefused("This mailbox has no grant.")
        known = digest("mailbox token", grant.token_url, grant.client_id, box.username)
        kept = (await self._read(known)).for_grant(grant)
        if kept.usable(self.now(), refused):
            return kept.access
        async with self._alone(known):
            # Somebody else may have asked while we waited.
            kept = (await self._read(known)).for_grant(grant)
            if kept.usable(self.now(), refused):
                return kept.access
            if kept.rests(self.now()) and not anew:
                raise MailboxRefused(kept.refused)
            return await self._renew(known, grant, kept)

    async def _renew(self, known: str, grant: Grant, kept: _Kept) -> str:
        told = await self._ask(grant, kept.refresh or grant.refresh_token)
        if isinstance(told, Denied):
            now = self.now().isoformat()
            await self._write(known, replace(kept, access="", ends="", refused=told.what, refused_at=now))
            raise MailboxRefused(told.what)
        refresh = told.refresh or kept.refresh
        fresh = _Kept(kept.of, kept.first, told.access, told.expires_at.isoformat(), refresh)
        await self._write(known, fresh)
        return told.access

    async def _ask(self, grant: Grant, refresh_token: str) -> Granted | Denied:
        async with vendor_http() as http:
            wire = Wire(http, (grant.token_url,), self.seconds)
            try:
                answer = await wire.exchange(
                    ApiRequest("POST", grant.token_url, form=grant.form(refresh_token))
                )
            except VendorError:
                raise Unavailable("The token's address does not answer.") from None
        told = read_answer(answer.status, answer.body, grant, self.now())
        if told is None:
            raise Unavailable(f"The token's address gives none ({answer.status}).")
        return told

    async def _read(self, known: str) -> _Kept:
        async with self.sessions() as session:
            row = await session.get(MailboxToken, known)
        if row is None:
            return _Kept()
        try:
            held: dict[str, Any] = json.loads(self.vault.unseal(row.box, _about(known)))
        except CannotOpen:
            return _Kept()  # the settings still hold the first refresh token
        return _Kept(**held)

    async def _write(self, known: str, kept: _Kept) -> None:
        box = self.vault.seal(json.dumps(asdict(kept)).encode(), _about(known))
        values = {"box": box, "written_at": self.now()}
        statement = insert(MailboxToken).values(id=known, **values)
        async with unit_of_work(self.sessions) as session:
            await session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))

    @asynccontextmanager
    async def _alone(self, known: str) -> AsyncIterator[None]:
        """One question at a time for one account, across processes: a refresh token may be good for one."""
        async with unit_of_work(self.sessions) as session:
            await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(_about(known), 0))))
            yield


def _about(known: str) -> str:
    return f"mailbox token {known}"


def _print(grant: Grant) -> str:
    return digest(*(getattr(grant, name) for name in Grant.__slots__))


def _instant(written: str) -> datetime:
    return datetime.fromisoformat(written)
