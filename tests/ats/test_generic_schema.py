"""The published schema of the generic webhook is true: what it allows is read, what it needs is needed."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.ats import generic
from app.ats.canonical import Reading
from app.ats.generic_body import BODIES
from app.ats.generic_schema import generic_schema, generic_schema_text
from app.errors import MalformedBody

KEPT = Path(__file__).parents[2] / "openapi" / "generic-webhook.schema.json"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SCHEMA = generic_schema()


def read(body: bytes) -> Reading:
    return generic.read(body, NOW, "")


def test_the_published_schema_is_the_present_one() -> None:
    """`heardback events schema > openapi/generic-webhook.schema.json` writes it anew."""
    assert KEPT.read_text(encoding="utf-8") == generic_schema_text()


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        found: dict[str, Any] = SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]]
        return found
    return schema


def _exists(value: str) -> bool:
    try:
        date.fromisoformat(value[:10])
    except ValueError:
        return False
    return value.endswith("Z") or value[10:] == "" or value[:7] not in ("2000-01", "2199-12")


def valid(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that the schema allows."""
    if "$ref" in schema:
        return _named(schema["$ref"].rpartition("/")[2])
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return st.one_of([valid(one) for one in schema[several]])
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if isinstance(schema["type"], list):
        return st.one_of([valid({**schema, "type": one}) for one in schema["type"]])
    return _typed(schema)


def _typed(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    makers: dict[str, Callable[[dict[str, Any]], st.SearchStrategy[Any]]] = {
        "object": _object,
        "string": _string,
        "array": _array,
        "integer": lambda found: st.integers(found["minimum"], found["maximum"]),
        "boolean": lambda _: st.booleans(),
        "null": lambda _: st.none(),
    }
    return makers[schema["type"]](schema)


def _array(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    return st.lists(valid(schema["items"]), max_size=2)


def _object(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    needed = schema.get("required", ())
    parts = {name: valid(one) for name, one in schema["properties"].items()}
    return st.fixed_dictionaries(
        {name: one for name, one in parts.items() if name in needed},
        optional={name: one for name, one in parts.items() if name not in needed}
        | {"unknown": st.just([{}])},
    )


def _string(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    return _matching(schema["pattern"], "format" in schema) if "pattern" in schema else st.text(max_size=20)


@cache
def _matching(pattern: str, exists: bool) -> st.SearchStrategy[str]:  # noqa: FBT001
    # Python's $ also stands before a last line break; other readers of the schema know no such thing.
    words = st.from_regex(pattern, alphabet=st.characters(codec="utf-8"))
    words = words.map(lambda found: found.removesuffix("\n"))
    return words.filter(_exists) if exists else words


@cache
def _named(form: str) -> st.SearchStrategy[Any]:
    return valid(SCHEMA["$defs"][form])


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_every_body_that_the_schema_allows_is_read(data: st.DataObject) -> None:
    """Whatever it holds beside, and always with the same facts."""
    form = data.draw(st.sampled_from(SCHEMA["oneOf"]))
    body = json.dumps(data.draw(valid(form))).encode()
    reading = read(body)
    assert reading == generic.read(body, NOW + timedelta(days=1))
    assert reading.ignored or reading.facts or b"changed" in body
    assert len({fact.key for fact in reading.facts}) == len(reading.facts)


def _smallest(schema: dict[str, Any]) -> Any:
    """The least that the schema allows."""
    schema = _resolved(schema)
    if "anyOf" in schema:
        return _smallest(schema["anyOf"][0])
    if "const" in schema or "enum" in schema:
        return schema.get("const") or schema["enum"][0]
    if schema["type"] == "object":
        return {name: _smallest(schema["properties"][name]) for name in schema.get("required", ())}
    return "2026-11-02T09:00:00Z" if schema.get("format") == "date-time" else "x"


def _without(body: Any) -> Iterator[tuple[str, Any]]:
    """The body without each of its fields in turn, by the field's name."""
    for name, value in body.items():
        yield name, {other: kept for other, kept in body.items() if other != name}
        yield name, {**body, name: None}
        if isinstance(value, dict):
            for inner, less in _without(value):
                yield f"{name}.{inner}", {**body, name: less}


@pytest.mark.parametrize("form", [ref["$ref"].rpartition("/")[2] for ref in SCHEMA["oneOf"]])
def test_what_the_schema_needs_is_needed_and_nothing_else(form: str) -> None:
    """The smallest body is read; without any one of its fields, or with null in it, it is refused by name."""
    body = _smallest({"$ref": form})
    read(json.dumps(body).encode())
    for name, less in _without(body):
        with pytest.raises(MalformedBody, match=name):
            read(json.dumps(less).encode())


def test_the_schema_knows_every_type_that_is_read() -> None:
    """One form for each, told apart by its type."""
    mapping = SCHEMA["discriminator"]["mapping"]
    assert set(mapping) == set(BODIES)
    assert len(set(mapping.values())) == len(SCHEMA["oneOf"])
