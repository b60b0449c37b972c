"""In which language a message is written: the reader's own where there are words in it."""

import re
from collections.abc import Collection, Iterable, Mapping

from app.messages.library import DEFAULT_LOCALE

LANGUAGES = ("en", "de", "fr", "es")
"""Those in which every message is there, and every page."""
_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}")


def choose(kind: str, wishes: Iterable[str | None], available: Collection[tuple[str, str]]) -> str:
    """The first of these locales in which there are words of that kind, else English.

    Locales come as an ATS gives them (``de_AT``, ``DE``, ``German``); what is no language tag is no wish. The
    territory stays, because dates are written by it.
    """
    for wish in wishes:
        tag = tidy(wish or "")
        if tag and ((kind, tag) in available or (kind, tag.partition("-")[0]) in available):
            return tag
    return DEFAULT_LOCALE


def first_of(wishes: Iterable[str | None]) -> str:
    """The first of these locales in whose language everything is there, else English; for pages."""
    return choose("", wishes, {("", language) for language in LANGUAGES})


def in_language(words: str | Mapping[str, str] | None, locale: str) -> str | None:
    """Words that a policy gives once, or by language: the reader's, else English, else the first.

    ``locale`` is the reader's, such as ``de-AT``; the words may be given by that or by its language alone.
    """
    if words is None or isinstance(words, str):
        return words
    tag = tidy(locale)
    found = (words.get(key) for key in (tag, tag.partition("-")[0], DEFAULT_LOCALE))
    return next((text for text in found if text), next(iter(words.values()), None))


def tidy(locale: str) -> str:
    """A language tag written one way, such as ``de-AT``; empty for what is none."""
    if not _TAG.fullmatch(locale.strip()):
        return ""
    language, *rest = re.split("[-_]", locale.strip())
    return "-".join((language.lower(), *(part.upper() if len(part) == 2 else part for part in rest)))  # noqa: PLR2004  # a territory has two letters
