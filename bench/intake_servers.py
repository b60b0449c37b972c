"""The servers that the intake bench compares, each as a process of its own: `KIND URL CONNECTION FD`."""

import asyncio
import base64
import gc
import hmac
import os
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import asyncpg
import uvicorn
from fastapi import FastAPI, Request, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.db import driver_url, make_engine, make_sessions
from app.ids import new_id
from app.intake import lane
from app.intake.directory import Directory, read_entries
from app.intake.door import Door, DoorRoute
from app.main import create_app
from app.moments import RealClock
from app.privacy.vault import Vault

SECRET = "the-secret-of-this-bench"
MASTER_KEY = bytes(32)
VAULT = Vault([MASTER_KEY])
POOL = 16


async def floor(_scope: Scope, receive: Receive, send: Send) -> None:
    """Bare ASGI: reads the body and answers."""
    while (await receive()).get("more_body"):
        pass
    headers = [(b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def verified(request: Request, body: bytes) -> bool:
    wanted = hmac.digest(SECRET.encode(), body, "sha256").hex()
    return hmac.compare_digest(request.headers["signature"], f"sha256 {wanted}")


def hmac_only() -> FastAPI:
    """A FastAPI route that checks the signature and stores nothing."""
    app = FastAPI()

    @app.post("/webhooks/{connection}")
    async def receive(connection: str, request: Request) -> Response:  # noqa: ARG001
        return Response(status_code=200 if verified(request, await request.body()) else 401)

    return app


def commit_each(url: str) -> FastAPI:
    """The same route, which then stores the same rows with the same driver, one commit per request."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with asyncpg.create_pool(driver_url(url), min_size=POOL, max_size=POOL) as pool:
            app.state.pool = pool
            yield

    app = FastAPI(lifespan=lifespan)

    @app.post("/webhooks/{connection}")
    async def receive(connection: str, request: Request) -> Response:
        body = await request.body()
        if not verified(request, body):
            return Response(status_code=401)
        event_id = new_id("evt")
        arrival = lane.Arrival(
            event_id,
            connection,
            request.headers["greenhouse-event-id"],
            "candidate_stage_change",
            datetime.now(UTC),
            VAULT.seal(body, event_id),
        )
        await app.state.pool.fetch(lane.STORE, *([value] for value in arrival))
        return Response(status_code=200)

    return app


class OneByOne:
    """Takes the writer's place: one commit per webhook, on a pool."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def store(self, arrival: lane.Arrival) -> lane.Stored:
        async with self._pool.acquire() as connection:
            return (await lane.store_rows(connection, [arrival]))[0]


def door_each(url: str) -> FastAPI:
    """Our door, but with one commit per request: what group commit alone is worth."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        sessions = make_sessions(make_engine(url))
        directory = Directory(lambda known: read_entries(sessions, VAULT, known))
        async with asyncpg.create_pool(driver_url(url), min_size=POOL, max_size=POOL) as pool:
            writer: Any = OneByOne(pool)
            app.state.door = Door(
                directory=directory, writer=writer, vault=VAULT, now=RealClock().now, max_body_bytes=2_000_000
            )
            yield

    app = FastAPI(lifespan=lifespan)
    app.router.routes.insert(0, DoorRoute(lambda: app.state.door))
    return app


def ours(url: str) -> FastAPI:
    """This service's whole application: verified, sealed, stored, committed."""
    os.environ["DATABASE_URL"] = url
    os.environ["HEARDBACK_MASTER_KEYS"] = base64.b64encode(MASTER_KEY).decode()
    return create_app()


class Settled(uvicorn.Server):
    """Spares the garbage collector what the start has made; every server here gets it.

    Looking through it would stop the loop for a tenth of a second, twice a second under load.
    """

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        gc.collect()
        gc.freeze()


def make(kind: str, url: str) -> ASGIApp:
    made: dict[str, Callable[[], ASGIApp]] = {
        "floor": lambda: floor,
        "hmac": hmac_only,
        "each": lambda: commit_each(url),
        "door-each": lambda: door_each(url),
        "ours": lambda: ours(url),
    }
    return made[kind]()


def main() -> None:
    kind, url, descriptor = sys.argv[1:]
    config = uvicorn.Config(
        make(kind, url),
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
        lifespan="off" if kind == "floor" else "on",
    )
    server = Settled(config)
    listening = socket.socket(fileno=int(descriptor))
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(server.serve(sockets=[listening]))


if __name__ == "__main__":
    main()
