"""The loops of a process: trouble in one place is no silence in another."""

import asyncio
from pathlib import Path

from structlog.testing import capture_logs

from app.followups.models import FollowUp
from app.loops import Loops
from tests.flow.small import MONDAY, Small, open_small, webhook


async def test_a_drain_in_trouble_holds_up_none_behind_it(database_url: str, tmp_path: Path) -> None:
    """What is wrong with the first is wrong each time; news is planned all the same."""
    async with open_small(database_url, tmp_path) as small:
        await small.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'spoiled' USING ERRCODE = 'check_violation'; END $$"
        )
        await small.execute(
            "CREATE TRIGGER spoil BEFORE UPDATE ON recompute FOR EACH ROW EXECUTE FUNCTION refuse()"
        )
        await small.hear(webhook("new_candidate_application", MONDAY))
        # The traces of the trouble take longer to draw than the work does.
        with capture_logs() as told:
            await _until_planned(small)
    assert {line["loop"] for line in told if line["event"] == "loop.trouble"} == {"work"}


async def _until_planned(small: Small) -> None:
    async with Loops(small.flow).running(grace=5), asyncio.timeout(20):
        while not await small.rows(FollowUp):  # noqa: ASYNC110  # where it shows
            await asyncio.sleep(0.01)
