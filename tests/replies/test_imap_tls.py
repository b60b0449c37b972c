"""The way to a mailbox is encrypted before anything worth reading is said, and nothing said before counts."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from app.errors import Unavailable
from app.replies.imap_line import Line, Opened
from app.replies.mailbox import Mailbox
from tests.mail.smtp_server import certificates
from tests.replies.imap_house import box_at
from tests.replies.imap_server import SmallImap


@pytest.fixture
def context(tmp_path: Path) -> ssl.SSLContext:
    """A server's; ``server.pem`` beside it vouches for it, for localhost."""
    return certificates(tmp_path)[0]


@pytest_asyncio.fixture
async def server(context: ssl.SSLContext) -> AsyncIterator[SmallImap]:
    async with SmallImap(starttls=context) as opened:
        yield opened


def safe(server: SmallImap, tmp_path: Path, **more: Any) -> Mailbox:
    given = {"host": "localhost", "tls": "starttls", "ca_file": str(tmp_path / "server.pem"), "seconds": 2.0}
    return box_at(server, **(given | more))


def look(box: Mailbox) -> Opened:
    line = Line(box)
    try:
        line.open(box.password)
        return line.examine()
    finally:
        line.close()


async def test_starttls_comes_before_the_password(server: SmallImap, tmp_path: Path) -> None:
    """And the capabilities are asked for again behind it."""
    server.mails[1] = b"\r\n"
    assert await asyncio.to_thread(look, safe(server, tmp_path)) == (7, 1)
    assert [asked.split(" ")[0] for asked in server.asked] == ["STARTTLS", "CAPABILITY", "LOGIN", "EXAMINE"]


async def test_tls_from_the_first_byte_is_the_rule(context: ssl.SSLContext, tmp_path: Path) -> None:
    """With an authority of one's own where the public ones do not vouch for the server."""
    async with SmallImap(tls=context) as server:
        assert await asyncio.to_thread(look, safe(server, tmp_path, tls="tls")) == (7, 0)


async def test_a_server_without_starttls_gets_no_password(tmp_path: Path) -> None:
    """It is never skipped."""
    async with SmallImap() as server:
        with pytest.raises(Unavailable, match=r"refuses \(connect\)"):
            await asyncio.to_thread(look, safe(server, tmp_path))
        assert server.asked == ["STARTTLS"]


@pytest.mark.parametrize("greeting", ["PREAUTH welcome back", "BYE too many", "x" * 9_000])
async def test_a_strange_greeting_ends_it(server: SmallImap, tmp_path: Path, greeting: str) -> None:
    """Whoever is logged in before the encryption was let in by somebody in between."""
    server.greeting = greeting
    with pytest.raises(Unavailable):
        await asyncio.to_thread(look, safe(server, tmp_path))
    assert server.asked == []


@pytest.mark.parametrize(
    "injected",
    [b"* OK [UIDVALIDITY 99] mine\r\n", b"* PREAUTH mine\r\na OK LOGIN\r\n", b"*\r\n"],
)
async def test_what_is_said_in_clear_behind_starttls_counts_for_nothing(
    server: SmallImap, tmp_path: Path, injected: bytes
) -> None:
    """It goes to the handshake, which fails on it: no password is said, no number is taken over."""
    server.injected = injected
    with pytest.raises(Unavailable, match=r"does not answer \(connect\)"):
        await asyncio.to_thread(look, safe(server, tmp_path))
    assert server.asked == ["STARTTLS"]


@pytest.mark.parametrize("more", [{"host": "127.0.0.1"}, {"ca_file": None}])
async def test_starttls_checks_the_certificate(
    server: SmallImap, tmp_path: Path, more: dict[str, Any]
) -> None:
    """For that name, by somebody who is trusted."""
    with pytest.raises(Unavailable, match=r"does not answer \(connect\)"):
        await asyncio.to_thread(look, safe(server, tmp_path, **more))
    assert server.asked == ["STARTTLS"]


async def test_a_server_that_takes_no_passwords_sees_none(server: SmallImap) -> None:
    """LOGINDISABLED (RFC 3501, 6.2.3)."""
    server.offers = "IMAP4rev1 LOGINDISABLED"
    with pytest.raises(Unavailable, match="takes no passwords"):
        await asyncio.to_thread(look, box_at(server))
    assert server.asked == ["CAPABILITY"]


async def test_a_wait_can_be_cut_at_the_greeting_too(server: SmallImap, tmp_path: Path) -> None:
    """A server that never says a word holds a thread no longer than it is let."""

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as quiet:
        port = quiet.sockets[0].getsockname()[1]
        line = Line(Mailbox("127.0.0.1", port, "talent", "secret", tls="none", seconds=30))
        opening = asyncio.create_task(asyncio.to_thread(line.open, "secret"))
        await asyncio.wait([opening], timeout=0.2)
        async with asyncio.timeout(5):
            line.cut()
            with pytest.raises(Unavailable, match=r"\(connect\)"):
                await opening
            await asyncio.to_thread(line.close)
