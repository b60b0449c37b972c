"""From one truth and the rule book to the histories of its clocks. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.sla.calendar import Hours
from app.sla.clocks import History
from app.sla.policies import Policy, PolicyDocument, When
from app.sla.stops import done, pauses, stops
from app.sla.triggers import Occurrence, occurrences
from app.timeline.truth import Truth


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The versions of the policies, oldest first, and the calendars by name."""

    versions: Sequence[tuple[int, datetime, PolicyDocument]]
    calendars: Mapping[str, Hours]

    def in_force(self, at: datetime) -> tuple[int, PolicyDocument] | None:
        """The version that ruled at that instant; None before the first: nothing fires for the backlog."""
        ruling = [(version, document) for version, since, document in self.versions if since <= at]
        return ruling[-1] if ruling else None

    @property
    def newest(self) -> PolicyDocument | None:
        return self.versions[-1][2] if self.versions else None


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

    A clock keeps the policy that ruled when it started. `calendar` is the connection's own, which a policy's
    own comes before. `off` tells kinds of follow-up that the ATS says itself: what only they could meet is
    not ours to time.
    """
    for key in _keys(book):
        for policy, version, occurrence, rule in _matches(key, truth, book, connection):
            if _said_by_others(policy, off):
                continue
            name = _calendar_of(policy, calendar, book)
            history = History(
                policy,
                occurrence,
                book.calendars[name],
                met=(
                    *stops(policy, policy.met_by, truth, occurrence),
                    *done(policy, truth, occurrence),
                ),
                cancelled=tuple(stops(policy, policy.cancelled_by, truth, occurrence)),
                pauses=tuple(pauses(policy, truth, occurrence)),
            )
            if not _stillborn(history):
                yield Case(history, version, name, rule)


def _calendar_of(policy: Policy, connection_calendar: str | None, book: RuleBook) -> str:
    named = (policy.calendar, connection_calendar, book.newest.calendar if book.newest else None)
    return next((name for name in named if name and name in book.calendars), next(iter(book.calendars)))


def _said_by_others(policy: Policy, off: Callable[[str], bool]) -> bool:
    kinds = [say.kind for say in policy.say if say.to == "candidate" and say.at == "start"]
    return bool(kinds) and all(off(kind) for kind in kinds)


def _keys(book: RuleBook) -> Iterable[str]:
    return dict.fromkeys(key for _, _, document in book.versions for key in document.keys)


def _stillborn(history: History) -> bool:
    """Cancelled at its very start, so that it never ran."""
    start = history.occurrence.starts_at
    return any(s.at <= start for s in history.cancelled) and not any(s.at <= start for s in history.met)


def _matches(
    key: str,
    truth: Truth,
    book: RuleBook,
    connection: str,
) -> Iterator[tuple[Policy, int, Occurrence, str]]:
    triggers = {policy.starts for _, _, document in book.versions for policy in document.named(key)}
    for trigger in sorted(triggers):
        for occurrence in occurrences(truth, trigger):
            ruling = book.in_force(occurrence.starts_at)
            if ruling is None:
                continue
            version, document = ruling
            for nth, policy in enumerate(document.named(key), start=1):
                if policy.starts == trigger and holds(policy.when, truth, occurrence, connection):
                    yield policy, version, occurrence, f"{key}, rule {nth} of version {version}"
                    break


def holds(when: When, truth: Truth, occurrence: Occurrence, connection: str) -> bool:
    """Whether all conditions hold for this occurrence."""
    visit = occurrence.visit or truth.stage
    lists = (
        (when.stage_kinds, {visit.kind} if visit else set()),
        (when.stages, {visit.stage_name} if visit else set()),
        (when.jobs, {truth.job.external_id, truth.job.name}),
        (when.departments, set(truth.job.departments)),
        (when.offices, set(truth.job.offices)),
        (when.sources, {truth.source}),
        (when.tags, set(truth.tags)),
        (when.connections, {connection}),
    )
    if any(wanted and not set(wanted) & has for wanted, has in lists):
        return False
    if when.prospect is not None and truth.prospect != when.prospect:
        return False
    return when.interviewed is None or truth.interviewed == when.interviewed
