"""An explanation accounts for every second: what counted, what did not, and why."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from app.errors import InvalidSpan
from app.moments import TZDATA_VERSION
from app.sla.business_explain import explain
from app.sla.business_hours import Calendar
from app.sla.business_windows import Pauses
from app.sla.calendar import due

WEEK = {day: [["08:00", "16:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
OFFICE = Calendar.parse(
    {
        "tz": "America/Chicago",
        "week": WEEK,
        "holidays": {"2026-11-26": "Thanksgiving", "2026-11-28": "A Saturday", "2026-11-30": "Overridden"},
        "overrides": {"2026-11-27": [["08:00", "12:00"]], "2026-11-30": [["08:00", "09:00"]]},
    }
)
START = datetime(2026, 11, 25, 20, 0, tzinfo=UTC)  # Wednesday, 14:00 in Chicago


def test_segments_holidays_and_versions() -> None:
    """Counted stretches in local time, only the holidays that closed something, and what it rests on."""
    why = explain(OFFICE, START, due(OFFICE, START, 7 * 3600))
    told = why.as_dict()
    assert [(each["from"], each["to"], each["seconds"]) for each in told["segments"]] == [
        ("2026-11-25T14:00:00-06:00", "2026-11-25T16:00:00-06:00", 7200),
        ("2026-11-27T08:00:00-06:00", "2026-11-27T12:00:00-06:00", 14_400),
        ("2026-11-30T08:00:00-06:00", "2026-11-30T09:00:00-06:00", 3600),
    ]
    assert told["closed"] == [{"date": "2026-11-26", "name": "Thanksgiving"}]
    assert told["calendars"] == [OFFICE.version]
    assert told["zones"] == ["America/Chicago"]
    assert told["tzdata"] == TZDATA_VERSION
    assert told["seconds"] == 7 * 3600
    assert json.loads(json.dumps(told)) == told


def test_pauses_with_their_cause() -> None:
    """A pause is told with its cause and the open time it took; two that overlap do not take it twice."""
    pauses: Pauses = [
        (START + timedelta(hours=1), START + timedelta(days=2, hours=-5), "the candidate asked to wait"),
        (START + timedelta(hours=1, minutes=30), START + timedelta(hours=2)),
        (START + timedelta(days=2, hours=-4), None, "job on hold"),
        (START + timedelta(days=40), None, "not yet"),
    ]
    why = explain(OFFICE, START, START + timedelta(days=3), pauses)
    assert [(each.cause, each.seconds, each.end is None) for each in why.pauses] == [
        ("the candidate asked to wait", 3600 + 3600, False),
        (None, 0, False),
        ("job on hold", 2 * 3600, True),
    ]
    assert why.seconds == 3600 + 3600


def test_the_sentence() -> None:
    """A person can read it: dates, lengths, causes, holidays by name."""
    pauses = [(START, START + timedelta(hours=1), "the candidate asked to wait")]
    end = due(OFFICE, START, 7200, pauses)
    assert explain(OFFICE, START, end, pauses).sentence() == (
        "From Wed 25 Nov 2026 14:00 to Fri 27 Nov 2026 09:00 (America/Chicago), 2 h of open time counted: "
        "Wed 25 Nov 2026 15:00 to 16:00 (1 h); Fri 27 Nov 2026 08:00 to 09:00 (1 h). "
        "Paused: from Wed 25 Nov 2026 14:00 to Wed 25 Nov 2026 15:00 "
        "(1 h of open time, the candidate asked to wait). "
        "Closed: Thu 26 Nov 2026 (Thanksgiving). "
        f"Time zones as of tzdata {TZDATA_VERSION}."
    )


def test_the_sentence_stays_short() -> None:
    """Many stretches are not all told, and how many were left out is; nothing counted is said as nothing."""
    long = explain(OFFICE, START, START + timedelta(days=60)).sentence()
    assert "more …" in long
    assert len(long) < 700
    assert "0 min of open time counted." in explain(OFFICE, START, START).sentence()
    still = explain(OFFICE, START, START + timedelta(seconds=90), [(START + timedelta(seconds=61.5), None)])
    assert "1 min 1.5 s of open time" in still.sentence()
    assert "and still paused" in still.sentence()


def test_a_move_to_another_zone() -> None:
    """Each stretch is told in the zone that ruled it, and both calendars are named."""
    london = Calendar.parse(
        {"tz": "Europe/London", "week": WEEK, "holidays": {"2026-11-26": "Founders' day"}}
    )
    hours = [(START, OFFICE), (START + timedelta(hours=1), london)]
    why = explain(hours, START, due(hours, START, 2 * 3600))
    assert [(each.zone, each.calendar) for each in why.segments] == [
        ("America/Chicago", OFFICE.version),
        ("Europe/London", london.version),
    ]
    assert why.zones == ("America/Chicago", "Europe/London")
    assert [each.name for each in why.closed] == ["Founders' day"]
    assert why.end.isoformat() == "2026-11-27T09:00:00+00:00"


def test_no_seam_at_midnight_or_new_year() -> None:
    """What is open without a break is one stretch."""
    week = {day: [["00:00", "24:00"]] for day in (*WEEK, "sat", "sun")}
    always = Calendar.parse({"tz": "UTC", "week": week})
    assert len(explain(always, START, START + timedelta(days=60)).segments) == 1


def test_backwards_is_refused() -> None:
    """There is nothing to explain in a span that runs backwards."""
    with pytest.raises(InvalidSpan):
        explain(OFFICE, START, START - timedelta(seconds=1))
