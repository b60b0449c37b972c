"""What a changed rule book would change about the clocks of one application now. Pure; nothing is written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from app.followups.plan import plan
from app.rehearsal.play import Kept
from app.sla.cases import Case, Change, RuleBook, cases
from app.sla.clocks import ClockReading, read_clock
from app.sla.policies import PolicyDocument
from app.timeline.fold import fold
from app.timeline.truth import Truth

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """One clock that would be another; instants are in UTC."""

    application: str
    policy: str
    occurrence: str
    what: str
    """newly_owed, no_longer_owed, moved, changed."""
    state_before: str | None
    state_after: str | None
    due_before: datetime | None
    due_after: datetime | None
    breach: str | None
    """recorded or voided, where that would change."""
    planned: tuple[str, ...]
    """Kinds of message that would be said and now are not."""
    cancelled: tuple[str, ...]
    """Kinds of message that are planned now and would no longer be."""


def proposed(
    book: RuleBook, document: PolicyDocument, effective_from: datetime, change: Change | None = None
) -> RuleBook:
    """The rule book as it would be with that document as its next version."""
    version = 1 + max((number for number, _, _ in book.versions), default=0)
    return replace(
        book,
        versions=[*book.versions, (version, effective_from, document)],
        changes={**book.changes, version: change or Change()},
    )


def differences(kept: Kept, before: RuleBook, after: RuleBook, now: datetime) -> Iterator[Difference]:
    """Every clock, open under either rule book, that would not be the same under the other."""
    truth = fold(kept.external_id, kept.facts, job=kept.job, stage_kinds=kept.settings.stage_kinds)
    old, new = _clocks(kept, truth, before, now), _clocks(kept, truth, after, now)
    for key in [*old, *(key for key in new if key not in old)]:
        found = _difference(kept, truth, key, old.get(key), new.get(key), now)
        if found is not None:
            yield found


_Shown = tuple[Case, ClockReading]


def _clocks(kept: Kept, truth: Truth, book: RuleBook, now: datetime) -> Mapping[Key, _Shown]:
    settings = kept.settings
    found = cases(
        truth,
        book,
        connection=kept.connection,
        calendar=settings.calendar,
        off=lambda kind: settings.mode_of(kind) == "off",
    )
    return {(c.policy.key, c.occurrence.key): (c, read_clock(c.history, now)) for c in found}


def _difference(
    kept: Kept, truth: Truth, key: Key, old: _Shown | None, new: _Shown | None, now: datetime
) -> Difference | None:
    before, after = old[1] if old else None, new[1] if new else None
    if not any(reading and reading.state.open for reading in (before, after)):
        return None
    said_before, said_after = _wanted(kept, truth, old, now), _wanted(kept, truth, new, now)
    difference = Difference(
        application=kept.id,
        policy=key[0],
        occurrence=key[1],
        what=_what(before, after),
        state_before=str(before.state) if before else None,
        state_after=str(after.state) if after else None,
        due_before=before.due_at if before else None,
        due_after=after.due_at if after else None,
        breach=_breach(before, after),
        planned=tuple(kind for step, kind in said_after.items() if step not in said_before),
        cancelled=tuple(kind for step, kind in said_before.items() if step not in said_after),
    )
    return difference if _matters(difference) else None


def _what(before: ClockReading | None, after: ClockReading | None) -> str:
    if before is None or not before.state.open:
        return "newly_owed"
    if after is None or not after.state.open:
        return "no_longer_owed"
    return "moved" if before.due_at != after.due_at else "changed"


def _breach(before: ClockReading | None, after: ClockReading | None) -> str | None:
    was, will = (reading is not None and reading.breached_at is not None for reading in (before, after))
    if was == will:
        return None
    return "recorded" if will else "voided"


def _matters(found: Difference) -> bool:
    said = found.planned or found.cancelled or found.breach
    return bool(said) or found.what != "changed" or found.state_before != found.state_after


def _wanted(kept: Kept, truth: Truth, shown: _Shown | None, now: datetime) -> dict[tuple[str, str], str]:
    """What the clock wants said and has not been said yet: kinds by step and recipient."""
    if shown is None:
        return {}
    done = {(said.reason, said.step, said.recipient) for said in truth.said}
    wanted = plan(truth, *shown, kept.settings, now)
    return {(w.step, w.recipient): w.kind for w in wanted if (w.reason, w.step, w.recipient) not in done}
