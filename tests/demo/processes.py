"""`serve` and workers as real processes, for a round that is played from outside."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def started(*arguments: str, settings: Mapping[str, str], log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """`heardback …` while its context lasts; ended with SIGTERM, and killed if that is not enough."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
    command = [sys.executable, "-c", "from app.cli import main; main()", *arguments]
    with log.open("ab") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**kept, **settings}, stdout=out, stderr=out, start_new_session=True
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(25)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)


async def wait_until_ready(url: str, *, seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    async with httpx.AsyncClient(trust_env=False, timeout=2) as http:
        while time.monotonic() < until:
            try:
                if (await http.get(f"{url}/readyz")).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.05)
    raise AssertionError(f"not ready after {seconds} s")
