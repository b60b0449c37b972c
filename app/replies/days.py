"""Days named in a sentence, in English, German, French and Spanish. Pure.

Only what has one meaning is read: 03/04 is left alone in a language that writes it both ways.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta

_MONTHS = (
    ("january", "jan", "januar", "janvier", "janv", "enero", "ene"),
    ("february", "feb", "februar", "février", "fevrier", "févr", "febrero"),
    ("march", "mar", "märz", "maerz", "mrz", "mars", "marzo"),
    ("april", "apr", "avril", "avr", "abril", "abr"),
    ("may", "mai", "mayo"),
    ("june", "jun", "juni", "juin", "junio"),
    ("july", "jul", "juli", "juillet", "juil", "julio"),
    ("august", "aug", "août", "aout", "agosto", "ago"),
    ("september", "sept", "sep", "septembre", "septiembre"),
    ("october", "oct", "oktober", "okt", "octobre", "octubre"),
    ("november", "nov", "novembre", "noviembre"),
    ("december", "dec", "dezember", "dez", "décembre", "déc", "diciembre", "dic"),
)
_WEEKDAYS = (
    ("monday", "montag", "lundi", "lunes"),
    ("tuesday", "dienstag", "mardi", "martes"),
    ("wednesday", "mittwoch", "mercredi", "miércoles", "miercoles"),
    ("thursday", "donnerstag", "jeudi", "jueves"),
    ("friday", "freitag", "vendredi", "viernes"),
    ("saturday", "samstag", "sonnabend", "samedi", "sábado", "sabado"),
    ("sunday", "sonntag", "dimanche", "domingo"),
)
_MONTH = {name: nth for nth, names in enumerate(_MONTHS, start=1) for name in names}
_WEEKDAY = {name: nth for nth, names in enumerate(_WEEKDAYS) for name in names}
_NAMES = "|".join(sorted(_MONTH, key=len, reverse=True))
_DAYS = "|".join(sorted(_WEEKDAY, key=len, reverse=True))

_ISO = re.compile(r"(?<!\d)(20\d\d)-(\d{1,2})-(\d{1,2})(?!\d)")
_DOTTED = re.compile(r"(?<![\d.])(\d{1,2})\.\s?(\d{1,2})\.(?:\s?(20\d\d|\d\d))?(?!\d)")
_SLASHED = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})(?:/(20\d\d|\d\d))?(?![\d/])")
_DAY_MONTH = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th|er|\.)?\s+(?:of\s+|de\s+)?({_NAMES})\b\.?(?:,?\s+(?:de\s+)?(20\d\d))?",
    re.IGNORECASE,
)
_MONTH_DAY = re.compile(rf"\b({_NAMES})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(20\d\d))?", re.IGNORECASE)
_NAMED = re.compile(rf"\b({_DAYS})\b", re.IGNORECASE)
_TOMORROW = re.compile(r"\b(tomorrow|morgen|demain|mañana)\b", re.IGNORECASE)
_FRENCH_OR_SPANISH = re.compile(
    r"\b(le|jusqu|avant|retour|el|hasta|antes|día|vuelvo|réponse)\b", re.IGNORECASE
)
_BACK = re.compile(
    r"\b(back|return|returning|again|until|till|through|wieder|zurück|bis|ab dem|retour|reviendrai|jusqu"
    r"|rentre|vuelvo|regreso|vuelta|hasta|reincorpor)",
    re.IGNORECASE,
)
_UNTIL = re.compile(r"\b(until|till|through|bis|jusqu|hasta)", re.IGNORECASE)
_THEN = re.compile(r"\b(back|return|wieder|zurück|retour|reviendrai|vuelvo|regreso)", re.IGNORECASE)


def days_in(words: str, today: date) -> Iterator[date]:
    """Every day that the words name, in their order; one without a year is the next such day."""
    found = [
        *((m.start(), _day(m[1], m[2], m[3], today)) for m in _ISO.finditer(words)),
        *((m.start(), _day(m[3], m[2], m[1], today)) for m in _DOTTED.finditer(words)),
        *((m.start(), _slashed(m, words, today)) for m in _SLASHED.finditer(words)),
        *(
            (m.start(), _day(m[3], str(_MONTH[m[2].lower()]), m[1], today))
            for m in _DAY_MONTH.finditer(words)
        ),
        *(
            (m.start(), _day(m[3], str(_MONTH[m[1].lower()]), m[2], today))
            for m in _MONTH_DAY.finditer(words)
        ),
    ]
    if not any(day for _, day in found):  # "Friday 20 November" is one day, not two
        found += [(m.start(), _next(_WEEKDAY[m[1].lower()], today)) for m in _NAMED.finditer(words)]
        found += [(m.start(), today + timedelta(days=1)) for m in _TOMORROW.finditer(words)]
    for _, day in sorted(found, key=lambda each: each[0]):
        if day is not None:
            yield day


def returning_on(words: str, today: date) -> date | None:
    """The day on which somebody says to be back; after *until* it is the day after."""
    for sentence in re.split(r"(?<=[!?\n])\s*|(?<=[a-zà-ÿ]\.)\s+", words):
        if not _BACK.search(sentence):
            continue
        days = [day for day in days_in(sentence, today) if day >= today]
        if days:
            until = _UNTIL.search(sentence) and not _THEN.search(sentence)
            return days[-1] + timedelta(days=1) if until else days[-1]
    return None


def _slashed(found: re.Match[str], words: str, today: date) -> date | None:
    first, second = int(found[1]), int(found[2])
    if first > 12 or _FRENCH_OR_SPANISH.search(words):  # noqa: PLR2004  # there is no thirteenth month
        return _day(found[3], found[2], found[1], today)
    return _day(found[3], found[1], found[2], today) if second > 12 else None  # noqa: PLR2004


def _named(year: str | None, month: str, day: str, today: date) -> date | None:
    return _day(year, str(_MONTH[month.lower()]), day, today)


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


def _next(weekday: int, today: date) -> date:
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
