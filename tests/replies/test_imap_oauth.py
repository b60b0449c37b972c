"""A mailbox that opens by OAuth: tokens are kept, renewed, rotated, and refused without asking on and on."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from app.db import unit_of_work
from app.demo.faulty_http import Answer, Fault
from app.errors import MailboxRefused, Unavailable
from app.mail.oauth import Denied, Grant, Granted, read_answer
from app.privacy.retention import tidy
from app.replies.imap_check import check_mailbox
from app.replies.imap_models import ImapCursor, MailboxToken
from app.replies.models import Reply
from tests.flow.small import Small
from tests.replies.imap_house import answer, box_at, later, poll, tokens_of
from tests.replies.imap_server import SmallImap
from tests.replies.token_server import TokenServer

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
BOTH = "IMAP4rev1 AUTH=XOAUTH2 AUTH=OAUTHBEARER"


@pytest.fixture
def small(heard_nothing: Small) -> Small:
    return heard_nothing


@pytest_asyncio.fixture
async def server() -> AsyncIterator[SmallImap]:
    async with SmallImap() as opened:
        opened.offers = BOTH
        opened.tokens = {f"access-{number}" for number in range(1, 20)}
        yield opened


@pytest_asyncio.fixture
async def oauth() -> AsyncIterator[TokenServer]:
    async with TokenServer() as opened:
        yield opened


async def test_an_answer_is_heard_by_a_token_that_serves_many_looks(
    small: Small, server: SmallImap, oauth: TokenServer
) -> None:
    """One question an hour; no password is shown."""
    server.mails[1] = answer(small)
    box = box_at(server, grant=oauth.grant())
    assert await poll(small, box).read_due(small.instants()) == 1
    for _ in range(3):
        later(small, minutes=10)
        await poll(small, box).read_due(small.instants())
    assert (len(oauth.forms), server.times("AUTHENTICATE"), server.times("LOGIN")) == (1, 4, 0)
    assert len(await small.rows(Reply)) == 1


@pytest.mark.parametrize(
    ("offers", "shown", "after_error"),
    [
        (BOTH, "user=a,b=c@x.example\1auth=Bearer {}\1\1", b""),
        (
            "IMAP4rev1 AUTH=OAUTHBEARER",
            "n,a=a=2Cb=3Dc@x.example,\1host=127.0.0.1\1port={port}\1auth=Bearer {}\1\1",
            b"\1",
        ),
    ],
)
async def test_both_mechanisms_speak_as_written_down(
    small: Small, server: SmallImap, oauth: TokenServer, offers: str, shown: str, after_error: bytes
) -> None:
    """The first answer, and the one to the challenge that is an error."""
    server.offers, server.tokens = offers, {"access-2"}
    box = box_at(server, grant=oauth.grant(), username="a,b=c@x.example")
    assert (await check_mailbox(box, tokens_of(small))).fine
    texts = [shown.replace("{port}", str(server.port)).format(f"access-{n}") for n in (1, 2)]
    assert (server.shown, server.after_error) == (texts, [after_error])


async def test_a_token_that_the_mailbox_does_not_take_is_renewed_once_a_look(
    small: Small, server: SmallImap, oauth: TokenServer
) -> None:
    """A good one that was voided costs nothing but a question; where none is taken the look ends."""
    box, server.tokens = box_at(server, grant=oauth.grant()), {"access-1", "access-2"}
    await poll(small, box).read_due(small.instants())
    server.tokens = {"access-2"}
    later(small, minutes=1)
    await poll(small, box).read_due(small.instants())
    assert (len(oauth.forms), (await small.one(ImapCursor)).failure) == (2, None)
    server.tokens = set()
    later(small, minutes=1)
    await poll(small, box).read_due(small.instants())
    assert (len(oauth.forms), server.times("AUTHENTICATE")) == (3, 5)
    assert (await small.one(ImapCursor)).failure == "The mailbox refuses (login)."


async def test_a_token_is_renewed_before_it_ends(small: Small, oauth: TokenServer, server: SmallImap) -> None:
    """Two minutes early, so that it outlasts a look."""
    tokens, box = tokens_of(small), box_at(server, grant=oauth.grant())
    assert await tokens.access(box) == "access-1"
    later(small, minutes=57)
    assert await tokens.access(box) == "access-1"
    later(small, minutes=2)
    assert await tokens.access(box) == "access-2"


async def test_a_rotated_refresh_token_survives_a_restart(small: Small, server: SmallImap) -> None:
    """Sealed in the database; the one in the settings is used up, until they name another."""
    async with TokenServer(rotates=True) as oauth:
        box = box_at(server, grant=oauth.grant())
        for number in (1, 2, 3):
            assert await tokens_of(small).access(box) == f"access-{number}"
            later(small, hours=1)
        assert [form["refresh_token"] for form in oauth.forms] == ["refresh-0", "refresh-1", "refresh-2"]
        row = await small.one(MailboxToken)
        assert not any(secret in row.box for secret in (b"refresh-3", b"access-3", b"refresh-0", b"hush"))
        renewed = box_at(server, grant=oauth.grant(client_secret="newer"))
        assert await tokens_of(small).access(renewed) == "access-4"
        assert oauth.forms[-1]["refresh_token"] == "refresh-3"
        oauth.valid = "refresh-new"
        signed_in = box_at(server, grant=oauth.grant(refresh_token="refresh-new"))
        assert await tokens_of(small).access(signed_in) == "access-5"


async def test_a_mailbox_that_is_no_longer_read_leaves_nothing(
    small: Small, server: SmallImap, oauth: TokenServer
) -> None:
    """After 90 days its tokens go, and its place; not while it is read."""
    await poll(small, box_at(server, grant=oauth.grant())).read_due(small.instants())
    for days, kept in ((89, 1), (2, 0)):
        later(small, days=days)
        async with unit_of_work(small.services.sessions) as session:
            now = small.machine.at
            await tidy(session, now=small.clock.at, machine_now=now, raw_body_days=60)
        assert len(await small.rows(MailboxToken)) == len(await small.rows(ImapCursor)) == kept


async def test_many_ask_the_server_once(small: Small, server: SmallImap) -> None:
    """A refresh token that is good once would be lost otherwise."""
    async with TokenServer(rotates=True) as oauth:
        box = box_at(server, grant=oauth.grant())
        found = await asyncio.gather(*(tokens_of(small).access(box) for _ in range(5)))
        assert (set(found), len(oauth.forms)) == ({"access-1"}, 1)


async def test_a_refused_grant_rests_until_somebody_does_something(
    small: Small, server: SmallImap, oauth: TokenServer
) -> None:
    """It says what to do, is asked for once an hour, and at once when the settings change."""
    oauth.refuses = "invalid_grant"
    box = box_at(server, grant=oauth.grant())
    await poll(small, box).read_due(small.instants())
    cursor = await small.one(ImapCursor)
    assert "sign in again" in (cursor.failure or "")
    assert "ostwind" not in (cursor.failure or "")
    assert cursor.next_at - small.machine.at == timedelta(minutes=15)
    for _ in range(3):
        later(small, minutes=15)
        await poll(small, box).read_due(small.instants())
    assert (len(oauth.forms), server.asked) == (1, [])
    later(small, minutes=15)
    await poll(small, box).read_due(small.instants())
    assert len(oauth.forms) == 2
    oauth.refuses = None
    with pytest.raises(MailboxRefused):
        await tokens_of(small).access(box)
    oauth.valid = "refresh-new"
    assert await tokens_of(small).access(box_at(server, grant=oauth.grant(refresh_token="refresh-new")))


@pytest.mark.parametrize(
    "fault", [Fault.HANG_AFTER_ACCEPTING, Fault.PROXY_PAGE, Fault.CLOSE_AFTER_ACCEPTING, Fault.TRICKLE]
)
async def test_a_token_server_in_trouble_costs_one_look(
    small: Small, server: SmallImap, oauth: TokenServer, fault: Fault
) -> None:
    """It is asked again a minute later, and holds nobody up meanwhile."""
    oauth.fail(fault)
    box = box_at(server, grant=oauth.grant())
    async with asyncio.timeout(5):
        await poll(small, box, tokens=tokens_of(small, seconds=0.2)).read_due(small.instants())
    cursor = await small.one(ImapCursor)
    assert (cursor.failure or "").startswith("The token's address ")
    assert (cursor.next_at - small.machine.at, server.asked) == (timedelta(minutes=1), [])
    oauth._planned["POST"].clear()  # a loaded machine may not have met it yet
    later(small, minutes=1)
    await poll(small, box).read_due(small.instants())
    assert (await small.one(ImapCursor)).failure is None


async def test_credentials_follow_no_redirect(small: Small, server: SmallImap, oauth: TokenServer) -> None:
    """The secret goes to the address in the settings and nowhere else."""
    async with TokenServer() as elsewhere:
        oauth.fail(Answer(307, {}, (("Location", f"{elsewhere.url}/token"),)))
        with pytest.raises(Unavailable):
            await tokens_of(small).access(box_at(server, grant=oauth.grant()))
        assert elsewhere.requests == []


async def test_a_server_without_oauth_never_sees_the_token(
    small: Small, server: SmallImap, oauth: TokenServer
) -> None:
    """Nothing that it would not understand is shown to it."""
    server.offers = "IMAP4rev1 AUTH=PLAIN"
    await poll(small, box_at(server, grant=oauth.grant())).read_due(small.instants())
    assert "neither XOAUTH2 nor OAUTHBEARER" in ((await small.one(ImapCursor)).failure or "")
    assert server.asked == ["CAPABILITY"]


async def test_a_check_says_what_is_there_or_what_to_do(
    small: Small, server: SmallImap, oauth: TokenServer
) -> None:
    """A grant that rests is shown again, because a person asks."""
    server.mails = {1: b"\r\n", 2: b"\r\n"}
    box, tokens = box_at(server, grant=oauth.grant(), name="answers"), tokens_of(small)
    oauth.refuses = "invalid_client"
    for _ in range(2):
        look = await check_mailbox(box, tokens)
        assert not look.fine
        assert "client_secret" in look.line
    oauth.refuses = None
    look = await check_mailbox(box, tokens)
    assert look.fine
    where, found = f"127.0.0.1:{server.port}, none, oauth", "2 mails, UIDVALIDITY 7"
    assert look.line == f"mailbox answers ({where}): INBOX opens for reading, {found}"
    server.faults["examine"] = "hang"
    assert not (await check_mailbox(box, tokens, seconds=0.1)).fine


def test_a_client_in_its_own_name_asks_without_a_refresh_token() -> None:
    """Microsoft's application permission."""
    grant = Grant("https://login.example/token", "client", "hush", scope="https://mail.example/.default")
    assert grant.form("") == {
        "grant_type": "client_credentials",
        "client_id": "client",
        "client_secret": "hush",
        "scope": "https://mail.example/.default",
    }
    assert grant.form("newest")["grant_type"] == "refresh_token"
    assert "hush" not in repr(grant)


@pytest.mark.parametrize(
    ("lasts", "seconds"),
    [(3599, 3599), ("3599", 3599), (None, 300), (-5, 300), (True, 300), ([], 300), (10**12, 86_400)],
)
def test_a_token_never_lasts_for_ever(lasts: Any, seconds: int) -> None:
    """Whatever its server says."""
    body = f'{{"access_token": "a", "expires_in": {str(lasts).lower() if lasts is True else "null"}}}'
    if lasts is not None and lasts is not True:
        body = body.replace("null", f'"{lasts}"' if isinstance(lasts, str) else str(lasts))
    told = read_answer(200, body.encode(), Grant("https://x.example", "c"), NOW)
    assert told == Granted("a", NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("status", "body", "denied"),
    [
        (200, b'{"access_token": "two words"}', False),
        (200, b"<html>", False),
        (500, b'{"error": "invalid_grant"}', False),
        (429, b"", False),
        (400, b'{"error": "temporarily_unavailable"}', False),
        (401, b'{"error": "invalid_client"}', True),
        (400, b'{"error": ["x"]}', True),
        (404, b"not here", True),
    ],
)
def test_only_a_refusal_is_a_refusal(status: int, body: bytes, *, denied: bool) -> None:
    """Anything else is asked again soon."""
    told = read_answer(status, body, Grant("https://x.example", "c"), NOW)
    assert isinstance(told, Denied) == denied
    assert denied or told is None
