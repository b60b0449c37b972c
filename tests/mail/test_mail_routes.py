"""Ways out other than HTTP: each fault of SMTP told truly, the folder, and how a route is chosen."""

import asyncio
import ssl
import stat
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from app.delivery.route import RouteMeta
from app.delivery.route_folder import FolderRoute
from app.delivery.route_smtp import SmtpRoute, SmtpTimeouts
from app.delivery.routes import route_from
from app.errors import UnsafeSettings
from app.mail.dsn import receipts_in
from app.mail.outbound import OutcomeKind
from tests.mail.letters import DATE, RICH
from tests.mail.providers import META, A, C, N, P, U, is_free_of_people
from tests.mail.smtp_server import DROP, HANG, FaultySmtp, certificates
from tests.mail.test_mail_dsn import report

QUICK = SmtpTimeouts(dialogue=0.4, after_dot=0.2, quit=0.1)


@pytest_asyncio.fixture
async def smtp() -> AsyncIterator[FaultySmtp]:
    async with FaultySmtp() as server:
        yield server


def plain(server: FaultySmtp) -> SmtpRoute:
    return SmtpRoute("127.0.0.1", server.port, tls="none", timeouts=QUICK)


# SMTP


async def test_smtp_hands_over_the_exact_bytes(smtp: FaultySmtp) -> None:
    """Dots are stuffed and unstuffed, the message arrives as it was stored, its queue id is kept."""
    route = plain(smtp)
    payload = route.prepare(RICH, DATE)
    outcome = await route.send(payload, META)
    assert (outcome.kind, outcome.provider_id) == (A, "4Xy1")
    assert smtp.received == [payload]
    raw = b"Subject: dots\r\n\r\n.\r\n..\r\n.x\r\nno end"
    await route.send(raw, META)
    assert smtp.received[1] == raw + b"\r\n"
    assert await route.settle(RICH.send_id) is None


@pytest.mark.parametrize(
    ("step", "fault", "kind", "effects"),
    [
        ("connect", "421 4.3.2 Not now", N, 0),
        ("connect", "554 No service", C, 0),
        ("connect", DROP, N, 0),
        ("connect", HANG, N, 0),
        ("ehlo", "421 Bye", N, 0),
        ("ehlo", DROP, N, 0),
        ("mail", "451 4.3.0 Later", N, 0),
        ("mail", "550 5.7.1 Sender refused", C, 0),
        ("mail", HANG, N, 0),
        ("rcpt", "450 4.2.0 Greylisted", N, 0),
        ("rcpt", "550 5.1.1 Unknown", P, 0),
        ("rcpt", "550 5.7.1 Policy", C, 0),
        ("rcpt", DROP, N, 0),
        ("data", "451 Later", N, 0),
        ("data", "554 5.5.1 No", C, 0),
        ("data", DROP, N, 0),
        ("data", HANG, N, 0),
        ("after_dot", "451 4.7.1 Later", N, 0),
        ("after_dot", "552 5.3.4 Too big", P, 0),
        ("after_dot", "550 5.7.515 Not authenticated", C, 0),
        ("after_dot", DROP, U, 1),
        ("after_dot", HANG, U, 1),
    ],
)
async def test_smtp_fault_by_fault(
    smtp: FaultySmtp, step: str, fault: str, kind: OutcomeKind, effects: int
) -> None:
    """Each step's failure is told as what it is; only after the dot may the message have been taken."""
    smtp.faults[step] = fault
    route = plain(smtp)
    outcome = await route.send(route.prepare(RICH, DATE), META)
    assert outcome.kind is kind
    assert outcome.suppress == ("5.1.1" in fault)
    assert step in outcome.detail
    assert smtp.effects.total() == effects
    assert is_free_of_people(outcome)


async def test_a_bounce_comes_back_to_an_address_that_names_the_message(smtp: FaultySmtp) -> None:
    """Each message has an envelope sender of its own, whose report is understood."""
    route = SmtpRoute("127.0.0.1", smtp.port, tls="none", timeouts=QUICK, bounce_domain="bounces.example")
    await route.send(route.prepare(RICH, DATE), META)
    await plain(smtp).send(plain(smtp).prepare(RICH, DATE), META)
    assert smtp.senders == [f"bounce+{RICH.send_id}@bounces.example", META.sender]
    [receipt] = receipts_in(report("failed", "5.1.1"), smtp.senders)
    assert receipt.send_id == RICH.send_id


async def test_smtp_that_is_not_there_and_addresses_that_break_the_line(smtp: FaultySmtp) -> None:
    """Refused connections are not sent, and no address writes a command of its own."""
    async with FaultySmtp() as gone:
        pass
    assert (await plain(gone).send(b"x", META)).kind is N
    bad = "c@d.example>\r\nRCPT TO:<x@evil.example"
    for hostile, kind in (
        (RouteMeta("del_1", "a@b.example", bad), P),
        (RouteMeta("del_1", bad, "a@b.example"), C),
    ):
        outcome = await plain(smtp).send(b"Subject: x\r\n\r\n", hostile)
        assert outcome.kind is kind
        assert is_free_of_people(outcome)
    assert not smtp.received


async def test_smtp_with_starttls_and_a_login(tmp_path: Path) -> None:
    """The message and the password travel encrypted; a wrong password stops the route."""
    server_side, client_side = certificates(tmp_path)
    async with FaultySmtp(tls=server_side, auth=True) as server:
        for password, kind in (("secret", A), ("wrong", C)):
            route = SmtpRoute(
                "localhost", server.port, username="talent", password=password, tls_context=client_side,
                timeouts=SmtpTimeouts(dialogue=5, after_dot=5),
            )  # fmt: skip
            assert (await route.send(route.prepare(RICH, DATE), META)).kind is kind
        assert server.encrypted == [True]
        assert "talent" in server.logins
        untrusting = SmtpRoute(
            "localhost",
            server.port,
            tls_context=ssl.create_default_context(),
            timeouts=SmtpTimeouts(dialogue=5),
        )
        assert (await untrusting.send(b"x", META)).kind is N
        assert len(server.received) == 1


async def test_smtp_never_goes_on_without_the_encryption_that_was_set(smtp: FaultySmtp) -> None:
    """A server that does not offer STARTTLS or AUTH gets no message: somebody may have removed the offer."""
    route = SmtpRoute("127.0.0.1", smtp.port, timeouts=QUICK)
    assert (await route.send(route.prepare(RICH, DATE), META)).kind is C
    login = SmtpRoute("127.0.0.1", smtp.port, tls="none", username="a", password="b", timeouts=QUICK)
    assert (await login.send(route.prepare(RICH, DATE), META)).kind is C
    assert not smtp.received


# The folder


async def test_the_folder_holds_each_send_once(tmp_path: Path) -> None:
    """One whole file a send, for its owner's eyes, however often it is sent; and the folder can be asked."""
    folder = tmp_path / "data" / "mail"
    route = FolderRoute(folder)
    payload = route.prepare(RICH, DATE)
    absent = await route.settle(RICH.send_id)
    assert absent is not None
    assert absent.kind is N
    first = await asyncio.gather(*(route.send(payload, META) for _ in range(4)))
    again = await route.send(b"other", META)
    assert {outcome.kind for outcome in (*first, again)} == {A}
    assert [file.name for file in folder.iterdir()] == [f"{RICH.send_id}.eml"]
    assert (folder / f"{RICH.send_id}.eml").read_bytes() == payload
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    present = await route.settle(RICH.send_id)
    assert present is not None
    assert present.kind is A


async def test_a_folder_that_cannot_be_written_stops_the_route(tmp_path: Path) -> None:
    """A file in its place, or an id that would leave it, is a matter of configuration, and nothing raises."""
    (tmp_path / "mail").write_text("not a folder")
    blocked = FolderRoute(tmp_path / "mail")
    assert (await blocked.send(b"x", META)).kind is C
    route = FolderRoute(tmp_path / "other")
    assert (await route.send(b"x", RouteMeta("../x", "", ""))).kind is C
    outside = await route.settle("../x")
    assert outside is not None
    assert outside.kind is U
    assert not (tmp_path / "x.eml").exists()


# Choosing


async def test_settings_choose_the_route(tmp_path: Path) -> None:
    """Each kind gives its route under the name that was asked for; a lease can be held to its bound."""
    routes = [
        route_from({"kind": "folder", "directory": tmp_path}),
        route_from({"kind": "smtp", "host": "mx.example", "port": 25, "tls": "tls", "name": "relay"}),
        route_from({"kind": "postmark", "token": "t", "stream": "hiring"}),
    ]
    assert [route.name for route in routes] == ["folder", "relay", "postmark"]
    assert all(route.longest < timedelta(seconds=30) for route in routes)
    assert b'"MessageStream":"hiring"' in routes[2].prepare(RICH, DATE)
    for route in routes:
        await route.aclose()


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"kind": "pigeon"},
        {"kind": "folder"},
        {"kind": "smtp"},
        {"kind": "smtp", "host": "mx.example", "tls": "maybe"},
        {"kind": "smtp", "host": "mx.example", "tls": "none", "username": "u", "password": "hush-hush"},
        {"kind": "smtp", "host": "mx.example", "passwrod": "hush-hush"},
    ],
)
def test_unsafe_settings_are_refused_without_repeating_a_secret(settings: dict[str, object]) -> None:
    """Nothing half-configured sends, and no message holds a password or token."""
    with pytest.raises(UnsafeSettings) as refused:
        route_from(settings)
    assert "hush-hush" not in str(refused.value)
