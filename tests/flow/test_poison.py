"""One bad thing among many is set aside with its reason; the others are done."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncSession

from app.followups.models import FollowUp
from app.intake.models import Event
from app.sla.models import Clock
from app.timeline.models import Application
from tests.flow.small import MONDAY, Small, open_small, webhook

BAD, OTHERS = 666, range(10, 16)


@pytest_asyncio.fixture
async def small(database_url: str, tmp_path: Path) -> AsyncIterator[Small]:
    """Six good applications with a bad one among them; nothing done yet."""
    async with open_small(database_url, tmp_path) as opened:
        for number in (*OTHERS[:3], BAD, *OTHERS[3:]):
            await opened.hear(webhook("new_candidate_application", MONDAY, application=number))
        yield opened


async def _fail_for_bad(small: Small, table: str, condition: str) -> None:
    """The database refuses a row, as it would one that breaks a rule nobody thought of."""
    await small.execute(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'poisoned' USING ERRCODE = 'check_violation'; END $$"
    )
    await small.execute(
        f"CREATE TRIGGER poison BEFORE INSERT ON {table} FOR EACH ROW WHEN ({condition}) "
        "EXECUTE FUNCTION refuse()"
    )


async def test_an_event_that_cannot_be_recorded(small: Small) -> None:
    """Dead, with its reason, and to be replayed; its neighbours of the same batch are facts."""
    await _fail_for_bad(small, "fact", f"NEW.application = '{BAD}'")
    await small.drain()
    states = {e.dedupe_key: e.state for e in await small.rows(Event)}
    assert sorted(states.values()) == ["dead", *["done"] * 6]
    (dead,) = await small.rows(Event, state="dead")
    assert dead.reason.startswith("could not be recorded")
    assert {a.external_id for a in await small.rows(Application)} == {str(n) for n in OTHERS}


async def test_an_application_that_cannot_be_derived(small: Small) -> None:
    """Looked at again later, with its reason in sight; the others have their clocks."""
    await small.flow.events()
    bad = await small.one(Application, external_id=str(BAD))
    await _fail_for_bad(small, "clock", f"NEW.application_id = '{bad.id}'")
    await small.drain()
    bad = await small.one(Application, external_id=str(BAD))
    assert (bad.failures, bad.wake_at) == (1, MONDAY + timedelta(minutes=2))
    assert bad.failure
    assert len({c.application_id for c in await small.rows(Clock)}) == 6
    await small.execute("DROP TRIGGER poison ON clock")
    await small.at(MONDAY + timedelta(minutes=3))
    bad = await small.one(Application, external_id=str(BAD))
    assert (bad.failures, bad.failure) == (0, None)
    assert await small.rows(Clock, application_id=bad.id)


async def test_a_message_that_cannot_be_written(small: Small) -> None:
    """It waits on operations with its reason; the other candidates hear from us."""
    await small.drain()
    application = await small.one(Application, external_id=str(BAD))
    bad = await small.one(FollowUp, application_id=application.id, kind="application_received")
    await _fail_for_bad(small, "message", f"NEW.follow_up_id = '{bad.id}'")
    await small.at(MONDAY + timedelta(minutes=11))
    bad = await small.one(FollowUp, id=bad.id)
    assert (bad.state, bad.waiting_on) == ("waiting_fact", "operations")
    assert "could not be written" in (bad.cause or "")
    sent = await small.rows(FollowUp, kind="application_received", state="sent")
    assert len(sent) == 6


async def test_the_absence_of_the_database_sets_nothing_aside(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trouble of the database is waited out: no event pays for it."""

    async def gone(*_: object, **__: object) -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as broken:
        broken.setattr(AsyncSession, "execute", gone)
        with pytest.raises(OSError):  # noqa: PT011  # whichever it is
            await small.flow.events()
    assert {e.state for e in await small.rows(Event)} == {"pending"}
    await small.flow.events()
    assert {e.state for e in await small.rows(Event)} == {"done"}
