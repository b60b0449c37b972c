"""Words of scorecards over the JSON API: proposed to the approver, picked by name, and in no list."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio
from sqlalchemy import text

from app.ats.canonical import Evaluation, Reading
from app.db import unit_of_work
from app.timeline.record import Heard, record
from tests.api.life import MONDAY, Life, minutes, open_life

KIND = "rejection_after_screening"
WORDS = "Clean seams, drawn from memory."


@pytest_asyncio.fixture
async def life(database_url: str, tmp_path: Path) -> AsyncIterator[Life]:
    """Somebody was rejected, and a scorecard tells something of them."""
    async with open_life(database_url, tmp_path) as opened:
        application = opened.apply(MONDAY)
        await opened.house.at(MONDAY + minutes(30))
        opened.house.greenhouse.reject(application, "Missing certificate", MONDAY + minutes(60))
        await opened.house.at(MONDAY + minutes(61))
        services, connection = opened.house.services, opened.house.connection
        card = Evaluation("91", str(application), None, {"Strengths": WORDS}, MONDAY)
        async with unit_of_work(services.sessions) as session:
            heard = [Heard(Reading(evaluations=(card,)), MONDAY, "poll")]
            await record(session, services.vault, connection, heard, MONDAY)
        yield opened


async def picked(life: Life) -> tuple[str, str]:
    """Where the rejection is, and the id of what can be picked for it."""
    async with life.house.services.sessions() as session:
        highlight = await session.scalar(text("SELECT id FROM highlight"))
    return f"/v1/follow-ups/{(await life.follow_up(KIND))['id']}", str(highlight)


async def test_words_of_a_scorecard_are_picked_by_somebody(life: Life) -> None:
    """It is kept who picked them, as what, and that it happened; the words themselves are in no list."""
    place, highlight = await picked(life)
    given = {"highlight": highlight, "fact": "rejection.strength", "on_behalf_of": "Robin Reyes"}
    await life.act(f"{place}/highlights", given)
    shown: dict[str, Any] = await life.get(place)
    assert [(one["name"], one["supplied_by"]) for one in shown["supplied"]] == [
        ("rejection.strength", "Robin Reyes")
    ]
    assert WORDS not in str(shown)
    audit = (await life.get("/v1/audit", "admin"))["items"]
    assert "follow-up.highlight-picked" in [row["act"] for row in audit]
    assert WORDS not in str(audit)
    assert isinstance((await life.get(f"{place}/preview", "act"))["suggestions"], list)


async def test_what_cannot_be_picked_is_refused(life: Life) -> None:
    """Unknown words, another fact, no words at all, no scope."""
    place, highlight = await picked(life)
    assert await life.refused(f"{place}/highlights", {"highlight": "hil_x"}) == (404, "not-found")
    wrong = {"highlight": highlight, "fact": "decision.by"}
    assert await life.refused(f"{place}/highlights", wrong) == (422, "unprocessable")
    assert await life.refused(f"{place}/highlights", {}) == (422, "invalid-request")
    assert await life.refused(f"{place}/highlights", {"highlight": highlight}, "read") == (403, "not-allowed")
