"""The OpenAPI document is the contract: it is kept, complete, and says who may call what."""

import json
from typing import Any

import pytest

from app.access.keys import Scope
from app.openapi import PLACE, export

DOCUMENT: dict[str, Any] = json.loads(export())
OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}
RESOURCES = {name: operation for name, operation in OPERATIONS.items() if " /v1/" in name}


def test_the_kept_document_is_the_present_one() -> None:
    """`make openapi` (or `python -m app.openapi`) writes it; a change of the API shows in review."""
    assert PLACE.read_text(encoding="utf-8") == export()


@pytest.mark.parametrize("name", RESOURCES)
def test_every_resource_names_its_scope_and_its_errors(name: str) -> None:
    """Nothing under /v1 is open, and every operation documents what it answers when it refuses."""
    operation = RESOURCES[name]
    (scheme,) = operation["security"]
    assert scheme["ApiKey"]
    assert set(scheme["ApiKey"]) <= {scope.value for scope in Scope}
    assert {"401", "403", "422", "503"} <= set(operation["responses"])
    for status, response in operation["responses"].items():
        if status[0] in "45":
            assert set(response["content"]) == {"application/problem+json"}


@pytest.mark.parametrize("name", [name for name in RESOURCES if name.startswith("POST")])
def test_every_post_takes_an_idempotency_key(name: str) -> None:
    """So that a caller who heard nothing may ask again."""
    parameters = {parameter["name"]: parameter for parameter in RESOURCES[name]["parameters"]}
    assert parameters["Idempotency-Key"]["in"] == "header"
    assert "409" in RESOURCES[name]["responses"]


def test_operations_have_names_of_their_own() -> None:
    """Generated clients call them by these."""
    names = [operation["operationId"] for operation in OPERATIONS.values()]
    assert len(names) == len(set(names))


def test_every_reference_leads_somewhere() -> None:
    """No schema is missing, and FastAPI's own error shapes, which nothing answers with, are gone."""
    text, schemas = json.dumps(DOCUMENT), DOCUMENT["components"]["schemas"]
    references = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert references <= set(schemas)
    assert "HTTPValidationError" not in schemas


def test_schemas_have_examples() -> None:
    """Whoever reads the document sees what a value looks like."""
    exempt = ("Page_", "Problem", "FieldProblem", "ConnectionSettings", "Scope", "Alive", "Version")
    missing = [
        name
        for name, schema in DOCUMENT["components"]["schemas"].items()
        if "examples" not in schema and "enum" not in schema and not name.startswith(exempt)
    ]
    assert missing == []
