"""After a change every open clock is derived again: in batches, resumably, with the time used kept."""

import asyncio
import copy
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.db import Sessions, unit_of_work
from app.followups.models import FollowUp
from app.followups.plan import lies_ahead
from app.running import open_flow
from app.sla.book import Shelf, apply_calendar, apply_policies, ensure_starter, starter_policies
from app.sla.cases import Change
from app.sla.models import CalendarVersion, Clock, ClockEvent, PolicySet, Recompute
from app.sla.recompute import ask, ask_if_zones_changed, recompute_some
from app.timeline.models import Application
from tests.api.life import MONDAY, Life, open_life

WEDNESDAY = datetime(2026, 11, 4, 12, tzinfo=UTC)


@pytest_asyncio.fixture
async def life(database_url: str, tmp_path: Path) -> AsyncIterator[Life]:
    """Somebody applied on Monday, and was promised a word; it is Wednesday noon."""
    async with open_life(database_url, tmp_path) as opened:
        opened.apply(MONDAY)
        await opened.house.at(WEDNESDAY)
        yield opened


async def clocks_of(life: Life) -> dict[str, Clock]:
    return {clock.policy: clock for clock in await life.house.rows(Clock)}


async def recompute(session: AsyncSession, limit: int) -> int:
    return await recompute_some(session, Shelf().book, WEDNESDAY, limit, lies_ahead)


async def recomputes(life: Life) -> list[Any]:
    return sorted(await life.house.rows(Recompute), key=lambda row: row.id)


def sessions_of(life: Life) -> Sessions:
    return life.house.services.sessions


async def close_thursday(life: Life) -> None:
    async with unit_of_work(sessions_of(life)) as session:
        [office] = await session.scalars(select(CalendarVersion).where(col(CalendarVersion.name) == "office"))
        document = copy.deepcopy(office.document)
        document["holidays"]["2026-11-05"] = "Works outing"
        await apply_calendar(session, "office", document, by="a test", now=WEDNESDAY)


async def owe_a_look(life: Life, now: datetime = WEDNESDAY) -> None:
    """A clock of four business days from the application on."""
    duty = {
        "key": "a_look",
        "name": "A look",
        "starts": "application_created",
        "target": {"business_hours": 32},
        "met_by": ["decided"],
        "cancelled_by": ["reopened"],
    }
    starter = starter_policies()
    document = {**starter, "policies": [*starter["policies"], duty]}
    async with unit_of_work(sessions_of(life)) as session:
        await apply_policies(session, document, by="a test", now=now, change=Change(backlog=True))
    await life.house.at(now)


async def test_a_new_holiday_moves_what_is_open_and_keeps_the_time_used(life: Life) -> None:
    """Three days of four were used or left as before; the closed Thursday is added, once."""
    await owe_a_look(life)
    before = (await clocks_of(life))["a_look"]
    await close_thursday(life)
    await life.house.at(WEDNESDAY)
    after = (await clocks_of(life))["a_look"]
    assert before.due_at is not None
    assert after.due_at == before.due_at + timedelta(days=1)
    assert after.started_at == before.started_at
    asked = (await recomputes(life))[-1]
    assert (asked.cause, asked.done_at, asked.woken) == ("calendar office, version 2", WEDNESDAY, 1)


async def test_closed_applications_with_an_open_clock_are_woken_too(life: Life) -> None:
    """A rejection that still must be told moves with the calendar, though its application is closed."""
    house = life.house
    [application] = await house.rows(Application)
    house.greenhouse.reject(int(application.external_id), "Missing certificate", WEDNESDAY)
    await house.at(WEDNESDAY)
    before = (await clocks_of(life))["tell_rejection"]
    await close_thursday(life)
    await house.at(WEDNESDAY)
    [application] = await house.rows(Application)
    after = (await clocks_of(life))["tell_rejection"]
    assert application.status == "rejected"
    assert before.due_at is not None
    assert after.due_at is not None
    assert after.due_at > before.due_at


async def test_new_zone_data_wakes_everything_once(life: Life) -> None:
    """A process that starts with another tzdata has every open clock derived with it, and only once."""
    async with unit_of_work(sessions_of(life)) as session:
        assert not await ask_if_zones_changed(session, WEDNESDAY)
        await session.execute(update(Recompute).values(tzdata="2019c"))
        # As if the old data had told another due time.
        await session.execute(update(Clock).values(due_at=MONDAY).where(col(Clock.policy) == "promised_date"))
    async with open_flow(life.house.services):
        asked = await recomputes(life)
    assert asked[-1].cause.startswith("tzdata 2019c became 20")
    await life.house.at(WEDNESDAY)
    due = (await clocks_of(life))["promised_date"].due_at
    assert due is not None
    assert due > WEDNESDAY
    async with open_flow(life.house.services):
        assert len(await recomputes(life)) == len(asked)


async def shown(life: Life) -> list[dict[str, Any]]:
    """Everything that clocks, applications and follow-ups hold, but for when they were written."""
    rows = [
        *await life.house.rows(Clock),
        *await life.house.rows(Application),
        *await life.house.rows(FollowUp),
        *await life.house.rows(ClockEvent),
    ]
    return sorted((row.model_dump(exclude={"updated_at", "folded_at"}) for row in rows), key=str)


async def moved(life: Life) -> None:
    """Only what the change itself does, and nothing of what it wakes."""
    while await life.house.flow.recomputes():
        pass


async def test_clocks_moved_by_their_rows_are_what_a_whole_derivation_makes_them(
    database_url: str, tmp_path: Path
) -> None:
    """Nobody is woken who need not be, and deriving all of them anyway changes nothing more."""
    async with open_life(database_url, tmp_path) as life:
        house = life.house
        await owe_a_look(life, MONDAY)
        for hour in (3, 21, 26, 45, 47):
            life.apply(MONDAY + timedelta(hours=hour))
        number = life.apply(MONDAY + timedelta(hours=1))
        house.greenhouse.reject(number, "Other", MONDAY + timedelta(hours=30))
        await house.at(WEDNESDAY)
        before = {clock.id: clock.due_at for clock in await house.rows(Clock)}
        await close_thursday(life)
        await moved(life)
        woken = [row for row in await house.rows(Application) if row.wake_at == WEDNESDAY]
        after = {clock.id: clock.due_at for clock in await house.rows(Clock)}
        assert (len(woken), sum(after[clock] != due for clock, due in before.items())) == (1, 5)
        await house.flow.applications()
        known = await shown(life)
        async with unit_of_work(sessions_of(life)) as session:
            await session.execute(update(Application).values(wake_at=WEDNESDAY))
        assert await house.flow.applications() == 6
        assert await shown(life) == known


async def test_hours_in_which_nothing_is_ever_due_cost_only_what_they_concern(
    database_url: str, tmp_path: Path
) -> None:
    """A minute a week: four days of that lie past the horizon. It is set aside, and the change goes on."""
    async with open_life(database_url, tmp_path) as life:
        await owe_a_look(life, MONDAY)
        life.apply(MONDAY + timedelta(hours=1))
        await life.house.at(WEDNESDAY)
        assert (await clocks_of(life))["a_look"].plain, "else it would be derived anyway"
        async with unit_of_work(sessions_of(life)) as session:
            narrow = {"tz": "UTC", "week": {"mon": [["09:00", "09:01"]]}}
            await apply_calendar(session, "office", narrow, by="a test", now=WEDNESDAY)
        await moved(life)
        assert all(row.done_at for row in await recomputes(life))
        await life.house.flow.applications()
        [application] = await life.house.rows(Application)
        assert (application.failures, application.failure) == (1, "BeyondHorizon")


async def test_processes_that_start_at_once_give_one_set_of_rules(life: Life) -> None:
    """Each looks whether there are any, and only the first finds none."""
    async with unit_of_work(sessions_of(life)) as session:
        for table in (PolicySet, CalendarVersion):
            await session.execute(delete(table))

    async def start() -> None:
        async with unit_of_work(sessions_of(life)) as session:
            await ensure_starter(session, time_zone="UTC", holidays=None, now=WEDNESDAY)

    await asyncio.gather(*(start() for _ in range(4)))
    versions = [
        *((row.name, row.version) for row in await life.house.rows(CalendarVersion)),
        *(row.version for row in await life.house.rows(PolicySet)),
    ]
    assert versions == [("office", 1), 1]


async def test_hours_that_change_the_past_are_derived(life: Life) -> None:
    """A holiday entered too late moves what is due, and what was due before; rows do not tell how."""
    async with unit_of_work(sessions_of(life)) as session:
        [office] = await session.scalars(select(CalendarVersion).where(col(CalendarVersion.name) == "office"))
        late = {**office.document, "holidays": {"2026-11-03": "Forgotten"}}
        await apply_calendar(session, "office", late, by="a test", now=WEDNESDAY, effective_from=MONDAY)
    await moved(life)
    [application] = await life.house.rows(Application)
    assert application.wake_at == WEDNESDAY
    assert [row.since for row in await recomputes(life)] == [None, None, None]


async def add_applications(life: Life, count: int) -> None:
    rows = [
        {
            "id": f"aaa_{n:04}",
            "connection_id": life.house.connection,
            "external_id": f"none-{n}",
            "status": "active" if n % 2 else "rejected",
            "prospect": False,
            "failures": 0,
            "interviewing": False,
        }
        for n in range(count)
    ]
    async with unit_of_work(sessions_of(life)) as session:
        await session.execute(insert(Application).values(rows))
        await ask(session, "a test", WEDNESDAY)


async def woken(life: Life) -> int:
    async with sessions_of(life)() as session:
        count = select(func.count()).select_from(Application).where(col(Application.wake_at).is_not(None))
        return await session.scalar(count.where(col(Application.external_id).like("none-%"))) or 0


class Killed(BaseException):
    """The worker dies."""


async def _die_in_a_batch(life: Life) -> None:
    async with unit_of_work(sessions_of(life)) as session:
        await recompute(session, 10)
        raise Killed


async def test_a_killed_worker_leaves_the_rest_to_the_next(life: Life) -> None:
    """Batches that were committed stay done, the one under way is done again, and none is left out."""
    await add_applications(life, 40)
    async with unit_of_work(sessions_of(life)) as session:
        assert await recompute(session, 10) == 10
    assert await woken(life) == 5
    with pytest.raises(Killed):
        await _die_in_a_batch(life)
    assert await woken(life) == 5
    found = 1
    while found:
        async with unit_of_work(sessions_of(life)) as session:
            found = await recompute(session, 10)
    assert await woken(life) == 20
    assert all(row.done_at for row in await recomputes(life))


async def test_news_does_not_wait_behind_the_whole(life: Life) -> None:
    """While a hundred woken ones still wait to be derived, no more are woken."""
    await add_applications(life, 450)
    waking = [await _wake(life) for _ in range(3)]
    assert waking == [250, 0, 0]
    assert await woken(life) == 125
    await life.house.at(WEDNESDAY)
    asked = (await recomputes(life))[-1]
    assert asked.done_at is not None
    assert asked.woken == 226


async def _wake(life: Life) -> int:
    async with unit_of_work(sessions_of(life)) as session:
        return await recompute(session, 250)
