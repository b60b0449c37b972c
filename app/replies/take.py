"""A mail that came back is stored once, sealed, and what follows from it happens in the same transaction."""

import asyncio
import json
from dataclasses import dataclass

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.delivery.claim import Instants
from app.ids import new_id
from app.mail.hooks import InboundMail
from app.mail.token import is_ours
from app.privacy.vault import Vault, seal_as_person
from app.replies.automatic import Sort, Sorted, sort_of
from app.replies.correlate import CERTAIN, sender_of
from app.replies.effects import Effects
from app.replies.find import Found, find, find_to_stop
from app.replies.models import UNSUBSCRIBE, Reply, ReplyState
from app.replies.read import read
from app.replies.strip import new_words
from app.timeline.people import key_of

_COMES_BACK = (Sort.BOUNCE, Sort.LOOP)
_NOBODY_WROTE = (*_COMES_BACK, Sort.LIST)


@dataclass(frozen=True, slots=True)
class Inbox:
    """Where answers arrive, and what they need.

    ``mailbox`` is the address that answers are sent to, if one is set up; ``own`` are the addresses that we
    write from.
    """

    vault: Vault
    mailbox: str | None
    own: tuple[str, ...]

    async def take(self, session: AsyncSession, source: str, mail: InboundMail, at: Instants) -> Reply | None:
        """Stores the mail and does what follows from it; None where it was here before.

        Args:
            session: The unit of work.
            source: The route or mailbox that it came through; with the mail's key it is the same mail.
            mail: In full: whatever had to be fetched has been.
            at: When it is heard.
        """
        row = Reply(
            id=new_id("rpl"),
            source=source,
            key=mail.key[:300],
            state=ReplyState.UNMATCHED,
            sort=str(Sort.REPLY),
            received_at=at.business,
            sent_on=mail.sent_at.date() if mail.sent_at else None,
            attachments=len(mail.attachments),
            verdicts={name[:40]: str(value)[:60] for name, value in mail.verdicts.items()},
        )
        first = {"id": row.id, "source": row.source, "key": row.key, "state": row.state, "sort": row.sort}
        values = {**first, "sign": "", "received_at": at.business, "attachments": 0, "note_attempt": 0}
        new = await session.scalar(
            insert(Reply).values(values).on_conflict_do_nothing().returning(col(Reply.id)),
        )
        if new is None:
            return None
        row = await session.merge(row)
        who = self._sorted(mail)
        stopped = None
        if who.sort not in _COMES_BACK:
            stopped = await find_to_stop(session, self.vault, self.mailbox, mail)
        row.sort, row.sign, row.returns_on = str(who.sort), who.sign, who.returns_on
        if stopped is not None:
            await self._stop(session, row, mail, stopped, at)
        elif who.sort in _NOBODY_WROTE:
            row.state = ReplyState.APART
        else:
            await self._hear(session, row, mail, who, at)
        await session.flush()
        return row

    def _sorted(self, mail: InboundMail) -> Sorted:
        sender = sender_of(mail)
        if self.mailbox and sender and is_ours(sender, self.mailbox):
            return Sorted(Sort.LOOP, "from")
        return sort_of(mail, self.own)

    async def _stop(
        self, session: AsyncSession, row: Reply, mail: InboundMail, found: Found, at: Instants
    ) -> None:
        """A mail to the address in List-Unsubscribe: mail clients write it by themselves, often empty."""
        place(row, found)
        row.sort, row.state = UNSUBSCRIBE, ReplyState.APART
        key = key_of(self.vault, found.person) if found.person else None
        if key is not None and (words := new_words(mail)):
            row.box = seal_as_person(key, _boxed(mail, words), row.id)
        await Effects(session, self.vault, row, found, at).stop_by_mail()

    async def _hear(
        self, session: AsyncSession, row: Reply, mail: InboundMail, who: Sorted, at: Instants
    ) -> None:
        found = await find(session, self.vault, self.mailbox, mail)
        words = new_words(mail)
        place(row, found)
        key = key_of(self.vault, found.person) if found and found.person else None
        if found is None:
            row.state = ReplyState.UNMATCHED if who.sort is Sort.REPLY else ReplyState.APART
            if row.state == ReplyState.UNMATCHED:
                row.box = self.vault.seal(_boxed(mail, words), row.id)
            return
        if key is not None:  # of somebody who was erased no word is kept
            row.box = seal_as_person(key, _boxed(mail, words), row.id)
        if who.sort is not Sort.REPLY:
            row.state = ReplyState.APART
        effects = Effects(session, self.vault, row, found, at)
        # The first answer compiles the phrases, which takes a while; nobody else waits for that.
        findings = await asyncio.to_thread(read, words, (mail.sent_at or at.business).date())
        await effects.follow(who, findings, words)


def place(row: Reply, found: Found | None) -> None:
    """Writes into the row what it is about."""
    if found is None:
        return
    row.how = str(found.how)
    row.state = ReplyState.MATCHED if found.how in CERTAIN else ReplyState.HINTED
    row.connection_id, row.application_id = found.application.connection_id, found.application.id
    row.delivery_id = found.delivery.id if found.delivery else None
    row.person_id = found.person.id if found.person else None


def _boxed(mail: InboundMail, words: str) -> bytes:
    return json.dumps(
        {"sender": mail.sender[:1_000], "subject": mail.subject[:1_000], "words": words}
    ).encode()
