"""The OpenAPI document: built without any service running, and kept in the repository for whoever reads it.

python -m app.openapi
"""

import json
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from app.problems import Problem

PLACE = Path(__file__).parent.parent / "openapi" / "openapi.json"

TAGS = [
    {"name": "connections", "description": "ATS accounts: vendor, secrets, settings."},
    {"name": "events", "description": "What the ATS said, as stored; replay."},
    {"name": "applications", "description": "One person's candidacy for one job, with its history."},
    {"name": "clocks", "description": "One thing owed, running; why it is due when it is due."},
    {"name": "calendars", "description": "When somebody is there: hours, holidays, zone; with versions."},
    {"name": "policies", "description": "What is owed, to whom, by when, and what is said; with versions."},
    {
        "name": "follow-ups",
        "description": "One thing to say, to one recipient; approval, edits, missing facts.",
    },
    {
        "name": "preferences",
        "description": "How each member of the team hears from us: mail, Slack, Teams, note.",
    },
    {"name": "templates", "description": "The words of each kind of follow-up: your own, with versions."},
    {"name": "deliveries", "description": "One way out with its attempts; settle what is unknown."},
    {"name": "replies", "description": "Mails that came back: what they are about and seem to say."},
    {"name": "routes", "description": "Ways out that are or were stopped; restart."},
    {"name": "suppressions", "description": "Addresses that are never written to, known by keyed hash."},
    {"name": "sending-domains", "description": "Domains that we send from: their rates; paused; resume."},
    {
        "name": "silence",
        "description": "Applications that nobody answers, each with who must act. Zero, or names.",
    },
    {"name": "keys", "description": "API keys and their scopes."},
    {"name": "audit", "description": "Who did what, append-only."},
    {"name": "health", "description": "Alive, ready, version."},
]


class Api(FastAPI):
    """FastAPI whose errors are problems in the document, too."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            document = super().openapi()
            components = document.setdefault("components", {}).setdefault("schemas", {})
            problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            components.update(problem.pop("$defs", {}))
            components["Problem"] = problem
            for unused in ("HTTPValidationError", "ValidationError"):
                components.pop(unused, None)
            document["components"]["schemas"] = dict(sorted(components.items()))
            self.openapi_schema = document
        return self.openapi_schema


def operation_id(route: APIRoute) -> str:
    """The handler's name: generated clients call `client.replay_event(…)`."""
    return route.name


def export() -> str:
    """The document as JSON text, the same for the same code."""
    from app.main import create_app  # noqa: PLC0415  # main builds its application from this module

    return json.dumps(create_app().openapi(), indent=2, ensure_ascii=False) + "\n"


def write(place: Path = PLACE) -> None:
    """Write the document where the repository keeps it."""
    place.parent.mkdir(exist_ok=True)
    place.write_text(export(), encoding="utf-8")


if __name__ == "__main__":
    write()
