"""The words that say plainly what a reply means, in English, German, French and Spanish. Pure data.

One module per language holds its frames: verbs with their objects, and what turns them round. Nothing here
weighs a mood.
"""

import re
from collections.abc import Collection
from functools import cache

from app.replies.phrases import de, en, es, fr
from app.replies.phrases.fold import fold
from app.replies.phrases.frames import GONE, compiled
from app.replies.phrases.meaning import Language, Meaning, Phrases
from app.replies.phrases.tongue import tongues

__all__ = ["LANGUAGES", "Meaning", "Phrases", "fold", "says", "tongues"]

LANGUAGES: dict[str, Language] = {
    "en": en.LANGUAGE,
    "de": de.LANGUAGE,
    "fr": fr.LANGUAGE,
    "es": es.LANGUAGE,
}


def says(meaning: Meaning, folded: str, languages: Collection[str] = tuple(LANGUAGES)) -> bool:
    """Whether a folded sentence says it plainly, in any of those languages."""
    return any(_says(name, meaning, folded) for name in LANGUAGES if name in languages)


def _says(language: str, meaning: Meaning, folded: str) -> bool:
    plainly = _pattern(language, meaning, "says")
    if plainly is None or not plainly.search(folded):
        return False
    unless = _pattern(language, meaning, "unless")
    if unless is not None and unless.search(folded):
        return False
    denied = _pattern(language, meaning, "denied")
    return denied is None or plainly.search(denied.sub(f" {GONE} ", folded)) is not None


@cache
def _pattern(language: str, meaning: Meaning, part: str) -> re.Pattern[str] | None:
    """Compiled when first needed: all of them together take a second."""
    spoken = LANGUAGES[language]
    return compiled(getattr(spoken.phrases[meaning], part), spoken.words)
