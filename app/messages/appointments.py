"""Appointments that a message invites to: what the words say, and what its calendar file holds. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from app.errors import Unprocessable
from app.timeline.truth import Interview

WHEN = frozenset({"interview.when", "meeting.when"})
"""The facts that a person writes as a time and a reader is told in words."""
_USUAL = timedelta(minutes=30)
_OFFSET = "%Y-%m-%dT%H:%M%z"
_FORMS = ("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", _OFFSET)


@dataclass(frozen=True, slots=True)
class Appointment:
    """One appointment. Instants are aware, in UTC; ``zone`` is the reader's.

    ``key`` stays the same when it is moved, ``sequence`` counts the moves: so a calendar moves its entry.
    """

    key: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    title: str
    where: str = ""
    sequence: int = 0

    def kept(self) -> dict[str, str | int]:
        """The appointment as it is stored with the words."""
        return {
            "key": self.key,
            "starts_at": self.starts_at.isoformat(),
            "ends_at": self.ends_at.isoformat(),
            "zone": self.zone,
            "title": self.title,
            "where": self.where,
            "sequence": self.sequence,
        }

    @classmethod
    def opened(cls, kept: Mapping[str, Any]) -> Self:
        """The appointment that ``kept`` stored."""
        starts_at, ends_at = (datetime.fromisoformat(kept[name]) for name in ("starts_at", "ends_at"))
        rest = {name: kept[name] for name in ("key", "zone", "title", "where", "sequence")}
        return cls(starts_at=starts_at, ends_at=ends_at, **rest)


@dataclass(frozen=True, slots=True)
class Slot:
    """When something takes place, and how often that was changed before."""

    key: str
    starts_at: datetime
    ends_at: datetime
    moves: int = 0


def slot_of(interview: Interview | None) -> Slot | None:
    """The slot of an interview; half an hour where nobody says how long. None without a time."""
    if interview is None or interview.starts_at is None:
        return None
    ends_at = interview.ends_at or interview.starts_at + _USUAL
    return Slot(f"interview:{interview.id}", interview.starts_at, ends_at, interview.moves)


def slot_from(written: str, here: ZoneInfo, key: str) -> Slot:
    """The slot that a person wrote, such as ``2026-11-24 14:00``; half an hour long.

    A time without an offset is one of `here`. Raises Unprocessable for anything else.
    """
    for form in _FORMS:
        try:
            read = datetime.strptime(written.strip(), form)  # noqa: DTZ007  # made aware in the next line
        except ValueError:
            continue
        starts_at = (read if read.tzinfo else read.replace(tzinfo=here)).astimezone(ZoneInfo("UTC"))
        return Slot(key, starts_at, starts_at + _USUAL)
    raise Unprocessable("Write the time as 2026-11-24 14:00, or with its offset as 2026-11-24T14:00+01:00.")


def refuse_malformed(name: str, value: str) -> None:
    """Raises Unprocessable, naming the fact, for a value that cannot be what its fact must be."""
    if name in WHEN:
        try:
            slot_from(value, ZoneInfo("UTC"), name)
        except Unprocessable as wrong:
            raise Unprocessable(wrong.detail, field=name) from wrong
