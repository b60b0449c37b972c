"""In whose name a mail goes out, and to whom."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.delivery.models import Delivery
from app.followups.models import FollowUp
from app.intake.config import ConnectionSettings
from app.mail.outbound import Address
from app.privacy.vault import Vault
from app.settings import Settings
from app.timeline.models import Application, Person
from app.timeline.people import PersonData, find_people, open_person


async def addressee_and_signer(
    session: AsyncSession, vault: Vault, delivery: Delivery, follow_up: FollowUp, application: Application
) -> tuple[Person | None, PersonData]:
    """Whom the follow-up addresses, None where nobody knows them, and the recruiter who signs."""
    role, _, external_id = follow_up.recipient.partition(":")
    signer = ("member", application.recruiter or "")
    people = await find_people(session, delivery.connection_id, {(role, external_id), signer})
    signed = people.get(signer)
    return people.get((role, external_id)), open_person(vault, signed) if signed else PersonData()


def sender_of(
    settings: Settings, here: ConnectionSettings, recruiter: PersonData
) -> tuple[Address, Address | None]:
    """From the recruiter's own address where the domain is ours; else in their name, replies to them.

    Ours is what the connection's settings (``here``) say, else the service's.
    """
    own = Address(here.sender_name or settings.mail_from_name, here.sender_address or settings.mail_from)
    if not recruiter.email or not recruiter.full_name:
        return own, None
    theirs = Address(recruiter.full_name, recruiter.email)
    if recruiter.email.rpartition("@")[2].casefold() == own.email.rpartition("@")[2].casefold():
        return theirs, None
    return Address(f"{recruiter.full_name} ({settings.company_name})", own.email), theirs
