"""People: of every word about a candidate the latest wins, in whatever order the words come; and merges."""

from datetime import timedelta
from itertools import permutations
from pathlib import Path

from app.ats.canonical import Fact, FactKind, Reading
from app.db import unit_of_work
from app.timeline.models import Person
from app.timeline.people import find_people
from app.timeline.record import Heard, record
from tests.flow.small import MONDAY, Small, open_small

ROLE = "candidate"
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


async def _merged(small: Small, *merges: tuple[str, str]) -> None:
    facts = tuple(
        Fact(FactKind.CANDIDATE_MERGED, f"merge:{one}:{into}", MONDAY, candidate=one, data={"into": into})
        for one, into in merges
    )
    async with unit_of_work(small.services.sessions) as session:
        heard = [Heard(Reading(facts=facts), MONDAY, "webhook")]
        await record(session, small.services.vault, small.connection, heard, MONDAY)


async def _found(small: Small, *candidates: str) -> dict[str, str]:
    async with small.services.sessions() as session:
        found = await find_people(session, small.connection, [(ROLE, candidate) for candidate in candidates])
    return {candidate: found[ROLE, candidate].external_id for candidate in candidates}


async def test_merges_of_merges_lead_to_who_remains(database_url: str, tmp_path: Path) -> None:
    """However many there are, and whoever else of them is asked for; a circle leads to one of it."""
    chain = [(str(nth), str(nth + 1)) for nth in range(1, 7)]
    async with open_small(database_url, tmp_path) as small:
        await _merged(small, *chain, ("20", "21"), ("21", "20"))
        assert await _found(small, "1") == {"1": "7"}
        assert await _found(small, "1", "2", "6", "7") == dict.fromkeys(("1", "2", "6", "7"), "7")
        assert (await _found(small, "20"))["20"] in ("20", "21")
