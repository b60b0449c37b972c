"""What a rule book would have come to, counted: clocks by policy, messages by week and by candidate. Pure."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from app.rehearsal.play import ClockPlayed, Played
from app.sla.clocks import ClockState

COUNTS = ("clocks", "kept", "late", "warned", "breached", "cancelled", "open")
"""Of each policy: all, met in time, met late, warned, breached (late ones included), cancelled, not over."""


@dataclass(slots=True)
class Tally:
    """Counts of one rule book; those of several parts add up."""

    clocks: dict[str, Counter[str]] = field(default_factory=dict)
    kinds: Counter[str] = field(default_factory=Counter)
    """Messages by kind."""
    weeks: dict[date, Counter[str]] = field(default_factory=dict)
    """Messages to candidates and to the team, by the Monday (UTC) that begins the week."""
    candidates: Counter[str] = field(default_factory=Counter)
    """Messages to each candidate."""
    unaddressed: int = 0
    """Messages for which no person is known: they would wait for operations."""

    def add(self, played: Played, since: datetime) -> None:
        """Counts what began or was said since that instant."""
        for clock in played.clocks:
            if clock.started_at >= since and clock.reading.state != ClockState.PENDING:
                self.clocks.setdefault(clock.policy, Counter()).update(_marks(clock))
        for message in played.messages:
            if message.at < since:
                continue
            if message.recipient == "operations":
                self.unaddressed += 1
                continue
            to_candidate = message.recipient.startswith("candidate:")
            self.kinds[message.kind] += 1
            week = self.weeks.setdefault(_monday(message.at), Counter())
            week["candidate" if to_candidate else "team"] += 1
            if to_candidate:
                self.candidates[f"{played.kept.connection}/{message.recipient}"] += 1

    def merge(self, other: "Tally") -> None:
        """Takes in the counts of another part."""
        for policy, counts in other.clocks.items():
            self.clocks.setdefault(policy, Counter()).update(counts)
        for week, counts in other.weeks.items():
            self.weeks.setdefault(week, Counter()).update(counts)
        self.kinds.update(other.kinds)
        self.candidates.update(other.candidates)
        self.unaddressed += other.unaddressed

    def on_time(self, policy: str | None = None) -> float | None:
        """The share of clocks met in time among those met or breached; None where there are none."""
        of = [self.clocks[policy]] if policy else list(self.clocks.values())
        kept, breached = sum(c["kept"] for c in of), sum(c["breached"] for c in of)
        return kept / (kept + breached) if kept + breached else None

    def sent(self, audience: str) -> int:
        """All messages to ``candidate`` or ``team``."""
        return sum(counts[audience] for counts in self.weeks.values())

    @property
    def per_candidate(self) -> float:
        """Messages to a candidate who got any, on average."""
        return self.sent("candidate") / len(self.candidates) if self.candidates else 0.0

    @property
    def most_to_one(self) -> int:
        """Messages to the candidate who got most."""
        return max(self.candidates.values(), default=0)


def _marks(clock: ClockPlayed) -> list[str]:
    reading = clock.reading
    breached = reading.breached_at is not None
    marks = {
        "kept": reading.state == ClockState.MET and not breached,
        "late": reading.state == ClockState.MET and breached,
        "warned": bool(reading.warnings),
        "breached": breached,
        "cancelled": reading.state == ClockState.CANCELLED,
        "open": reading.state.open,
    }
    return ["clocks", *(name for name, holds in marks.items() if holds)]


def _monday(at: datetime) -> date:
    day = at.astimezone(UTC).date()
    return day - timedelta(days=day.weekday())
