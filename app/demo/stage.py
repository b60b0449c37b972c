"""Where the round is played: the real service on a real port, a simulated Greenhouse, what joins them."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import uvicorn

from app.db import unit_of_work
from app.demo.cast import COMPANY, ZONE
from app.demo.greenhouse import SimulatedGreenhouse
from app.demo.round import POLL_EVERY
from app.demo.time import TimeFollowed
from app.errors import CannotStart
from app.intake import connections
from app.intake.config import ConnectionSecrets, ConnectionSettings
from app.intake.models import Connection
from app.main import create_app
from app.moments import machine_now
from app.server import Server
from app.services import Services
from app.settings import Settings

_OTHER_PORTS = 20


def demo_settings(**chosen: Any) -> Settings:  # noqa: ANN401  # any setting
    """The settings of the demo: the invented company's, business time that may be held."""
    company = {"company_name": COMPANY, "time_zone": ZONE, "holidays": None, "locale": "en"}
    return Settings(**{**company, "simulated_time": True, "mail_routes": None, **chosen})


def listen(host: str, port: int) -> socket.socket:
    """A socket on that port, or on the next one that is free; port 0 is any. Raises CannotStart."""
    candidates = [port] if port == 0 else range(port, port + _OTHER_PORTS)
    for candidate in candidates:
        try:
            return socket.create_server((host, candidate), family=_family(host))
        except OSError:
            continue
    raise CannotStart(
        f"The ports {port} to {port + _OTHER_PORTS - 1} of {host} are all taken; set HEARDBACK_PORT."
    )


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


@asynccontextmanager
async def served(services: Services, listener: socket.socket) -> AsyncIterator[str]:
    """The service's address while it is served."""
    config = uvicorn.Config(
        TimeFollowed(create_app(services), services),
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    server = Server(config)
    task = asyncio.create_task(server.serve([listener]), name="server")
    while not server.started:
        if task.done():
            await task
            raise CannotStart("The service did not start; its log says why.")
        await asyncio.sleep(0.005)
    host, port = listener.getsockname()[:2]
    try:
        yield f"http://{f'[{host}]' if ':' in host else host}:{port}"
    finally:
        server.should_exit = True
        await task


async def connect(services: Services, greenhouse: SimulatedGreenhouse, url: str, now: datetime) -> str:
    """A connection to the simulated Greenhouse, whose webhooks go to that address from now on; its id."""
    account = greenhouse.account
    async with unit_of_work(services.sessions) as session:
        connection = await connections.add(
            session,
            services.vault,
            vendor="greenhouse",
            name=f"{COMPANY} (simulated)",
            settings=ConnectionSettings(
                calendar="office",
                time_zone=ZONE,
                poll_every_seconds=int(POLL_EVERY.total_seconds()),
                rate_share=1.0,
                base_url=account.api_base,
                auth_url=account.auth_url,
            ),
            secrets=ConnectionSecrets(
                signing_secrets=[greenhouse.push.secret],
                client_id=account.client_id,
                client_secret=account.client_secret,
            ),
            now=now,
            trial=True,
        )
    greenhouse.push.url = f"{url}/webhooks/{connection.id}"
    return connection.id


async def reconnect(
    services: Services, greenhouse: SimulatedGreenhouse, connection_id: str, url: str
) -> None:
    """The simulated Greenhouse has moved to another port since it was last running."""
    account = greenhouse.account
    async with unit_of_work(services.sessions) as session:
        connection = await session.get_one(Connection, connection_id, with_for_update=True)
        connection.settings = {
            **connection.settings,
            "base_url": account.api_base,
            "auth_url": account.auth_url,
        }
    greenhouse.push.url = f"{url}/webhooks/{connection_id}"


def real_now() -> datetime:
    """The real instant, to the second."""
    return machine_now().replace(microsecond=0)
