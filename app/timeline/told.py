"""What an application is read from: all facts about it, loaded in sets, with its job and its settings."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, Row, Text, and_, any_, cast, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.intake.config import ConnectionSettings
from app.intake.models import Connection
from app.timeline.models import Application, FactRow, Job
from app.timeline.truth import JobTruth, Placed

_COLUMNS = tuple(
    getattr(FactRow, name)
    for name in (
        "kind",
        "key",
        "placed_at",
        "data",
        "source",
        "application",
        "candidate",
        "job",
        "subject",
        "event_id",
    )
)
Told = Row[Any]
"""A fact as loaded: plain columns, because entities cost four times as much and nothing here writes them."""


@dataclass(frozen=True, slots=True)
class Tale:
    """An application with everything that its truth is folded from."""

    application: Application
    settings: ConnectionSettings
    job: JobTruth
    facts: Sequence[Placed]
    correlation_id: str
    """The newest event that told of it; its own id where only the poll did."""


async def tell(session: AsyncSession, applications: Sequence[Application]) -> list[Tale]:
    """Loads everything that is known of these applications, in a handful of statements."""
    settings = {
        c.id: ConnectionSettings.model_validate(c.settings) for c in await session.scalars(select(Connection))
    }
    facts = await _facts(session, applications)
    jobs = await _jobs(session, applications, facts)
    tales = []
    for application in applications:
        rows = facts[application.id]
        job_id = _job_of(rows)
        job = jobs.get((application.connection_id, job_id or ""))
        tales.append(
            Tale(
                application,
                settings[application.connection_id],
                _job_truth(job_id, job, rows),
                [_placed(row) for row in rows],
                _newest_event(rows) or application.id,
            ),
        )
    return tales


async def _facts(
    session: AsyncSession,
    applications: Sequence[Application],
) -> dict[str, list[Told]]:
    """All facts of each application: its own, its candidate's, its job's, and nameless ones by subject."""
    by_connection: dict[str, list[Application]] = defaultdict(list)
    for application in applications:
        by_connection[application.connection_id].append(application)
    found: dict[str, list[Told]] = {application.id: [] for application in applications}
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
    found: dict[str, list[Told]],
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
) -> Mapping[str, list[Told]]:
    # One statement text for any number of values, so that it is prepared once.
    named = any_(cast(list(values), ARRAY(Text)))
    conditions = [col(FactRow.connection_id) == connection_id, column == named]
    if nameless:
        conditions.append(col(FactRow.application).is_(None))
    grouped: dict[str, list[Told]] = defaultdict(list)
    for row in await session.execute(select(*_COLUMNS).where(and_(*conditions))):
        grouped[getattr(row, column.key)].append(row)
    return grouped


def _newest_event(rows: Sequence[Told]) -> str | None:
    return max((row.event_id for row in rows if row.event_id), default=None)


def _job_of(rows: Sequence[Told]) -> str | None:
    """The job that the newest fact names."""
    named = [row for row in rows if row.application and row.job]
    return max(named, key=lambda row: (row.placed_at, row.key)).job if named else None


async def _jobs(
    session: AsyncSession,
    applications: Sequence[Application],
    facts: Mapping[str, Sequence[Told]],
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


def _job_truth(job_id: str | None, job: Job | None, rows: Sequence[Told]) -> JobTruth:
    data = job.data if job else {}
    team = data.get("hiring_team") or {}
    return JobTruth(
        external_id=job_id,
        name=data.get("name"),
        status=data.get("status") or "open",
        departments=tuple(data.get("departments") or ()),
        offices=tuple(office["name"] for office in data.get("offices") or () if office.get("name")),
        locations=tuple(office["location"] for office in data.get("offices") or () if office.get("location")),
        recruiters=tuple(team.get("recruiters") or ()),
        hiring_managers=tuple(team.get("hiring_managers") or ()),
        coordinators=tuple(team.get("coordinators") or ()),
        held=_held(rows),
    )


def _held(rows: Sequence[Told]) -> tuple[tuple[datetime, datetime | None], ...]:
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


def _placed(row: Told) -> Placed:
    return Placed(row.kind, row.key, row.placed_at, row.data, row.source)
