"""The round in figures: clocks by policy, messages by kind, notes, silence. Read from the tables."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.delivery.models import Delivery, DeliveryState
from app.delivery.release import NOTE
from app.followups.models import FollowUp, FollowUpState
from app.sla.models import Clock

_OUTCOMES: Mapping[str, str] = {
    FollowUpState.SENT: "sent",
    FollowUpState.CANCELLED: "cancelled",
    FollowUpState.REJECTED: "not sent, by decision",
    FollowUpState.WAITING_FACT: "waiting",
    FollowUpState.WAITING_APPROVAL: "waiting",
}


@dataclass(frozen=True, slots=True)
class ClockTally:
    """How the clocks of one policy went."""

    policy: str
    kept: int
    warned: int
    breached: int
    running: int
    cancelled: int


@dataclass(frozen=True, slots=True)
class Tally:
    """The whole round."""

    clocks: Sequence[ClockTally]
    messages: Sequence[tuple[str, Mapping[str, int]]]
    notes: int


async def tally(session: AsyncSession) -> Tally:
    """Counts what is there now."""
    clocks = (await session.scalars(select(Clock))).all()
    messages = (await session.execute(select(col(FollowUp.kind), col(FollowUp.state)))).all()
    notes = await session.scalars(
        select(col(Delivery.id)).where(
            col(Delivery.channel) == NOTE, col(Delivery.state) == DeliveryState.SENT
        )
    )
    return Tally(_clocks(clocks), _messages(messages), len(notes.all()))


def _clocks(clocks: Sequence[Clock]) -> list[ClockTally]:
    by_policy: dict[str, list[Clock]] = {}
    for clock in clocks:
        by_policy.setdefault(clock.policy, []).append(clock)
    return [
        ClockTally(
            policy,
            kept=sum(c.state == "met" and c.breached_at is None for c in group),
            warned=sum(c.warned_at is not None for c in group),
            breached=sum(c.breached_at is not None for c in group),
            running=sum(c.closed_at is None and c.breached_at is None for c in group),
            cancelled=sum(c.state == "cancelled" and c.breached_at is None for c in group),
        )
        for policy, group in sorted(by_policy.items())
    ]


def _messages(messages: Iterable[Sequence[str]]) -> list[tuple[str, Mapping[str, int]]]:
    counts: dict[str, Counter[str]] = {}
    for kind, state in messages:
        counts.setdefault(kind, Counter())[_OUTCOMES.get(state, "on its way")] += 1
    return sorted(counts.items())


def lines(found: Tally, silent: Mapping[str, int]) -> list[str]:
    """The tables as a terminal shows them; `silent` counts the candidates in silence by who must act."""
    head = f"{'clocks':28}{'kept':>8}{'warned':>8}{'breached':>10}{'running':>9}{'cancelled':>11}"
    shown = [head, "─" * len(head)]
    shown += [
        f"{_words(c.policy):28}{c.kept:>8}{c.warned:>8}{c.breached:>10}{c.running:>9}{c.cancelled:>11}"
        for c in found.clocks
    ]
    head = f"{'messages':28}{'sent':>8}{'waiting':>8}{'cancelled':>10}{'withheld':>9}"
    shown += ["", head, "─" * len(head)]
    for kind, states in found.messages:
        sent, waits = states.get("sent", 0), states.get("waiting", 0) + states.get("on its way", 0)
        cancelled, withheld = states.get("cancelled", 0), states.get("not sent, by decision", 0)
        shown.append(f"{_words(kind):28}{sent:>8}{waits:>8}{cancelled:>10}{withheld:>9}")
    who = ", ".join(f"{name} must act" for name in silent)
    silence = f"candidates in silence: {sum(silent.values())}" + (f" ({who})" if who else "")
    return [*shown, "", f"notes written in Greenhouse: {found.notes}", silence]


def _words(name: str) -> str:
    return name.replace("_", " ")
