"""Small helpers for looking at a private Postgres from outside."""

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg

ROOT = Path(__file__).parents[2]


def cluster_of(data_dir: Path) -> Path:
    return data_dir / "postgres" / "cluster"


def postmaster(data_dir: Path) -> int:
    return int((cluster_of(data_dir) / "postmaster.pid").read_text().split()[0])


def alive(pid: int) -> bool:
    """Runs, and is no zombie."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text() if sys.platform == "linux" else ""
        os.kill(pid, 0)
    except (OSError, ProcessLookupError):
        return False
    return ") Z " not in status


def copy_cluster(source: Path, target: Path) -> Path:
    """A data folder like that stopped one, owners and all: quicker than making another."""
    subprocess.run(["cp", "-a", f"{source}/.", str(target)], check=True, timeout=60)
    return target


@contextlib.contextmanager
def folder_of_its_own() -> Iterator[Path]:
    """Closed to others, below one open to all: a test may change its mode without touching other tests'."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        yield Path(folder)


async def ask(dsn: str, statement: str, *values: object) -> Any:
    """The first value of the first row."""
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(statement, *values)
    finally:
        await connection.close()


@contextlib.contextmanager
def other_owner(data_dir: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that owns the data folder, from when its server is ready."""
    command = [sys.executable, str(ROOT / "tests" / "ground" / "owner.py"), str(data_dir)]
    with subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline().startswith("postgresql://")
            yield process
        finally:
            # Asked, not killed: a killed owner leaves its server behind.
            if process.poll() is None:
                process.terminate()
                process.wait(20)
