"""Clocks and calendars over the JSON API."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query
from sqlalchemy import select
from sqlmodel import col

from app.deps import Audit, Caller, Now, Services, Session, api_router, needs
from app.errors import InvalidCalendar, NotFound, UnknownCursor, Unprocessable, WrongState
from app.pages import Page, Paging, matching, page_of, paginate
from app.problems import responses_for
from app.schemas import Id
from app.sla.acts import ActName, Asked, act, case_of
from app.sla.book import apply_calendar
from app.sla.clocks import read_clock
from app.sla.explain import explain_clock
from app.sla.models import CalendarVersion, Clock, ClockEvent
from app.sla.schemas import (
    CalendarNew,
    CalendarShown,
    ClockAct,
    ClockActUntil,
    ClockDetail,
    ClockEventShown,
    ClockShown,
    CountingShown,
    ExplanationShown,
    StepShown,
    VersionsShown,
)

router = api_router("/v1/clocks", "clocks")
calendars_router = api_router("/v1/calendars", "calendars")
routers = (router, calendars_router)

Filter = Annotated[str | None, Query(max_length=200)]


@router.get("", responses=responses_for(UnknownCursor))
async def list_clocks(
    _: Annotated[Caller, needs("read")],
    session: Session,
    paging: Paging,
    connection: Filter = None,
    application: Filter = None,
    policy: Annotated[Filter, Query(examples=["acknowledge_application"])] = None,
    state: Annotated[Filter, Query(examples=["breached"])] = None,
    owner: Annotated[Filter, Query(examples=["member:4455"])] = None,
    *,
    open: Annotated[bool | None, Query(description="Still owed, or over.")] = None,  # noqa: A002  # the query's name
) -> Page[ClockShown]:
    """Clocks with all of the given properties, the latest start first."""
    wanted = {
        Clock.connection_id: connection,
        Clock.application_id: application,
        Clock.policy: policy,
        Clock.state: state,
        Clock.owner: owner,
    }
    found = select(Clock).where(*matching(wanted))
    if open is not None:
        found = found.where(col(Clock.closed_at).is_(None) == open)
    order = [col(Clock.started_at), col(Clock.id)]
    return page_of(await paginate(session, found, order, paging), ClockShown.model_validate)


@router.get("/{clock_id}", responses=responses_for(NotFound))
async def get_clock(clock_id: Id, _: Annotated[Caller, needs("read")], session: Session) -> ClockDetail:
    """One clock with everything that happened to it."""
    clock = await _get(session, clock_id)
    rows = await session.scalars(
        select(ClockEvent).where(col(ClockEvent.clock_id) == clock.id).order_by(col(ClockEvent.id))
    )
    events = [ClockEventShown.model_validate(row) for row in rows]
    return ClockDetail.model_validate({**clock.model_dump(), "events": events})


@router.get("/{clock_id}/explain", responses=responses_for(NotFound))
async def explain_a_clock(
    clock_id: Id, _: Annotated[Caller, needs("read")], session: Session, services: Services, now: Now
) -> ExplanationShown:
    """Why it is due when it is due: the rule, each stretch counted, pauses, holidays, every version used."""
    clock = await _get(session, clock_id)
    shown = ClockShown.model_validate(clock)
    _known, case = await case_of(session, await services.shelf.book(session), clock)
    if case is None:
        sentence = f"{clock.policy}: what started it is no longer true, so nothing is owed."
        gone = {"policy": clock.policy, "target": "none", "counting": None, "versions": None}
        return ExplanationShown.model_validate(
            {"clock": shown, "sentence": sentence, "warnings": [], "escalations": [], **gone}
        )
    why = explain_clock(case, read_clock(case.history, now), now)
    return ExplanationShown(
        clock=shown,
        sentence=why.sentence,
        policy=why.policy,
        target=why.target,
        counting=CountingShown.model_validate(why.counting.as_dict()),
        warnings=list(why.warnings),
        escalations=[StepShown.model_validate(step) for step in why.escalations],
        versions=VersionsShown.model_validate(why.versions),
    )


Doing = Callable[[str, ActName, ClockAct, datetime | None], Awaitable[ClockShown]]


async def _doing(
    caller: Annotated[Caller, needs("act")], session: Session, services: Services, record: Audit, now: Now
) -> Doing:
    """Does an act in the caller's name, within the request's unit of work."""

    async def do(clock_id: str, name: ActName, given: ClockAct, until: datetime | None) -> ClockShown:
        asked = Asked(name, given.on_behalf_of or caller.name, given.reason.strip(), until)
        book = await services.shelf.book(session)
        clock = await act(session, services.vault, book, clock_id, asked, now)
        record(f"clock.{name}", clock.id, {"until": until.isoformat()} if until else None)
        return ClockShown.model_validate(clock)

    return do


Do = Annotated[Doing, Depends(_doing)]
_refusals = responses_for(NotFound, WrongState)


@router.post("/{clock_id}/done", responses=_refusals)
async def mark_clock_done(clock_id: Id, given: ClockAct, do: Do) -> ClockShown:
    """What was owed has been done another way, say by phone."""
    return await do(clock_id, "done", given, None)


@router.post("/{clock_id}/pause", responses=_refusals)
async def pause_clock(clock_id: Id, given: ClockAct, do: Do) -> ClockShown:
    """Stop counting until somebody resumes it."""
    return await do(clock_id, "pause", given, None)


@router.post("/{clock_id}/resume", responses=_refusals)
async def resume_clock(clock_id: Id, given: ClockAct, do: Do) -> ClockShown:
    """Count again from now, after a pause."""
    return await do(clock_id, "resume", given, None)


@router.post("/{clock_id}/snooze", responses=_refusals)
async def snooze_clock(clock_id: Id, given: ClockActUntil, do: Do) -> ClockShown:
    """Stop counting until that instant, then go on by itself."""
    return await do(clock_id, "snooze", given, given.until)


@router.post("/{clock_id}/move", responses=_refusals)
async def move_promised_date(clock_id: Id, given: ClockActUntil, do: Do) -> ClockShown:
    """Move a date that a message promised."""
    return await do(clock_id, "move", given, given.until)


async def _get(session: Session, clock_id: str) -> Clock:
    clock = await session.get(Clock, clock_id)
    if clock is None:
        raise NotFound
    return clock


@calendars_router.get("", responses=responses_for(UnknownCursor))
async def list_calendars(
    _: Annotated[Caller, needs("read")], session: Session, paging: Paging, name: Filter = None
) -> Page[CalendarShown]:
    """Versions of calendars by name, the newest of each first; of one calendar with `name`."""
    found = select(CalendarVersion)
    found = found.where(col(CalendarVersion.name) == name) if name is not None else found
    order = [col(CalendarVersion.name), col(CalendarVersion.version)]
    return page_of(await paginate(session, found, order, paging), CalendarShown.model_validate)


@calendars_router.post("", status_code=201, responses=responses_for(InvalidCalendar))
async def apply_a_calendar(
    new: CalendarNew, _: Annotated[Caller, needs("admin")], session: Session, record: Audit, now: Now
) -> CalendarShown:
    """Store a new version of a calendar. Time that open clocks have used stays used."""
    if new.effective_from is not None and new.effective_from < now:
        raise Unprocessable("A calendar cannot change time that has passed.", field="effective_from")
    version = await apply_calendar(
        session,
        new.name,
        new.document,
        by=record.actor,
        now=now,
        effective_from=new.effective_from,
    )
    record("calendar.applied", new.name, {"version": version})
    await session.flush()
    return CalendarShown.model_validate(await session.get_one(CalendarVersion, (new.name, version)))
