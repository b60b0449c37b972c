"""The route that every resource uses: authenticated, one unit of work, and at most once where it is asked."""

import json
import re
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import asyncpg
from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from app.access import idempotency
from app.access.keys import Caller, authenticate
from app.db import unit_of_work
from app.errors import (
    BadRequest,
    Busy,
    DatabaseAway,
    HeardbackError,
    IdempotencyKeyReused,
    MalformedBody,
    NotAllowed,
    NotAuthenticated,
    TooLarge,
    Unprocessable,
)
from app.problems import responses_for
from app.services import Services

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_SUSPICIOUS = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_ALWAYS: tuple[type[HeardbackError], ...] = (
    BadRequest,
    NotAuthenticated,
    NotAllowed,
    Unprocessable,
    DatabaseAway,
)
_ACTING: tuple[type[HeardbackError], ...] = (MalformedBody, TooLarge, Busy, IdempotencyKeyReused)
_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": (
        "Any text of your own that names this act, such as a UUID. The same request with the same key "
        "is done once: later ones get the first answer, marked `Idempotent-Replayed: true`, for 24 hours. "
        "An act that was refused may be tried again with the same key."
    ),
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
    "example": "8a4c1f0e-approve",
}


def services_of(request: Request) -> Services:
    """The services of the running application."""
    services: Services = request.app.state.services
    return services


def session_of(request: Request) -> AsyncSession:
    """This request's unit of work: committed after the handler and before the answer leaves."""
    session: AsyncSession = request.state.session
    return session


def caller_of(request: Request) -> Caller:
    """Whoever this request's key names."""
    caller: Caller = request.state.caller
    return caller


class UnitRoute(APIRoute):
    """A route whose handler runs inside one unit of work, for an authenticated caller.

    An error rolls everything back. A success is committed before the answer is sent, together with the
    answer itself where an Idempotency-Key was given; then whoever does the work is nudged.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:  # noqa: ANN401  # FastAPI's thirty
        acting = not _READS.issuperset(options.get("methods") or {"GET"})
        errors = (*_ALWAYS, *(_ACTING if acting else ()))
        options["responses"] = merged(responses_for(*errors), options.get("responses") or {})
        if acting:
            extra = options.get("openapi_extra") or {}
            parameters = [*extra.get("parameters", []), _IDEMPOTENCY_KEY]
            options["openapi_extra"] = {**extra, "parameters": parameters}
        super().__init__(path, endpoint, **options)

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def within_unit(request: Request) -> Response:
            services = services_of(request)
            await services.refresh()
            async with unit_of_work(services.sessions) as session:
                await reach(session)
                request.state.session = session
                now = services.machine_now()
                request.state.caller = await authenticate(session, request.headers.get("authorization"), now)
                await refuse_unstorable(request)
                response = await _once(handle, request)
            if request.method not in _READS:
                services.nudge()
            return response

        return within_unit


async def reach(session: AsyncSession) -> None:
    """Take a connection now: what fails here is the database's absence, and no fault in a handler."""
    try:
        await session.connection()
    except (OSError, SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError) as away:
        raise DatabaseAway from away


async def _once(handle: Handler, request: Request) -> Response:
    key = request.headers.get("idempotency-key")
    if key is None or request.method in _READS:
        return await handle(request)
    services, session = services_of(request), session_of(request)
    target = f"{request.url.path}?{request.url.query}"
    act = idempotency.asked(
        key, caller_of(request).actor, method=request.method, target=target, body=await request.body()
    )
    known = await idempotency.claim(session, services.vault, act, services.machine_now())
    if known is not None:
        replayed = {"Idempotent-Replayed": "true"}
        return Response(known.body, known.status, replayed, media_type="application/json")
    response = await handle(request)
    answer = idempotency.Answer(response.status_code, bytes(response.body))
    await idempotency.keep(session, services.vault, act, answer)
    return response


async def refuse_unstorable(request: Request) -> None:
    """Refuse text that Postgres cannot hold: NUL characters and halves of surrogate pairs.

    Raises:
        RequestValidationError: Naming the fields.
        TooLarge: From the bound on bodies, before the framework could take it for a syntax error.
    """
    found: list[tuple[str, ...]] = [
        ("path", name) for name, value in request.path_params.items() if _unstorable(str(value))
    ]
    found += [
        ("query", name) for name, value in request.query_params.multi_items() if _unstorable(name + value)
    ]
    body = await request.body()
    if _SUSPICIOUS.search(body):
        found += [("body", *where) for where in _unstorable_in(body)]
    if found:
        message = "NUL characters and unpaired surrogates cannot be stored"
        raise RequestValidationError([{"loc": where, "msg": message, "type": "text"} for where in found])


def _unstorable(value: str) -> bool:
    return any(character == "\0" or "\ud800" <= character <= "\udfff" for character in value)


def _unstorable_in(body: bytes) -> Iterator[tuple[str, ...]]:
    try:
        todo: list[tuple[tuple[str, ...], Any]] = [((), json.loads(body))]
    except (ValueError, RecursionError):
        return  # not JSON: refused as such a moment later
    while todo:
        where, value = todo.pop()
        if isinstance(value, dict):
            todo += [((*where, str(name)), inner) for name, inner in value.items()]
            if any(_unstorable(name) for name in value):
                yield (*where, "(a field's name)")
        elif isinstance(value, list):
            todo += [((*where, str(place)), inner) for place, inner in enumerate(value)]
        elif isinstance(value, str) and _unstorable(value):
            yield where


def merged(*documented: dict[int | str, dict[str, Any]]) -> dict[int | str, dict[str, Any]]:
    """Documented responses put together: for one status, the examples of all."""
    result: dict[int | str, dict[str, Any]] = {}
    for status, entry in (item for one in documented for item in one.items()):
        known = result.get(status)
        if known is None or "content" not in known or "content" not in entry:
            result[status] = entry
            continue
        content = {
            media: {
                **held,
                "examples": {
                    **held.get("examples", {}),
                    **entry["content"].get(media, {}).get("examples", {}),
                },
            }
            for media, held in known["content"].items()
        }
        result[status] = {**known, "content": content}
    return result


def api_router(prefix: str, tag: str) -> APIRouter:
    """A router for one resource, such as ``api_router("/v1/events", "events")``: all its routes are units."""
    return APIRouter(prefix=prefix, tags=[tag], route_class=UnitRoute)
