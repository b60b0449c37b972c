"""The folder of a private Postgres: made once, its configuration written anew at every start.

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

from app.embedded_account import Account, can_reach, ourselves, substitute
from app.embedded_binaries import find_binaries, reachable, version_of
from app.errors import CannotStart, WrongPostgresVersion

ROLE = "heardback"
_SUPERUSER = "postgres"
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
    def argument(self) -> str:
        """How the server, started with the data as its working folder, names it."""
        # The other account may not be let in by the folders above; through its own working folder it is.
        if self.account and sys.platform == "linux" and not can_reach(self.data, self.account):
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


def programs(cluster: Cluster) -> Path:
    """The programs that can run this folder's data, where its account can run them.

    Raises:
        NoPostgres: There are none.
        WrongPostgresVersion: None of the major version that wrote the data; says how to upgrade it.
    """
    try:
        return reachable(find_binaries(cluster.major), cluster.account)
    except WrongPostgresVersion:
        raise WrongPostgresVersion(_upgrade(cluster, find_binaries())) from None


def _upgrade(cluster: Cluster, new: Path) -> str:
    old, fresh = cluster.major, cluster.home / f"cluster-{version_of(new)}"
    prefix = f"setpriv --reuid={cluster.account.name} --clear-groups " if cluster.account else ""
    return (
        f"PostgreSQL {old} wrote the data in {cluster.data}; the programs found are version "
        f"{version_of(new)} ({new}). Nothing was changed. Either make PostgreSQL {old} available on PATH, "
        f"or upgrade the data with both versions installed:\n"
        f"  cd {cluster.home}\n"
        f"  {prefix}{new}/initdb -D {fresh} -U {_SUPERUSER} -E UTF8 --locale=C --auth-local=peer\n"
        f"  {prefix}{new}/pg_upgrade -U {_SUPERUSER} -b /usr/lib/postgresql/{old}/bin -B {new} "
        f"-d {cluster.data} -D {fresh}\n"
        f"  mv {cluster.data} {cluster.home}/cluster-{old} && mv {fresh} {cluster.data}"
    )


def create(cluster: Cluster, binaries: Path) -> None:
    """Make the data folder with its role and database; all of it or none, also when we are killed."""
    partial = Cluster(cluster.home / "making", cluster.account)
    shutil.rmtree(partial.home, ignore_errors=True)
    for folder in (partial.home, partial.data):
        folder.mkdir(mode=0o700)
        partial.give(folder)
    initdb = ["-U", _SUPERUSER, "-E", "UTF8", "--locale=C", "-k", "--auth-local=peer", "--auth-host=reject"]
    _run(partial, [binaries / "initdb", "-D", partial.argument, *initdb], "")
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


def configure(cluster: Cluster, *, durable: bool) -> None:
    """Write the server's configuration, so that a newer Heardback brings its newer one.

    Args:
        cluster: Where.
        durable: False only where the data is thrown away: an unsafe, quicker disk.
    """
    version = cluster.major or 0
    lines = _SETTINGS if version < 18 else _SETTINGS + _SETTINGS_18  # noqa: PLR2004  # first with io_method
    lines += "" if durable else "fsync = off\nfull_page_writes = off\n"
    cluster.write("postgresql.conf", lines)
    cluster.write("pg_hba.conf", "local all all peer map=heardback\n")
    users = {ourselves().name, cluster.account.name if cluster.account else ourselves().name}
    known = [f'heardback "{user}" {role}\n' for user in sorted(users) for role in (ROLE, _SUPERUSER)]
    cluster.write("pg_ident.conf", "".join(known))


def open_log(cluster: Cluster) -> int:
    """A descriptor to append to the server's log, which never grows without end."""
    with contextlib.suppress(FileNotFoundError):
        if cluster.log.stat().st_size > _LOG_LIMIT:
            cluster.log.replace(cluster.log.with_suffix(".log.1"))
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
    descriptor = os.open(cluster.log, flags, 0o600)
    cluster.give(cluster.log)
    return descriptor


# Small: the whole idle service with its Postgres is to stay below 250 MB. Statements and their values may
# be personal, so a failed one is logged by its error alone. Parallelism, replication and JIT serve others.
_SETTINGS = """\
# Written by Heardback at every start. Your own settings: ALTER SYSTEM, kept in postgresql.auto.conf.
listen_addresses = ''
unix_socket_directories = '.'
unix_socket_permissions = 0700
port = 5432
timezone = 'UTC'
log_timezone = 'UTC'
datestyle = 'iso, ymd'
fsync = on
synchronous_commit = on
shared_buffers = 32MB
work_mem = 4MB
maintenance_work_mem = 32MB
max_connections = 40
max_worker_processes = 2
max_parallel_workers = 0
max_parallel_workers_per_gather = 0
max_logical_replication_workers = 0
autovacuum_max_workers = 2
wal_level = minimal
max_wal_senders = 0
min_wal_size = 256MB
max_wal_size = 1GB
jit = off
huge_pages = off
idle_in_transaction_session_timeout = 60s
log_min_error_statement = panic
log_error_verbosity = terse
log_checkpoints = off
log_line_prefix = '%m [%p] '
"""
_SETTINGS_18 = "io_method = sync\n"
