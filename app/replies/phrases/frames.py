"""Frames of phrases, and how they become patterns. Pure.

A frame is a regular expression in small letters with additions. A space may have a comma before it. ``…``
between spaces stands for up to five words of the same clause, ``..`` for up to two. ``*`` after a letter is
any ending. ``{job}`` is the word class of that name. Frames begin and end at words, and so do groups before
a rest such as ``[^,;]*``. Accents need not be in the mail: ``ü`` is also met as ``u`` and ``ue``.
"""

import re
from collections.abc import Iterable, Mapping

from app.replies.phrases.fold import elided, letters

GONE = "¦"
"""Stands where something denied was taken out; no gap reaches over it."""
_CLASS = re.compile(r"\{([a-z_]+)\}")
_UMLAUTS = str.maketrans({"ä": "(?:a|ae)", "ö": "(?:o|oe)", "ü": "(?:u|ue)"})
_BEFORE_STOP = re.compile(rf",\? ({GONE}[25])?\((?=[^()]*\[\.!)")
"""A space before a choice that may be a full stop; there is none before that."""
_WORD = rf"(?:\d+\.|[^\s,;:.!?{GONE}]+) "


def compiled(frames: Iterable[str], words: Mapping[str, str]) -> re.Pattern[str] | None:
    """One pattern for all frames, over folded sentences; None where there are none."""
    patterns = [_pattern(frame, words) for frame in frames]
    return re.compile(rf"(?<![\w'])(?:{'|'.join(patterns)})(?:(?<=\s)|(?!\w))") if patterns else None


def _pattern(frame: str, words: Mapping[str, str]) -> str:
    plain = letters(elided(_full(frame, words)).translate(_UMLAUTS).replace("…", GONE))
    gaps = plain.replace(f" {GONE} ", f" {GONE}").replace(f"{GONE} ", GONE).replace(" .. ", f" {GONE}2")
    gaps = re.sub(rf"{GONE}(?!2)", f"{GONE}5", gaps).replace(" ", ",? ")
    gaps = _BEFORE_STOP.sub(r"(?:,? \1)?(", gaps)
    for most in ("5", "2"):
        gaps = gaps.replace(f"{GONE}{most}", rf"(?:{_WORD}){{0,{most}}}")
    return re.sub(r"(?<=\w)\*", r"\\w*", gaps.replace(")[^", r")\b[^"))


def _full(frame: str, words: Mapping[str, str]) -> str:
    """The frame with its word classes written out; a class may name others."""
    while _CLASS.search(frame):
        frame = _CLASS.sub(lambda found: f"(?:{words[found[1]]})", frame)
    return frame
