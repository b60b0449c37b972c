"""What follows from an answer at once: automation stops, the recruiter hears, a wish to end is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.ats.canonical import PersonRole
from app.ats.steps import WriteKind
from app.delivery.answer import ANSWER, LONGEST
from app.delivery.by_hand import suppress
from app.delivery.claim import Instants
from app.delivery.held import stop_thread
from app.delivery.ways import EMAIL_LOG, NOTE, after_mail, can_write
from app.followups.contact_store import stop_nurture_of
from app.followups.models import FollowUp, FollowUpState
from app.followups.team import tell_team
from app.intake.models import Connection
from app.privacy.vault import Vault, seal_words
from app.replies.automatic import Sort, Sorted
from app.replies.correlate import CERTAIN
from app.replies.find import Found
from app.replies.models import NoteState, Reply, ReplySuggestion, SuggestionState
from app.replies.phrases import Meaning
from app.replies.read import Finding
from app.timeline.models import Person
from app.timeline.people import key_of, open_person

NUDGES = frozenset(
    {
        "still_interested",
        "answer_reminder",
        "feedback_asked",
        "talent_pool_check_in",
        "talent_pool_invitation",
    }
)
"""What asks something of the candidate; what the company owes them does not wait for their return."""
AWAY = timedelta(days=3)
"""How long a nudge waits where an absence names no day."""
_LONGEST_AWAY = timedelta(days=60)
_NOT_LEFT = (FollowUpState.PLANNED, FollowUpState.READY)


@dataclass(frozen=True, slots=True)
class Effects:
    """Of one answer, in its transaction; the application is locked."""

    session: AsyncSession
    vault: Vault
    row: Reply
    found: Found
    at: Instants

    @property
    def now(self) -> datetime:
        """Business time."""
        return self.at.business

    async def follow(self, who: Sorted, findings: Sequence[Finding], words: str) -> None:
        """Everything that may happen without a person; of a hint only what is safe if it is wrong.

        ``words`` is what is new in the answer: the recruiter gets to read it.
        """
        if who.sort is Sort.OUT_OF_OFFICE and self.found.how in CERTAIN:
            await self._postpone(who.returns_on)
        if who.sort is not Sort.REPLY:
            return
        self.suggest(findings)
        if any(finding.meaning is Meaning.STOP for finding in findings):
            await self.suppress()
        answer = {ANSWER: words[:LONGEST]} if words else {}
        await self._tell("candidate_replied", {"reply.at": self.now.isoformat(), **answer})
        if self.found.how in CERTAIN:
            await self.certain(findings)

    async def certain(self, findings: Sequence[Finding]) -> None:
        """What follows once it is certain what the answer is about."""
        stopped = await stop_thread(self.session, self.found.application, "the candidate replied", self.now)
        self._say(f"{stopped} automated follow-ups stopped")
        offer = next((each for each in findings if each.meaning is Meaning.OTHER_OFFER), None)
        if offer is not None:
            await self._tell("competing_offer", _deadline(offer.day))
        await self._note()

    def suggest(self, findings: Sequence[Finding]) -> None:
        """Each reading becomes a suggestion, with its sentence sealed."""
        key = key_of(self.vault, self.found.person) if self.found.person else None
        for each in findings:
            done = each.meaning is Meaning.STOP
            self.session.add(
                ReplySuggestion(
                    reply_id=self.row.id,
                    meaning=str(each.meaning),
                    state=SuggestionState.DONE if done else SuggestionState.OPEN,
                    sentence=seal_words(key, each.sentence, f"{self.row.id}/{each.meaning}"),
                    day=each.day,
                    decided_at=self.now if done else None,
                )
            )

    async def suppress(self) -> None:
        """The candidate asked for no more mail: followed at once, and said, on their page as well."""
        person = self.found.person
        if person is not None:
            await self._stop_keeping_in_touch(person)
        address = open_person(self.vault, person).email if person else None
        if address:
            why = "the candidate asked for no more mail"
            await suppress(self.session, self.vault, address, reason=why, source="reply", now=self.now)
            self._say("the address is not written to any more")

    async def stop_by_mail(self) -> None:
        """A mail client, or a person, wants no more mail to keep in touch: that, and nothing else, ends.

        It is no answer: the thread goes on, what is important is still written, nobody is told.
        """
        if self.found.person is not None:
            await self._stop_keeping_in_touch(self.found.person)

    async def _stop_keeping_in_touch(self, person: Person) -> None:
        await self.session.refresh(person, with_for_update=True)
        await stop_nurture_of(self.session, person, self.now)
        self._say("nothing is written any more that only keeps in touch")

    async def _tell(self, kind: str, facts: dict[str, str]) -> None:
        reason = f"reply/{self.row.id}"
        told = await tell_team(
            self.session, self.vault, self.found.application.id, kind, reason, self.now, facts=facts
        )
        if told:
            self._say(f"the team is told: {kind}")

    async def _postpone(self, returns_on: date | None) -> None:
        """Nudges wait for the day of return; their time to be of use moves with them."""
        until = datetime.combine(returns_on, time(8), UTC) if returns_on else self.now + AWAY
        until = min(until, self.now + _LONGEST_AWAY)
        rows = await self.session.scalars(
            select(FollowUp)
            .where(
                col(FollowUp.application_id) == self.found.application.id,
                col(FollowUp.recipient).startswith(f"{PersonRole.CANDIDATE}:"),
                col(FollowUp.kind).in_(NUDGES),
                col(FollowUp.state).in_(_NOT_LEFT),
                col(FollowUp.release_at) < until,
            )
            .with_for_update(),
        )
        moved = 0
        for row in rows:
            moved += 1
            later = until - row.release_at
            row.expires_at = row.expires_at + later if row.expires_at else None
            row.release_at = row.act_at = until
            row.updated_at, row.cause = self.now, "the candidate is away"
        self._say(f"{moved} nudges postponed until {until:%Y-%m-%d}")

    async def _note(self) -> None:
        """Queued where mail is written back in words; the note itself leaves by its own drain."""
        connection = await self.session.get_one(Connection, self.found.application.connection_id)
        told = {NOTE, EMAIL_LOG} & set(after_mail(connection, self.vault))
        if told and WriteKind.NOTE in can_write(connection, self.vault):
            self.row.note_state = NoteState.QUEUED
            self.row.note_act_at = self.at.machine

    def _say(self, what: str) -> None:
        self.row.followed = [*self.row.followed, what]


def _deadline(day: date | None) -> dict[str, str]:
    return {"competing.deadline": day.isoformat()} if day else {}
