"""Preferences of team members as callers give and see them."""

from datetime import datetime
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, ConfigDict, Field, SecretStr

from app.followups.preferences import LOCALE, TeamChannel
from app.schemas import Given, Shown


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("Give an IANA time zone such as Europe/Berlin")
    return name


class PreferenceGiven(Given):
    """How one member wants to hear from us."""

    channel: TeamChannel = "mail"
    """``note`` writes into the ATS; what cannot be written there comes by mail."""
    webhook_url: SecretStr | None = Field(default=None, max_length=2_000)
    """For slack and teams: the room's incoming webhook. Never shown again; leave it out to keep it."""
    digest: bool = True
    """Gather what can wait into one word a day; what is urgent always comes at once."""
    digest_hour: int = Field(default=8, ge=8, le=17)
    """On the hour, in the member's time zone, on working days."""
    time_zone: Annotated[str, Field(max_length=64), AfterValidator(_zone)] | None = None
    """Unset: as the ATS tells it, else the connection's."""
    locale: Annotated[str, Field(pattern=f"^{LOCALE}$", max_length=6)] | None = None
    """In which language, such as `de` or `de-AT`. Unset: as the ATS tells it, else the connection's."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "channel": "mail",
                    "digest": True,
                    "digest_hour": 9,
                    "time_zone": "Europe/Berlin",
                    "locale": "de",
                }
            ]
        }
    )


class PreferenceShown(Shown):
    """How one member wants to hear from us; a room's address is a secret and is not shown."""

    connection_id: str
    member: str
    channel: TeamChannel
    digest: bool
    digest_hour: int
    time_zone: str | None
    locale: str | None
    updated_at: datetime
    updated_by: str

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "connection_id": "con_01jd2q8z6w3k7m9p5r1t0v4x2y",
                    "member": "4455",
                    "channel": "slack",
                    "digest": True,
                    "digest_hour": 9,
                    "time_zone": "Europe/Berlin",
                    "locale": "de",
                    "updated_at": "2026-11-20T09:00:00Z",
                    "updated_by": "key:key_01jd2q8z6w3k7m9p5r1t0v4x2y",
                }
            ]
        }
    )
