"""How members of the team hear from us, over the API: set, shown without its secret, forgotten."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.api.life import Life, open_life

ROOM = "https://hooks.slack.com/services/T0/B0/a-secret-of-the-room"


@pytest_asyncio.fixture
async def life(database_url: str, tmp_path: Path) -> AsyncIterator[Life]:
    async with open_life(database_url, tmp_path) as opened:
        yield opened


async def test_a_preference_is_set_kept_and_forgotten(life: Life) -> None:
    """The room's address is never shown, and kept when it is left out; forgotten, it is mail again."""
    place = f"/v1/preferences/{life.house.connection}/4455"
    given = {"channel": "slack", "webhook_url": ROOM, "digest_hour": 9, "time_zone": "Europe/Berlin"}
    given |= {"locale": "de-AT"}
    shown = (await life.ask("PUT", place, "act", json=given)).json()
    assert (shown["channel"], shown["digest_hour"], shown["time_zone"]) == ("slack", 9, "Europe/Berlin")
    assert shown["locale"] == "de-AT"
    assert "a-secret" not in str(shown)
    again = await life.ask("PUT", place, "act", json={"channel": "slack", "digest": False})
    assert (again.status_code, again.json()["digest"]) == (200, False)
    assert [each["member"] for each in await life.items("/v1/preferences")] == ["4455"]
    assert (await life.ask("DELETE", place, "act")).status_code == 204
    assert (await life.ask("GET", place, "read")).status_code == 404


async def test_what_was_done_to_a_preference_is_found_by_its_place(life: Life) -> None:
    """Also where the ATS's ids of members are long."""
    member = "8d49b010-cc6a-4f40-ace5-e86061c677ed"
    subject = f"preferences/{life.house.connection}/{member}"
    assert (await life.ask("PUT", f"/v1/{subject}", "act", json={})).status_code == 200
    [row] = (await life.get(f"/v1/audit?subject={subject}", "admin"))["items"]
    assert row["act"] == "preference.kept"


@pytest.mark.parametrize(
    "wrong",
    [
        {"channel": "slack"},
        {"channel": "slack", "webhook_url": "https://evil.example/x"},
        {"channel": "teams", "webhook_url": ROOM},
        {"channel": "pigeon"},
        {"digest_hour": 3},
        {"time_zone": "Mars/Olympus"},
        {"locale": "German"},
        {"unknown": 1},
    ],
)
async def test_what_cannot_work_is_refused(life: Life, wrong: dict[str, object]) -> None:
    """Named as the caller's mistake, without repeating an address."""
    answer = await life.ask("PUT", f"/v1/preferences/{life.house.connection}/4455", "act", json=wrong)
    assert answer.status_code == 422
    assert "evil.example" not in answer.text
    unknown = await life.ask("PUT", "/v1/preferences/con_none/4455", "act", json={})
    assert unknown.status_code == 404
