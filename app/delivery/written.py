"""What a tag, a logged mail or a task holds, from the words and the rows."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.ats.http import Target
from app.ats.steps import Write
from app.delivery.models import Delivery
from app.delivery.notes import marker
from app.delivery.signing import addressee_and_signer, sender_of
from app.delivery.ways import EMAIL_LOG, MAIL, TAG, WRITES, tag_of
from app.delivery.words import task_text, task_title
from app.followups.models import FollowUp
from app.intake.connections import settings_of
from app.intake.models import Connection
from app.privacy.vault import Vault
from app.settings import Settings
from app.sla.models import Clock
from app.timeline.models import Application
from app.timeline.people import open_person


async def write_of(
    session: AsyncSession,
    vault: Vault,
    settings: Settings,
    delivery: Delivery,
    follow_up: FollowUp,
    application: Application,
    words: dict[str, str],
    target: Target,
    locale: str,
) -> Write:
    """What this delivery writes; the same rows give the same, so that a repeat finds what was written.

    ``locale`` is that of the words around the message's own.
    """
    write = Write(
        kind=WRITES[delivery.channel],
        target=target,
        marker=marker(delivery.id),
        send_id=delivery.id,
        text=tag_of(follow_up.kind),
    )
    if delivery.channel == TAG:
        return write
    if delivery.channel == EMAIL_LOG:
        return await _logged(session, vault, settings, write, delivery, follow_up, application, words)
    return replace(
        write,
        target=replace(target, user=_responsible(follow_up) or target.user),
        title=task_title(follow_up, locale),
        text=task_text(words, locale),
        due_at=await _due(session, follow_up),
    )


async def _logged(
    session: AsyncSession,
    vault: Vault,
    settings: Settings,
    write: Write,
    delivery: Delivery,
    follow_up: FollowUp,
    application: Application,
    words: dict[str, str],
) -> Write:
    mail = await session.scalar(
        select(Delivery).where(
            col(Delivery.follow_up_id) == follow_up.id,
            col(Delivery.channel) == MAIL,
            col(Delivery.replaced_by).is_(None),
        ),
    )
    addressee, recruiter = await addressee_and_signer(session, vault, delivery, follow_up, application)
    here = settings_of(await session.get_one(Connection, delivery.connection_id))
    sender, _ = sender_of(settings, here, recruiter)
    return replace(
        write,
        title=words["subject"],
        text=words["text"],
        html=words["html"],
        sender=sender.email,
        recipient=(open_person(vault, addressee).email if addressee else None) or "",
        message_id=(mail.wire_id if mail else None) or "",
        sent_at=mail.settled_at if mail else None,
    )


def _responsible(follow_up: FollowUp) -> str | None:
    """The ATS's id of the person who must act, where one is known: the task is theirs."""
    role, _, external_id = (follow_up.waiting_on or "").partition(":")
    return external_id if role == "member" else None


async def _due(session: AsyncSession, follow_up: FollowUp) -> datetime:
    clock = await session.get(Clock, follow_up.clock_id) if follow_up.clock_id else None
    return (clock.due_at if clock else None) or follow_up.release_at
