"""A note in the ATS as one more way out: marked, and looked for before it is written again."""

from dataclasses import dataclass
from datetime import timedelta

from app.ats.http import Target
from app.calls import VendorClient
from app.errors import VendorAway, VendorBusy, VendorError, VendorRefused
from app.mail.outbound import Outcome, OutcomeKind

PROVEN_ABSENT_AFTER = timedelta(seconds=20)
"""Longer than any request of ours can still be under way at the vendor's door."""
UNFORESEEN = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What reading an answer raises that nobody thought of."""


def marker(delivery_id: str) -> str:
    """What makes a note ours; it carries no personal data."""
    return f"[heardback:{delivery_id}]"


@dataclass(frozen=True, slots=True)
class NoteWay:
    """Writes notes of one application's candidate."""

    client: VendorClient
    target: Target

    async def send(self, payload: bytes, delivery_id: str, *, again: bool) -> Outcome:
        """Writes the note once; a repeat looks for the marker first."""
        try:
            if again and (found := await self.client.find_note(self.target, marker(delivery_id))):
                return Outcome(OutcomeKind.ACCEPTED, "found by its marker", provider_id=found)
            note_id = await self.client.write_note(self.target, payload.decode())
        except VendorError as error:
            return outcome_of(error)
        except UNFORESEEN as wrong:  # perhaps after it was written
            return Outcome(OutcomeKind.AMBIGUOUS, f"not understood: {type(wrong).__name__}")
        return Outcome(OutcomeKind.ACCEPTED, provider_id=note_id)

    async def settle(self, delivery_id: str, *, age: timedelta) -> Outcome:
        """Whether the note is there."""
        try:
            found = await self.client.find_note(self.target, marker(delivery_id))
        except VendorError as error:
            return Outcome(OutcomeKind.AMBIGUOUS, f"could not ask: {error.kind}")
        except UNFORESEEN as wrong:
            return Outcome(OutcomeKind.AMBIGUOUS, f"not understood: {type(wrong).__name__}")
        if found:
            return Outcome(OutcomeKind.ACCEPTED, "found by its marker", provider_id=found)
        absent = age >= PROVEN_ABSENT_AFTER
        return Outcome(OutcomeKind.NOT_SENT if absent else OutcomeKind.AMBIGUOUS, "not there")


def outcome_of(error: VendorError) -> Outcome:
    """What became of something that was to be written, by the error of the call that was to write it."""
    if isinstance(error, VendorAway | VendorBusy):
        return Outcome(OutcomeKind.NOT_SENT, error.kind or "away", retry_after=error.wait)
    if isinstance(error, VendorRefused):
        kind = OutcomeKind.PERMANENT if error.kind in ("not_found", "invalid") else OutcomeKind.CONFIGURATION
        return Outcome(kind, f"refused: {error.kind}: {error.detail}")
    return Outcome(OutcomeKind.AMBIGUOUS, error.kind)
