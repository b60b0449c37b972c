"""The process: serves over real HTTP, ends gracefully, and logs as agreed."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

SERVE = "from app.server import serve; from app.settings import Settings; serve(Settings(port=0))"


@contextmanager
def served(
    database_url: str, folder: Path
) -> Iterator[tuple[subprocess.Popen[str], str, list[dict[str, Any]]]]:
    """A server process, its address, and what it logged before it was ready."""
    known = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment = {**known, "DATABASE_URL": database_url, "HEARDBACK_DATA_DIR": str(folder)}
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", SERVE],
        cwd=folder,
        env={**environment, "PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            lines = []
            for line in process.stdout:
                lines.append(json.loads(line))
                if found := re.search(r"running on (http://\S+)", lines[-1]["event"]):
                    break
            assert found is not None
            yield process, found[1], lines
        finally:
            process.kill()


async def test_it_serves_until_sigterm_and_leaves_in_order(database_url: str, tmp_path: Path) -> None:
    """Ready, closed to strangers at the door, and gone with code 0 and without a trace of an error."""
    with served(database_url, tmp_path) as (process, address, lines):
        async with httpx.AsyncClient(base_url=address) as client:
            assert (await client.get("/readyz")).json()["ready"] is True
            assert (await client.post("/webhooks/con_none", content=b"{}")).status_code == 404
            assert "server" not in (await client.get("/healthz")).headers
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=20)
        lines += [json.loads(line) for line in rest.splitlines()]
    assert process.returncode == 0
    assert not [line for line in lines if line["level"] in {"error", "critical"} or "exception" in line]
    assert [line["route"] for line in lines if line["event"] == "request"] == ["/readyz", "/healthz"]
