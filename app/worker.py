"""The worker process: the same loops as everywhere, woken over Redis by arq. Nothing else imports arq.

arq is the alarm clock and no more: its one job rings the bell and is done within a millisecond, so none of
its timeouts, retries or lost jobs can touch the work (the rows are the jobs). While Redis is away the loops
look by themselves.
"""

import asyncio
import contextlib
import json
import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, ClassVar

import structlog
from arq import create_pool, cron, func
from arq.connections import ArqRedis, RedisSettings
from arq.worker import Worker
from redis.exceptions import RedisError

from app.loops import Loops
from app.running import open_flow
from app.services import open_services
from app.settings import Settings

log = structlog.get_logger()

QUEUE = "heardback:alarm"
WAKE = "wake"
_AGAIN = 2.0
"""Seconds before Redis is tried again."""


def _dumps(value: Any) -> bytes:  # noqa: ANN401  # arq's own signature
    return json.dumps(value).encode()


async def ring(ctx: dict[str, Any]) -> None:
    """The one job: there is new work."""
    loops: Loops = ctx["loops"]
    loops.ring()


async def work(settings: Settings) -> None:
    """Works until SIGTERM or SIGINT; then takes nothing new and lets what is under way end."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    async with open_services(settings, migrate=False) as services, open_flow(services) as flow:
        loops = Loops(flow)
        async with loops.running():
            log.info("worker.started", worker=settings.worker_name)
            alarm = asyncio.create_task(_listen(settings, loops))
            await stopping.wait()
            alarm.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await alarm
    log.info("worker.stopped", worker=settings.worker_name)


async def _listen(settings: Settings, loops: Loops) -> None:
    """Listens to the alarm while there is a Redis, and waits for it to come back while there is none."""
    while settings.redis_url:
        worker = _worker(settings.redis_url, loops)
        try:
            await worker.async_run()
        except (RedisError, OSError) as away:
            log.warning("worker.redis_away", error=type(away).__name__)
        finally:
            with contextlib.suppress(RedisError, OSError):
                await worker.close()
        await asyncio.sleep(_AGAIN)


class WorkerSettings:
    """What ``arq --check app.worker.WorkerSettings`` looks at: this host's own sign of life in Redis.

    arq's default key is shared by all workers of a queue, and whichever stops deletes it for the others.
    """

    functions: ClassVar = [func(ring, name=WAKE, keep_result=0, timeout=5, max_tries=1)]
    queue_name = QUEUE
    health_check_key = f"{QUEUE}:seen:{socket.gethostname()}"
    redis_settings = RedisSettings.from_dsn(os.environ.get("REDIS_URL", "redis://localhost:6379"))


def _worker(redis_url: str, loops: Loops) -> Worker:
    return Worker(
        functions=WorkerSettings.functions,
        cron_jobs=[cron(ring, name="cron:wake", second=set(range(0, 60, 10)), keep_result=0, timeout=5)],
        redis_settings=_redis_settings(redis_url),
        queue_name=QUEUE,
        handle_signals=False,
        poll_delay=0.1,
        max_jobs=10,
        keep_result=0,
        health_check_interval=10,
        health_check_key=WorkerSettings.health_check_key,
        job_serializer=_dumps,
        job_deserializer=json.loads,
        ctx={"loops": loops},
    )


def _redis_settings(url: str) -> RedisSettings:
    settings = RedisSettings.from_dsn(url)
    settings.conn_timeout, settings.conn_retries, settings.conn_retry_delay = 2, 1, 1
    return settings


class Alarm:
    """Rings the workers' bell over Redis: at most one ring under way, and none that anybody waits for."""

    _QUIET: ClassVar[float] = 0.05
    """Seconds between rings, however many commits there are."""

    def __init__(self, redis_url: str) -> None:
        self._url = redis_url
        self._wanted = asyncio.Event()
        self._redis: ArqRedis | None = None

    def nudge(self) -> None:
        """There is new work; returns at once and never fails."""
        self._wanted.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            await self._forget()

    async def _run(self) -> None:
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            try:
                self._redis = self._redis or await create_pool(
                    _redis_settings(self._url),
                    job_serializer=_dumps,
                    job_deserializer=json.loads,
                    default_queue_name=QUEUE,
                )
                await self._redis.enqueue_job(WAKE)
            except (RedisError, OSError) as away:
                log.warning("alarm.redis_away", error=type(away).__name__)
                await self._forget()
                await asyncio.sleep(_AGAIN)
            await asyncio.sleep(self._QUIET)

    async def _forget(self) -> None:
        if self._redis is not None:
            with contextlib.suppress(RedisError, OSError):
                await self._redis.aclose()
            self._redis = None
