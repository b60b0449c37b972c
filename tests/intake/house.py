"""An open door on a real database, and the signed requests that knock at it."""

import itertools
import json
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import asyncpg
import httpx
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.types import Message, Scope

from app.ats import greenhouse
from app.db import Sessions, make_engine, make_sessions, unit_of_work
from app.intake import connections
from app.intake.config import ConnectionSecrets, ConnectionSettings
from app.intake.directory import Directory, read_entries
from app.intake.door import Door, DoorRoute
from app.intake.writer import Writer
from app.privacy.vault import Vault

SECRET = "a-secret-known-to-both-sides"
NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)
_numbers = itertools.count(1)

Asked = tuple[int, dict[str, str], bytes]


def stage_change(number: int = 1, *, name: str = "Wilhelmina Quist", filler: int = 0) -> bytes:
    """A webhook body in Greenhouse's shape, with values of our own."""
    application = {
        "id": 50_000 + number,
        "status": "active",
        "current_stage": {"id": 81, "name": "Portfolio talk", "interviews": []},
        "candidate": {
            "id": 9_000 + number,
            "first_name": name.split(maxsplit=1)[0],
            "last_name": name.rsplit(maxsplit=1)[-1],
        },
        "notes": "x" * filler,
    }
    return json.dumps({"action": "candidate_stage_change", "payload": {"application": application}}).encode()


def signed(body: bytes, *, secret: str = SECRET, event_id: str | None = None) -> dict[str, str]:
    """The headers with which Greenhouse sends this body; a fresh event id unless one is given."""
    return {
        "Content-Type": "application/json",
        "Signature": greenhouse.signature(body, secret),
        "Greenhouse-Event-ID": event_id or f"event-{next(_numbers)}",
    }


@dataclass
class House:
    """Everything around one door."""

    url: str
    sessions: Sessions
    vault: Vault
    writer: Writer
    door: Door
    client: httpx.AsyncClient
    connection_id: str
    seconds: list[float]
    """What the directory takes for the time; add to move on."""
    nudges: list[int]
    path: str = field(init=False)

    def __post_init__(self) -> None:
        self.path = f"/webhooks/{self.connection_id}"

    async def post(self, body: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
        given = signed(body) if headers is None else headers
        return await self.client.post(self.path, content=body, headers=given)

    async def rows(self, statement: str, *values: Any) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.url)
        try:
            found: list[asyncpg.Record] = await connection.fetch(statement, *values)
            return found
        finally:
            await connection.close()

    async def count(self) -> int:
        """How many events are stored, each of them with its raw body."""
        found = await self.rows("SELECT count(*) FROM event JOIN raw_body ON event_id = event.id")
        assert (await self.rows("SELECT count(*) FROM event"))[0][0] == found[0][0]
        return int(found[0][0])


async def ask(
    door: Callable[..., Any],
    path: str,
    headers: Iterable[tuple[bytes, bytes]],
    chunks: Sequence[bytes],
    *,
    method: str = "POST",
) -> Asked:
    """Knock without any client in between: headers and chunks arrive exactly as given."""
    waiting: list[Message] = [
        {"type": "http.request", "body": chunk, "more_body": number < len(chunks)}
        for number, chunk in enumerate(chunks, 1)
    ]
    said: list[Message] = []

    async def receive() -> Message:
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        said.append(message)

    scope: Scope = {"type": "http", "method": method, "path": path, "root_path": "", "headers": list(headers)}
    await door(scope, receive, send)
    if not said:
        return 0, {}, b""
    told = {name.decode(): value.decode() for name, value in said[0]["headers"]}
    return said[0]["status"], told, b"".join(message["body"] for message in said[1:])


@asynccontextmanager
async def house_on(url: str, **writer_options: Any) -> AsyncIterator[House]:
    """A connection, a running writer and an open door on the database at this URL."""
    engine = make_engine(url)
    sessions = make_sessions(engine)
    vault = Vault([bytes(range(32))])
    async with unit_of_work(sessions) as session:
        connection = await connections.add(
            session,
            vault,
            vendor="greenhouse",
            name="Ours",
            settings=ConnectionSettings(),
            secrets=ConnectionSecrets(signing_secrets=[SECRET]),
            now=NOON,
        )
    nudges: list[int] = []
    seconds = [1_000.0]
    writer = Writer(url, nudge=lambda: nudges.append(1), **writer_options)
    directory = Directory(lambda known: read_entries(sessions, vault, known), clock=lambda: seconds[0])
    door = Door(directory=directory, writer=writer, vault=vault, now=lambda: NOON, max_body_bytes=50_000)
    writer.start()
    transport = httpx.ASGITransport(Starlette(routes=[DoorRoute(lambda: door)]))
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://door") as client:
            yield House(url, sessions, vault, writer, door, client, connection.id, seconds, nudges)
    finally:
        await writer.stop()
        await engine.dispose()


@asynccontextmanager
async def table_locked(url: str) -> AsyncIterator[None]:
    """Nobody can store anything meanwhile: the database hangs, as far as the door can tell."""
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            await connection.execute("LOCK TABLE event IN ACCESS EXCLUSIVE MODE")
            yield
    finally:
        await connection.close()


async def disable(house: House) -> None:
    """Switch the connection off."""
    async with unit_of_work(house.sessions) as session:
        await session.execute(text("UPDATE connection SET enabled = false"))
