"""Signed bodies go after their days, and nothing that is still needed goes with them."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from app.intake.models import Event, RawBody
from app.loops import Loops
from app.privacy import retention
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


async def test_no_body_is_left_behind_however_many_there_are(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker goes on until none is too old: more may come in between two looks than one batch holds."""
    monkeypatch.setattr(retention, "BATCH", 1)
    async with open_small(database_url, tmp_path) as small:
        for number in (1, 2, 3):
            await small.hear(webhook("new_candidate_application", MONDAY, application=number))
        await small.drain()
        small.clock.at = MONDAY + timedelta(days=61)
        async with Loops(small.flow).running(grace=5), asyncio.timeout(20):
            while await small.rows(RawBody):  # noqa: ASYNC110  # the database is where it shows
                await asyncio.sleep(0.01)
