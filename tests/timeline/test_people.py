"""People: of every word about a candidate the latest wins, in whatever order the words come."""

from datetime import timedelta
from itertools import permutations
from pathlib import Path

from app.ats.canonical import Fact, FactKind, Reading
from app.db import unit_of_work
from app.timeline.models import Person
from app.timeline.record import Heard, record
from tests.flow.small import MONDAY, open_small

WORDS = (
    (0, {"private": True}),
    (1, {"can_email": False}),
    (2, {"can_email": True}),
    (2, {"can_email": False}),
    (1, {"private": False}),
)


async def test_of_each_flag_the_latest_word_wins_in_any_order(database_url: str, tmp_path: Path) -> None:
    """A later word about mail says nothing about privacy; at one instant the more careful word stands."""
    orders = list(permutations(WORDS))
    async with open_small(database_url, tmp_path) as small:
        async with unit_of_work(small.services.sessions) as session:
            for nth, order in enumerate(orders):
                facts = tuple(
                    Fact(
                        FactKind.CANDIDATE_CHANGED,
                        f"{nth}:{hours}:{flags}",
                        MONDAY + timedelta(hours=hours),
                        candidate=str(nth),
                        data=flags,
                    )
                    for hours, flags in order
                )
                heard = [Heard(Reading(facts=facts), MONDAY, "webhook")]
                await record(session, small.services.vault, small.connection, heard, MONDAY)
        people = await small.rows(Person)
    assert len(people) == len(orders)
    assert {(person.can_email, person.private) for person in people} == {(False, False)}
