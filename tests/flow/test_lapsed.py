"""Later truth takes away what started a clock: the row and its history say so alike."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.db import unit_of_work
from app.sla.book import apply_policies
from app.sla.models import Clock, ClockEvent
from app.sla.store import LAPSED
from tests.flow.small import MONDAY, open_small, webhook

DUTY = {
    "key": "a_look",
    "name": "A look",
    "starts": "application_created",
    "target": {"business_hours": 4},
    "met_by": ["hired"],
    "cancelled_by": ["closed"],
}
LATE = MONDAY + timedelta(days=4)


@pytest.mark.parametrize("action", ["candidate_stage_change", "reject_candidate", "hire_candidate"])
async def test_a_breach_that_never_was_is_voided_in_the_row_as_well(
    database_url: str, tmp_path: Path, action: str
) -> None:
    """Whether the clock was still open, cancelled late or met late; what is counted either way is equal."""
    async with open_small(database_url, tmp_path, MONDAY - timedelta(days=1)) as small:
        async with unit_of_work(small.services.sessions) as session:
            await apply_policies(session, {"policies": [DUTY]}, by="a test", now=small.clock.now())
        small.clock.at = MONDAY
        await small.hear(webhook("new_candidate_application", MONDAY))
        await small.drain()
        small.clock.at = LATE
        await small.hear(webhook(action, LATE, stage=2))
        await small.drain()
        assert (await small.one(Clock)).breached_at is not None
        await small.execute("DELETE FROM fact WHERE kind = 'application_created'")
        await small.execute("UPDATE application SET wake_at = :now", now=LATE)
        await small.flow.applications()
        clock = await small.one(Clock)
        kinds = [event.kind for event in await small.rows(ClockEvent, clock_id=clock.id)]
    assert (clock.state, clock.closed_by, clock.breached_at) == ("cancelled", LAPSED, None)
    assert kinds == ["breached", "breach_voided"]
