"""How fast the door is, beside what it is compared with, in one run on one machine.

`python -m bench.intake [SECONDS] [REPEATS]`: about a minute. Private Postgres with fsync on, one server
process each, 64 keep-alive connections, bodies of 2 kB in Greenhouse's shape, a new event id per request.
"""

import asyncio
import json
import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import asyncpg

from app.ats.greenhouse import signature
from app.db import make_engine, make_sessions, unit_of_work
from app.embedded import EmbeddedPostgres
from app.intake.config import ConnectionSecrets, ConnectionSettings
from app.intake.connections import add
from app.migrations import upgrade
from app.moments import machine_now
from bench.intake_servers import SECRET, VAULT

CONNECTIONS = 64
KINDS = {
    "floor": "bare ASGI, answers only",
    "hmac": "FastAPI, checks the HMAC, stores nothing",
    "each": "FastAPI, one commit per request",
    "door-each": "this door, one commit per request",
    "ours": "this service",
}
TIMES = ("p50_ms", "p99_ms", "max_ms")
STORING = ("each", "door-each", "ours")
Report = dict[str, Any]


def body_of_two_kilobytes() -> bytes:
    people = [
        {"id": 7_000 + n, "display_name": secrets.token_hex(12), "status": "tentative"} for n in range(14)
    ]
    application = {
        "id": 52_341,
        "status": "active",
        "prospect": False,
        "applied_at": "2026-11-02T08:15:00.000Z",
        "last_activity_at": "2026-11-18T09:41:07.512Z",
        "current_stage": {
            "id": 81,
            "name": "Portfolio talk",
            "interviews": [{"id": 3, "interviewers": people}],
        },
        "candidate": {"id": 9_120, "first_name": "Wilhelmina", "last_name": "Quist", "tags": ["remote"]},
        "jobs": [{"id": 66, "name": "Product designer", "status": "open", "departments": [], "offices": []}],
        "custom_fields": {"note": {"name": "Note", "type": "long_text", "value": secrets.token_urlsafe(450)}},
    }
    return json.dumps({"action": "candidate_stage_change", "payload": {"application": application}}).encode()


async def prepare(url: str) -> dict[str, str]:
    """The schema, and a connection for each server that stores, by which its rows are counted."""
    await upgrade(url)
    engine = make_engine(url)
    ids = {}
    for kind in KINDS:
        async with unit_of_work(make_sessions(engine)) as session:
            ids[kind] = (
                await add(
                    session,
                    VAULT,
                    vendor="greenhouse",
                    name=kind,
                    settings=ConnectionSettings(),
                    secrets=ConnectionSecrets(signing_secrets=[SECRET]),
                    now=machine_now(),
                )
            ).id
    await engine.dispose()
    connection = await asyncpg.connect(url)
    for setting in ("fsync", "synchronous_commit"):
        assert await connection.fetchval(f"SHOW {setting}") == "on", f"{setting} is off"
    await connection.close()
    await age(url)
    return ids


async def age(url: str) -> None:
    """Make it a cluster that has run for a while, with log files to reuse, or their making is measured."""
    connection = await asyncpg.connect(url.replace("//heardback@", "//postgres@"))
    for _ in range(16):
        await connection.execute("SELECT pg_logical_emit_message(false, 'bench', '')")
        await connection.execute("SELECT pg_switch_wal()")
    await connection.execute("CHECKPOINT")
    await connection.close()


async def stored(url: str, connection_id: str) -> int:
    connection = await asyncpg.connect(url)
    count = "SELECT count(*) FROM event JOIN raw_body ON event_id = event.id WHERE connection_id = $1"
    rows: int = await connection.fetchval(count, connection_id)
    await connection.close()
    return rows


def serve(kind: str, url: str) -> tuple[subprocess.Popen[bytes], int]:
    listening = socket.create_server(("127.0.0.1", 0), backlog=256)
    descriptor = listening.fileno()
    command = [sys.executable, "-m", "bench.intake_servers", kind, url, str(descriptor)]
    process = subprocess.Popen(command, pass_fds=[descriptor])
    port: int = listening.getsockname()[1]
    listening.close()
    return process, port


def load(port: int, connection_id: str, seconds: float, body: bytes) -> Report:
    how_much = [str(seconds), str(CONNECTIONS), secrets.token_hex(4), signature(body, SECRET)]
    command = [sys.executable, "-m", "bench.intake_load", str(port), f"/webhooks/{connection_id}", *how_much]
    done = subprocess.run(command, input=body, stdout=subprocess.PIPE, check=True, timeout=seconds + 40)
    report: Report = json.loads(done.stdout)
    assert not report["wrong"], report
    return report


def measure(url: str, ids: dict[str, str], seconds: float, repeats: int) -> dict[str, list[Report]]:
    body = body_of_two_kilobytes()
    servers = {kind: serve(kind, url) for kind in KINDS}
    reports: dict[str, list[Report]] = {kind: [] for kind in KINDS}
    acknowledged = dict.fromkeys(KINDS, 0)
    try:
        for number in range(repeats + 1):  # interleaved, so that a slow minute is everybody's
            for kind, (_, port) in servers.items():
                asyncio.run(age(url))
                report = load(port, ids[kind], seconds if number else 1.0, body)
                acknowledged[kind] += report["acknowledged"]
                if number:  # the first round only warms up
                    reports[kind].append(report)
    finally:
        for process, _ in servers.values():
            process.terminate()
        for process, _ in servers.values():
            process.wait(20)
    for kind in STORING:
        rows = asyncio.run(stored(url, ids[kind]))
        assert rows == acknowledged[kind], f"{kind}: {acknowledged[kind]} acknowledged, {rows} stored"
    print(f"stored = acknowledged: {', '.join(f'{kind} {acknowledged[kind]:,}' for kind in STORING)}")
    return reports


def tell(reports: dict[str, list[Report]]) -> None:
    rates, p99s = {}, {}
    print(f"\n{'':40} {'requests/s':>10} {'(repeats)':>17} {'p50 ms':>7} {'p99 ms':>7} {'max ms':>7}")
    for kind, name in KINDS.items():
        every = [report["per_second"] for report in reports[kind]]
        times = {key: statistics.median(one[key] for one in reports[kind]) for key in TIMES}
        rates[kind], p99s[kind] = statistics.median(every), times["p99_ms"]
        span = f"{min(every):,.0f}–{max(every):,.0f}"
        shown = " ".join(f"{times[key]:7.1f}" for key in TIMES)
        print(f"{name:40} {rates[kind]:10,.0f} {span:>17} {shown}")
    of_hmac, of_each = rates["ours"] / rates["hmac"], rates["ours"] / rates["each"]
    print(f"\n{of_hmac:6.2f} × FastAPI with the HMAC only (≥ 1.0): {verdict(of_hmac >= 1)}")
    print(f"{of_each:6.2f} × FastAPI with one commit per request (≥ 3): {verdict(of_each >= 3)}")
    print(f"{p99s['ours']:6.1f} ms at p99 (≤ 50): {verdict(p99s['ours'] <= 50)}")
    print(f"{rates['ours'] / rates['door-each']:6.2f} × this door with one commit per request")
    print(f"{rates['ours'] / rates['floor']:6.2f} × bare ASGI")


def verdict(reached: bool) -> str:  # noqa: FBT001
    return "reached" if reached else "missed"


def main() -> None:
    """Print the comparison; raises AssertionError where something acknowledged was not stored."""
    given = [float(argument) for argument in sys.argv[1:]]
    seconds, repeats = (given + [4, 3][len(given) :])[:2]
    size, load_before = len(body_of_two_kilobytes()), os.getloadavg()[0]
    print(f"{CONNECTIONS} connections, {size} bytes, {os.cpu_count()} cores, load before {load_before:.1f}")
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        EmbeddedPostgres(Path(folder)) as server,
    ):
        ids = asyncio.run(prepare(server.dsn))
        print("fsync on, synchronous_commit on")
        tell(measure(server.dsn, ids, seconds, int(repeats)))


if __name__ == "__main__":
    main()
