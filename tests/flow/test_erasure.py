"""After erasure nothing of the candidate can be read in any table, with whatever key."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text

from app.ats.canonical import Fact, FactKind, Reading
from app.db import unit_of_work
from app.delivery.by_hand import settle_unknown
from app.delivery.models import Attempt
from app.intake.models import Event, RawBody
from app.messages.approval import Desk, edit, reject
from app.messages.models import Message
from app.privacy.vault import CannotOpen
from app.sla.acts import Asked, act
from app.timeline.models import Person
from app.timeline.record import Heard, record
from tests.flow.small import ADDRESS, MONDAY, NAME, Small, open_small, webhook

PERSONAL = (*NAME, ADDRESS, "fond of moths")
GONE = {"action": "candidate_anonymized", "payload": {"candidate_id": 9_501, "anonymized_fields": ["name"]}}


@pytest_asyncio.fixture
async def small(database_url: str, tmp_path: Path) -> AsyncIterator[Small]:
    """A candidate who was written to, and whose rejection somebody has edited."""
    async with open_small(database_url, tmp_path) as opened:
        await opened.hear(webhook("new_candidate_application", MONDAY))
        await opened.at(MONDAY + timedelta(minutes=11))
        later = MONDAY + timedelta(hours=2)
        opened.clock.at = later
        await opened.hear(webhook("reject_candidate", later))
        await opened.drain()
        await _edit_what_waits(opened)
        await _settle_an_unknown(opened)
        yield opened


async def _edit_what_waits(small: Small) -> None:
    async with unit_of_work(small.services.sessions) as session:
        book = await small.flow.shelf.book(session)
        desk = Desk(session, small.services.vault, book, "Ostwind", "en", "key:x", small.clock.now())
        found = await session.execute(text("SELECT id FROM follow_up WHERE state = 'waiting_approval'"))
        for (follow_up,) in found.all():
            await edit(desk, follow_up, subject=f"Dear {NAME[0]}", text="You are fond of moths.")
            await reject(desk, follow_up, note=f"I will call {NAME[0]} about the moths")
        clock = await session.scalar(text("SELECT id FROM clock WHERE closed_at IS NULL LIMIT 1"))
        said = Asked("done", "R", f"{NAME[0]} is fond of moths")
        await act(session, small.services.vault, book, str(clock), said, small.clock.now())


async def _settle_an_unknown(small: Small) -> None:
    await small.execute("UPDATE delivery SET state = 'unknown', act_at = NULL WHERE channel = 'mail'")
    vault, at = small.services.vault, small.instants()
    async with unit_of_work(small.services.sessions) as session:
        found = (await session.scalars(text("SELECT id FROM delivery WHERE channel = 'mail'"))).all()
        for delivery in found:
            why = f"{NAME[1]} told me"
            await settle_unknown(session, vault, delivery, arrived=True, by="R", reason=why, at=at)


async def _everything(small: Small) -> Iterator[tuple[str, Any]]:
    """Every value of every column of every table."""
    async with small.services.sessions() as session:
        tables = await session.scalars(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        )
        found = []
        for table in tables.all():
            for row in await session.execute(text(f'SELECT * FROM "{table}"')):
                found += [(f"{table}.{name}", value) for name, value in row._mapping.items()]
    return iter(found)


async def _traces(small: Small) -> list[str]:
    """Where something personal can still be read."""
    events = [event.id for event in await small.rows(Event)]
    vault = small.services.vault
    found = []
    for place, value in await _everything(small):
        shown = [value.decode("latin-1")] if isinstance(value, bytes) else [_text(value)]
        if isinstance(value, bytes):
            for event in events:
                try:
                    shown.append(vault.unseal(value, event).decode("latin-1"))
                except CannotOpen:
                    continue
        if any(word.lower() in one.lower() for word in PERSONAL for one in shown):
            found.append(place)
    return found


def _text(value: Any) -> str:
    return json.dumps(value, default=str, ensure_ascii=False)


async def test_before_erasure_only_the_raw_bodies_open_with_the_master_key_alone(small: Small) -> None:
    """Names and addresses stand nowhere in the clear; the search itself finds what is to be found."""
    assert set(await _traces(small)) == {"raw_body.body"}


async def test_after_erasure_nothing_can_be_read(small: Small) -> None:
    """Key gone, raw bodies gone; messages and attempts stay as noise that nobody opens."""
    await small.hear(GONE)
    await small.drain()
    assert await _traces(small) == []
    person = await small.one(Person, role="candidate")
    assert (person.key, person.fields, person.address_hash) == (None, None, None)
    assert person.erased_at is not None
    assert await small.rows(Message)
    assert await small.rows(Attempt)


async def test_a_late_webhook_about_an_erased_candidate_brings_nothing_back(small: Small) -> None:
    """What was on its way when the candidate was erased is neither remembered nor kept."""
    await small.hear(GONE)
    await small.drain()
    kept = len(await small.rows(RawBody))
    await small.hear(webhook("candidate_stage_change", MONDAY + timedelta(hours=1), stage=2))
    await small.drain()
    assert await _traces(small) == []
    assert len(await small.rows(RawBody)) == kept


async def test_erasure_in_the_same_batch_as_what_it_erases(small: Small) -> None:
    """Read together, whichever comes first."""
    later = small.clock.now()
    await small.hear(webhook("unreject_candidate", later), GONE, webhook("reject_candidate", later))
    await small.drain()
    assert await _traces(small) == []


MERGED = Reading(
    facts=(Fact(FactKind.CANDIDATE_MERGED, "merge", MONDAY, candidate="9501", data={"into": "9502"}),)
)
ERASED = Reading(erased=("9502",))


@pytest.mark.parametrize("order", [(MERGED, ERASED), (ERASED, MERGED)])
async def test_who_was_merged_into_somebody_erased_is_erased(
    small: Small, order: tuple[Reading, Reading]
) -> None:
    """It is one person; in whichever order the merge and the erasure are heard."""
    for reading in order:
        async with unit_of_work(small.services.sessions) as session:
            heard = [Heard(reading, MONDAY, "webhook")]
            await record(session, small.services.vault, small.connection, heard, MONDAY)
    people = await small.rows(Person, role="candidate")
    assert {person.external_id: person.key for person in people} == {"9501": None, "9502": None}
    assert await _traces(small) == []
