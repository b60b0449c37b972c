"""What a reply may say, and how a language says it: values without behaviour."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Meaning(StrEnum):
    """What a reply may say that somebody should act on."""

    STOP = "stop"
    """Wants no more mail."""
    WITHDRAWS = "withdraws"
    OTHER_OFFER = "other_offer"
    ASKS_TIME = "asks_time"
    WARM = "warm"
    """Says plainly to be interested."""
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class Phrases:
    """Of one meaning in one language, as frames (see ``frames.py``).

    ``denied`` is taken out of a sentence before ``says`` is looked for: what is denied, only feared, said by
    somebody else. ``unless`` silences the whole sentence.
    """

    says: tuple[str, ...]
    denied: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Language:
    """One language: its phrases by meaning, and the word classes that its frames name in braces."""

    phrases: Mapping[Meaning, Phrases]
    words: Mapping[str, str] = field(default_factory=dict)
