"""The fold: facts in any order, any number of times, become one truth.

Facts are sorted by (time, key) and folded from the beginning each time; nothing is carried over, so nothing
depends on the order of arrival.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.ats.canonical import FactKind
from app.timeline.fold_interviews import fold_interviews, fold_offers
from app.timeline.stages import kind_of
from app.timeline.truth import Act, Decision, JobTruth, Placed, Said, Truth, Visit

_CLOSING = {
    FactKind.REJECTED: "rejected",
    FactKind.WITHDRAWN: "withdrawn",
    FactKind.HIRED: "hired",
    FactKind.APPLICATION_DELETED: "deleted",
    FactKind.CANDIDATE_DELETED: "deleted",
    FactKind.CANDIDATE_ANONYMIZED: "deleted",
}
_REOPENING = {FactKind.UNREJECTED: ("rejected", "withdrawn"), FactKind.UNHIRED: ("hired",)}


def fold(
    external_id: str,
    facts: Iterable[Placed],
    *,
    job: JobTruth | None = None,
    stage_kinds: Mapping[str, str] | None = None,
) -> Truth:
    """What is true of the application, given all facts about it.

    Args:
        external_id: The vendor's id of the application.
        facts: Its facts, each once or more, in any order.
        job: Its job as last seen.
        stage_kinds: The connection's own rules from stage names to kinds.
    """
    ordered = sorted({f.key: f for f in facts}.values(), key=_place)
    latest = _latest(ordered, FactKind.APPLICATION_CHANGED)
    decisions = _decisions(ordered)
    standing = decisions[-1] if decisions and decisions[-1].undone_at is None else None
    return Truth(
        external_id=external_id,
        candidate=latest.get("candidate"),
        job=job or JobTruth(external_id=latest.get("job")),
        status=standing.kind if standing else "active",
        applied_at=_applied_at(ordered),
        prospect=bool(latest.get("prospect")),
        source=latest.get("source"),
        tags=tuple(latest.get("tags") or ()),
        recruiter=latest.get("recruiter"),
        coordinator=latest.get("coordinator"),
        url=latest.get("url"),
        visits=_visits(ordered, stage_kinds),
        interviews=fold_interviews(ordered),
        offers=fold_offers(ordered),
        decisions=decisions,
        said=tuple(_said(f) for f in ordered if f.kind == FactKind.SAID),
        acts=tuple(_act(f) for f in ordered if f.kind == FactKind.ACT),
        snoozes=tuple((f.at, _instant(f.data.get("until"))) for f in ordered if f.kind == FactKind.SNOOZED),
    )


def _place(fact: Placed) -> tuple[datetime, bool, str]:
    # At one instant a snapshot comes last: what happened explains the state, not the other way round.
    return fact.at, fact.kind == FactKind.APPLICATION_CHANGED, fact.key


def _latest(ordered: Sequence[Placed], kind: FactKind) -> Mapping[str, Any]:
    """The attributes of all snapshots laid over one another, newest on top."""
    merged: dict[str, Any] = {}
    for fact in ordered:
        if fact.kind == kind:
            merged.update(fact.data)
    return merged


def _applied_at(ordered: Sequence[Placed]) -> datetime | None:
    return next((f.at for f in ordered if f.kind == FactKind.APPLICATION_CREATED), None)


def _decisions(ordered: Sequence[Placed]) -> tuple[Decision, ...]:
    decisions: list[Decision] = []
    counts: dict[str, int] = {}
    for fact in ordered:
        standing = decisions[-1] if decisions and decisions[-1].undone_at is None else None
        closing = _closing(fact)
        if closing and _is_news(fact, closing, standing):
            if standing:
                decisions[-1] = _undone(standing, fact.at)
            counts[closing] = counts.get(closing, 0) + 1
            decisions.append(Decision(closing, counts[closing], fact.at, None, fact.data))
        elif closing and standing and fact.kind != FactKind.APPLICATION_CHANGED:
            # Several facts tell of one decision; each may know something the others do not.
            known = {k: v for k, v in fact.data.items() if v is not None}
            decisions[-1] = Decision(closing, standing.nth, standing.at, None, {**standing.data, **known})
        elif standing and _reopens(fact, standing):
            decisions[-1] = _undone(standing, fact.at)
    return tuple(decisions)


def _is_news(fact: Placed, closing: str, standing: Decision | None) -> bool:
    if standing is None:
        return True
    if fact.kind == FactKind.APPLICATION_CHANGED:
        return closing == "hired" and standing.kind != "hired"
    return standing.kind != closing


def _closing(fact: Placed) -> str | None:
    if fact.kind == FactKind.APPLICATION_CHANGED:
        # A snapshot may be all that is left of a decision whose own webhook was lost.
        status = fact.data.get("status")
        return status if status in ("rejected", "hired") else None
    return _CLOSING.get(FactKind(fact.kind))


def _reopens(fact: Placed, standing: Decision) -> bool:
    if fact.kind == FactKind.APPLICATION_CHANGED:
        return fact.data.get("status") == "active" and standing.kind != "deleted" and fact.at > standing.at
    return standing.kind in _REOPENING.get(FactKind(fact.kind), ())


def _undone(decision: Decision, at: datetime) -> Decision:
    return Decision(decision.kind, decision.nth, decision.at, at, decision.data)


@dataclass(frozen=True, slots=True)
class _Entry:
    at: datetime
    stage_id: str


def _visits(ordered: Sequence[Placed], stage_kinds: Mapping[str, str] | None) -> tuple[Visit, ...]:
    names = {
        str(f.data["stage_id"]): str(f.data["stage_name"])
        for f in ordered
        if f.data.get("stage_id") and f.data.get("stage_name")
    }
    entries = _entries(ordered)
    ends = _decisions(ordered)
    closed_at = ends[-1].at if ends and ends[-1].undone_at is None else None
    visits: list[Visit] = []
    counts: dict[str, int] = {}
    for index, entry in enumerate(entries):
        name = names.get(entry.stage_id, "")
        counts[entry.stage_id] = counts.get(entry.stage_id, 0) + 1
        following = entries[index + 1].at if index + 1 < len(entries) else closed_at
        visits.append(
            Visit(
                entry.stage_id,
                name,
                kind_of(name, stage_kinds) if name else "other",
                counts[entry.stage_id],
                entry.at,
                following,
            ),
        )
    return tuple(visits)


def _entries(ordered: Sequence[Placed]) -> list[_Entry]:
    """Entries by time, equal neighbours merged; where the API tells a visit, it supersedes the webhooks."""
    told = [
        (f.at, _instant(f.data.get("exited_at")), str(f.data["stage_id"]))
        for f in ordered
        if f.kind == FactKind.STAGE_ENTERED
    ]
    heard = [
        (f.at, str(f.data["stage_id"]))
        for f in ordered
        if f.kind == FactKind.STAGE_CHANGED
        and not any(
            stage == str(f.data["stage_id"]) and start <= f.at and (end is None or f.at <= end)
            for start, end, stage in told
        )
    ]
    merged: list[_Entry] = []
    for at, stage_id in sorted([(start, stage) for start, _, stage in told] + heard):
        if not merged or merged[-1].stage_id != stage_id:
            merged.append(_Entry(at, stage_id))
    return merged


def _said(fact: Placed) -> Said:
    data = fact.data
    return Said(
        data["kind"],
        data["reason"],
        data["step"],
        data["recipient"],
        fact.at,
        _instant(data.get("promised_at")),
    )


def _act(fact: Placed) -> Act:
    data = fact.data
    return Act(
        data["act"],
        data["clock"],
        fact.at,
        data["by"],
        data.get("reason") or "",
        _instant(data.get("until")),
    )


def _instant(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None
