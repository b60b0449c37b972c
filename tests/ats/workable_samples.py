"""Objects of our own in the shapes in which Workable writes them."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.ats import workable
from app.ats.canonical import Fact, FactKind, Reading

SHARED = Path(__file__).parents[2].parent / "shared" / "payloads"
RECEIVED = datetime(2026, 11, 10, 12, tzinfo=UTC)
TOKEN = "a-token-of-our-own-for-tests-only"


def candidate(**values: object) -> dict[str, Any]:
    """Noémi, who stands in the stage Interview."""
    return {
        "id": "3aa01",
        "name": "Noémi Lefèvre",
        "firstname": "Noémi",
        "lastname": "Lefèvre",
        "headline": "Welder",
        "account": {"subdomain": "ourco", "name": "Our Company"},
        "job": {"shortcode": "W3LD", "title": "Welder <m/f>"},
        "stage": "First Interview",
        "stage_kind": "interview",
        "disqualified": False,
        "disqualified_at": None,
        "withdrew": False,
        "anonymized": False,
        "disqualification_reason": None,
        "hired_at": None,
        "moved_to_offer_at": None,
        "sourced": False,
        "profile_url": "https://ourco.workable.com/backend/jobs/77/candidates/88",
        "email": "noemi@example.com",
        "outbound_mailbox": "aaa@outbound.workablemail.com",
        "common_source": "Career site",
        "created_at": "2026-11-02T09:00:00Z",
        "updated_at": "2026-11-03T10:00:00Z",
        "tags": ["welding", "berlin"],
        **values,
    }


def webhook(event: str = "candidate_moved", data: object = None, **values: object) -> bytes:
    """An event about Noémi, or about what ``data`` says."""
    envelope = {
        "id": "0c8a1f6e-0000-4000-8000-000000000001",
        "event_type": event,
        "fired_at": "2026-11-03T10:00:01.250Z",
        "resource_type": "candidate",
        "data": candidate() if data is None else data,
        **values,
    }
    return json.dumps(envelope).encode()


def read(event: str = "candidate_moved", /, **values: object) -> Reading:
    """What a webhook says of Noémi as she is with these values."""
    return workable.read(webhook(event, candidate(**values)), RECEIVED, event)


def only(reading: Reading, kind: FactKind) -> Fact:
    """The single fact of that kind."""
    (fact,) = [fact for fact in reading.facts if fact.kind is kind]
    return fact


def stage(name: str) -> dict[str, Any]:
    """A stage as activities show it."""
    return {"id": 5_000, "identifier": "1388", "name": name, "slug": name.lower()}


def activity(number: int, at: str, was: str, to: str | None = None) -> dict[str, Any]:
    """A move, or something else that happened in a stage."""
    return {
        "id": f"9{number:05x}",
        "action": to.lower() if to else "uploaded",
        "stage_name": was,
        "action_stage": stage(was),
        "target_stage": stage(to) if to else None,
        "created_at": at,
        "body": None,
    }
