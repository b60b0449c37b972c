"""Follow-ups over the JSON API: nothing personal leaves before a person has read and allowed it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest_asyncio

from tests.api.life import MONDAY, Life, minutes, open_life

KIND = "rejection_after_screening"
ROBIN = {"on_behalf_of": "Robin Reyes"}
FACTS = {"facts": {"decision.by": "Tom Okoro"}, **ROBIN}


@pytest_asyncio.fixture
async def life(database_url: str, tmp_path: Path) -> AsyncIterator[Life]:
    """Somebody has applied, heard from us, and was rejected an hour later."""
    async with open_life(database_url, tmp_path) as opened:
        application = opened.apply(MONDAY)
        await opened.house.at(MONDAY + minutes(30))
        opened.house.greenhouse.reject(application, "Missing certificate", MONDAY + minutes(60))
        await opened.house.at(MONDAY + minutes(61))
        yield opened


async def test_a_rejection_from_the_missing_fact_to_the_mail(life: Life) -> None:
    """Missing, supplied, read, approved; it leaves at its time, and everybody's part is kept."""
    waiting = await life.follow_up(KIND)
    place = f"/v1/follow-ups/{waiting['id']}"
    assert (waiting["state"], waiting["waiting_on"]) == ("waiting_fact", life.owner)
    lacking = await life.get(f"{place}/preview", "act")
    assert lacking["missing"] == [{"name": "decision.by", "label": "who made the decision"}]
    assert (lacking["subject"], lacking["message_id"]) == (None, None)

    supplied = await life.act(f"{place}/facts", FACTS)
    assert supplied["state"] == "waiting_approval"
    words = await life.get(f"{place}/preview", "act")
    assert words["missing"] == []
    assert words["subject"]
    assert "Noémi" in words["text"]
    assert "Noémi" in words["html"]
    told = [fact["name"] for sentence in words["sentences"] for fact in sentence["facts"]]
    assert "candidate.first_name" in told
    assert words["message_id"] == supplied["message_id"]

    seen = {"message_id": words["message_id"], "note": "Fair and kind", **ROBIN}
    approved = await life.act(f"{place}/approve", seen)
    assert approved["state"] == "ready"
    assert sum("noemi@example.com" in mail for mail in life.mails()) == 1, "the acknowledgement alone"
    await life.house.at(MONDAY + timedelta(hours=28))
    assert (await life.follow_up(KIND))["state"] == "sent"
    assert sum("noemi@example.com" in mail for mail in life.mails()) == 2

    shown = await life.get(place)
    assert [(each["verdict"], each["decided_by"]) for each in shown["approvals"]] == [
        ("approved", "Robin Reyes")
    ]
    assert [each["name"] for each in shown["supplied"]] == ["decision.by"]
    audit = (await life.get(f"/v1/audit?subject={waiting['id']}", "admin"))["items"]
    assert [row["act"] for row in audit] == [
        "follow-up.approved",
        "follow-up.words-read",
        "follow-up.facts-supplied",
        "follow-up.words-read",
    ]
    assert "Okoro" not in str(audit), "values of facts are personal"


async def test_only_the_words_that_were_read_are_approved(life: Life) -> None:
    """An edit in between makes the approval void; the edited words are approved and sent."""
    waiting = await life.follow_up(KIND)
    place = f"/v1/follow-ups/{waiting['id']}"
    first = (await life.act(f"{place}/facts", FACTS))["message_id"]
    before = (await life.get(f"{place}/preview", "act"))["text"]
    own = before.replace("Kind regards", "With warm regards")
    edited = await life.act(f"{place}/edit", {"subject": "About your application", "text": own, **ROBIN})
    assert edited["state"] == "waiting_approval"
    assert await life.refused(f"{place}/approve", {"message_id": first}) == (409, "wrong-state")
    assert (await life.follow_up(KIND))["state"] == "waiting_approval"
    after = await life.get(f"{place}/preview", "act")
    assert (after["subject"], after["version"], after["written_by"]) == (
        "About your application",
        2,
        "Robin Reyes",
    )
    await life.act(f"{place}/approve", {"message_id": after["message_id"]})
    await life.house.at(MONDAY + timedelta(hours=28))
    assert any("With warm regards" in mail for mail in life.mails())


async def test_a_rejected_message_is_never_sent(life: Life) -> None:
    """Its clock keeps running, so that the candidate still hears from somebody."""
    waiting = await life.follow_up(KIND)
    place = f"/v1/follow-ups/{waiting['id']}"
    rejected = await life.act(f"{place}/reject", {"note": "I will call instead"})
    assert (rejected["state"], rejected["cause"]) == (
        "rejected",
        "rejected by the act key",
    )
    [verdict] = (await life.get(place, "act"))["approvals"]
    assert (verdict["verdict"], verdict["note"]) == ("rejected", "I will call instead")
    [verdict] = (await life.get(place))["approvals"]
    assert (verdict["verdict"], verdict["note"]) == ("rejected", None)
    assert await life.refused(f"{place}/facts", FACTS) == (409, "wrong-state")
    await life.house.at(MONDAY + timedelta(hours=28))
    assert sum("noemi@example.com" in mail for mail in life.mails()) == 1, "the acknowledgement alone"
    assert (await life.clock("tell_rejection"))["state"] == "running"


async def test_what_makes_no_sense_is_refused(life: Life) -> None:
    """Unknown facts, empty ones, absent follow-ups, missing scopes; and nothing of it is done."""
    waiting = await life.follow_up(KIND)
    place = f"/v1/follow-ups/{waiting['id']}"
    assert await life.refused(f"{place}/facts", {"facts": {"shoe.size": "42"}}) == (422, "unprocessable")
    assert await life.refused(f"{place}/facts", {"facts": {"decision.by": "  "}}) == (422, "unprocessable")
    assert await life.refused(f"{place}/facts", {"facts": {}}) == (422, "invalid-request")
    assert await life.refused(f"{place}/approve", {}) == (422, "invalid-request")
    assert await life.refused(f"{place}/approve", {"message_id": "msg_x"}) == (409, "wrong-state")
    assert await life.refused(f"{place}/reject", {"note": ""}) == (422, "invalid-request")
    assert await life.refused("/v1/follow-ups/fup_none/reject", {"note": "x"}) == (404, "not-found")
    assert await life.refused(f"{place}/reject", {"note": "x"}, "read") == (403, "not-allowed")
    assert (await life.ask("GET", f"{place}/preview", "read")).status_code == 403
    assert (await life.ask("GET", "/v1/follow-ups/fup_none/preview", "act")).status_code == 404
    assert await life.follow_up(KIND) == waiting


async def test_follow_ups_are_found_by_what_they_are(life: Life) -> None:
    """Whose turn it is, what kind, which application; page after page."""
    mine = await life.items(f"/v1/follow-ups?waiting_on={life.owner}&state=waiting_fact")
    assert [each["kind"] for each in mine] == [KIND]
    [application] = await life.items("/v1/applications")
    everything = await life.items(f"/v1/follow-ups?application={application['id']}")
    first = await life.get(f"/v1/follow-ups?application={application['id']}&limit=1")
    second = await life.get(
        f"/v1/follow-ups?application={application['id']}&limit=1&cursor={first['next_cursor']}"
    )
    assert first["items"] + second["items"] == everything[:2]
    assert (await life.ask("GET", "/v1/follow-ups?cursor=nonsense", "read")).status_code == 400
    assert "Noémi" not in str(everything)
