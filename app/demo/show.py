"""What the terminal shows while the round is played: when, who, what."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

import click
from sqlalchemy import select
from sqlmodel import col

from app.ats.canonical import FactKind
from app.db import Sessions
from app.demo.cast import ZONE
from app.demo.script import Director
from app.moments import zone
from app.sla.models import Clock, ClockEvent
from app.timeline.models import Application, FactRow


class Teller(Protocol):
    """Whoever is told what happens."""

    def acted(self, at: datetime, who: str, what: str) -> None:
        """Somebody did something in Greenhouse."""
        ...

    def decided(self, at: datetime, what: str) -> None:
        """The recruiter decided about a message."""
        ...

    async def happened(self, director: Director) -> None:
        """Everything due has happened; say what is new."""
        ...


class Silent:
    """Says nothing."""

    def acted(self, at: datetime, who: str, what: str) -> None:
        """Nothing is said."""

    def decided(self, at: datetime, what: str) -> None:
        """Nothing is said."""

    async def happened(self, director: Director) -> None:
        """Nothing is said."""


class Terminal:
    """Tells on the terminal what happens as it happens."""

    def __init__(self, sessions: Sessions, echo: Callable[[str], None] = click.echo) -> None:
        self._sessions, self._echo = sessions, echo
        self._fact = self._event = 0
        self._day = ""

    def acted(self, at: datetime, who: str, what: str) -> None:
        self._line(at, f"{who} {what}")

    def decided(self, at: datetime, what: str) -> None:
        self._line(at, click.style(what, fg="cyan"))

    async def happened(self, director: Director) -> None:
        async with self._sessions() as session:
            said = await session.scalars(
                select(FactRow)
                .where(col(FactRow.kind) == FactKind.SAID, col(FactRow.id) > self._fact)
                .order_by(col(FactRow.id)),
            )
            for fact in said:
                self._fact = fact.id or 0
                self._said(fact, director)
            broken = await session.execute(
                select(ClockEvent, Clock, col(Application.candidate))
                .join(Clock, col(Clock.id) == col(ClockEvent.clock_id))
                .join(Application, col(Application.id) == col(ClockEvent.application_id))
                .where(
                    col(ClockEvent.kind).in_(("breached", "escalated", "breach_voided")),
                    col(ClockEvent.id) > self._event,
                )
                .order_by(col(ClockEvent.id)),
            )
            for event, clock, candidate in broken:
                self._event = event.id or 0
                self._broke(event, clock, director.name_of(candidate or ""))

    def _said(self, fact: FactRow, director: Director) -> None:
        role, _, external_id = fact.data["recipient"].partition(":")
        if role == "candidate":
            what = fact.data["kind"].replace("_", " ")
            name = director.name_of(external_id)
            self._line(fact.placed_at, click.style(f"  → mail to {name}: {what}", fg="green"))

    def _broke(self, event: ClockEvent, clock: Clock, name: str) -> None:
        what = clock.policy.replace("_", " ")
        told = str(event.detail.get("to", "team")).replace("_", " ")
        words = {
            "breached": f"  ! late: {what} for {name}",
            "escalated": f"  ! told the {told}: {what} for {name}",
            "breach_voided": f"  ✓ was in time after all: {what} for {name}",
        }
        self._line(event.at, click.style(words[event.kind], fg="yellow"))

    def _line(self, at: datetime, text: str) -> None:
        local = at.astimezone(zone(ZONE))
        day = f"{local:%a %d %b}"
        self._echo(f"{day if day != self._day else '':10} {local:%H:%M}  {text}")
        self._day = day
