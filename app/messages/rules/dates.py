"""Rules about dates and times: weekday and zone fit, and nothing that is announced lies in the past."""

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from types import MappingProxyType

from babel import Locale

from app.messages.dates import locale_of
from app.messages.rules.base import Draft, Severity, rule

_TERRITORIES = MappingProxyType({"de": ("AT",), "en": ("GB",), "es": ("MX", "PE"), "fr": ("CA",)})
"""Where months have another name or another short form than elsewhere in the language."""
_MAY_BE_PAST = (
    "interview.date",
    "decision.at",
    "promise.by",
    "waiting.since",
    "clock.due",
    "offer.sent_on",
    "question.asked_on",
    "reply.at",
)
_NEAR = 60
"""Characters around a time in which its zone is looked for."""
_CLOCK = re.compile(r"(?<![\w.,:/-])(?:[01]?\d|2[0-3]):[0-5]\d(?![\w:])")
_TIME_OF_DAY = MappingProxyType(
    {
        "en": re.compile(
            rf"{_CLOCK.pattern}|(?<![\w.,:])(?:0?[1-9]|1[0-2])(?:[:.][0-5]\d)? ?[ap]\.?m\b", re.IGNORECASE
        ),
        "de": re.compile(rf"{_CLOCK.pattern}|(?<![\w.,:])(?:[01]?\d|2[0-3])(?:[.:][0-5]\d)? ?Uhr\b"),
        "fr": re.compile(
            rf"{_CLOCK.pattern}|(?<!\w)(?:à|dès|vers|avant) (?:[01]?\d|2[0-3]) ?h(?: ?[0-5]\d)?(?!\w)",
            re.IGNORECASE,
        ),
    }
)
_BESIDE = re.compile(r" ?(?:Uhr|h|[ap]\.?m\.?)? ?\([^)]{2,}\)")
_ZONE = re.compile(
    r"\b(?:UTC|GMT|BST|IST|JST|[CEW]E?E?S?T|[ACEMP][SD]T|AE[SD]T)\b|(?<=\d)(?:Z|[+-]\d{2}:?\d{2})\b"
)


@cache
def _names(language: Locale, table: str) -> dict[str, int]:
    there = [Locale(language.language, name) for name in (None, *_TERRITORIES.get(language.language, ()))]
    return {
        _plain(str(name)).rstrip("."): number
        for source in (getattr(spoken, table) for spoken in (language, *there))
        for context in ("format", "stand-alone")
        for width in ("wide", "abbreviated")
        for number, name in source[context][width].items()
    }


def _plain(name: str) -> str:
    """A name as it is looked up: patterns that ignore case also take the Turkish letters for an ``i``."""
    return name.casefold().replace("i\u0307", "i").replace("\u0131", "i")


@cache
def _pattern(language: Locale) -> re.Pattern[str]:
    days, months = (_either(_names(language, table)) for table in ("days", "months"))
    weekday = rf"(?:(?P<weekday>{days})\.?,?\s+(?:(?:dem|den|le)\s+)?)?"
    day_first = rf"(?P<d>\d{{1,2}})(?:\.|er)?\s+(?:de\s+)?(?P<m>{months})"
    forms = rf"(?:{day_first}|(?P<m2>{months})\.?\s+(?P<d2>\d{{1,2}}),?)"
    return re.compile(rf"(?<!\w){weekday}{forms}\.?,?\s+(?:de\s+)?(?P<y>\d{{4}})(?!\d)", re.IGNORECASE)


def _either(names: dict[str, int]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


def dates_in(text: str, locale: str) -> Iterator[tuple[int | None, date]]:
    """The dates written out in a text, each with its stated weekday (Monday is 0) or None.

    Impossible dates (31 November) come as the first of their month with weekday -1, which fits no date.
    """
    language = locale_of(locale)
    for found in _pattern(language).finditer(text):
        month = _names(language, "months")[_plain(found["m"] or found["m2"])]
        said = found["weekday"]
        weekday = _names(language, "days")[_plain(said)] if said else None
        try:
            yield weekday, date(int(found["y"]), month, int(found["d"] or found["d2"]))
        except ValueError:
            yield -1, date(max(int(found["y"]), 1), month, 1)


@rule("weekday-mismatch")
def weekday(draft: Draft) -> Iterator[tuple[Severity, str, str]]:
    """A date and its weekday agree, and the date exists."""
    for said, day in dates_in(draft.everything, draft.rendered.locale):
        if said is not None and said != day.weekday():
            yield (
                Severity.ERROR,
                "A date and its weekday do not fit each other.",
                "Correct the date or the weekday.",
            )
            return


@rule("zone-missing")
def zone(draft: Draft) -> Iterator[tuple[Severity, str, str]]:
    """A time of day says whose time it is."""
    spoken_zone = draft.phrases("zone")
    clock = _TIME_OF_DAY.get(locale_of(draft.rendered.locale).language, _CLOCK)
    for said in clock.finditer(draft.everything):
        around = draft.everything[max(said.start() - _NEAR, 0) : said.end() + _NEAR]
        beside = _BESIDE.match(draft.everything, said.end())
        if not (beside or _ZONE.search(around) or spoken_zone.search(around)):
            yield (
                # The team must hear what is late, also where somebody left out the zone.
                Severity.ERROR if draft.to_candidate else Severity.WARNING,
                f"“{said.group().strip()}” does not say whose time it is.",
                "Add the place or the zone, such as “Berlin time”.",
            )
            return


@rule("date-past")
def past(draft: Draft) -> Iterator[tuple[Severity, str, str]]:
    """No date lies in the past, apart from those that tell what has been."""
    locale = draft.rendered.locale
    told = {day for name in _MAY_BE_PAST for _, day in dates_in(draft.facts.text(name), locale)}
    announced = {day for _, day in dates_in(draft.facts.text("next_step.by"), locale)}
    for _, day in dates_in(draft.everything, locale):
        if day < draft.earliest_today and (day not in told or day in announced):
            yield (
                Severity.ERROR,
                "A date in the message is already past.",
                "Give a date that is still to come.",
            )
            return
