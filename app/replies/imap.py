"""Mailboxes read over IMAP: bounces become receipts, all else answers, each mail once.

Each mail is taken in the unit of work that moves the cursor. One process at a time reads: the turn is a lease
in the cursor's row, and whoever has lost it stops before the next mail.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

import structlog
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.db import Sessions, unit_of_work
from app.delivery.claim import Instants
from app.delivery.models import Delivery
from app.delivery.receive import store, take_all
from app.delivery.ways import MAIL
from app.errors import MailboxRefused, Unavailable
from app.isolation import passing
from app.mail.dsn import receipts_in
from app.mail.heard import digest
from app.mail.hooks import InboundMail, Receipt
from app.mail.inbound import from_mime
from app.replies.automatic import Sort, sort_of
from app.replies.imap_cursor import Trouble, Turn, claim, due, mine, move, settle
from app.replies.imap_line import LARGEST, Line
from app.replies.imap_login import AT_ONCE, log_in, threaded
from app.replies.imap_tokens import MailboxTokens
from app.replies.mailbox import Mailbox
from app.replies.take import Inbox

SOURCE = "imap"
_NO_ROUTE = "(mailbox)"
"""Of receipts that may tell nothing; no route can be called so."""
MAILS = 50
_ROUND = 60.0
_LEASE = timedelta(seconds=_ROUND + 15)
_FIRST = timedelta(days=14)
"""How far back a mailbox is read that is new to us, or whose numbers have begun anew."""
_SHORT = 250_000
"""Bytes that are asked for after trouble: a slow line must not stay at one large mail for ever."""
_GIVE_UP = 10
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ImapPoll:
    """Everything that reading mailboxes needs.

    ``signed`` are the routes whose receipts come by signed webhooks: of these no mail may tell anything,
    since anybody can write a mail that looks like a bounce.
    """

    sessions: Sessions
    inbox: Inbox
    mailboxes: Sequence[Mailbox]
    tokens: MailboxTokens
    signed: frozenset[str] = frozenset()
    seconds: float = _ROUND

    async def read_due(self, at: Instants) -> int:
        """Takes up to 50 new mails of each mailbox whose next look is due; returns how many were found.

        Up to four are read side by side, so that one whose server hangs holds up no other for long. What
        keeps a mailbox from being read is kept in its cursor's row and logged, and its next look waits longer
        each time, up to 15 minutes.
        """
        if not self.mailboxes:
            return 0
        async with unit_of_work(self.sessions) as session:
            boxes = await due(session, self.mailboxes, at.machine)
        free = asyncio.Semaphore(AT_ONCE)
        found = await asyncio.gather(*(self._when(free, box, at) for box in boxes), return_exceptions=True)
        for one in found:
            if isinstance(one, BaseException):
                raise one
        return sum(one for one in found if isinstance(one, int))

    async def _when(self, free: asyncio.Semaphore, box: Mailbox, at: Instants) -> int:
        async with free:
            turn = await claim(self.sessions, box, at.machine, _LEASE)
            return await self._read(box, turn, at) if turn else 0

    async def _read(self, box: Mailbox, turn: Turn, at: Instants) -> int:
        line, done = Line(box), 0
        try:
            async with asyncio.timeout(self.seconds):
                turn, uids = await self._look(line, box, turn, at)
                for uid in uids[:MAILS]:
                    if not await self._next(line, turn, uid, done, at):
                        return done
                    done += 1
        except (Unavailable, TimeoutError) as wrong:
            trouble = _trouble(wrong)
            _log.warning("imap.failed", mailbox=box.name, detail=trouble.why)
            await settle(self.sessions, turn, at.machine, trouble=trouble)
        else:
            await threaded(partial(line.close, politely=True))
            await settle(self.sessions, turn, at.machine, more=len(uids) > MAILS)
        finally:
            line.cut()
            await threaded(line.close)
        return done

    async def _look(self, line: Line, box: Mailbox, turn: Turn, at: Instants) -> tuple[Turn, list[int]]:
        await log_in(line, box, self.tokens)
        opened = await threaded(line.examine)
        if opened.validity != turn.uid_validity:
            turn = replace(turn, uid_validity=opened.validity, last_uid=0)
        since = None if turn.last_uid else (at.machine - _FIRST).date()
        return turn, await threaded(partial(line.newer, turn.last_uid, since))

    async def _next(self, line: Line, turn: Turn, uid: int, done: int, at: Instants) -> bool:
        """Whether the turn is still ours and the mail is done with."""
        most = _SHORT if turn.failures and not done else LARGEST
        try:
            raw = await threaded(partial(line.fetch, uid, most))
        except Unavailable:
            if turn.failures >= _GIVE_UP and not done:
                await self._skip(turn, uid, "fetch")
            raise
        try:
            async with unit_of_work(self.sessions) as session:
                cursor = await mine(session, turn)
                if cursor is None:
                    return False
                if raw is not None:
                    await self._take(session, raw, at)
                move(cursor, turn, uid)
        except Exception as wrong:
            if passing(wrong):
                raise
            # One mail that cannot be taken must not hold back all others; it stays in the mailbox.
            return await self._skip(turn, uid, type(wrong).__name__)
        return True

    async def _skip(self, turn: Turn, uid: int, why: str) -> bool:
        _log.error("imap.mail_skipped", row=uid, error=why)
        async with unit_of_work(self.sessions) as session:
            cursor = await mine(session, turn)
            if cursor is not None:
                move(cursor, turn, uid)
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
        """The route of the mail that came back; none, where it may not tell or names no mail."""
        ids = [col(Delivery.id) == receipt.send_id] if receipt.send_id else []
        if receipt.wire_id:
            ids.append(col(Delivery.wire_id).in_((receipt.wire_id, f"<{receipt.wire_id}>")))
        if not ids:
            return _NO_ROUTE
        of_mail = (col(Delivery.channel) == MAIL, or_(*ids))
        found = await session.scalar(select(col(Delivery.route)).where(*of_mail).limit(1))
        return found if found and found not in self.signed else _NO_ROUTE


def _trouble(wrong: Unavailable | TimeoutError) -> Trouble:
    if isinstance(wrong, TimeoutError):
        return Trouble("The mailbox does not answer (round).")
    return Trouble(wrong.detail, lasting=isinstance(wrong, MailboxRefused))


def _keyed(mail: InboundMail) -> InboundMail:
    """The same mail has the same key under another UID; a Message-ID used twice does not hide the second."""
    if mail.message_id is None:
        return mail
    return replace(mail, key=digest(mail.message_id, mail.sender, mail.subject, mail.text, mail.html))
