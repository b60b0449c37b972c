"""`heardback mail` at the command line: lines, signs and exit codes."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from app.demo.postmark import SimulatedPostmark
from tests.replies.imap_server import SmallImap

S = TypeVar("S", bound=AbstractAsyncContextManager[Any])


@contextmanager
def beside(server: S) -> Iterator[S]:
    """A server in a loop of its own, because a command has its own too."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result(5)
        yield server
        asyncio.run_coroutine_threadsafe(server.__aexit__(None, None, None), loop).result(5)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


@pytest.fixture
def far() -> Iterator[SimulatedPostmark]:
    """A Postmark."""
    with beside(SimulatedPostmark()) as server:
        yield server


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, far: SimulatedPostmark) -> None:
    """A company's settings, the token by its name."""
    route = {"kind": "postmark", "token": "${PM_TOKEN}", "base_url": far.url}
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none")
    monkeypatch.setenv("HEARDBACK_MAIL_ROUTES", json.dumps({"routes": {"main": route}}))
    monkeypatch.setenv("HEARDBACK_MAIL_FROM", "jobs@ostwind-robotics.de")
    monkeypatch.setenv("PM_TOKEN", far.token)


def call(*arguments: str) -> Result:
    """What the command printed."""
    return CliRunner().invoke(main, ["mail", *arguments])


def test_a_check_prints_a_line_a_route_and_what_was_found(far: SimulatedPostmark) -> None:
    """0 while nothing is wrong, however much is noted."""
    result = call("check")
    assert result.exit_code == 0, result.output
    assert (
        "main (postmark): from ostwind-robotics.de, for all mail; receipts could go to http" in result.output
    )
    assert "  ok     Postmark accepts the token, and its server delivers; " in result.output
    assert "  note   Bounces and complaints are not heard of; give routes.main.receipts" in result.output
    assert "mail as a whole" in result.output
    assert far.token not in result.output


def test_a_check_that_finds_something_wrong_exits_1(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused token, under the name of its route; a document that is wrong, by its place."""
    monkeypatch.setenv("PM_TOKEN", "an-older-token")
    result = call("check")
    assert result.exit_code == 1
    assert "main (postmark)" in result.output
    assert "  wrong  Postmark refuses the token" in result.output
    assert "an-older-token" not in result.output
    monkeypatch.delenv("PM_TOKEN")
    result = call("check")
    assert result.exit_code == 1
    assert "routes.main.token uses ${PM_TOKEN}, which is not set." in result.output


def test_another_sender_is_checked_and_tried_as_well(far: SimulatedPostmark) -> None:
    """A connection may send in its own name, from a domain that the provider must know too."""
    far.verified = frozenset({"ostwind-robotics.de"})
    other = ("--sender", "jobs@westwind.de")
    assert "main (postmark): from westwind.de, for all mail" in call("check", *other).output
    result = call("test", "--to", "ops@ostwind-robotics.de", *other)
    assert (result.exit_code, far.messages) == (1, [])
    assert call("test", "--to", "ops@ostwind-robotics.de").exit_code == 0


def test_mailboxes_are_opened_after_the_rest_is_shown(
    monkeypatch: pytest.MonkeyPatch, database_url: str, far: SimulatedPostmark
) -> None:
    """One that opens and one that is not there, by their names; a wrong entry by its place."""
    route = {"kind": "postmark", "token": far.token, "base_url": far.url}
    box = {"host": "127.0.0.1", "username": "talent", "tls": "none", "password": 'a "secret"'}
    with beside(SmallImap()) as imap:
        boxes = [{**box, "name": "answers", "port": imap.port}, {**box, "name": "bounces", "port": 9}]
        document = {"routes": {"main": route}, "mailboxes": boxes}
        monkeypatch.setenv("HEARDBACK_MAIL_ROUTES", json.dumps(document))
        monkeypatch.setenv("DATABASE_URL", database_url)
        result = call("check")
    assert result.exit_code == 1
    _, heading, rest = result.output.partition("\nmailboxes\n")
    assert heading, result.output
    assert "  ok     mailbox answers (127.0.0.1:" in rest
    assert "  wrong  mailbox bounces (127.0.0.1:9, none, password): " in rest
    assert "talent" not in result.output
    monkeypatch.setenv("HEARDBACK_MAIL_ROUTES", json.dumps({**document, "mailboxes": [{**box, "nmae": "x"}]}))
    result = call("check")
    assert result.exit_code == 1
    assert "HEARDBACK_MAIL_ROUTES: mailboxes.0.n" in result.output


def test_a_trial_prints_the_providers_id_or_why_not(far: SimulatedPostmark) -> None:
    """1 unless it was accepted."""
    result = call("test", "--to", "ops@ostwind-robotics.de")
    assert result.exit_code == 0, result.output
    assert f"main has accepted it as {far.messages[0]['MessageID']}." in result.output
    far.inactive.add("ops@ostwind-robotics.de")
    result = call("test", "--to", "ops@ostwind-robotics.de", "--route", "main")
    assert result.exit_code == 1
    assert "main: It was refused (" in result.output
    assert "ops@" not in result.output
    assert call("test", "--to", "nobody").exit_code == 1
    assert len(far.messages) == 1
