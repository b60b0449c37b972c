"""Message → message: fresh words are shown to a language model, and its answer to the guard.

Three steps, so that no network is touched inside a transaction: claim, ask, settle. Whoever dies in between
leaves a row that ends as "the template's words stay". A message waits at most for the pause it was given.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls_breaker import Breaker
from app.db import Sessions, unit_of_work
from app.followups.models import FollowUp
from app.isolation import passing
from app.messages.rephrase import prompt
from app.messages.rephrase_call import Answer, Endpoint
from app.messages.rephrase_models import Rephrasing, RephrasingOutcome
from app.messages.rephrase_settle import Bench, Question, question_about, settle
from app.messages.rephrase_store import claim, hold_back
from app.privacy.vault import Vault
from app.sla.cases import RuleBook

log = structlog.get_logger()

_AT_ONCE = 4
_FAULTS = ("away", "slow", "too-large", "garbled", "http-")
"""Failures of the endpoint, as opposed to answers that may not be used."""


@dataclass(frozen=True, slots=True)
class RephraseRules:
    """What may be rephrased and what it may cost.

    Without named ``kinds``: all messages to candidates that wait for an approval anyway. ``pause`` is how
    long a message may be held back for an answer; ``disclose`` adds the line that tells the candidate.
    """

    kinds: frozenset[str] = frozenset()
    tokens_per_day: int = 200_000
    disclose: bool = True
    pause: timedelta = timedelta(seconds=15)


@dataclass(slots=True)
class Rephraser:
    """Takes fresh messages past a language model. Keep one a process: it holds the breaker."""

    sessions: Sessions
    vault: Vault
    book: Callable[[AsyncSession], Awaitable[RuleBook]]
    company: str
    endpoint: Endpoint
    rules: RephraseRules
    machine_now: Callable[[], datetime]
    breaker: Breaker = field(default_factory=Breaker)

    async def hold(self, session: AsyncSession, rows: Sequence[FollowUp], now: datetime) -> None:
        """Right after these were written: gives the model its moment."""
        if not self._resting():
            await hold_back(session, rows, self.rules.kinds, now, self.rules.pause)

    async def drain(self, now: datetime) -> int:
        """Asks about a few messages; returns how many were looked at. ``now`` is business time."""
        if self._resting():
            return 0
        model, limit = self.endpoint.settings.model, 1 if self.breaker.open_until else _AT_ONCE
        async with unit_of_work(self.sessions) as session:
            ids = await claim(session, self.rules.kinds, now, self.machine_now(), model=model, limit=limit)
        prepared = [await self._one(i, partial(question_about, message_id=i)) for i in ids]
        questions = [question for question in prepared if question is not None]
        answers = await asyncio.gather(*map(self._ask, questions))
        for question, answer in zip(questions, answers, strict=True):
            act = partial(settle, question=question, answer=answer, now=now, disclose=self.rules.disclose)
            await self._one(question.message_id, act)
        return len(ids)

    def _resting(self) -> bool:
        until = self.breaker.open_until
        return until is not None and self.machine_now() < until

    async def _ask(self, question: Question) -> Answer:
        answer = await self.endpoint.ask(*prompt(question.task), most=question.most)
        if (answer.failure or "").startswith(_FAULTS):
            self.breaker.failed(self.machine_now())
        else:
            self.breaker.succeeded()
        return answer

    async def _one(
        self, message_id: str, act: Callable[[Bench], Awaitable[Question | None]]
    ) -> Question | None:
        """One message in a unit of work of its own; trouble with it costs only its rephrasing."""
        try:
            async with unit_of_work(self.sessions) as session:
                return await act(await self._bench(session))
        except Exception as wrong:
            if passing(wrong):
                raise
            log.exception("rephrasing.trouble", row=message_id)
            async with unit_of_work(self.sessions) as session:
                row = await session.get_one(Rephrasing, message_id)
                row.outcome, row.reason = RephrasingOutcome.KEPT, "trouble"
            return None

    async def _bench(self, session: AsyncSession) -> Bench:
        book = await self.book(session)
        return Bench(session, self.vault, book, self.company, self.rules.pause, self.rules.tokens_per_day)
