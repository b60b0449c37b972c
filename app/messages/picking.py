"""What an approver may pick from a scorecard for the candidate to read: proposed, and picked by name."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from app.errors import InvalidTemplate, NotFound, Unprocessable
from app.followups.models import FollowUp
from app.intake.config import HIGHLIGHT_FACTS
from app.messages.approval import Desk, supply
from app.messages.gather import gather, locale_for
from app.messages.highlights import Suggestion, suggestions
from app.messages.material import Loaded
from app.messages.render import validate


def suggest(loaded: Loaded, company: str, now: datetime) -> Sequence[Suggestion]:
    """Words on scorecards that would fit this message and that nobody has marked as fit for the candidate.

    ``company`` is the service's own locale, ``now`` the business instant, aware. Empty for the team's
    messages, and for those whose template says nothing of an evaluation.
    """
    material = loaded.material
    if not material.notes:
        return ()
    tongue = locale_for(material, company, loaded.templates.available)
    facts = gather(material, tongue, now).facts
    fields, vendor = material.settings.candidate_facing_fields, material.vendor
    return suggestions(material.notes, fields, vendor, _wanted(loaded, tongue), facts)


def _wanted(loaded: Loaded, tongue: str) -> tuple[str, ...]:
    for place in loaded.templates.candidates(loaded.follow_up.kind, tongue):
        with suppress(InvalidTemplate):
            return validate(place.template)
    return ()


async def pick(desk: Desk, follow_up_id: str, highlight: str, fact: str | None = None) -> FollowUp:
    """Gives the candidate these words of a scorecard to read; kept with who picked them and where they stand.

    ``fact`` is what they become in the message, unless what is proposed will do. The message is written anew.
    Raises NotFound where there are no such words about this application, Unprocessable for a fact that no
    scorecard gives, WrongState once the message has left.
    """
    loaded = await desk.open(follow_up_id)
    note = next((each for each in loaded.material.notes if each.id == highlight), None)
    if note is None:
        raise NotFound("No scorecard of this application says that any more; read the preview again.")
    proposed = {each.id: each.fact for each in suggest(loaded, desk.locale, desk.now)}
    name = fact or proposed.get(highlight, HIGHLIGHT_FACTS[0])
    if name not in HIGHLIGHT_FACTS:
        known = ", ".join(HIGHLIGHT_FACTS)
        raise Unprocessable(f"Words of a scorecard become one of {known}.", field="fact")
    return await supply(desk, follow_up_id, {name: note.words}, picked_from={name: note.place})
