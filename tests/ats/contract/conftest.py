"""One house for a module, with every vendor connected."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio

from app.ats.vendor import VENDORS
from tests.ats.contract.house import Account, House, connect, open_house
from tests.servers import PostgresServer


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(
    postgres: PostgresServer, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    """A house with one account of every vendor."""
    name, url = await postgres.clone(template_database)
    async with open_house(url, tmp_path_factory.mktemp("house")) as opened, AsyncExitStack() as stack:
        for vendor in sorted(VENDORS):
            await connect(opened, vendor, stack)
        yield opened
    await postgres.drop(name)


@pytest.fixture
def account(house: House, vendor: str) -> Account:
    """The vendor's account in the house; what it did not yet send is forgotten."""
    found = house.accounts[vendor]
    found.said()
    return found
