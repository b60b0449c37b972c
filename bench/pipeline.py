"""The pipeline beside the queue it does without: durable events a second, and arq's no-op jobs a second.

`python -m bench.pipeline [EVENTS]`: private Postgres with fsync on, one worker. Each event is read, recorded,
folded, its clocks derived and its follow-ups planned. arq runs jobs that do nothing at its best setting
(max_jobs=100, poll_delay=0.05; its default of half a second is a tenth of that), on a Redis that keeps
nothing.
"""

import asyncio
import json
import os
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
from arq import create_pool, func
from arq.connections import RedisSettings
from arq.worker import Worker

from app import log
from app.flow import Flow
from app.moments import HeldClock
from app.running import open_flow
from app.services import Services
from bench.filled import add_connection, opened_house
from tests.flow.small import webhook
from tests.servers import RedisServer

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)
ROUNDS = 3


async def store(
    services: Services, connection_id: str, events: int, offset: int, *, domain: str | None = None
) -> None:
    """Events as the door stores them: somebody applies, and every second one then moves on.

    With a ``domain`` each candidate has an address of their own there.
    """
    rows = []
    for number in range(events):
        application = offset + number * 2 // 3
        moved = number % 3 == 2
        action = "candidate_stage_change" if moved else "new_candidate_application"
        at = NOON - timedelta(minutes=1 if moved else 2)
        own = {"address": f"c{application}@{domain}"} if domain else {}
        body = webhook(action, at, application=application, stage=2 if moved else 1, applied=at, **own)
        rows.append((f"evt_{offset + number:09}", action, json.dumps(body).encode()))
    database = await asyncpg.connect(services.database_url)
    try:
        await database.copy_records_to_table(
            "event",
            columns=["id", "connection_id", "dedupe_key", "action", "received_at", "state", "replays"],
            records=[(i, connection_id, i, action, NOON, "pending", 0) for i, action, _ in rows],
        )
        await database.copy_records_to_table(
            "raw_body",
            columns=["event_id", "body", "received_at"],
            records=[(i, services.vault.seal(body, i), NOON) for i, _, body in rows],
        )
        await database.execute("ANALYZE")
    finally:
        await database.close()


async def drain(flow: Flow) -> float:
    """Seconds until nothing waits before the planned follow-up; side by side, as a worker does it."""
    begun = time.perf_counter()
    while sum(await asyncio.gather(flow.events(), flow.applications())):
        pass
    return time.perf_counter() - begun


async def ours(events: int) -> list[float]:
    """Events a second, of each round."""
    rates = []
    async with opened_house(NOON - timedelta(days=1)) as services, open_flow(services) as flow:
        services.clock = HeldClock(NOON)
        connection = await add_connection(services)
        for number in range(ROUNDS + 1):
            await store(services, connection, events, 1_000_000 * (number + 1))
            seconds = await drain(flow)
            if number:  # the first warms up
                rates.append(events / seconds)
        database = await asyncpg.connect(services.database_url)
        planned, done = await database.fetchrow(
            "SELECT (SELECT count(*) FROM follow_up), (SELECT count(*) FROM event WHERE state = 'done')"
        )
        await database.close()
        assert done == events * (ROUNDS + 1), f"{done} events done"
        print(f"{done:,} events done, {planned:,} follow-ups planned")
    return rates


async def nothing(ctx: dict[str, Any]) -> None:  # as arq calls it
    """The job that arq is measured with."""


async def arqs(url: str, jobs: int) -> float:
    """No-op jobs a second."""
    settings = RedisSettings.from_dsn(url)
    pool = await create_pool(settings)
    for _ in range(jobs):
        await pool.enqueue_job("nothing")
    worker = Worker(
        functions=[func(nothing, name="nothing", keep_result=0)],
        redis_settings=settings,
        burst=True,
        max_jobs=100,
        poll_delay=0.05,
        handle_signals=False,
        keep_result=0,
    )
    begun = time.perf_counter()
    await worker.async_run()
    seconds = time.perf_counter() - begun
    await worker.close()
    await pool.aclose()
    return jobs / seconds


async def compare(events: int) -> tuple[list[float], list[float]]:
    """Both, one after the other, so that neither slows the other."""
    mine = await ours(events)
    with RedisServer() as server:
        theirs = [await arqs(server.url, events) for _ in range(ROUNDS)]
    return mine, theirs


def main() -> None:
    """Print both rates and their ratio."""
    events = int(sys.argv[1]) if len(sys.argv) > 1 else 3_000
    log.configure("error")
    print(f"{events:,} events, {os.cpu_count()} cores, load before {os.getloadavg()[0]:.1f}")
    mine, theirs = asyncio.run(compare(events))
    for name, rates in (("this pipeline, durable", mine), ("arq, jobs that do nothing", theirs)):
        middle = sorted(rates)[len(rates) // 2]
        print(f"{name:28}{middle:10,.0f} a second  ({min(rates):,.0f}–{max(rates):,.0f})")
    ratio = sorted(mine)[len(mine) // 2] / sorted(theirs)[len(theirs) // 2]
    print(f"{ratio:.2f} × arq (aim ≥ 1): {'reached' if ratio >= 1 else 'missed'}")


if __name__ == "__main__":
    main()
