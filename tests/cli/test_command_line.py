"""The command line: quick to ask, helpful when refused, and able to work beside a running service."""

import asyncio
import base64
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest
from click.testing import CliRunner

from app.cli import main
from tests.demo.processes import free_port, started, wait_until_ready


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database_url: str) -> Path:
    """Settings of a trial on this test's database."""
    for name in ("REDIS_URL", "HEARDBACK_MODE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("HEARDBACK_DATA_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call(*arguments: str, given: str | None = None, code: int = 0) -> str:
    """What the command says, after checking its exit code."""
    result = CliRunner().invoke(main, list(arguments), input=given)
    assert result.exit_code == code, result.output
    return result.output


def test_help_imports_nothing_heavy() -> None:
    """`heardback --help` loads neither the database nor the API."""
    program = "import sys; from app.cli import main; main(['--help'], standalone_mode=False); "
    program += "print('HEAVY', sorted({'sqlalchemy', 'fastapi', 'holidays', 'arq'} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=True
    )
    assert "HEAVY []" in done.stdout


@pytest.mark.parametrize("name", sorted(main.list_commands(None)))  # type: ignore[arg-type]
def test_every_command_explains_itself(name: str) -> None:
    """Each command that is listed exists, and has a help text."""
    assert "Usage:" in call(name, "--help")


def test_a_master_key_is_one_the_settings_take() -> None:
    """`keys master` prints 32 random bytes in base64."""
    key = call("keys", "master").strip()
    assert len(base64.b64decode(key, validate=True)) == 32
    assert call("keys", "master").strip() != key


def test_unsafe_settings_are_one_line(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused setting is one line that says what to set, and no traceback."""
    monkeypatch.setenv("HEARDBACK_MODE", "production")
    said = call("serve", code=1)
    assert said.startswith("Error: ")
    assert "HEARDBACK_MASTER_KEYS" in said
    assert "Traceback" not in said


def test_a_database_that_is_away_is_one_line(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No traceback either where nothing listens."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none")
    said = call("connections", "list", code=1)
    assert said.startswith("Error: ")
    assert said.count("\n") == 1


def test_a_worker_needs_a_database_of_its_own(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without one, the work is done inside `serve`, and the command says so."""
    monkeypatch.delenv("DATABASE_URL")
    assert "inside `heardback serve`" in call("worker", code=1)


def test_a_database_of_another_version_is_refused(
    here: Path, monkeypatch: pytest.MonkeyPatch, empty_database_url: str
) -> None:
    """The command to run is named."""
    monkeypatch.setenv("DATABASE_URL", empty_database_url)
    done = subprocess.run(
        [sys.executable, "-c", "from app.cli import main; main()", "silence"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 1
    assert "heardback migrate" in done.stderr


def test_keys_live_and_end(here: Path) -> None:
    """A key is shown once, listed without its secret, and ended."""
    shown = call("keys", "create", "board", "--scope", "read").strip()
    listed = call("keys", "list")
    assert "board" in listed
    assert shown.rpartition("_")[2] not in listed
    key_id = listed.split()[0]
    assert "is revoked" in call("keys", "revoke", key_id)
    assert "(revoked" in call("keys", "list")
    assert call("keys", "revoke", "key_none", code=1).startswith("Error: ")


def test_connecting_greenhouse_says_what_to_click(here: Path) -> None:
    """Adding a connection prints its address, each webhook and each scope; the secret once."""
    said = call("connections", "add", "greenhouse", given="Main account\n\n\n\n")
    connection = call("connections", "list").split()[0]
    assert f"/webhooks/{connection}" in said
    for needed in ("candidate_stage_change", "candidate_anonymized", "harvest:notes:create", "Secret key"):
        assert needed in said
    secret = said.strip().splitlines()[-1].strip()
    assert secret not in call("connections", "list")
    assert call("connections", "rotate-secret", connection).splitlines()[1].strip() != secret
    assert "Only the newest" in call("connections", "rotate-secret", connection, "--retire-old")


def test_secrets_that_the_ats_makes_are_entered_and_never_made_here(here: Path) -> None:
    """Each of several is accepted; nobody is told to retire the others, which sign other webhooks."""
    added = ("connections", "add", "lever", "--no-webhooks", "--signing-secret", "the-first-of-lever")
    call(*added, given="Main account\nkey\n\n\n")
    connection = call("connections", "list").split()[0]
    assert "Lever makes the secret" in call("connections", "rotate-secret", connection, code=2)
    said = call("connections", "rotate-secret", connection, "--secret", "the-second-of-lever")
    assert "accepted now" in said
    assert "retire" not in said
    assert "the-second" not in said


def test_checking_a_bare_connection_says_what_to_do(here: Path) -> None:
    """Without credentials and webhooks the check names both, and exits 1."""
    call("connections", "add", "greenhouse", given="Main account\n\n\n\n")
    connection = call("connections", "list").split()[0]
    said = call("connections", "check", connection, code=1)
    assert "no API credentials" in said
    assert "No webhook has come yet" in said


def test_a_weak_secret_is_refused_by_name(here: Path) -> None:
    """A short signing secret is a mistake of the option, not of the service."""
    arguments = ("connections", "add", "greenhouse", "--signing-secret", "short")
    assert "--signing-secret" in call(*arguments, given="Main account\n\n\n\n", code=2)
    signing_key = ("connections", "add", "workable", "--site", "acme", "--api-key", "short")
    assert "--api-key" in call(*signing_key, given="Main account\n\n", code=2)
    assert call("connections", "list").startswith("There are no connections")


def test_policies_are_applied_and_shown(here: Path) -> None:
    """What `show` prints is what `apply` takes; what is not valid is refused by its field."""
    rules = here / "rules.yaml"
    rules.write_text(
        "policies:\n  - key: acknowledge_application\n    name: Acknowledge\n"
        "    starts: application_created\n    target: {business_hours: 4}\n    met_by: [contacted]\n"
    )
    assert "Version 1" in call("policies", "apply", str(rules))
    shown = call("policies", "show")
    assert "business_hours: 4" in shown
    (here / "again.yaml").write_text(shown)
    assert "Version 2" in call("policies", "apply", str(here / "again.yaml"))
    rules.write_text(rules.read_text().replace("business_hours: 4", "business_hours: -4"))
    assert "target" in call("policies", "apply", str(rules), code=1)


def test_calendars_are_stored_and_brought_up_to_date(here: Path, database_url: str) -> None:
    """Hours, a country's holidays and those of an iCalendar file; what the package changed is shown first."""
    week = (
        '{"tz": "Europe/Berlin", "week": {"mon": [["09:00", "17:00"]]}, "holidays": {"2027-03-01": "Ours"}}'
    )
    (here / "berlin.json").write_text(week)
    (here / "own.ics").write_text(
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Summer party\r\nDTSTART;VALUE=DATE:20270705\r\n"
        "END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    call("migrate")
    stored = call("calendar", "apply", "berlin", "berlin.json", "--country", "DE", "--ical", "own.ics")
    assert stored == "Version 1 of berlin counts from now on.\n"
    assert call("calendar", "refresh", "berlin") == "Nothing differs.\n"
    change = "UPDATE calendar_version SET document = document #- '{holidays,2027-10-03}'"
    asyncio.run(_execute(database_url, change))
    assert "+ 2027-10-03" in call("calendar", "refresh", "berlin")
    assert "Version 2 of berlin" in call("calendar", "refresh", "berlin", "--apply")
    assert call("calendar", "refresh", "berlin") == "Nothing differs.\n"


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(statement)
    await connection.close()


def test_empty_lists_say_so(here: Path) -> None:
    """Nothing to list is said, rather than shown as nothing."""
    for arguments in (("events", "list"), ("followups", "list"), ("clocks", "list")):
        assert "There are no" in call(*arguments)
    assert "Nobody" in call("silence")


def test_an_unknown_thing_is_one_line(here: Path) -> None:
    """Acts on what is not there say so."""
    for arguments in (
        ("events", "replay", "evt_none"),
        ("followups", "show", "fup_none"),
        ("followups", "approve", "fup_none"),
        ("followups", "reject", "fup_none", "--note", "no"),
        ("connections", "check", "con_none"),
    ):
        assert call(*arguments, code=1).splitlines()[-1].startswith("Error: ")
    assert "name=value" in call("followups", "supply", "fup_none", "nonsense", code=2)


def test_migrating_again_changes_nothing(here: Path) -> None:
    """`migrate` on a database at head says where it is."""
    assert "The schema is at" in call("migrate")


async def test_short_commands_join_a_running_service(tmp_path: Path) -> None:
    """On the data folder of a running `serve`, other processes use its private Postgres and leave it be."""
    port = free_port()
    settings = {"HEARDBACK_DATA_DIR": str(tmp_path / "data"), "HEARDBACK_PORT": str(port)}
    with started("serve", settings=settings, log=tmp_path / "log") as server:
        await wait_until_ready(f"http://127.0.0.1:{port}", seconds=60)
        for _ in range(2):
            with started("connections", "list", settings=settings, log=tmp_path / "list") as listing:
                assert listing.wait(60) == 0
        assert (tmp_path / "list").read_text().count("There are no connections") == 2
        assert server.poll() is None
        await wait_until_ready(f"http://127.0.0.1:{port}")
