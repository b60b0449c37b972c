"""How long a backtest of 100 k events takes: generated history of ninety days, two rule books, with progress.

`python -m bench.backtest [EVENTS]`
"""

import asyncio
import os
import sys
import time
from datetime import UTC, datetime, timedelta

from app.db import unit_of_work
from app.rehearsal.run import Backtest, backtest
from app.sla.book import Shelf, ensure_starter, starter_policies
from app.sla.policies import parse_policies
from bench.filled import ZONE, add_connection, fill, opened_house
from bench.histories import histories

UNTIL = datetime(2026, 11, 20, 12, tzinfo=UTC)
SPAN = timedelta(days=90)
WANTED = 60.0
FACTS_EACH = 7.28
"""Facts that a generated application has on average."""


def show(done: int, total: int) -> None:
    print(f"\r{done:>8,} of {total:,} applications", end="", flush=True)


async def measure(events: int) -> tuple[Backtest, float]:
    """The backtest of the starter rules beside quicker ones, and its seconds."""
    since = UNTIL - SPAN
    async with opened_house(UNTIL) as services:
        async with unit_of_work(services.sessions) as session:
            await ensure_starter(session, time_zone=ZONE, holidays="DE", now=since)
        connection = await add_connection(services)
        told = histories(round(events / FACTS_EACH), since=since, until=UNTIL)
        facts, applications = await fill(services, connection, told, wake_at=None)
        print(f"{facts:,} events of {applications:,} applications over {SPAN.days} days")
        others = starter_policies()
        for policy in others["policies"]:
            if policy["key"] == "acknowledge_application":
                policy["target"] = {"business_hours": 4}
        begun = time.perf_counter()
        async with services.sessions() as session:
            book = await Shelf().book(session)
            found = await backtest(
                session, book, parse_policies(others), since=since, now=UNTIL, progress=show
            )
        return found, time.perf_counter() - begun


def main() -> None:
    """Print the time and the outcome; fail above a minute for 100 k events."""
    events = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    found, seconds = asyncio.run(measure(events))
    print(f"\n{seconds:.1f} s for {found.facts:,} events, both rule books, {os.cpu_count()} cores", end="")
    print(f" (load {os.getloadavg()[0]:.1f}); wanted ≤ {WANTED:.0f} s for 100,000")
    for name, tally in (("present", found.present), ("proposed", found.proposed)):
        clocks = sum(counts["clocks"] for counts in tally.clocks.values())
        on_time = tally.on_time()
        print(f"{name:>9}: {clocks:,} clocks, {on_time:.1%} on time, {tally.per_candidate:.2f} messages each")
    if seconds > WANTED * found.facts / 100_000:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
