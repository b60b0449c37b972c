"""What every test may ask for: a database of its own, a Redis of its own."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
import redis.asyncio

from tests.servers import PostgresServer, RedisServer, quick_folder


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """This worker's private Postgres."""
    with (
        quick_folder(tmp_path_factory.mktemp("data")) as folder,
        PostgresServer(folder / "data") as server,
    ):
        yield server


@pytest_asyncio.fixture(scope="session")
async def template_database(postgres: PostgresServer) -> str:
    """The name of a database with the whole schema and no rows."""
    return await postgres.make_template()


@pytest_asyncio.fixture
async def database_url(postgres: PostgresServer, template_database: str) -> AsyncIterator[str]:
    """The URL (`postgresql://…`) of a database with the whole schema, for this test alone."""
    name, url = await postgres.clone(template_database)
    yield url
    await postgres.drop(name)


@pytest_asyncio.fixture
async def empty_database_url(postgres: PostgresServer) -> AsyncIterator[str]:
    """The URL of a database without any table, for this test alone."""
    name, url = await postgres.clone()
    yield url
    await postgres.drop(name)


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """This worker's private Redis."""
    with RedisServer() as server:
        yield server


@pytest_asyncio.fixture
async def redis_url(redis_server: RedisServer) -> str:
    """The URL of an empty Redis, for this test alone."""
    async with redis.asyncio.Redis.from_url(redis_server.url) as client:
        await client.flushall()
    return redis_server.url
