"""Clocks over the JSON API: what people do to them, and why they are due when they are due."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest_asyncio

from tests.api.life import MONDAY, Life, minutes, open_life

WHY = {"reason": "Spoke on the phone", "on_behalf_of": "Robin Reyes"}
POLICY = "acknowledge_application"


@pytest_asyncio.fixture
async def life(database_url: str, tmp_path: Path) -> AsyncIterator[Life]:
    """Somebody has applied a minute ago: the clock of the acknowledgement runs."""
    async with open_life(database_url, tmp_path) as opened:
        opened.apply(MONDAY)
        await opened.house.at(MONDAY + minutes(1))
        yield opened


def due(clock: dict[str, str]) -> datetime:
    return datetime.fromisoformat(clock["due_at"])


async def test_done_meets_the_clock_at_once(life: Life) -> None:
    """The answer shows it met with its reason; the drain then drops what was to be said."""
    clock = await life.clock(POLICY)
    assert (clock["state"], clock["owner"]) == ("running", life.owner)
    met = await life.act(f"/v1/clocks/{clock['id']}/done", WHY)
    assert (met["state"], met["closed_by"]) == ("met", "done by Robin Reyes")
    await life.house.at(MONDAY + minutes(60))
    assert (await life.follow_up("application_received"))["state"] == "cancelled"
    assert life.mails() == []
    assert await life.refused(f"/v1/clocks/{clock['id']}/done", WHY) == (409, "wrong-state")


async def test_a_pause_moves_the_due_time_by_its_length(life: Life) -> None:
    """While it lasts nothing is due and nothing is said; the audit knows who."""
    clock = await life.clock(POLICY)
    place = f"/v1/clocks/{clock['id']}"
    paused = await life.act(f"{place}/pause", WHY)
    assert (paused["state"], paused["due_at"]) == ("paused", None)
    assert paused["paused_by"] == "paused by Robin Reyes"
    assert await life.refused(f"{place}/pause", WHY) == (409, "wrong-state")
    why = await life.get(f"{place}/explain")
    assert "no due time while it is paused" in why["sentence"]

    await life.house.at(MONDAY + minutes(121))
    assert life.mails() == []
    running = await life.act(f"{place}/resume", {"reason": "We know more"})
    # Two hours later, of which the office has half an hour left on that day.
    assert (due(clock), due(running)) == (MONDAY + timedelta(hours=8), MONDAY + timedelta(hours=25.5))
    assert await life.refused(f"{place}/resume", WHY) == (409, "wrong-state")
    [pause] = (await life.get(f"{place}/explain"))["counting"]["pauses"]
    assert (pause["seconds"], pause["cause"]) == (7200, "paused by Robin Reyes")
    acts = [row["act"] for row in (await life.get("/v1/audit", "admin"))["items"]]
    assert acts == ["clock.resume", "clock.pause"]
    await life.house.at(MONDAY + minutes(180))
    assert len(life.mails()) == 1, "what was not said in the pause is said after it"


async def test_a_snooze_ends_by_itself(life: Life) -> None:
    """It names its end, and the due time moves by what it takes."""
    clock = await life.clock(POLICY)
    place = f"/v1/clocks/{clock['id']}"
    until = MONDAY + minutes(61)
    snoozed = await life.act(f"{place}/snooze", {**WHY, "until": until.isoformat()})
    assert snoozed["state"] == "paused"
    assert due(snoozed) == MONDAY + timedelta(hours=24.5), "half past nine on the next day"
    await life.house.at(until + minutes(1))
    assert (await life.clock(POLICY))["state"] in ("running", "met")


async def test_a_snooze_ends_when_somebody_resumes_it(life: Life) -> None:
    """Only the time until then is left out; afterwards it can be paused and resumed as before."""
    clock = await life.clock(POLICY)
    place = f"/v1/clocks/{clock['id']}"
    until = MONDAY + timedelta(hours=30)
    assert (await life.act(f"{place}/snooze", {**WHY, "until": until.isoformat()}))["state"] == "paused"
    resumed = await life.act(f"{place}/resume", WHY)
    assert (resumed["state"], due(resumed)) == ("running", due(clock))
    assert await life.refused(f"{place}/resume", WHY) == (409, "wrong-state")
    assert (await life.act(f"{place}/pause", WHY))["state"] == "paused"
    assert (await life.act(f"{place}/resume", WHY))["state"] == "running"


async def test_the_reason_of_an_act_is_read_with_the_person_only(life: Life) -> None:
    """It may name the candidate: sealed with their key, shown to whoever may read people."""
    clock = await life.clock(POLICY)
    await life.act(f"/v1/clocks/{clock['id']}/done", WHY)
    place = f"/v1/applications/{clock['application_id']}"
    [hidden] = (await life.get(place))["acts"]
    assert (hidden["act"], hidden["reason"]) == ("done", None)
    [shown] = (await life.get(f"{place}?include=person", "act"))["acts"]
    assert shown["reason"] == WHY["reason"]
    for wrong in (MONDAY, MONDAY + timedelta(days=400)):
        given = {**WHY, "until": wrong.isoformat()}
        assert (await life.refused(f"/v1/clocks/{clock['id']}/snooze", given))[0] in (409, 422)


async def test_only_a_promise_can_be_moved(life: Life) -> None:
    """A promised date moves with a person's word; a target of a policy does not."""
    clock = await life.clock(POLICY)
    until = (MONDAY + timedelta(days=14)).isoformat()
    assert await life.refused(f"/v1/clocks/{clock['id']}/move", {**WHY, "until": until}) == (
        409,
        "wrong-state",
    )
    await life.house.at(MONDAY + minutes(30))
    promised = await life.clock("promised_date")
    moved = await life.act(f"/v1/clocks/{promised['id']}/move", {**WHY, "until": until})
    assert due(moved) == MONDAY + timedelta(days=14)


async def test_an_act_asked_twice_is_done_once(life: Life) -> None:
    """The same Idempotency-Key gets the first answer, and one act is in the history."""
    clock = await life.clock(POLICY)
    for replayed in (None, "true"):
        answer = await life.ask(
            "POST", f"/v1/clocks/{clock['id']}/pause", "act", WHY, **{"Idempotency-Key": "pause-1"}
        )
        assert (answer.status_code, answer.headers.get("Idempotent-Replayed")) == (200, replayed)
        assert answer.json()["state"] == "paused"
    shown = await life.get(f"/v1/applications/{clock['application_id']}")
    assert [(act["act"], act["by"]) for act in shown["acts"]] == [("pause", "Robin Reyes")]


async def test_what_makes_no_sense_is_refused(life: Life) -> None:
    """No reason, no such clock, no such scope; and nothing of it is done."""
    clock = await life.clock(POLICY)
    place = f"/v1/clocks/{clock['id']}"
    for body in ({}, {"reason": ""}, {"reason": "  "}, {**WHY, "until": None}):
        assert await life.refused(f"{place}/done", body) == (422, "invalid-request")
    assert await life.refused(f"{place}/snooze", WHY) == (422, "invalid-request")
    past = {**WHY, "until": MONDAY.isoformat()}
    assert await life.refused(f"{place}/snooze", past) == (422, "unprocessable")
    assert await life.refused("/v1/clocks/clk_none/done", WHY) == (404, "not-found")
    assert await life.refused(f"{place}/done", WHY, "read") == (403, "not-allowed")
    assert (await life.ask("GET", place, "metrics")).status_code == 403
    assert await life.clock(POLICY) == clock


async def test_a_due_time_over_christmas_explains_itself(database_url: str, tmp_path: Path) -> None:
    """Each stretch that counted, the holiday that did not, and every version it rests on."""
    start = datetime(2026, 12, 24, 14, tzinfo=UTC)  # 15:00 in Berlin
    berlin = {"time_zone": "Europe/Berlin", "holidays": "DE-BE"}
    async with open_life(database_url, tmp_path, start, **berlin) as life:
        life.apply(start)
        await life.house.at(start + minutes(1))
        clock = await life.clock(POLICY)
        why = await life.get(f"/v1/clocks/{clock['id']}/explain")
        counting = why["counting"]
        assert due(clock) == datetime(2026, 12, 28, 13, 30, tzinfo=UTC)
        assert [(each["from"], each["seconds"]) for each in counting["segments"]] == [
            ("2026-12-24T15:00:00+01:00", 9000),
            ("2026-12-28T09:00:00+01:00", 19800),
        ]
        assert [each["date"] for each in counting["closed"]] == ["2026-12-25"]
        assert counting["closed"][0]["name"] in why["sentence"]
        assert why["clock"] == clock
        assert why["target"] == "8 business hours"
        assert why["versions"]["policy_set"] == 1
        assert why["versions"]["tzdata"] == counting["tzdata"]
        [first, second] = why["escalations"]
        assert (first["to"], first["reached"]) == ("recruiter", False)
        assert datetime.fromisoformat(first["at"]) == due(clock)
        assert datetime.fromisoformat(second["at"]) > due(clock)
        assert "due Mon 28 Dec 2026 14:30" in why["sentence"]


async def test_a_due_time_over_a_change_of_the_clocks(database_url: str, tmp_path: Path) -> None:
    """Hours on Monday are hours, whatever happened on Sunday night."""
    start = datetime(2026, 10, 23, 13, tzinfo=UTC)  # 15:00 in Berlin, summer time
    async with open_life(database_url, tmp_path, start, time_zone="Europe/Berlin") as life:
        life.apply(start)
        await life.house.at(start + minutes(1))
        clock = await life.clock(POLICY)
        segments = (await life.get(f"/v1/clocks/{clock['id']}/explain"))["counting"]["segments"]
        assert [each["from"][-6:] for each in segments] == ["+02:00", "+01:00"]
        assert due(clock) == datetime(2026, 10, 26, 13, 30, tzinfo=UTC)


async def test_clocks_are_found_by_what_they_are(life: Life) -> None:
    """Filters narrow, `open` among them; the detail tells what happened."""
    [application] = await life.items("/v1/applications")
    everything = await life.items(f"/v1/clocks?application={application['id']}&open=true")
    assert [clock["policy"] for clock in everything] == [POLICY]
    assert await life.items("/v1/clocks?open=false") == []
    assert await life.items("/v1/clocks?owner=member:0") == []
    detail = await life.get(f"/v1/clocks/{everything[0]['id']}")
    assert detail == {**everything[0], "events": []}
