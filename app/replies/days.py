"""Days named in a text, in English, German, French and Spanish. Pure.

Only what has one meaning is read: 03/04 is left alone in a language that writes it both ways. A day without
a year or a month is the next such day.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from app.replies.day_patterns import (
    AFTER_TOMORROW,
    BACK,
    DAY_MONTH,
    DOTTED,
    DUE,
    DUE_AFTER,
    END_OF_MONTH,
    END_OF_WEEK,
    FORTNIGHT,
    FRENCH_OR_SPANISH,
    HOURS,
    IN,
    ISO,
    MONTH_DAY,
    NAMED,
    NAMED_AND_NUMBERED,
    NUMBERED,
    ORDINAL,
    SLASHED,
    THEN,
    TODAY,
    TOMORROW,
    UNTIL,
    WEEK_BEFORE,
)
from app.replies.day_words import MONTH, NUMBER, WEEKDAY

_SAME_LETTER = str.maketrans("ıİſ\u212a", "iIsK")
"""Letters that a pattern which ignores case takes for these, and that no list of words has."""


@dataclass(frozen=True, slots=True)
class Named:
    """A day, where it stands, and whether the words around it make it a deadline."""

    start: int
    end: int
    day: date
    due: bool = False


def days_in(words: str, today: date) -> Iterator[date]:
    """Every day that the words name, in their order; one without a year is the next such day."""
    for each in named_in(words, today):
        yield each.day


def deadline_in(words: str, today: date) -> date | None:
    """The last day that the words set as a limit, such as *by Friday*; never one that is past or far away."""
    due = [each.day for each in named_in(words, today) if each.due and _near(each.day, today)]
    return due[-1] if due else None


def last_day_in(words: str, today: date) -> date | None:
    """The last day that the words name at all, within the same bounds."""
    days = [each.day for each in named_in(words, today) if _near(each.day, today)]
    return days[-1] if days else None


def named_in(words: str, today: date) -> list[Named]:
    """Every day with its place, in order; "Friday 20 November" is one day, not two."""
    words = words.translate(_SAME_LETTER)
    found: list[Named] = []
    for reader in _READERS:
        for start, end, day in reader(words, today):
            if day is not None and not any(_same(words, start, end, each) for each in found):
                found.append(Named(start, end, day, _due(words, start, end)))
    return sorted(found, key=lambda each: each.start)


def returning_on(words: str, today: date) -> date | None:
    """The day on which somebody says to be back; after *until* it is the day after."""
    for sentence in re.split(r"(?<=[!?\n])\s*|(?<=[a-zà-ÿ)]\.)\s+|(?<=\d{4}\.)\s+(?=[A-ZÀ-Ü])", words):
        if not BACK.search(sentence):
            continue
        named = [each for each in named_in(sentence, today) if each.day >= today]
        if named:
            last = named[-1]
            then = THEN.search(sentence)
            until = UNTIL.search(sentence[: last.start]) and not then
            return last.day + timedelta(days=1) if until else last.day
    return None


def _near(day: date, today: date) -> bool:
    return timedelta(0) <= day - today <= timedelta(days=200)


def _same(words: str, start: int, end: int, other: Named) -> bool:
    """Whether two finds are one day said twice, such as a weekday beside its date."""
    if start < other.end and other.start < end:
        return True
    between = words[end : other.start] if end <= other.start else words[other.end : start]
    return re.fullmatch(r"[\s,(]*(?:the|den|dem|der|le|el|día)?[\s,(]*", between) is not None


def _due(words: str, start: int, end: int) -> bool:
    before = words[max(0, start - 60) : start]
    opening = words[start:end]
    return bool(DUE.search(before) or DUE_AFTER.search(words[end : end + 40]) or DUE.match(opening))


_Found = Iterator[tuple[int, int, date | None]]


def _dates(words: str, today: date) -> _Found:
    for m in ISO.finditer(words):
        yield *m.span(), _day(m[1], m[2], m[3], today)
    for m in DOTTED.finditer(words):
        yield *m.span(), _day(m[3], m[2], m[1], today)
    for m in SLASHED.finditer(words):
        yield *m.span(), _slashed(m, words, today)
    for m in DAY_MONTH.finditer(words):
        yield *m.span(), _day(m[3], str(MONTH[m[2].lower()]), m[1], today)
    for m in MONTH_DAY.finditer(words):
        yield *m.span(), _day(m[3], str(MONTH[m[1].lower()]), m[2], today)


def _numbered(words: str, today: date) -> _Found:
    for m in (*ORDINAL.finditer(words), *NUMBERED.finditer(words)):
        yield *m.span(), _next_numbered(int(m[1] or m[2]), today)


def _named_and_numbered(words: str, today: date) -> _Found:
    """*Monday 23*, where the next 23rd is a Monday."""
    for m in NAMED_AND_NUMBERED.finditer(words):
        day = _next_numbered(int(m[2]), today)
        yield *m.span(), day if day and day.weekday() == WEEKDAY[m[1].lower()] else None


def _weekdays(words: str, today: date) -> _Found:
    for m in NAMED.finditer(words):
        before, after = (m["before"] or "").lower(), (m["after"] or "").lower()
        if {before, after} & {"last", "letzten", "vergangenen", "pasado", "dernier", "passé"}:
            continue
        named = WEEKDAY[m["name"].lower()]
        if "we" in after or "wo" in after or "sem" in after or WEEK_BEFORE.search(words[: m.start()]):
            yield *m.span(), _monday(today) + timedelta(days=7 + named)
            continue
        day = _next(named, today)
        skips = {before, after} & {"next", "nächsten", "prochain", "próximo"} and day - today < timedelta(
            days=2
        )
        yield *m.span(), day + timedelta(days=7) if skips else day


def _relative(words: str, today: date) -> _Found:
    for m in AFTER_TOMORROW.finditer(words):
        yield *m.span(), today + timedelta(days=2)
    for m in TOMORROW.finditer(words):
        yield *m.span(), today + timedelta(days=1)
    for m in TODAY.finditer(words):
        yield *m.span(), today
    for m in IN.finditer(words):
        weeks = m[2].lower().startswith(("w", "sem"))
        yield *m.span(), today + timedelta(days=_number(m[1]) * (7 if weeks else 1))
    for m in FORTNIGHT.finditer(words):
        yield *m.span(), today + timedelta(days=14)
    for m in HOURS.finditer(words):
        if (hours := _number(m[1])) >= 24:  # noqa: PLR2004  # less is an hour of the day, or today
            yield *m.span(), today + timedelta(days=-(-hours // 24))


def _ends(words: str, today: date) -> _Found:
    for m in END_OF_WEEK.finditer(words):
        later = any(re.search("next|nächst|kommend|proch|próx|viene", each) for each in m.groups() if each)
        yield *m.span(), _monday(today) + timedelta(days=11 if later else 4)
    for m in END_OF_MONTH.finditer(words):
        month = MONTH[m[1].lower()] if m[1] else today.month
        year = today.year + (month < today.month)
        yield *m.span(), date(year, month, monthrange(year, month)[1])


_READERS: tuple[Callable[[str, date], _Found], ...] = (
    _dates,
    _ends,
    _named_and_numbered,
    _numbered,
    _relative,
    _weekdays,
)
"""The surest first: what they find, the later ones do not read again."""


def _slashed(found: re.Match[str], words: str, today: date) -> date | None:
    first, second = int(found[1]), int(found[2])
    if first > 12 or FRENCH_OR_SPANISH.search(words):  # noqa: PLR2004  # there is no thirteenth month
        return _day(found[3], found[2], found[1], today)
    return _day(found[3], found[1], found[2], today) if second > 12 else None  # noqa: PLR2004


def _day(year: str | None, month: str, day: str, today: date) -> date | None:
    try:
        if year:
            return date(int(year) if len(year) > 2 else 2000 + int(year), int(month), int(day))  # noqa: PLR2004
        named = date(today.year, int(month), int(day))
    except ValueError:
        return None
    if named >= today:
        return named
    try:
        return named.replace(year=today.year + 1)
    except ValueError:
        return None


def _next_numbered(day: int, today: date) -> date | None:
    """The next day of that number, in this month or the one after it."""
    after = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    for month in (today, after):
        try:
            named = month.replace(day=day)
        except ValueError:
            continue
        if named >= today:
            return named
    return None


def _next(weekday: int, today: date) -> date:
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _monday(today: date) -> date:
    return today - timedelta(days=today.weekday())


def _number(words: str) -> int:
    return int(words) if words.isdecimal() else NUMBER[words.lower()]
