"""What other rules would change now is told before they are applied, and is what then happens."""

import copy
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest_asyncio

from app.db import unit_of_work
from app.rehearsal.differences import Difference, proposed
from app.rehearsal.run import diff
from app.sla.book import apply_policies, starter_policies
from app.sla.cases import Change
from app.sla.models import Clock
from app.sla.policies import parse_policies
from tests.api.life import MONDAY, Life, open_life

NOW = MONDAY + timedelta(hours=3)
Rules = dict[str, Any]


@pytest_asyncio.fixture
async def life(database_url: str, tmp_path: Path) -> AsyncIterator[Life]:
    """Somebody applied at nine, was acknowledged, and was promised a word in five days."""
    async with open_life(database_url, tmp_path) as opened:
        opened.apply(MONDAY)
        await opened.house.at(NOW)
        yield opened


def rules(change: Callable[[dict[str, Rules]], None]) -> Rules:
    """The starter rules, changed."""
    document = copy.deepcopy(starter_policies())
    by_key = {policy["key"]: policy for policy in document["policies"]}
    change(by_key)
    return {**document, "policies": list(by_key.values())}


def new_duty(policies: dict[str, Rules], target: Rules | None = None) -> None:
    policies["a_second_look"] = {
        "key": "a_second_look",
        "name": "A second look",
        "starts": "application_created",
        "target": target or {"business_days": 3},
        "met_by": ["decided"],
        "say": [{"kind": "update_due", "to": "recruiter", "at": "start"}],
    }


def no_promises(policies: dict[str, Rules]) -> None:
    del policies["promised_date"]


async def told(life: Life, document: Rules, change: Change | None = None) -> list[Difference]:
    """The differences now."""
    house = life.house
    async with house.services.sessions() as session:
        book = await house.flow.shelf.book(session)
        after = proposed(book, parse_policies(document), house.clock.now(), change)
        return await diff(session, book, after, now=house.clock.now())


async def applied(life: Life, document: Rules, change: Change | None = None) -> dict[str, Clock]:
    """The clocks once it is applied."""
    async with unit_of_work(life.house.services.sessions) as session:
        await apply_policies(session, document, by="a test", now=life.house.clock.now(), change=change)
    await life.house.at(life.house.clock.now())
    return {clock.policy: clock for clock in await life.house.rows(Clock)}


async def test_the_same_rules_change_nothing(life: Life) -> None:
    """There is no difference where there is none, and nothing is written by looking."""
    before = await life.house.rows(Clock)
    assert await told(life, starter_policies()) == []
    assert await life.house.rows(Clock) == before


async def test_a_promise_that_is_dropped_is_told_and_dropped(life: Life) -> None:
    """A clock that would no longer be owed is named with its due time; applied, it is cancelled."""
    document = rules(no_promises)
    [found] = await told(life, document)
    assert (found.policy, found.what, found.state_before) == ("promised_date", "no_longer_owed", "running")
    assert found.due_before is not None
    assert (await applied(life, document))["promised_date"].state == "cancelled"


async def test_a_moved_due_time_is_told_and_moves(life: Life) -> None:
    """From when to when, and the breach that would be recorded at once; applied, that is what happens."""
    before = await applied(life, rules(new_duty), Change(backlog=True))
    [later] = await told(life, rules(partial(new_duty, target={"business_days": 5})))
    assert (later.what, later.due_before, later.breach) == ("moved", before["a_second_look"].due_at, None)
    document = rules(partial(new_duty, target={"business_hours": 1}))
    [sooner] = await told(life, document)
    assert (sooner.what, sooner.state_after, sooner.breach) == ("moved", "breached", "recorded")
    assert sooner.due_after == MONDAY + timedelta(hours=1)
    after = (await applied(life, document))["a_second_look"]
    assert (after.state, after.due_at) == ("breached", sooner.due_after)
    assert await told(life, rules(partial(new_duty, target={"business_days": 5}))) == []


async def test_new_duties_fire_for_the_backlog_only_when_asked(life: Life) -> None:
    """By default nothing is owed for what had begun; asked for, each new clock and message is named."""
    document = rules(new_duty)
    assert await told(life, document) == []
    [found] = await told(life, document, Change(backlog=True))
    assert (found.policy, found.what, found.state_after) == ("a_second_look", "newly_owed", "running")
    assert found.planned == ("update_due",)
    clocks = await applied(life, document, Change(backlog=True))
    assert clocks["a_second_look"].due_at == found.due_after


async def test_it_is_asked_over_the_api(life: Life) -> None:
    """Both rehearsals answer an administrator; rules that cannot be applied are refused by their field."""
    document = rules(no_promises)
    found = await life.act("/v1/policies/diff", {"document": document}, "admin")
    assert found["counts"] == {"no_longer_owed": 1}
    assert found["differences"][0]["policy"] == "promised_date"
    shown = await life.act("/v1/policies/backtest", {"document": document, "days": 30}, "admin")
    assert shown["applications"] == 1
    assert shown["present"]["policies"]["acknowledge_application"]["kept"] == 1
    assert "promised_date" in shown["present"]["policies"]
    assert "promised_date" not in shown["proposed"]["policies"]
    assert shown["present"]["to_candidates"] == 1
    document["policies"][0]["say"] = [{"kind": "no_such_kind"}]
    for path in ("diff", "backtest"):
        refused = await life.refused(f"/v1/policies/{path}", {"document": document}, "admin")
        assert refused == (422, "invalid-policy")
        assert (await life.refused(f"/v1/policies/{path}", {"document": document}, "act"))[0] == 403
    assert [row["version"] for row in await life.items("/v1/policies")] == [1]
