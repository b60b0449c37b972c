"""Several mailboxes: each has its own place, its own trouble and its own figures."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.exc import IntegrityError

from app.db import unit_of_work
from app.metrics.mailboxes import mailbox_warnings, mailboxes
from app.metrics.text import prometheus
from app.replies.imap_models import ImapCursor
from app.replies.models import Reply
from tests.flow.small import Small
from tests.replies.imap_house import answer, box_at, later, poll
from tests.replies.imap_server import HANG, REFUSE, SmallImap


@pytest.fixture
def small(heard_nothing: Small) -> Small:
    return heard_nothing


@pytest_asyncio.fixture
async def servers() -> AsyncIterator[list[SmallImap]]:
    async with SmallImap() as first, SmallImap() as second:
        yield [first, second]


async def figures_of(small: Small) -> dict[tuple[str, str], float]:
    async with unit_of_work(small.services.sessions) as session:
        said = prometheus(list(await mailboxes(session, small.machine.at)))
    assert "talent" not in said
    samples = [sample for family in text_string_to_metric_families(said) for sample in family.samples]
    found = {
        (sample.name.removeprefix("heardback_mailbox_"), sample.labels["mailbox"]): sample.value
        for sample in samples
    }
    assert len(found) == len(samples)
    return found


async def test_a_mail_in_two_mailboxes_is_heard_once(small: Small, servers: list[SmallImap]) -> None:
    """Each is read from its own place on; folders of one account are mailboxes, too."""
    first, second = servers
    first.mails[40] = second.mails[2] = answer(small)
    boxes = (box_at(first, name="a"), box_at(second, name="b"), box_at(first, name="c", folder="More"))
    assert await poll(small, *boxes).read_due(small.instants()) == 3
    assert len(await small.rows(Reply)) == 1
    cursors = await small.rows(ImapCursor)
    assert sorted((row.mailbox, row.last_uid) for row in cursors) == [("a", 40), ("b", 2), ("c", 40)]


async def test_a_mailbox_that_hangs_or_refuses_holds_up_no_other(
    small: Small, servers: list[SmallImap]
) -> None:
    """The others are read in the same look, and again a minute later."""
    first, second = servers
    first.faults["login"] = HANG
    second.mails[1] = b"\r\n"
    hanging = [
        box_at(first, name=f"hangs-{number}", folder=f"Folder-{number}", seconds=0.3) for number in range(5)
    ]
    boxes = (*hanging, box_at(second, name="fine"))
    async with asyncio.timeout(10):
        assert await poll(small, *boxes).read_due(small.instants()) == 1
    assert first.most_at_once == 4
    later(small, minutes=1)
    first.faults["login"] = REFUSE
    await poll(small, *boxes).read_due(small.instants())
    rows = {row.mailbox: row for row in await small.rows(ImapCursor)}
    assert rows["fine"].failures == 0
    assert {row.failures for name, row in rows.items() if name != "fine"} == {2}


async def test_what_nobody_foresaw_is_told_after_the_others_were_read(
    small: Small, servers: list[SmallImap]
) -> None:
    """Here a row that the database refuses."""
    servers[1].mails[1] = answer(small)
    boxes = (box_at(servers[0], name=None), box_at(servers[1], name="fine"))
    with pytest.raises(IntegrityError):
        await poll(small, *boxes).read_due(small.instants())
    assert (await small.one(ImapCursor)).last_uid == 1


async def test_figures_say_by_name_how_each_is_read(small: Small, servers: list[SmallImap]) -> None:
    """Failures and skipped mails in all, the age of the last success; none for one no longer looked at."""
    first, second = servers
    first.faults["examine"] = REFUSE
    second.mails[1] = b"\r\n"
    boxes = (box_at(first, name="broken"), box_at(second, name="fine"))
    await poll(small, *boxes).read_due(small.instants())
    later(small, minutes=2)
    await poll(small, *boxes).read_due(small.instants())
    later(small, seconds=30)
    assert await figures_of(small) == {
        ("failures_total", "broken"): 2,
        ("failures_total", "fine"): 0,
        ("last_success_age_seconds", "broken"): 150,
        ("last_success_age_seconds", "fine"): 30,
        ("skipped_total", "broken"): 0,
        ("skipped_total", "fine"): 1,
    }
    first.faults.clear()
    later(small, minutes=2)
    await poll(small, boxes[0]).read_due(small.instants())
    assert (await figures_of(small))["failures_total", "broken"] == 2
    assert (await figures_of(small))["last_success_age_seconds", "broken"] == 0
    later(small, hours=23, minutes=59)
    await poll(small, boxes[0]).read_due(small.instants())
    assert {name for _, name in await figures_of(small)} == {"broken"}


async def test_a_name_that_moves_to_another_server_has_one_figure(
    small: Small, servers: list[SmallImap]
) -> None:
    """Two lines with the same labels would break the whole scrape."""
    for server in servers:
        await poll(small, box_at(server, name="answers")).read_due(small.instants())
        later(small, minutes=10)
    assert (await figures_of(small))["last_success_age_seconds", "answers"] == 600


async def test_a_mailbox_that_stays_shut_is_worth_a_warning(small: Small, servers: list[SmallImap]) -> None:
    """After half an hour, with the reason; it is gone when the mailbox opens."""
    servers[0].faults["login"] = REFUSE
    box = box_at(servers[0], name="answers")

    async def warned() -> list[str]:
        async with unit_of_work(small.services.sessions) as session:
            return await mailbox_warnings(session, small.machine.at)

    await poll(small, box).read_due(small.instants())
    assert await warned() == []
    later(small, minutes=31)
    assert await warned() == [
        "mailbox answers has not been read since 2026-11-02 09:00 UTC. The mailbox refuses (login)."
    ]
    servers[0].faults.clear()
    await poll(small, box).read_due(small.instants())
    assert await warned() == []
