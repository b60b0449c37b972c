"""Tags, logged mails and tasks in the ATS as further ways out: looked for first, and written step by step."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from pydantic import TypeAdapter

from app.ats.fields import Answers
from app.ats.steps import Put, Step, Write
from app.calls import VendorClient
from app.delivery.notes import PROVEN_ABSENT_AFTER, UNFORESEEN, outcome_of
from app.errors import VendorError
from app.mail.outbound import Outcome, OutcomeKind

_EXACT: TypeAdapter[Write] = TypeAdapter(Write)


class _NotThere(Exception):
    """The next step would write it, so it is not there yet."""


def payload_of(write: Write) -> bytes:
    """The exact bytes to be stored before the attempt."""
    return _EXACT.dump_json(write)


def write_from(payload: bytes) -> Write:
    """What `payload_of` stored."""
    return _EXACT.validate_json(payload)


@dataclass(frozen=True, slots=True)
class WriteWay:
    """Writes one thing into a connection's ATS."""

    client: VendorClient

    async def send(self, payload: bytes) -> Outcome:
        """Writes what is not there yet; every attempt begins by looking, so a repeat writes nothing twice."""
        try:
            done = await self.client.walk(self._following(write_from(payload)))
        except VendorError as error:
            return outcome_of(error)
        except UNFORESEEN as wrong:  # an answer that nobody foresaw, perhaps after something was written
            return Outcome(OutcomeKind.AMBIGUOUS, f"not understood: {type(wrong).__name__}")
        return Outcome(OutcomeKind.ACCEPTED, provider_id=done.external_id if done else None)

    async def settle(self, payload: bytes, *, age: timedelta) -> Outcome:
        """Whether it is there; nothing is written. ``age`` is the time since the attempt began."""
        following = self._following(write_from(payload))

        def looking(answers: Answers) -> Step:
            step = following(answers)
            if isinstance(step, Put):
                raise _NotThere
            return step

        try:
            done = await self.client.walk(looking)
        except _NotThere:
            absent = age >= PROVEN_ABSENT_AFTER
            return Outcome(OutcomeKind.NOT_SENT if absent else OutcomeKind.AMBIGUOUS, "not there")
        except VendorError as error:
            return Outcome(OutcomeKind.AMBIGUOUS, f"could not ask: {error.kind}")
        except UNFORESEEN as wrong:
            return Outcome(OutcomeKind.AMBIGUOUS, f"not understood: {type(wrong).__name__}")
        return Outcome(OutcomeKind.ACCEPTED, "found there", provider_id=done.external_id if done else None)

    def _following(self, write: Write) -> Callable[[Answers], Step]:
        return lambda answers: self.client.api.write_step(write, answers, self.client.base)
