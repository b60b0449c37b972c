"""Facts that news brought along, in the words of whoever reads them. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from app.messages.dates import spoken_date, spoken_iso
from app.messages.facts import FactValue
from app.moments import zone

_DAY = len("2026-11-27")


def spoken_facts(supplied: Mapping[str, FactValue], locale: str, time_zone: str) -> dict[str, FactValue]:
    """The same facts, those of events with their days and instants as the reader says them.

    What a person wrote stays as it is.
    """
    return {
        name: replace(fact, value=_spoken(str(fact.value), locale, time_zone))
        if fact.source.startswith("event:")
        else fact
        for name, fact in supplied.items()
    }


def _spoken(value: str, locale: str, time_zone: str) -> str:
    if len(value) <= _DAY:
        return spoken_iso(value, locale)
    try:
        return spoken_date(datetime.fromisoformat(value), zone(time_zone), locale)
    except ValueError:
        return value
