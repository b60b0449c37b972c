"""Whatever goes wrong is told as problem+json, with a code, and without repeating what was sent."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from sqlalchemy import text

from app import errors
from app.deps import Session, api_router
from app.errors import HeardbackError
from app.middleware import BodyLimit, Correlation
from app.problems import MEDIA_TYPE, answer, install, responses_for
from tests.api.house import House, logging_configured, open_house

SECRET = "swordfish-swordfish"


def check(response: httpx.Response, status: int, code: str) -> dict[str, object]:
    """The problem, after what all problems have in common."""
    told: dict[str, object] = response.json()
    assert response.headers["content-type"] == MEDIA_TYPE
    assert (response.status_code, told["status"], told["code"]) == (status, status, code)
    assert told["type"] == f"urn:heardback:problem:{code}"
    assert told["title"]
    assert told["detail"]
    assert told["correlation_id"] == response.headers["x-correlation-id"]
    return told


def every_error() -> list[type[HeardbackError]]:
    """The whole tree."""
    found, todo = [], [HeardbackError]
    while todo:
        todo += (one := todo.pop()).__subclasses__()
        found.append(one)
    return found


@pytest.mark.parametrize("error", every_error(), ids=lambda error: error.__name__)
def test_every_error_has_a_documented_answer(error: type[HeardbackError]) -> None:
    """An error class is its code, its status and its words, the same in the answer and in the document."""
    made = answer(error())
    told = json.loads(bytes(made.body))
    documented = responses_for(error)[error.status]["content"][MEDIA_TYPE]["examples"][told["code"]]["value"]
    assert {**told, "correlation_id": None} == {**documented, "correlation_id": None}
    assert ("retry-after" in made.headers) == (error.retry_after is not None)


async def test_addresses_and_methods_that_do_not_exist(house: House) -> None:
    """404 and 405 are problems too; 405 says what is allowed."""
    check(await house.client.get("/v1/nothing"), 404, "not-found")
    refused = await house.client.delete("/v1/events")
    check(refused, 405, "method-not-allowed")
    assert refused.headers["allow"] == "GET"
    check(await house.client.get("/v1/events/"), 404, "not-found")


async def test_a_wrong_field_is_named_and_its_value_is_not(house: House) -> None:
    """422 lists the fields; a secret in the wrong place is not echoed."""
    body = {"vendor": "greenhouse", "name": 7, "client_secret": [SECRET], "sekret": SECRET}
    refused = await house.client.post("/v1/connections", headers=await house.headers("admin"), json=body)
    told = check(refused, 422, "invalid-request")
    fields = {one["field"] for one in told["errors"]}  # type: ignore[attr-defined]  # JSON
    assert fields == {"body.name", "body.client_secret", "body.sekret"}
    assert SECRET not in refused.text


async def test_a_short_signing_secret_is_refused_without_repeating_it(house: House) -> None:
    """The field is named, the secret is not."""
    body = {"vendor": "greenhouse", "name": "x", "signing_secret": SECRET + " with spaces"}
    refused = await house.client.post("/v1/connections", headers=await house.headers("admin"), json=body)
    told = check(refused, 422, "unprocessable")
    assert told["errors"][0]["field"] == "signing_secret"  # type: ignore[index]  # JSON
    assert SECRET not in refused.text


HOSTILE = {
    "not JSON": (b"{", "application/json", 422),
    "not UTF-8": (b'{"name": "\xff", "scopes": ["read"]}', "application/json", 400),
    "not declared": (b'{"name": "x", "scopes": ["read"]}', "text/plain", 422),
    "a NUL": (b'{"name": "a\\u0000b", "scopes": ["read"]}', "application/json", 422),
    "a NUL in a name": (b'{"a\\u0000b": 1}', "application/json", 422),
    "half a surrogate": (b'{"name": "a\\uD800b", "scopes": ["read"]}', "application/json", 422),
    "deep": (b"[" * 200_000, "application/json", 400),
    "deep and suspicious": (b'["\\u0000",' * 100_000, "application/json", 400),
    "a huge number": (b"9" * 5_000, "application/json", 400),
    "too large": (b'"' + b"x" * 2_000_001 + b'"', "application/json", 413),
    "a control character": (b'{"name": "a\\u0007b", "scopes": ["read"]}', "application/json", 422),
}


async def test_hostile_bodies_are_refused(house: House) -> None:
    """Bad input is the sender's mistake: 4xx, and nothing happens."""
    headers = await house.headers("admin")
    for kind, (body, declared, status) in HOSTILE.items():
        sent = {**headers, "Content-Type": declared}
        refused = await house.client.post("/v1/keys", headers=sent, content=body)
        assert (kind, refused.status_code) == (kind, status)
        assert refused.headers["content-type"] == MEDIA_TYPE
    assert len((await house.client.get("/v1/keys", headers=headers)).json()["items"]) == 1


async def test_text_that_cannot_be_stored_is_refused_by_its_field(house: House) -> None:
    """Before any handler sees it, wherever it stands."""
    headers = {**await house.headers("admin"), "Content-Type": "application/json"}
    start = b'{"vendor": "greenhouse", "name": "x", '
    body = start + b'"client_id": "a\\u0000b", "settings": {"calendar": "\\udc00"}}'
    refused = await house.client.post("/v1/connections?odd=%00", headers=headers, content=body)
    told = check(refused, 422, "invalid-request")
    fields = {one["field"] for one in told["errors"]}  # type: ignore[attr-defined]  # JSON
    assert fields == {"query.odd", "body.client_id", "body.settings.calendar"}
    escaped = body.replace(b"\\u0000", b"\\\\u0000").replace(b"\\udc00", b"default")
    assert (await house.client.post("/v1/connections", headers=headers, content=escaped)).status_code == 201


async def test_a_body_without_announced_length_is_bounded_too(house: House) -> None:
    """Chunks are counted as they come."""

    async def long() -> AsyncIterator[bytes]:
        for _ in range(30):
            yield b"x" * 100_000

    headers = {**await house.headers("admin"), "Content-Type": "application/json"}
    check(await house.client.post("/v1/keys", headers=headers, content=long()), 413, "too-large")


@pytest.mark.parametrize("length", ["-1", "x", "9" * 5_000, "²"])
async def test_a_senseless_length_is_refused(length: str) -> None:
    """Content-Length is text from outside like any other."""

    async def never(*_: object) -> None:
        raise AssertionError("passed on")

    sent: list[dict[str, object]] = []

    async def send(message: object) -> None:
        sent.append(dict(message))  # type: ignore[call-overload]  # ASGI messages are mappings

    scope = {"type": "http", "path": "/v1/keys", "headers": [(b"content-length", length.encode())]}
    await BodyLimit(never, limit=10)(scope, never, send)  # type: ignore[arg-type]  # never called
    assert sent[0]["status"] in {400, 413}


PATHS = {
    "/v1/events/%00": 422,
    "/v1/events?action=%00": 422,
    "/v1/events?state=lost": 422,
    "/v1/events?limit=0": 422,
    "/v1/events?limit=201": 422,
    "/v1/events?limit=99999999999999999999999999": 422,
    "/v1/events?limit=x": 422,
    "/v1/events?cursor=x": 400,
    "/v1/events/" + "x" * 65: 422,
    "/v1/events/%ff": 404,
}


async def test_hostile_paths_and_queries_are_refused(house: House) -> None:
    """Neither a path nor a query can make the service stumble."""
    headers = await house.headers("read")
    for path, status in PATHS.items():
        answer = await house.client.get(path, headers=headers)
        assert (path, answer.status_code) == (path, status)
        assert answer.headers["content-type"] == MEDIA_TYPE


@pytest_asyncio.fixture
async def troubled(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """The same frame around routes that fail."""
    router = api_router("/trouble", "trouble")

    @router.post("/{kind}")
    async def fail(kind: str, session: Session) -> None:
        await session.execute(text("CREATE TABLE left_behind ()"))
        if kind == "range":
            await session.execute(text("SELECT 2147483647::int + 1"))
        if kind == "lock":
            await session.execute(text("DO $$ BEGIN RAISE lock_not_available; END $$"))
        if kind == "shutdown":
            await session.execute(text("DO $$ BEGIN RAISE admin_shutdown; END $$"))
        if kind == "known":
            raise errors.WrongState(field="state")
        raise ValueError(f"Ada Lovelace <ada@example.com> and {SECRET}")

    app = FastAPI()
    app.state.services = house.services
    app.include_router(router)
    install(app)
    app.add_middleware(Correlation)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://heardback") as client:
        yield client


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("range", 422, "unprocessable"),
        ("lock", 409, "busy"),
        ("shutdown", 503, "database-away"),
        ("known", 409, "wrong-state"),
        ("unknown", 500, "heardback-error"),
    ],
)
async def test_an_error_in_a_handler_is_told_and_rolls_back(
    house: House, troubled: httpx.AsyncClient, kind: str, status: int, code: str
) -> None:
    """Each kind has its answer, none leaves half an act behind, and no words of the unforeseen get out."""
    headers = await house.headers("read")
    with logging_configured() as lines:
        refused = await troubled.post(f"/trouble/{kind}", headers=headers)
    told = check(refused, status, code)
    assert {line["correlation_id"] for line in lines.read_back()} == {told["correlation_id"]}
    assert "Ada" not in refused.text + lines.getvalue()
    assert SECRET not in refused.text + lines.getvalue()
    async with house.services.engine.connect() as connection:
        assert await connection.scalar(text("SELECT to_regclass('left_behind')")) is None


async def test_a_database_away_is_503(tmp_path: Path) -> None:
    """Whoever calls may try again; nothing is claimed to be done."""
    nobody = f"postgresql://heardback@/heardback?host={tmp_path}"
    async with open_house(nobody, tmp_path) as house:
        headers = {"Authorization": "Bearer hb_" + "0" * 26 + "_" + "0" * 64}
        told = await house.client.get("/v1/events", headers=headers)
    check(told, 503, "database-away")
    assert told.headers["retry-after"] == "1"
