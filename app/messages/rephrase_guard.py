"""Whether a rephrased sentence says what the template's sentence said, and nothing else: the same every time.

It proves no meaning, so a person still reads every rephrased message. It refuses whatever could carry a new
claim: a word that is not the sentence's own, a turning word (not, if, will, until …) that is gone, new or
before another word, a change of who does what, a sentence of which too little is left.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from app.followups.catalogue import KINDS
from app.messages.checks import check, stops
from app.messages.facts import Facts
from app.messages.render import Rendered
from app.messages.rephrase import Task, put_together
from app.messages.rephrase_words import MARK, Lexicon, in_order, lexicon_of, meaning, turned
from app.messages.rules.base import Finding
from app.messages.rules.dates import dates_in

_FREE_MARKS = frozenset(" \u00a0\u202f,;:'’-–")
_MUST_STAY = 0.7
"""The share of a sentence's own words that must still be there, besides marks and turning words."""
_LONGER, _AND_WORDS = 1.5, 4
_NUMBERS = re.compile(r"\d+")
_LINKS = re.compile(r"[a-z][a-z0-9+.-]*://\S+|\bwww\.\S+|[\w.+-]+@[\w.-]+\w", re.IGNORECASE)
_WORD = re.compile(r"\w[\w'’.-]*")


def judge(task: Task, answer: Mapping[str, str] | None) -> str | None:
    """Why these sentences may not stand, as ``word-of-the-reason`` or ``reason:number``; None where they may.

    A reason holds no text of anybody: it is stored and shown.
    """
    if answer is None or answer.keys() != task.sentences.keys():
        return "shape"
    lexicon = lexicon_of(task.before.locale)
    if lexicon is None:
        return "language"
    if all(answer[number] == source for number, source in task.sentences.items()):
        return "unchanged"
    for number, source in task.sentences.items():
        if reason := _wrong(source, answer[number], lexicon):
            return f"{reason}:{number}"
    return None


def compare(
    task: Task, answer: Mapping[str, str], facts: Facts, now: datetime, *, disclosure: str | None
) -> tuple[str | None, Rendered, list[Finding]]:
    """The whole message beside the template's: (why it may not stand or None, the message, its findings).

    ``answer`` has passed ``judge``; ``now`` is the business instant, aware, in UTC. What the disclosure
    adds in length is not held against it.
    """
    kind = KINDS[task.before.key]
    bare = put_together(task, answer, disclosure=None)
    after = put_together(task, answer, disclosure=disclosure)
    findings = check(after, kind, facts, now)
    before = check(task.before, kind, facts, now)
    reason = None
    if _told(bare) != _told(task.before):
        reason = "facts"
    elif _length(bare.text) > max(kind.max_words, _length(task.before.text)):
        reason = "too-long"
    elif stops(findings) or _worse(check(bare, kind, facts, now), before):
        reason = "checks"
    return reason, after, findings


def _wrong(source: str, said: str, lexicon: Lexicon) -> str | None:
    own, new = meaning(source, lexicon), meaning(said, lexicon)
    if MARK.findall(said) != MARK.findall(source):
        return "marks"
    tests = (
        ("characters", _foreign(source, said)),
        ("ending", said[-1:] != source[-1:] or said[:1].isupper() != source[:1].isupper()),
        ("length", len(said.split()) > _LONGER * len(source.split()) + _AND_WORDS),
        ("new-words", bool(Counter(new) - Counter(own))),
        ("turned", turned(new, lexicon) != turned(own, lexicon)),
        ("dropped", _share_kept(own, new, lexicon) < _MUST_STAY),
        ("order", not in_order(new, own)),
    )
    return next((reason for reason, broken in tests if broken), None)


def _foreign(source: str, said: str) -> bool:
    """Whether there are digits, foreign letters or signs that the sentence did not have, or more of them."""
    bare, had = MARK.sub("", said), Counter(MARK.sub("", source))
    if unicodedata.normalize("NFC", bare) != bare:
        return True
    signs = Counter(c for c in bare if not _plain_letter(c) and c not in _FREE_MARKS)
    shouts = {w for w in re.findall(r"[^\W\d_]{2,}", bare) if w.isupper()}
    return bool(signs - had) or not shouts <= set(re.findall(r"[^\W\d_]{2,}", source))


def _plain_letter(character: str) -> bool:
    return character.isalpha() and unicodedata.name(character, "").startswith("LATIN ")


def _share_kept(own: Iterable[str], new: Iterable[str], lexicon: Lexicon) -> float:
    aside = {lexicon.stem(pronoun) for pronoun in lexicon.pronouns}
    words = {w for w in own if w not in aside and w not in lexicon.turns and not MARK.fullmatch(w)}
    return len(words & set(new)) / len(words) if words else 1.0


def _told(message: Rendered) -> tuple[object, ...]:
    """Every number, date with its weekday, and address that a message names."""
    text = message.text
    return (
        Counter(_NUMBERS.findall(text)),
        Counter(dates_in(text, message.locale)),
        Counter(_LINKS.findall(text)),
        message.subject,
        message.preheader,
    )


def _length(text: str) -> int:
    return len(_WORD.findall(text))


def _worse(after: list[Finding], before: list[Finding]) -> bool:
    return bool(Counter((f.rule, f.severity) for f in after) - Counter((f.rule, f.severity) for f in before))
