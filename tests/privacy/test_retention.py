"""Signed bodies go after their days, and nothing that is still needed goes with them."""

from datetime import timedelta
from pathlib import Path

from app.intake.models import Event, RawBody
from app.timeline.models import FactRow
from tests.flow.small import MONDAY, open_small, webhook


async def test_bodies_go_after_their_days_and_facts_stay(database_url: str, tmp_path: Path) -> None:
    """Sixty days later the bytes are gone, event and facts are not; one that waits unread is kept."""
    async with open_small(database_url, tmp_path) as small:
        await small.hear(webhook("new_candidate_application", MONDAY))
        await small.drain()
        facts = len(await small.rows(FactRow))
        await small.hear(webhook("candidate_stage_change", MONDAY, stage=2))
        small.clock.at = MONDAY + timedelta(days=59)
        assert await small.flow.housekeeping() == 0
        small.clock.at = MONDAY + timedelta(days=61)
        assert await small.flow.housekeeping() == 1
        [kept] = await small.rows(RawBody)
        assert (await small.one(Event, state="pending")).id == kept.event_id
        assert len(await small.rows(FactRow)) == facts > 0
