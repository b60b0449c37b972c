"""Worlds that wait for an approval: each prepared once, and gone on with by every test for itself."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.api.life import MONDAY, minutes, open_life
from tests.desk.asked import KIND, PEOPLE, Asked, Kept, Three, asked, resumed
from tests.servers import PostgresServer


@pytest_asyncio.fixture(scope="session")
async def kept_asked(
    postgres: PostgresServer, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Kept]:
    """Mia was asked about a rejection."""
    name, url = await postgres.clone(template_database)
    folder = tmp_path_factory.mktemp("asked")
    async with asked(url, folder) as found:
        kept = Kept(name, folder, found.life, found.tom)
    yield kept
    await postgres.drop(name)


@pytest_asyncio.fixture
async def found(postgres: PostgresServer, kept_asked: Kept, tmp_path: Path) -> AsyncIterator[Asked]:
    """A rejection waits for Mia, who was mailed a link."""
    name, url = await postgres.clone(kept_asked.database)
    async with resumed(kept_asked, url, tmp_path) as life:
        yield Asked(life, kept_asked.tom)
    await postgres.drop(name)


@pytest_asyncio.fixture(scope="session")
async def kept_three(
    postgres: PostgresServer, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Kept]:
    """Three people were rejected; who decided is known."""
    name, url = await postgres.clone(template_database)
    folder = tmp_path_factory.mktemp("three")
    async with open_life(url, folder) as life:
        applications = [life.apply(MONDAY, person) for person in PEOPLE]
        await life.house.at(MONDAY + minutes(30))
        for application in applications:
            life.house.greenhouse.reject(application, "Missing certificate", MONDAY + minutes(60))
        await life.house.at(MONDAY + minutes(61))
        for row in await life.items(f"/v1/follow-ups?kind={KIND}"):
            await life.act(f"/v1/follow-ups/{row['id']}/facts", {"facts": {"decision.by": "Tom Okoro"}})
        kept = Kept(name, folder, life)
    yield kept
    await postgres.drop(name)


@pytest_asyncio.fixture
async def three(postgres: PostgresServer, kept_three: Kept, tmp_path: Path) -> AsyncIterator[Three]:
    """Three rejections wait for an approval."""
    name, url = await postgres.clone(kept_three.database)
    async with resumed(kept_three, url, tmp_path) as life:
        yield Three(life)
    await postgres.drop(name)
