"""A small HTTP server on loopback that answers as it is told, and fails at every point where one can fail."""

import asyncio
import json
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

LARGEST_HEAD = 64_000
LARGEST_BODY = 10_000_000


class Fault(StrEnum):
    """What goes wrong with one request."""

    CLOSE_BEFORE_READING = "close_before_reading"
    CLOSE_AFTER_ACCEPTING = "close_after_accepting"
    HANG_BEFORE_ACCEPTING = "hang_before_accepting"
    HANG_AFTER_ACCEPTING = "hang_after_accepting"
    ERROR_AFTER_ACCEPTING = "error_after_accepting"
    """500, although the request was carried out."""
    HALF_AN_ANSWER = "half_an_answer"
    """Carried out; the answer breaks off."""
    TRICKLE = "trickle"
    """Carried out; the answer comes a byte at a time, too slowly ever to end."""
    TOO_MANY = "too_many"
    PROXY_PAGE = "proxy_page"
    """Not carried out: a page of HTML with status 502, from something in between."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: a status and a body, JSON unless it is bytes."""

    status: int
    body: Any
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """One request as read; header names are lower-case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


_HTML = (("Content-Type", "text/html"),)
_INSTEAD = {
    Fault.TOO_MANY: Answer(429, {"Message": "Too many requests."}, (("Retry-After", "7"),)),
    Fault.PROXY_PAGE: Answer(502, b"<html><body>Bad gateway</body></html>", _HTML),
}


class FaultyServer:
    """Serves ``respond`` on a free port of 127.0.0.1 while its context lasts; ``url`` is its base address."""

    def __init__(self, respond: Callable[[Request], Answer]) -> None:
        self.url = ""
        self.requests: list[Request] = []
        self._respond = respond
        self._planned: dict[str, deque[Fault | Answer]] = {"POST": deque(), "GET": deque()}
        self._ending = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._open: dict[asyncio.Task[Any], asyncio.StreamWriter] = {}

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0, limit=LARGEST_HEAD)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._ending.set()
        if self._server:
            self._server.close()
        for writer in self._open.values():
            writer.close()
        await asyncio.gather(*list(self._open), return_exceptions=True)

    def fail(self, *planned: Fault | Answer, method: str = "POST") -> None:
        """The next requests with that method meet these, one each, in this order."""
        self._planned[method].extend(planned)

    def heal(self) -> None:
        """What was still to go wrong does not."""
        for planned in self._planned.values():
            planned.clear()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task:
            self._open[task] = writer
            task.add_done_callback(self._open.pop)
        posts = self._planned["POST"]
        try:
            if posts and posts[0] is Fault.CLOSE_BEFORE_READING:
                posts.popleft()
                return
            while await self._serve_one(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            pass
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        request = await _read(reader)
        planned = self._planned.get(request.method)
        plan = planned.popleft() if planned else None
        self.requests.append(request)
        if plan is Fault.CLOSE_BEFORE_READING:
            return False
        if plan is Fault.HANG_BEFORE_ACCEPTING:
            await self._ending.wait()
            return False
        instead = plan if isinstance(plan, Answer) else _INSTEAD.get(plan) if plan else None
        answer = instead or self._respond(request)
        if plan is Fault.HANG_AFTER_ACCEPTING:
            await self._ending.wait()
        if plan in (Fault.CLOSE_AFTER_ACCEPTING, Fault.HANG_AFTER_ACCEPTING):
            return False
        if plan is Fault.ERROR_AFTER_ACCEPTING:
            answer = Answer(500, {"Message": "Internal server error."})
        raw = _lay_out(answer)
        if plan is Fault.TRICKLE:
            await self._trickle(raw, writer)
            return False
        writer.write(raw[:-20] if plan is Fault.HALF_AN_ANSWER else raw)
        await writer.drain()
        return plan is not Fault.HALF_AN_ANSWER

    async def _trickle(self, raw: bytes, writer: asyncio.StreamWriter) -> None:
        for byte in raw:
            writer.write(bytes([byte]))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), timeout=0.1)
                return


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip().split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    length = int(headers.get("content-length", "0"))
    if length > LARGEST_BODY:
        raise ValueError("too large")
    return Request(method, target, headers, await reader.readexactly(length))


def _lay_out(answer: Answer) -> bytes:
    body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
    headers = {"Content-Type": "application/json", **dict(answer.headers), "Content-Length": str(len(body))}
    lines = [f"HTTP/1.1 {answer.status} Answer", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body
