"""The door: `POST /webhooks/{connection}`. A signed request becomes a stored event, or is refused.

Its own fast path: no framework between the server and these lines, one commit shared by many requests.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from hashlib import sha256
from http import HTTPStatus

import structlog
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from app.ats.delivery import UNREADABLE, Delivery
from app.db import Sessions
from app.errors import (
    BadSignature,
    HeardbackError,
    MalformedBody,
    TooLarge,
    Unavailable,
    UnknownConnection,
)
from app.ids import new_id
from app.intake.directory import Directory, Entry, read_entries
from app.intake.lane import Arrival, Stored
from app.intake.writer import Writer
from app.moments import machine_now
from app.privacy.vault import Vault
from app.problems import MEDIA_TYPE, problem

PREFIX = "/webhooks/"
_BODY_SECONDS = 10.0
_RETRY_AFTER = b"5"
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_STORABLE = re.compile(r"[\x20-\x7e]{1,200}")
_log = structlog.get_logger(__name__)


class Door:
    """The ASGI application behind `PREFIX`.

    Args:
        directory: The connections.
        writer: Where events are stored; must be running.
        vault: Seals the raw bodies, each for its event id.
        now: Business time, which an event is stored with.
        machine_now: Real time, by which the age of a signature is measured.
        max_body_bytes: Larger bodies are refused, before they are read where they say their length.
    """

    def __init__(
        self,
        *,
        directory: Directory,
        writer: Writer,
        vault: Vault,
        now: Callable[[], datetime],
        max_body_bytes: int,
        machine_now: Callable[[], datetime] = machine_now,
    ) -> None:
        self._directory = directory
        self._writer = writer
        self._vault = vault
        self._now = now
        self._machine_now = machine_now
        self._max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        event_id = new_id("evt")
        if scope["method"] != "POST":
            await _refuse(send, event_id, 405, "method-not-allowed", "Use POST.", (b"allow", b"POST"))
            return
        entry: Entry | None = None
        try:
            entry = await self._directory.find(_connection_id(scope))
            body = await _read(scope, receive, self._max_body_bytes)
            if body is None:
                return  # the sender left; nothing was kept, nobody is there to hear it
            headers = _headers(scope)
            answer = entry.vendor.handshake(headers, body)
            if answer is not None:
                _log.info("webhook_handshake", connection=entry.connection_id, correlation_id=event_id)
                await _accept(send, HTTPStatus.OK, event_id, answer)
                return
            if body == b"":
                raise MalformedBody("The request has no body.")
            stored = await self._admit(entry, event_id, headers, body)
        except HeardbackError as refused:
            await self._explain(send, event_id, entry, refused)
        else:
            await _accept(send, entry.vendor.SUCCESS_STATUS, stored.event_id)

    async def _admit(self, entry: Entry, event_id: str, headers: dict[str, str], body: bytes) -> Stored:
        signed_at = self._machine_now()
        try:
            entry.vendor.verify(headers, body, entry.signing_secrets, signed_at)
        except BadSignature:
            renewed = await self._directory.renewed(entry)
            if renewed is None:
                raise
            renewed.vendor.verify(headers, body, renewed.signing_secrets, signed_at)
        delivery = entry.vendor.peek(headers, body)
        return await self._writer.store(
            Arrival(
                id=event_id,
                connection_id=entry.connection_id,
                dedupe_key=_storable_key(delivery),
                action=delivery.action if _STORABLE.fullmatch(delivery.action) else UNREADABLE,
                received_at=self._now(),
                body=self._vault.seal(body, event_id),
            ),
        )

    async def _explain(self, send: Send, event_id: str, entry: Entry | None, refused: HeardbackError) -> None:
        _log.info(
            "webhook_refused",
            code=refused.code,
            connection=entry.connection_id if entry else None,
            correlation_id=event_id,
        )
        status = refused.status
        extra: tuple[tuple[bytes, bytes], ...] = ()
        if isinstance(refused, Unavailable):
            status = entry.vendor.RETRY_STATUS if entry else status
            extra = ((b"retry-after", _RETRY_AFTER),)
        elif isinstance(refused, TooLarge | MalformedBody):
            extra = ((b"connection", b"close"),)  # rather than swallow the rest of the body
        await _refuse(send, event_id, status, refused.code, refused.detail, *extra)


@asynccontextmanager
async def open_door(
    *,
    database_url: str,
    sessions: Sessions,
    vault: Vault,
    now: Callable[[], datetime],
    nudge: Callable[[], None],
    max_body_bytes: int = 2_000_000,
    queue_limit: int = 5_000,
) -> AsyncIterator[Door]:
    """A door with its writer running; on leaving, what waits is committed first."""
    writer = Writer(database_url, nudge=nudge, queue_limit=queue_limit)
    directory = Directory(lambda known: read_entries(sessions, vault, known))
    writer.start()
    try:
        yield Door(
            directory=directory,
            writer=writer,
            vault=vault,
            now=now,
            max_body_bytes=max_body_bytes,
        )
    finally:
        await writer.stop()


def is_webhook(scope: Scope) -> bool:
    """Whether a request is for the door."""
    return scope["type"] == "http" and _path(scope).startswith(PREFIX)


class DoorRoute(BaseRoute):
    """Puts the door into a router: the first route, so that a webhook is matched by one comparison.

    Args:
        door: Gives the open door of a running application.
    """

    def __init__(self, door: Callable[[], Door]) -> None:
        self._door = door

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        return (Match.FULL if is_webhook(scope) else Match.NONE), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._door()(scope, receive, send)


async def _read(scope: Scope, receive: Receive, limit: int) -> bytes | None:
    """The raw body; None when the sender left before its end."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and int(value[:20]) > limit:
            raise TooLarge
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            body = await _collect(receive, limit)
    except TimeoutError as late:
        raise MalformedBody("The body did not arrive in time.") from late
    return body


async def _collect(receive: Receive, limit: int) -> bytes | None:
    chunks, size = [], 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > limit:
            raise TooLarge
        if not message.get("more_body", False):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _connection_id(scope: Scope) -> str:
    given = _path(scope).removeprefix(PREFIX)
    if not _ID.fullmatch(given):  # what cannot be an id is not looked for
        raise UnknownConnection
    return given


def _path(scope: Scope) -> str:
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path") or "")


def _storable_key(delivery: Delivery) -> str:
    key = delivery.dedupe_key
    if _STORABLE.fullmatch(key):
        return key
    return f"sha256:{sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()}"


def _headers(scope: Scope) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


async def _accept(send: Send, status: int, event_id: str, answer: Mapping[str, str] | None = None) -> None:
    headers = [(b"x-correlation-id", event_id.encode())]
    headers += [(name.encode("latin-1"), value.encode("latin-1")) for name, value in (answer or {}).items()]
    if status != HTTPStatus.NO_CONTENT:
        headers.append((b"content-length", b"0"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


async def _refuse(
    send: Send,
    event_id: str,
    status: int,
    code: str,
    detail: str,
    *extra: tuple[bytes, bytes],
) -> None:
    told = problem(code, status, detail, correlation=event_id)
    body = json.dumps(told).encode()
    headers = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"x-correlation-id", event_id.encode()),
        *extra,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
