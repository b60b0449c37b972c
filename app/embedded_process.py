"""The running server of a private Postgres: is it there, is it ready, start it, end it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from app.embedded_cluster import Cluster, open_log
from app.errors import CannotStart

_STATUS_LINE = 7  # of postmaster.pid, counted from 0: the server's own word on its state (since version 10)
_LEFTOVERS = ("is still in use", "lock file")  # said while the children of a killed server are still dying
_LEFTOVERS_MAY_TAKE = 30.0  # seconds
_RECOVERY_MAY_TAKE = 120.0  # seconds; a crash leaves at most max_wal_size to read again
_FAST, _IMMEDIATE = 20.0, 5.0  # seconds to wait for each way of stopping
_STEP = 0.01


def server_of(cluster: Cluster) -> int | None:
    """The process id of the server that runs on this folder; None when there is none."""
    lines = _pid_file(cluster)
    pid = int(lines[0]) if lines and lines[0].strip().isdigit() else None
    return pid if pid is not None and _serves(pid, cluster.data) else None


def is_ready(cluster: Cluster) -> bool:
    """Whether that server accepts connections, by its own word."""
    lines = _pid_file(cluster)
    return len(lines) > _STATUS_LINE and lines[_STATUS_LINE].strip() == "ready"


def launch(cluster: Cluster, binaries: Path) -> subprocess.Popen[str]:
    """Start a server where none runs, and come back when it accepts connections.

    Raises:
        CannotStart: It ended, or was not ready in two minutes; with the end of its log.
    """
    # After a kill or a reboot the number in it may be another process's by now, and Postgres would refuse.
    (cluster.data / "postmaster.pid").unlink(missing_ok=True)
    until = time.monotonic() + _LEFTOVERS_MAY_TAKE
    while True:
        child = _spawn(cluster, binaries)
        try:
            wait_until_ready(cluster, child)
        except CannotStart as refused:
            if time.monotonic() > until or not any(words in refused.detail for words in _LEFTOVERS):
                raise
            time.sleep(_STEP)
        except BaseException:
            child.kill()
            raise
        else:
            return child


def wait_until_ready(
    cluster: Cluster,
    child: subprocess.Popen[str] | None,
    *,
    seconds: float = _RECOVERY_MAY_TAKE,
) -> None:
    """Come back when the server accepts connections; a child that ends first raises `CannotStart`."""
    until = time.monotonic() + seconds
    while not (is_ready(cluster) and server_of(cluster)):
        if child is not None and child.poll() is not None:
            raise CannotStart(f"The private Postgres ended with {child.returncode}:\n{_tail(cluster)}")
        if time.monotonic() > until:
            raise CannotStart(f"The private Postgres is not ready after {seconds:.0f} s:\n{_tail(cluster)}")
        time.sleep(_STEP)


def end(cluster: Cluster, child: subprocess.Popen[str] | None) -> None:
    """Stop the server, if one runs: cut its connections, write everything down; ever less politely."""
    for number, patience in ((signal.SIGINT, _FAST), (signal.SIGQUIT, _IMMEDIATE), (signal.SIGKILL, _FAST)):
        pid = child.pid if child is not None and child.poll() is None else server_of(cluster)
        if pid is None:
            return
        os.kill(pid, number)
        if _ended(pid, cluster, child, within=patience):
            return


def _ended(pid: int, cluster: Cluster, child: subprocess.Popen[str] | None, *, within: float) -> bool:
    if child is not None and child.pid == pid:
        try:
            child.wait(within)
        except subprocess.TimeoutExpired:
            return False
        return True
    until = time.monotonic() + within
    while _serves(pid, cluster.data):
        if time.monotonic() > until:
            return False
        time.sleep(_STEP)
    return True


def _spawn(cluster: Cluster, binaries: Path) -> subprocess.Popen[str]:
    log = open_log(cluster)
    try:
        return cluster.spawn(
            [binaries / "postgres", "-D", cluster.argument],
            cluster.data,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    finally:
        os.close(log)


def _serves(pid: int, data: Path) -> bool:
    # A process id alone proves nothing: numbers are used again, in containers soon and always the same ones.
    if sys.platform == "linux":
        try:
            here = Path(f"/proc/{pid}/cwd").samefile(data)
            return here and Path(f"/proc/{pid}/comm").read_text().strip() == "postgres"
        except OSError:
            return False
    command = ["ps", "-o", "command=", "-p", str(pid)]
    said = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)  # noqa: S603
    return str(data) in said.stdout


def _pid_file(cluster: Cluster) -> list[str]:
    try:
        return (cluster.data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return []


def _tail(cluster: Cluster, lines: int = 12) -> str:
    try:
        return "\n".join(cluster.log.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""
