"""The servers that the other tests stand on."""

import asyncpg
import redis.asyncio


async def test_each_test_has_the_whole_schema_and_no_rows(database_url: str) -> None:
    """A database is a fresh copy of what the migrations make."""
    connection = await asyncpg.connect(database_url)
    try:
        tables = await connection.fetch(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        assert "alembic_version" in {row["relname"] for row in tables}
    finally:
        await connection.close()


async def test_redis_answers_and_is_empty(redis_url: str) -> None:
    """A real server, flushed."""
    async with redis.asyncio.Redis.from_url(redis_url) as client:
        assert await client.dbsize() == 0
        assert await client.set("k", "v")


async def test_redis_is_empty_again(redis_url: str) -> None:
    """Nothing of the test before is left."""
    async with redis.asyncio.Redis.from_url(redis_url) as client:
        assert await client.get("k") is None
