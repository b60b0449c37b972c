"""An approval that nobody gives is on a clock: reminded, escalated, handed over, and in the end void."""

from datetime import datetime, timedelta
from typing import Any

from tests.api.life import MONDAY, minutes
from tests.desk.asked import TOM, Asked, rule

ASKED_AT = MONDAY + minutes(61)


async def _silent(found: Asked) -> dict[str, str]:
    """Which follow-ups to the candidate are in silence, and on whom they wait."""
    waiting = (await found.follow_up())["id"]
    rows = await found.life.items("/v1/silence/follow-ups")
    return {row["waiting_on"]: row["reason"] for row in rows if row["id"] == waiting}


async def _at(found: Asked, instant: datetime) -> dict[str, Any]:
    await found.life.house.at(instant)
    return await found.follow_up()


async def test_from_the_first_word_to_the_end(found: Asked) -> None:
    """Mia is asked and reminded, then Tom is asked, then operations; after 14 days the draft is void.

    All the while the clock behind it runs, and new facts bring the draft back.
    """
    tom = f"member:{found.tom}"
    assert (len(found.links()), len(found.links(TOM))) == (1, 0)
    row = await _at(found, ASKED_AT + timedelta(hours=22))
    assert (row["waiting_on"], len(found.links())) == (found.life.owner, 1)
    # Eight business hours later, on Tuesday at the same time.
    row = await _at(found, ASKED_AT + timedelta(hours=24, minutes=30))
    assert (row["waiting_on"], len(found.links())) == (found.life.owner, 2)
    row = await _at(found, ASKED_AT + timedelta(hours=48, minutes=30))
    assert (row["state"], row["waiting_on"]) == ("waiting_approval", tom)
    assert (len(found.links()), len(found.links(TOM))) == (2, 1)
    assert await _silent(found) == {}, "it waits on a named person"
    row = await _at(found, ASKED_AT + timedelta(hours=72, minutes=30))
    assert (row["state"], row["waiting_on"]) == ("waiting_approval", "operations")
    assert "nobody has decided since 2026-11-02" in str(await _silent(found))
    assert (await found.life.clock("tell_rejection"))["state"] in ("running", "breached")

    row = await _at(found, ASKED_AT + timedelta(days=14, minutes=-2))
    assert row["state"] == "waiting_approval"
    row = await _at(found, ASKED_AT + timedelta(days=14, minutes=1))
    assert (row["state"], row["waiting_on"]) == ("expired", "operations")
    assert "nobody has decided about its draft since 2026-11-02" in str(await _silent(found))
    metrics = (await found.life.ask("GET", "/metrics", "metrics")).text
    assert 'heardback_follow_ups_waiting{reason="expired"} 1' in metrics
    [verdict] = (await found.detail())["approvals"]
    assert (verdict["verdict"], verdict["via"], verdict["saw"]["version"]) == ("expired", "clock", 1)
    assert "has expired" in (await found.open(found.links()[0])).text
    assert (await found.life.clock("tell_rejection"))["state"] == "breached"
    assert (len(found.links()), len(found.links(TOM))) == (2, 1), "nobody is pestered"
    assert found.letters() == 1

    place = f"/v1/follow-ups/{row['id']}"
    back = await found.life.act(f"{place}/facts", {"facts": {"decision.by": "Ada Okoro"}})
    assert back["state"] == "waiting_approval"
    await found.life.house.at(ASKED_AT + timedelta(days=14, minutes=2))
    assert len(found.links()) == 3, "and whoever is to decide is asked again"
    assert (await found.send(found.links()[-1], "approve")).status_code == 303


async def test_whoever_was_asked_later_may_decide(found: Asked) -> None:
    """Tom allows it by his own link, in his own name; Mia's link then says so."""
    await found.life.house.at(ASKED_AT + timedelta(hours=48, minutes=30))
    [link] = found.links(TOM)
    assert (await found.send(link, "approve")).status_code == 303
    [verdict] = (await found.detail())["approvals"]
    assert verdict["decided_by"] == f"member:{found.tom}"
    assert "decided already" in (await found.open(found.links()[-1])).text


async def test_the_longest_wait_is_counted_from_its_beginning(found: Asked) -> None:
    """Whoever else is asked meanwhile, the figure says since when the candidate's message waits."""
    await found.life.house.at(ASKED_AT + timedelta(hours=49))
    metrics = (await found.life.ask("GET", "/metrics", "metrics")).text
    name = 'heardback_follow_ups_waiting_oldest_age_seconds{reason="waiting_approval"} '
    [age] = [line.removeprefix(name) for line in metrics.splitlines() if line.startswith(name)]
    assert float(age) == timedelta(hours=49).total_seconds()


async def test_words_that_time_has_made_untrue_are_not_allowed(found: Asked) -> None:
    """A date in them has passed while they waited: it is said, and the words can be changed."""
    place = f"/v1/follow-ups/{(await found.follow_up())['id']}"
    read = await found.life.get(f"{place}/preview", "act")
    dated = read["text"].replace("Kind regards", "Write to us until Friday 6 November 2026.\n\nKind regards")
    changed = await found.life.act(f"{place}/edit", {"subject": read["subject"], "text": dated})
    await found.life.house.at(MONDAY + timedelta(days=6))
    consent = {"message_id": changed["message_id"]}
    refused = await found.life.ask("POST", f"{place}/approve", "act", consent)
    assert (refused.status_code, refused.json()["code"]) == (422, "unprocessable")
    assert "A date in the message is already past." in refused.json()["detail"]
    assert (await found.follow_up())["state"] == "waiting_approval"
    again = await found.life.act(f"{place}/edit", {"subject": read["subject"], "text": read["text"]})
    allowed = await found.life.act(f"{place}/approve", {"message_id": again["message_id"]})
    assert allowed["state"] == "ready"


async def test_no_burst_after_an_outage(found: Asked) -> None:
    """Nothing ran for four days: one step is taken, the furthest."""
    house = found.life.house
    house.clock.at = ASKED_AT + timedelta(days=4)
    assert await house.flow.approvals() == 1
    assert await house.flow.approvals() == 0
    row = await found.follow_up()
    assert (row["state"], row["waiting_on"]) == ("waiting_approval", "operations")
    asked_of = await found.life.items("/v1/follow-ups?kind=approval_waiting")
    assert len(asked_of) == 1


RULES = {
    "rules": [
        {"kinds": ["offer_*"], "by": "recruiter"},
        {"when": {"jobs": ["Weld*"]}, "by": "hiring_managers"},
    ],
    "remind_after": {"business_hours": 2},
}


async def test_the_job_says_who_must_allow_it(found: Asked) -> None:
    """For a welder the hiring manager is asked, and nobody else may allow it; the rules say how fast."""
    await rule(found, RULES)
    tom, row = f"member:{found.tom}", await found.follow_up()
    assert (row["waiting_on"], row["approver"]) == (tom, tom)
    assert (len(found.links()), len(found.links(TOM))) == (1, 1)
    place = f"/v1/follow-ups/{row['id']}/approve"
    for somebody in (None, "Tom Okoro", "member:1"):
        given = {"message_id": row["message_id"], "on_behalf_of": somebody}
        assert await found.life.refused(place, given) == (403, "not-allowed")
    assert (await found.follow_up())["state"] == "waiting_approval"
    await found.life.house.at(ASKED_AT + timedelta(hours=2, minutes=30))
    assert len(found.links(TOM)) == 2
    allowed = await found.life.act(place, {"message_id": row["message_id"], "on_behalf_of": tom})
    assert allowed["state"] == "ready"


async def test_a_rule_for_others_leaves_it_to_whoever_may_act(found: Asked) -> None:
    """A welder is no head: Mia is asked, all may allow it, and the draft lives as long as the rules say."""
    rules = [{"when": {"jobs": ["Head of *"]}, "by": "hiring_managers"}]
    await rule(found, {"rules": rules, "expires_after": {"calendar_days": 1}})
    row = await found.follow_up()
    assert (row["waiting_on"], row["approver"]) == (found.life.owner, None)
    assert (await _at(found, ASKED_AT + timedelta(days=1, minutes=1)))["state"] == "expired"
    given = {"message_id": row["message_id"]}
    refused = await found.life.refused(f"/v1/follow-ups/{row['id']}/approve", given)
    assert refused == (409, "wrong-state")
    rejected = await found.life.act(f"/v1/follow-ups/{row['id']}/reject", {"note": "I call instead"})
    assert rejected["state"] == "rejected"
    assert await _silent(found) == {}
