"""The door of mail providers: `POST /mail/{route}/receipts` and `/inbound`. Proven, stored, answered.

Nothing is read here but the proof. Each provider hears what makes it come again when we cannot store, and
what it takes for an end otherwise.
"""

import asyncio
import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime
from functools import partial
from http import HTTPStatus

import structlog
from sqlalchemy.dialects.postgresql import insert
from starlette.types import Receive, Scope, Send

from app.db import Sessions, unit_of_work
from app.delivery.hook_bytes import seal_hook
from app.delivery.hook_fetch import Certificates
from app.delivery.hook_models import Hook, HookKind, HookState
from app.delivery.hook_queue import refuse_replay
from app.delivery.hook_sources import HookSource
from app.errors import (
    BadSignature,
    DatabaseAway,
    HeardbackError,
    MalformedBody,
    NotFound,
    Replayed,
    TooLarge,
    Unavailable,
)
from app.ids import new_id
from app.privacy.vault import Vault
from app.problems import MEDIA_TYPE, problem

PATH = re.compile(r"/mail/([A-Za-z0-9_.-]{1,64})/(receipts|inbound)")
LARGEST = {HookKind.RECEIPTS: 4_000_000, HookKind.INBOUND: 36_000_000}
"""Bytes. Batches of receipts are large; an inbound mail comes with its attachments, in base64."""
_BODY_SECONDS = 20.0
_STORE_SECONDS = 5.0
_SMALL, LARGE_AT_ONCE = 1_000_000, 4
"""Bytes of a body beyond which it waits for its turn, and how many have theirs: strangers may send as well,
and what they send is in memory before it can be proven."""
_SIDE_BY_SIDE = 4
"""So many are stored at once: a flood of receipts must not take every connection of the API."""
_RETRY_AFTER = b"30"
_log = structlog.get_logger(__name__)


class HookDoor:
    """The ASGI application behind `PATH`.

    Args:
        sources: Who may knock, by the name of the route.
        sessions: Where webhooks are stored.
        vault: Seals them, each for its id.
        machine_now: Real time, by which a signature's age is measured.
        nudge: Called after something new was stored; must return at once.
        certificates: For providers that sign with one.
    """

    def __init__(
        self,
        *,
        sources: Mapping[str, HookSource],
        sessions: Sessions,
        vault: Vault,
        machine_now: Callable[[], datetime],
        nudge: Callable[[], None],
        certificates: Certificates | None = None,
    ) -> None:
        self._sources, self._sessions, self._vault = sources, sessions, vault
        self._machine_now, self._nudge = machine_now, nudge
        self._certificates = certificates or Certificates()
        self._room = asyncio.Semaphore(_SIDE_BY_SIDE)
        self._large = asyncio.Semaphore(LARGE_AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with AsyncExitStack() as held:
            await self._answer(scope, receive, send, held)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, held: AsyncExitStack) -> None:
        hook_id = new_id("hok")
        found = PATH.fullmatch(_path(scope))
        source = self._sources.get(found[1]) if found else None
        try:
            if found is None or source is None:
                raise NotFound(
                    "No webhooks are awaited here; HEARDBACK_MAIL_ROUTES gives a route its `receipts`."
                )
            if scope["method"] != "POST":
                await _say(send, hook_id, HTTPStatus.METHOD_NOT_ALLOWED, None)
                return
            turn = partial(held.enter_async_context, self._large)
            body = await _read(scope, receive, LARGEST[found[2]], turn)
            if body is None:
                return  # the sender left; nothing was kept, nobody is there to hear it
            headers = _headers(scope)
            now = self._machine_now()
            await self._prove(source, headers, body, now)
            begins = source.hooks.confirm_url(headers, body, source.secrets) is not None
            state = HookState.CONFIRMING if begins else HookState.PENDING
            await self._store(hook_id, (source.route, found[2], state), headers, body, now)
        except HeardbackError as refused:
            _log.info("hook_refused", code=refused.code, route=found[1] if source and found else None)
            await _say(send, hook_id, _status(source, refused), refused)
        else:
            self._nudge()
            await _say(send, hook_id, source.hooks.ANSWERS.success, None)

    async def _prove(
        self, source: HookSource, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> None:
        secrets = source.secrets
        url = source.hooks.certificate_url(headers, body)
        if url is not None:
            secrets = replace(secrets, certificate=await self._certificates.get(url))
        source.hooks.verify(headers, body, secrets, now)

    async def _store(
        self,
        hook_id: str,
        what: tuple[str, str, str],
        headers: Mapping[str, str],
        body: bytes,
        now: datetime,
    ) -> None:
        route, kind, state = what
        key, nonce = _key(headers, body), self._sources[route].hooks.nonce(headers, body)
        values = {
            "id": hook_id,
            "route": route,
            "kind": kind,
            "dedupe_key": key,
            "body": seal_hook(self._vault, hook_id, headers, body),
            "state": state,
            "act_at": now,
            "received_at": now,
            "failures": 0,
        }
        statement = insert(Hook).values(values).on_conflict_do_nothing()
        try:
            async with asyncio.timeout(_STORE_SECONDS), self._room, unit_of_work(self._sessions) as session:
                if nonce is not None:
                    await refuse_replay(session, nonce, key, now)
                await session.execute(statement)
        except Replayed:
            raise
        except Exception as away:
            # Whatever keeps us from storing: the provider must come again.
            _log.warning("hook_not_stored", error=type(away).__name__, route=route)
            raise DatabaseAway from away


def is_hook(scope: Scope) -> bool:
    """Whether a request is for this door."""
    return scope["type"] == "http" and PATH.fullmatch(_path(scope)) is not None


def _key(headers: Mapping[str, str], body: bytes) -> str:
    """Equal for two deliveries of one webhook: by the provider's id where it has one, and by content."""
    named = headers.get("svix-id") or headers.get("webhook-id") or ""
    return hashlib.sha256(named.encode("utf-8", "replace") + b"\n" + body).hexdigest()


def _status(source: HookSource | None, refused: HeardbackError) -> int:
    if source is None:
        return refused.status
    answers = source.hooks.ANSWERS
    if isinstance(refused, Unavailable):
        return answers.retry
    if isinstance(refused, Replayed):
        return answers.replayed
    return answers.refused if isinstance(refused, BadSignature) else refused.status


async def _read(
    scope: Scope, receive: Receive, limit: int, turn: Callable[[], Awaitable[None]]
) -> bytes | None:
    """The raw body; None when the sender left before its end. A large one waits for its ``turn``."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and int(value[:20]) > limit:
            raise TooLarge("A webhook of a mail provider is never so large.")
    chunks, size, waits = list[bytes](), 0, False
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    return None
                chunks.append(message.get("body", b""))
                size += len(chunks[-1])
                if size > limit:
                    raise TooLarge("A webhook of a mail provider is never so large.")
                if size > _SMALL >= size - len(chunks[-1]):
                    waits = True
                    await turn()
                    waits = False
                if not message.get("more_body", False):
                    return b"".join(chunks)
    except TimeoutError as late:
        if waits:
            raise Unavailable("Too many large webhooks at once; send it again.") from late
        raise MalformedBody("The body did not arrive in time.") from late


def _path(scope: Scope) -> str:
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path") or "")


def _headers(scope: Scope) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


async def _say(send: Send, hook_id: str, status: int, refused: HeardbackError | None) -> None:
    body, headers = b"", [(b"x-correlation-id", hook_id.encode())]
    if refused is not None:
        body = json.dumps(problem(refused.code, status, refused.detail, correlation=hook_id)).encode()
        headers.append((b"content-type", MEDIA_TYPE.encode()))
    if isinstance(refused, Unavailable):
        headers.append((b"retry-after", _RETRY_AFTER))
    elif isinstance(refused, TooLarge | MalformedBody):
        headers.append((b"connection", b"close"))  # rather than swallow the rest of the body
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
