"""Rules about what must be said and what must not."""

import re
from collections.abc import Iterator

from app.messages.facts import LABELS
from app.messages.rules.base import Draft, Severity, rule
from app.messages.rules.dates import dates_in

_TEMPLATING = re.compile(
    r"\{\{|\}\}|\{%|%\}|\[[A-Z][A-Z _]+\]|\[(?i:first|last|candidate|company) ?(?i:name)\]|<<|>>"
)
_HOLES = re.compile(r"\(\s*\)|,\s*,|\b(Dear|Hello|Hi)\s*[,.!]|\s,(?=\s)|\*\*\s*\*\*")


@rule("template-leftover")
def leftover(draft: Draft) -> Iterator[tuple[Severity, str, str]]:
    """Nothing of the template's own machinery is left."""
    machinery = _TEMPLATING.search(draft.own_words) or _HOLES.search(draft.own_words)
    if machinery or draft.found("leftovers"):
        yield Severity.ERROR, "The text has a gap or a piece of its template.", "Fill it or take it out."


@rule("next-step-missing")
def next_step(draft: Draft) -> Iterator[tuple[Severity, str, str]]:
    """A progress message says what happens next and by when."""
    if not draft.kind.progress:
        return
    if not draft.says(draft.facts.text("next_step.what")):
        yield _literal(draft), "The next step is not said.", "Say what happens next."
    coming = [
        day for _, day in dates_in(draft.rendered.text, draft.rendered.locale) if day >= draft.earliest_today
    ]
    if not coming and not draft.says(draft.facts.text("next_step.by")):
        yield Severity.ERROR, "No date is given.", "Say by which date the candidate hears again."


def _literal(draft: Draft) -> Severity:
    """No rule can tell whether a person's translation of a fact says the same; whoever approves can."""
    return Severity.WARNING if draft.by_hand else Severity.ERROR


@rule("point-missing")
def points(draft: Draft) -> Iterator[tuple[Severity, str, str]]:
    """The facts that a kind must put into words are in the text."""
    for name in draft.kind.points:
        if not draft.says(draft.facts.text(name)):
            yield (
                _literal(draft),
                f"The message does not say {LABELS[name]}.",
                "Put it back in, or change the fact.",
            )


@rule("rejection-incomplete")
def rejection(draft: Draft) -> Iterator[tuple[Severity, str, str]]:
    """A rejection says plainly that it is one, wishes well, and leaves the door open."""
    if not draft.kind.key.startswith(("rejection_", "position_filled")):
        return
    if not draft.found("not_selected"):
        yield (
            Severity.ERROR,
            "The message does not say plainly what was decided.",
            "Say so in one clear sentence.",
        )
    grave = Severity.ERROR if draft.kind.points else Severity.WARNING
    if not draft.found("good_wishes"):
        yield grave, "The message wishes no luck.", "End with a good wish."
    if not draft.found("stay_in_touch"):
        yield grave, "The message does not say how to stay in touch.", "Invite the candidate to apply again."


@rule("good-news-late")
def good_news(draft: Draft) -> Iterator[tuple[Severity, str, str]]:
    """An offer begins with the good news."""
    if draft.kind.key == "offer_news" and not draft.found("good_news"):
        yield (
            Severity.WARNING,
            "The offer does not begin with the good news.",
            "Say first that you want them.",
        )


@rule("promise")
def promise(draft: Draft) -> Iterator[tuple[Severity, str, str]]:
    """No outcome is promised."""
    for phrase in draft.found("promises")[:1]:
        yield Severity.ERROR, f"“{phrase}” promises an outcome.", "Say what is known, and what happens next."


@rule("pressure")
def pressure(draft: Draft) -> Iterator[tuple[Severity, str, str]]:
    """Nobody is pressed."""
    if not draft.to_candidate:
        return
    for phrase in draft.found("pressure")[:1]:
        yield (
            Severity.ERROR,
            f"“{phrase}” puts the candidate under pressure.",
            "Name the date, and leave it at that.",
        )


@rule("protected-characteristic")
def protected(draft: Draft) -> Iterator[tuple[Severity, str, str]]:
    """Nothing is said about age, origin, religion, family, health or the like."""
    for phrase in draft.found("protected")[:1]:
        yield (
            Severity.ERROR,
            f"“{phrase}” touches a characteristic that the law protects.",
            "Speak about the work and what it needs.",
        )
