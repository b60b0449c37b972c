"""`heardback mail` at the command line: lines, signs and exit codes, without a database."""

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from app.demo.postmark import SimulatedPostmark


@pytest.fixture
def far() -> Iterator[SimulatedPostmark]:
    """A Postmark beside the command, which runs a loop of its own."""
    loop, server = asyncio.new_event_loop(), SimulatedPostmark()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result(5)
    yield server
    asyncio.run_coroutine_threadsafe(server.__aexit__(), loop).result(5)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)
    loop.close()


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
    assert "  ok     Postmark accepts the token, and its server delivers." in result.output
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
