"""What must be asked about sends whose outcome nobody knows; claimed, so that one worker asks at a time."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.ats.http import Target
from app.delivery.claim import Instants
from app.delivery.models import Attempt, Delivery, DeliveryState
from app.delivery.ways import WRITES
from app.followups.models import FollowUp
from app.messages.models import Message
from app.privacy.vault import Vault, open_as_person
from app.timeline.models import Application, Person
from app.timeline.people import key_of


@dataclass(frozen=True, slots=True)
class Question:
    """One attempt with an unknown outcome. ``age`` is the time since it began."""

    delivery: str
    attempt: int
    channel: str
    connection: str
    target: Target
    age: timedelta
    payload: bytes | None = field(default=None, repr=False)
    """What was to be written, where only that says how to look for it; None after erasure."""


async def claim_questions(
    session: AsyncSession, vault: Vault, at: Instants, *, lease: timedelta, limit: int
) -> list[Question]:
    """Takes the questions that are due."""
    rows = await session.execute(
        select(Delivery, Attempt, Application)
        .join(
            Attempt,
            and_(
                col(Attempt.delivery_id) == col(Delivery.id),
                col(Attempt.number) == col(Delivery.attempt),
            ),
        )
        .join(FollowUp, col(FollowUp.id) == col(Delivery.follow_up_id))
        .join(Application, col(Application.id) == col(FollowUp.application_id))
        .where(col(Delivery.state) == DeliveryState.UNKNOWN, col(Delivery.act_at) <= at.business)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Delivery),
    )
    questions = []
    for delivery, attempt, application in rows.all():
        # Nobody else asks meanwhile; a worker that dies here lets the question come back.
        delivery.act_at = at.business + lease
        questions.append(await _question(session, vault, delivery, attempt, application, at.machine))
    return questions


async def _question(
    session: AsyncSession,
    vault: Vault,
    delivery: Delivery,
    attempt: Attempt,
    application: Application,
    machine_now: datetime,
) -> Question:
    return Question(
        delivery=delivery.id,
        attempt=delivery.attempt,
        channel=delivery.channel,
        connection=delivery.connection_id,
        target=Target(application.candidate or "", application.external_id),
        age=machine_now - attempt.started_at,
        payload=await _payload(session, vault, delivery, attempt) if delivery.channel in WRITES else None,
    )


async def _payload(session: AsyncSession, vault: Vault, delivery: Delivery, attempt: Attempt) -> bytes | None:
    message = await session.get(Message, delivery.message_id)
    person = await session.get(Person, message.person_id) if message else None
    key = key_of(vault, person) if person else None
    if key is None:
        return None
    return open_as_person(key, attempt.payload, f"{attempt.delivery_id}/{attempt.number}")
