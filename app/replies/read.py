"""What a reply says, by plain rules: suggestions with their sentence, for a person to take or leave. Pure.

No feelings are scored and nobody is ranked: each reading is a phrase that was found, and is shown. Only a
wish to get no more mail acts at once.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from app.replies.days import days_in
from app.replies.phrases import NO_QUESTION, PHRASES, Meaning

_SENTENCE = re.compile(r"(?<=[!?…])\s+|(?<=[^\d\s]\.)\s+|\n\s*\n|\n(?=\s*[-*•])")
_SALUTATION = re.compile(
    r"^(hi|hello|dear|hey|hallo|guten tag|liebe[rs]?|sehr geehrte|bonjour|chère?|hola|buenos|estimad"
    r"|querid)\b[^.!?]{0,60}[,!]\s*",
    re.IGNORECASE,
)
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Finding:
    """A meaning, the sentence that says so, and the day that it names, such as an offer's deadline."""

    meaning: Meaning
    sentence: str = field(repr=False)
    day: date | None = None


def read(words: str, today: date) -> tuple[Finding, ...]:
    """What the new words of a reply say, each meaning once.

    ``today`` is the day of the mail, for "by Friday". A withdrawal leaves no warmth beside it: who
    thanks warmly and leaves has left.
    """
    sentences = _sentences(words)
    found = [each for meaning in PHRASES if (each := _first(meaning, sentences, today))]
    question = _question(sentences)
    meanings = {each.meaning for each in found}
    if Meaning.WITHDRAWS in meanings:
        found = [each for each in found if each.meaning not in (Meaning.WARM, Meaning.ASKS_TIME)]
    return (*found, *((question,) if question else ()))


def _sentences(words: str) -> list[str]:
    parts = (" ".join(part.split()) for part in _SENTENCE.split(words.replace("’", "'")))
    bare = (_SALUTATION.sub("", part) for part in parts)
    return [part[:_LONGEST] for part in bare if part]


def _first(meaning: Meaning, sentences: list[str], today: date) -> Finding | None:
    says, unless = _compiled(meaning)
    for nth, sentence in enumerate(sentences):
        if says.search(sentence) and not (unless and unless.search(sentence)):
            return Finding(meaning, sentence, _day(meaning, sentences, nth, today))
    return None


def _day(meaning: Meaning, sentences: list[str], nth: int, today: date) -> date | None:
    """The last day named in the sentence, or in the one after it: where an offer's deadline stands."""
    if meaning not in (Meaning.OTHER_OFFER, Meaning.ASKS_TIME):
        return None
    for sentence in sentences[nth : nth + 2]:
        days = [day for day in days_in(sentence, today) if day >= today]
        if days:
            return days[-1]
    return None


def _question(sentences: list[str]) -> Finding | None:
    for sentence in sentences:
        asks = sentence.endswith("?") and len(sentence) > len("Why?") - 1
        if asks and not re.search(NO_QUESTION, sentence.lstrip("¿ "), re.IGNORECASE):
            return Finding(Meaning.QUESTION, sentence)
    return None


@cache
def _compiled(meaning: Meaning) -> tuple[re.Pattern[str], re.Pattern[str] | None]:
    phrases = PHRASES[meaning]
    unless = re.compile("|".join(phrases.unless), re.IGNORECASE) if phrases.unless else None
    return re.compile("|".join(phrases.says), re.IGNORECASE), unless
