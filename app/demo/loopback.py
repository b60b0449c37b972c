"""A small HTTP/1.1 server on loopback for simulators, which may also misbehave as real vendors do.

Frameworks always answer something; a simulator must be able to hang, and to close the connection before or
after it has acted.
"""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Self
from urllib.parse import parse_qsl, urlsplit

_LARGEST = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came; header names are lower case."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What to answer."""

    status: int = 200
    body: object = None
    """A JSON value, or bytes as they are."""
    headers: Mapping[str, str] = field(default_factory=dict)


class HangUp(Exception):
    """Close the connection without an answer."""


Handler = Callable[[Asked], Awaitable[Answer]]


class Loopback:
    """Serves a handler on a free port of 127.0.0.1, as an async context manager."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """The address, such as ``http://127.0.0.1:40123``; only while serving."""
        if self._server is None:
            raise RuntimeError("the server is not running")
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=64 * 1024)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._open.add(task)
            task.add_done_callback(self._open.discard)
        try:
            with contextlib.suppress(HangUp, ConnectionError, asyncio.IncompleteReadError, ValueError):
                while True:
                    writer.write(_written(await self._handler(await _read(reader))))
                    await writer.drain()
        except asyncio.CancelledError:
            pass  # the server is being closed; a handler may have been told to hang for ever
        finally:
            writer.close()


async def _read(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip("\r\n").split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = {
        name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }
    length = int(headers.get("content-length", "0"))
    if length > _LARGEST:
        raise HangUp
    parts = urlsplit(target)
    query = tuple(parse_qsl(parts.query, keep_blank_values=True))
    return Asked(method, parts.path, query, headers, await reader.readexactly(length))


def _written(answer: Answer) -> bytes:
    body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
    headers = {"content-type": "application/json", "content-length": str(len(body)), **answer.headers}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    phrase = HTTPStatus(answer.status).phrase
    return f"HTTP/1.1 {answer.status} {phrase}\r\n{lines}\r\n".encode("latin-1") + body
