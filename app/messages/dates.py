"""Dates as people say them: with the weekday, and with the zone wherever there is a time."""

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date, format_datetime, format_time, get_timezone_location

# CLDR puts English dates in the order of the United States; these are read the same way everywhere. The
# United States keep their own. Other languages take CLDR's own patterns.
_ENGLISH = ("EEEE d MMMM y", ", HH:mm", "{city} time")
_AMERICAN = ("EEEE, MMMM d, y", ", h:mm a", "{city} time")


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
    language = locale_of(locale)
    pattern = _pattern(language)
    if pattern is None:
        date = format_date(local, "full", locale=language)
        time = f", {format_time(local, 'short', tzinfo=zone, locale=language)}"
        place = f"{_city(zone, language)}"
    else:
        date = format_datetime(local, pattern[0], tzinfo=zone, locale=language)
        time = format_datetime(local, pattern[1], tzinfo=zone, locale=language)
        place = "UTC" if _city(zone, language) == "UTC" else pattern[2].format(city=_city(zone, language))
    return f"{date}{time} ({place}{_offset(local)})" if with_time else date


def _pattern(language: Locale) -> tuple[str, str, str] | None:
    if language.language != "en":
        return None
    return _AMERICAN if language.territory == "US" else _ENGLISH


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
