"""Sentences and phrases in one plain spelling, so that accents, case and contractions never decide. Pure."""

import re
import unicodedata

_MARKS = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "`": "'",
        "´": "'",
        "–": ",",
        "—": ",",
        "„": '"',
        "“": '"',
        "”": '"',
        "«": '"',
        "»": '"',
    }
)
_SPOKEN = re.compile(r'"[^"]{1,300}"')
"""Somebody else's words, or ours, said again."""
_ELIDED = re.compile(r"(?<!\w)(qu|[jdlnmtsc])'(?=[\w(|)])")
_CONTRACTED = (
    (re.compile(r"\b(?:can't|cannot|cant)\b"), "can not"),
    (re.compile(r"\bwon'?t\b"), "will not"),
    (re.compile(r"\b(do|does|did|is|are|was|were|have|has|had|would|should|could|need)n'?t\b"), r"\1 not"),
    (re.compile(r"\bi'm\b"), "i am"),
    (re.compile(r"'ve\b|(?<=\bi)ve\b"), " have"),
    (re.compile(r"'ll\b"), " will"),
    (re.compile(r"'re\b"), " are"),
    (re.compile(r"\b(i|we|you|they|he|she|it)'d\b"), r"\1 would"),
    (
        re.compile(r"(?<=\w)'s (?=(?:not|no|been|a|an|the|too|just|still|so|very|really|going|getting)\b)"),
        " is ",
    ),
)
_NOISE = re.compile(r"[^\w\s'?!.,;:()%/¿-]")
_ASIDE = re.compile(r", (?:after|nach|nachdem|apres|tras|despues de|wie|as|as you|comme|como)\b[^,;]{1,60},")
"""A remark in passing, which stands between the words that belong together."""


def letters(text: str) -> str:
    """Small letters without accents; ß as ss, apostrophes and dashes of one kind."""
    plain = unicodedata.normalize("NFKD", text.translate(_MARKS).casefold())
    return "".join(each for each in plain if not unicodedata.combining(each))


def elided(text: str) -> str:
    """French short forms written out, by sound and not by grammar: *j'ai* as *je ai*."""
    return _ELIDED.sub(r"\1e ", text)


def fold(sentence: str) -> str:
    """A sentence in the spelling in which phrases are looked for: without quotations and asides."""
    plain = elided(_SPOKEN.sub(" ", letters(sentence)))
    for contracted, full in _CONTRACTED:
        plain = contracted.sub(full, plain)
    plain = _NOISE.sub(" ", plain.replace(" - ", ", ").replace(" ,", ","))
    return _ASIDE.sub(" ", " ".join(plain.split()))
