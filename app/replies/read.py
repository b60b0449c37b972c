"""What a reply says, by plain rules: suggestions with their sentence, for a person to take or leave. Pure.

No feelings are scored and nobody is ranked: each reading is a phrase that was found, and is shown. Only a
wish to get no more mail acts at once.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from textwrap import wrap

from app.replies.days import deadline_in, last_day_in
from app.replies.phrases import Meaning, fold, says, tongues

_SENTENCE = re.compile(
    r"(?<=[!?…])\s+|(?<=[^\d\s]\.)\s+(?!\d)|\n\s*\n|\n(?=\s*[-*•])|(?<=[!?.]{2})\s*(?=\w)"
    r"|(?<=[\U0001f300-\U0001faff])\s+"
)
_ABBREVIATED = re.compile(
    r"(?:^|[\s(])(?:mr|mrs|ms|dr|hr|fr|nr|ca|bzw|z|d|e\.g|i\.e|p\.m|a\.m|sra?|mme|approx|prof|evtl|ggf|vs"
    r"|st|etc|inkl|no)\.$",
    re.IGNORECASE,
)
_SALUTATION = re.compile(
    r"^(hi|hello|dear|hey|hallo|guten (?:tag|morgen|abend)|liebe[rs]?|sehr geehrte|moin|servus|grüezi"
    r"|bonjour|bonsoir"
    r"|chère?|madame|monsieur|salut|hola|buenos|buenas|estimad|querid|good (?:morning|afternoon|evening))"
    r"\b[^.!?:,]{0,60}[,!:]\s*",
    re.IGNORECASE,
)
_ENOUGH = 6_000
"""Characters that are read: more than people write, and bounded work for a mail that was made to be slow."""
_LONGEST = 400
_BROKEN = 42
"""A line shorter than this was ended by its writer, not by the width of a screen."""
_ASKS = re.compile(r"\?(?=[\s\"')\]!?.,]|$)")
_NO_QUESTION = re.compile(
    r"^[¿\s]*(how are (you|things)|how is (it going|everything)|hope|i hope|wie geht|alles gut|ca va"
    r"|comment allez"
    r"|vous allez bien|como (esta|estas|va|le va)\b|que tal( (esta|estas|todo|va|va todo))?\b[^?]{0,12}\?)"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """A meaning, the sentence that says so, and the day that it names, such as an offer's deadline."""

    meaning: Meaning
    sentence: str = field(repr=False)
    day: date | None = None


@dataclass(frozen=True, slots=True)
class _Sentence:
    shown: str
    folded: str


def read(words: str, today: date) -> tuple[Finding, ...]:
    """What the new words of a reply say, each meaning once.

    ``today`` is the day of the mail, for "by Friday". A withdrawal leaves neither warmth nor a wish for time
    beside it, and no offer that still runs: who has accepted it has left.
    """
    sentences = [_Sentence(each, fold(each)) for each in _sentences(words[:_ENOUGH])]
    languages = tongues(" ".join(each.folded for each in sentences))
    found = [each for meaning in Meaning if (each := _first(meaning, sentences, languages, today))]
    if any(each.meaning is Meaning.WITHDRAWS for each in found):
        gone = (Meaning.WARM, Meaning.ASKS_TIME, Meaning.OTHER_OFFER)
        found = [each for each in found if each.meaning not in gone]
    stops = {each.sentence for each in found if each.meaning is Meaning.STOP}
    return tuple(each for each in found if each.meaning is not Meaning.QUESTION or each.sentence not in stops)


def _sentences(words: str) -> list[str]:
    found: list[str] = []
    for paragraph in _paragraphs(words):
        begun = ""
        for part in _SENTENCE.split(paragraph):
            begun = f"{begun} {part}".strip() if part else begun
            if not _ABBREVIATED.search(begun):
                found.append(begun)
                begun = ""
        found.append(begun)
    bare = (_SALUTATION.sub("", " ".join(each.split())) for each in found)
    return [piece for each in bare if each for piece in wrap(each, _LONGEST)]


def _paragraphs(words: str) -> list[str]:
    """Lines that belong together: a wrapped line goes on, a short one was ended on purpose."""
    found = [""]
    for line in words.replace("’", "'").split("\n"):
        found[-1] += f"{line}\n"
        if 0 < len(line.strip()) < _BROKEN:
            found.append("")
    return found


def _first(
    meaning: Meaning, sentences: list[_Sentence], languages: frozenset[str], today: date
) -> Finding | None:
    for nth, sentence in enumerate(sentences):
        if says(meaning, sentence.folded, languages) or (
            meaning is Meaning.QUESTION and _asks(sentence.folded)
        ):
            return Finding(meaning, sentence.shown, _day(meaning, sentences, nth, today))
    return None


def _asks(folded: str) -> bool:
    return bool(_ASKS.search(folded)) and len(folded) > len("Why?") - 1 and not _NO_QUESTION.search(folded)


def _day(meaning: Meaning, sentences: list[_Sentence], nth: int, today: date) -> date | None:
    """The day by which somebody waits for an answer, said beside the offer or the wish for time."""
    if meaning not in (Meaning.OTHER_OFFER, Meaning.ASKS_TIME):
        return None
    near = [each.shown for each in sentences[nth : nth + 3]]
    before = [each.shown for each in sentences[max(0, nth - 1) : nth]]
    limits = (deadline_in(each, today) for each in (*near, *before))
    named = (last_day_in(each, today) for each in near[:2])
    return next((day for day in (*limits, *named) if day), None)
