"""From one truth and the rule book to the histories of its clocks. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from fnmatch import fnmatchcase
from functools import cached_property

from app.sla.business_hours import Calendar
from app.sla.business_windows import Hours
from app.sla.clocks import History, read_clock
from app.sla.policies import Policy, PolicyDocument, Trigger, When
from app.sla.stops import Pause, Stop, done, pauses, stops
from app.sla.triggers import Occurrence, occurrences
from app.timeline.truth import Truth


@dataclass(frozen=True, slots=True)
class Change:
    """What a new version of the rule book means for clocks that are open when it comes into effect.

    ``keep``: the new rule counts, time already used stays used. ``restart``: counted anew from then.
    ``new-only``: they stay as they were. ``backlog``: rules that are new apply to what had already begun.
    A clock that is closed or has breached by then is left as it is.
    """

    on_change: str = "keep"
    backlog: bool = False


@dataclass(frozen=True)
class RuleBook:
    """The versions of the policies, oldest first, and the calendars by name."""

    versions: Sequence[tuple[int, datetime, PolicyDocument]]
    calendars: Mapping[str, Hours]
    changes: Mapping[int, Change] = field(default_factory=dict)

    @cached_property
    def duties(self) -> Sequence[tuple[str, Sequence[Trigger]]]:
        """Every policy key with what may start it, in order."""
        triggers: dict[str, set[Trigger]] = {}
        for _, _, document in self.versions:
            for policy in document.policies:
                triggers.setdefault(policy.key, set()).add(policy.starts)
        return tuple((key, tuple(sorted(starts))) for key, starts in triggers.items())

    @cached_property
    def _rules(self) -> Mapping[str, Policy]:
        return {
            rule_name(key, nth, version): policy
            for version, _, document in self.versions
            for key in document.keys
            for nth, policy in enumerate(document.named(key), start=1)
        }

    def ruling(self, rule: str) -> Policy | None:
        """The policy that a case's rule names."""
        return self._rules.get(rule)

    def in_force(self, at: datetime) -> tuple[int, PolicyDocument] | None:
        """The version that ruled at that instant; None before the first: nothing fires for the backlog."""
        ruling = [(version, document) for version, since, document in self.versions if since <= at]
        return ruling[-1] if ruling else None

    @cached_property
    def _elsewhere(self) -> dict[str, Hours]:
        return {}

    def hours(self, name: str) -> Hours | None:
        """The hours of that calendar; ``office@Asia/Tokyo`` is the office's week in another zone."""
        base, _, zone = name.partition("@")
        if not zone or base not in self.calendars:
            return self.calendars.get(name)
        if name not in self._elsewhere:
            self._elsewhere[name] = _in_zone(self.calendars[base], zone)
        return self._elsewhere[name]

    @property
    def newest(self) -> PolicyDocument | None:
        return self.versions[-1][2] if self.versions else None


def rule_name(key: str, nth: int, version: int) -> str:
    """The rule that made a clock, in words."""
    return f"{key}, rule {nth} of version {version}"


@dataclass(frozen=True, slots=True)
class Case:
    """A clock's identity, the rule that made it and its history."""

    history: History
    version: int
    calendar: str
    rule: str

    @property
    def policy(self) -> Policy:
        return self.history.policy

    @property
    def occurrence(self) -> Occurrence:
        return self.history.occurrence


def cases(
    truth: Truth,
    book: RuleBook,
    *,
    connection: str,
    calendar: str | None = None,
    off: Callable[[str], bool] = lambda _: False,
) -> Iterator[Case]:
    """Every clock that this truth calls for.

    `calendar` is the connection's own, which a policy's own comes before. `off` tells kinds of follow-up that
    the ATS says itself: what only they could meet is not ours to time.
    """
    fired: dict[Trigger, Sequence[Occurrence]] = {}
    for key, triggers in book.duties:
        for trigger in triggers:
            if trigger not in fired:
                fired[trigger] = tuple(occurrences(truth, trigger))
            for occurrence in fired[trigger]:
                case = _Ruling(truth, book, connection, calendar, key, occurrence, trigger).case()
                if case and not _said_by_others(case.policy, off) and not _stillborn(case.history):
                    yield case


@dataclass(frozen=True, slots=True)
class _Ruling:
    """Which version's rule an occurrence is under, and since when."""

    truth: Truth
    book: RuleBook
    connection: str
    calendar: str | None
    key: str
    occurrence: Occurrence
    trigger: Trigger

    def case(self) -> Case | None:
        start = self.occurrence.starts_at
        base = self.book.in_force(start)
        current = self._match(*base) if base else None
        for version, since, document in self.book.versions:
            if since <= start:
                continue
            change = self.book.changes.get(version, Change())
            if current is None:
                current = self._match(version, document, anew_at=since) if change.backlog else None
            elif self._settled(current, since):
                break
            elif change.on_change != "new-only":
                anew_at = since if change.on_change == "restart" else None
                following = self._match(version, document, anew_at=anew_at)
                if following is None:
                    return self._ended(current, Stop(since, f"version {version} no longer asks for it"))
                current = following
        return current

    def _match(self, version: int, document: PolicyDocument, anew_at: datetime | None = None) -> Case | None:
        """The first rule of that version whose conditions hold."""
        for nth, policy in enumerate(document.named(self.key), start=1):
            if policy.starts == self.trigger and holds(
                policy.when,
                self.truth,
                self.occurrence,
                self.connection,
            ):
                rule = rule_name(self.key, nth, version)
                name = _calendar_of(policy, self.calendar, self.truth, self.book)
                return Case(self._history(policy, name, version, anew_at), version, name, rule)
        return None

    def _history(self, policy: Policy, calendar: str, version: int, anew_at: datetime | None) -> History:
        truth, occurrence = self.truth, self.occurrence
        earlier = Pause(occurrence.starts_at, anew_at, f"counted anew since version {version}")
        return History(
            policy,
            occurrence,
            self.book.hours(calendar) or self.book.calendars[calendar],
            met=(*stops(policy, policy.met_by, truth, occurrence), *done(policy, truth, occurrence)),
            cancelled=tuple(stops(policy, policy.cancelled_by, truth, occurrence)),
            pauses=(*pauses(policy, truth, occurrence), *([earlier] if anew_at else [])),
        )

    def _settled(self, case: Case, at: datetime) -> bool:
        shown = read_clock(case.history, at)
        return shown.closed is not None or shown.breached_at is not None

    def _ended(self, case: Case, stop: Stop) -> Case:
        history = replace(case.history, cancelled=(*case.history.cancelled, stop))
        return replace(case, history=history)


def _calendar_of(policy: Policy, connection: str | None, truth: Truth, book: RuleBook) -> str:
    """The first of the policy's sources that exists, else the connection's, else the company's."""
    sources = (policy.calendar,) if isinstance(policy.calendar, str) else policy.calendar or ()
    company = book.newest.calendar if book.newest else None
    known = {"@candidate": [f"{company}@{truth.candidate_zone}"] if truth.candidate_zone else []}
    named = (
        name
        for source in (*sources, "@connection")
        for name in known.get(source) or _names(source, connection, truth)
    )
    return next((n for n in (*named, company) if n and book.hours(n)), next(iter(book.calendars)))


def _in_zone(hours: Hours, zone: str) -> Hours:
    if isinstance(hours, Calendar):
        return replace(hours, tz=zone)
    return tuple((since, replace(calendar, tz=zone)) for since, calendar in hours)


def _names(source: str, connection: str | None, truth: Truth) -> Sequence[str | None]:
    known: Mapping[str, Sequence[str | None]] = {
        "@office": [f"office:{office}" for office in truth.job.offices],
        "@job": [f"job:{truth.job.external_id}"],
        "@recruiter": [f"member:{truth.recruiter}"],
        "@connection": [connection],
    }
    return known.get(source, [source])


def _said_by_others(policy: Policy, off: Callable[[str], bool]) -> bool:
    kinds = [say.kind for say in policy.say if say.to == "candidate" and say.at == "start"]
    return bool(kinds) and all(off(kind) for kind in kinds)


def _stillborn(history: History) -> bool:
    """Cancelled at its very start, so that it never ran."""
    start = history.occurrence.starts_at
    return any(s.at <= start for s in history.cancelled) and not any(s.at <= start for s in history.met)


def _one_of(wanted: Iterable[str], has: Iterable[str | None]) -> bool:
    present = [name.casefold() for name in has if name]
    return any(fnmatchcase(name, pattern.casefold()) for pattern in wanted for name in present)


def _has(name: str, truth: Truth, occurrence: Occurrence, connection: str) -> Iterable[str | None]:
    """What an application has, for one list of conditions."""
    if name in ("stage_kinds", "stages"):
        visit = occurrence.visit or truth.stage
        return () if visit is None else (visit.kind if name == "stage_kinds" else visit.stage_name,)
    known: Mapping[str, Callable[[], Iterable[str | None]]] = {
        "jobs": lambda: (truth.job.external_id, truth.job.name),
        "departments": lambda: truth.job.departments,
        "offices": lambda: truth.job.offices,
        "locations": lambda: truth.job.locations,
        "sources": lambda: (truth.source,),
        "tags": lambda: truth.tags,
        "connections": lambda: (connection,),
    }
    return known[name]()


def holds(when: When, truth: Truth, occurrence: Occurrence, connection: str) -> bool:
    """Whether all conditions hold for this occurrence."""
    if not all(_one_of(wanted, _has(name, truth, occurrence, connection)) for name, wanted in when.lists):
        return False
    if when.prospect is not None and truth.prospect != when.prospect:
        return False
    return when.interviewed is None or truth.interviewed == when.interviewed
