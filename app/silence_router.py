"""Silence over the JSON API: zero, or each one with the person who must act."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict
from sqlalchemy import select
from sqlmodel import col

from app.deps import Caller, Now, Session, api_router, needs
from app.errors import UnknownCursor
from app.followups.models import FollowUp
from app.pages import Page, Paging, page_of, paginate
from app.problems import responses_for
from app.schemas import Shown
from app.silence import (
    answers_it,
    moves_it,
    silence,
    silent_applications,
    silent_follow_ups,
    why_application,
    why_follow_up,
)
from app.timeline.models import Application

router = api_router("/v1/silence", "silence")
routers = (router,)


class SilenceShown(Shown):
    """How many are left in silence now. All zero is the promise kept."""

    total: int
    applications: int
    follow_ups: int
    waiting_on: dict[str, int]
    """On whom how many wait: ``member:<vendor's id>`` or ``operations``."""
    at: datetime

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "total": 1,
                    "applications": 1,
                    "follow_ups": 0,
                    "waiting_on": {"member:4455": 1},
                    "at": "2026-11-20T14:02:11Z",
                },
            ],
        },
    )


class SilentShown(Shown):
    """One application or follow-up that is left in silence, why, and who must act."""

    kind: Literal["application", "follow_up"]
    id: str
    application_id: str
    connection_id: str
    reason: str
    waiting_on: str
    since: datetime | None
    """Since when nothing has happened; unknown where nothing ever did."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "application",
                    "id": "app_01jd2q8z6w3k7m9p5r1t0v4x2y",
                    "application_id": "app_01jd2q8z6w3k7m9p5r1t0v4x2y",
                    "connection_id": "con_01jd2q8z6w3k7m9p5r1t0v4x2y",
                    "reason": "no clock runs for it and no decision closes it",
                    "waiting_on": "member:4455",
                    "since": "2026-11-18T09:00:00Z",
                },
            ],
        },
    )


@router.get("")
async def show_silence(_: Annotated[Caller, needs("read")], session: Session, now: Now) -> SilenceShown:
    """How many applications and follow-ups nobody moves, and on whom they wait."""
    found = await silence(session, now)
    return SilenceShown(
        total=found.total,
        applications=found.applications,
        follow_ups=found.follow_ups,
        waiting_on=dict(found.waiting_on),
        at=now,
    )


@router.get("/applications", responses=responses_for(UnknownCursor))
async def list_silent_applications(
    _: Annotated[Caller, needs("read")], session: Session, now: Now, paging: Paging
) -> Page[SilentShown]:
    """Active applications without any clock or closure, newest first."""
    rows, cursor = await paginate(session, silent_applications(now), [col(Application.id)], paging)
    named = select(col(Application.id), answers_it()).where(col(Application.id).in_([row.id for row in rows]))
    who = dict((await session.execute(named)).all())
    return page_of((rows, cursor), lambda row: _application(row, who[row.id], now))


@router.get("/follow-ups", responses=responses_for(UnknownCursor))
async def list_silent_follow_ups(
    _: Annotated[Caller, needs("read")], session: Session, now: Now, paging: Paging
) -> Page[SilentShown]:
    """Follow-ups past their time that wait on no person of the hiring team, newest first."""
    rows, cursor = await paginate(session, silent_follow_ups(now), [col(FollowUp.id)], paging)
    named = select(col(FollowUp.id), moves_it()).where(col(FollowUp.id).in_([row.id for row in rows]))
    who = dict((await session.execute(named)).all())
    return page_of((rows, cursor), lambda row: _follow_up(row, who[row.id]))


def _application(row: Application, who: str, now: datetime) -> SilentShown:
    return SilentShown(
        kind="application",
        id=row.id,
        application_id=row.id,
        connection_id=row.connection_id,
        reason=why_application(row, now),
        waiting_on=who,
        since=row.stage_entered_at or row.applied_at,
    )


def _follow_up(row: FollowUp, who: str) -> SilentShown:
    return SilentShown(
        kind="follow_up",
        id=row.id,
        application_id=row.application_id,
        connection_id=row.connection_id,
        reason=why_follow_up(row),
        waiting_on=who,
        since=row.release_at,
    )
