"""Every sample webhook, signed, goes through the real door and the real flow, and can be replayed."""

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import httpx

from app.ats.greenhouse import signature
from app.db import unit_of_work
from app.delivery.models import Delivery
from app.followups.models import FollowUp
from app.intake import events
from app.intake.models import Event
from app.loops import drain_all
from app.timeline.models import FactRow
from tests.flow.house import SECRET, House, open_house

_OWN = Path(__file__).parents[1] / "ats" / "fixtures" / "greenhouse"
_SHARED = Path(__file__).parents[2].parent / "shared" / "payloads" / "greenhouse"
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def _samples() -> list[bytes]:
    """Our own, and the shared ones where they are there."""
    files = [*sorted(_OWN.glob("*.json")), *sorted(_SHARED.glob("*.json"))]
    return [file.read_bytes() for file in files]


async def test_every_sample_is_accepted_handled_or_knowingly_ignored_and_replayable(
    database_url: str,
    tmp_path: Path,
) -> None:
    """200 for each; none dead; a replay adds no fact, no follow-up and no message."""
    async with open_house(database_url, tmp_path, NOW, poll=False) as house:
        bodies = _samples()
        assert len(bodies) >= 20
        async with httpx.AsyncClient(trust_env=False) as http:
            for number, body in enumerate(bodies):
                headers = {"signature": signature(body, SECRET), "greenhouse-event-id": f"sample-{number}"}
                answer = await http.post(house.greenhouse.push.url, content=body, headers=headers)
                assert answer.status_code == 200, json.loads(body)["action"]
        await drain_all(house.flow)
        stored = await house.rows(Event)
        assert Counter(e.state for e in stored).keys() <= {"done", "ignored"}
        assert all(e.reason for e in stored if e.state == "ignored")
        before = await _tally(house)

        async with unit_of_work(house.services.sessions) as session:
            for event in stored:
                await events.replay(session, event.id)
        await drain_all(house.flow)
        again = await house.rows(Event)
        assert {e.replays for e in again} == {1}
        assert Counter(e.state for e in again) == Counter(e.state for e in stored)
        assert await _tally(house) == before


async def _tally(house: House) -> tuple[set[str], int, int]:
    facts = {fact.key for fact in await house.rows(FactRow)}
    return facts, len(await house.rows(FollowUp)), len(await house.rows(Delivery))
