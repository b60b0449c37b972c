"""The values in a generic webhook's body: ids, texts, instants, days and links, each with its JSON Schema."""

import re
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from app.ats.fields import instant, text

ID_PATTERN = r"^[!-~]{1,64}$"
SAID_PATTERN = r"[^\s\u0000-\u0020\u0085]"
LINK_PATTERN = r"^https?://[!#-;=?-~]{1,480}$"
# No \d: to some readers of patterns it is a digit of any script.
_DAY = r"2[01][0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_ZONE = r"(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?"
DAY_PATTERN = f"^{_DAY}$"
INSTANT_PATTERN = f"^{_DAY}T{_TIME}{_ZONE}$"


def _refused(words: str) -> PydanticCustomError:
    return PydanticCustomError("plain", "{words}", {"words": words})


def _matching(value: object, pattern: str, words: str) -> str:
    if not isinstance(value, str) or not re.search(pattern, value.strip(), re.ASCII):
        raise _refused(words)
    return value.strip()


def _id(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**63:
        return str(value)
    return _matching(value, ID_PATTERN, "must be an id: 1 to 64 printable ASCII characters without spaces")


def _text(value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise _refused("must be text")
    return text(value)


def _name(value: object) -> str:
    found = _text(value)
    if found is None:
        raise _refused("must be text that says something")
    return found


def _instant(value: object) -> datetime:
    given = _matching(
        value, INSTANT_PATTERN, "must be a time with its zone, such as 2026-11-02T09:00:00Z or …+01:00"
    )
    found = instant(given)
    if found is None:
        raise _refused("is a time that does not exist")
    return found


def _day(value: object) -> date:
    given = _matching(value, DAY_PATTERN, "must be a date, such as 2026-11-02")
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise _refused("is a date that does not exist") from None


def _link(value: object) -> str:
    return _matching(value, LINK_PATTERN, "must be a link that starts with https://")


def _schema(**said: Any) -> WithJsonSchema:  # noqa: ANN401 -- any JSON value
    return WithJsonSchema(said)


_NUMBER = {"type": "integer", "minimum": 0, "maximum": 2**53 - 1}
Id = Annotated[str, BeforeValidator(_id), _schema(anyOf=[{"type": "string", "pattern": ID_PATTERN}, _NUMBER])]
Name = Annotated[str, BeforeValidator(_name), _schema(type="string", pattern=SAID_PATTERN)]
"""Text that must say something; longer than 500 characters it is cut, as every text is."""
Text = Annotated[str | None, BeforeValidator(_text), _schema(type=["string", "null"])]
Instant = Annotated[
    datetime, BeforeValidator(_instant), _schema(type="string", format="date-time", pattern=INSTANT_PATTERN)
]
Day = Annotated[date, BeforeValidator(_day), _schema(type="string", format="date", pattern=DAY_PATTERN)]
Link = Annotated[str, BeforeValidator(_link), _schema(type="string", pattern=LINK_PATTERN)]
