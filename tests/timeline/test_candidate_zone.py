"""A candidate's own time zone, where an ATS gives it, is part of the truth; nonsense is not."""

from pathlib import Path

from app.ats.canonical import PersonFields, PersonRole, Reading
from app.db import unit_of_work
from app.timeline.models import Application
from app.timeline.record import Heard, record
from app.timeline.store import read
from tests.flow.small import MONDAY, open_small, webhook


async def test_the_zone_that_the_ats_gives_is_known(database_url: str, tmp_path: Path) -> None:
    """An IANA name counts; anything else is as if nothing had been said."""
    async with open_small(database_url, tmp_path) as small:
        await small.hear(webhook("new_candidate_application", MONDAY))
        await small.drain()
        candidate = (await small.one(Application)).candidate
        for told, known in (("Asia/Kolkata", "Asia/Kolkata"), ("Atlantis/Deep", None)):
            fields = PersonFields(PersonRole.CANDIDATE, candidate, time_zone=told)
            heard = Heard(Reading(people=(fields,)), MONDAY, "poll")
            async with unit_of_work(small.services.sessions) as session:
                await record(session, small.services.vault, small.connection, [heard], MONDAY)
            async with small.services.sessions() as session:
                [found] = await read(
                    session, [await session.get_one(Application, (await small.one(Application)).id)]
                )
            assert found.truth.candidate_zone == known
