"""Silence: applications that nobody answers, follow-ups that nobody moves. Zero, or it names who must act.

An application is silent when it is active and has no open or paused clock and no closure, or when what is
true of it could not be worked out. A follow-up is silent when its time has passed and it is neither sent nor
cancelled nor rejected nor waiting on a person of the hiring team.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.delivery.models import Delivery, DeliveryState
from app.followups.models import FollowUp, FollowUpState
from app.sla.models import Clock
from app.timeline.models import Application, Job

GRACE = timedelta(minutes=5)
"""For work that is due at this moment: what waits longer than that is not being done."""

_HELD = (
    FollowUpState.WAITING_FACT,
    FollowUpState.WAITING_APPROVAL,
    FollowUpState.FAILED,
    FollowUpState.EXPIRED,
    FollowUpState.UNKNOWN,
)
_PLANNED = (FollowUpState.PLANNED, FollowUpState.GATHERED, FollowUpState.READY)
_LEAVING = (FollowUpState.QUEUED, FollowUpState.SENDING, FollowUpState.UNKNOWN)
_OVERDUE: Mapping[str, str] = {
    FollowUpState.PLANNED: "its words are overdue",
    FollowUpState.GATHERED: "its digest is overdue",
    FollowUpState.READY: "it is overdue and has not left",
    FollowUpState.QUEUED: "it is on its way out and does not move",
    FollowUpState.SENDING: "it is being sent and comes to no end",
}


@dataclass(frozen=True, slots=True)
class Silence:
    """How many are left in silence, and on whom they wait: ``member:55`` or ``operations``."""

    applications: int
    follow_ups: int
    waiting_on: Mapping[str, int]

    @property
    def total(self) -> int:
        return self.applications + self.follow_ups


async def silence(session: AsyncSession, now: datetime) -> Silence:
    """Whoever is left in silence at that business instant, counted by the person who must act."""
    applications = await _by_person(session, answers_it(), _is_silent(now))
    follow_ups = await _by_person(session, moves_it(), _is_stuck(now))
    both = applications + follow_ups
    return Silence(applications.total(), follow_ups.total(), dict(sorted(both.items())))


async def _by_person(
    session: AsyncSession, person: ColumnElement[str], silent: ColumnElement[bool]
) -> Counter[str]:
    counted = select(person.label("who"), func.count()).where(silent).group_by("who")
    rows = await session.execute(counted)
    return Counter({str(who): count for who, count in rows})


def silent_applications(now: datetime) -> Select[Any]:
    """The silent applications themselves, for a page."""
    return select(Application).where(_is_silent(now))


def silent_follow_ups(now: datetime) -> Select[Any]:
    """The silent follow-ups themselves, for a page."""
    return select(FollowUp).where(_is_stuck(now))


def why_application(application: Application, now: datetime) -> str:
    """Why that application is silent, in words."""
    if application.failures:
        return f"what is true of it could not be worked out: {application.failure}"
    if application.wake_at is not None and application.wake_at <= now - GRACE:
        return "there is news of it that nobody has looked at; is a worker running?"
    return "no clock runs for it and no decision closes it"


def why_follow_up(follow_up: FollowUp) -> str:
    """Why that follow-up is silent, in words."""
    return follow_up.cause or _OVERDUE.get(follow_up.state, "nobody of the hiring team is known")


def answers_it() -> ColumnElement[str]:
    """Who must answer an application: its recruiter, else its coordinator, else its job's recruiter."""
    first = col(Job.data)["hiring_team"]["recruiters"][0].as_string()
    of_job = (
        select(first)
        .where(
            col(Job.connection_id) == col(Application.connection_id),
            col(Job.external_id) == col(Application.job),
        )
        .scalar_subquery()
    )
    member = func.coalesce(col(Application.recruiter), col(Application.coordinator), of_job)
    return func.coalesce(literal("member:").op("||")(member), "operations")


def moves_it() -> ColumnElement[str]:
    """Who must move a follow-up: the person on whom it waits; operations, where it is we who rest."""
    waits = and_(col(FollowUp.state).in_(_HELD), col(FollowUp.waiting_on).is_not(None))
    return case((waits, col(FollowUp.waiting_on)), else_="operations")


def _is_silent(now: datetime) -> ColumnElement[bool]:
    open_clock = exists().where(
        col(Clock.application_id) == col(Application.id), col(Clock.closed_at).is_(None)
    )
    return or_(
        col(Application.failures) > 0,
        col(Application.wake_at) <= now - GRACE,
        and_(
            col(Application.status) == "active",
            # A prospect applied for nothing, so that nothing is owed.
            col(Application.prospect).is_(False),
            col(Application.folded_at).is_not(None),
            ~open_clock,
        ),
    )


def _is_stuck(now: datetime) -> ColumnElement[bool]:
    state, late = col(FollowUp.state), now - GRACE
    nobody = or_(col(FollowUp.waiting_on).is_(None), col(FollowUp.waiting_on) == "operations")
    return or_(
        and_(state.in_(_PLANNED), col(FollowUp.act_at) <= late),
        # Ready and due, and yet with a cause: it has no way out until operations give it one.
        and_(
            state == FollowUpState.READY, col(FollowUp.cause).is_not(None), col(FollowUp.release_at) <= late
        ),
        and_(state.in_(_HELD), col(FollowUp.release_at) <= now, nobody, ~_moves(late)),
        and_(state.in_(_LEAVING[:2]), col(FollowUp.updated_at) <= late, ~_moves(late)),
        and_(state.in_(_LEAVING), _held_by_operations()),
    )


def _moves(late: datetime) -> ColumnElement[bool]:
    """A next try or question is planned for its delivery."""
    return exists().where(
        col(Delivery.follow_up_id) == col(FollowUp.id),
        col(Delivery.state).in_((DeliveryState.QUEUED, DeliveryState.UNKNOWN)),
        col(Delivery.act_at) > late,
    )


def _held_by_operations() -> ColumnElement[bool]:
    """The way out is stopped until operations have mended it."""
    return exists().where(
        col(Delivery.follow_up_id) == col(FollowUp.id),
        col(Delivery.state) == DeliveryState.QUEUED,
        col(Delivery.waiting_on) == "operations",
    )
