"""A rehearsal over all that is stored: what other rules would have come to, or would change now."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.errors import Unprocessable
from app.rehearsal.differences import Difference, differences
from app.rehearsal.play import Kept, play
from app.rehearsal.spread import Progress, over_all
from app.rehearsal.tally import Tally
from app.sla.cases import RuleBook
from app.sla.models import Clock
from app.sla.policies import PolicyDocument
from app.timeline.models import Application, FactRow

_ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Backtest:
    """The present rules and others over the same history."""

    since: datetime
    until: datetime
    applications: int = 0
    facts: int = 0
    present: Tally = field(default_factory=Tally)
    proposed: Tally = field(default_factory=Tally)


async def backtest(
    session: AsyncSession,
    book: RuleBook,
    document: PolicyDocument,
    *,
    since: datetime,
    now: datetime,
    progress: Progress | None = None,
    most: int | None = None,
) -> Backtest:
    """Replays the history of every application with news since then, for the present rules and for others.

    Both are played as if they had always ruled, on the calendars as stored.

    Args:
        session: For reading.
        book: The stored rule book; its newest version is the present one.
        document: The other rules.
        since: Counts clocks that began and messages that left from this instant on (UTC).
        now: The business instant at which the replay ends.
        progress: Told from time to time how far it is.
        most: Refuse more applications than that.

    Raises:
        Unprocessable: There are more applications than `most`, or no rules yet.
    """
    if book.newest is None:
        raise Unprocessable("There are no rules yet to compare with.")
    books = tuple(always(book, rules) for rules in (book.newest, document))
    told = (
        select(col(FactRow.connection_id), col(FactRow.application))
        .where(col(FactRow.placed_at) >= since, col(FactRow.placed_at) <= now)
        .distinct()
        .subquery()
    )
    concerned = select(Application).join(
        told,
        (col(Application.connection_id) == told.c.connection_id)
        & (col(Application.external_id) == told.c.application),
    )
    result = Backtest(since, now)
    work = partial(_play_both, books=books, since=since, until=now)
    async for part in over_all(session, concerned, work, progress, most):
        result.applications += part.applications
        result.facts += part.facts
        result.present.merge(part.present)
        result.proposed.merge(part.proposed)
    return result


def always(book: RuleBook, document: PolicyDocument) -> RuleBook:
    """The rule book as if that document had ruled from the beginning."""
    version = book.versions[-1][0] if document is book.newest else book.versions[-1][0] + 1
    return RuleBook([(version, _ALWAYS, document)], book.calendars)


def _play_both(
    batch: Sequence[Kept], *, books: tuple[RuleBook, ...], since: datetime, until: datetime
) -> Backtest:
    part = Backtest(since, until, applications=len(batch), facts=sum(len(kept.facts) for kept in batch))
    for kept in batch:
        part.present.add(play(kept, books[0], until), since)
        part.proposed.add(play(kept, books[1], until), since)
    return part


async def diff(
    session: AsyncSession,
    before: RuleBook,
    after: RuleBook,
    *,
    now: datetime,
    progress: Progress | None = None,
    most: int | None = None,
) -> list[Difference]:
    """What would change about the clocks that are open now, or would be open.

    Args:
        session: For reading.
        before: The stored rule book.
        after: What it would become (see `differences.proposed`).
        now: The business instant.
        progress: Told from time to time how far it is.
        most: Refuse more applications than that.

    Raises:
        Unprocessable: There are more applications than `most`.
    """
    open_clock = select(col(Clock.id)).where(
        col(Clock.application_id) == col(Application.id), col(Clock.closed_at).is_(None)
    )
    concerned = select(Application).where((col(Application.status) == "active") | open_clock.exists())
    found: list[Difference] = []
    work = partial(_compare, before=before, after=after, now=now)
    async for part in over_all(session, concerned, work, progress, most):
        found += part
    return found


def _compare(batch: Sequence[Kept], *, before: RuleBook, after: RuleBook, now: datetime) -> list[Difference]:
    return [found for kept in batch for found in differences(kept, before, after, now)]
