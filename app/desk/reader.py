"""Who reads the approval page: in which language, and by which clock."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from app.ats.canonical import PersonRole
from app.followups.models import FollowUp, Preference
from app.intake.connections import settings_of
from app.intake.models import Connection
from app.messages.language import first_of
from app.services import Services
from app.timeline.people import PersonData, find_people, open_person


@dataclass(frozen=True, slots=True)
class Reader:
    """A locale such as ``de-AT``, one in which the page has words, and an IANA zone."""

    locale: str
    time_zone: str


async def reader_of(services: Services, session: AsyncSession, row: FollowUp, approver: str) -> Reader:
    """What that member (``member:55``) has chosen, else what the ATS says, the connection, the company."""
    member = approver.partition(":")[2]
    wish = await session.get(Preference, (row.connection_id, member))
    connection = await session.get_one(Connection, row.connection_id)
    ref = (str(PersonRole.MEMBER), member)
    person = (await find_people(session, row.connection_id, [ref])).get(ref)
    known, settings = open_person(services.vault, person) if person else PersonData(), settings_of(connection)
    locales = (wish.locale if wish else None, known.locale, settings.locale, services.settings.locale)
    zones = (wish.time_zone if wish else None, known.time_zone)
    return Reader(first_of(locales), next(filter(None, zones), settings.time_zone))


def tongue_of(services: Services, accepted: str, own: str | None = None) -> str:
    """Their own language where it is known, else the browser's by its Accept-Language, else the service's."""
    asked: Iterable[str] = (part.partition(";")[0] for part in accepted.split(",")[:10])
    return first_of((own, *asked, services.settings.locale))
