"""A door for each test."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.intake.house import House, house_on


@pytest_asyncio.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    """An open door on an empty database."""
    async with house_on(database_url) as opened:
        yield opened
