"""The same round through one process, and through `serve` and two workers with Postgres and Redis."""

import base64
import os
import re
import signal
import socket
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import redis.asyncio
from sqlalchemy import select

from app.demo.cast import COMPANY, STORIES, ZONE
from app.demo.desk import Recruiter
from app.demo.greenhouse import SimulatedGreenhouse
from app.demo.perform import UNLIMITED, Result, perform, result
from app.demo.remote import Elsewhere
from app.demo.round import CHAOS, Round
from app.demo.script import Director, instant
from app.demo.show import Silent
from app.demo.stage import connect, demo_settings, served
from app.demo.time import hold_time
from app.followups.models import FollowUp
from app.moments import HeldClock
from app.running import open_flow
from app.services import Services, open_services
from app.sla.book import Shelf
from app.sla.models import Clock
from app.timeline.models import Application
from app.worker import Alarm
from tests.demo.processes import free_port, started, wait_until_ready
from tests.servers import PostgresServer

MONDAY = datetime(2026, 11, 8, 23, 0, tzinfo=UTC)
UNTIL = instant(MONDAY, 4, "18:00")
CAST = tuple(s for s in STORIES if s.key in {"noemi", "tomas", "kenji", "greta", "viktor", "omar", "yusuf"})
SECRET = "a-signing-secret-for-this-round"
MASTER = base64.b64encode(bytes(range(32))).decode()
KILL_AT, FLUSH_AT = 25, 45
TOLERANCE = timedelta(minutes=2)
"""A send that is tried again, or waits for news to be folded, leaves a little later."""

HOLD = {
    "every acknowledged webhook is stored once and handled",
    "what Greenhouse says is what is held true, lost webhooks or not",
    "everybody was acknowledged once, or there is a named reason",
    "no rejection and no offer left before a person allowed it",
    "nobody was written to twice for one reason",
    "each mail to a candidate is noted in Greenhouse, once",
    "every follow-up ended, or waits on a named person",
}


async def test_many_processes_do_what_one_does(
    postgres: PostgresServer, template_database: str, redis_url: str, tmp_path: Path
) -> None:
    """Clocks and messages are the same with workers, one of them killed, and Redis emptied; none twice."""
    alone, one_url = await postgres.clone(template_database)
    apart, many_url = await postgres.clone(template_database)
    try:
        expected = await _alone(one_url, tmp_path / "one")
        (tmp_path / "many").mkdir()
        found = await _apart(many_url, redis_url, tmp_path / "many")
    finally:
        await postgres.drop(alone)
        await postgres.drop(apart)
    for part in (expected, found):
        broken = [e for e in part["result"].expectations if e.name in HOLD and not e.held]
        assert not broken
    assert found["messages"] == expected["messages"]
    assert found["clocks"].keys() == expected["clocks"].keys()
    for key, clock in expected["clocks"].items():
        assert _alike(clock, found["clocks"][key]), (key, clock, found["clocks"][key])


def _alike(one: Sequence[object], other: Sequence[object]) -> bool:
    return all(
        abs(a - b) <= TOLERANCE if isinstance(a, datetime) and isinstance(b, datetime) else a == b
        for a, b in zip(one, other, strict=True)
    )


async def _alone(url: str, folder: Path) -> dict[str, Any]:
    settings = demo_settings(_env_file=None, DATABASE_URL=url, REDIS_URL=None, data_dir=folder)
    listener = socket.create_server(("127.0.0.1", 0))
    async with (
        open_services(settings, clock=HeldClock(MONDAY), migrate=False) as services,
        open_flow(services) as flow,
        served(services, listener) as address,
        SimulatedGreenhouse(address, SECRET, chaos=CHAOS) as greenhouse,
    ):
        connection = await connect(services, greenhouse, address, MONDAY)
        done = await perform(
            services,
            flow,
            greenhouse,
            connection,
            monday=MONDAY,
            until=UNTIL,
            teller=Silent(),
            stories=CAST,
        )
        return await _outcome(services, done)


async def _apart(url: str, redis_url: str, folder: Path) -> dict[str, Any]:
    port, log = free_port(), folder / "log"
    environment = {
        "DATABASE_URL": url,
        "REDIS_URL": redis_url,
        "HEARDBACK_DATA_DIR": str(folder),
        "HEARDBACK_MASTER_KEYS": MASTER,
        "HEARDBACK_SIMULATED_TIME": "true",
        "HEARDBACK_COMPANY_NAME": COMPANY,
        "HEARDBACK_TIME_ZONE": ZONE,
        "HEARDBACK_LEASE_SECONDS": "10",
        "HEARDBACK_PORT": str(port),
        "HEARDBACK_LOG_LEVEL": "warning",
    }
    settings = demo_settings(
        _env_file=None, DATABASE_URL=url, REDIS_URL=redis_url, data_dir=folder, master_keys=MASTER
    )
    async with open_services(settings, migrate=False) as services:
        await hold_time(services.sessions, MONDAY)
        alarm = Alarm(redis_url)
        with ExitStack() as processes:
            processes.enter_context(started("serve", settings=environment, log=log))
            address = f"http://127.0.0.1:{port}"
            await wait_until_ready(address)
            workers = [
                processes.enter_context(started("worker", settings=environment, log=log)) for _ in range(2)
            ]
            async with alarm.running(), SimulatedGreenhouse(address, SECRET, chaos=CHAOS) as greenhouse:
                greenhouse.harvest.limit = UNLIMITED
                connection = await connect(services, greenhouse, address, MONDAY)
                director = Director(greenhouse, MONDAY, {story.key: story for story in CAST})
                director.set_up(MONDAY)
                recruiter = Recruiter(services.sessions, services.vault, Shelf(), director, connection)
                elsewhere = Elsewhere(services.sessions, alarm.nudge)
                trouble = Trouble(elsewhere, workers[0].pid, redis_url)
                await elsewhere.wait_for_polls()
                play = Round(
                    services.sessions, greenhouse, director, recruiter, elsewhere.move, trouble.settle
                )
                await play.play(MONDAY, UNTIL)
                assert trouble.killed
                assert trouble.flushed
                assert workers[0].wait(10) == -signal.SIGKILL
                return await _outcome(services, await result(services, director, UNTIL))


class Trouble:
    """Kills a worker while it has something to do, and later empties Redis."""

    def __init__(self, elsewhere: Elsewhere, victim: int, redis_url: str) -> None:
        self._elsewhere, self._victim, self._redis_url = elsewhere, victim, redis_url
        self._settled = 0
        self.killed = self.flushed = False

    async def settle(self, now: datetime) -> None:
        self._settled += 1
        if not self.killed and self._settled >= KILL_AT:
            due = await self._elsewhere.due(now)
            # A poll's lease is two minutes, which this test does not have.
            if due and "polls" not in due:
                os.kill(self._victim, signal.SIGKILL)
                self.killed = True
        if not self.flushed and self._settled >= FLUSH_AT:
            async with redis.asyncio.Redis.from_url(self._redis_url) as client:
                await client.flushall()
            self.flushed = True
        await self._elsewhere.settle(now)


async def _outcome(services: Services, done: Result) -> dict[str, Any]:
    """Clocks and messages by what they are about, free of ids."""
    names = done.played.director.names()

    def named(text: str) -> str:
        return re.sub(r"\d{7}", lambda found: names.get(found[0], found[0]), text)

    async with services.sessions() as session:
        who = {a.id: named(a.external_id) for a in await session.scalars(select(Application))}
        clocks = {
            (who[c.application_id], c.policy, named(c.occurrence)): (
                c.state,
                c.started_at,
                c.due_at,
                c.breached_at,
            )
            for c in await session.scalars(select(Clock))
        }
        messages = sorted(
            (f.kind, named(f.recipient), who[f.application_id], named(f.reason), f.step, f.state)
            for f in await session.scalars(select(FollowUp))
        )
    return {"clocks": clocks, "messages": messages, "result": done}
