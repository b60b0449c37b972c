"""Work over many applications: loaded in batches, done beside the event loop, on every core where it pays."""

import asyncio
import multiprocessing
import os
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.errors import Unprocessable
from app.rehearsal.play import Kept
from app.timeline.models import Application
from app.timeline.told import tell

BATCH = 250
"""Applications to a batch: some tenths of a second of work."""
_WORTH_PROCESSES = 2_000
"""Applications above which other processes are started: each takes about a second."""

Progress = Callable[[int, int], None]
"""Is told how many applications are done, and of how many."""

Found = TypeVar("Found")


async def over_all(
    session: AsyncSession,
    concerned: Select[Application],
    work: Callable[[Sequence[Kept]], Found],
    progress: Progress | None = None,
    most: int | None = None,
) -> AsyncIterator[Found]:
    """Does the work batch by batch, off the event loop; the results come as they are ready."""
    total = await session.scalar(select(func.count()).select_from(concerned.subquery())) or 0
    if most is not None and total > most:
        raise Unprocessable(
            f"That concerns {total:,} applications; over {most:,} use the command line, which shows progress."
        )
    done = 0
    with _workers(total) as (workers, count):
        waiting: dict[asyncio.Future[Found], int] = {}
        async for batch in _batches(session, concerned):
            future = asyncio.get_running_loop().run_in_executor(workers, work, batch)
            waiting[future] = len(batch)
            while len(waiting) > 2 * count:
                ready, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                for one in ready:
                    done += waiting.pop(one)
                    yield one.result()
                if progress:
                    progress(done, total)
        for future, size in waiting.items():
            result = await future
            done += size
            if progress:
                progress(done, total)
            yield result


@contextmanager
def _workers(total: int) -> Iterator[tuple[Executor, int]]:
    """Processes where it is worth their start; they are new ones, so that nothing open is shared."""
    if total < _WORTH_PROCESSES:
        with ThreadPoolExecutor(1) as thread:
            yield thread, 1
        return
    count = min(os.cpu_count() or 1, 8)
    with ProcessPoolExecutor(count, multiprocessing.get_context("spawn")) as processes:
        yield processes, count


async def _batches(session: AsyncSession, concerned: Select[Application]) -> AsyncIterator[list[Kept]]:
    reached = ""
    while True:
        page = concerned.where(col(Application.id) > reached).order_by(col(Application.id)).limit(BATCH)
        applications = (await session.scalars(page)).all()
        if not applications:
            return
        reached = applications[-1].id
        yield [
            Kept(
                tale.application.id,
                tale.application.connection_id,
                tale.application.external_id,
                tale.settings,
                tale.job,
                tale.facts,
            )
            for tale in await tell(session, applications)
        ]
        for application in applications:
            session.expunge(application)
