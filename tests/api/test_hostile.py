"""Bad input never gives a 5xx: every operation of the OpenAPI document, fed what fits and worse."""

import asyncio
import json
from typing import Any, NamedTuple
from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.openapi import export
from tests.api.house import House, logging_configured

DOCUMENT: dict[str, Any] = json.loads(export())
ODD: st.SearchStrategy[Any] = st.sampled_from(
    [
        None, True, -1, 0, 2**31, 2**63, 2**70, 1e308, "", "\0", "a\0b", "\ud800", "x" * 3_000, "ä\u202e",
        "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "Infinity", [], {}, [[[]]], {"": {"\0": 1}},
        "' OR 1=1 --", "../../etc/passwd", "*/5", "(a+)+$", "http://[", "{{ 7 * 7 }}", "con_1", "evt_1",
    ],
)  # fmt: skip
LEAVES = ODD | st.text(max_size=20) | st.integers() | st.booleans()
JUNK = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)


def fitting(schema: dict[str, Any], depth: int = 0) -> st.SearchStrategy[Any]:
    """Values that more or less fit a schema: enough to come past the first check."""
    if "$ref" in schema:
        return fitting(DOCUMENT["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], depth)
    if "const" in schema or "enum" in schema:
        return st.sampled_from(schema.get("enum") or [schema["const"]])
    if "anyOf" in schema or "oneOf" in schema:
        return st.one_of([fitting(one, depth) for one in schema.get("anyOf") or schema["oneOf"]])
    kind = schema.get("type")
    if kind == "object" and depth < 4:
        return fitting_object(schema, depth)
    if kind == "array" and depth < 4:
        return st.lists(fitting(schema.get("items", {}), depth + 1), max_size=3)
    simple: dict[str | None, st.SearchStrategy[Any]] = {
        "string": st.text(max_size=30) | st.text("abcdefghijklmnopqrstuvwxyz-_", min_size=16, max_size=40),
        "integer": st.integers(-5, 300),
        "number": st.floats(),
        "boolean": st.booleans(),
        "null": st.none(),
    }
    return simple.get(kind, JUNK)


def fitting_object(schema: dict[str, Any], depth: int) -> st.SearchStrategy[dict[str, Any]]:
    properties = {name: fitting(one, depth + 1) | ODD for name, one in schema.get("properties", {}).items()}
    required = {name: properties.pop(name) for name in schema.get("required", ()) if name in properties}
    more = schema.get("additionalProperties")
    fixed = st.fixed_dictionaries(required, optional=properties)
    if not isinstance(more, dict):
        return fixed
    names = st.text(max_size=12)
    return st.builds(
        lambda a, b: {**b, **a}, fixed, st.dictionaries(names, fitting(more, depth + 1), max_size=3)
    )


def bodies(operation: dict[str, Any]) -> st.SearchStrategy[bytes]:
    content = operation.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    good = fitting(schema).map(lambda value: json.dumps(value).encode())
    return st.one_of(
        good, good, good, JUNK.map(lambda value: json.dumps(value).encode()), st.binary(max_size=40)
    )


def texts(parameter: dict[str, Any]) -> st.SearchStrategy[str]:
    good = fitting(parameter.get("schema", {})) | st.sampled_from(["con_1", "evt_1", "evt_2"])
    return (good | LEAVES).map(str)


class Sent(NamedTuple):
    """One request."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes


@st.composite
def requests(draw: st.DrawFn, name: str) -> Sent:
    """Requests for one operation."""
    method, path = name.split(" ", 1)
    operation = DOCUMENT["paths"][path][method.lower()]
    query, headers = (
        [],
        {"Content-Type": draw(st.sampled_from(["application/json", "application/json", "x/y"]))},
    )
    for parameter in operation.get("parameters", []):
        where, field = parameter["in"], parameter["name"]
        if where == "path":
            text = draw(texts(parameter)).replace("/", "-") or "-"
            path = path.replace("{" + field + "}", quote(text, safe="", errors="replace"))
        elif where == "query" and draw(st.booleans()):
            query.append(f"{field}={quote(draw(texts(parameter)), errors='replace')}")
        elif where == "header" and draw(st.booleans()):
            headers[field] = draw(st.text("abc \t~!", min_size=1, max_size=3))
    body = draw(bodies(operation)) if "requestBody" in operation else b""
    return Sent(method, path + ("?" + "&".join(query) if query else ""), headers, body)


OPERATIONS = [
    f"{method.upper()} {path}"
    for path, methods in DOCUMENT["paths"].items()
    for method in methods
    if path.startswith("/v1/")
]


async def test_no_operation_answers_5xx(house: House) -> None:
    """Whatever is sent, by somebody who may do everything, is done or refused; and the service lives on."""
    await house.add_connection()
    await house.add_events(["evt_1", "evt_2"])
    caller = await house.headers("admin")
    loop = asyncio.get_running_loop()
    seen: set[int] = set()

    async def send(sent: Sent) -> int:
        headers = {**caller, **sent.headers}
        answer = await house.client.request(sent.method, sent.url, headers=headers, content=sent.body)
        return answer.status_code

    @settings(
        max_examples=8 * len(OPERATIONS),
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.sampled_from(OPERATIONS).flatmap(requests))
    def attack(sent: Sent) -> None:
        status = asyncio.run_coroutine_threadsafe(send(sent), loop).result(30)
        seen.add(status // 100)
        assert status < 500

    with logging_configured():
        await asyncio.to_thread(attack)
    assert seen == {2, 4}, "some of it must come through, or nothing behind the checks was reached"
    assert (await house.client.get("/readyz")).status_code == 200
