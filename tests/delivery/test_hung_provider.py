"""A provider takes every mail and says nothing: the door, other routes and the time after; time is held."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest_asyncio

from app.ats import greenhouse
from app.db import unit_of_work
from app.delivery.lanes import Lanes
from app.delivery.models import Delivery
from app.delivery.route import RouteMeta
from app.delivery.routing import Routes, Rule
from app.intake import connections
from app.intake.config import ConnectionSecrets, ConnectionSettings
from app.intake.models import Event
from app.mail.outbound import Outcome
from app.main import create_app
from app.moments import HeldClock
from tests.flow.serving import served
from tests.flow.small import MONDAY, Small, TwinRoute, open_small, webhook

DUE = MONDAY + timedelta(minutes=11)
SECRET = "a-secret-of-these-tests"
MINUTE = timedelta(minutes=1)
WIDTH = 5
"""Of a lane, so that a small backlog fills it."""


@dataclass
class Silent(TwinRoute):
    """Takes every mail; neither this nor any question is answered until it is told to."""

    name: str = "silent"
    clock: HeldClock = field(default_factory=lambda: HeldClock(MONDAY))
    answer: asyncio.Event = field(default_factory=asyncio.Event)
    taken_at: list[datetime] = field(default_factory=list)
    asked: int = 0

    async def send(self, payload: bytes, meta: RouteMeta) -> Outcome:
        self.taken_at.append(self.clock.now())
        outcome = await super().send(payload, meta)
        await self.answer.wait()
        return outcome

    async def settle(self, send_id: str, *, age: timedelta | None = None) -> Outcome | None:
        self.asked += 1
        await self.answer.wait()
        return await super().settle(send_id, age=age)


@dataclass
class Stage:
    """Two connections: the mail of one leaves by the silent route, that of the other by a healthy one."""

    small: Small
    silent: Silent
    other: TwinRoute
    healthy: str

    async def work(self) -> None:
        """As the loops of a process do: until nothing is found, waiting for no send under way."""
        while sum([await drain() for drain in self.small.flow.drains().values()]):
            pass

    async def at(self, instant: datetime) -> None:
        self.small.clock.at = self.small.machine.at = instant
        await self.work()


@pytest_asyncio.fixture
async def stage(database_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    """Nobody has applied yet."""
    async with open_small(database_url, tmp_path) as small:
        async with unit_of_work(small.services.sessions) as session:
            second = await connections.add(
                session,
                small.services.vault,
                vendor="greenhouse",
                name="Westwind",
                settings=ConnectionSettings(poll=False),
                secrets=ConnectionSecrets(signing_secrets=[SECRET]),
                now=MONDAY,
            )
        silent, other = Silent(clock=small.clock), TwinRoute("other")
        rules = Rule("silent", connection=small.connection), Rule("other")
        routes = Routes({"silent": silent, "other": other}, rules)
        small.flow = replace(small.flow, routes=routes, lanes=Lanes(patience=0.01, width=WIDTH))
        small.services.settings = small.services.settings.model_copy(update={"mail_recipients_a_minute": 0})
        try:
            yield Stage(small, silent, other, second.id)
        finally:
            silent.answer.set()
            await small.flow.lanes.aclose()


async def apply(stage: Stage, number: int, *, first: int = 600) -> None:
    """So many candidates apply at the connection whose provider will hang."""
    people = range(first, first + number)
    bodies = [
        webhook("new_candidate_application", MONDAY, application=one, address=f"c{one}@mail.example")
        for one in people
    ]
    await stage.small.hear(*bodies, at=MONDAY)
    await stage.work()


async def test_neither_the_door_nor_another_route_waits(stage: Stage) -> None:
    """A lane of its mails is held, the others wait unseen; webhooks are stored, understood and answered."""
    await apply(stage, WIDTH + 4)
    await stage.at(DUE)
    await stage.at(DUE + timedelta(seconds=6))
    assert len(stage.silent.taken_at) == WIDTH
    async with (
        served(create_app(stage.small.services)) as url,
        httpx.AsyncClient(base_url=url, trust_env=False, timeout=5) as client,
    ):
        for nth in range(3):
            told = webhook("new_candidate_application", MONDAY, application=900 + nth)
            body = json.dumps(told).encode()
            headers = {"Signature": greenhouse.signature(body, SECRET), "Greenhouse-Event-ID": f"e-{nth}"}
            answer = await client.post(f"/webhooks/{stage.healthy}", content=body, headers=headers)
            assert answer.status_code == 200
    async with asyncio.timeout(20):
        await stage.at(DUE + timedelta(seconds=20))
        await stage.at(DUE + timedelta(minutes=15))
    events = await stage.small.rows(Event, connection_id=stage.healthy)
    assert [event.state for event in events] == ["done"] * 3
    mails = await stage.small.rows(Delivery, connection_id=stage.healthy, channel="mail")
    assert {mail.state for mail in mails if mail.recipient.startswith("candidate:")} == {"sent"}
    assert len(stage.silent.taken_at) == WIDTH


async def test_the_backlog_of_a_full_lane_is_not_gone_through_again(stage: Stage) -> None:
    """However long it is and however often its time comes: each claim sees only what may leave."""
    await apply(stage, WIDTH + 6)
    await stage.at(DUE)
    await stage.at(DUE + timedelta(seconds=6))
    for minutes in (1, 2):
        stage.small.clock.at = DUE + minutes * MINUTE
        assert await stage.small.flow.deliveries() == 0


async def test_when_it_is_back_there_is_no_burst_and_nothing_is_sent_twice(stage: Stage) -> None:
    """Its leases end in doubt; what it had taken is not sent again, and the rest leaves so many a minute."""
    pace, number = 3, WIDTH + 9
    settings = stage.small.services.settings
    stage.small.services.settings = settings.model_copy(update={"mail_route_a_minute": pace})
    await apply(stage, number)
    for minutes in range(10):
        await stage.at(DUE + minutes * MINUTE)
    assert len(stage.silent.taken_at) == WIDTH
    states = Counter(mail.state for mail in await stage.small.rows(Delivery, channel="mail"))
    assert states["unknown"] == WIDTH == stage.silent.asked
    stage.silent.answer.set()
    await stage.small.flow.lanes.rest()
    for half_minutes in range(20, 29):
        await stage.at(DUE + half_minutes * MINUTE / 2)
        await stage.small.flow.lanes.rest()
    mails = await stage.small.rows(Delivery, channel="mail", connection_id=stage.small.connection)
    assert {mail.state for mail in mails if mail.recipient.startswith("candidate:")} == {"sent"}
    came = Counter(send_id for send_id, _ in stage.silent.sent)
    assert (len(came), set(came.values())) == (number, {1})
    taken = stage.silent.taken_at
    assert max(sum(at <= other < at + MINUTE for other in taken) for at in taken) == pace
