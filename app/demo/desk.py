"""The scripted recruiter of the demo: looks at what waits, adds what is missing, and decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from app.db import Sessions, unit_of_work
from app.demo.cast import COMPANY, TEAM, WORDS, Story
from app.demo.script import Director
from app.followups.models import FollowUp, FollowUpState
from app.messages.approval import Desk, approve, reject, supply
from app.privacy.vault import Vault
from app.sla.book import Shelf
from app.timeline.models import Application

_WAITING = (FollowUpState.WAITING_FACT, FollowUpState.WAITING_APPROVAL)
_NEEDS = {
    "rejection_after_screening": ("decision.by",),
    "rejection_after_interview": ("decision.by", "rejection.reason", "rejection.recommendation"),
    "position_filled": ("decision.by",),
    "offer_news": ("decision.by", "offer.reason"),
}


@dataclass(slots=True)
class Recruiter:
    """Mia, who sits down at her desk a few times a day."""

    sessions: Sessions
    vault: Vault
    shelf: Shelf
    director: Director
    connection: str
    name: str = TEAM["mia"]

    async def visit(self, now: datetime) -> list[str]:
        """Decides about everything that waits for her; what she did, in words."""
        told = []
        for follow_up, application in await self._waiting():
            story = self._story(application)
            if story is not None and story.desk != "leave" and follow_up.kind in _NEEDS:
                told.append(await self._decide(follow_up, story, now))
        return told

    async def _waiting(self) -> Sequence[tuple[FollowUp, str]]:
        async with self.sessions() as session:
            rows = await session.execute(
                select(FollowUp, col(Application.external_id))
                .join(Application, col(Application.id) == col(FollowUp.application_id))
                .where(
                    col(FollowUp.state).in_(_WAITING),
                    col(FollowUp.connection_id) == self.connection,
                    col(FollowUp.recipient).startswith("candidate:"),
                )
                .order_by(col(Application.external_id), col(FollowUp.kind)),
            )
            return [(follow_up, external_id) for follow_up, external_id in rows]

    def _story(self, application: str) -> Story | None:
        ids = self.director.applications
        return next(
            (self.director.stories[key] for key, found in ids.items() if str(found) == application), None
        )

    async def _decide(self, follow_up: FollowUp, story: Story, now: datetime) -> str:
        what = follow_up.kind.replace("_", " ")
        async with unit_of_work(self.sessions) as session:
            book = await self.shelf.book(session)
            desk = Desk(session, self.vault, book, COMPANY, "en", self.name, now)
            if story.desk == "reject":
                await reject(desk, follow_up.id, note="I will call instead")
                return f"{self.name} does not send the {what} to {story.name}: she will call instead"
            row = await supply(desk, follow_up.id, {name: WORDS[name] for name in _NEEDS[follow_up.kind]})
            if row.state != FollowUpState.WAITING_APPROVAL:
                return f"{self.name} cannot complete the {what} to {story.name}: {row.cause}"
            await approve(desk, follow_up.id, message_id=row.message_id, note=None)
            return f"{self.name} completes and approves the {what} to {story.name}"
