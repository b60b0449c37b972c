"""A mailbox over IMAP: answers and bounces are heard once, nothing in it changes, trouble is bounded."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from pydantic import SecretStr

from app.db import unit_of_work
from app.delivery.models import Delivery
from app.errors import UnsafeSettings
from app.replies import imap, imap_cursor
from app.replies.imap_models import ImapCursor
from app.replies.mailboxes import mailboxes_of
from app.replies.models import Reply
from app.running import open_flow
from app.settings import Settings
from tests.flow.small import MONDAY, Small, open_small, webhook
from tests.mail.smtp_server import certificates
from tests.mail.test_mail_dsn import SEND, report
from tests.replies.imap_house import MAILBOX, answer, box_at, later, poll
from tests.replies.imap_server import HANG, MORE, REFUSE, SmallImap


@pytest.fixture
def small(heard_nothing: Small) -> Small:
    return heard_nothing


@pytest_asyncio.fixture
async def fresh(database_url: str, tmp_path: Path) -> AsyncIterator[Small]:
    """A house of its own, for what changes more than replies."""
    async with open_small(database_url, tmp_path) as opened:
        opened.services.settings.reply_address = MAILBOX
        await opened.hear(webhook("new_candidate_application", MONDAY))
        await opened.drain()
        await opened.at(MONDAY + timedelta(hours=3))
        yield opened


@pytest_asyncio.fixture
async def server() -> AsyncIterator[SmallImap]:
    async with SmallImap() as opened:
        yield opened


async def to_candidate(small: Small) -> Delivery:
    mails: list[Delivery] = await small.rows(Delivery, channel="mail", state="sent")
    return next(mail for mail in mails if mail.recipient.startswith("candidate:"))


async def test_an_answer_is_heard_once_and_nothing_is_marked(small: Small, server: SmallImap) -> None:
    """At most one look a minute; the mailbox is only ever examined and peeked into."""
    server.mails[4] = answer(small)
    assert await poll(small, box_at(server)).read_due(small.instants()) == 1
    asked = len(server.asked)
    assert await poll(small, box_at(server)).read_due(small.instants()) == 0
    assert len(server.asked) == asked
    later(small, minutes=1)
    assert await poll(small, box_at(server)).read_due(small.instants()) == 0
    reply = await small.one(Reply)
    assert (reply.state, reply.how, reply.source) == ("matched", "token", "imap")
    assert (await small.one(ImapCursor)).last_uid == 4
    commands = {c.removeprefix("UID ").split(" ")[0] for c in server.asked}
    assert commands == {"CAPABILITY", "LOGIN", "EXAMINE", "SEARCH", "FETCH", "LOGOUT"}
    assert all("BODY.PEEK" in c for c in server.asked if "FETCH" in c)


async def test_numbers_that_begin_anew_bring_nothing_twice(small: Small, server: SmallImap) -> None:
    """The same mail under another UID is known; another mail with a Message-ID used before is not lost."""
    server.mails[40] = answer(small)
    await poll(small, box_at(server)).read_due(small.instants())
    server.validity, server.mails = 8, {1: answer(small), 2: answer(small, "One more thing.")}
    later(small, minutes=1)
    assert await poll(small, box_at(server)).read_due(small.instants()) == 2
    assert len(await small.rows(Reply)) == 2
    cursor = await small.one(ImapCursor)
    assert (cursor.uid_validity, cursor.last_uid) == (8, 2)


async def test_a_bounce_is_a_receipt_and_no_answer(fresh: Small, server: SmallImap) -> None:
    """What was sent is known not to have arrived."""
    mail = await to_candidate(fresh)
    server.mails[1] = report("failed", "5.3.4").replace(SEND.encode(), mail.id.encode())
    server.mails[1] = server.mails[1].replace(b"24 Nov 2026", b"02 Nov 2026").replace(b"09:59", b"12:59")
    assert await poll(fresh, box_at(server)).read_due(fresh.instants()) == 1
    bounced = await fresh.one(Delivery, id=mail.id)
    assert (bounced.state, bounced.receipt) == ("failed", "failed")
    assert await fresh.rows(Reply) == []


@pytest.mark.parametrize("route", ["twin", "imap"])
async def test_a_mail_says_nothing_of_a_route_with_signed_webhooks(
    fresh: Small, server: SmallImap, route: str
) -> None:
    """Anybody can write a bounce; not even a route that is called as the mailboxes are is told of by it."""
    mail = await to_candidate(fresh)
    await fresh.execute("UPDATE delivery SET route = :route", route=route)
    server.mails[1] = report("failed", "5.1.1").replace(SEND.encode(), mail.id.encode())
    server.mails[1] = server.mails[1].replace(b"24 Nov 2026", b"02 Nov 2026").replace(b"09:59", b"12:59")
    assert await poll(fresh, box_at(server), signed=frozenset({route})).read_due(fresh.instants()) == 1
    assert (await fresh.one(Delivery, id=mail.id)).receipt is None


@pytest.mark.parametrize(
    ("step", "fault"),
    [("login", REFUSE), ("examine", REFUSE), ("search", HANG), ("fetch", REFUSE), ("fetch", HANG)],
)
async def test_trouble_costs_one_bounded_look(small: Small, server: SmallImap, step: str, fault: str) -> None:
    """It is told without the server's words, waited on, and when it is over everything is heard."""
    server.mails[1] = answer(small)
    server.faults[step] = fault
    box = box_at(server, seconds=0.3 if fault == HANG else 5.0)
    async with asyncio.timeout(5):
        assert await poll(small, box).read_due(small.instants()) == 0
    cursor = await small.one(ImapCursor)
    verb = "refuses" if fault == REFUSE else "does not answer"
    named = "select" if step == "examine" else step
    assert (cursor.failures, cursor.failure) == (1, f"The mailbox {verb} ({named}).")
    server.faults.clear()
    later(small, minutes=1)
    assert await poll(small, box_at(server)).read_due(small.instants()) == 1
    assert (await small.one(ImapCursor)).failure is None
    assert len(await small.rows(Reply)) == 1


async def test_more_than_was_asked_for_is_not_read(small: Small, server: SmallImap) -> None:
    """A server cannot fill our memory."""
    server.mails[1], server.faults["fetch"] = answer(small), MORE
    await poll(small, box_at(server)).read_due(small.instants())
    cursor = await small.one(ImapCursor)
    assert (cursor.failure, cursor.last_uid) == ("The mailbox does not answer (fetch).", 0)


async def test_a_whole_look_is_bounded_too(small: Small, server: SmallImap) -> None:
    """A round that is over leaves no connection behind."""
    server.faults["search"] = HANG
    async with asyncio.timeout(5):
        await poll(small, box_at(server), seconds=0.1).read_due(small.instants())
    assert (await small.one(ImapCursor)).failure == "The mailbox does not answer (round)."


async def test_one_process_reads_at_a_time(small: Small, server: SmallImap) -> None:
    """Two at once: one finds the turn taken."""
    server.mails[1] = answer(small)
    found = await asyncio.gather(*(poll(small, box_at(server)).read_due(small.instants()) for _ in range(3)))
    assert sorted(found) == [0, 0, 1]
    assert server.most_at_once == 1


async def test_who_has_lost_the_turn_moves_and_settles_nothing(small: Small, server: SmallImap) -> None:
    """A process that slept through its lease finds another one reading, and stops before the next mail."""
    sessions, box, lease = small.services.sessions, box_at(server), timedelta(seconds=75)
    slept = await imap_cursor.claim(sessions, box, MONDAY, lease)
    reads = await imap_cursor.claim(sessions, box, MONDAY + lease, lease)
    assert slept is not None
    assert reads is not None
    async with unit_of_work(sessions) as session:
        assert await imap_cursor.mine(session, slept) is None
        assert await imap_cursor.mine(session, reads) is not None
    await imap_cursor.settle(sessions, slept, MONDAY + lease, trouble=imap_cursor.Trouble("late"))
    assert ((await small.one(ImapCursor)).failure, (await small.one(ImapCursor)).turn) == (None, 2)


async def test_a_look_takes_a_few_and_the_next_goes_on_at_once(
    small: Small, server: SmallImap, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mail that is none, or has gone, holds up no other."""
    monkeypatch.setattr(imap, "MAILS", 2)
    server.mails = {1: answer(small), 2: b"\r\n", 3: answer(small, "Second."), 4: answer(small, "Third.")}
    assert await poll(small, box_at(server)).read_due(small.instants()) == 2
    assert await poll(small, box_at(server)).read_due(small.instants()) == 2
    assert len(await small.rows(Reply)) == 3
    assert (await small.one(ImapCursor)).skipped == 1


async def test_the_flow_reads_the_mailboxes_that_are_set_up(small: Small, server: SmallImap) -> None:
    """None without a setting."""
    assert await small.flow.imap() == 0
    server.mails[1] = answer(small)
    assert await replace(small.flow, mailboxes=(box_at(server),)).drains()["imap"]() == 1


async def test_a_mailbox_that_cannot_be_read_refuses_the_start(small: Small) -> None:
    """By its place in the mail document, before anything runs."""
    document = (
        '{"routes": {"m": {"kind": "folder", "directory": "m"}}, "mailboxes": [{"name": "a", "host": "b"}]}'
    )
    changed = small.services.settings.model_copy(update={"mail_routes": SecretStr(document)})
    with pytest.raises(UnsafeSettings, match=r"mailboxes\.0\.username is missing"):
        async with open_flow(replace(small.services, settings=changed), route=small.route):
            pass


async def test_a_certificate_that_nobody_vouches_for_is_refused(small: Small, tmp_path: Path) -> None:
    """No password goes over such a line."""
    async with SmallImap(tls=certificates(tmp_path)[0]) as server:
        assert await poll(small, box_at(server, tls="tls")).read_due(small.instants()) == 0
        assert server.asked == []
    assert (await small.one(ImapCursor)).failure == "The mailbox does not answer (connect)."


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"imap_tls": "none"}, "HEARDBACK_IMAP_TLS"),
        ({"imap_username": None}, "HEARDBACK_IMAP_USERNAME"),
        ({"imap_password": "two\r\nlines"}, "HEARDBACK_IMAP_PASSWORD"),
    ],
)
def test_an_open_or_half_set_mailbox_is_refused_at_the_start(changes: dict[str, Any], says: str) -> None:
    """By the name of what to set."""
    given = {"imap_host": "imap.ostwind.example", "imap_username": "talent", "imap_password": "secret"}
    (box,) = mailboxes_of(Settings(_env_file=None, **given))  # type: ignore[arg-type]  # fields by name
    assert (box.port, box.tls, box.password) == (993, "tls", "secret")
    settings = Settings(_env_file=None, imap_tls="starttls", **given)  # type: ignore[arg-type]  # the same
    assert mailboxes_of(settings)[0].port == 143
    with pytest.raises(UnsafeSettings, match=says):
        Settings(_env_file=None, **(given | changes))
