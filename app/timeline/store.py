"""Applications claimed, their facts loaded and folded, and what is true of them written down."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.ats.canonical import PersonRole
from app.db import among, insert_many, put, update_many
from app.intake.config import ConnectionSettings
from app.timeline.fold import fold
from app.timeline.models import Application, Person, StageVisit
from app.timeline.told import tell
from app.timeline.truth import Truth


@dataclass(frozen=True, slots=True)
class Known:
    """An application, locked, with its connection's settings and its truth."""

    application: Application
    settings: ConnectionSettings
    truth: Truth
    correlation_id: str
    """The newest event that told of it; its own id where only the poll did."""


async def claim(session: AsyncSession, now: datetime, limit: int) -> Sequence[Application]:
    """Applications that must be looked at, locked until the unit of work ends; others' are skipped."""
    found = await session.scalars(
        select(Application)
        .where(col(Application.wake_at) <= now)
        .order_by(col(Application.wake_at))
        .limit(limit)
        .with_for_update(skip_locked=True),
    )
    return found.all()


async def know(session: AsyncSession, applications: Sequence[Application]) -> list[Known]:
    """Folds the facts of these applications and shows what is true of them; `write` completes it."""
    known = await read(session, applications)
    for k in known:
        _mirror(k.application, k.truth)
    await _write_visits(session, known)
    return known


async def read(session: AsyncSession, applications: Sequence[Application]) -> list[Known]:
    """Folds the facts of these applications, and writes nothing."""
    known = []
    for tale in await tell(session, applications):
        rules, external_id = tale.settings.stage_kinds, tale.application.external_id
        truth = fold(external_id, tale.facts, job=tale.job, stage_kinds=rules)
        known.append(Known(tale.application, tale.settings, truth, tale.correlation_id))
    zones = await _zones(session, known)
    return [
        replace(k, truth=replace(k.truth, candidate_zone=zone)) if (zone := zones.get(_candidate(k))) else k
        for k in known
    ]


def _candidate(known: Known) -> tuple[str, str | None]:
    return known.application.connection_id, known.truth.candidate


async def _zones(session: AsyncSession, known: Sequence[Known]) -> dict[tuple[str, str | None], str | None]:
    """The time zones of those candidates whose ATS tells it."""
    rows = await session.execute(
        select(col(Person.connection_id), col(Person.external_id), col(Person.time_zone)).where(
            col(Person.role) == PersonRole.CANDIDATE,
            among(col(Person.external_id), {k.truth.candidate for k in known if k.truth.candidate}),
            among(col(Person.connection_id), {k.application.connection_id for k in known}),
            col(Person.time_zone).is_not(None),
        ),
    )
    return {(connection_id, external_id): zone for connection_id, external_id, zone in rows}


def _mirror(application: Application, truth: Truth) -> None:
    """Shows what is true in the row; `write` writes it, with what is derived from it."""
    stage = truth.stage
    mirrored = {
        "candidate": truth.candidate or application.candidate,
        "job": truth.job.external_id,
        "status": truth.status,
        "prospect": truth.prospect,
        "failures": 0,
        "failure": None,
        "stage_id": stage.stage_id if stage else None,
        "stage_name": stage.stage_name if stage else None,
        "stage_kind": stage.kind if stage else None,
        "stage_entered_at": stage.entered_at if stage else None,
        "recruiter": truth.recruiter,
        "coordinator": truth.coordinator,
        "applied_at": truth.applied_at,
        "interviewing": truth.status == "active" and bool(stage and stage.kind in _INTERVIEWING),
    }
    put(application, mirrored)


_INTERVIEWING = ("screen", "interview", "assessment", "decision", "offer")
_KNOWN = (
    *("id", "candidate", "job", "status", "prospect", "failures", "failure", "stage_id", "stage_name"),
    *("stage_kind", "stage_entered_at", "recruiter", "coordinator", "applied_at", "interviewing"),
    *("folded_at", "wake_at"),
)


async def write(
    session: AsyncSession, wakes: Sequence[tuple[Application, datetime | None]], now: datetime
) -> None:
    """Writes these applications, now known, and when each must be looked at again."""
    for application, wake_at in wakes:
        put(application, {"folded_at": now, "wake_at": wake_at})
    rows = [{name: getattr(application, name) for name in _KNOWN} for application, _ in wakes]
    if rows:
        await session.execute(update_many(Application, rows))


async def _write_visits(session: AsyncSession, known: Sequence[Known]) -> None:
    """Writes the visits of those applications whose visits are not yet written so: mostly none."""
    written: dict[str, list[_Stay]] = defaultdict(list)
    columns = [getattr(StageVisit, name) for name in ("application_id", *_STAY)]
    of = among(col(StageVisit.application_id), [k.application.id for k in known])
    for row in await session.execute(select(*columns).where(of).order_by(col(StageVisit.ordinal))):
        written[row[0]].append(tuple(row[1:]))
    stays = {k.application.id: list(_stays(k.truth)) for k in known}
    changed = [application for application, told in stays.items() if told != written[application]]
    if changed:
        await session.execute(delete(StageVisit).where(among(col(StageVisit.application_id), changed)))
    rows = [
        {"application_id": application, **dict(zip(_STAY, stay, strict=True))}
        for application in changed
        for stay in stays[application]
    ]
    if rows:
        await session.execute(insert_many(StageVisit, rows))


_STAY = ("ordinal", "stage_id", "stage_name", "stage_kind", "entered_at", "left_at")
_Stay = tuple[object, ...]


def _stays(truth: Truth) -> Iterator[_Stay]:
    for ordinal, visit in enumerate(truth.visits):
        yield (
            ordinal,
            visit.stage_id,
            visit.stage_name,
            visit.kind,
            visit.entered_at,
            visit.left_at,
        )


async def give_up(session: AsyncSession, application_id: str, reason: str, now: datetime) -> None:
    """Looks at one application again later, less and less often; it shows in the silence until it works."""
    application = await session.get_one(Application, application_id, with_for_update=True)
    application.failures += 1
    application.failure = reason
    application.wake_at = now + timedelta(minutes=min(2**application.failures, 240))
