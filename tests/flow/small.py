"""The flow on a real database without HTTP: events are put where the door puts them, mail goes to a twin."""

import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select, text
from sqlmodel import SQLModel

from app.db import unit_of_work
from app.delivery.claim import Instants
from app.delivery.parcel import Packer
from app.delivery.route import Route, RouteMeta
from app.delivery.routing import Routes
from app.delivery.send import Post
from app.flow import Flow
from app.ids import new_id
from app.intake import connections
from app.intake.config import ConnectionSecrets, ConnectionSettings
from app.intake.models import Event, RawBody
from app.loops import drain_all
from app.mail.mime import build_mime
from app.mail.outbound import Envelope, Outcome, OutcomeKind
from app.moments import HeldClock
from app.running import open_flow
from app.services import Services, open_services
from app.settings import Settings

MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
NAME, ADDRESS = ("Ottoline", "Quennell"), "ottoline.quennell@example.net"

Script = Callable[[RouteMeta], Outcome]


class Vanished(BaseException):
    """The worker dies here: nothing of ours catches it, as nothing catches SIGKILL."""


@dataclass
class TwinRoute:
    """A mail provider that does as it is told, and remembers what it accepted."""

    name: str = "twin"
    longest: timedelta = timedelta(seconds=5)
    repeat_within: timedelta | None = None
    keeps_message_id: bool = True
    script: list[Outcome | BaseException] = field(default_factory=list)
    """What comes of the next sends; an exception is raised after the provider has accepted."""
    answers: list[Outcome | None] = field(default_factory=list)
    """What it says when asked; afterwards the truth."""
    sent: list[tuple[str, bytes]] = field(default_factory=list)
    """What it accepted: send id and bytes."""
    tried: list[bytes] = field(default_factory=list)

    def prepare(self, envelope: Envelope, date: datetime) -> bytes:
        return build_mime(envelope, date)

    async def send(self, payload: bytes, meta: RouteMeta) -> Outcome:
        self.tried.append(payload)
        told = self.script.pop(0) if self.script else Outcome(OutcomeKind.ACCEPTED)
        if isinstance(told, BaseException):
            self.sent.append((meta.send_id, payload))
            raise told
        if told.kind in (OutcomeKind.ACCEPTED, OutcomeKind.AMBIGUOUS):
            self.sent.append((meta.send_id, payload))
        return told

    async def settle(self, send_id: str, *, age: timedelta | None = None) -> Outcome | None:
        if self.answers:
            return self.answers.pop(0)
        there = any(known == send_id for known, _ in self.sent)
        return Outcome(OutcomeKind.ACCEPTED if there else OutcomeKind.NOT_SENT)

    async def aclose(self) -> None:
        """Nothing is held open."""


@dataclass
class Small:
    """Everything of one test."""

    services: Services
    flow: Flow
    clock: HeldClock
    machine: HeldClock
    route: TwinRoute
    connection: str
    events: int = 0

    async def hear(
        self, *bodies: dict[str, Any], at: datetime | None = None, ids: Sequence[str] = ()
    ) -> None:
        """The ATS says this, as the door stores it."""
        async with unit_of_work(self.services.sessions) as session:
            for nth, body in enumerate(bodies):
                self.events += 1
                event = Event(
                    id=ids[nth] if ids else new_id("evt"),
                    connection_id=self.connection,
                    dedupe_key=f"event-{self.events}",
                    action=body["action"],
                    received_at=at or self.clock.now(),
                )
                session.add(event)
                await session.flush()
                sealed = self.services.vault.seal(json.dumps(body).encode(), event.id)
                session.add(RawBody(event_id=event.id, body=sealed, received_at=event.received_at))

    async def drain(self) -> int:
        return await drain_all(self.flow)

    async def at(self, instant: datetime) -> None:
        """Moves on, and does what is due then."""
        self.clock.at = instant
        await self.drain()

    async def rows(self, table: type[SQLModel], **values: Any) -> list[Any]:
        async with self.services.sessions() as session:
            return list(await session.scalars(select(table).filter_by(**values)))

    async def one(self, table: type[SQLModel], **values: Any) -> Any:
        (row,) = await self.rows(table, **values)
        return row

    async def execute(self, statement: str, **values: Any) -> None:
        async with unit_of_work(self.services.sessions) as session:
            await session.execute(text(statement), values)

    def post(self) -> Post:
        """A worker of its own, with its own memory."""
        packer = Packer(self.services.vault, self.services.settings, Routes.single(self.route))
        return Post(
            self.services.sessions, packer, self.flow.vendors, timedelta(seconds=30), self.machine.now
        )

    def instants(self) -> Instants:
        return Instants(self.clock.now(), self.machine.now())


@asynccontextmanager
async def open_small(
    database_url: str, folder: Path, start: datetime = MONDAY, **settings: Any
) -> AsyncIterator[Small]:
    """The flow with its business time and its machine time held."""
    environment = Settings(
        _env_file=None, DATABASE_URL=database_url, data_dir=folder, company_name="Ostwind Robotics"
    )
    clock, machine, route = HeldClock(start), HeldClock(start), TwinRoute()
    async with open_services(environment, clock=clock, migrate=False) as services:
        services.machine_now = machine.now
        async with unit_of_work(services.sessions) as session:
            connection = await connections.add(
                session,
                services.vault,
                vendor="greenhouse",
                name="Ostwind",
                settings=ConnectionSettings(poll=False, **settings),
                secrets=ConnectionSecrets(signing_secrets=["a-secret-of-these-tests"]),
                now=start,
            )
        async with open_flow(services, route=route) as flow:
            yield Small(services, flow, clock, machine, route, connection.id)


@asynccontextmanager
async def open_small_again(
    database_url: str, folder: Path, route: Route, now: datetime
) -> AsyncIterator[Flow]:
    """The flow of another process on the same database, with a route of its own."""
    settings = Settings(
        _env_file=None, DATABASE_URL=database_url, data_dir=folder, company_name="Ostwind Robotics"
    )
    async with open_services(settings, clock=HeldClock(now), migrate=False) as services:
        services.machine_now = HeldClock(now).now
        async with open_flow(services, route=route) as flow:
            yield flow


STAGES = {1: "Application Review", 2: "Phone Screen", 3: "On-site Interview", 4: "Offer"}


def webhook(
    action: str,
    at: datetime,
    *,
    application: int = 501,
    stage: int = 1,
    applied: datetime = MONDAY,
    **more: Any,
) -> dict[str, Any]:
    """A webhook about one application, in Greenhouse's shape, with values of our own."""
    status = {"reject_candidate": "rejected", "hire_candidate": "hired"}.get(action, "active")
    person = {
        "id": application + 9_000,
        "first_name": NAME[0],
        "last_name": NAME[1],
        "can_email": True,
        "is_private": False,
        "email_addresses": [{"value": more.pop("address", ADDRESS), "type": "personal"}],
        "tags": [],
        "recruiter": {"id": 55, "name": "Mara Bexley", "email": "mara.bexley@ostwind.example"},
        "coordinator": None,
    }
    job = {
        "id": 7,
        "name": "Welder",
        "status": "open",
        "hiring_team": {
            "recruiters": [{"user_id": 55}],
            "hiring_managers": [{"user_id": 66}],
        },
    }
    told = {
        "id": application,
        "status": status,
        "prospect": False,
        "applied_at": _written(applied),
        "last_activity_at": _written(at),
        "rejected_at": _written(at) if status == "rejected" else None,
        "candidate": person | more.pop("candidate", {}),
        "jobs": [job | more.pop("job", {})],
        "current_stage": {"id": stage, "name": STAGES[stage], "interviews": []},
        "source": {"name": "Careers page"},
    }
    if status == "rejected":
        kind = {"id": 1, "name": "We rejected them"}
        told["rejection_reason"] = {"id": 31, "name": "Another profile fits better", "type": kind}
    return {"action": action, "payload": {"application": told | more}}


def _written(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
