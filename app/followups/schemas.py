"""Policies as callers give and see them."""

from datetime import datetime
from typing import Any, Literal

from pydantic import ConfigDict, JsonValue

from app.schemas import Given, Instant, Shown

_DOCUMENT: JsonValue = {
    "calendar": "office",
    "policies": [
        {
            "key": "acknowledge_application",
            "name": "Acknowledge an application",
            "starts": "application_created",
            "target": {"business_hours": 8},
            "met_by": ["said:application_received", "contacted", "decided"],
            "cancelled_by": ["closed"],
            "escalate": [{"after": {"business_hours": 0}, "to": "recruiter"}],
            "say": [{"kind": "application_received", "delay": {"business_minutes": 10}}],
        },
    ],
}


class PoliciesNew(Given):
    """A new version of the whole rule book."""

    document: dict[str, Any]
    effective_from: Instant | None = None
    """From when it rules; now unless given, and never in the past."""
    on_change: Literal["keep", "restart", "new-only"] = "keep"
    """For open clocks: go on with the time used, count anew, or leave them as they were."""
    backlog: bool = False
    """Whether rules that are new apply to what had already begun."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"document": _DOCUMENT}]})


class PoliciesShown(Shown):
    """One version of the whole rule book."""

    version: int
    document: dict[str, Any]
    effective_from: datetime
    on_change: str
    backlog: bool
    created_at: datetime
    created_by: str

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "version": 2,
                    "document": _DOCUMENT,
                    "effective_from": "2026-11-20T09:00:00Z",
                    "on_change": "keep",
                    "backlog": False,
                    "created_at": "2026-11-20T09:00:00Z",
                    "created_by": "key:key_01jd2q8z6w3k7m9p5r1t0v4x2y",
                },
            ],
        },
    )
