"""What must be asked about sends whose outcome nobody knows; claimed, so that one worker asks at a time."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.ats.http import Target
from app.delivery.claim import Instants, any_number, lane_of
from app.delivery.lanes import Lane
from app.delivery.models import Attempt, Delivery, DeliveryState
from app.delivery.suppressions import why_suppressed
from app.delivery.ways import MAIL, WRITES
from app.followups.models import FollowUp
from app.intake.models import Connection
from app.messages.models import Message
from app.privacy.vault import CannotOpen, Vault, open_as_person
from app.timeline.models import Application, Person
from app.timeline.people import key_of

log = structlog.get_logger()

_SOON = timedelta(seconds=5)


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
    """What was to be written, where only that says how to look for it; None where it cannot be read."""
    route: str | None = None
    """The mail route that tried."""
    may_repeat: bool = False
    """Whether the payload may leave now, should it turn out that it has not left yet."""


async def claim_questions(
    session: AsyncSession,
    vault: Vault,
    at: Instants,
    *,
    lease: timedelta,
    limit: int,
    room: Callable[[Lane], int] = any_number,
) -> tuple[list[Question], int]:
    """Takes the questions that are due, and says how many rows it has looked at.

    ``room`` says how many more may be asked side by side in a lane; the others come up again soon.
    """
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
        .order_by(col(Delivery.act_at))
        .limit(limit)
        .with_for_update(skip_locked=True, of=Delivery),
    )
    found = rows.all()
    questions, taken = list[Question](), Counter[Lane]()
    for delivery, attempt, application in found:
        lane = asking_lane(delivery.channel, delivery.route, delivery.connection_id)
        if taken[lane] >= room(lane):
            delivery.act_at = at.business + _SOON
            continue
        taken[lane] += 1
        # Nobody else asks meanwhile; a worker that dies here lets the question come back.
        delivery.act_at = at.business + lease
        questions.append(await _question(session, vault, delivery, attempt, application, at))
    return questions, len(found)


def asking_lane(channel: str, route: str | None, connection: str) -> Lane:
    """Questions have a lane of their own beside the sends: who hangs at one may answer the other."""
    channel, name = lane_of(channel, route, connection)
    return f"ask {channel}", name


async def _question(
    session: AsyncSession,
    vault: Vault,
    delivery: Delivery,
    attempt: Attempt,
    application: Application,
    at: Instants,
) -> Question:
    kept = delivery.channel in (MAIL, *WRITES)
    return Question(
        delivery=delivery.id,
        attempt=delivery.attempt,
        channel=delivery.channel,
        connection=delivery.connection_id,
        target=Target(application.candidate or "", application.external_id),
        age=at.machine - attempt.started_at,
        payload=await _payload(session, vault, delivery, attempt) if kept else None,
        route=delivery.route,
        may_repeat=delivery.channel == MAIL and await _still_wanted(session, delivery, at.business),
    )


async def _still_wanted(session: AsyncSession, delivery: Delivery, now: datetime) -> bool:
    """A repeat under the provider's key is the first mail, should the attempt never have arrived.

    So where news, a suppression or its age speaks against it, it is only looked for.
    """
    follow_up = await session.get_one(FollowUp, delivery.follow_up_id)
    connection = await session.get_one(Connection, delivery.connection_id)
    application = await session.get_one(Application, follow_up.application_id)
    late = follow_up.expires_at is not None and now > follow_up.expires_at
    news = application.wake_at is not None and application.wake_at <= now
    if late or news or not connection.enabled:
        return False
    role, _, external_id = follow_up.recipient.partition(":")
    rows = await session.scalars(
        select(Person).where(
            col(Person.connection_id) == delivery.connection_id,
            col(Person.role) == role,
            col(Person.external_id) == external_id,
        ),
    )
    person = rows.one_or_none()
    return person is not None and await why_suppressed(session, person) is None


async def _payload(session: AsyncSession, vault: Vault, delivery: Delivery, attempt: Attempt) -> bytes | None:
    """None after erasure, and where the bytes do not open: it must hold back no other question."""
    message = await session.get(Message, delivery.message_id)
    person = await session.get(Person, message.person_id) if message else None
    try:
        key = key_of(vault, person) if person else None
        return open_as_person(key, attempt.payload, f"{delivery.id}/{attempt.number}") if key else None
    except CannotOpen:
        log.warning("delivery.cannot_open", delivery=delivery.id)
        return None
