"""What noticing a breach costs: with ten thousand, a hundred thousand and a million clocks open.

`python -m bench.tick [SIZES…]`: the rows are made set by set in SQL. The sweep is the query that finds what
is due; the same number is due at every size, so that its cost must not grow with what is open. Lateness is
real time from a breach's instant to its record, while the drain runs as the service runs it.
"""

import asyncio
import os
import statistics
import sys
import time
from datetime import datetime, timedelta

import asyncpg
from sqlalchemy import delete

from app import log
from app.db import unit_of_work
from app.flow import Flow
from app.moments import RealClock
from app.running import open_flow
from app.services import Services
from app.sla.book import apply_policies
from app.sla.models import PolicySet
from app.timeline.store import claim
from bench.filled import add_connection, opened_house

SIZES = (10_000, 100_000, 1_000_000)
DUE, LOOKS = 100, 30
BREACHES, OVER = 200, 8.0
"""So many clocks breach, one after the other, within so many seconds."""
PATIENCE = 0.5
"""Seconds after which the service looks by itself when nothing was found."""
POLICY = {
    "key": "a_promise",
    "name": "A promise",
    "starts": "application_created",
    "target": {"calendar_hours": 1},
    "met_by": ["decided"],
}
_APPLICATIONS = """
INSERT INTO application (id, connection_id, external_id, status, prospect, failures, interviewing, wake_at)
SELECT 'app_' || n, $1, 'b' || n, 'active', false, 0, false, $2::timestamptz + n * interval '1 second'
FROM generate_series($3::int, $4::int) n"""
_CLOCKS = """
INSERT INTO clock (id, connection_id, application_id, policy, occurrence, state, started_at, due_at,
                   policy_version, calendar, rule, updated_at)
SELECT 'clk_' || n, $1, 'app_' || n, 'a_promise', 'application', 'running',
       $2::timestamptz - interval '1 hour', $2::timestamptz + n * interval '1 second', 2, 'office', 'rule',
       $2::timestamptz
FROM generate_series($3::int, $4::int) n"""
_FACTS = """
INSERT INTO fact (connection_id, key, kind, placed_at, application, data, source)
SELECT $1, 'created:b' || n, 'application_created',
       $2::timestamptz - interval '1 hour' + n * interval '1 second', 'b' || n, '{}', 'webhook'
FROM generate_series($3::int, $4::int) n"""


async def grow(services: Services, connection: str, low: int, high: int, later: datetime) -> None:
    """More open clocks, due one a second from that instant on."""
    database = await asyncpg.connect(services.database_url, command_timeout=300)
    try:
        for statement in (_APPLICATIONS, _CLOCKS, _FACTS):
            await database.execute(statement, connection, later, low, high)
        await database.execute("VACUUM ANALYZE")
    finally:
        await database.close()


async def sweep(services: Services, low: int) -> float:
    """Milliseconds in which the due ones are found and locked, in the middle of many looks."""
    now = services.clock.now()
    database = await asyncpg.connect(services.database_url)
    await database.execute(
        "UPDATE application SET wake_at = $1 "
        "WHERE id IN (SELECT 'app_' || n FROM generate_series($2::int, $3::int) n)",
        now,
        low,
        low + DUE - 1,
    )
    await database.close()
    times = []
    for _ in range(LOOKS):
        async with services.sessions() as session:
            await session.connection()
            begun = time.perf_counter()
            found = await claim(session, now, DUE)
            times.append(1000 * (time.perf_counter() - begun))
            assert len(found) == DUE
            await session.rollback()
    return statistics.median(times)


async def lateness(services: Services, flow: Flow, low: int) -> list[float]:
    """Seconds from each breach to its record."""
    begin = services.clock.now() + timedelta(seconds=2)
    step = timedelta(seconds=OVER / BREACHES)
    database = await asyncpg.connect(services.database_url)
    for number in range(BREACHES):
        at = begin + step * number
        one = low + number
        await database.execute(
            "UPDATE fact SET placed_at = $1 WHERE key = $2", at - timedelta(hours=1), f"created:b{one}"
        )
        await database.execute("UPDATE application SET wake_at = $1 WHERE id = $2", at, f"app_{one}")
    end = time.monotonic() + 2 + OVER + 3
    while time.monotonic() < end:
        if not await flow.applications():
            await asyncio.sleep(PATIENCE)
    found = await database.fetch(
        "SELECT extract(epoch FROM noticed_at - at)::float AS late FROM clock_event "
        "WHERE kind = 'breached' AND at >= $1",
        begin - timedelta(seconds=1),
    )
    await database.close()
    assert len(found) == BREACHES, f"{len(found)} of {BREACHES} breaches noticed"
    return sorted(row["late"] for row in found)


async def measure(sizes: list[int]) -> bool:
    """Prints each size; whether all that is promised was reached."""
    costs, good, size_before = [], True, 0
    async with opened_house(RealClock().now()) as services, open_flow(services) as flow:
        services.clock = RealClock()
        connection = await add_connection(services)
        long_ago = services.clock.now() - timedelta(days=30)
        async with unit_of_work(services.sessions) as session:
            await session.execute(delete(PolicySet))
            await apply_policies(session, {"policies": [POLICY]}, by="bench", now=long_ago)
        while await flow.recomputes():
            pass
        for size in sizes:
            later = services.clock.now() + timedelta(days=1)
            await grow(services, connection, size_before + 1, size, later)
            costs.append(await sweep(services, size_before + 1))
            while await flow.applications():
                pass
            late = await lateness(services, flow, size_before + DUE + 1)
            p99 = late[int(len(late) * 0.99)]
            good = good and p99 <= 2
            print(
                f"{size:>9,} open: {DUE} due found in {costs[-1]:5.1f} ms; "
                f"breach noticed after {statistics.median(late):.2f} s, "
                f"p99 {p99:.2f} s, worst {late[-1]:.2f} s"
            )
            size_before = size
    ratio = costs[-1] / costs[0]
    print(f"the sweep over {sizes[-1] // sizes[0]} × as many clocks costs {ratio:.2f} × as much (≤ 2)")
    return good and ratio <= 2


def main() -> None:
    """Print lateness and cost at each size; fail where a promise is not kept."""
    log.configure("error")
    sizes = [int(given) for given in sys.argv[1:]] or list(SIZES)
    print(f"{os.cpu_count()} cores, load before {os.getloadavg()[0]:.1f}")
    if not asyncio.run(measure(sizes)):
        raise SystemExit("missed: at most 2 s at p99, and a cost that does not grow with what is open")


if __name__ == "__main__":
    main()
