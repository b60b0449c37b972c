"""What people do with answers: say which application one is about, and take or leave what it seems to say."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.ats.canonical import Fact, FactKind, Reading
from app.delivery.claim import Instants
from app.errors import NotFound, WrongState
from app.privacy.vault import CannotOpen, Vault, open_as_person, open_words, seal_as_person
from app.replies.correlate import How
from app.replies.effects import Effects
from app.replies.find import about
from app.replies.models import Reply, ReplyState, ReplySuggestion, SuggestionState
from app.replies.phrases import Meaning
from app.replies.read import read
from app.replies.take import place
from app.sla.triggers import COMPETING
from app.timeline.models import Application, Person
from app.timeline.people import key_of
from app.timeline.record import Heard, record

_ACTS = {Meaning.OTHER_OFFER: COMPETING, Meaning.WITHDRAWS: "withdrew"}
"""What accepting a suggestion writes into the history; the others only need to be read."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The words of a reply; empty after erasure."""

    sender: str = ""
    subject: str = ""
    words: str = ""


async def get(session: AsyncSession, reply_id: str, *, lock: bool = False) -> Reply:
    """The reply of that id, locked for a change if asked; raises NotFound."""
    reply = await session.get(Reply, reply_id, with_for_update=lock, populate_existing=lock)
    if reply is None:
        raise NotFound
    return reply


async def forget_old(session: AsyncSession, before: datetime) -> int:
    """The words of what nobody could match go after their days; returns how many went. Business time."""
    gone = await session.scalars(
        update(Reply)
        .where(col(Reply.person_id).is_(None), col(Reply.box).is_not(None), col(Reply.received_at) < before)
        .values(box=None)
        .returning(col(Reply.id)),
    )
    return len(gone.all())


async def suggestions(session: AsyncSession, reply: Reply) -> list[ReplySuggestion]:
    """What it seems to say, in a fixed order."""
    rows = await session.scalars(
        select(ReplySuggestion)
        .where(col(ReplySuggestion.reply_id) == reply.id)
        .order_by(col(ReplySuggestion.meaning)),
    )
    return list(rows)


async def opened(session: AsyncSession, vault: Vault, reply: Reply) -> Opened:
    """Sender, subject and new words; empty where they were erased or nobody wrote any."""
    if reply.box is None:
        return Opened()
    try:
        if reply.person_id is None:
            plain = vault.unseal(reply.box, reply.id)
        else:
            key = key_of(vault, await session.get_one(Person, reply.person_id))
            if key is None:
                return Opened()
            plain = open_as_person(key, reply.box, reply.id)
    except CannotOpen:
        return Opened()
    return Opened(**json.loads(plain))


async def sentence(session: AsyncSession, vault: Vault, reply: Reply, suggestion: ReplySuggestion) -> str:
    """The sentence that a suggestion comes from; empty after erasure."""
    if reply.person_id is None:
        return ""
    key = key_of(vault, await session.get_one(Person, reply.person_id))
    return open_words(key, suggestion.sentence, f"{reply.id}/{suggestion.meaning}") or ""


async def confirm(
    session: AsyncSession, vault: Vault, reply_id: str, application_id: str, *, by: str, at: Instants
) -> Reply:
    """A person says which application the answer is about; what follows from it follows now.

    Raises NotFound for an unknown reply or application, WrongState for one that is settled.
    """
    reply = await get(session, reply_id, lock=True)
    if reply.state not in ReplyState.OPEN:
        raise WrongState(f"This reply is {reply.state}; only a hinted or unmatched one can be confirmed.")
    found = await about(session, application_id, How.PERSON)
    if found is None:
        raise NotFound("There is no application with that id.")
    words = await opened(session, vault, reply)
    findings = read(words.words, reply.sent_on or at.business.date())
    hinted = reply.application_id == application_id
    moved = reply.person_id != (found.person.id if found.person else None)
    place(reply, found)
    reply.decided_by = by
    if moved:
        key = key_of(vault, found.person) if found.person else None
        reply.box = seal_as_person(key, json.dumps(vars_of(words)).encode(), reply.id) if key else None
    effects = Effects(session, vault, reply, found, at)
    if not hinted:
        await _forget_suggestions(session, reply)
        effects.suggest(findings)
        if any(each.meaning is Meaning.STOP for each in findings):
            await effects.suppress()
    await effects.certain(findings)
    await session.flush()
    return reply


def vars_of(words: Opened) -> dict[str, str]:
    """As it is sealed."""
    return {"sender": words.sender, "subject": words.subject, "words": words.words}


async def _forget_suggestions(session: AsyncSession, reply: Reply) -> None:
    for row in await suggestions(session, reply):
        await session.delete(row)
    await session.flush()


async def dismiss(session: AsyncSession, reply_id: str, *, by: str) -> Reply:
    """It is about none of our applications; its words go. Raises NotFound and WrongState."""
    reply = await get(session, reply_id, lock=True)
    if reply.state not in ReplyState.OPEN:
        raise WrongState(f"This reply is {reply.state}; only a hinted or unmatched one can be dismissed.")
    reply.state, reply.decided_by, reply.box = ReplyState.DISMISSED, by, None
    await _forget_suggestions(session, reply)
    return reply


async def decide(
    session: AsyncSession,
    vault: Vault,
    reply_id: str,
    meaning: str,
    *,
    accepted: bool,
    by: str,
    now: datetime,
) -> ReplySuggestion:
    """A person takes or leaves a suggestion; taking one that matters writes an act into the history.

    Raises NotFound, and WrongState where it was decided or the reply is not matched.
    """
    reply = await get(session, reply_id, lock=True)
    suggestion = await session.get(ReplySuggestion, (reply_id, meaning), with_for_update=True)
    if suggestion is None:
        raise NotFound
    if suggestion.state != SuggestionState.OPEN:
        raise WrongState(f"This suggestion is {suggestion.state} already.")
    if accepted and reply.state != ReplyState.MATCHED:
        raise WrongState("Confirm first which application this reply is about.")
    suggestion.state = SuggestionState.ACCEPTED if accepted else SuggestionState.DISMISSED
    suggestion.decided_by, suggestion.decided_at = by, now
    act = _ACTS.get(Meaning(meaning))
    if accepted and act is not None and reply.application_id:
        application = await session.get_one(
            Application, reply.application_id, with_for_update=True, populate_existing=True
        )
        fact = _fact(reply, application, act, suggestion.day, by, now)
        heard = Heard(Reading(facts=(fact,)), now, "person")
        await record(session, vault, application.connection_id, [heard], now)
    await session.flush()
    return suggestion


def _fact(reply: Reply, application: Application, act: str, day: date | None, by: str, now: datetime) -> Fact:
    """No words of the candidate: the reply has them, sealed. A deadline means: decide the day before."""
    before = datetime.combine(day, time(12), UTC) - timedelta(days=1) if day else None
    until = before.isoformat() if before and before > now else None
    data = {"act": act, "clock": "", "by": by, "reason": None, "until": until, "reply": reply.id}
    return Fact(FactKind.ACT, f"act:{reply.id}:{act}", now, application=application.external_id, data=data)
