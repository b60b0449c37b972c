"""Around every request: an id that ties its traces together, one line in the log, a bound on its body."""

import re
import time

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import MalformedBody, TooLarge
from app.log import correlated
from app.problems import answer, unexpected

_ACCEPTED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{7,63}")
_log = structlog.get_logger("heardback.http")


class Correlation:
    """Gives each request a correlation id: the caller's `X-Correlation-Id` where it is sound.

    Logs one line without query, client or body, and answers what nobody foresaw with a 500 that names
    nothing but the id.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-correlation-id", "")
        with correlated(given if _ACCEPTED.fullmatch(given) else None) as identity:
            await self._traced(identity, scope, receive, send)

    async def _traced(self, identity: str, scope: Scope, receive: Receive, send: Send) -> None:
        began, status = time.perf_counter(), 0

        async def send_marked(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Correlation-Id"] = identity
            await send(message)

        try:
            await self._app(scope, receive, send_marked)
        except Exception:
            _log.exception("unexpected error", method=scope["method"], route=_route(scope))
            if status:
                raise
            await unexpected()(scope, receive, send_marked)
        finally:
            took = round((time.perf_counter() - began) * 1000, 1)
            _log.info("request", method=scope["method"], route=_route(scope), status=status, ms=took)


def _route(scope: Scope) -> str:
    """The route's template: ids and garbage in a path stay out of the log."""
    return str(getattr(scope.get("route"), "path", "unknown"))


class BodyLimit:
    """Refuses a body of more than `limit` bytes: at once where its length is announced, else as it comes."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "0")
        if not (announced.isascii() and announced.isdigit()):
            await answer(MalformedBody("Content-Length is not a number."))(scope, receive, send)
            return
        if len(announced) > 18 or int(announced) > self._limit:  # noqa: PLR2004  # no int() of thousands of digits
            await answer(TooLarge())(scope, receive, send)
            return
        read = 0

        async def receive_bounded() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._limit:
                raise TooLarge
            return message

        await self._app(scope, receive_bounded, send)
