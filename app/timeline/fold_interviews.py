"""Interviews, feedback and offers: registers in which the last word about each id wins."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.ats.canonical import FactKind
from app.timeline.truth import Interview, Interviewer, Offer, Placed

_NO_INTERVIEW = {"cancelled", "to_be_scheduled", "skipped", "to_be_sent", "sent", "received"}
_NO_DUTY = {"declined"}


def fold_interviews(ordered: Sequence[Placed]) -> tuple[Interview, ...]:
    """The interviews that took or will take place, with who owes or gave feedback; by start."""
    deleted = {f.data["interview_id"] for f in ordered if f.kind == FactKind.INTERVIEW_DELETED}
    newest = _newest(ordered, FactKind.INTERVIEW, "interview_id")
    duties = _newest(ordered, FactKind.INTERVIEWER, "interview_id", "user_id")
    scorecards = _scorecards(ordered)
    starts = _starts(ordered)
    interviews = [
        Interview(
            id=interview_id,
            name=data.get("name"),
            starts_at=_instant(data.get("starts_at")),
            ends_at=_instant(data.get("ends_at")),
            status=str(data.get("status") or ""),
            interviewers=_interviewers(interview_id, data, duties, scorecards),
            scheduled_at=_instant(data.get("scheduled_at")),
            **_timing(starts.get(interview_id, [])),
        )
        for (interview_id,), data in newest.items()
        if interview_id not in deleted and data.get("status") not in _NO_INTERVIEW
    ]
    return tuple(sorted(interviews, key=_by_start))


def _starts(ordered: Sequence[Placed]) -> dict[str, list[tuple[str, datetime]]]:
    """Every start that each interview has had, one after another, and since when."""
    starts: dict[str, list[tuple[str, datetime]]] = {}
    for fact in ordered:
        start = fact.data.get("starts_at") if fact.kind == FactKind.INTERVIEW else None
        if start:
            had = starts.setdefault(str(fact.data["interview_id"]), [])
            if not had or _instant(had[-1][0]) != _instant(start):
                had.append((start, fact.at))
    return starts


def _timing(had: Sequence[tuple[str, datetime]]) -> dict[str, Any]:
    if not had:
        return {}
    present, since = had[-1]
    nth = sum(_instant(start) == _instant(present) for start, _ in had)
    return {"timed_at": since, "moves": len(had) - 1, "nth": nth}


def _by_start(interview: Interview) -> tuple[str, str]:
    return interview.starts_at.isoformat() if interview.starts_at else "", interview.id


def _interviewers(
    interview_id: str,
    interview: dict[str, Any],
    duties: dict[tuple[str, ...], dict[str, Any]],
    scorecards: dict[str, dict[str, Any]],
) -> tuple[Interviewer, ...]:
    members, named = [], interview.get("interviewers")
    for (of, member), duty in sorted(duties.items()):
        if of != interview_id or duty.get("response_status") in _NO_DUTY:
            continue
        if isinstance(named, list) and member not in named:
            continue  # swapped for somebody else
        card = scorecards.get(str(duty.get("scorecard_id"))) or _card_by(member, interview, scorecards)
        members.append(Interviewer(member, _instant(card.get("submitted_at")) if card else None))
    return tuple(members)


def _card_by(
    member: str,
    interview: dict[str, Any],
    scorecards: dict[str, dict[str, Any]],
) -> dict[str, Any] | None:
    """A scorecard that names no interview belongs to the one that its writer held at that time."""
    for card in scorecards.values():
        if card.get("interviewer") == member and card.get("interviewed_at") == interview.get("starts_at"):
            return card
    return None


def _scorecards(ordered: Sequence[Placed]) -> dict[str, dict[str, Any]]:
    deleted = {f.data["scorecard_id"] for f in ordered if f.kind == FactKind.SCORECARD_DELETED}
    newest = _newest(ordered, FactKind.SCORECARD, "scorecard_id")
    return {
        card_id: data
        for (card_id,), data in newest.items()
        if card_id not in deleted and data.get("status") == "complete" and data.get("submitted_at")
    }


def fold_offers(ordered: Sequence[Placed]) -> tuple[Offer, ...]:
    """Each offer at its newest version, by creation."""
    deleted = {
        (f.data["offer_id"], f.data.get("version")) for f in ordered if f.kind == FactKind.OFFER_DELETED
    }
    offers: dict[str, Offer] = {}
    for fact in ordered:
        if fact.kind == FactKind.OFFER:
            offer = _offer(fact)
            known = offers.get(offer.id)
            offers[offer.id] = _over(known, offer) if known else offer
    kept = [o for o in offers.values() if not deleted & {(o.id, None), (o.id, str(o.version))}]
    return tuple(sorted(kept, key=lambda o: (o.created_at, o.id)))


def _offer(fact: Placed) -> Offer:
    data = fact.data
    status = str(data.get("status") or "").lower()
    return Offer(
        id=data["offer_id"],
        version=int(data.get("version") or 1),
        created_at=_instant(data.get("created_at")) or fact.at,
        # Vendors give the sending as a date; the first fact that knows it gives the time.
        sent_at=fact.at if data.get("sent_on") else None,
        resolved_at=_instant(data.get("resolved_at")),
        accepted={"accepted": True, "rejected": False}.get(status),
        start_date=data.get("starts_at"),
    )


def _over(known: Offer, newer: Offer) -> Offer:
    """What is newly said over what was known: a later fact that is silent takes nothing back."""
    sendings = [at for at in (known.sent_at, newer.sent_at) if at]
    return Offer(
        id=known.id,
        version=max(known.version, newer.version),
        created_at=min(known.created_at, newer.created_at),
        sent_at=min(sendings) if sendings else None,
        resolved_at=newer.resolved_at or known.resolved_at,
        accepted=known.accepted if newer.accepted is None else newer.accepted,
        start_date=newer.start_date or known.start_date,
    )


def _newest(ordered: Sequence[Placed], kind: FactKind, *ids: str) -> dict[tuple[str, ...], dict[str, Any]]:
    newest: dict[tuple[str, ...], dict[str, Any]] = {}
    for fact in ordered:
        if fact.kind == kind:
            key = tuple(str(fact.data[name]) for name in ids)
            newest[key] = {**newest.get(key, {}), **fact.data}
    return newest


def _instant(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None
