"""The round as its tables tell it, read once: what the expectations are checked against."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.ats.canonical import FactKind
from app.delivery.models import Delivery
from app.demo.script import Director
from app.followups.models import Approval, FollowUp
from app.intake.models import Event
from app.sla.models import Clock, ClockEvent
from app.timeline.models import Application, FactRow, Person


@dataclass(frozen=True, slots=True)
class Played:
    """Everything that the round left behind."""

    director: Director
    applications: Mapping[str, Application]
    """By the candidate's key in the cast."""
    people: Mapping[str, Person]
    clocks: Sequence[Clock]
    clock_events: Sequence[ClockEvent]
    follow_ups: Sequence[FollowUp]
    approvals: Sequence[Approval]
    deliveries: Sequence[Delivery]
    said: Sequence[FactRow]
    events: Sequence[Event]
    mails: Sequence[EmailMessage]
    silent: Sequence[str]
    """Who is in silence, in words."""

    def about(self, key: str) -> list[FollowUp]:
        """The follow-ups to that candidate."""
        application = self.applications.get(key)
        return [
            f
            for f in self.follow_ups
            if application and f.application_id == application.id and f.recipient.startswith("candidate:")
        ]

    def said_to(self, key: str, kind: str = "") -> list[FactRow]:
        """What was said to that candidate, of that kind."""
        external_id = str(self.director.applications.get(key))
        return [
            f
            for f in self.said
            if f.application == external_id
            and f.data["recipient"].startswith("candidate:")
            and f.data["kind"].startswith(kind)
        ]

    def clocks_of(self, key: str, policy_key: str) -> list[Clock]:
        """That candidate's clocks of a policy."""
        application = self.applications.get(key)
        return [
            c
            for c in self.clocks
            if application and c.application_id == application.id and c.policy == policy_key
        ]


async def read_round(
    session: AsyncSession, director: Director, mail_folder: Path, silent: Sequence[str]
) -> Played:
    """Reads everything that the round left in the tables and in the mail folder."""
    applications = {a.external_id: a for a in await session.scalars(select(Application))}
    people = {
        p.external_id: p for p in await session.scalars(select(Person).where(col(Person.role) == "candidate"))
    }
    return Played(
        director=director,
        applications={
            key: applications[str(found)]
            for key, found in director.applications.items()
            if str(found) in applications
        },
        people={
            key: people[str(found)] for key, found in director.candidates.items() if str(found) in people
        },
        clocks=(await session.scalars(select(Clock))).all(),
        clock_events=(await session.scalars(select(ClockEvent))).all(),
        follow_ups=(await session.scalars(select(FollowUp))).all(),
        approvals=(await session.scalars(select(Approval))).all(),
        deliveries=(await session.scalars(select(Delivery))).all(),
        said=(await session.scalars(select(FactRow).where(col(FactRow.kind) == FactKind.SAID))).all(),
        events=(await session.scalars(select(Event))).all(),
        mails=_mails(mail_folder),
        silent=silent,
    )


def _mails(folder: Path) -> list[EmailMessage]:
    parser = BytesParser(policy=policy.default)
    found = []
    for path in sorted(folder.glob("*.eml")):
        parsed = parser.parsebytes(path.read_bytes())
        if isinstance(parsed, EmailMessage):
            found.append(parsed)
    return found
