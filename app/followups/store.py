"""Follow-ups in and out of the database: what is wanted is compared with what is planned."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.ats.canonical import PersonRole
from app.db import among, insert_many, write_changes
from app.followups.catalogue import KINDS
from app.followups.models import FollowUp, FollowUpState
from app.followups.plan import Wanted, plan
from app.followups.preferences import GATHERED_KINDS
from app.followups.standing import stands
from app.ids import new_id
from app.sla.cases import Case
from app.sla.owners import confidants, owner_of
from app.sla.store import Owed, Running
from app.timeline.models import Person
from app.timeline.people import find_people
from app.timeline.truth import Truth

Key = tuple[str, str, str]

_WORDS_ARE_THERE = (FollowUpState.WAITING_FACT, FollowUpState.WAITING_APPROVAL, FollowUpState.READY)

_ENDED_BADLY = (FollowUpState.FAILED, FollowUpState.EXPIRED)

SETTLED = "what it asks for is settled"


async def plan_all(session: AsyncSession, owed: Sequence[Owed], now: datetime) -> int:
    """Plans what these clocks want said, cancels what they no longer do; returns how many are new."""
    ids = [o.known.application.id for o in owed]
    rows = (
        await session.scalars(
            select(FollowUp).where(among(col(FollowUp.application_id), ids)).with_for_update(),
        )
    ).all()
    planned: dict[str, dict[Key, FollowUp]] = {}
    for row in sorted(rows, key=lambda r: r.state != FollowUpState.CANCELLED):
        planned.setdefault(row.application_id, {})[_key(row)] = row
    people = await _candidates(session, owed)
    new: list[dict[str, object]] = []
    for o in owed:
        candidate = people.get((o.known.application.connection_id, o.known.truth.candidate or ""))
        new += _plan_one(o, planned.get(o.known.application.id, {}), candidate, now)
    await write_changes(session, rows)
    if new:
        await session.execute(insert_many(FollowUp, new))
    return len(new)


async def _candidates(session: AsyncSession, owed: Sequence[Owed]) -> dict[tuple[str, str], Person]:
    found: dict[tuple[str, str], Person] = {}
    for connection_id in {o.known.application.connection_id for o in owed}:
        refs = {
            (str(PersonRole.CANDIDATE), o.known.truth.candidate)
            for o in owed
            if o.known.application.connection_id == connection_id and o.known.truth.candidate
        }
        people = await find_people(session, connection_id, refs)
        found |= {(connection_id, ref[1]): person for ref, person in people.items()}
    return found


def _plan_one(
    owed: Owed,
    planned: dict[Key, FollowUp],
    candidate: Person | None,
    now: datetime,
) -> list[dict[str, object]]:
    """The values of what is newly wanted; what is planned already follows its clock."""
    new = []
    private = candidate is not None and candidate.private
    wanted_keys: set[Key] = set()
    for running in owed.clocks:
        for wanted in plan(
            owed.known.truth, running.case, running.reading, owed.known.settings, now, private=private
        ):
            key = _key(wanted)
            wanted_keys.add(key)
            if key in planned:
                _replan(planned[key], wanted, now)
            else:
                new.append(_row(owed, running, wanted, candidate, now))
    causes = _causes(owed)
    for key, row in planned.items():
        if key in wanted_keys or row.clock_id is None:
            continue
        # What failed or expired waits on a person only for as long as its clock does.
        if row.state in FollowUpState.OPEN or (row.state in _ENDED_BADLY and row.clock_id in causes):
            _cancel(row, causes.get(row.clock_id, "no longer needed"), now)
    _cancel_settled_questions(planned.values(), now)
    return new


def _key(said: FollowUp | Wanted) -> Key:
    """Under which it is said at most once. A candidate who was merged into another is still the same one."""
    role, _, _ = said.recipient.partition(":")
    return said.reason, said.step, role if role == PersonRole.CANDIDATE else said.recipient


def _cancel_settled_questions(rows: Collection[FollowUp], now: datetime) -> None:
    """Nobody is asked, or waited for, about a follow-up that waits no longer."""
    by_id = {row.id: row for row in rows}
    for row in rows:
        about = by_id.get(row.about_id or "")
        may_go = row.state in (*FollowUpState.OPEN, FollowUpState.FAILED)
        if about is not None and may_go and not stands(row.kind, row.step, about.state):
            _cancel(row, SETTLED, now)


def _forbidden(wanted: Wanted, candidate: Person | None) -> str | None:
    """Why this candidate must not be written to, if so."""
    if not wanted.recipient.startswith("candidate:") or candidate is None:
        return None
    if candidate.erased_at is not None:
        return "the candidate's data was erased"
    if candidate.private:
        return "the candidate is private in the ATS"
    return None if candidate.can_email else "the ATS says that the candidate may not be mailed"


def _waits_on(truth: Truth, case: Case, candidate: Person | None) -> str:
    if candidate is None or not candidate.private:
        return owner_of("recruiter", truth, case.occurrence)
    told = confidants(truth, case.occurrence)
    return f"member:{told[0]}" if told else "operations"


def _row(
    owed: Owed, running: Running, wanted: Wanted, candidate: Person | None, now: datetime
) -> dict[str, object]:
    forbidden = _forbidden(wanted, candidate)
    application = owed.known.application
    truth, case = owed.known.truth, running.case
    return {
        "id": new_id("fup"),
        "connection_id": application.connection_id,
        "application_id": application.id,
        "clock_id": running.clock.id,
        "reason": wanted.reason,
        "step": wanted.step,
        "recipient": wanted.recipient,
        "kind": wanted.kind,
        "state": FollowUpState.CANCELLED if forbidden else FollowUpState.PLANNED,
        "cause": forbidden,
        "final": forbidden is not None,
        "waiting_on": _waits_on(truth, case, candidate),
        "approval_needed": wanted.approval,
        "note_only": wanted.note_only,
        "planned_for": wanted.planned_for,
        "release_at": wanted.release_at,
        "expires_at": wanted.expires_at,
        "act_at": None if forbidden else _act_at(wanted, now),
        "correlation_id": owed.known.correlation_id,
        "created_at": now,
        "updated_at": now,
        "failures": 0,
    }


def _act_at(wanted: Wanted, now: datetime) -> datetime:
    """When it is looked at: what needs a person, or may be gathered into a digest, at once."""
    return now if wanted.approval or wanted.kind in GATHERED_KINDS else wanted.release_at


def _replan(row: FollowUp, wanted: Wanted, now: datetime) -> None:
    """A planned one moves with its clock; one that news had cancelled comes back when news wants it again."""
    if row.state in FollowUpState.OPEN:
        row.recipient = wanted.recipient  # a merge may have given the candidate another id
    if KINDS[wanted.kind].rejects and row.state in _WORDS_ARE_THERE:
        _hold_until(row, wanted, now)
        return
    if row.state == FollowUpState.CANCELLED and not row.final:
        row.state, row.cause, row.message_id = FollowUpState.PLANNED, None, None
        row.held_for = row.digest_id = None
    elif row.state != FollowUpState.PLANNED or row.planned_for == wanted.planned_for:
        return
    row.planned_for = wanted.planned_for
    row.release_at = wanted.release_at
    row.expires_at = wanted.expires_at
    row.act_at = _act_at(wanted, now)
    row.updated_at = now


def _hold_until(row: FollowUp, wanted: Wanted, now: datetime) -> None:
    """The words stay; the instant from which a rejection may be told has moved, so they leave then."""
    if row.planned_for == wanted.planned_for:
        return
    row.planned_for, row.release_at, row.updated_at = wanted.planned_for, wanted.release_at, now
    if row.state == FollowUpState.READY:
        row.act_at = wanted.release_at


def _causes(owed: Owed) -> dict[str, str]:
    closed = {
        r.clock.id: f"no longer needed: {r.reading.closed.cause}" for r in owed.clocks if r.reading.closed
    }
    return closed | {clock.id: f"no longer needed: {clock.closed_by}" for clock in owed.lapsed}


def _cancel(row: FollowUp, cause: str, now: datetime) -> None:
    row.state = FollowUpState.CANCELLED
    row.cause = cause
    row.act_at = None
    row.updated_at = now
