"""Who may call, and for what."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from app.access.keys import Scope, allowed, authenticate
from app.db import unit_of_work
from app.errors import NotAuthenticated
from tests.api.house import NOON, House


async def test_a_new_key_opens_what_its_scopes_allow_and_nothing_else(house: House) -> None:
    """The scope in a handler's signature is the permission."""
    read = await house.headers("read")
    assert (await house.client.get("/v1/events", headers=read)).status_code == 200
    refused = await house.client.get("/v1/keys", headers=read)
    assert (refused.status_code, refused.json()["code"]) == (403, "not-allowed")
    assert "admin" in refused.json()["detail"]


@pytest.mark.parametrize(
    ("scope", "included"),
    [
        ("read", {"read"}),
        ("act", {"read", "act"}),
        ("admin", {"read", "act", "admin", "metrics"}),
        ("metrics", {"metrics"}),
    ],
)
def test_scopes_include_what_they_need_and_no_more(scope: str, included: set[str]) -> None:
    """Whoever may act may read; a metrics key reads nothing else."""
    assert {one.value for one in allowed([scope])} == included


NO_KEYS = [
    None,
    "",
    "Bearer",
    "Bearer hb_",
    "Bearer hb_x_y",
    "Basic aGI6aGI=",
    "Bearer hb_" + "0" * 26 + "_" + "0" * 64,
    "Bearer é\x00",
]


async def test_whatever_is_no_key_is_401(house: House) -> None:
    """Missing, malformed and unknown keys get the same answer, with the way to authenticate."""
    for header in NO_KEYS:
        headers = [(b"Authorization", header.encode("latin-1"))] if header is not None else []
        answer = await house.client.get("/v1/events", headers=headers)
        assert (header, answer.status_code, answer.json()["code"]) == (header, 401, "not-authenticated")
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_key_with_another_secret_is_refused(house: House) -> None:
    """Knowing a key's id is knowing nothing."""
    key = await house.key("read")
    other = key[:-1] + ("0" if key[-1] != "0" else "1")
    async with unit_of_work(house.services.sessions) as session:
        with pytest.raises(NotAuthenticated):
            await authenticate(session, f"Bearer {other}", NOON)
        caller = await authenticate(session, f"Bearer {key}", NOON)
    assert caller.scopes == {Scope.READ}


async def test_the_secret_is_not_in_the_database(house: House) -> None:
    """A stolen table opens nothing."""
    key = await house.key("admin")
    async with house.services.engine.connect() as connection:
        row = (await connection.execute(text("SELECT api_key::text FROM api_key"))).scalar_one()
    secret = key.rsplit("_", 1)[1]
    assert secret not in row
    assert secret.encode().hex() not in row


async def test_a_revoked_key_is_refused_from_that_moment(house: House) -> None:
    """Revoking works at once, also for the key that asked for it, and keeps its first instant."""
    admin, victim = await house.headers("admin"), await house.key("act")
    key_id = f"key_{victim.split('_')[1]}"
    house.machine.advance(timedelta(hours=1))
    first = await house.client.post(f"/v1/keys/{key_id}/revoke", headers=admin)
    assert first.json()["revoked_at"] == "2026-03-10T13:00:00Z"
    refused = await house.client.get("/v1/events", headers={"Authorization": f"Bearer {victim}"})
    assert refused.status_code == 401
    house.machine.advance(timedelta(hours=1))
    again = await house.client.post(f"/v1/keys/{key_id}/revoke", headers=admin)
    assert again.json()["revoked_at"] == "2026-03-10T13:00:00Z"


async def test_a_key_is_shown_once_and_works(house: House) -> None:
    """The answer that makes a key is the only place where its text is."""
    admin = await house.headers("admin")
    made = await house.client.post("/v1/keys", headers=admin, json={"name": "board", "scopes": ["read"]})
    assert made.status_code == 201
    works = await house.client.get("/v1/events", headers={"Authorization": f"Bearer {made.json()['key']}"})
    assert works.status_code == 200
    listed = await house.client.get("/v1/keys", headers=admin)
    assert [item["name"] for item in listed.json()["items"]] == ["board", "a test"]
    assert made.json()["key"].rsplit("_", 1)[1] not in listed.text


async def test_revoking_an_unknown_key_is_404(house: House) -> None:
    """There is nothing to revoke."""
    answer = await house.client.post("/v1/keys/key_none/revoke", headers=await house.headers("admin"))
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
