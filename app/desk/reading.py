"""A message as the page shows it: its words, and around them whom it reaches, why and when."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from app.ats.canonical import PersonRole
from app.desk.acts import Held
from app.desk.page import Letter
from app.errors import WrongState
from app.messages.dates import spoken_date
from app.messages.gather import Material
from app.messages.material import load
from app.messages.models import Message
from app.messages.rephrase_store import behind
from app.messages.write import reader_of, sentences_of, words_of
from app.moments import zone
from app.timeline.people import find_people, open_person

_AT_ONCE = "in the reader's next open hour, as soon as you allow it"


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
    zone_of = await _zone_of(session, held) or loaded.material.settings.time_zone
    return Letter(
        about=_about(loaded.material, message, zone_of, desk.now),
        subject=words["subject"],
        text=words["text"],
        locale=message.locale,
        sentences=sentences_of(desk.vault, message, person),
        findings=message.findings,
        own=before.words.get("text", "") if before and before.words else "",
    )


async def _zone_of(session: AsyncSession, held: Held) -> str | None:
    """The time zone of whoever reads the page."""
    ref = (str(PersonRole.MEMBER), held.link.approver.partition(":")[2])
    person = (await find_people(session, held.row.connection_id, [ref])).get(ref)
    return open_person(held.desk.vault, person).time_zone if person else None


def _about(material: Material, message: Message, zone_name: str, now: datetime) -> Mapping[str, str]:
    row, truth = material.follow_up, material.truth

    def spoken(at: datetime) -> str:
        return spoken_date(at, zone(zone_name), "en", with_time=True)

    lines = {
        "To": material.candidate.full_name or material.addressee.full_name,
        "Job": truth.job.name,
        "What": row.kind.replace("_", " ").capitalize(),
        "Written by": "a template" if message.written_by == "template" else message.written_by,
        "Promises": "; ".join(spoken(datetime.fromisoformat(each)) for each in message.promises),
        "Leaves": f"not before {spoken(row.release_at)}" if row.release_at > now else _AT_ONCE,
        "Waits since": spoken(row.waits_since) if row.waits_since else None,
    }
    return {name: value for name, value in lines.items() if value}
