"""The published JSON Schema of policies, for editors and for whoever generates them."""

import json
from typing import Any

from app.followups.catalogue import KINDS
from app.sla.policies import STOPS, PolicyDocument

_ADDRESS = "https://heardback.example/schemas/policies.json"


def policy_schema() -> dict[str, Any]:
    """The schema of the whole rule book, with every kind of follow-up and every stop by name."""
    schema = PolicyDocument.model_json_schema()
    definitions = schema["$defs"]
    definitions["Say"]["properties"]["kind"] |= {"enum": sorted(KINDS)}
    stops = [*sorted(STOPS), *(f"said:{kind}" for kind in sorted(KINDS))]
    for name in ("met_by", "cancelled_by"):
        definitions["Policy"]["properties"][name]["items"] = {"enum": stops}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": _ADDRESS, **schema}


def policy_schema_text() -> str:
    """The schema as it is published in `openapi/policies.schema.json`."""
    return json.dumps(policy_schema(), indent=2, ensure_ascii=False) + "\n"
