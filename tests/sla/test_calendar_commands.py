"""The command line: every case one line in order, whatever is wrong with it; and a year to look at."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.sla.commands import calendar_commands

CALENDARS = {
    "office": {"tz": "Europe/Berlin", "week": {"mon": [["09:00", "17:00"]]}, "holidays": ["2026-12-28"]},
    "broken": {"tz": "Nowhere/City"},
}
MONDAY = "2026-09-14T09:00:00+02:00"


def run(*words: str) -> Result:
    return CliRunner().invoke(calendar_commands, words)


def solve(tmp_path: Path, cases: list[Any]) -> list[dict[str, Any]]:
    file = tmp_path / "problems.json"
    file.write_text(json.dumps({"calendars": CALENDARS, "cases": cases}), encoding="utf-8")
    result = run("solve", str(file))
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def case(identity: str, op: str, **more: Any) -> dict[str, Any]:
    return {"id": identity, "op": op, "calendar": "office", **more}


def test_each_operation(tmp_path: Path) -> None:
    """Each operation answers in its shape, in order, whole seconds as integers."""
    inline = {"tz": "UTC", "week": {"mon": [["09:00", "10:00"]]}}
    lines = solve(tmp_path, [
        case("a", "due", start=MONDAY, seconds=3600),
        case("b", "elapsed", start=MONDAY, end="2026-09-14T09:00:01.5+02:00"),
        case("c", "remaining", start="2026-09-14T10:00:00+02:00", end=MONDAY),
        case("d", "is_open", start=MONDAY),
        case("e", "due", start=MONDAY, seconds=1, calendar=inline),
    ])  # fmt: skip
    at_ten = {"utc": "2026-09-14T08:00:00Z", "local": "2026-09-14T10:00:00+02:00", "local_day": "Mon"}
    assert lines[0] == {"id": "a", "answer": at_ten}
    assert lines[1:4] == [
        {"id": "b", "answer": {"seconds": 1.5}},
        {"id": "c", "answer": {"seconds": -3600}},
        {"id": "d", "answer": {"open": True}},
    ]
    assert lines[4]["answer"]["utc"] == "2026-09-14T09:00:01Z"


def test_a_bad_case_costs_only_its_own_line(tmp_path: Path) -> None:
    """Whatever a case lacks or holds, it has its line with an error, and the next case is answered."""
    bad: list[Any] = [
        case("unknown op", "guess", start=MONDAY),
        case("no start", "due", seconds=1),
        case("no zone", "due", start="2026-09-14T09:00:00", seconds=1),
        case("no instant", "due", start=7, seconds=1),
        case("no number", "due", start=MONDAY, seconds="1"),
        case("no finite number", "due", start=MONDAY, seconds=float("inf")),
        case("no days", "due_days", start=MONDAY, days=1.5),
        case("backwards", "elapsed", start=MONDAY, end="2026-09-13T09:00:00+02:00"),
        case("no calendar", "due", start=MONDAY, seconds=1, calendar="garage"),
        case("no valid calendar", "due", start=MONDAY, seconds=1, calendar="broken"),
        case("no succession", "due", start=MONDAY, seconds=1, calendar=[["2026-01-01T00:00:00Z"]]),
        case("far", "due", start=MONDAY, seconds=10**12),
        case("very far", "due", start="9999-12-31T23:59:59-12:00", seconds=1),
        case("paused", "due", start=MONDAY, seconds=1, pauses=[[MONDAY, None]]),
        case("never", "due", start=MONDAY, seconds=1, calendar={"tz": "UTC"}),
        "not a case",
        None,
    ]
    lines = solve(tmp_path, [*bad, case("good", "elapsed", start=MONDAY, end=MONDAY)])
    assert [line["id"] for line in lines[:15]] == [each["id"] for each in bad[:15]]
    assert all(line.keys() == {"id", "error"} for line in lines[:-1])
    assert [line["error"] for line in lines[11:15]] == ["horizon", "horizon", "paused", "never"]
    assert lines[-1] == {"id": "good", "answer": {"seconds": 0}}


@pytest.mark.parametrize("text", ["", "{", "[]", "7", '{"cases": 7}', "[" * 100_000])
def test_a_file_that_is_no_set_of_problems(tmp_path: Path, text: str) -> None:
    """A file of another kind is refused with a sentence, not a traceback."""
    file = tmp_path / "problems.json"
    file.write_text(text, encoding="utf-8")
    result = run("solve", str(file))
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")


def test_a_year_of_a_starter() -> None:
    """A year shows each date with its hours, holidays by name, and the versions it rests on."""
    result = run("show", "office", "--year", "2027", "--country", "GB", "--subdivision", "ENG")
    lines = result.stdout.splitlines()
    assert "Europe/London" in lines[0]
    assert "tzdata" in lines[0]
    assert "Mon  4 Jan  09:00–17:30" in lines
    assert "Fri 26 Mar  closed  Good Friday" in lines
    assert lines[-1] == "2150.5 open hours"


def test_a_year_of_a_file(tmp_path: Path) -> None:
    """A file's calendar is shown, with what is special and where the clocks change its length."""
    file = tmp_path / "night.yaml"
    file.write_text(
        "tz: Europe/London\nweek: {sun: [['00:00', '04:00']]}\n"
        "overrides: {2027-05-01: [['10:00', '12:00']]}\n",
        encoding="utf-8",
    )
    lines = run("show", "--file", str(file), "--year", "2027").stdout.splitlines()
    assert "Sun 28 Mar  00:00–04:00  the clocks change: 3 h" in lines
    assert "Sat  1 May  10:00–12:00  special hours" in lines
    assert lines[-1] == f"{52 * 4 + 2 - 1 + 1} open hours"


def test_a_named_calendar_of_a_file_in_another_zone(tmp_path: Path) -> None:
    """A file of several calendars is asked by name, and the zone can be another one."""
    file = tmp_path / "calendars.json"
    file.write_text(json.dumps({"calendars": CALENDARS}), encoding="utf-8")
    result = run("show", "office", "--file", str(file), "--year", "2026", "--zone", "Asia/Tokyo")
    assert "Asia/Tokyo" in result.stdout
    assert run("show", "garage", "--file", str(file), "--year", "2026").exit_code == 2


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["garage", "--year", "2027"], 1),
        (["office", "--year", "2027", "--zone", "Nowhere/City"], 1),
        (["office", "--year", "2027", "--country", "XX"], 1),
        (["--year", "2027"], 2),
        (["office", "--year", "1"], 2),
    ],
)
def test_a_year_that_cannot_be_shown(words: list[str], status: int) -> None:
    """What is not known is refused with a sentence."""
    result = run("show", *words)
    assert result.exit_code == status
    assert "Error: " in result.stderr
