"""A candidate gets another id: what people supplied, and the words that wait, stay readable and leave."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from app.ats.canonical import Fact, FactKind, Reading
from app.db import unit_of_work
from app.followups.models import FollowUp
from app.messages.approval import Desk, approve, edit, supply
from app.messages.previews import Preview, preview
from app.timeline.record import Heard, record
from tests.flow.small import MONDAY, Small, open_small, webhook

KIND = "rejection_after_screening"
REASON = "Jonas Weber"
LATER = MONDAY + timedelta(hours=2)
WORDS = {"company": "Ostwind Robotics", "locale": "en"}


@pytest_asyncio.fixture
async def small(database_url: str, tmp_path: Path) -> AsyncIterator[Small]:
    """A rejection waits for who decided."""
    async with open_small(database_url, tmp_path, rejection_cooling_minutes=0) as opened:
        await opened.hear(webhook("new_candidate_application", MONDAY))
        await opened.at(MONDAY + timedelta(minutes=15))
        opened.clock.at = MONDAY + timedelta(hours=1)
        await opened.hear(webhook("reject_candidate", opened.clock.now()))
        await opened.drain()
        yield opened


async def waiting(small: Small) -> FollowUp:
    found: FollowUp = await small.one(FollowUp, kind=KIND)
    return found


async def supplied(small: Small, **facts: str) -> None:
    """A person says so at their desk."""
    row = await waiting(small)
    async with unit_of_work(small.services.sessions) as session:
        given = {name.replace("__", "."): value for name, value in facts.items()}
        await supply(await desk(small, session), row.id, given)


async def desk(small: Small, session: Any) -> Desk:
    book = await small.flow.shelf.book(session)
    return Desk(session, small.services.vault, book, by="Mara", now=small.clock.now(), **WORDS)


async def shown(small: Small) -> Preview:
    row = await waiting(small)
    async with small.services.sessions() as session:
        book = await small.flow.shelf.book(session)
        return await preview(session, small.services.vault, book, row.id, small.clock.now(), **WORDS)


async def merged(small: Small) -> None:
    """Another candidate swallows this one, as the ATS tells it."""
    small.clock.at = LATER
    fact = Fact(FactKind.CANDIDATE_MERGED, "merge", LATER, candidate="9501", data={"into": "77001"})
    async with unit_of_work(small.services.sessions) as session:
        await record(
            session,
            small.services.vault,
            small.connection,
            [Heard(Reading(facts=(fact,)), LATER, "poll")],
            LATER,
        )
    await told_again(small)


async def told_again(small: Small) -> None:
    """The application is told under the other id; no word of a merge."""
    small.clock.at = LATER
    await small.hear(webhook("application_updated", LATER, status="rejected", candidate={"id": 77_001}))
    await small.drain()


@pytest.mark.parametrize("how", [merged, told_again], ids=["told", "untold"])
async def test_words_that_wait_are_read_edited_allowed_and_sent(small: Small, how: Any) -> None:
    """Everything about them was sealed with the first id's key."""
    await supplied(small, decision__by=REASON)
    before = await shown(small)
    assert (await waiting(small)).state == "waiting_approval"
    await how(small)
    after = await shown(small)
    assert (after.words, after.missing) == (before.words, before.missing)
    row = await waiting(small)
    async with unit_of_work(small.services.sessions) as session:
        subject, text = after.words["subject"], after.words["text"]
        await edit(await desk(small, session), row.id, subject=subject, text=f"{text}\n\nAll the best.")
    async with unit_of_work(small.services.sessions) as session:
        await approve(await desk(small, session), row.id, message_id=None, note=None)
    await small.at((await waiting(small)).release_at + timedelta(minutes=1))
    assert (await waiting(small)).state == "sent"
    assert any(b"All the best" in raw for _, raw in small.route.sent)


async def test_facts_that_were_supplied_before_count_after(small: Small) -> None:
    """Nobody is asked twice: with what is supplied under the new id they make one message."""
    await supplied(small, decision__by=REASON)
    await merged(small)
    await supplied(small, rejection__strength="Your welds were even.")
    found = await shown(small)
    assert found.missing == ()
    assert (await waiting(small)).state == "waiting_approval"


async def test_what_the_erased_said_stays_closed(small: Small) -> None:
    """Under whichever id: the words of before are not opened with a key that is left over."""
    await supplied(small, decision__by=REASON)
    await told_again(small)
    await small.execute(
        "UPDATE person SET key = NULL, fields = NULL, erased_at = :at WHERE external_id = '77001'", at=LATER
    )
    assert (await shown(small)).words == {}
