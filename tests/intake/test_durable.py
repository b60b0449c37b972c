"""Acknowledged is durable: a real server, killed at random under load."""

import asyncio
import contextlib
import itertools
import random
import socket
import sys
from pathlib import Path

import pytest

from tests.intake.house import House, signed, stage_change

PROJECT = Path(__file__).parents[2]
CLIENTS = 24


class Load:
    """Clients over real connections; keeps which events were acknowledged, and under which id."""

    def __init__(self, address: tuple[str, int], path: str) -> None:
        self.address = address
        self.path = path
        self.acknowledged: dict[str, str] = {}
        self.numbers = itertools.count()
        self.enough = asyncio.Event()
        self.wanted = 0

    def request(self, name: str) -> bytes:
        body = stage_change(filler=1_500)
        headers = {**signed(body, event_id=name), "Host": "door", "Content-Length": str(len(body))}
        lines = "".join(f"{key}: {value}\r\n" for key, value in headers.items())
        return f"POST {self.path} HTTP/1.1\r\n{lines}\r\n".encode() + body

    async def client(self) -> None:
        writer = None
        try:
            reader, writer = await asyncio.open_connection(*self.address)
            while True:
                name = f"load-{next(self.numbers)}"
                writer.write(self.request(name))
                answer = (await reader.readuntil(b"\r\n\r\n")).decode()
                assert answer.startswith("HTTP/1.1 200 "), answer
                self.acknowledged[name] = answer.split("x-correlation-id: ")[1].split("\r\n")[0]
                if len(self.acknowledged) >= self.wanted:
                    self.enough.set()
        except (ConnectionError, asyncio.IncompleteReadError):
            return  # the server was killed
        finally:
            if writer is not None:
                writer.close()
                with contextlib.suppress(ConnectionError):
                    await writer.wait_closed()

    async def until(self, count: int) -> None:
        self.wanted = len(self.acknowledged) + count
        self.enough.clear()
        clients = [asyncio.create_task(self.client()) for _ in range(CLIENTS)]
        waiting = asyncio.create_task(self.enough.wait())
        done, _ = await asyncio.wait([waiting, *clients], timeout=30, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        assert waiting in done, "the server did not serve"
        self.clients = clients


async def start(url: str, listening: socket.socket) -> asyncio.subprocess.Process:
    descriptor = listening.fileno()
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.intake.serve_door",
        url,
        str(descriptor),
        cwd=PROJECT,
        pass_fds=[descriptor],
    )


@pytest.mark.parametrize("seed", [1, 2])
async def test_what_was_acknowledged_is_stored_whenever_the_server_is_killed(house: House, seed: int) -> None:
    """After kill -9 in mid-load every acknowledged event is in the table, under the id that was told."""
    choose = random.Random(seed)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        load = Load(listening.getsockname(), house.path)
        for _ in range(2):
            server = await start(house.url, listening)
            try:
                await load.until(choose.randint(50, 900))
            finally:
                server.kill()
                await asyncio.wait_for(server.wait(), 10)
            await asyncio.wait_for(asyncio.gather(*load.clients), 10)
    rows = await house.rows("SELECT dedupe_key, event.id FROM event JOIN raw_body ON event_id = event.id")
    stored = {row[0].removeprefix("event:"): row[1] for row in rows}
    assert len(load.acknowledged) >= 100
    assert load.acknowledged.items() <= stored.items()


async def test_a_stopped_server_answers_what_it_accepted(house: House) -> None:
    """SIGTERM: nobody is left without an answer, and the process ends by itself."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        load = Load(listening.getsockname(), house.path)
        server = await start(house.url, listening)
        try:
            await load.until(100)
            server.terminate()
            await asyncio.wait_for(server.wait(), 15)
        finally:
            if server.returncode is None:
                server.kill()
        await asyncio.wait_for(asyncio.gather(*load.clients), 10)
    rows = await house.rows("SELECT dedupe_key FROM event")
    assert set(load.acknowledged) <= {row[0].removeprefix("event:") for row in rows}
