"""Access tokens that all processes share: sealed, fetched once, and never at the price of the database."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from app.ats.http import Token
from app.db import Sessions, make_engine, make_sessions, unit_of_work
from app.intake import connections
from app.intake.config import ConnectionSecrets, ConnectionSettings
from app.privacy.vault import Vault
from app.vendors import StoredTokens, Vendors

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)
VAULT = Vault([bytes(range(32))])
TOKEN = Token("a-token-of-ours", NOON + timedelta(hours=1))


@pytest.fixture
async def sessions(database_url: str) -> AsyncIterator[Sessions]:
    """Sessions of one process."""
    engine = make_engine(database_url)
    yield make_sessions(engine)
    await engine.dispose()


async def connected(sessions: Sessions, how_many: int) -> Sequence[str]:
    """The ids of so many connections."""
    async with unit_of_work(sessions) as session:
        made = [
            await connections.add(
                session,
                VAULT,
                vendor="greenhouse",
                name=f"Account {number}",
                settings=ConnectionSettings(),
                secrets=ConnectionSecrets(
                    signing_secrets=["a-secret-of-these-tests"], client_id="i", client_secret="s"
                ),
                now=NOON,
            )
            for number in range(how_many)
        ]
    return [connection.id for connection in made]


async def test_many_vendors_that_hang_leave_the_database_to_the_others(sessions: Sessions) -> None:
    """A dozen tokens are fetched at once and none comes: whoever else asks the database is answered."""
    vendors, hung = Vendors(sessions, VAULT), asyncio.Event()

    async def fetch(connection: str) -> None:
        _, client = await vendors.client(connection)
        tokens = client._session.tokens
        async with tokens.refreshing(connection):
            await tokens.get(connection)
            await hung.wait()
            await tokens.put(connection, TOKEN)

    ids = await connected(sessions, 12)
    fetching = [asyncio.create_task(fetch(one)) for one in ids for _ in range(2)]
    try:
        async with asyncio.timeout(10):
            for _ in range(20):
                async with sessions() as session:
                    await session.execute(text("SELECT 1"))
                await asyncio.sleep(0)
            hung.set()
            await asyncio.gather(*fetching)
    finally:
        for task in fetching:
            task.cancel()
        await vendors.aclose()


async def test_one_process_fetches_and_the_other_finds_it(sessions: Sessions, database_url: str) -> None:
    """Who waited for the other's refresh sees its token; in the table it is sealed."""
    (connection,) = await connected(sessions, 1)
    elsewhere = make_engine(database_url)
    here = StoredTokens(sessions, VAULT, asyncio.Semaphore(2), lambda: NOON)
    there = StoredTokens(make_sessions(elsewhere), VAULT, asyncio.Semaphore(2), lambda: NOON)
    fetched: list[str] = []

    async def fetch(tokens: StoredTokens, name: str) -> None:
        async with tokens.refreshing(connection):
            if await tokens.get(connection) is None:
                fetched.append(name)
                await asyncio.sleep(0)
                await tokens.put(connection, TOKEN)

    try:
        await asyncio.gather(fetch(here, "here"), fetch(there, "there"), fetch(here, "here"))
        assert len(fetched) == 1
        assert await here.get(connection) == await there.get(connection) == TOKEN
        async with sessions() as session:
            sealed = await session.scalar(text("SELECT token FROM vendor_token"))
        assert TOKEN.value.encode() not in bytes(sealed or b"")
    finally:
        await elsewhere.dispose()
