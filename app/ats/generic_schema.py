"""The published JSON Schema of generic webhooks, for whoever sends them."""

import json
from functools import reduce
from operator import or_
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from app.ats.generic_body import EVENTS

_ADDRESS = "https://heardback.example/schemas/generic-webhook.json"


def generic_schema() -> dict[str, Any]:
    """The schema of a body: one of the events, by its ``type``."""
    union: Any = reduce(or_, EVENTS)
    schema = TypeAdapter(Annotated[union, Field(discriminator="type")]).json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": _ADDRESS,
        "title": "Generic webhook",
        "description": "One event. Unknown fields are passed over; ids may be text or whole numbers.",
        **schema,
    }


def generic_schema_text() -> str:
    """The schema as it is published in `openapi/generic-webhook.schema.json`."""
    return json.dumps(generic_schema(), indent=2, ensure_ascii=False) + "\n"
