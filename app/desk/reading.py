"""A message as the page shows it: its words, and around them whom it reaches, why and when."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from app.desk.acts import Held
from app.desk.page import Card, Letter
from app.desk.page_words import words_for
from app.desk.reader import Reader
from app.errors import WrongState
from app.messages.dates import spoken_date
from app.messages.gather import Material
from app.messages.material import load
from app.messages.models import Message
from app.messages.office import kind_name
from app.messages.picking import suggest
from app.messages.rephrase_store import REPHRASED, behind
from app.messages.write import reader_of, sentences_of, words_of
from app.moments import zone

MOST_SUGGESTIONS = 12
"""On one page; an interview seldom has more that is worth a candidate's reading."""


async def letter_of(session: AsyncSession, held: Held) -> Letter:
    """The message that the link is about; raises WrongState where its words are gone."""
    desk, row = held.desk, held.row
    [loaded] = await load(session, desk.vault, desk.book, [row], company=desk.company)
    message = await session.get(Message, held.link.message_id)
    person = await reader_of(session, message, loaded.candidate) if message else None
    words = words_of(desk.vault, message, person) if message and person else {}
    if message is None or person is None or not words.get("subject"):
        raise WrongState("The candidate's data was erased.")
    before = await behind(session, desk.vault, message, person)
    suggested = suggest(loaded, desk.locale, desk.now)
    return Letter(
        about=_about(loaded.material, message, held.reader, desk.now),
        subject=words["subject"],
        text=words["text"],
        locale=message.locale,
        sentences=sentences_of(desk.vault, message, person),
        findings=message.findings,
        own=before.words.get("text", "") if before and before.words else "",
        cards=[Card(one.id, one.field, one.words, one.fact) for one in suggested[:MOST_SUGGESTIONS]],
    )


def _about(material: Material, message: Message, reader: Reader, now: datetime) -> Mapping[str, str]:
    row, truth, words = material.follow_up, material.truth, words_for(reader.locale)
    name = kind_name(row.kind, reader.locale)

    def spoken(at: datetime) -> str:
        return spoken_date(at, zone(reader.time_zone), reader.locale, with_time=True)

    later = words.not_before.format(time=spoken(row.release_at))
    lines = {
        words.to: material.candidate.full_name or material.addressee.full_name,
        words.job: truth.job.name,
        words.what: f"{name[:1].upper()}{name[1:]}",
        words.written_by: {"template": words.template, REPHRASED: words.model}.get(
            message.written_by, message.written_by
        ),
        words.promises: "; ".join(spoken(datetime.fromisoformat(each)) for each in message.promises),
        words.leaves: later if row.release_at > now else words.at_once,
        words.waits_since: spoken(row.waits_since) if row.waits_since else None,
    }
    return {name: value for name, value in lines.items() if value}
