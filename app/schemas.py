"""What every API schema shares: strict shapes, instants that can be stored, names that can be shown."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Path
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints

_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)


def _storable(value: datetime) -> datetime:
    # The comparison is safe at the ends of the calendar, where a conversion of zones overflows.
    if not _EARLIEST <= value <= _LATEST:
        raise ValueError("Give an instant between 1970 and 2200")
    return value.astimezone(UTC)


def _printable(value: str) -> str:
    if not value.isprintable():
        raise ValueError("Control characters are not allowed")
    return value


Instant = Annotated[AwareDatetime, AfterValidator(_storable)]
"""A point in time with its offset, between 1970 and 2200; in UTC once read."""

Label = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
    AfterValidator(_printable),
]
"""A short name on one line."""

Id = Annotated[str, Path(max_length=64, examples=["evt_01jd2q8z6w3k7m9p5r1t0v4x2y"])]
"""One of our ids in a path."""


class Given(BaseModel):
    """What a caller sends: unknown fields are refused, so that a misspelt one is not lost in silence."""

    model_config = ConfigDict(extra="forbid", str_max_length=100_000)


class Shown(BaseModel):
    """What a caller is shown: made from a table row, never the row itself."""

    model_config = ConfigDict(from_attributes=True)
