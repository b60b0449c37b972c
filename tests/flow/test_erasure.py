"""After erasure nothing of the candidate can be read in any table, with whatever key."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest_asyncio
from sqlalchemy import text

from app.db import unit_of_work
from app.delivery.models import Attempt
from app.intake.models import Event, RawBody
from app.messages.approval import Desk, edit
from app.messages.models import Message
from app.privacy.vault import CannotOpen
from app.timeline.models import Person
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
        yield opened


async def _edit_what_waits(small: Small) -> None:
    async with unit_of_work(small.services.sessions) as session:
        book = await small.flow.shelf.book(session)
        desk = Desk(session, small.services.vault, book, "Ostwind", "en", "key:x", small.clock.now())
        found = await session.execute(text("SELECT id FROM follow_up WHERE state = 'waiting_approval'"))
        for (follow_up,) in found.all():
            await edit(desk, follow_up, subject=f"Dear {NAME[0]}", text="You are fond of moths.")


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
