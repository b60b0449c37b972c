"""What a candidate has asked for, kept to when a message leaves; and how each such message can be stopped."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.ats.canonical import PersonRole
from app.followups.catalogue import KINDS, MessageClass
from app.followups.contact import Choices, unwanted
from app.followups.contact_links import ContactUrls, contact_token, give_links
from app.followups.contact_store import choices_of
from app.followups.models import FollowUp
from app.mail.token import STOPPING, reply_address
from app.mail.unsubscribe import Headers, list_headers
from app.privacy.vault import Vault
from app.settings import Settings
from app.timeline.models import Person
from app.timeline.people import find_people


async def why_unwanted(session: AsyncSession, follow_up: FollowUp) -> str | None:
    """Why the candidate must not get it, by their own word, asked in the transaction that sends."""
    role, _, external_id = follow_up.recipient.partition(":")
    if role != PersonRole.CANDIDATE:
        return None
    people = await find_people(session, follow_up.connection_id, {(role, external_id)})
    person = people.get((role, external_id))
    if person is None:
        return None
    said = (await choices_of(session, [person])).get(person.id, Choices())
    return unwanted(follow_up.kind, said, follow_up.application_id)


async def ways_to_stop(
    session: AsyncSession,
    vault: Vault,
    settings: Settings,
    follow_up: FollowUp,
    recipient: Person,
    send: str,
) -> Headers:
    """The headers by which a mailbox offers to stop such mail; none for what is about an application.

    One click on an interview's confirmation would silence what the candidate needs to know. `send` is the
    delivery's id: a mail to the address that names it stops as a click does.
    """
    if KINDS[follow_up.kind].message_class is not MessageClass.NURTURE:
        return ()
    about = recipient.id, follow_up.application_id
    await give_links(session, vault, settings.public_url, [about], follow_up.created_at)
    urls = ContactUrls.under(settings.public_url, contact_token(vault, about))
    mailto = None
    if settings.reply_address:
        mailto = reply_address(settings.reply_address, send, lambda data: vault.sign(STOPPING, data))
    return list_headers(urls.unsubscribe, settings.mail_domain, mailto=mailto)
