"""Every act leaves a row that nobody can change."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.access.audit import (
    AUDIT_TRIGGER_DOWN,
    AUDIT_TRIGGER_SQL,
    CLOCK_EVENT_TRIGGER_DOWN,
    CLOCK_EVENT_TRIGGER_SQL,
)
from tests.api.house import House


async def test_an_act_is_recorded_with_who_what_and_when(house: House) -> None:
    """The row names the key, the act and its subject, at business time."""
    admin = await house.headers("admin")
    made = (await house.client.post("/v1/keys", headers=admin, json={"name": "x", "scopes": ["act"]})).json()
    rows = (await house.client.get("/v1/audit", headers=admin, params={"subject": made["id"]})).json()[
        "items"
    ]
    assert [(row["act"], row["detail"], row["at"]) for row in rows] == [
        ("key.created", {"scopes": ["act"]}, "2026-03-10T12:00:00Z"),
    ]
    assert rows[0]["actor"] == f"key:key_{admin['Authorization'].split('_')[1]}"


async def test_a_refused_act_leaves_no_row(house: House) -> None:
    """Act and row stand or fall together."""
    admin = await house.headers("admin")
    await house.client.post("/v1/keys/key_none/revoke", headers=admin)
    assert (await house.client.get("/v1/audit", headers=admin)).json()["items"] == []


@pytest.mark.parametrize("change", ["UPDATE audit SET act = 'x'", "DELETE FROM audit", "TRUNCATE audit"])
async def test_the_database_refuses_to_change_the_audit(house: House, change: str) -> None:
    """Append-only by trigger, whoever connects; and undone as it was made."""
    async with house.services.engine.connect() as connection, connection.begin():
        present = await connection.scalar(
            text("SELECT count(*) FROM pg_trigger WHERE tgname = 'audit_append_only'"),
        )
        if not present:
            for statement in AUDIT_TRIGGER_SQL:
                await connection.execute(text(statement))
        added = (
            "INSERT INTO audit (at, actor, act, subject, detail) VALUES ('2026-01-01Z', 'a', 'b', 'c', '{}')"
        )
        await connection.execute(text(added))
        nested = await connection.begin_nested()
        with pytest.raises(DBAPIError, match="append-only"):
            await connection.execute(text(change))
        await nested.rollback()
        for statement in AUDIT_TRIGGER_DOWN:
            await connection.execute(text(statement))
        await connection.execute(text(change))


async def test_clock_events_are_append_only_the_same_way(house: House) -> None:
    """What happened to a clock is never changed either."""
    async with house.services.engine.connect() as connection, connection.begin():
        present = await connection.scalar(
            text("SELECT count(*) FROM pg_trigger WHERE tgname = 'clock_event_append_only'"),
        )
        for statement in () if present else CLOCK_EVENT_TRIGGER_SQL:
            await connection.execute(text(statement))
        nested = await connection.begin_nested()
        with pytest.raises(DBAPIError, match="append-only"):
            await connection.execute(text("TRUNCATE clock_event"))
        await nested.rollback()
        for statement in CLOCK_EVENT_TRIGGER_DOWN:
            await connection.execute(text(statement))
