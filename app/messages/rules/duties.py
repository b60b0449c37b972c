"""Rules about what some kinds owe their reader: the details of an offer, a basis and a way out."""

from collections.abc import Iterator

from app.followups.catalogue import MessageClass
from app.messages.facts import LABELS
from app.messages.rules.base import Draft, Severity, rule

_OFFERS = ("offer_news", "offer_details")
_DETAILS = ("offer.salary", "offer.start_date")


@rule("offer-incomplete")
def offer(draft: Draft) -> Iterator[tuple[Severity, str, str]]:
    """An offer names the position, and leaves out nothing that is settled."""
    if draft.kind.key not in _OFFERS:
        return
    titles = [draft.facts.text(name) for name in ("offer.title", "job.title")]
    if not any(map(draft.says, titles)):
        yield Severity.ERROR, "The offer does not name the position.", "Name it."
    for name in _DETAILS:
        known = draft.facts.text(name)
        if known and name not in draft.kind.points and not draft.says(known):
            yield (
                Severity.WARNING,
                f"The offer leaves out {LABELS[name]}, which is known.",
                "Put it back in: it is what the candidate looks for first.",
            )


@rule("unsubscribe-missing")
def unsubscribe(draft: Draft) -> Iterator[tuple[Severity, str, str]]:
    """Mail that only keeps in touch says how to stop it."""
    if draft.kind.message_class is MessageClass.NURTURE and not draft.says(
        draft.facts.text("unsubscribe.url")
    ):
        yield (
            Severity.ERROR,
            "The message does not say how to stop such messages.",
            "Put the link to unsubscribe back in.",
        )


@rule("legal-basis-missing")
def basis(draft: Draft) -> Iterator[tuple[Severity, str, str]]:
    """Mail that only keeps in touch says why it may be sent."""
    if draft.kind.message_class is MessageClass.NURTURE and not draft.says(draft.facts.text("consent.basis")):
        yield (
            Severity.ERROR,
            "The message does not say why the candidate gets it.",
            "Say on what ground you write: what the candidate agreed to, and when.",
        )
