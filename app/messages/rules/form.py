"""Rules about length, tone and what a header can carry."""

import re
from collections.abc import Iterator

from app.messages.headers import UNSAFE
from app.messages.rules.base import Draft, Severity, rule

_WORD = re.compile(r"\w[\w'’.-]*")
_SHOUT = re.compile(r"\b[^\W\d_]{4,}\b")
MAX_SUBJECT = 78
MAX_EXCLAMATIONS = 1
MAX_SHOUTS = 1


@rule("too-long")
def too_long(draft: Draft) -> Iterator[tuple[Severity, str, str]]:
    """A message is short: over its kind's measure is worth a look, over twice that is not sent."""
    words = len(_WORD.findall(draft.rendered.text))
    limit = draft.kind.max_words
    if words > limit:
        grave = Severity.ERROR if words > 2 * limit else Severity.WARNING
        yield grave, f"The message has {words} words; {limit} are enough for its kind.", "Shorten it."


@rule("subject-length")
def subject_length(draft: Draft) -> Iterator[tuple[Severity, str, str]]:
    """A subject is read in one glance."""
    if len(draft.rendered.subject) > MAX_SUBJECT:
        yield Severity.WARNING, f"The subject is longer than {MAX_SUBJECT} characters.", "Shorten it."


@rule("exclamations")
def exclamations(draft: Draft) -> Iterator[tuple[Severity, str, str]]:
    """One exclamation mark is warm, more are loud."""
    if draft.own_words.count("!") > MAX_EXCLAMATIONS:
        yield Severity.WARNING, "There are several exclamation marks.", "Let the words do it."


@rule("capitals")
def capitals(draft: Draft) -> Iterator[tuple[Severity, str, str]]:
    """Words in capitals shout."""
    shouts = [word for word in _SHOUT.findall(draft.own_words) if word.isupper()]
    if len(shouts) > MAX_SHOUTS:
        yield Severity.WARNING, f"{len(shouts)} words are in capitals.", "Write them small."


@rule("header-unsafe")
def header(draft: Draft) -> Iterator[tuple[Severity, str, str]]:
    """The subject and the names that go into headers hold no control or direction-changing characters."""
    names = ("candidate.full_name", "candidate.first_name", "recruiter.name", "company.name", "person.name")
    raw = [str(draft.facts[name].value) for name in names if name in draft.facts]
    if any(UNSAFE.search(value) for value in (draft.rendered.subject, *raw)):
        yield (
            Severity.ERROR,
            "The subject or a name holds a control character.",
            "Correct it where it is kept.",
        )
