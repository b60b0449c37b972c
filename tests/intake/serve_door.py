"""A real server with a door, as a process of its own that a test may kill: `URL DESCRIPTOR`."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette

from app.db import make_engine, make_sessions
from app.intake.door import DoorRoute, open_door
from app.moments import RealClock
from app.privacy.vault import Vault


def application(url: str) -> Starlette:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        engine = make_engine(url)
        async with open_door(
            database_url=url,
            sessions=make_sessions(engine),
            vault=Vault([bytes(range(32))]),
            now=RealClock().now,
            nudge=lambda: None,
        ) as app.state.door:
            yield
        await engine.dispose()

    app = Starlette(lifespan=lifespan, routes=[DoorRoute(lambda: app.state.door)])
    return app


if __name__ == "__main__":
    config = uvicorn.Config(application(sys.argv[1]), access_log=False, log_level="warning", lifespan="on")
    listening = socket.socket(fileno=int(sys.argv[2]))
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(uvicorn.Server(config).serve(sockets=[listening]))
