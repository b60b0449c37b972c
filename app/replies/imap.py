"""A mailbox read over IMAP: bounces become receipts, all else answers, each mail once.

Each mail is taken in the unit of work that moves the cursor. One process at a time reads: the turn is a lease
in the cursor's row, and whoever has lost it stops before the next mail.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

import structlog
from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.db import Sessions, unit_of_work
from app.delivery.claim import Instants
from app.delivery.models import Delivery
from app.delivery.receive import store, take_all
from app.delivery.ways import MAIL
from app.errors import Unavailable
from app.isolation import passing
from app.mail.dsn import receipts_in
from app.mail.heard import digest
from app.mail.hooks import InboundMail, Receipt
from app.mail.inbound import from_mime
from app.replies.automatic import Sort, sort_of
from app.replies.imap_line import LARGEST, Line, Mailbox
from app.replies.imap_models import ImapCursor
from app.replies.take import Inbox
from app.settings import Settings

SOURCE = "imap"
MAILS, EVERY = 50, timedelta(minutes=1)
_ROUND = 60.0
_LEASE = timedelta(seconds=_ROUND + 15)
_FIRST = timedelta(days=14)
"""How far back a mailbox is read that is new to us, or whose numbers have begun anew."""
_SHORT = 250_000
"""Bytes that are asked for after trouble: a slow line must not stay at one large mail for ever."""
_GIVE_UP = 10
_log = structlog.get_logger(__name__)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Turn:
    id: str
    number: int
    uid_validity: int | None
    last_uid: int
    failures: int


@dataclass(frozen=True, slots=True)
class ImapPoll:
    """Everything that reading the mailbox needs.

    ``signed`` are the routes whose receipts come by signed webhooks: of these no mail may tell anything,
    since anybody can write a mail that looks like a bounce.
    """

    sessions: Sessions
    inbox: Inbox
    mailbox: Mailbox
    signed: frozenset[str] = frozenset()
    seconds: float = _ROUND

    async def read_due(self, at: Instants) -> int:
        """Takes up to 50 new mails, if the next look is due; returns how many were found.

        What keeps the mailbox from being read is kept in the cursor's row and logged, and the next look waits
        longer each time, up to 15 minutes.
        """
        turn = await self._claim(at.machine)
        if turn is None:
            return 0
        line, done = Line(self.mailbox), 0
        try:
            async with asyncio.timeout(self.seconds):
                turn, uids = await self._look(line, turn, at)
                for uid in uids[:MAILS]:
                    if not await self._next(line, turn, uid, done, at):
                        return done
                    done += 1
        except (Unavailable, TimeoutError) as wrong:
            why = wrong.detail if isinstance(wrong, Unavailable) else "The mailbox does not answer (round)."
            await self._settle(turn, at.machine, failure=why)
        else:
            await asyncio.to_thread(partial(line.close, politely=True))
            await self._settle(turn, at.machine, more=len(uids) > MAILS)
        finally:
            line.cut()
            await asyncio.to_thread(line.close)
        return done

    async def _claim(self, now: datetime) -> _Turn | None:
        box = self.mailbox
        known = digest("imap", box.host, box.port, box.username, box.name)
        first = {"id": known, "last_uid": 0, "next_at": now, "turn": 0, "failures": 0, "skipped": 0}
        async with unit_of_work(self.sessions) as session:
            await session.execute(insert(ImapCursor).values(first).on_conflict_do_nothing())
            cursor = await session.scalar(
                select(ImapCursor)
                .where(col(ImapCursor.id) == known, col(ImapCursor.next_at) <= now)
                .with_for_update(skip_locked=True),
            )
            if cursor is None:
                return None
            cursor.turn, cursor.next_at = cursor.turn + 1, now + _LEASE
            return _Turn(known, cursor.turn, cursor.uid_validity, cursor.last_uid, cursor.failures)

    async def _look(self, line: Line, turn: _Turn, at: Instants) -> tuple[_Turn, list[int]]:
        validity = await _threaded(line.open)
        if validity != turn.uid_validity:
            turn = replace(turn, uid_validity=validity, last_uid=0)
        since = None if turn.last_uid else (at.machine - _FIRST).date()
        return turn, await _threaded(partial(line.newer, turn.last_uid, since))

    async def _next(self, line: Line, turn: _Turn, uid: int, done: int, at: Instants) -> bool:
        """Whether the turn is still ours and the mail is done with."""
        most = _SHORT if turn.failures and not done else LARGEST
        try:
            raw = await _threaded(partial(line.fetch, uid, most))
        except Unavailable:
            if turn.failures >= _GIVE_UP and not done:
                await self._skip(turn, uid, "fetch")
            raise
        try:
            async with unit_of_work(self.sessions) as session:
                cursor = await _mine(session, turn)
                if cursor is None:
                    return False
                if raw is not None:
                    await self._take(session, raw, at)
                _move(cursor, turn, uid)
        except Exception as wrong:
            if passing(wrong):
                raise
            # One mail that cannot be taken must not hold back all others; it stays in the mailbox.
            return await self._skip(turn, uid, type(wrong).__name__)
        return True

    async def _skip(self, turn: _Turn, uid: int, why: str) -> bool:
        _log.error("imap.mail_skipped", row=uid, error=why)
        async with unit_of_work(self.sessions) as session:
            cursor = await _mine(session, turn)
            if cursor is not None:
                _move(cursor, turn, uid)
                cursor.skipped += 1
            return cursor is not None

    async def _take(self, session: AsyncSession, raw: bytes, at: Instants) -> None:
        receipts = receipts_in(raw)
        for receipt in receipts:
            route = await self._route(session, receipt)
            rows = await store(session, self.inbox.vault, route, (receipt,), at.machine)
            await take_all(session, self.inbox.vault, rows, at)
        mail = _keyed(from_mime(raw))
        # A person's answer may enclose a bounce; only what is one through and through ends here.
        if not receipts or sort_of(mail, self.inbox.own).sort is not Sort.BOUNCE:
            await self.inbox.take(session, SOURCE, mail, at)

    async def _route(self, session: AsyncSession, receipt: Receipt) -> str:
        """The route of the mail that came back; ours alone, where it may not tell or names none."""
        ids = [col(Delivery.id) == receipt.send_id] if receipt.send_id else []
        if receipt.wire_id:
            ids.append(col(Delivery.wire_id).in_((receipt.wire_id, f"<{receipt.wire_id}>")))
        if not ids:
            return SOURCE
        of_mail = (col(Delivery.channel) == MAIL, or_(*ids))
        found = await session.scalar(select(col(Delivery.route)).where(*of_mail).limit(1))
        return found if found and found not in self.signed else SOURCE

    async def _settle(
        self, turn: _Turn, now: datetime, *, more: bool = False, failure: str | None = None
    ) -> None:
        async with unit_of_work(self.sessions) as session:
            cursor = await _mine(session, turn)
            if cursor is None:
                return
            cursor.failures = cursor.failures + 1 if failure else 0
            cursor.failure = failure
            cursor.next_at = now if more else now + EVERY * min(max(cursor.failures, 1), 15)
            if failure is None and cursor.uid_validity != turn.uid_validity:
                cursor.uid_validity, cursor.last_uid = turn.uid_validity, turn.last_uid
        if failure:
            _log.warning("imap.failed", detail=failure)


def mailbox_of(settings: Settings) -> Mailbox | None:
    """The mailbox that the settings name, if any."""
    if not settings.imap_host:
        return None
    return Mailbox(
        settings.imap_host,
        settings.imap_port,
        settings.imap_username or "",
        settings.imap_password.get_secret_value() if settings.imap_password else "",
        settings.imap_mailbox,
        tls=settings.imap_tls == "tls",
    )


async def _threaded(ask: Callable[[], _T]) -> _T:
    return await asyncio.to_thread(ask)


async def _mine(session: AsyncSession, turn: _Turn) -> ImapCursor | None:
    cursor = await session.get(ImapCursor, turn.id, with_for_update=True)
    return cursor if cursor is not None and cursor.turn == turn.number else None


def _move(cursor: ImapCursor, turn: _Turn, uid: int) -> None:
    cursor.uid_validity, cursor.last_uid, cursor.failures = turn.uid_validity, uid, 0


def _keyed(mail: InboundMail) -> InboundMail:
    """The same mail has the same key under another UID; a Message-ID used twice does not hide the second."""
    if mail.message_id is None:
        return mail
    return replace(mail, key=digest(mail.message_id, mail.sender, mail.subject, mail.text, mail.html))
