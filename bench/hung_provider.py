"""What a hung mail provider costs everybody else: the door, another route's mail, the minute it is back.

`python -m bench.hung_provider [SECONDS] [REPEATS]`: about two minutes. One process with the door and the
loops that send and ask, on a private Postgres with fsync on; the load on the door and the two providers are
processes of their own. What the load brings is stored and goes no further. In each round the first provider
has mail to take, and the second has none, answers at once, or takes every mail and says nothing. In the end
the second recovers, while business time runs six times as fast.
"""

import asyncio
import json
import os
import secrets
import socket
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import uvicorn
import uvloop

from app import log
from app.ats.greenhouse import signature
from app.delivery.lanes import WIDTH
from app.delivery.routes import route_from
from app.delivery.routing import Routes, Rule
from app.flow import Flow
from app.main import create_app
from app.moments import HeldClock, machine_now
from app.running import open_flow
from app.server import Server
from app.services import Services
from bench.filled import add_connection, opened_house
from bench.intake import body_of_two_kilobytes
from bench.pipeline import store

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)
SECRET = "a-signing-secret-of-the-bench"
EVENTS, CONNECTIONS = 600, 4
ALLOWED, FAST = 60, 6
"""In the round of the recovery: mails a minute by one route, and how fast business time runs."""
OUTAGE = 16.0
"""Seconds: longer than a mail waits for an answer, so that some are in doubt."""
KINDS = {"none": "no mail by it", "well": "it answers", "hung": "it hangs"}
Round = dict[str, float]


class Running:
    """Business time from that instant on, at that speed."""

    def __init__(self, start: datetime, speed: int = 1) -> None:
        self._start, self._speed, self._began = start, speed, machine_now()

    def now(self) -> datetime:
        return self._start + (machine_now() - self._began) * self._speed


class Far:
    """The providers' process."""

    def __init__(self, process: asyncio.subprocess.Process, ports: list[int]) -> None:
        self._process, self.ports = process, ports

    async def say(self, command: str) -> dict[str, Any]:
        """Does that, and tells what has come since they forgot."""
        assert self._process.stdin
        self._process.stdin.write(f"{command}\n".encode())
        told: dict[str, Any] = await _line(self._process)
        return told


async def _line(process: asyncio.subprocess.Process) -> Any:  # noqa: ANN401  # as JSON has it
    assert process.stdout
    async with asyncio.timeout(20):
        return json.loads(await process.stdout.readline())


@asynccontextmanager
async def far_side() -> AsyncIterator[Far]:
    """Two providers, gone afterwards."""
    pipe = asyncio.subprocess.PIPE
    command = (sys.executable, "-m", "bench.hung_provider_far")
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, limit=2**24)
    try:
        yield Far(process, await _line(process))
    finally:
        process.kill()
        await process.wait()


@dataclass(slots=True)
class House:
    """The process that is measured."""

    services: Services
    flow: Flow
    far: Far
    port: int
    quick: str
    slow: str

    async def fill(self) -> None:
        """Candidates of both connections apply; their acknowledgements are queued, none leaves."""
        drains = self.flow.events, self.flow.applications, self.flow.messages, self.flow.releases
        for nth, connection in enumerate((self.quick, self.slow)):
            await store(self.services, connection, EVENTS, 10_000_000 * (nth + 1), domain="example.net")
        for minutes in (0, 30):
            self.services.clock = HeldClock(NOON + timedelta(minutes=minutes))
            while sum([await drain() for drain in drains]):
                pass

    async def begin(self, kind: str, *, speed: int = 1) -> tuple[int, int]:
        """Everything is queued and due once more; how much for the quick route, and for the slow one."""
        self.services.clock = Running(NOON + timedelta(minutes=31), speed)
        await self.far.say("forget")
        await self.far.say("hang" if kind == "hung" else "heal")
        database = await asyncpg.connect(self.services.database_url)
        async with database.transaction():
            for statement in _RESET:
                await database.execute(statement)
            for route, connection in (("quick", self.quick), ("slow", self.slow)):
                # As if each had been looked at once: an outage that lasts is what is measured.
                await database.execute(
                    "UPDATE delivery SET route = $1 WHERE connection_id = $2", route, connection
                )
            if kind == "none":
                away = "UPDATE delivery SET act_at = NULL WHERE connection_id = $1"
                await database.execute(away, self.slow)
        due = "SELECT count(*) FROM delivery WHERE act_at IS NOT NULL AND connection_id = $1"
        waiting = [await database.fetchval(due, connection) for connection in (self.quick, self.slow)]
        await database.execute("ANALYZE")
        await database.close()
        return waiting[0], waiting[1]

    async def end(self) -> dict[str, Any]:
        """The slow one is well again, nothing is under way any more; what has come in this round."""
        told = await self.far.say("tell")
        await self.far.say("heal")
        async with asyncio.timeout(30):
            await self.flow.lanes.rest()
        return told


_OURS = "follow_up.kind = 'application_received'"
_RESET = (
    "TRUNCATE attempt, receipt, route_health, raw_body, event CASCADE",
    "DELETE FROM fact WHERE kind = 'said'",
    f"DELETE FROM delivery USING follow_up WHERE follow_up.id = follow_up_id AND NOT ({_OURS})",
    f"UPDATE follow_up SET state = 'cancelled', act_at = NULL WHERE NOT ({_OURS})",
    f"UPDATE follow_up SET state = 'queued', act_at = NULL, cause = NULL WHERE {_OURS}",
    "UPDATE application SET wake_at = NULL",
    """UPDATE delivery SET state = 'queued', act_at = created_at - random() * interval '1 minute',
    attempt = 0, inquiries = 0, cause = NULL, leased_until = NULL, settled_at = NULL, waiting_on = NULL,
    provider_id = NULL, wire_id = NULL""",
)
"""As it was before anything left; what the load has brought goes."""


@asynccontextmanager
async def opened() -> AsyncIterator[House]:
    """The service on loopback, with everything ready to leave."""
    async with far_side() as far, opened_house(NOON - timedelta(days=1)) as services:
        services.settings.mail_route_a_minute = services.settings.mail_recipients_a_minute = 0
        quick, slow = [await add_connection(services, mails_a_minute=6_000) for _ in range(2)]
        ways = {
            name: route_from(
                {
                    "kind": "postmark",
                    "name": name,
                    "token": "demo-server-token",
                    "base_url": f"http://127.0.0.1:{port}",
                }
            )
            for name, port in zip(("quick", "slow"), far.ports, strict=True)
        }
        routes = Routes(ways, (Rule("slow", connection=slow), Rule("quick")))
        async with open_flow(services, route=routes) as flow:
            listening = socket.create_server(("127.0.0.1", 0), backlog=256)
            server = Server(
                uvicorn.Config(create_app(services), log_config=None, access_log=False, ws="none")
            )
            serving = asyncio.create_task(server.serve(sockets=[listening]))
            while not server.started:  # noqa: ASYNC110 - uvicorn offers nothing to wait for
                await asyncio.sleep(0.01)
            house = House(services, flow, far, listening.getsockname()[1], quick, slow)
            await house.fill()
            try:
                yield house
            finally:
                server.should_exit = True
                await serving


@asynccontextmanager
async def sending(flow: Flow) -> AsyncIterator[None]:
    """Mail leaves, and is asked about, as the loops of a process do it."""

    async def loop(drain: Callable[[], Awaitable[int]]) -> None:
        while True:
            if not await drain():
                await asyncio.sleep(0.1)

    tasks = [asyncio.create_task(loop(drain)) for drain in (flow.deliveries, flow.questions)]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def under_load(house: House, seconds: float) -> dict[str, Any]:
    """Webhooks for so long, as many as are answered; what the load has to report."""
    body = body_of_two_kilobytes()
    load = [str(house.port), f"/webhooks/{house.quick}", str(seconds), str(CONNECTIONS)]
    load += [secrets.token_hex(4), signature(body, SECRET)]
    command, pipe = (sys.executable, "-m", "bench.intake_load", *load), asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
    async with asyncio.timeout(seconds + 40):
        report: dict[str, Any] = json.loads((await process.communicate(body))[0])
    assert not report["wrong"], report
    return report


async def one_round(house: House, kind: str, seconds: float) -> Round:
    """The door under load while mail leaves."""
    quick, slow = await house.begin(kind)
    assert (quick > 0, slow > 0) == (True, kind != "none"), (quick, slow)
    async with sending(house.flow):
        await settled(house, kind)
        began = time.time()
        report = await under_load(house, seconds)
        told, took = await house.far.say("tell"), time.time() - began
    told["slow"] = (await house.end())["slow"]
    assert max(told[name]["most"] for name in ("quick", "slow")) <= 1, "a mail was sent twice"
    came = told["quick"]["arrived"]
    if len(came) == quick:
        took = came[-1] - began
    mails, held = sum(at >= began for at in came) / took, told["slow"]["held"]
    return {"mails": mails, "rate": report["per_second"], "p99": report["p99_ms"], "held": held}


async def settled(house: House, kind: str) -> None:
    """Until mail is on its way, and the one that hangs holds all that it can."""
    for _ in range(600):
        on_its_way = (await house.far.say("tell"))["quick"]["arrived"]
        if on_its_way and (kind != "hung" or house.flow.lanes.full()):
            return
        await asyncio.sleep(0.05)
    raise TimeoutError


async def recovery(house: House) -> tuple[int, int, float]:
    """Of the slow route's busiest minutes: mails let out, mails that came; seconds until the first one."""
    house.services.settings.mail_route_a_minute = ALLOWED
    _, waiting = await house.begin("hung", speed=FAST)
    async with sending(house.flow):
        await asyncio.sleep(OUTAGE)
        before, healed = len((await house.far.say("heal"))["slow"]["arrived"]), time.time()
        await asyncio.sleep(min(25.0, 60 / FAST * waiting / ALLOWED))
    told = (await house.end())["slow"]
    assert told["most"] <= 1, "a mail was sent twice"
    database = await asyncpg.connect(house.services.database_url)
    rows = await database.fetch("SELECT extract(epoch FROM left_at)::float FROM attempt WHERE route = 'slow'")
    await database.close()
    came = told["arrived"]
    return busiest([row[0] for row in rows], 60), busiest(came, 60 / FAST), came[before] - healed


def busiest(instants: list[float], minute: float) -> int:
    """The most in any span of that many seconds."""
    return max(sum(at <= other < at + minute for other in instants) for at in instants)


async def measure(seconds: float, repeats: int) -> None:
    """Rounds of all kinds by turns, the first of each only warms up; then the recovery."""
    found: dict[str, list[Round]] = {kind: [] for kind in KINDS}
    async with opened() as house:
        for number in range(repeats + 1):
            for kind in KINDS:
                one = await one_round(house, kind, seconds if number else 2.0)
                if number:
                    found[kind].append(one)
        tell(found)
        out, came, first = await recovery(house)
    ratio = out / ALLOWED
    print(
        f"well again: first mail after {first:.1f} s; {out} mails let out in the busiest minute of business"
    )
    print(f"time, {ratio:.2f} × what is allowed (≤ 1): {verdict(ratio <= 1)}; {came} came in one there")


def tell(found: dict[str, list[Round]]) -> None:
    """Each measure, and its ratios."""
    print(f"{'the other provider:':28}{''.join(f'{name:>15}' for name in KINDS.values())}")
    for name, key in (("webhooks a second", "rate"), ("webhook p99, ms", "p99"), ("mails a second", "mails")):
        none, well, hung = (statistics.median(one[key] for one in found[kind]) for kind in KINDS)
        print(f"{name:28}{none:15,.1f}{well:15,.1f}{hung:15,.1f}", end="")
        print(f"   hung ÷ answers {hung / well:.2f}, ÷ no mail {hung / none:.2f}")
    held = max(one["held"] for one in found["hung"])
    print(f"connections held by the hung provider: {held:.0f} (≤ {WIDTH}): {verdict(held <= WIDTH)}")


def verdict(reached: bool) -> str:  # noqa: FBT001
    return "reached" if reached else "missed"


def main() -> None:
    """Print all three kinds and their ratios."""
    given = [float(argument) for argument in sys.argv[1:]]
    seconds, repeats = (given + [5, 4][len(given) :])[:2]
    log.configure("error")
    print(f"{CONNECTIONS} connections, {os.cpu_count()} cores, load before {os.getloadavg()[0]:.1f}")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(measure(seconds, int(repeats)))


if __name__ == "__main__":
    main()
