"""What the team reads about messages in its own language: names of kinds and facts, reasons, findings. Pure.

The English words are those of the code; the other languages are files beside this one, and what they lack is
said in English.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from app.messages.dates import locale_of
from app.messages.facts import LABELS

_REFERENCE = "{vendor} application {id}"
_BETWEEN = re.compile(r"(?<=[.!?]); ")
"""Between findings that are told in a row."""
_NEEDS = re.compile(r"The message needs: (.+)\.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Office:
    """One language. ``said`` translates sentences of the code; ``{}`` in both stands for what varies."""

    reference: str
    kinds: Mapping[str, str]
    facts: Mapping[str, str]
    said: Mapping[str, str]
    patterns: tuple[tuple[re.Pattern[str], str], ...]


def kind_name(kind: str, locale: str) -> str:
    """What a kind of follow-up is called, within a sentence; ``locale`` is the reader's."""
    return _office(_language(locale)).kinds.get(kind) or kind.replace("_", " ")


def fact_name(name: str, locale: str) -> str:
    """What a fact is, for whoever is asked to supply it or reads where a sentence comes from."""
    return _office(_language(locale)).facts.get(name) or LABELS.get(name, name)


def reference(vendor: str, external_id: str, locale: str) -> str:
    """How an application is named where its candidate is not."""
    return _office(_language(locale)).reference.format(vendor=vendor.title(), id=external_id)


def said(english: str, locale: str) -> str:
    """A sentence or phrase of the code in the reader's language; as it is where there is none."""
    return translated(english, locale) or english


def translated(english: str, locale: str) -> str | None:
    """The same; None where that language has no words for it, and for English where it needs none."""
    office = _office(_language(locale))
    if english in office.said:
        return office.said[english]
    for pattern, words in office.patterns:
        if found := pattern.fullmatch(english):
            return words.format(*(_part(part, locale) for part in found.groups()))
    return None


def missing_in(cause: str, locale: str) -> list[str]:
    """What a follow-up that waits for facts lacks, read from its cause; else that cause itself."""
    found = _NEEDS.fullmatch(cause)
    if found is None:
        return [said(cause, locale)]
    return [_part(label, locale) for label in found[1].split("; ")]


def _part(varies: str, locale: str) -> str:
    """What stands for ``{}``: a fact's name, sentences in a row, or words that no language changes."""
    if name := _NAMES.get(varies):
        return fact_name(name, locale)
    return "; ".join(said(part, locale) for part in _BETWEEN.split(varies))


def _language(locale: str) -> str:
    return str(locale_of(locale).language)


_NAMES = {label: name for name, label in LABELS.items()}


@cache
def _office(language: str) -> _Office:
    file = files("app.messages").joinpath("office_words", f"{language}.yaml")
    if not file.is_file():
        return _Office(_REFERENCE, {}, {}, {}, ())
    words = yaml.safe_load(file.read_text(encoding="utf-8"))
    patterns = tuple((_pattern(key), value) for key, value in words["said"].items() if "{}" in key)
    return _Office(words["reference"], words["kinds"], words["facts"], words["said"], patterns)


def _pattern(english: str) -> re.Pattern[str]:
    return re.compile("(.+?)".join(map(re.escape, english.split("{}"))), re.DOTALL)
