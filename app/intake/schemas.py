"""Connections and events as callers give and see them; secrets go in and never come out."""

from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import ConfigDict, Field, JsonValue, SecretStr, ValidatorFunctionWrapHandler, WrapValidator

from app.intake.config import ConnectionSettings
from app.schemas import Given, Label, Shown

_CONNECTION: dict[str, JsonValue] = {
    "id": "con_01jd2q8z6w3k7m9p5r1t0v4x2y",
    "vendor": "greenhouse",
    "name": "Greenhouse, Berlin",
    "enabled": True,
    "settings": {"default_delivery": "send", "delivery": {"application_received": "off"}},
    "webhook_url": "https://heardback.acme.example/webhooks/con_01jd2q8z6w3k7m9p5r1t0v4x2y",
    "created_at": "2026-11-20T09:30:00Z",
    "last_event_at": "2026-11-20T14:02:11Z",
}
_HANDLED: dict[str, JsonValue] = {
    "id": "evt_01jd2q8z6w3k7m9p5r1t0v4x2y",
    "connection_id": "con_01jd2q8z6w3k7m9p5r1t0v4x2y",
    "action": "candidate_stage_change",
    "state": "done",
    "reason": None,
    "received_at": "2026-11-20T14:02:11Z",
    "handled_at": "2026-11-20T14:02:12Z",
    "replays": 0,
}

Secret = Annotated[SecretStr, Field(min_length=1, max_length=500)]
SigningSecret = Annotated[SecretStr, Field(min_length=16, max_length=500)]


def _understood(value: object, read: ValidatorFunctionWrapHandler) -> ConnectionSettings:
    """Settings whose patterns compile and whose addresses parse; a pattern can overflow its compiler."""
    try:
        settings: ConnectionSettings = read(value)
        for address in (settings.base_url, settings.auth_url):
            urlsplit(address or "")
    except (OverflowError, RecursionError) as wrong:
        raise ValueError("A pattern is too large") from wrong
    return settings


SettingsGiven = Annotated[ConnectionSettings, WrapValidator(_understood)]
State = Literal["pending", "asking", "done", "ignored", "dead"]


class ConnectionNew(Given):
    """One ATS account to listen to."""

    vendor: Annotated[str, Field(max_length=40)]
    name: Label
    settings: SettingsGiven = Field(default_factory=ConnectionSettings)
    signing_secret: SigningSecret | None = None
    """What the ATS signs its webhooks with. Unset: one is made and shown once, for an ATS that takes ours;
    the API key, where that signs; and none is accepted yet from an ATS that makes its own: rotate to it."""
    client_id: Annotated[str, Field(max_length=500)] | None = None
    client_secret: Secret | None = None
    api_key: Secret | None = None
    acting_user: Annotated[str, Field(max_length=100)] | None = None
    """The vendor's id of the user as whom its API is used."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "vendor": "greenhouse",
                    "name": "Greenhouse, Berlin",
                    "settings": {"delivery": {"application_received": "off"}},
                    "client_id": "example-client",
                    "client_secret": "example-client-secret",
                },
            ],
        },
    )


class ConnectionChange(Given):
    """What to change; what is not given stays. `settings` replaces the settings as a whole."""

    name: Label | None = None
    enabled: bool | None = None
    settings: SettingsGiven | None = None

    model_config = ConfigDict(json_schema_extra={"examples": [{"enabled": False}]})


class SecretChange(Given):
    """A new signing secret."""

    secret: SigningSecret | None = None
    """Unset: one is made and shown once, for an ATS that takes ours."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}]})


class ConnectionShown(Shown):
    """A connection, without its secrets."""

    id: str
    vendor: str
    name: str
    enabled: bool
    settings: dict[str, Any]
    webhook_url: str
    """Where the ATS sends its webhooks."""
    created_at: datetime
    last_event_at: datetime | None

    model_config = ConfigDict(json_schema_extra={"examples": [_CONNECTION]})


class ConnectionMade(ConnectionShown):
    """A new connection. Keep `signing_secret`: where we made it for the ATS, it is shown this once."""

    signing_secret: str | None

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{**_CONNECTION, "signing_secret": "EXAMPLE-43-characters-shown-once"}]
        },
    )


class SecretMade(Shown):
    """A rotated signing secret. The one before it is accepted until it is retired."""

    signing_secret: str | None
    """Where we made it; shown this once."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"signing_secret": "EXAMPLE-43-characters-shown-once"}]},
    )


class EventShown(Shown):
    """An event: what the ATS said, and what became of it. Its body is not shown."""

    id: str
    connection_id: str
    action: str
    state: State
    reason: str | None
    """Why it was ignored or given up."""
    received_at: datetime
    handled_at: datetime | None
    replays: int

    model_config = ConfigDict(json_schema_extra={"examples": [_HANDLED]})
