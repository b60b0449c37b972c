"""Reading untrusted JSON: every accessor takes whatever came and gives a clean value or None, never an error.

A vendor's field may be missing, null, of another type than documented, out of range, or hold characters that
no database stores. Only `parse_object` and `needed` refuse, with `MalformedBody`.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime

from app.errors import MalformedBody

Json = Mapping[str, object]

Answers = Mapping[str, Sequence[Json]]
"""Rows by resource, such as ``{"interviews": [...], "users": [...]}``: the answers of one round of asking."""

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_US_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)
_FIRST_YEAR, _LAST_YEAR = 1970, 2200
_LONGEST_ID = 64
LONGEST_WORDS = 2_000
"""Characters of what somebody wrote in one field of a scorecard."""


def parse_object(body: bytes) -> Json:
    """The JSON object that the bytes hold; raises `MalformedBody` with a plain reason for anything else."""
    try:
        parsed: object = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise MalformedBody("The body is not valid UTF-8.") from error
    except (ValueError, RecursionError) as error:
        raise MalformedBody("The body is not valid JSON.") from error
    if not isinstance(parsed, dict):
        raise MalformedBody("The body is JSON, but not an object.")
    return parsed


def _no_constant(name: str) -> object:
    raise ValueError(name)


def text(value: object, longest: int = 500) -> str | None:
    """A non-empty string, trimmed, cut and free of NUL and lone surrogates; None for anything else."""
    if not isinstance(value, str):
        return None
    return _UNSTORABLE.sub("", value).strip()[:longest] or None


def identity(value: object) -> str | None:
    """A vendor's id as a string, whether it came as a number or as text."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 10**_LONGEST_ID else None
    found = text(value, _LONGEST_ID + 1)
    return found if found and len(found) <= _LONGEST_ID else None


def needed(obj: Json, key: str, what: str) -> str:
    """The id under that key; raises `MalformedBody` naming what lacks it."""
    found = identity(obj.get(key))
    if found is None:
        raise MalformedBody(f"{what} has no {key}.")
    return found


def child(obj: Json, key: str) -> Json:
    """The object under that key, or an empty one."""
    value = obj.get(key)
    return value if isinstance(value, dict) else {}


def children(obj: Json, key: str) -> Iterator[Json]:
    """The objects of the list under that key; other items are passed over."""
    value = obj.get(key)
    return (item for item in value if isinstance(item, dict)) if isinstance(value, list) else iter(())


def texts(value: object) -> list[str]:
    """The clean strings of a list; other items are passed over."""
    return [found for item in value if (found := text(item))] if isinstance(value, list) else []


def whole(marker: str) -> re.Pattern[str]:
    """Finds a marker of ours in a text, and never as a part of a longer one."""
    return re.compile(rf"(?<![\w-]){re.escape(marker)}(?![\w-])")


def truth(value: object) -> bool | None:
    """True or False where the vendor said so, else None."""
    return value if isinstance(value, bool) else None


def instant(value: object) -> datetime | None:
    """An ISO time as an aware instant in UTC; a time without a zone is taken as UTC."""
    if not isinstance(value, str):
        return None
    try:
        parsed = datetime.fromisoformat(value.strip())
        moment = parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return moment if _FIRST_YEAR <= moment.year <= _LAST_YEAR else None


def day(value: object) -> str | None:
    """A date as ``YYYY-MM-DD``, from an ISO date or time, or from the US style ``04/15/2013``.

    Of a time it is the day as written: midnight in Berlin does not belong to the day before.
    """
    if not isinstance(value, str):
        return None
    if us_style := _US_DATE.fullmatch(value.strip()):
        month, day_of_month, year = map(int, us_style.groups())
        try:
            return date(year, month, day_of_month).isoformat()
        except ValueError:
            return None
    return datetime.fromisoformat(value.strip()).date().isoformat() if instant(value) else None


def stamp(moment: datetime | None) -> str | None:
    """An instant in whole seconds, ``2026-11-21T20:00:00Z``.

    Whole seconds, because the same instant comes with milliseconds through some of a vendor's doors and
    without through others, and must give the same key.
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def stamped(value: object) -> str | None:
    """An ISO time as it stands in facts: whole seconds, UTC."""
    return stamp(instant(value))


def digest(data: object) -> str:
    """A short content hash, equal for equal JSON values whatever the order of their fields."""
    canonical = json.dumps(data, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:12]
