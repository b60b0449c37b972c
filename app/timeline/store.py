"""Applications claimed, their facts loaded and folded, and what is true of them written down."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.intake.config import ConnectionSettings
from app.intake.models import Connection
from app.timeline.fold import fold
from app.timeline.models import Application, FactRow, Job, StageVisit
from app.timeline.truth import JobTruth, Placed, Truth


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
    """Folds the facts of these applications and writes down what is true of them."""
    known = await read(session, applications)
    for k in known:
        _mirror(k.application, k.truth)
    await _write_visits(session, known)
    return known


async def read(session: AsyncSession, applications: Sequence[Application]) -> list[Known]:
    """Folds the facts of these applications, and writes nothing."""
    connections = {c.id: c for c in await session.scalars(select(Connection))}
    facts = await _facts(session, applications)
    jobs = await _jobs(session, applications, facts)
    known = []
    for application in applications:
        settings = ConnectionSettings.model_validate(connections[application.connection_id].settings)
        rows = facts[application.id]
        job_id = _job_of(rows)
        job = jobs.get((application.connection_id, job_id or ""))
        truth = fold(
            application.external_id,
            (_placed(row) for row in rows),
            job=_job_truth(job_id, job, rows),
            stage_kinds=settings.stage_kinds,
        )
        known.append(Known(application, settings, truth, _newest_event(rows) or application.id))
    return known


async def _facts(
    session: AsyncSession,
    applications: Sequence[Application],
) -> dict[str, list[FactRow]]:
    """All facts of each application: its own, its candidate's, its job's, and nameless ones by subject."""
    by_connection: dict[str, list[Application]] = defaultdict(list)
    for application in applications:
        by_connection[application.connection_id].append(application)
    found: dict[str, list[FactRow]] = {application.id: [] for application in applications}
    for connection_id, group in by_connection.items():
        own = await _load(session, connection_id, col(FactRow.application), [a.external_id for a in group])
        for application in group:
            found[application.id] = list(own.get(application.external_id, ()))
        await _add_related(session, connection_id, group, found)
    return found


async def _add_related(
    session: AsyncSession,
    connection_id: str,
    group: Sequence[Application],
    found: dict[str, list[FactRow]],
) -> None:
    named: dict[str, dict[str, set[str]]] = {
        a.id: {
            "candidate": {row.candidate for row in found[a.id] if row.candidate},
            "job": {j for j in [_job_of(found[a.id])] if j},
            "subject": {row.subject for row in found[a.id] if row.subject},
        }
        for a in group
    }
    for column in ("candidate", "job", "subject"):
        wanted = set().union(*(named[a.id][column] for a in group))
        if not wanted:
            continue
        rows = await _load(session, connection_id, getattr(FactRow, column), sorted(wanted), nameless=True)
        for application in group:
            for name in sorted(named[application.id][column]):
                found[application.id].extend(rows.get(name, ()))


async def _load(
    session: AsyncSession,
    connection_id: str,
    column: Any,  # noqa: ANN401  # an instrumented column; SQLModel types it as its value
    values: Sequence[str],
    *,
    nameless: bool = False,
) -> Mapping[str, list[FactRow]]:
    conditions = [col(FactRow.connection_id) == connection_id, column.in_(values)]
    if nameless:
        conditions.append(col(FactRow.application).is_(None))
    grouped: dict[str, list[FactRow]] = defaultdict(list)
    for row in await session.scalars(select(FactRow).where(and_(*conditions))):
        grouped[getattr(row, column.key)].append(row)
    return grouped


def _newest_event(rows: Sequence[FactRow]) -> str | None:
    return max((row.event_id for row in rows if row.event_id), default=None)


def _job_of(rows: Sequence[FactRow]) -> str | None:
    """The job that the newest fact names."""
    named = [row for row in rows if row.application and row.job]
    return max(named, key=lambda row: (row.placed_at, row.key)).job if named else None


async def _jobs(
    session: AsyncSession,
    applications: Sequence[Application],
    facts: Mapping[str, Sequence[FactRow]],
) -> dict[tuple[str, str], Job]:
    wanted = {(a.connection_id, job) for a in applications if (job := _job_of(facts[a.id]))}
    if not wanted:
        return {}
    match = or_(
        *(and_(col(Job.connection_id) == c, col(Job.external_id) == external) for c, external in wanted),
    )
    return {
        (job.connection_id, job.external_id): job for job in await session.scalars(select(Job).where(match))
    }


def _job_truth(job_id: str | None, job: Job | None, rows: Sequence[FactRow]) -> JobTruth:
    data = job.data if job else {}
    team = data.get("hiring_team") or {}
    return JobTruth(
        external_id=job_id,
        name=data.get("name"),
        status=data.get("status") or "open",
        departments=tuple(data.get("departments") or ()),
        offices=tuple(office["name"] for office in data.get("offices") or () if office.get("name")),
        recruiters=tuple(team.get("recruiters") or ()),
        hiring_managers=tuple(team.get("hiring_managers") or ()),
        coordinators=tuple(team.get("coordinators") or ()),
        held=_held(rows),
    )


def _held(rows: Sequence[FactRow]) -> tuple[tuple[datetime, datetime | None], ...]:
    """The spans in which the job was not open, from its status facts."""
    spans: list[tuple[datetime, datetime | None]] = []
    told = sorted((row.placed_at, row.key, row.data["status"]) for row in rows if row.kind == "job_changed")
    for at, _, status in told:
        standing = bool(spans) and spans[-1][1] is None
        if status == "open" and standing:
            spans[-1] = spans[-1][0], at
        elif status in ("closed", "on_hold", "deleted") and not standing:
            spans.append((at, None))
    return tuple(spans)


def _placed(row: FactRow) -> Placed:
    return Placed(row.kind, row.key, row.placed_at, row.data, row.source)


def _mirror(application: Application, truth: Truth) -> None:
    stage = truth.stage
    application.candidate = truth.candidate or application.candidate
    application.job = truth.job.external_id
    application.status = truth.status
    application.prospect = truth.prospect
    application.failures, application.failure = 0, None
    application.stage_id = stage.stage_id if stage else None
    application.stage_name = stage.stage_name if stage else None
    application.stage_kind = stage.kind if stage else None
    application.stage_entered_at = stage.entered_at if stage else None
    application.recruiter = truth.recruiter
    application.coordinator = truth.coordinator
    application.applied_at = truth.applied_at
    application.interviewing = truth.status == "active" and bool(
        stage and stage.kind in ("screen", "interview", "assessment", "decision", "offer"),
    )


async def _write_visits(session: AsyncSession, known: Sequence[Known]) -> None:
    ids = [k.application.id for k in known]
    await session.execute(delete(StageVisit).where(col(StageVisit.application_id).in_(ids)))
    rows = [
        {
            "application_id": k.application.id,
            "ordinal": ordinal,
            "stage_id": visit.stage_id,
            "stage_name": visit.stage_name,
            "stage_kind": visit.kind,
            "entered_at": visit.entered_at,
            "left_at": visit.left_at,
        }
        for k in known
        for ordinal, visit in enumerate(k.truth.visits)
    ]
    if rows:
        await session.execute(insert(StageVisit).values(rows))


async def give_up(session: AsyncSession, application_id: str, reason: str, now: datetime) -> None:
    """Looks at one application again later, less and less often; it shows in the silence until it works."""
    application = await session.get_one(Application, application_id, with_for_update=True)
    application.failures += 1
    application.failure = reason
    application.wake_at = now + timedelta(minutes=min(2**application.failures, 240))
