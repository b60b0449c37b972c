"""A follow-up as a person reads it before deciding: its words, their sources, what is wrong or missing."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import MissingFact, NotFound, Unprocessable
from app.followups.catalogue import KINDS
from app.followups.models import FollowUp
from app.messages.checks import check
from app.messages.facts import LABELS
from app.messages.gather import gather, locale_for
from app.messages.highlights import Suggestion
from app.messages.material import Loaded, load
from app.messages.models import Message
from app.messages.overrides import write_words
from app.messages.picking import suggest
from app.messages.render import Sentence
from app.messages.rephrase_store import Behind, behind
from app.messages.write import reader_of, sentences_of, words_of
from app.privacy.vault import Vault
from app.sla.cases import RuleBook
from app.timeline.models import Person


@dataclass(frozen=True, slots=True)
class Preview:
    """The words as stored; where none are yet, as they would be now. Empty where facts are missing."""

    follow_up: FollowUp
    message: Message | None = None
    words: dict[str, str] = field(default_factory=dict)
    sentences: Sequence[Sentence] = ()
    findings: Sequence[dict[str, Any]] = ()
    missing: tuple[str, ...] = ()
    obstacle: str | None = None
    """Why there are no words, where it is no missing fact."""
    promises: Sequence[datetime] = ()
    suggestions: Sequence[Suggestion] = ()
    """What scorecards say and nobody has marked as fit for the candidate."""
    rephrasing: Behind | None = None
    """What became of asking a language model, with the template's words behind rephrased ones."""


async def preview(
    session: AsyncSession,
    vault: Vault,
    book: RuleBook,
    follow_up_id: str,
    now: datetime,
    *,
    company: str,
    locale: str,
) -> Preview:
    """The follow-up with its words; nothing is stored. Raises NotFound."""
    row = await session.get(FollowUp, follow_up_id)
    if row is None:
        raise NotFound
    [loaded] = await load(session, vault, book, [row], company=company)
    return replace(
        await _found(session, vault, loaded, now, locale), suggestions=suggest(loaded, locale, now)
    )


async def _found(session: AsyncSession, vault: Vault, loaded: Loaded, now: datetime, locale: str) -> Preview:
    row = loaded.follow_up
    message = await session.get(Message, row.message_id) if row.message_id else None
    if message is not None and loaded.candidate is not None:
        person = await reader_of(session, message, loaded.candidate)
        asked = await behind(session, vault, message, person)
        return replace(_stored(vault, row, message, person), rephrasing=asked)
    return _rendered(loaded, now, locale)


def _stored(vault: Vault, row: FollowUp, message: Message, person: Person) -> Preview:
    words = words_of(vault, message, person)
    return Preview(
        row,
        message,
        words if words["subject"] else {},
        sentences_of(vault, message, person),
        message.findings,
        obstacle=None if words["subject"] else "the candidate's data was erased",
        promises=[datetime.fromisoformat(each) for each in message.promises],
    )


def _rendered(loaded: Loaded, now: datetime, locale: str) -> Preview:
    row = loaded.follow_up
    tongue = locale_for(loaded.material, locale, loaded.templates.available)
    gathered = gather(loaded.material, tongue, now)
    try:
        rendered, passed_over, _ = write_words(loaded.templates, row.kind, gathered.facts, tongue)
    except MissingFact as lacking:
        return Preview(row, missing=lacking.missing, obstacle=None if lacking.missing else lacking.detail)
    except Unprocessable as wrong:
        return Preview(row, obstacle=wrong.detail)
    findings = [*check(rendered, KINDS[row.kind], gathered.facts, now), *passed_over]
    return Preview(
        row,
        words={name: getattr(rendered, name) for name in ("subject", "preheader", "text", "html")},
        sentences=rendered.sentences,
        findings=[
            {"rule": f.rule, "severity": f.severity, "reason": f.reason, "suggestion": f.suggestion}
            for f in findings
        ],
        promises=[gathered.promised_at] if gathered.promised_at else [],
    )


def label_of(fact: str) -> str:
    """What that fact is, for the person who is asked to supply it."""
    return LABELS.get(fact, fact)
