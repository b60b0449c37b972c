"""Rules about whom a message speaks to and who signs it."""

import re
from collections.abc import Iterator

from app.messages.rules.base import Draft, Severity, rule

_ODD = re.compile(r"[@/\\<>{}\[\]|*_#=:;0-9]|www\.|\.(com|org|net|io)\b", re.IGNORECASE)
_INITIAL = re.compile(r"[A-Za-zÀ-ɏ]\.?")
_STAND_INS = frozenset(
    {
        "test",
        "null",
        "none",
        "n/a",
        "na",
        "unknown",
        "undefined",
        "candidate",
        "applicant",
        "first name",
        "-",
        ".",
    }
)
_NAMES = ("candidate.first_name", "candidate.full_name")
_LAST_LINES = 4
_SHOUTED = 3


@rule("greeting-impersonal")
def greeting(draft: Draft) -> Iterator[tuple[Severity, str, str]]:
    """The first line speaks to the reader by name."""
    phrases = draft.found("impersonal")
    if phrases:
        yield Severity.ERROR, f"“{phrases[0]}” speaks to nobody.", "Greet the reader by name."
        return
    names = _NAMES if draft.to_candidate else ("person.name",)
    first = draft.lines[0] if draft.lines else ""
    if not any(value and value in first for value in map(draft.facts.text, names)):
        yield Severity.ERROR, "The greeting does not name the reader.", "Begin with the reader's name."


@rule("name-odd")
def odd_name(draft: Draft) -> Iterator[tuple[Severity, str, str]]:
    """A candidate's name looks like a name."""
    if not draft.to_candidate:
        return
    for name in _NAMES:
        value = draft.facts.text(name)
        if _ODD.search(value) or value.casefold() in _STAND_INS:
            yield Severity.ERROR, "The candidate's name does not look like a name.", "Correct it in the ATS."
            return
    first = draft.facts.text("candidate.first_name")
    if _INITIAL.fullmatch(first):
        yield (
            Severity.WARNING,
            "The candidate's first name is a single letter.",
            "Correct it in the ATS, or ask the candidate for it.",
        )
    elif (len(first) >= _SHOUTED and first.isupper()) or first.islower():
        yield Severity.WARNING, "The candidate's name is written in one case.", "Correct it in the ATS."


@rule("signature-missing")
def signature(draft: Draft) -> Iterator[tuple[Severity, str, str]]:
    """The last lines say who writes: to a candidate, the recruiter."""
    signer = draft.facts.text("recruiter.name") if draft.to_candidate else "Heardback"
    if not signer or not any(signer in line for line in draft.lines[-_LAST_LINES:]):
        yield Severity.ERROR, "The message is not signed.", "End with the recruiter's name and the company."


@rule("decision-missing")
def decision(draft: Draft) -> Iterator[tuple[Severity, str, str]]:
    """A rejection or an offer tells a decision that a named person made."""
    if not draft.kind.decision:
        return
    if not draft.facts.text("decision.by") or not draft.facts.text("decision.reference"):
        yield (
            Severity.ERROR,
            "No human decision stands behind this message.",
            "Record in the ATS who decided, or name them when approving.",
        )
