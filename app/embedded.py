"""A private Postgres in the data folder, for whoever has configured none.

On a unix socket in a folder of mode 0700, by peer authentication: nobody else on the machine gets in, and
there is no port and no password. Its data survives restarts; it ends when its owner does, and one that
outlived an owner killed with -9 is taken over. Linux and macOS.
"""

import atexit
import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self
from urllib.parse import quote

from app.embedded_cluster import ROLE, Cluster, create, open_cluster
from app.embedded_configuration import configure
from app.embedded_process import end, launch, server_of, wait_until_ready
from app.embedded_upgrade import programs
from app.errors import CannotStart, DataFolderInUse

_SOCKET_PATH_LIMIT = 100  # bytes; Linux allows 107, macOS 103


class EmbeddedPostgres:
    """The private Postgres of one data folder, and the right to run it.

    Blocking: from a coroutine, call `start` and `stop` in a thread. A context manager.

    Args:
        data_dir: The service's data folder; made when missing. The database is in `postgres` below it.
        durable: False only where the data is thrown away (tests): `fsync` off.
    """

    def __init__(self, data_dir: Path, *, durable: bool = True) -> None:
        self.data_dir = data_dir
        self._durable = durable
        self._cluster: Cluster | None = None
        self._lock: int | None = None
        self._child: subprocess.Popen[str] | None = None
        self._short: tempfile.TemporaryDirectory[str] | None = None
        self._owner = os.getpid()

    def start(self) -> str:
        """Start it, or take over the one that an owner killed with -9 left running.

        The first time makes the cluster, the role and the database. Should this process end by leaving,
        by an exception, SIGINT or SIGTERM, the server ends too.

        Returns:
            The URL of the database, as `dsn`.

        Raises:
            DataFolderInUse: Another process owns this data folder.
            NoPostgres: There are no programs to run; says what to install.
            WrongPostgresVersion: Another major version wrote the data; says how to upgrade it.
            CannotStart: Anything else, with the end of the server's log.
        """
        self._owner = os.getpid()
        self._cluster = cluster = open_cluster(self.data_dir)
        self._lock = _take_lock(cluster)
        try:
            if server_of(cluster) is None:
                self._child = launch(cluster, self._prepare(cluster))
            else:
                wait_until_ready(cluster, None)
        except BaseException:
            self.stop()
            raise
        atexit.register(self.stop)
        _leave_on_sigterm()
        return self.dsn

    def join(self) -> str:
        """Use the server that another process runs for this data folder; `stop` then leaves it running.

        Raises:
            CannotStart: None became ready within half a minute.
        """
        self._cluster = open_cluster(self.data_dir)
        wait_until_ready(self._cluster, None, seconds=30)
        return self.dsn

    @property
    def dsn(self) -> str:
        """For asyncpg and psql: `postgresql://heardback@/heardback?host=FOLDER&port=5432`."""
        return self.dsn_of(ROLE)

    def dsn_of(self, database: str) -> str:
        """The same for another database of this server."""
        return f"postgresql://{ROLE}@/{database}?host={quote(str(self._socket_folder()))}&port=5432"

    @property
    def sqlalchemy_url(self) -> str:
        """For SQLAlchemy: the same through `postgresql+asyncpg`."""
        return self.dsn.replace("postgresql://", "postgresql+asyncpg://", 1)

    def stop(self) -> None:
        """Stop the server if we own it: connections are cut, what is committed stays. Again: nothing."""
        if os.getpid() != self._owner:
            return  # a forked child inherits our exit handlers, not our server
        atexit.unregister(self.stop)
        if self._lock is not None and self._cluster is not None:
            end(self._cluster, self._child)
            os.close(self._lock)
        self._lock = self._child = None
        if self._short is not None:
            self._short.cleanup()
            self._short = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _prepare(self, cluster: Cluster) -> Path:
        binaries = programs(cluster)
        if cluster.major is None:
            create(cluster, binaries)
        configure(cluster, durable=self._durable)
        return binaries

    def _socket_folder(self) -> Path:
        if self._cluster is None:
            raise CannotStart("The private Postgres has not been started.")
        folder = self._cluster.data
        if len(bytes(folder / ".s.PGSQL.5432")) <= _SOCKET_PATH_LIMIT and not set(":,") & set(str(folder)):
            return folder
        if self._short is None:  # the name of a unix socket is limited; that of a link to it is short
            self._short = tempfile.TemporaryDirectory(prefix="hb-", ignore_cleanup_errors=True)
            (Path(self._short.name) / "pg").symlink_to(folder)
        return Path(self._short.name) / "pg"


@contextlib.contextmanager
def private_postgres(data_dir: Path) -> Iterator[EmbeddedPostgres]:
    """The Postgres of a data folder for a short command: a running service's, else started for the while."""
    server = EmbeddedPostgres(data_dir)
    try:
        server.start()
    except DataFolderInUse:
        server.join()
    try:
        yield server
    finally:
        server.stop()


def _take_lock(cluster: Cluster) -> int:
    path = cluster.home / "owner.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        cluster.give(path)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        owner = os.pread(descriptor, 20, 0).decode() or "unknown"
        os.close(descriptor)
        raise DataFolderInUse(
            f"The data folder {cluster.home.parent} is in use by another Heardback (process {owner}); "
            "stop it, or choose another folder with HEARDBACK_DATA_DIR.",
        ) from None
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode(), 0)
    return descriptor


def _leave_on_sigterm() -> None:
    # By default these end Python without unwinding anything, and the server would outlive us.
    if threading.current_thread() is not threading.main_thread():
        return
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _leave)


def _leave(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)
