"""The API process: uvicorn with uvloop and httptools, ended gracefully."""

import asyncio
import gc
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager, nullcontext, suppress

import uvicorn
import uvloop
from starlette.types import ASGIApp

from app import log
from app.demo.time import TimeFollowed
from app.main import create_app
from app.services import Services, open_services
from app.settings import Settings

Beside = Callable[[Services], AbstractAsyncContextManager[object]]
"""What runs in the same process, from before the first request until after the last."""

_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_GRACE = 10  # seconds for requests in flight


def serve(settings: Settings, *, beside: Beside = lambda _services: nullcontext()) -> None:
    """Serve until SIGTERM or SIGINT; then answer what is in flight and close everything in reverse.

    Args:
        settings: As read from the environment.
        beside: Work to be done in this process, such as the drains where no worker is configured.
    """
    log.configure(settings.log_level)
    # A signal during the start cancels it.
    with suppress(asyncio.CancelledError), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(settings, beside))


async def _serve(settings: Settings, beside: Beside) -> None:
    with _ended_by_signals() as ending:
        async with open_services(settings) as services, beside(services):
            config = uvicorn.Config(
                _application(services),
                host=settings.host,
                port=settings.port,
                http="httptools",
                ws="none",
                lifespan="on",
                log_config=None,
                access_log=False,
                proxy_headers=False,  # whoever speaks for others is not believed; nothing here needs it
                server_header=False,
                timeout_graceful_shutdown=_GRACE,
            )
            ending.server = Server(config)
            await ending.server.serve()


def _application(services: Services) -> ASGIApp:
    app = create_app(services)
    return TimeFollowed(app, services) if services.settings.simulated_time else app


class Server(uvicorn.Server):
    """uvicorn that leaves signals to us: they end serving, and not the process, which has more to close."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        # Without this, full collections stop the door for 100 ms at a time under load (bench/intake.py).
        gc.collect()
        gc.freeze()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class _Ending:
    """What a signal does: before serving it cancels the start, while serving it ends it gracefully."""

    def __init__(self) -> None:
        self.server: Server | None = None
        self._task = asyncio.current_task()

    def ask(self) -> None:
        if self.server is not None:
            self.server.force_exit = self.server.should_exit  # asked twice: do not wait for open requests
            self.server.should_exit = True
        elif self._task is not None:
            self._task.cancel()


@contextmanager
def _ended_by_signals() -> Iterator[_Ending]:
    ending, loop = _Ending(), asyncio.get_running_loop()
    for number in _SIGNALS:
        loop.add_signal_handler(number, ending.ask)
    try:
        yield ending
    finally:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)
