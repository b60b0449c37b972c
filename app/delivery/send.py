"""The way out: claimed parcels leave side by side; unknown outcomes are asked about."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from app.db import Sessions, unit_of_work
from app.delivery.claim import Instants, claim, expire_leases
from app.delivery.notes import NoteWay
from app.delivery.parcel import Packer, Parcel
from app.delivery.questions import Question, claim_questions
from app.delivery.route_chat import post
from app.delivery.settle import CANNOT_BE_ASKED, settle
from app.delivery.ways import CHATS, MAIL, WRITES
from app.delivery.writes import WriteWay
from app.errors import HeardbackError
from app.isolation import passing
from app.mail.outbound import Outcome, OutcomeKind
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
                return await self._leave(parcel)
        except TimeoutError:
            return Outcome(OutcomeKind.AMBIGUOUS, "no answer within the lease")
        except HeardbackError as refused:
            return Outcome(OutcomeKind.CONFIGURATION, refused.detail)

    async def _leave(self, parcel: Parcel) -> Outcome:
        if parcel.channel == MAIL:
            return await self.packer.route.send(parcel.payload, parcel.meta)
        if parcel.channel in CHATS:
            return await post(parcel.channel, parcel.hook, parcel.payload)
        _, client = await self.vendors.client(parcel.connection_id)
        if parcel.channel in WRITES:
            return await WriteWay(client).send(parcel.payload)
        way = NoteWay(client, parcel.target)
        return await way.send(parcel.payload, parcel.delivery_id, again=parcel.attempt > 1)

    async def ask_due(self, at: Instants) -> int:
        """Asks what became of sends with an unknown outcome; returns how many were asked about."""
        vault = self.packer.vault
        async with unit_of_work(self.sessions) as session:
            questions = await claim_questions(session, vault, at, lease=self.lease, limit=BATCH)
        for question in questions:
            outcome = await self._ask(question)
            async with unit_of_work(self.sessions) as session:
                await settle(session, vault, question.delivery, question.attempt, outcome, at)
        return len(questions)

    async def _ask(self, question: Question) -> Outcome:
        try:
            async with asyncio.timeout(self.lease.total_seconds()):
                answer = await self._answer(question)
        except TimeoutError:
            return Outcome(OutcomeKind.AMBIGUOUS, "no answer within the lease")
        except HeardbackError as refused:
            return Outcome(OutcomeKind.AMBIGUOUS, refused.detail)
        if answer is None:
            return Outcome(OutcomeKind.AMBIGUOUS, "it cannot be asked", provider_id=CANNOT_BE_ASKED)
        return answer

    async def _answer(self, question: Question) -> Outcome | None:
        """What is known now; None where nobody can ever say."""
        if question.channel == MAIL:
            return await self.packer.route.settle(question.delivery, age=question.age)
        if question.channel in CHATS:
            return None
        _, client = await self.vendors.client(question.connection)
        if question.channel not in WRITES:
            return await NoteWay(client, question.target).settle(question.delivery, age=question.age)
        if question.payload is None:
            return None
        return await WriteWay(client).settle(question.payload, age=question.age)
