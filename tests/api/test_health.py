"""Alive, ready, and which version."""

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import text

from app.db import unit_of_work
from app.delivery.models import RouteHealth
from app.main import create_app
from app.metrics.health import needed_revision
from app.metrics.models import WorkerSeen
from app.moments import TZDATA_VERSION
from app.replies.imap_models import ImapCursor
from tests.api.house import House


async def test_alive_needs_nothing() -> None:
    """Liveness asks no database: an outage elsewhere must not restart the process."""
    transport = httpx.ASGITransport(create_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://heardback") as client:
        assert (await client.get("/healthz")).json() == {"status": "ok"}


async def test_ready_with_the_schema_at_head(house: House) -> None:
    """Without a key, so that an orchestrator may ask."""
    answer = await house.client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "reasons": [], "warnings": []})


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        ("UPDATE alembic_version SET version_num = 'old'", "the schema is at old"),
        ("DROP TABLE alembic_version", "the database does not answer, or has no schema"),
    ],
)
async def test_not_ready_says_why(house: House, trouble: str, reason: str) -> None:
    """503 with the reason in words and the command to run."""
    async with house.services.engine.begin() as connection:
        await connection.execute(text(trouble))
    answer = await house.client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["reasons"][0].startswith(reason)
    assert "heardback migrate" in answer.json()["reasons"][0]


async def test_a_mailbox_that_stays_shut_is_a_warning_and_nothing_unready(house: House) -> None:
    """Another replica would read it no better."""
    now = house.services.machine_now()
    row = ImapCursor(id="x", mailbox="answers", next_at=now, heard_at=now - timedelta(hours=1))
    row.failure = "The mailbox refuses (login)."
    async with unit_of_work(house.services.sessions) as session:
        session.add(row)
    answer = await house.client.get("/readyz")
    assert (answer.status_code, answer.json()["ready"]) == (200, True)
    (warning,) = answer.json()["warnings"]
    assert warning.startswith("mailbox answers has not been read since")
    assert warning.endswith("The mailbox refuses (login).")


async def test_a_stopped_route_is_told_with_its_cause(house: House) -> None:
    """Mail waits behind it until somebody mends it."""
    async with unit_of_work(house.services.sessions) as session:
        session.add(
            RouteHealth(route="main", stopped_at=house.services.clock.now(), cause="The key is refused.")
        )
        session.add(RouteHealth(route="bulk"))
    answer = await house.client.get("/readyz")
    (warning,) = answer.json()["warnings"]
    assert answer.json()["ready"] is True
    assert warning.startswith("mail route main has been stopped since ")
    assert warning.endswith(" UTC. The key is refused.")


async def test_work_that_nobody_does_is_told(house: House) -> None:
    """A service without its workers takes everything in and answers nobody; alone it works by itself."""
    house.services.settings.redis_url = "redis://127.0.0.1:1"
    now = house.services.machine_now()
    for seen, told in (
        (None, "no worker has been seen yet"),
        (
            now - timedelta(minutes=2),
            f"no worker has been seen since {now - timedelta(minutes=2):%Y-%m-%d %H:%M}",
        ),
        (now, None),
    ):
        if seen is not None:
            async with unit_of_work(house.services.sessions) as session:
                session.add(WorkerSeen(name=f"w-{seen}", seen_at=seen))
        warnings = (await house.client.get("/readyz")).json()["warnings"]
        assert [w for w in warnings if "run `heardback worker`" in w] == warnings
        assert [w.startswith(told or "") for w in warnings] == ([True] if told else [])


async def test_the_version_names_the_data_that_deadlines_rest_on(house: House) -> None:
    """A due time can be reproduced from these."""
    told = (await house.client.get("/version")).json()
    assert set(told) == {"version", "python", "tzdata", "holidays", "schema_revision"}
    assert (told["tzdata"], told["schema_revision"]) == (TZDATA_VERSION, needed_revision())
