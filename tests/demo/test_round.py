"""The demo: a whole round holds every expectation, and the expectations notice when something is wrong."""

import socket
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.demo.cast import STORIES, ZONE
from app.demo.expect import check
from app.demo.greenhouse import SimulatedGreenhouse
from app.demo.greenhouse_world import World
from app.demo.kept import Kept, Sample, write_sample
from app.demo.perform import Result, perform
from app.demo.round import CHAOS
from app.demo.script import LENGTH, WEEKEND, first_monday, instant, script
from app.demo.show import Terminal
from app.demo.stage import connect, demo_settings, listen, served
from app.errors import CannotStart
from app.moments import HeldClock, zone
from app.running import open_flow
from app.services import open_services
from tests.servers import PostgresServer

MONDAY = datetime(2026, 11, 8, 23, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
async def played(
    postgres: PostgresServer, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Result:
    """The whole round, played once for this module."""
    name, url = await postgres.clone(template_database)
    folder = tmp_path_factory.mktemp("round")
    settings = demo_settings(_env_file=None, DATABASE_URL=url, REDIS_URL=None, data_dir=folder)
    until = MONDAY + LENGTH + timedelta(hours=5)
    shown: list[str] = []
    async with (
        open_services(settings, clock=HeldClock(MONDAY), migrate=False) as services,
        open_flow(services) as flow,
        served(services, socket.create_server(("127.0.0.1", 0))) as address,
        SimulatedGreenhouse(address, "a-signing-secret-for-this-round", chaos=CHAOS) as greenhouse,
    ):
        connection = await connect(services, greenhouse, address, MONDAY)
        teller = Terminal(services.sessions, shown.append)
        done = await perform(
            services, flow, greenhouse, connection, monday=MONDAY, until=until, teller=teller
        )
    await postgres.drop(name)
    assert any("is hired" in line for line in shown)
    assert any("→ mail to Noémi Lefèvre: offer news" in line for line in shown)
    return done


async def test_every_expectation_of_the_round_holds(played: Result) -> None:
    """Thirty candidates, lost and repeated webhooks, a full rate limit: all is as the script calls for."""
    assert [e for e in played.expectations if not e.held] == []
    assert len(played.played.director.applications) == len(STORIES) >= 30
    assert any("notes written in Greenhouse" in line for line in played.table)


async def test_a_second_word_for_one_reason_is_noticed(played: Result) -> None:
    """The expectations can fail: a doubled mail breaks the one that forbids it."""
    doubled = replace(played.played, mails=[*played.played.mails, played.played.mails[0]])
    broken = [e.name for e in check(doubled) if not e.held]
    assert broken == ["nobody was written to twice for one reason"]


async def test_a_missing_approval_is_noticed(played: Result) -> None:
    """A rejection that nobody allowed breaks its expectation."""
    broken = [e.name for e in check(replace(played.played, approvals=[])) if not e.held]
    assert broken == ["no rejection and no offer left before a person allowed it"]


async def test_a_lost_event_is_noticed(played: Result) -> None:
    """An acknowledged webhook that is not stored breaks the first expectation."""
    broken = [e.name for e in check(replace(played.played, events=played.played.events[1:])) if not e.held]
    assert broken == ["every acknowledged webhook is stored once and handled"]


async def test_silence_without_a_name_is_noticed(played: Result) -> None:
    """Silence that names nobody breaks the last expectation."""
    silent = replace(played.played, silent=["1 wait on operations"])
    assert [e.name for e in check(silent) if not e.held] == [
        "nobody is left in silence, or it is named who must act"
    ]


@pytest.mark.parametrize("day", range(7))
def test_the_round_ends_now_on_any_day(day: int) -> None:
    """It starts on a Monday of the office's zone and has all its days before the end."""
    end = datetime(2027, 3, 29, 10, 0, tzinfo=UTC) + timedelta(days=day)
    monday = first_monday(end)
    local = monday.astimezone(zone(ZONE))
    assert (local.weekday(), local.hour, local.minute) == (0, 0, 0)
    assert LENGTH <= end - monday < LENGTH + timedelta(days=7, hours=2)
    assert all(act.at <= end for act in script(monday))


def test_times_are_the_offices_own_across_a_change_of_clocks() -> None:
    """Half past nine is half past nine, also in the week in which summer time begins."""
    monday = first_monday(datetime(2027, 4, 4, 12, 0, tzinfo=UTC))
    for day in range(12):
        assert instant(monday, day, "09:30").astimezone(zone(ZONE)).strftime("%H:%M") == "09:30"


def test_the_recruiter_works_on_weekdays() -> None:
    """Nobody sits at the desk on a weekend."""
    days = {act.at.astimezone(zone(ZONE)).weekday() for act in script(MONDAY) if act.at_desk}
    assert days == set(range(WEEKEND))


def test_a_taken_port_gives_the_next() -> None:
    """`make run` beside another service still starts."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with listen("127.0.0.1", port) as other:
            assert port < other.getsockname()[1] < port + 20
    with pytest.raises(CannotStart):
        listen("192.0.2.1", 9)


def test_the_simulated_greenhouse_is_kept_for_its_owner_alone(tmp_path: Path) -> None:
    """What is kept comes back the same, with mode 0600; without a demo there is nothing."""
    assert Kept.read(tmp_path) is None
    world = World()
    world.add("users", MONDAY, name="Mia Berger")
    kept = Kept(state="played", connection="con_1", secret="a-secret-for-webhooks")
    kept.remember(world)
    kept.write(tmp_path)
    again, other = Kept.read(tmp_path), World()
    assert again is not None
    again.restore(other)
    assert (other.rows, other.last_id) == (world.rows, world.last_id)
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


def test_the_sample_script_holds_no_secret(tmp_path: Path) -> None:
    """The secret stays in a file of its own; the script names the address and the program."""
    sample = Sample("http://127.0.0.1:1/webhooks/con_1", {"action": "ping"}, "the-secret", "heardback", "UTC")
    text = write_sample(tmp_path, sample).read_text()
    assert "the-secret" not in text
    assert "http://127.0.0.1:1/webhooks/con_1" in text
    assert "@" not in text.replace("@NOW@", "").replace("@ID@", "").replace("@-", "")
