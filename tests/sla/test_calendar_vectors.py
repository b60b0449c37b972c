"""Problems with known answers: our own, and those beside the project when they are there."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from app.sla.calendar_solve import answers
from tests.sla.business_oracle import MICRO, Oracle, instant, micros

OWN = Path(__file__).with_name("business_time_vectors.json")
BESIDE = Path(__file__).resolve().parents[3] / "shared" / "business-time-cases.json"
TAGS = (
    "24x7 back boundary change days dst forward half-hour holiday leap multi never observed overnight "
    "override pause plain seconds timezone tzdata warn weekend year-end zero"
)
REACH = 12 * 86_400 * MICRO


def load(file: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {"cases": []}
    return loaded


def check(file: dict[str, Any], case: dict[str, Any]) -> None:
    (line,) = answers(file["calendars"], [{key: value for key, value in case.items() if key != "expected"}])
    expected = case["expected"]
    wanted = {"error": expected["error"]} if "error" in expected else {"answer": expected}
    assert line == {"id": case["id"], **wanted}


@pytest.mark.parametrize("case", load(OWN)["cases"], ids=lambda case: case["id"])
def test_own_vectors(case: dict[str, Any]) -> None:
    """Each of our own problems has the answer that the rules give."""
    check(load(OWN), case)


@pytest.mark.skipif(not BESIDE.exists(), reason="the cases beside the project are not here")
def test_vectors_beside_the_project() -> None:
    """Each problem beside the project has its answer."""
    file = load(BESIDE)
    assert file["cases"]
    for case in file["cases"]:
        check(file, case)


def test_every_kind_of_problem_is_there() -> None:
    """Our own problems cover every tag, each in at least one case."""
    found = {tag for case in load(OWN)["cases"] for tag in case["tags"]}
    assert found == set(TAGS.split())


@pytest.mark.parametrize(
    "case",
    [
        case
        for case in load(OWN)["cases"]
        if isinstance(case["calendar"], str) and case["op"] in {"due", "elapsed"}
    ],
    ids=lambda case: case["id"],
)
def test_walking_gives_the_same_answers(case: dict[str, Any]) -> None:
    """The answers in the file are those of walking minute by minute, so the oracle is sound too."""

    def at(text: str) -> int:
        return micros(datetime.fromisoformat(text))

    pauses = [(at(low), at(high) if high else None) for low, high in case.get("pauses", [])]
    oracle = Oracle([(0, load(OWN)["calendars"][case["calendar"]])], pauses)
    if case["op"] == "elapsed":
        assert oracle.elapsed(at(case["start"]), at(case["end"])) == case["expected"]["seconds"] * MICRO
        return
    found = oracle.due(at(case["start"]), round(case["seconds"] * MICRO), REACH)
    expected = case["expected"].get("utc")
    assert (found and instant(found)) == (expected and datetime.fromisoformat(expected))
