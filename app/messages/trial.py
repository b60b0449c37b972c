"""A template tried on the sample or on a real application: what would be said. Nothing is stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.errors import MissingFact, NotFound, Unprocessable
from app.followups.catalogue import KINDS, Recipient
from app.followups.models import FollowUp, FollowUpState
from app.followups.plan import step_of
from app.messages.checks import check
from app.messages.facts import Facts
from app.messages.gather import gather, locale_for
from app.messages.material import load
from app.messages.overrides import Place, Shelf, Templates, write_words
from app.messages.render import Rendered
from app.messages.rules.base import Finding
from app.messages.sample import SAMPLE_NOW, sample_facts
from app.privacy.vault import Vault
from app.sla.cases import RuleBook, cases
from app.sla.models import Clock
from app.timeline.models import Application
from app.timeline.store import Known, read

TRIED = "tried"
"""The scope of words that are stored nowhere."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What would be said, with what, and what is to be said of it; without words where facts are missing."""

    place: Place | None = None
    rendered: Rendered | None = None
    findings: Sequence[Finding] = ()
    missing: tuple[str, ...] = ()
    obstacle: str | None = None
    """Why there are no words, where it is no missing fact."""
    promised_at: datetime | None = None
    follow_up_id: str | None = None
    """The follow-up that would say it, where there is one."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What is tried: these words of that kind and language, or without them those that count there."""

    kind: str
    locale: str
    words: Place | None = None

    def among(self, templates: Templates) -> Templates:
        """The templates with these words before all others."""
        if self.words is None:
            return templates
        key = self.kind, self.locale
        versions = {key: self.words.version} if self.words.version else {}
        return Templates((Shelf(self.words.scope, {key: self.words.template}, versions),))


def on_sample(wording: Wording, templates: Templates) -> Trial:
    """On the sample application, at the sample's own instant."""
    facts = sample_facts(wording.locale)
    return _tried(wording, wording.among(templates), facts, wording.locale, SAMPLE_NOW)


async def on_application(
    session: AsyncSession,
    vault: Vault,
    book: RuleBook,
    application_id: str,
    wording: Wording,
    now: datetime,
    *,
    company: str,
    locale: str,
) -> Trial:
    """On a real application, as its follow-up of that kind would read if it were written now.

    Where no such follow-up is planned, it is imagined for the newest clock that would plan one. Dates are
    written as the reader's own locale has them where these words would serve it; ``locale`` is the service's.
    Raises ``NotFound`` for an unknown application.
    """
    application = await session.get(Application, application_id)
    if application is None:
        raise NotFound("There is no application with that id.")
    planned = await _planned(session, application, wording.kind)
    row = planned or await _imagined(session, book, application, wording.kind, now)
    [loaded] = await load(session, vault, book, [row], company=company)
    templates = wording.among(loaded.templates)
    available = {*templates.available, (wording.kind, wording.locale)}
    own = locale_for(loaded.material, locale, available)
    # Words in `de` also serve a reader of `de-AT`, with dates in the Austrian way; not the other way round.
    tongue = own if wording.locale in (own, own.partition("-")[0]) else wording.locale
    gathered = gather(loaded.material, tongue, now)
    return _tried(
        wording,
        templates,
        gathered.facts,
        tongue,
        now,
        promised_at=gathered.promised_at,
        follow_up_id=planned.id if planned else None,
    )


def _tried(
    wording: Wording,
    templates: Templates,
    facts: Facts,
    locale: str,
    now: datetime,
    *,
    promised_at: datetime | None = None,
    follow_up_id: str | None = None,
) -> Trial:
    kind = KINDS[wording.kind]
    try:
        rendered, passed_over, place = write_words(templates, kind.key, facts, locale)
    except MissingFact as lacking:
        obstacle = None if lacking.missing else lacking.detail
        return Trial(missing=lacking.missing, obstacle=obstacle, follow_up_id=follow_up_id)
    except Unprocessable as wrong:
        return Trial(obstacle=wrong.detail, follow_up_id=follow_up_id)
    findings = [*check(rendered, kind, facts, now), *passed_over]
    return Trial(place, rendered, findings, promised_at=promised_at, follow_up_id=follow_up_id)


async def _planned(session: AsyncSession, application: Application, kind: str) -> FollowUp | None:
    """The application's newest follow-up of that kind, one that is still to come before others."""
    rows = await session.scalars(
        select(FollowUp)
        .where(col(FollowUp.application_id) == application.id, col(FollowUp.kind) == kind)
        .order_by(col(FollowUp.created_at).desc(), col(FollowUp.id).desc()),
    )
    return min(rows, key=lambda row: row.state not in FollowUpState.OPEN, default=None)


async def _imagined(
    session: AsyncSession, book: RuleBook, application: Application, kind: str, now: datetime
) -> FollowUp:
    [known] = await read(session, [application])
    clock, step = await _clock(session, book, known, kind)
    to_candidate = KINDS[kind].recipient is Recipient.CANDIDATE
    member = known.truth.recruiter
    return FollowUp(
        id=TRIED,
        connection_id=application.connection_id,
        application_id=application.id,
        clock_id=clock,
        reason=TRIED,
        step=step,
        recipient=f"candidate:{known.truth.candidate}" if to_candidate else f"member:{member}",
        kind=kind,
        state=FollowUpState.PLANNED,
        planned_for=now,
        release_at=now,
        created_at=now,
        updated_at=now,
    )


async def _clock(session: AsyncSession, book: RuleBook, known: Known, kind: str) -> tuple[str | None, str]:
    """The newest clock whose policy says that kind, and the step that says it."""
    application, calendar = known.application, known.settings.calendar
    clocks = await session.scalars(select(Clock).where(col(Clock.application_id) == application.id))
    ids = {(clock.policy, clock.occurrence): clock.id for clock in clocks}
    for case in reversed(
        [*cases(known.truth, book, connection=application.connection_id, calendar=calendar)]
    ):
        says = [say for say in case.policy.say if say.kind == kind]
        clock_id = ids.get((case.policy.key, case.occurrence.key))
        if says and clock_id:
            return clock_id, step_of(says[0], case)
    return None, f"say:{kind}"
