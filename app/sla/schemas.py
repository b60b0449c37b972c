"""Clocks, policies and calendars as callers give and see them."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, JsonValue

from app.schemas import Given, Instant, Label, Shown

_CLOCK: dict[str, JsonValue] = {
    "id": "clk_01jd2q8z6w3k7m9p5r1t0v4x2y",
    "connection_id": "con_01jd2q8z6w3k7m9p5r1t0v4x2y",
    "application_id": "app_01jd2q8z6w3k7m9p5r1t0v4x2y",
    "policy": "acknowledge_application",
    "occurrence": "application",
    "state": "running",
    "started_at": "2026-11-20T09:00:00Z",
    "due_at": "2026-11-20T17:00:00Z",
    "warned_at": None,
    "breached_at": None,
    "closed_at": None,
    "closed_by": None,
    "paused_by": None,
    "elapsed_seconds": None,
    "policy_version": 1,
    "calendar": "office",
    "rule": "acknowledge_application, rule 1 of version 1",
    "owner": "member:4455",
    "updated_at": "2026-11-20T09:00:01Z",
}
_EVENT: dict[str, JsonValue] = {
    "kind": "warned",
    "step": 1,
    "at": "2026-11-20T13:00:00Z",
    "noticed_at": "2026-11-20T13:00:01Z",
    "detail": {},
}
_SEGMENT: dict[str, JsonValue] = {
    "from": "2026-12-24T09:00:00+01:00",
    "to": "2026-12-24T17:00:00+01:00",
    "seconds": 28800,
    "zone": "Europe/Berlin",
    "calendar": "5f2a91c07be3d418",
}
_PAUSE: dict[str, JsonValue] = {
    "from": "2026-12-24T10:00:00+01:00",
    "to": "2026-12-24T11:00:00+01:00",
    "seconds": 3600,
    "cause": "paused by Robin Reyes",
}
_CLOSED: dict[str, JsonValue] = {"date": "2026-12-25", "name": "Christmas Day"}
_COUNTING: dict[str, JsonValue] = {
    "start": "2026-12-24T09:00:00+01:00",
    "end": "2026-12-28T10:00:00+01:00",
    "seconds": 28800,
    "segments": [_SEGMENT],
    "pauses": [_PAUSE],
    "closed": [_CLOSED],
    "zones": ["Europe/Berlin"],
    "calendars": ["5f2a91c07be3d418"],
    "tzdata": "2026f",
}
_STEP: dict[str, JsonValue] = {
    "step": 1,
    "at": "2026-12-28T09:00:00Z",
    "to": "recruiter",
    "reached": False,
}
_VERSIONS: dict[str, JsonValue] = {
    "policy_set": 1,
    "calendars": ["5f2a91c07be3d418"],
    "tzdata": "2026f",
}
_CALENDAR: dict[str, JsonValue] = {
    "name": "office",
    "version": 2,
    "document": {
        "tz": "Europe/Berlin",
        "week": {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
        "holidays": {"2026-12-25": "Christmas Day"},
        "overrides": {},
    },
    "provenance": {"tzdata": "2026f"},
    "effective_from": "2026-11-20T09:00:00Z",
    "created_at": "2026-11-20T09:00:00Z",
    "created_by": "key:key_01jd2q8z6w3k7m9p5r1t0v4x2y",
}


def _like(example: dict[str, JsonValue]) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [example]})


class ClockShown(Shown):
    """One thing owed, running. `breached_at` stays, also when it was met late."""

    id: str
    connection_id: str
    application_id: str
    policy: str
    occurrence: str
    state: Literal["pending", "running", "paused", "breached", "met", "cancelled"]
    started_at: datetime
    due_at: datetime | None
    """Empty while a pause without an end leaves it open."""
    warned_at: datetime | None
    breached_at: datetime | None
    closed_at: datetime | None
    closed_by: str | None
    paused_by: str | None
    elapsed_seconds: float | None
    policy_version: int
    calendar: str
    rule: str
    owner: str | None
    """Who owes it: ``member:<vendor's id>`` or ``operations``."""
    updated_at: datetime

    model_config = _like(_CLOCK)


class ClockEventShown(Shown):
    """Something that happened to a clock; a correction is another event."""

    kind: str
    step: int
    at: datetime
    """The exact instant."""
    noticed_at: datetime
    detail: dict[str, Any]

    model_config = _like(_EVENT)


class ClockDetail(ClockShown):
    """A clock with everything that happened to it."""

    events: list[ClockEventShown]

    model_config = _like({**_CLOCK, "events": [_EVENT]})


class SegmentShown(Shown):
    """A stretch of counted time, with the local offset."""

    from_: datetime = Field(alias="from")
    to: datetime
    seconds: float
    zone: str
    calendar: str
    """The version of the calendar's content."""

    model_config = _like(_SEGMENT)


class PauseShown(Shown):
    """A pause and its cause; `seconds` is the open time that it took."""

    from_: datetime = Field(alias="from")
    to: datetime | None
    seconds: float
    cause: str | None

    model_config = _like(_PAUSE)


class ClosedShown(Shown):
    """A date that a holiday closed."""

    date: date
    name: str

    model_config = _like(_CLOSED)


class CountingShown(Shown):
    """What was counted between the start and the due time, what was not, and why."""

    start: datetime
    end: datetime
    seconds: float
    segments: list[SegmentShown]
    pauses: list[PauseShown]
    closed: list[ClosedShown]
    zones: list[str]
    calendars: list[str]
    tzdata: str

    model_config = _like(_COUNTING)


class StepShown(Shown):
    """A step of the chain after the breach."""

    step: int
    at: datetime
    to: str
    reached: bool

    model_config = _like(_STEP)


class VersionsShown(Shown):
    """Every version that the due time rests on."""

    policy_set: int
    calendars: list[str]
    tzdata: str

    model_config = _like(_VERSIONS)


class ExplanationShown(Shown):
    """Why a clock is due when it is due, as values and as sentences."""

    clock: ClockShown
    sentence: str
    policy: str
    target: str
    counting: CountingShown | None
    """Empty when later truth took away what had started the clock."""
    warnings: list[datetime]
    escalations: list[StepShown]
    versions: VersionsShown | None

    model_config = _like(
        {
            "clock": _CLOCK,
            "sentence": "Acknowledge an application: 8 business hours from Thu 24 Dec 2026 09:00 …",
            "policy": "Acknowledge an application",
            "target": "8 business hours",
            "counting": _COUNTING,
            "warnings": [],
            "escalations": [_STEP],
            "versions": _VERSIONS,
        },
    )


Reason = Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]


class ClockAct(Given):
    """An act, with its reason, and in whose name it is done where that is not the key's."""

    reason: Reason
    on_behalf_of: Label | None = None
    """The person who decided, by name or as ``member:<vendor's id>``."""

    model_config = _like({"reason": "Answered by phone", "on_behalf_of": "Robin Reyes"})


class ClockActUntil(ClockAct):
    """An act with the instant until which it holds."""

    until: Instant

    model_config = _like(
        {"reason": "The candidate is travelling", "on_behalf_of": None, "until": "2026-11-23T08:00:00Z"},
    )


class CalendarNew(Given):
    """A new version of a calendar, as a whole."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9:._ -]{0,99}$", examples=["office"])]
    document: dict[str, Any]
    """``tz``, ``week``, ``holidays`` and ``overrides``."""
    effective_from: Instant | None = None
    """From when it counts; now unless given, and never in the past."""

    model_config = _like({"name": "office", "document": _CALENDAR["document"], "effective_from": None})


class CalendarShown(Shown):
    """One version of one calendar."""

    name: str
    version: int
    document: dict[str, Any]
    provenance: dict[str, Any]
    """Where its holidays come from, and by which tzdata it was read."""
    effective_from: datetime
    created_at: datetime
    created_by: str

    model_config = _like(_CALENDAR)
