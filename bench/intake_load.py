"""A small closed-loop load: so many keep-alive connections, each sends as soon as it was answered.

Every request has a fresh event id. Run as a process of its own: `PORT PATH SECONDS CONNECTIONS NAME
SIGNATURE`, the body on stdin; prints one line of JSON.
"""

import asyncio
import json
import sys
import time
from typing import cast

import uvloop


class Load:
    """What all connections share."""

    def __init__(self, path: str, body: bytes, name: str, signature: str) -> None:
        self.head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nSignature: {signature}\r\n"
            f"User-Agent: bench\r\nGreenhouse-Event-ID: "
        ).encode()
        self.name = name.encode()
        self.tail = b"\r\n\r\n" + body
        self.sent = 0
        self.took: list[float] = []
        self.wrong: dict[str, int] = {}
        self.ends_at = float("inf")


class Connection(asyncio.Protocol):
    """One connection: a request, its answer, the next request."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.done = asyncio.get_running_loop().create_future()
        self.heard = b""
        self.began = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass
        self.ask()

    def ask(self) -> None:
        load = self.load
        self.began = time.perf_counter()
        if self.began >= load.ends_at:
            self.transport.close()
            return
        load.sent += 1
        scattered = load.sent * 2_654_435_761 & 0xFFFFFFFF  # real ids do not come in the order of an index
        self.transport.write(b"%b%08x-%b-%d%b" % (load.head, scattered, load.name, load.sent, load.tail))

    def data_received(self, data: bytes) -> None:
        self.heard += data
        if not self.heard.endswith(b"\r\n\r\n"):  # every right answer has an empty body
            return
        if self.heard.startswith(b"HTTP/1.1 200 "):
            self.load.took.append(time.perf_counter() - self.began)
        else:
            status = self.heard[:40].decode("latin-1")
            self.load.wrong[status] = self.load.wrong.get(status, 0) + 1
        self.heard = b""
        self.ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(exc)


async def run(load: Load, port: int, seconds: float, connections: int) -> None:
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    load.ends_at = began + seconds
    pairs = [
        await loop.create_connection(lambda: Connection(load), "127.0.0.1", port) for _ in range(connections)
    ]
    async with asyncio.timeout(seconds + 20):
        await asyncio.gather(*(connection.done for _, connection in pairs))
    took = sorted(load.took) or [0.0]
    report = {
        "sent": load.sent,
        "acknowledged": len(load.took),
        "wrong": load.wrong,
        "per_second": len(load.took) / (time.perf_counter() - began),
        "p50_ms": took[len(took) // 2] * 1000,
        "p99_ms": took[len(took) * 99 // 100] * 1000,
        "max_ms": took[-1] * 1000,
    }
    sys.stdout.write(json.dumps(report))


if __name__ == "__main__":
    port, path, seconds, connections, name, signature = sys.argv[1:]
    load = Load(path, sys.stdin.buffer.read(), name, signature)
    uvloop.run(run(load, int(port), float(seconds), int(connections)))
