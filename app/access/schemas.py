"""Keys and audit rows as callers give and see them."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import ConfigDict, Field, JsonValue

from app.access.keys import Scope
from app.schemas import Given, Label, Shown

_SHOWN: dict[str, JsonValue] = {
    "id": "key_01jd2q8z6w3k7m9p5r1t0v4x2y",
    "name": "dashboard",
    "scopes": ["read"],
    "created_at": "2026-11-20T09:30:00Z",
    "revoked_at": None,
}


class KeyNew(Given):
    """A key to be made."""

    name: Label
    """What it is for."""
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=4)]

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "dashboard", "scopes": ["read"]}]})


class KeyShown(Shown):
    """A key, without its secret."""

    id: str
    name: str
    scopes: list[Scope]
    created_at: datetime
    revoked_at: datetime | None

    model_config = ConfigDict(json_schema_extra={"examples": [_SHOWN]})


class KeyMade(KeyShown):
    """A new key. Keep `key`: it is shown this once."""

    key: str

    model_config = ConfigDict(json_schema_extra={"examples": [{**_SHOWN, "key": "hb_01jd2q8z…_5e1f…"}]})


class AuditShown(Shown):
    """One act."""

    id: int
    at: datetime
    actor: str
    act: str
    subject: str
    detail: dict[str, Any]

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": 81,
                    "at": "2026-11-20T09:31:00Z",
                    "actor": "key:key_01jd2q8z6w3k7m9p5r1t0v4x2y",
                    "act": "event.replayed",
                    "subject": "evt_01jd2q8z6w3k7m9p5r1t0v4x2y",
                    "detail": {"replays": 1},
                },
            ],
        },
    )
