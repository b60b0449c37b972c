"""After a calendar edit: how long until every open clock is right again, while news keeps coming.

`python -m bench.recompute [CLOCKS]`: generated applications in their first days, some two open clocks each.
"""

import asyncio
import os
import sys
import time
from datetime import UTC, datetime, timedelta

import asyncpg

from app import log
from app.db import unit_of_work
from app.flow import Flow
from app.moments import HeldClock
from app.running import open_flow
from app.services import Services
from app.sla.book import apply_calendar, office_calendar
from bench.filled import ZONE, add_connection, fill, opened_house
from bench.histories import histories

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
WANTED_CLOCKS_A_SECOND = 100_000 / 5
OPEN_EACH = 1.9


async def drain(flow: Flow) -> int:
    """Derives until nothing waits; returns how many applications that were."""
    done = 0
    while True:
        woken = await flow.recomputes()
        derived = await flow.applications()
        done += derived
        if not woken + derived:
            return done


async def open_clocks(services: Services) -> int:
    database = await asyncpg.connect(services.database_url)
    count: int = await database.fetchval("SELECT count(*) FROM clock WHERE closed_at IS NULL")
    await database.execute("VACUUM ANALYZE")
    await database.close()
    return count


async def measure(clocks: int) -> None:
    """Fills the house, changes its calendar, and waits."""
    async with opened_house(NOW - timedelta(days=9)) as services, open_flow(services) as flow:
        services.clock = HeldClock(NOW)
        connection = await add_connection(services)
        await drain(flow)  # the starter's rules and hours are news as well
        told = histories(round(clocks / OPEN_EACH), since=NOW - timedelta(days=8), until=NOW)
        await fill(services, connection, told, wake_at=NOW)
        begun = time.perf_counter()
        done = await drain(flow)
        seconds = time.perf_counter() - begun
        print(f"first derived: {done:,} applications in {seconds:.1f} s, {done / seconds:,.0f} a second")
        count = await open_clocks(services)
        async with unit_of_work(services.sessions) as session:
            document, source = office_calendar(ZONE, "DE", NOW)
            document["holidays"]["2026-11-19"] = "Works outing"
            await apply_calendar(session, "office", document, by="bench", now=NOW, source=source)
        begun = time.perf_counter()
        done = await drain(flow)
        seconds = time.perf_counter() - begun
        print(
            f"recomputed: {count:,} open clocks of {done:,} applications in {seconds:.1f} s: "
            f"{count / seconds:,.0f} clocks, {done / seconds:,.0f} applications a second "
            f"(aim {WANTED_CLOCKS_A_SECOND:,.0f} clocks)"
        )


def main() -> None:
    """Print the rates."""
    log.configure("error")
    clocks = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    print(f"{os.cpu_count()} cores, load before {os.getloadavg()[0]:.1f}")
    asyncio.run(measure(clocks))


if __name__ == "__main__":
    main()
