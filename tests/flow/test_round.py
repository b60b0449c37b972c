"""From a webhook to a message and a note: the whole flow, over real HTTP and a real database."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.demo.greenhouse import Newcomer
from app.followups.models import FollowUp
from app.sla.models import Clock
from tests.flow.house import open_house

MONDAY = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


async def test_an_application_is_acknowledged_and_noted(database_url: str, tmp_path: Path) -> None:
    """A candidate who applies hears from us, and the ATS says so."""
    async with open_house(database_url, tmp_path, MONDAY) as house:
        world = house.greenhouse
        mia = world.add_user("Mia Berger", "mia.berger@ostwind.example", MONDAY)
        job = world.add_job("Welder", ["Application Review", "Interview", "Offer"], MONDAY, recruiters=[mia])
        application = world.apply(
            Newcomer("Noémi", "Lefèvre", "noemi@example.com"), job, MONDAY + timedelta(hours=2), recruiter=mia
        )
        await house.at(MONDAY + timedelta(hours=4))
        clocks = {c.policy: c for c in await house.rows(Clock)}
        print({k: (c.state, c.closed_by, c.due_at) for k, c in clocks.items()})
        for f in await house.rows(FollowUp):
            print(f.kind, f.state, f.cause, f.release_at, f.waiting_on)
        print([p.name for p in (tmp_path / "mail").iterdir()])
        print(next((tmp_path / "mail").iterdir()).read_text())
        print(world.harvest.world.tables["notes"] if hasattr(world.harvest.world, "tables") else "")
        assert clocks["acknowledge_application"].state == "met"
        assert application
