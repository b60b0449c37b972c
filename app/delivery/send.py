"""The way out: claimed parcels leave side by side; unknown outcomes are asked about."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.ats.http import Target
from app.db import Sessions, unit_of_work
from app.delivery.claim import Instants, claim, expire_leases
from app.delivery.models import Attempt, Delivery, DeliveryState
from app.delivery.notes import NoteWay
from app.delivery.parcel import NOTE, Packer, Parcel
from app.delivery.settle import CANNOT_BE_ASKED, settle
from app.errors import HeardbackError
from app.followups.models import FollowUp
from app.isolation import passing
from app.mail.outbound import Outcome, OutcomeKind
from app.timeline.models import Application
from app.vendors import Vendors

log = structlog.get_logger()

_WAITS = (0.05, 0.3, 1.0)
"""Seconds before an outcome is written again, after a deadlock or while the database is away."""
_MARGIN = timedelta(seconds=5)
"""Of a lease, kept for writing down what came of it."""
BATCH = 20
"""Parcels that leave side by side: all that a hung provider can hold, for no longer than a lease."""


@dataclass(frozen=True, slots=True)
class Post:
    """Everything that sending needs."""

    sessions: Sessions
    packer: Packer
    vendors: Vendors
    lease: timedelta
    machine_now: Callable[[], datetime]

    async def send_due(self, at: Instants) -> int:
        """Sends one batch of what is due; returns how many were tried."""
        async with unit_of_work(self.sessions) as session:
            expired = await expire_leases(session, at, BATCH)
            parcels = await claim(session, self.packer, at, lease=self.lease, limit=BATCH)
        await asyncio.gather(*(self._send(parcel, at) for parcel in parcels))
        return len(parcels) + expired

    async def _send(self, parcel: Parcel, at: Instants) -> None:
        outcome = await self._try(parcel, at)
        await self._settle(parcel, outcome, at)
        log.info(
            "delivery.tried",
            delivery=parcel.delivery_id,
            channel=parcel.channel,
            attempt=parcel.attempt,
            outcome=str(outcome.kind),
            correlation_id=parcel.correlation_id,
        )

    async def _settle(self, parcel: Parcel, outcome: Outcome, at: Instants) -> None:
        """What came of it is not known a second time, so passing trouble of the database is waited out."""
        for pause in (*_WAITS, None):
            try:
                async with unit_of_work(self.sessions) as session:
                    await settle(session, self.packer.vault, parcel.delivery_id, parcel.attempt, outcome, at)
            except Exception as wrong:
                if pause is None or not passing(wrong):
                    raise
                await asyncio.sleep(pause)
            else:
                return

    async def _try(self, parcel: Parcel, at: Instants) -> Outcome:
        # Whoever was stopped before the request left may find the lease over and the message sent by another.
        left = at.machine + self.lease - _MARGIN - self.machine_now()
        if left <= timedelta():
            return Outcome(OutcomeKind.NOT_SENT, "the lease was over before it left")
        try:
            async with asyncio.timeout(left.total_seconds()):
                if parcel.channel == NOTE:
                    way = await self._note_way(parcel)
                    return await way.send(parcel.payload, parcel.delivery_id, again=parcel.attempt > 1)
                return await self.packer.route.send(parcel.payload, parcel.meta)
        except TimeoutError:
            return Outcome(OutcomeKind.AMBIGUOUS, "no answer within the lease")
        except HeardbackError as refused:
            return Outcome(OutcomeKind.CONFIGURATION, refused.detail)

    async def _note_way(self, parcel: Parcel) -> NoteWay:
        _, client = await self.vendors.client(parcel.connection_id)
        return NoteWay(client, Target(parcel.candidate, parcel.application, parcel.note_user))

    async def ask_due(self, at: Instants) -> int:
        """Asks what became of sends with an unknown outcome; returns how many were asked about."""
        async with unit_of_work(self.sessions) as session:
            questions = await self._questions(session, at)
        for question in questions:
            outcome = await self._ask(question)
            async with unit_of_work(self.sessions) as session:
                await settle(session, self.packer.vault, question.delivery, question.attempt, outcome, at)
        return len(questions)

    async def _questions(self, session: AsyncSession, at: Instants) -> Sequence["_Question"]:
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
            .limit(BATCH)
            .with_for_update(skip_locked=True, of=Delivery),
        )
        questions = []
        for delivery, attempt, application in rows:
            # Nobody else asks meanwhile; a worker that dies here lets the question come back.
            delivery.act_at = at.business + self.lease
            questions.append(_question(delivery, attempt, application, at.machine))
        return questions

    async def _ask(self, question: "_Question") -> Outcome:
        try:
            if question.channel == NOTE:
                _, client = await self.vendors.client(question.connection)
                way = NoteWay(client, Target(question.candidate, question.application))
                return await way.settle(question.delivery, age=question.age)
            answer = await self.packer.route.settle(question.delivery, age=question.age)
        except HeardbackError as refused:
            return Outcome(OutcomeKind.AMBIGUOUS, refused.detail)
        if answer is None:
            return Outcome(OutcomeKind.AMBIGUOUS, "the route cannot be asked", provider_id=CANNOT_BE_ASKED)
        return answer


@dataclass(frozen=True, slots=True)
class _Question:
    delivery: str
    attempt: int
    channel: str
    connection: str
    candidate: str
    application: str
    age: timedelta


def _question(
    delivery: Delivery,
    attempt: Attempt,
    application: Application,
    machine_now: datetime,
) -> _Question:
    return _Question(
        delivery.id,
        delivery.attempt,
        delivery.channel,
        delivery.connection_id,
        application.candidate or "",
        application.external_id,
        machine_now - attempt.started_at,
    )
