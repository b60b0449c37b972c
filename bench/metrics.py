"""The metrics endpoint over a long history: one million events, one hundred thousand open clocks.

Its floor in the same run is counting the same rows directly. Target: at most 20 ms, and equal to the recount.
"""

import asyncio
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from app.db import Sessions, make_engine, make_sessions, unit_of_work
from app.embedded import EmbeddedPostgres
from app.metrics.figures import figures, measure_silence
from app.metrics.recount import recounted, tallied
from app.metrics.tally import fold_tally
from app.metrics.text import prometheus
from app.migrations import upgrade

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
EVENTS, CLOCKS = 1_000_000, 100_000
_AT = f"timestamptz '{NOW.isoformat()}'"
_CONNECTIONS = f"""
INSERT INTO connection (id, vendor, name, enabled, settings, secrets, created_at)
SELECT 'con_' || n, 'greenhouse', 'c', true, '{{}}', '', {_AT} FROM generate_series(1, 5) n"""
_EVENTS = f"""
INSERT INTO event (id, connection_id, dedupe_key, action, received_at, state, replays)
SELECT 'evt_' || n, 'con_' || (n % 5 + 1), n::text, 'x', {_AT} - n * interval '1 second',
  CASE WHEN n <= 200 THEN 'pending' WHEN n % 9 = 0 THEN 'ignored' ELSE 'done' END, 0
FROM generate_series(CAST(:low AS int), CAST(:high AS int)) n"""
_APPLICATIONS = f"""
INSERT INTO application
  (id, connection_id, external_id, status, prospect, failures, interviewing, folded_at)
SELECT 'app_' || n, 'con_' || (n % 5 + 1), n::text, 'active', false, 0, false, {_AT}
FROM generate_series(CAST(:low AS int), CAST(:high AS int)) n"""
_CLOCKS = f"""
INSERT INTO clock (id, connection_id, application_id, policy, occurrence, state, started_at, closed_at,
  closed_by, policy_version, calendar, rule, updated_at)
SELECT 'clk_' || n, 'con_' || (n % 5 + 1), 'app_' || ((n - 1) / 3 + 1), 'policy_' || (n % 12), n::text,
  CASE WHEN n % 3 = 0 THEN 'running' ELSE 'met' END, {_AT} - interval '5 hours',
  CASE WHEN n % 3 = 0 THEN NULL ELSE {_AT} END, 'said:x', 1, 'office', 'r', {_AT}
FROM generate_series(CAST(:low AS int), CAST(:high AS int)) n"""
_FILL = ((_EVENTS, EVENTS), (_APPLICATIONS, CLOCKS), (_CLOCKS, 3 * CLOCKS))
_CHUNK = 50_000


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgresServer(Path(folder)) as url:
        await upgrade(url)
        engine = make_engine(url)
        sessions = make_sessions(engine)
        began = time.perf_counter()
        async with unit_of_work(sessions) as session:
            await session.execute(text(_CONNECTIONS))
        for statement, rows in _FILL:
            for low in range(1, rows + 1, _CHUNK):
                async with unit_of_work(sessions) as session:
                    await session.execute(text(statement), {"low": low, "high": low + _CHUNK - 1})
        async with engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            await connection.execute(text("VACUUM ANALYZE"))
        print(f"{EVENTS:,} events, {CLOCKS:,} open clocks: filled in {time.perf_counter() - began:.0f} s")
        await _measure(sessions)
        await engine.dispose()


async def _measure(sessions: Sessions) -> None:
    async with unit_of_work(sessions) as session:
        await fold_tally(session)
        started = time.perf_counter()
        await measure_silence(session, NOW, NOW)
        print(f"the silence, measured by a worker every ten seconds: {_ms(started):.0f} ms")
    spent = []
    for _ in range(30):
        started = time.perf_counter()
        async with unit_of_work(sessions) as session:
            prometheus(await figures(session, NOW, NOW))
        spent.append(_ms(started))
    async with unit_of_work(sessions) as session:
        started = time.perf_counter()
        counted = await recounted(session)
        floor = _ms(started)
        exact = counted == await tallied(session)
    middle, worst = statistics.median(spent), sorted(spent)[-2]
    print(f"/metrics: median {middle:.1f} ms, next to worst {worst:.1f} ms; counting instead: {floor:.0f} ms")
    print(f"equal to the recount: {exact}; at most 20 ms: {middle <= 20}")
    if not exact or middle > 20:
        raise SystemExit(1)


def _ms(started: float) -> float:
    return (time.perf_counter() - started) * 1000


class EmbeddedPostgresServer:
    """A private Postgres for this measurement."""

    def __init__(self, folder: Path) -> None:
        self._server = EmbeddedPostgres(folder / "data", durable=False)

    def __enter__(self) -> str:
        self._server.start()
        return self._server.dsn

    def __exit__(self, *_: object) -> None:
        self._server.stop()


if __name__ == "__main__":
    asyncio.run(main())
