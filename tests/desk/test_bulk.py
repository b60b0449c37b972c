"""Many approvals in one request: each as it was read, each by itself, and twice is once."""

import asyncio
from datetime import timedelta
from typing import Any

from app.followups.models import Approval
from tests.api.life import MONDAY, minutes
from tests.desk.asked import KIND, PLACE, Three


async def test_each_by_itself(three: Three) -> None:
    """One excluded, one stale, one unknown, one good: the good one is approved, and each says why (not)."""
    first, second, third = await three.reads()
    stale = {**second, "message_id": first["message_id"]}
    unknown = {"follow_up_id": "fup_none", "message_id": "msg_none"}
    outcomes = await three.bulk(
        items=[third, stale, unknown, first], note="All read", **{"except": [third["follow_up_id"]]}
    )
    assert outcomes == [
        ("excluded", None),
        ("refused", "wrong-state"),
        ("refused", "not-found"),
        ("approved", None),
    ]
    assert await three.states() == ["ready", "waiting_approval", "waiting_approval"]
    [verdict] = (await three.life.get(f"/v1/follow-ups/{first['follow_up_id']}", "act"))["approvals"]
    assert (verdict["via"], verdict["note"], verdict["decided_by"]) == ("bulk", "All read", "Robin Reyes")
    assert verdict["saw"]["message_id"] == first["message_id"]
    audit = await three.life.get(f"/v1/audit?subject={first['follow_up_id']}", "admin")
    assert audit["items"][0]["act"] == "follow-up.approved"
    assert audit["items"][0]["detail"]["via"] == "bulk"


async def test_twice_is_once(three: Three) -> None:
    """Asked again, also at the same time, it says that they are approved already; each has one verdict."""
    items = await three.reads()
    at_once = await asyncio.gather(three.bulk(items=items), three.bulk(items=items[::-1]))
    outcomes = sorted(outcome for answer in at_once for outcome, _ in answer)
    assert outcomes == ["already_approved"] * 3 + ["approved"] * 3
    assert await three.bulk(items=[*items, items[0]]) == [("already_approved", None)] * 4
    assert len(await three.life.house.rows(Approval)) == 3
    await three.life.house.at(MONDAY + timedelta(hours=30))
    assert await three.states() == ["sent"] * 3
    assert await three.bulk(items=items) == [("already_approved", None)] * 3


async def test_all_of_a_kind_in_the_words_that_were_read(three: Three) -> None:
    """What was written after the reading is left alone, and so are exceptions and other kinds."""
    first, second, third = await three.reads()
    read_at = three.life.house.clock.now()
    three.life.house.clock.at = read_at + minutes(1)
    await three.life.act(
        f"/v1/follow-ups/{second['follow_up_id']}/facts", {"facts": {"decision.by": "Ada Okoro"}}
    )
    waiting = {"kind": KIND, "seen_at": read_at.isoformat()}
    assert await three.bulk(waiting={**waiting, "kind": "offer_news"}) == []
    assert await three.bulk(waiting={**waiting, "connection": "con_other"}) == []
    assert await three.bulk(waiting=waiting, **{"except": [third["follow_up_id"]]}) == [("approved", None)]
    assert await three.states() == ["ready", "waiting_approval", "waiting_approval"]
    assert first["message_id"] != second["message_id"]


async def test_what_makes_no_sense_is_refused(three: Three) -> None:
    """Neither or both ways of naming, too many, a key that may only read: nothing is done."""
    items = await three.reads()
    waiting = {"kind": KIND, "seen_at": "2026-11-02T12:00:00Z"}
    wrongs: list[dict[str, Any]] = [
        {},
        {"items": items, "waiting": waiting},
        {"items": []},
        {"items": items * 40},
    ]
    for wrong in wrongs:
        assert await three.life.refused(PLACE, wrong) == (422, "invalid-request")
    assert await three.life.refused(PLACE, {"items": items}, "read") == (403, "not-allowed")
    assert await three.states() == ["waiting_approval"] * 3
