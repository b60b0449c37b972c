"""What of a scorecard may reach a candidate: words in marked fields, and words that an approver picks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.intake.config import HIGHLIGHT_FACTS
from app.messages.facts import Facts, FactValue
from app.timeline.highlights import Note


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Words that nobody has marked as fit for the candidate: the approver sees them, to be picked or left."""

    id: str
    field: str
    words: str
    source: str
    fact: str
    """The fact that it would become unless another is named."""


def marked(notes: Iterable[Note], fields: Mapping[str, str], vendor: str) -> dict[str, FactValue]:
    """The facts in fields that are marked as written for the candidate, each from the newest scorecard.

    ``fields`` are the connection's ``candidate_facing_fields``: names of fields, with the fact they give;
    ``notes`` come newest first.
    """
    facing = {_plain(field): fact for field, fact in fields.items()}
    found: dict[str, FactValue] = {}
    for note in notes:
        fact = facing.get(_plain(note.field))
        if fact is not None:
            found.setdefault(fact, FactValue(note.words, f"{vendor}:{note.place}"))
    return found


def suggestions(
    notes: Iterable[Note], fields: Mapping[str, str], vendor: str, wanted: Iterable[str], facts: Facts
) -> Sequence[Suggestion]:
    """The other words, for a message whose template speaks of the facts in ``wanted``; none where of none.

    Each is proposed for the first such fact that is still missing, else for the first.
    """
    usable = [name for name in HIGHLIGHT_FACTS if name in set(wanted)]
    if not usable:
        return ()
    fact = next((name for name in usable if name not in facts), usable[0])
    facing = set(map(_plain, fields))
    return tuple(
        Suggestion(note.id, note.field, note.words, f"{vendor}:{note.place}", fact)
        for note in notes
        if _plain(note.field) not in facing
    )


def _plain(field: str) -> str:
    return " ".join(field.split()).casefold()
