"""Policies and calendars over the JSON API: versions that are added, never changed."""

import copy
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.api.life import MONDAY, Life, minutes, open_life


@pytest_asyncio.fixture
async def life(database_url: str, tmp_path: Path) -> AsyncIterator[Life]:
    """A house with the starter rules, and somebody who applied a minute ago."""
    async with open_life(database_url, tmp_path) as opened:
        opened.apply(MONDAY)
        await opened.house.at(MONDAY + minutes(1))
        yield opened


async def test_a_new_version_of_a_calendar_moves_what_is_open(life: Life) -> None:
    """The clock is due on the new hours; both versions stay to be read."""
    [starter] = await life.items("/v1/calendars?name=office")
    before = await life.clock("acknowledge_application")
    document = copy.deepcopy(starter["document"])
    document["holidays"]["2026-11-02"] = "Works outing"
    new = {"name": "office", "document": document}
    made = await life.act("/v1/calendars", new, "admin", 201)
    assert (made["version"], made["document"]["holidays"]["2026-11-02"]) == (2, "Works outing")
    await life.house.at(MONDAY + minutes(2))
    after = await life.clock("acknowledge_application")
    assert after["due_at"] > before["due_at"]
    why = await life.get(f"/v1/clocks/{after['id']}/explain")
    assert "Works outing" in why["sentence"]
    assert len(why["versions"]["calendars"]) == 2
    assert [each["version"] for each in await life.items("/v1/calendars?name=office")] == [2, 1]


async def test_a_new_version_of_the_policies_rules_from_now(life: Life) -> None:
    """It is numbered, audited and read back; unknown kinds of follow-up are refused."""
    [first] = await life.items("/v1/policies")
    document = copy.deepcopy(first["document"])
    for policy in document["policies"]:
        if policy["key"] == "acknowledge_application":
            policy["target"] = {"business_hours": 2}
    made = await life.act("/v1/policies", {"document": document}, "admin", 201)
    assert made["version"] == 2
    assert await life.get("/v1/policies/2") == made
    await life.house.at(MONDAY + minutes(2))
    clock = await life.clock("acknowledge_application")
    assert (clock["policy_version"], clock["due_at"]) == (2, "2026-11-02T11:00:00Z")
    [row] = (await life.get("/v1/audit?subject=policies/2", "admin"))["items"]
    assert row["act"] == "policies.applied"
    assert (await life.ask("GET", "/v1/policies/9", "read")).status_code == 404


POLICY = {"key": "greet", "name": "Greet", "starts": "application_created", "met_by": ["closed"]}


@pytest.mark.parametrize(
    ("place", "body", "code"),
    [
        ("calendars", {"name": "x", "document": {"tz": "Mars/Olympus"}}, "invalid-calendar"),
        ("calendars", {"name": "x", "document": {"tz": "UTC", "week": {}}}, "calendar-never-opens"),
        ("calendars", {"name": "../x", "document": {}}, "invalid-request"),
        ("policies", {"document": {"policies": [{"key": "x"}]}}, "invalid-policy"),
        ("policies", {"document": {"policies": [POLICY]}}, "invalid-policy"),
        (
            "policies",
            {
                "document": {
                    "policies": [
                        {**POLICY, "target": {"business_hours": 1}, "say": [{"kind": "no_such_kind"}]}
                    ]
                }
            },
            "invalid-policy",
        ),
        (
            "policies",
            {"document": {"policies": [{**POLICY, "target": {"business_hours": 1e308}}]}},
            "invalid-policy",
        ),
        (
            "policies",
            {"document": {"policies": []}, "effective_from": "2026-11-01T00:00:00Z"},
            "invalid-policy",
        ),
    ],
)
async def test_rules_that_cannot_work_are_refused(
    life: Life, place: str, body: dict[str, Any], code: str
) -> None:
    """With the field that is wrong; and nothing is stored."""
    assert await life.refused(f"/v1/{place}", body, "admin") == (422, code)
    assert await life.refused(f"/v1/{place}", body, "act") == (403, "not-allowed")
    assert len(await life.items(f"/v1/{place}")) == 1


async def test_the_past_is_not_changed(life: Life) -> None:
    """A calendar may begin later, never earlier."""
    [starter] = await life.items("/v1/calendars")
    for days, status in ((-1, 422), (7, 201)):
        effective = (MONDAY + timedelta(days=days)).isoformat()
        body = {"name": "office", "document": starter["document"], "effective_from": effective}
        answer = await life.ask("POST", "/v1/calendars", "admin", body)
        assert answer.status_code == status
