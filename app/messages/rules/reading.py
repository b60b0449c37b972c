"""Rules about how easily a message is read: the length of its sentences and of its words."""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from app.messages.dates import locale_of
from app.messages.rules.base import Draft, Severity, rule

_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"”’)*]*\s+|\n+")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_ADDRESS = re.compile(r"https?://\S+|\S+@\S+")
MAX_SENTENCE = 40
"""Words; beyond it nobody remembers how a sentence began."""
HARD = 40.0
ENOUGH = 60
"""Words of which a score says something."""

# Flesch's reading ease and what was fitted to other languages: the score of an average sentence's words and
# an average word's syllables. Amstad 1978 (German), Kandel and Moles 1958 (French), Fernández Huerta 1959.
_FORMULAS: Mapping[str, tuple[float, float, float]] = MappingProxyType(
    {
        "en": (206.835, 1.015, 84.6),
        "de": (180.0, 1.0, 58.5),
        "fr": (207.0, 1.015, 73.6),
        "es": (206.84, 1.02, 60.0),
    }
)
_NUCLEI: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "en": re.compile(r"[aeiouy]+"),
        "de": re.compile(r"[aeiouyäöü]+"),
        "fr": re.compile(r"[aeiouyàâéèêëîïôùûüœæ]+"),
        # Two strong vowels are two syllables; a weak one leans on its neighbour.
        "es": re.compile(r"[iuüy]?[aeoáéíóú][iuüy]?|[iuü]"),
    }
)
_SILENT: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "en": re.compile(r"(?<=[^aeiouy])(?:(?<!l)e|es|(?<![td])ed)$"),
        "fr": re.compile(r"(?<=[^aeiouy])es?$"),
    }
)


def syllables(word: str, language: str) -> int:
    """About how many syllables a word has in that language; at least one."""
    small = word.casefold()
    silent = _SILENT.get(language)
    spoken = silent.sub("", small) if silent else small
    return max(len(_NUCLEI[language].findall(spoken)), 1)


def ease(text: str, language: str) -> float | None:
    """The reading ease from about 0 (hard) to 100 (easy); None without a formula or with too few words."""
    sentences = [sentence for sentence in _sentences(text) if sentence]
    words = [word for sentence in sentences for word in sentence]
    if language not in _FORMULAS or len(words) < ENOUGH:
        return None
    base, by_sentence, by_word = _FORMULAS[language]
    average = len(words) / len(sentences)
    spoken = sum(syllables(word, language) for word in words) / len(words)
    return base - by_sentence * average - by_word * spoken


def _sentences(text: str) -> list[list[str]]:
    return [_WORD.findall(sentence) for sentence in _SENTENCE_END.split(_ADDRESS.sub("", text))]


@rule("sentence-long")
def long_sentence(draft: Draft) -> Iterator[tuple[Severity, str, str]]:
    """A sentence is understood at first reading."""
    longest = max((len(sentence) for sentence in _sentences(draft.rendered.text)), default=0)
    if longest > MAX_SENTENCE:
        yield (
            Severity.WARNING,
            f"A sentence has {longest} words; {MAX_SENTENCE} are already many.",
            "Make two of it.",
        )


@rule("reading-hard")
def hard_words(draft: Draft) -> Iterator[tuple[Severity, str, str]]:
    """Plain words, so that a message is understood by whoever gets it."""
    score = ease(draft.own_words, locale_of(draft.rendered.locale).language)
    if score is not None and score < HARD:
        yield (
            Severity.WARNING,
            "Long words and long sentences make the message hard to read.",
            "Say it as you would across a table.",
        )
