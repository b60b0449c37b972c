"""Readings become rows: facts once each, people, jobs; and the applications they concern are woken."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.ats.canonical import Fact, FactKind, PersonRole, Reading
from app.db import among, insert_many, write_changes
from app.ids import new_id
from app.privacy.vault import Vault
from app.timeline.highlights import forget, keep_evaluations
from app.timeline.models import Application, FactRow, Job
from app.timeline.people import PeopleBook, Ref, erase_raw_bodies, merged_into

_FOR_ALL_OF_A_CANDIDATE = {
    FactKind.CANDIDATE_CHANGED,
    FactKind.CANDIDATE_MERGED,
    FactKind.CANDIDATE_DELETED,
    FactKind.CANDIDATE_ANONYMIZED,
}
_KEPT_OF_A_CANDIDATE = {FactKind.CANDIDATE_MERGED, FactKind.CANDIDATE_DELETED, FactKind.CANDIDATE_ANONYMIZED}


@dataclass(frozen=True, slots=True)
class Heard:
    """A reading, when it was received and from where."""

    reading: Reading
    received_at: datetime
    source: str
    event_id: str | None = None


async def record(
    session: AsyncSession,
    vault: Vault,
    connection_id: str,
    heard: Sequence[Heard],
    now: datetime,
) -> int:
    """Stores what was read and wakes the applications concerned; returns the number of new facts.

    Everything happens in the caller's unit of work. Storing the same reading again changes nothing.
    """
    await _record_people(session, vault, connection_id, heard, now)
    await keep_evaluations(session, vault, connection_id, ((h.reading, h.received_at) for h in heard))
    await _record_jobs(session, connection_id, heard)
    rows = [row for h in heard for row in _rows(connection_id, h)]
    new = await _insert(session, rows)
    await _wake(session, connection_id, heard, now)
    jobs = {row.job for row in new if row.kind == FactKind.JOB_CHANGED}
    await _wake_related(session, connection_id, [f for h in heard for f in h.reading.facts], jobs, now)
    return len(new)


async def _record_people(
    session: AsyncSession,
    vault: Vault,
    connection_id: str,
    heard: Sequence[Heard],
    now: datetime,
) -> None:
    erased = {candidate for h in heard for candidate in h.reading.erased}
    erased = await merged_into(session, connection_id, erased)
    refs = {*_refs(heard), *((str(PersonRole.CANDIDATE), candidate) for candidate in erased)}
    book = await PeopleBook.open(session, vault, connection_id, refs, now)
    for h in heard:
        as_of = _as_of(h)
        for person in h.reading.people:
            book.remember(person, as_of)
        for fact in h.reading.facts:
            if fact.kind == FactKind.CANDIDATE_CHANGED and fact.candidate:
                book.set_flags(fact.candidate, fact.data, fact.at or h.received_at)
            elif fact.kind == FactKind.CANDIDATE_MERGED and fact.candidate:
                book.merge(fact.candidate, fact.data["into"])
    for candidate in erased:
        book.erase(candidate, now)
    book.erase_merged(now)
    await book.save(session)
    # Also bytes that were read only now: a late or repeated webhook about somebody who was erased.
    await erase_raw_bodies(session, connection_id, {*erased, *book.erased()})
    await forget(session, connection_id, {*erased, *book.erased()})


def _as_of(heard: Heard) -> datetime:
    """People are as of the newest thing that the reading says, not of when it happened to arrive."""
    return max((f.at for f in heard.reading.facts if f.at), default=heard.received_at)


def _refs(heard: Iterable[Heard]) -> Iterator[Ref]:
    for h in heard:
        yield from ((str(p.role), p.external_id) for p in h.reading.people)
        yield from ((str(PersonRole.CANDIDATE), candidate) for candidate in h.reading.erased)
        for fact in h.reading.facts:
            if fact.candidate and fact.kind in _FOR_ALL_OF_A_CANDIDATE:
                yield str(PersonRole.CANDIDATE), fact.candidate
                if fact.kind == FactKind.CANDIDATE_MERGED:
                    yield str(PersonRole.CANDIDATE), fact.data["into"]


async def _record_jobs(session: AsyncSession, connection_id: str, heard: Sequence[Heard]) -> None:
    """Jobs as last seen: of each attribute the latest word wins, in whatever order they come."""
    told = [
        (fact.job, fact.at or h.received_at, fact.data)
        for h in heard
        for fact in h.reading.facts
        if fact.kind == FactKind.JOB_CHANGED and fact.job
    ]
    if not told:
        return
    jobs = await _locked_jobs(session, connection_id, sorted({job for job, _, _ in told}), told[0][1])
    for external_id, at, data in told:
        job = jobs[external_id]
        job.data = newest_of(job.data, data, at)
        job.as_of = max(job.as_of, at)
    await write_changes(session, jobs.values())


async def _locked_jobs(
    session: AsyncSession, connection_id: str, external_ids: Sequence[str], at: datetime
) -> dict[str, Job]:
    """The rows of these jobs, made where they are new, locked in one order."""
    new = [
        {"id": new_id("job"), "connection_id": connection_id, "external_id": job, "as_of": at, "data": {}}
        for job in external_ids
    ]
    await session.execute(insert(Job).values(new).on_conflict_do_nothing())
    rows = await session.scalars(
        select(Job)
        .where(col(Job.connection_id) == connection_id, among(col(Job.external_id), external_ids))
        .order_by(col(Job.external_id))
        .with_for_update(),
    )
    return {job.external_id: job for job in rows}


def newest_of(known: Mapping[str, Any], said: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """What is known of each attribute after this word, which was true at that instant.

    ``said_at`` in it dates each attribute; of two words of one instant the greater wins, so that their order
    does not matter.
    """
    dates: dict[str, str] = dict(known.get("said_at") or {})
    merged = {name: value for name, value in known.items() if name != "said_at"}
    for name, value in said.items():
        before = datetime.fromisoformat(dates[name]) if name in dates else None
        if before is None or (at, _written(value)) > (before, _written(merged.get(name))):
            merged[name], dates[name] = value, at.isoformat()
    return {**merged, "said_at": dates}


def _written(value: object) -> str:
    return json.dumps(value, sort_keys=True, default=str)


def _rows(connection_id: str, heard: Heard) -> Iterator[dict[str, Any]]:
    for fact in heard.reading.facts:
        if fact.kind == FactKind.CANDIDATE_CHANGED:
            continue
        fact_ = _job_status(fact, heard.received_at) if fact.kind == FactKind.JOB_CHANGED else fact
        if fact_ is not None:
            yield {
                "connection_id": connection_id,
                "key": fact_.key,
                "kind": str(fact_.kind),
                "placed_at": fact_.at or heard.received_at,
                "application": fact_.application,
                "candidate": fact_.candidate,
                "job": fact_.job,
                "subject": _subject(fact_.data),
                "data": dict(fact_.data),
                "source": heard.source,
                "event_id": heard.event_id,
            }


def _job_status(fact: Fact, received_at: datetime) -> Fact | None:
    """Of a job only its status is history; one fact per status and day keeps a busy job's history short."""
    status = fact.data.get("status")
    if not status or not fact.job:
        return None
    closed = fact.data.get("closed_at") if status == "closed" else None
    at = datetime.fromisoformat(closed) if closed else fact.at or received_at
    key = f"job:{fact.job}:status:{status}:{at:%Y-%m-%d}"
    return Fact(FactKind.JOB_CHANGED, key, at, job=fact.job, data={"status": status})


def _subject(data: Mapping[str, Any]) -> str | None:
    for name in ("scorecard_id", "offer_id", "interview_id"):
        if data.get(name):
            return f"{name.removesuffix('_id')}:{data[name]}"
    return None


async def _insert(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> Sequence[Row[str, str | None]]:
    unique = {row["key"]: row for row in sorted(rows, key=lambda r: r["placed_at"], reverse=True)}
    if not unique:
        return []
    statement = insert_many(FactRow, [unique[key] for key in sorted(unique)])
    result = await session.execute(
        statement.on_conflict_do_update(
            index_elements=["connection_id", "key"],
            # A fact without a vendor's time stands where it was first received, whatever came first here; and
            # what the poll found is not lost by the webhooks if one brings it after all.
            set_={
                "placed_at": func.least(col(FactRow.placed_at), statement.excluded.placed_at),
                "event_id": func.coalesce(col(FactRow.event_id), statement.excluded.event_id),
            },
            where=or_(
                statement.excluded.placed_at < col(FactRow.placed_at),
                and_(col(FactRow.event_id).is_(None), statement.excluded.event_id.is_not(None)),
            ),
        ).returning(col(FactRow.kind), col(FactRow.job)),
    )
    return result.all()


async def _wake(
    session: AsyncSession,
    connection_id: str,
    heard: Sequence[Heard],
    now: datetime,
) -> None:
    facts = [fact for h in heard for fact in h.reading.facts]
    named = sorted({fact.application for fact in facts if fact.application})
    if named:
        rows = [
            {
                "id": new_id("app"),
                "connection_id": connection_id,
                "external_id": external_id,
                "wake_at": now,
                "status": "active",
                "prospect": False,
                "failures": 0,
                "interviewing": False,
            }
            for external_id in named
        ]
        statement = insert_many(Application, rows)
        await session.execute(
            statement.on_conflict_do_update(
                index_elements=["connection_id", "external_id"],
                set_={"wake_at": func.least(col(Application.wake_at), statement.excluded.wake_at)},
            ),
        )


async def _wake_related(
    session: AsyncSession,
    connection_id: str,
    facts: Sequence[Fact],
    jobs: set[str],
    now: datetime,
) -> None:
    """Wakes the applications that facts concern without naming them; `jobs` are those with a new status."""
    nameless = [fact for fact in facts if not fact.application]
    candidates = {f.candidate for f in nameless if f.candidate}
    subjects = {s for f in nameless if (s := _subject(f.data))}
    conditions = []
    if candidates:
        conditions.append(among(col(Application.candidate), candidates))
    if jobs:
        conditions.append(among(col(Application.job), jobs))
    if subjects:
        named = select(col(FactRow.application)).where(
            col(FactRow.connection_id) == connection_id,
            among(col(FactRow.subject), subjects),
        )
        conditions.append(col(Application.external_id).in_(named))
    if not conditions:
        return
    # Locked in one order first: two batches that wake the same applications must not wait for each other.
    ids = await session.scalars(
        select(col(Application.id))
        .where(col(Application.connection_id) == connection_id, or_(*conditions))
        .order_by(col(Application.external_id))
        .with_for_update(),
    )
    await session.execute(
        update(Application)
        .where(among(col(Application.id), ids.all()))
        .values(wake_at=func.least(func.coalesce(col(Application.wake_at), now), now)),
    )
