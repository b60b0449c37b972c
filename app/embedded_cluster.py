"""The folder of a private Postgres, made once.

Below the service's data folder: `postgres/cluster` is Postgres's own, with the socket inside it;
`postgres/server.log` its log; `postgres/owner.lock` is held by the service that owns it.
"""

import contextlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from app.embedded_account import Account, closed_to, ourselves, substitute
from app.errors import CannotStart

ROLE = "heardback"
SUPERUSER = "postgres"
INITDB = "-E UTF8 --locale=C -k --auth-local=peer --auth-host=reject"
_LOG_LIMIT = 10_000_000  # bytes; then the log of earlier starts is replaced


@dataclass(frozen=True)
class Cluster:
    """One Postgres's folder, and the account that runs it (None: ourselves)."""

    home: Path
    account: Account | None

    @property
    def data(self) -> Path:
        return self.home / "cluster"

    @property
    def log(self) -> Path:
        return self.home / "server.log"

    @property
    def major(self) -> int | None:
        """The major version that wrote the data; None while there is none."""
        recorded = self.data / "PG_VERSION"
        return int(recorded.read_text()) if recorded.exists() else None

    @property
    def closed(self) -> list[Path]:
        """The folders above that do not let the other account in."""
        return closed_to(self.home, self.account) if self.account else []

    @property
    def argument(self) -> str:
        """How the server, started with the data as its working folder, names it."""
        # The other account may not be let in by the folders above; through its own working folder it is.
        if sys.platform == "linux" and self.closed:
            return "/proc/self/cwd"
        return str(self.data)

    def spawn(self, command: list[str | Path], folder: Path, **streams: object) -> subprocess.Popen[str]:
        """Start one of Postgres's programs as the server's account, in that working folder."""
        return subprocess.Popen(  # type: ignore[call-overload,no-any-return]  # noqa: S603
            command,
            cwd=folder,
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            text=True,
            start_new_session=True,  # Ctrl-C is for us; we then stop the server in order
            umask=0o077,
            user=self.account.uid if self.account else None,
            group=self.account.gid if self.account else None,
            extra_groups=[] if self.account else None,
            **streams,
        )

    def give(self, path: Path) -> None:
        """Let the server's account own it."""
        if self.account:
            os.chown(path, self.account.uid, self.account.gid, follow_symlinks=False)

    def write(self, name: str, text: str) -> None:
        """Write one of the configuration files; never through a link that the other account laid."""
        path = self.data / name
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
        self.give(path)


def open_cluster(data_dir: Path) -> Cluster:
    """The Postgres folder below a data folder; both are made when missing, ours for nobody but the server."""
    home = data_dir.absolute() / "postgres"
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        cluster = Cluster(home, substitute(home))
        home.mkdir(mode=0o700, exist_ok=True)
        home.chmod(0o700)
        cluster.give(home)
    except PermissionError as wrong:
        raise CannotStart(
            f"{ourselves().name} may not use {wrong.filename}, which is another account's; "
            "run Heardback as that account, or choose another folder with HEARDBACK_DATA_DIR.",
        ) from wrong
    return cluster


def create(cluster: Cluster, binaries: Path) -> None:
    """Make the data folder with its role and database; all of it or none, also when we are killed."""
    partial = Cluster(cluster.home / "making", cluster.account)
    shutil.rmtree(partial.home, ignore_errors=True)
    for folder in (partial.home, partial.data):
        folder.mkdir(mode=0o700)
        partial.give(folder)
    initdb = ["initdb", "-D", partial.argument, "-U", SUPERUSER, *INITDB.split()]
    _run(partial, [binaries / initdb[0], *initdb[1:]], "")
    settle = f"CREATE ROLE {ROLE} LOGIN CREATEDB;\nCREATE DATABASE {ROLE} OWNER {ROLE};\n"
    _run(partial, [binaries / "postgres", "--single", "-D", partial.argument, "template1"], settle)
    partial.data.rename(cluster.data)
    partial.home.rmdir()


def _run(cluster: Cluster, command: list[str | Path], said: str) -> None:
    pipe = subprocess.PIPE
    process = cluster.spawn(command, cluster.data, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT)
    try:
        output, _ = process.communicate(said, timeout=120)
    except subprocess.TimeoutExpired:
        process.kill()
        raise CannotStart(f"{command[0]} did not end within two minutes.") from None
    if process.returncode or "ERROR:" in output or "FATAL:" in output:
        raise CannotStart(f"{command[0]} failed:\n{output.strip()}")


def open_log(cluster: Cluster) -> int:
    """A descriptor to append to the server's log, which never grows without end."""
    with contextlib.suppress(FileNotFoundError):
        if cluster.log.stat().st_size > _LOG_LIMIT:
            cluster.log.replace(cluster.log.with_suffix(".log.1"))
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
    descriptor = os.open(cluster.log, flags, 0o600)
    cluster.give(cluster.log)
    return descriptor
