"""Checks JSON against a schema of a provider's OpenAPI document: the parts of schemas that are in use."""

from collections.abc import Iterator, Mapping
from typing import Any

_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


def complaints(
    value: object, schema: Mapping[str, Any], document: Mapping[str, Any], at: str = "$"
) -> list[str]:
    """Every place where the value is not what the schema says; a field that it does not know is one."""
    return list(_complaints(value, _resolved(schema, document), document, at))


def _complaints(
    value: object, schema: Mapping[str, Any], document: Mapping[str, Any], at: str
) -> Iterator[str]:
    if options := schema.get("oneOf"):
        if sum(not complaints(value, option, document, at) for option in options) != 1:
            yield f"{at}: not exactly one of the alternatives"
        return
    kinds = schema.get("type", [])
    wanted = [_TYPES[kind] for kind in ([kinds] if isinstance(kinds, str) else kinds)]
    if wanted and not any(isinstance(value, kind) for kind in wanted):
        yield f"{at}: {type(value).__name__} instead of {kinds}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: not in the list"
    if isinstance(value, dict):
        yield from _object(value, schema, document, at)
    if isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            yield f"{at}: {len(value)} items"
        for number, item in enumerate(value):
            yield from complaints(item, schema.get("items", {}), document, f"{at}[{number}]")


def _object(
    value: Mapping[str, Any], schema: Mapping[str, Any], document: Mapping[str, Any], at: str
) -> Iterator[str]:
    known: Mapping[str, Any] = schema.get("properties", {})
    yield from (f"{at}.{name}: missing" for name in schema.get("required", []) if name not in value)
    for name, inner in value.items() if known else ():
        if name not in known:
            yield f"{at}.{name}: unknown"
        else:
            yield from complaints(inner, known[name], document, f"{at}.{name}")


def _resolved(schema: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" in schema:
        found: Any = document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        return _resolved(found, document)
    if "allOf" in schema:
        parts = [_resolved(part, document) for part in schema["allOf"]]
        properties = {name: inner for part in parts for name, inner in part.get("properties", {}).items()}
        required = [name for part in parts for name in part.get("required", [])]
        return {"type": "object", "properties": properties, "required": required}
    return schema
