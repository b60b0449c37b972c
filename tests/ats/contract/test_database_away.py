"""While the database is away nothing is acknowledged, and every vendor is told to send again."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path

import asyncpg

from app.ats.vendor import VENDORS
from tests.ats.contract.house import MONDAY, connect, open_house
from tests.servers import PostgresServer


@asynccontextmanager
async def away(postgres: PostgresServer, name: str) -> AsyncIterator[None]:
    """The database takes no connections meanwhile, and has dropped those that it had."""
    connection = await asyncpg.connect(postgres.url)
    try:
        await connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = $1 AND usename = current_user",
            name,
        )
        yield
    finally:
        await connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        await connection.close()


async def test_what_could_not_be_stored_is_asked_for_again_and_not_lost(
    postgres: PostgresServer, template_database: str, tmp_path: Path
) -> None:
    """The vendor's status for sending again; sent again, it is stored once."""
    name, url = await postgres.clone(template_database)
    async with open_house(url, tmp_path, pause=0.0) as house, AsyncExitStack() as stack:
        accounts = {vendor: await connect(house, vendor, stack) for vendor in sorted(VENDORS)}
        sent = {vendor: one.ats.delivery("nobody.knows", MONDAY) for vendor, one in accounts.items()}
        for vendor, account in accounts.items():
            warm = account.ats.delivery("nobody.knows", MONDAY - timedelta(hours=1))
            assert (await account.post(*warm)).status_code == VENDORS[vendor].SUCCESS_STATUS
        async with away(postgres, name):
            for vendor, account in accounts.items():
                answer = await account.post(*sent[vendor])
                assert (answer.status_code, answer.json()["code"]) == (
                    VENDORS[vendor].RETRY_STATUS,
                    "database-away",
                )
                assert int(answer.headers["retry-after"]) > 0
        await house.services.engine.dispose()  # its idle connections died with the database
        for vendor, account in accounts.items():
            before = len(await account.events())
            answer = await account.post(*sent[vendor])
            assert answer.status_code == VENDORS[vendor].SUCCESS_STATUS
            assert len(await account.events()) == before + 1
    await postgres.drop(name)
