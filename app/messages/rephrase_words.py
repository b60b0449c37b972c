"""The words of a sentence as the guard compares them: which carry meaning, which turn it, which are free."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import yaml

from app.messages.dates import locale_of

MARK = re.compile(r"\[\[(\d{1,3})\]\]")
"""Stands for a piece of text that must come back as it was."""
_TOKEN = re.compile(r"\[\[\d{1,3}\]\]|[^\W\d_]+(?:['’][^\W\d_]+)*")
_SHORTEST_STEM = 3
_SHORTEST_BLOCK = 2


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of one language, as its file in ``rephrasing`` sorts them."""

    disclosure: str
    """Says to the reader that a language model had a hand in the wording."""
    free: frozenset[str]
    turns: frozenset[str]
    pronouns: frozenset[str]
    endings: tuple[str, ...]
    forms: Mapping[str, str]
    same: Mapping[str, str]

    def stem(self, word: str) -> str:
        """The word without its ending, or the first of those that stand for each other."""
        if word in self.same:
            return self.same[word]
        for ending in self.endings:
            if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
                bare = word.removesuffix(ending)
                return self.same.get(bare, bare)
        return word


@cache
def lexicon_of(locale: str) -> Lexicon | None:
    """The words of that locale's language; None for a language in which nothing may be rephrased."""
    file = files("app.messages").joinpath("rephrasing", f"{locale_of(locale).language}.yaml")
    if not file.is_file():
        return None
    read: Mapping[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    plain = Lexicon(
        disclosure=read["disclosure"],
        free=frozenset(read["free"]),
        turns=frozenset(read["turns"]),
        pronouns=frozenset(read["pronouns"]),
        endings=tuple(sorted(read["endings"], key=len, reverse=True)),
        forms=MappingProxyType(dict(read["forms"])),
        same=MappingProxyType({}),
    )
    same = {form: row[0] for row in read["same"] for word in row for form in (word, plain.stem(word))}
    return Lexicon(
        disclosure=plain.disclosure,
        free=plain.free,
        turns=plain.turns,
        pronouns=plain.pronouns,
        endings=plain.endings,
        forms=plain.forms,
        same=MappingProxyType(same),
    )


def words_in(sentence: str, lexicon: Lexicon) -> list[str]:
    """Every word and mark, small, with contractions taken apart (``won't`` is ``will`` and ``not``)."""
    found: list[str] = []
    for token in _TOKEN.findall(sentence):
        word = token.casefold().replace("’", "'")
        if MARK.fullmatch(word) or word in lexicon.turns:
            found.append(word)
        elif word.endswith("n't"):
            stem = {"wo": "will", "ca": "can", "sha": "shall"}.get(word[:-3], word[:-3])
            found += [stem, lexicon.forms.get("n't", "n't")]
        elif word == "cannot":
            found += ["can", lexicon.forms.get(word, word)]
        else:
            found += [lexicon.forms.get(part, part) for part in word.split("'")]
    return found


def meaning(sentence: str, lexicon: Lexicon) -> list[str]:
    """What carries meaning, in order: marks as they are, words by their stem, turning words as they are."""
    kept = (word for word in words_in(sentence, lexicon) if word not in lexicon.free)
    return [w if MARK.fullmatch(w) or w in lexicon.turns else lexicon.stem(w) for w in kept]


def turned(sequence: Sequence[str], lexicon: Lexicon) -> Counter[tuple[str, str]]:
    """Each turning word with what follows it: ``not selected``, ``if something``, ``by [[3]]``."""
    return Counter(pair for pair in pairwise((*sequence, "")) if pair[0] in lexicon.turns)


def in_order(said: Sequence[str], source: Sequence[str]) -> bool:
    """Whether ``said`` follows the source's order, or is two longer pieces of it that changed places.

    A clause may move ("if …, reply" and "reply if …"); who does what to whom may not.
    """
    splits = (0, *range(_SHORTEST_BLOCK, len(said) - _SHORTEST_BLOCK + 1))
    return any(_within(said[:at], source) and _within(said[at:], source) for at in splits)


def _within(said: Sequence[str], source: Sequence[str]) -> bool:
    rest = iter(source)
    return all(word in rest for word in said)
