"""Dates as people say them: with the weekday, and with the zone wherever there is a time."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date, format_datetime, get_timezone_location


@dataclass(frozen=True, slots=True)
class _Manner:
    """How a language says a date, a time after it, and whose time that is (``{}`` is the place)."""

    date: str
    time: str
    zone: str
    first: str | None = None
    """The pattern for the first of a month, where that is said otherwise."""


# CLDR's own patterns put English dates in the order of the United States and Spanish ones with a comma that
# Spaniards do not write. These are read the same way wherever the language is spoken.
_MANNERS: Mapping[str, _Manner] = MappingProxyType(
    {
        "en": _Manner("EEEE d MMMM y", ", HH:mm", "{} time"),
        "en_US": _Manner("EEEE, MMMM d, y", ", h:mm a", "{} time"),
        "de": _Manner("EEEE, d. MMMM y", ", HH:mm 'Uhr'", "Ortszeit {}"),
        "fr": _Manner("EEEE d MMMM y", " à HH:mm", "heure {}", first="EEEE d'er' MMMM y"),
        "es": _Manner("EEEE d 'de' MMMM 'de' y", ", HH:mm", "hora de {}"),
    }
)
_ANY = _Manner("full", ", HH:mm", "{}")


@lru_cache(maxsize=64)
def locale_of(tag: str) -> Locale:
    """The locale of a tag such as ``en``, ``de-AT`` or ``pt_BR``; English when there is none like it."""
    parts = tag.replace("-", "_")
    for candidate in (parts, parts.partition("_")[0], "en"):
        try:
            return Locale.parse(candidate)
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")


def spoken_date(instant: datetime, zone: ZoneInfo, locale: str, *, with_time: bool = False) -> str:
    """An instant as a date in a reader's zone and language.

    ``Tuesday 24 November 2026`` or, with its time, ``Tuesday 24 November 2026, 14:00 (Berlin time)``. Where
    clocks go back and the hour happens twice, the offset is added. Raises ``ValueError`` for a naive instant.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    local = instant.astimezone(zone)
    day = spoken_day(local.date(), locale)
    if not with_time:
        return day
    language = locale_of(locale)
    manner = _manner(language)
    time = format_datetime(local, manner.time, tzinfo=zone, locale=language)
    return f"{day}{time} ({_place(zone, language, manner)}{_offset(local)})"


def spoken_day(day: date, locale: str) -> str:
    """A calendar day with its weekday in the reader's language; nobody's zone moves it."""
    language = locale_of(locale)
    manner = _manner(language)
    return format_date(day, manner.first if manner.first and day.day == 1 else manner.date, locale=language)


def spoken_iso(day: str, locale: str) -> str:
    """A day as an ATS writes it (``2027-02-01``) in words; anything else stays as it is."""
    try:
        return spoken_day(date.fromisoformat(day), locale)
    except ValueError:
        return day


def _manner(language: Locale) -> _Manner:
    return _MANNERS.get(f"{language.language}_{language.territory}") or _MANNERS.get(language.language, _ANY)


def _place(zone: ZoneInfo, language: Locale, manner: _Manner) -> str:
    city = _city(zone, language)
    if city == "UTC":
        return city
    return manner.zone.format(_OF.get(language.language, str)(city))


def _french_of(city: str) -> str:
    """``de Paris``, ``d’Athènes``, ``du Caire``."""
    if city.startswith("Le "):
        return f"du {city.removeprefix('Le ')}"
    return f"d’{city}" if re.match("[AEIOUYÀÂÉÈÊËÎÏÔÖÛÜ]", city) else f"de {city}"


_OF: Mapping[str, Callable[[str], str]] = MappingProxyType({"fr": _french_of})


@lru_cache(maxsize=1024)
def _city(zone: ZoneInfo, language: Locale) -> str:
    key = zone.key
    if key in {"UTC", "Etc/UTC", "Etc/GMT", "GMT"}:
        return "UTC"
    if key.startswith("Etc/"):
        return key.removeprefix("Etc/")
    return get_timezone_location(zone, locale=language, return_city=True)


def _offset(local: datetime) -> str:
    """``, UTC+1`` where the wall time alone does not say which of two hours is meant."""
    if local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset():
        return ""
    seconds = int((local.utcoffset() or local - local).total_seconds())
    hours, minutes = divmod(abs(seconds) // 60, 60)
    return f", UTC{'-' if seconds < 0 else '+'}{hours}" + (f":{minutes:02d}" if minutes else "")
