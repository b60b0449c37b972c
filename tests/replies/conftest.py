"""One house for all tests of a module about mailboxes: opening it costs more than any of them."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from tests.flow.small import MONDAY, Small, open_small, webhook
from tests.replies.imap_house import MAILBOX
from tests.servers import PostgresServer


@pytest_asyncio.fixture(scope="module")
async def shared_house(
    postgres: PostgresServer, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Small]:
    """A candidate was written to, with an address to answer to."""
    name, url = await postgres.clone(template_database)
    async with open_small(url, tmp_path_factory.mktemp("house")) as opened:
        opened.services.settings.reply_address = MAILBOX
        await opened.hear(webhook("new_candidate_application", MONDAY))
        await opened.drain()
        await opened.at(MONDAY + timedelta(hours=3))
        yield opened
    await postgres.drop(name)


@pytest_asyncio.fixture
async def heard_nothing(shared_house: Small) -> Small:
    """The house before any mailbox was looked into."""
    await shared_house.execute("TRUNCATE imap_cursor, mailbox_token, reply CASCADE")
    shared_house.machine.at = MONDAY
    return shared_house
