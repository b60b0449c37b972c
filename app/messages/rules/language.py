"""The rule about the language of the words: a fact that somebody wrote in another one is soon overlooked."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache

from app.messages.dates import locale_of
from app.messages.language import LANGUAGES
from app.messages.rules.base import Draft, Severity, rule, words_in

_SENTENCE = re.compile(r"(?<=[.!?:])\s+|\n+")
_WORD = re.compile(r"[^\W\d_]+")
_NAMES = {"en": "English", "de": "German", "fr": "French", "es": "Spanish"}
_ENOUGH = 3
"""Little words of another language in one sentence; fewer may be a title or a name."""
_OUTWEIGHS = 2


@rule("language-mismatch")
def mismatch(draft: Draft) -> Iterator[tuple[Severity, str, str]]:
    """Every sentence is in the language of the message, as far as its little words tell."""
    own = locale_of(draft.rendered.locale).language
    if own not in LANGUAGES:
        return
    for sentence in _SENTENCE.split(draft.own_words):
        counted = _counted(sentence)
        other, found = max(
            ((name, n) for name, n in counted.items() if name != own), key=lambda each: each[1]
        )
        if found >= _ENOUGH and found > _OUTWEIGHS * counted[own]:
            yield (
                Severity.WARNING,
                f"A sentence is in {_NAMES[other]}, the message in {_NAMES[own]}.",
                f"Say it in {_NAMES[own]}.",
            )
            return


def _counted(sentence: str) -> Mapping[str, int]:
    """How many little words of each language the sentence has."""
    telling = _telling()
    found = Counter(telling[word] for word in _WORD.findall(sentence.casefold()) if word in telling)
    return {language: found[language] for language in LANGUAGES}


@cache
def _telling() -> Mapping[str, str]:
    """Each little word of exactly one of the languages, with that language."""
    belongs: dict[str, list[str]] = {}
    for language in LANGUAGES:
        for word in words_in(language)["common"]:
            belongs.setdefault(word.casefold(), []).append(language)
    return {word: languages[0] for word, languages in belongs.items() if len(languages) == 1}
