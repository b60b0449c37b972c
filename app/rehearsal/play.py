"""One application's history played through a rule book in memory: what would have been owed and said. Pure.

The functions are those of the live flow: the fold, the clocks, the planning. Time moves from instant to
instant: to the next fact, to the next turn of a clock, to the release of the next message. A message counts
as said at its release, so that the promises and updates that follow from it follow here, too. A verdict that
a message needs is taken to be given at once, missing facts to be supplied, and everybody may be written to.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from app.ats.canonical import FactKind
from app.followups.plan import Wanted, plan, step_of
from app.intake.config import ConnectionSettings
from app.sla.cases import Case, RuleBook, cases
from app.sla.clocks import ClockReading, History, after, read_clock
from app.sla.stops import Stop, clock_key
from app.timeline.fold import fold
from app.timeline.truth import JobTruth, Placed, Truth

OURS = "heardback"
"""The source of the facts that we wrote ourselves about what we said."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of one application: no personal data."""

    id: str
    connection: str
    external_id: str
    settings: ConnectionSettings
    job: JobTruth
    facts: Sequence[Placed]


@dataclass(frozen=True, slots=True)
class ClockPlayed:
    """A clock as it stands at the end."""

    policy: str
    occurrence: str
    started_at: datetime
    reading: ClockReading
    version: int
    calendar: str

    @property
    def key(self) -> str:
        return clock_key(self.policy, self.occurrence)


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it would have left."""

    kind: str
    reason: str
    step: str
    recipient: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Played:
    """What came of one application."""

    kept: Kept
    clocks: Sequence[ClockPlayed]
    messages: Sequence[Message]


Key = tuple[str, str, str]


@dataclass(slots=True)
class _Running:
    case: Case
    reading: ClockReading
    wanted: tuple[Wanted, ...]


def play(kept: Kept, book: RuleBook, until: datetime) -> Played:
    """Plays it from its first fact to that instant (UTC), and says how all its clocks stand then."""
    return _Stage(kept, book, until).play()


@dataclass(slots=True)
class _Stage:
    kept: Kept
    book: RuleBook
    until: datetime
    _ahead: list[Placed] = field(init=False)
    _named: frozenset[str] = field(init=False)
    """The kinds of message that meet or cancel some clock."""
    _known: list[Placed] = field(default_factory=list)
    _truth: Truth = field(init=False)
    _running: dict[tuple[str, str], _Running] = field(default_factory=dict)
    _pending: dict[Key, Wanted] = field(default_factory=dict)
    _said: dict[Key, Message] = field(default_factory=dict)

    def __post_init__(self) -> None:
        told = (f for f in self.kept.facts if not (f.kind == FactKind.SAID and f.source == OURS))
        self._ahead = sorted(told, key=lambda f: f.at, reverse=True)
        self._named = frozenset(
            word.removeprefix("said:")
            for _, _, document in self.book.versions
            for policy in document.policies
            for word in (*policy.met_by, *policy.cancelled_by)
            if word.startswith("said:")
        )

    def play(self) -> Played:
        now: datetime | None = self._next()
        while now is not None and now <= self.until:
            news = self._hear(now)
            self._turn(now, news=news)
            while (spoken := self._speak(now)) is not None:
                self._turn(now, news=spoken)
            now = self._next()
        clocks = [_shown(r.case, read_clock(r.case.history, self.until)) for r in self._running.values()]
        return Played(self.kept, clocks, list(self._said.values()))

    def _next(self) -> datetime | None:
        instants = [wanted.release_at for wanted in self._pending.values()]
        instants += [r.reading.next_at for r in self._running.values() if r.reading.next_at]
        if self._ahead:
            instants.append(self._ahead[-1].at)
        return min(instants, default=None)

    def _hear(self, now: datetime) -> bool:
        before = len(self._known)
        while self._ahead and self._ahead[-1].at <= now:
            self._known.append(self._ahead.pop())
        return len(self._known) > before

    def _turn(self, now: datetime, *, news: bool) -> None:
        """All that depends on what is known and what time it is; what cannot have changed is kept."""
        if news:
            self._derive(now)
        else:
            for running in self._running.values():
                if running.reading.next_at is not None and running.reading.next_at <= now:
                    running.reading = read_clock(running.case.history, now)
                    running.wanted = self._plan(running.case, running.reading, now)
        wanted = {(w.reason, w.step, w.recipient): w for r in self._running.values() for w in r.wanted}
        for key in self._pending.keys() - wanted.keys():
            del self._pending[key]
        for key, want in wanted.items():
            planned = self._pending.get(key)
            if key not in self._said and (planned is None or planned.planned_for != want.planned_for):
                self._pending[key] = want

    def _derive(self, now: datetime) -> None:
        self._truth = fold(
            self.kept.external_id,
            self._known,
            job=_job_at(self.kept.job, now),
            stage_kinds=self.kept.settings.stage_kinds,
        )
        settings = self.kept.settings
        found = cases(
            self._truth,
            self.book,
            connection=self.kept.connection,
            calendar=settings.calendar,
            off=lambda kind: settings.mode_of(kind) == "off",
        )
        before, self._running = self._running, {}
        for case in found:
            key = case.policy.key, case.occurrence.key
            reading = _still(before.get(key), case, now) or read_clock(case.history, now)
            self._running[key] = _Running(case, reading, self._plan(case, reading, now))

    def _plan(self, case: Case, reading: ClockReading, now: datetime) -> tuple[Wanted, ...]:
        return tuple(plan(self._truth, case, reading, self.kept.settings, now))

    def _speak(self, now: datetime) -> bool | None:
        """Says what is due; whether that is news to any clock, or None if there was nothing to say.

        A message to nobody in particular is never said.
        """
        leaving = [(key, wanted) for key, wanted in self._pending.items() if wanted.release_at <= now]
        news = False
        for key, wanted in leaving:
            del self._pending[key]
            self._said[key] = Message(wanted.kind, *key, now)
            if wanted.recipient != "operations":
                told = self._fact(wanted, now)
                self._known.append(told)
                news = news or self._is_news(wanted, told)
        return news if leaving else None

    def _is_news(self, wanted: Wanted, told: Placed) -> bool:
        """Words to the team move no clock, unless they promise something or a rule names them."""
        to_candidate = wanted.recipient.startswith("candidate:")
        return to_candidate or bool(told.data["promised_at"]) or wanted.kind in self._named

    def _fact(self, wanted: Wanted, now: datetime) -> Placed:
        promised_at = self._promise(wanted, now)
        data: dict[str, Any] = {
            "kind": wanted.kind,
            "reason": wanted.reason,
            "step": wanted.step,
            "recipient": wanted.recipient,
            "promised_at": promised_at.isoformat() if promised_at else None,
        }
        key = f"said:{self.kept.external_id}:{wanted.reason}:{wanted.step}:{wanted.recipient}"
        return Placed(FactKind.SAID, key, now, data, OURS)

    def _promise(self, wanted: Wanted, now: datetime) -> datetime | None:
        for running in self._running.values():
            case = running.case
            if clock_key(case.policy.key, case.occurrence.key) == wanted.reason:
                for say in case.policy.say:
                    if say.promise is not None and step_of(say, case) == wanted.step:
                        return after(say.promise, case.history.hours, now)
        return None


def _still(before: _Running | None, case: Case, now: datetime) -> ClockReading | None:
    """The reading of before, where neither news nor time can have changed it."""
    if before is None or not _alike(before.case.history, case.history):
        return None
    reading, old, new = before.reading, before.case.history, case.history
    if reading.closed is not None:
        # What came after its end changes nothing about a clock.
        return reading if _first_stop(new, now) == reading.closed else None
    if (old.met, old.cancelled) != (new.met, new.cancelled):
        return None
    return reading if reading.next_at is None or now < reading.next_at else None


def _alike(old: History, new: History) -> bool:
    return (
        old.policy is new.policy
        and old.hours is new.hours
        and old.pauses == new.pauses
        and old.occurrence == new.occurrence
    )


def _first_stop(history: History, now: datetime) -> Stop | None:
    start = history.occurrence.starts_at
    reached = (stop for stop in (*history.met, *history.cancelled) if start <= stop.at <= now)
    return min(reached, key=lambda stop: stop.at, default=None)


def _job_at(job: JobTruth, now: datetime) -> JobTruth:
    """The job with what was known then of when it was not open."""
    if not job.held:
        return job
    return replace(job, held=tuple(_spans_until(job.held, now)))


def _spans_until(
    spans: Sequence[tuple[datetime, datetime | None]], now: datetime
) -> Iterator[tuple[datetime, datetime | None]]:
    for since, until in spans:
        if since <= now:
            yield since, until if until is not None and until <= now else None


def _shown(case: Case, reading: ClockReading) -> ClockPlayed:
    return ClockPlayed(
        case.policy.key,
        case.occurrence.key,
        case.occurrence.starts_at,
        reading,
        case.version,
        case.calendar,
    )
