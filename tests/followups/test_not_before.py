"""A rejection that the ATS forbids to tell before a date leaves at that date, and not before."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from app.ats.canonical import Fact, FactKind, Reading
from app.db import unit_of_work
from app.delivery.models import Delivery
from app.followups.models import FollowUp
from app.messages.approval import Desk, approve, supply
from app.sla.models import Clock, ClockEvent
from app.timeline.record import Heard, record
from tests.flow.small import MONDAY, Small, open_small, webhook

REJECTED = MONDAY + timedelta(hours=1)
FRIDAY = MONDAY + timedelta(days=4)
NEXT_TUESDAY = MONDAY + timedelta(days=8)
LATER = timedelta(minutes=5)


@pytest_asyncio.fixture
async def small(database_url: str, tmp_path: Path) -> AsyncIterator[Small]:
    """A candidate who heard from us, and was rejected an hour after applying."""
    async with open_small(database_url, tmp_path) as opened:
        await opened.hear(webhook("new_candidate_application", MONDAY))
        await opened.at(MONDAY + timedelta(minutes=11))
        await opened.hear(webhook("reject_candidate", REJECTED))
        await opened.at(REJECTED)
        yield opened


async def _forbid(small: Small, until: datetime, now: datetime) -> None:
    """The ATS says from when on the rejection may be told."""
    said = f"{until:%Y-%m-%dT%H:%M:%SZ}"
    data = {"not_before": said}
    fact = Fact(FactKind.REJECTED, f"rejected:{now.isoformat()}:{said}", now, application="501", data=data)
    small.clock.at = now
    async with unit_of_work(small.services.sessions) as session:
        heard = [Heard(Reading(facts=(fact,)), now, "poll")]
        await record(session, small.services.vault, small.connection, heard, now)


async def _rejection(small: Small) -> FollowUp:
    found: FollowUp = await small.one(FollowUp, kind="rejection_after_screening")
    return found


async def _clock(small: Small) -> Clock:
    found: Clock = await small.one(Clock, policy="tell_rejection")
    return found


async def _allow(small: Small) -> None:
    row = await _rejection(small)
    async with unit_of_work(small.services.sessions) as session:
        book = await small.flow.shelf.book(session)
        company, now = small.services.settings.company_name, small.clock.now()
        desk = Desk(session, small.services.vault, book, company, "en", "Robin Reyes", now)
        if row.state == "waiting_fact":
            await supply(desk, row.id, {"decision.by": "Mara Bexley"})
        await approve(desk, row.id, message_id=None, note=None)


async def _told(small: Small) -> int:
    (row,) = await small.rows(FollowUp, kind="rejection_after_screening")
    mails = await small.rows(Delivery, follow_up_id=row.id, channel="mail")
    return sum(mail.state == "sent" for mail in mails)


async def test_it_is_written_and_allowed_before_and_leaves_at_the_date(small: Small) -> None:
    """The recruiter reads it on Monday, the candidate next Tuesday; the clock waits and says why."""
    await _forbid(small, NEXT_TUESDAY, REJECTED + LATER)
    await small.drain()
    await _allow(small)
    row, clock = await _rejection(small), await _clock(small)
    assert (row.state, row.release_at, row.act_at) == ("ready", NEXT_TUESDAY, NEXT_TUESDAY)
    assert clock.state == "paused"
    assert clock.paused_by == "not to be told before 2026-11-10 09:00 UTC"
    assert clock.due_at is not None
    assert clock.due_at > NEXT_TUESDAY
    await small.at(NEXT_TUESDAY - timedelta(seconds=1))
    assert await _told(small) == 0
    await small.at(NEXT_TUESDAY)
    assert await _told(small) == 1
    clock = await _clock(small)
    assert (clock.state, clock.breached_at) == ("met", None)


@pytest.mark.parametrize(("first", "then"), [(FRIDAY, NEXT_TUESDAY), (NEXT_TUESDAY, FRIDAY)])
async def test_the_plan_moves_with_the_date(small: Small, first: datetime, then: datetime) -> None:
    """Later or earlier: what was allowed leaves at the date named last, without another approval."""
    await _forbid(small, first, REJECTED + LATER)
    await small.drain()
    await _allow(small)
    await _forbid(small, then, REJECTED + 2 * LATER)
    await small.drain()
    row = await _rejection(small)
    assert (row.state, row.act_at) == ("ready", then)
    await small.at(then - timedelta(seconds=1))
    assert await _told(small) == 0
    await small.at(then)
    assert await _told(small) == 1


async def test_a_date_that_comes_when_it_is_on_its_way_out_still_holds_it(small: Small) -> None:
    """Queued, and nothing is folded yet, even so: the transaction that sends asks the facts themselves."""
    await small.drain()
    await _allow(small)
    row = await _rejection(small)
    assert row.act_at is not None
    small.clock.at = leaves = row.act_at
    await small.flow.releases()
    await _forbid(small, NEXT_TUESDAY, leaves)
    # As if another worker had folded all that was known before this fact came.
    await small.execute("UPDATE application SET wake_at = NULL")
    await small.flow.deliveries()
    mail = await small.one(Delivery, follow_up_id=row.id, channel="mail")
    assert (mail.state, mail.act_at, mail.attempt) == ("queued", NEXT_TUESDAY, 0)
    await small.at(NEXT_TUESDAY)
    assert await _told(small) == 1


async def test_a_breach_before_the_date_was_known_is_voided(small: Small) -> None:
    """Overdue in our books, then the ATS says that it was not to be told yet: corrected, never erased."""
    overdue = MONDAY + timedelta(days=4)
    await small.at(overdue)
    assert (await _clock(small)).breached_at is not None
    await _forbid(small, NEXT_TUESDAY, overdue + LATER)
    await small.drain()
    clock = await _clock(small)
    assert (clock.state, clock.breached_at) == ("paused", None)
    kinds = {event.kind for event in await small.rows(ClockEvent, clock_id=clock.id)}
    assert {"breached", "breach_voided"} <= kinds


@pytest.mark.parametrize("years", [7, 400])
async def test_a_date_beyond_all_calendars_means_never_and_breaks_nothing(small: Small, years: int) -> None:
    """Somebody's way of saying never: the clock has no due time, the application is still understood."""
    await _forbid(small, MONDAY.replace(year=MONDAY.year + years), REJECTED + LATER)
    await small.drain()
    await small.at(MONDAY + timedelta(days=90))
    clock = await _clock(small)
    assert (clock.state, clock.due_at) == ("paused", None)
    assert await _told(small) == 0
    assert (await _rejection(small)).state in ("waiting_fact", "waiting_approval")
