"""The way out: claimed parcels leave side by side; unknown outcomes are asked about."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from app.db import Sessions, unit_of_work
from app.delivery.claim import Instants, claim_batch, expire_leases, lane_of
from app.delivery.lanes import Lane, Lanes
from app.delivery.notes import NoteWay
from app.delivery.parcel import Packer, Parcel
from app.delivery.questions import Question, asking_lane, claim_questions
from app.delivery.route import RouteMeta
from app.delivery.route_chat import post
from app.delivery.routing import Routes, WhenUnknown
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
    lanes: Lanes = field(default_factory=Lanes)

    async def send_due(self, at: Instants) -> int:
        """Sends one batch of what is due; returns how many rows were dealt with.

        What takes long goes on beside the next batch.
        """
        async with unit_of_work(self.sessions) as session:
            expired = await expire_leases(session, at, BATCH)
            batch = await claim_batch(
                session,
                self.packer,
                at,
                lease=self.lease,
                limit=BATCH,
                room=self.lanes.room,
                full=self.lanes.full(),
            )
        await self.lanes.run([(_lane(parcel), self._send(parcel, at)) for parcel in batch.parcels])
        return batch.looked + expired

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
                    await settle(
                        session,
                        self.packer.vault,
                        parcel.delivery_id,
                        parcel.attempt,
                        outcome,
                        at,
                        doubt=self._doubt(parcel.passage.route if parcel.passage else None),
                    )
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
        except Exception as wrong:
            log.exception("delivery.not_understood", delivery=parcel.delivery_id)
            return Outcome(OutcomeKind.AMBIGUOUS, f"not understood: {type(wrong).__name__}")

    async def _leave(self, parcel: Parcel) -> Outcome:
        if parcel.channel == MAIL:
            route = self.packer.routes.get(parcel.passage.route if parcel.passage else None)
            if route is None:
                return Outcome(OutcomeKind.NOT_SENT, "its mail route is not set up")
            return await route.send(parcel.payload, parcel.meta)
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
            questions, looked = await claim_questions(
                session, vault, at, lease=self.lease, limit=BATCH, room=self.lanes.room
            )
        await self.lanes.run(
            [
                (asking_lane(each.channel, each.route, each.connection), self._clear_up(each, at))
                for each in questions
            ]
        )
        return looked

    async def _clear_up(self, question: Question, at: Instants) -> None:
        outcome = await self._ask(question)
        async with unit_of_work(self.sessions) as session:
            await settle(
                session,
                self.packer.vault,
                question.delivery,
                question.attempt,
                outcome,
                at,
                doubt=self._doubt(question.route),
            )

    def _doubt(self, route: str | None) -> WhenUnknown:
        return self.packer.routes.doubt(route)

    async def _ask(self, question: Question) -> Outcome:
        try:
            async with asyncio.timeout(self.lease.total_seconds()):
                answer = await self._answer(question)
        except TimeoutError:
            return Outcome(OutcomeKind.AMBIGUOUS, "no answer within the lease")
        except HeardbackError as refused:
            return Outcome(OutcomeKind.AMBIGUOUS, refused.detail)
        except Exception as wrong:
            # An answer that nobody foresaw counts as asked: else it is asked for ever, and no person hears.
            log.exception("delivery.not_understood", delivery=question.delivery)
            return Outcome(OutcomeKind.AMBIGUOUS, f"not understood: {type(wrong).__name__}")
        if answer is None:
            return Outcome(OutcomeKind.AMBIGUOUS, "it cannot be asked", provider_id=CANNOT_BE_ASKED)
        return answer

    async def _answer(self, question: Question) -> Outcome | None:
        """What is known now; None where nobody can ever say."""
        if question.channel == MAIL:
            return await answer_of_route(self.packer.routes, question)
        if question.channel in CHATS:
            return None
        _, client = await self.vendors.client(question.connection)
        if question.channel not in WRITES:
            return await NoteWay(client, question.target).settle(question.delivery, age=question.age)
        if question.payload is None:
            return None
        return await WriteWay(client).settle(question.payload, age=question.age)


async def answer_of_route(routes: Routes, question: Question) -> Outcome | None:
    """What became of a mail: by repeating its exact bytes while the provider knows the key, else by looking.

    As the route's ``settle``: None where nobody can say.
    """
    route = routes.get(question.route)
    if route is None:
        return Outcome(OutcomeKind.AMBIGUOUS, "its mail route is not set up any more")
    within = route.repeat_within
    known = within is not None and timedelta() <= question.age < within
    if known and question.may_repeat and question.payload is not None:
        said = await route.send(question.payload, RouteMeta(question.delivery, "", ""))
        if said.kind is OutcomeKind.ACCEPTED:
            return said
    asked = await route.settle(question.delivery, age=question.age)
    if asked is None and known:
        # Refused or unanswered, a repeat proves nothing about the first attempt; it is tried again.
        return Outcome(OutcomeKind.AMBIGUOUS, "repeating it has not settled it yet")
    return asked


def _lane(parcel: Parcel) -> Lane:
    route = parcel.passage.route if parcel.passage else None
    return lane_of(parcel.channel, route, parcel.connection_id)
