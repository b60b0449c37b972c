"""Every zone at every change of its clocks, with intervals placed on the change."""

import random
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any
from zoneinfo import available_timezones

import pytest

import app.moments  # noqa: F401 - pins the zone data before a zone is read
from app.sla.business_hours import Calendar
from app.sla.business_table import compiled
from app.sla.business_zones import spans_of_year, year_start
from tests.sla.business_oracle import DAYS, MICRO, Oracle, changes

FIRST, LAST = 2015, 2037
HOUR = 3600
SAMPLE = 60


@cache
def distinct_zones() -> list[str]:
    """One name for every distinct zone file."""
    by_content: dict[bytes, str] = {}
    for name in sorted(available_timezones()):
        by_content.setdefault(files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes(), name)
    return sorted(by_content.values())


def hours_at(at: int, before: int, after: int) -> Iterator[list[str]]:
    """Daily hours around, exactly on, and half-way into the wall time that is skipped or repeated."""
    early, late = sorted((at + before, at + after))
    middle = (early + late) // 2
    for start, end in (
        (early - 20 * 60, late + 20 * 60),
        (early, late),
        (middle, middle + 40 * 60),
        (middle - 50 * 60, middle),
    ):
        yield [f"{each // HOUR % 24:02d}:{each // 60 % 60:02d}" for each in (start, end)]
    yield ["00:00", "24:00"]


def check_change(zone: str, at: int, before: int, after: int) -> None:
    for hours in hours_at(at, before, after):
        raw: dict[str, Any] = {"tz": zone, "week": {day: [hours] for day in DAYS}}
        engine, oracle = compiled(Calendar.parse(raw)), Oracle([(0, raw)])
        start, end = (at - 4 * HOUR) * MICRO, (at + 4 * HOUR) * MICRO
        where = (zone, at, hours)
        counted = oracle.elapsed(start, end)
        assert engine.elapsed_us(start, end) == counted, where
        assert engine.elapsed_us(start, at * MICRO) == oracle.elapsed(start, at * MICRO), where
        for target in {counted, counted // 2 + 1} if counted else ():
            assert engine.due_us(start, target) == oracle.due(start, target, end - start), where
        if counted:
            assert engine.back_us(end, counted) == oracle.back(end, counted, end - start), where


def test_sampled_changes() -> None:
    """At a sample of changes, over all kinds of zone, the engine agrees with walking minute by minute."""
    chosen = random.Random(20261121)
    zones = [
        "Africa/Casablanca",
        "Australia/Lord_Howe",
        "America/Vancouver",
        "Africa/Cairo",
        "America/Havana",
    ]
    zones += chosen.sample(distinct_zones(), 45)
    found = [(zone, *change) for zone in zones for change in changes(zone, FIRST, LAST)]
    for each in chosen.sample(found, SAMPLE):
        check_change(*each)


@pytest.mark.complete
def test_every_change_of_every_zone() -> None:
    """At every change of every zone from 2015 to 2037 the engine agrees with walking minute by minute."""
    found = [(zone, *change) for zone in distinct_zones() for change in changes(zone, FIRST, LAST)]
    assert len(found) > 2000
    for each in found:
        check_change(*each)


def test_no_change_is_missed() -> None:
    """Every change of offset written in a zone's file since 1970 is an edge between spans, to the second."""
    zones = distinct_zones()
    for zone in random.Random(7).sample(zones, 40):
        check_edges(zone)


@pytest.mark.complete
def test_no_change_is_missed_in_any_zone() -> None:
    """The same for all zones."""
    for zone in distinct_zones():
        check_edges(zone)


def check_edges(zone: str) -> None:
    from_engine: set[int] = set()
    for year in range(1970, 2038):
        spans = spans_of_year(zone, year)
        assert spans[0][0] == year_start(year)
        assert spans[-1][1] == year_start(year + 1)
        assert all(left[1] == right[0] and left[2] != right[2] for left, right in pairwise(spans))
        from_engine.update(span[0] for span in spans[1:])
    written = {at for at in written_changes(zone) if year_start(1970) < at < year_start(2038)}
    boundaries = {year_start(year) for year in range(1970, 2039)}
    assert written - boundaries <= from_engine, zone


def written_changes(zone: str) -> list[int]:
    """The changes of offset in a zone's file (RFC 9636, version 2 block)."""
    raw = files("tzdata").joinpath("zoneinfo", *zone.split("/")).read_bytes()

    def counts(at: int) -> list[int]:
        return [int.from_bytes(raw[at + 20 + 4 * i : at + 24 + 4 * i], "big") for i in range(6)]

    utc, wall, leaps, times, types, letters = counts(0)
    block = 44 + times * 5 + types * 6 + letters + leaps * 8 + wall + utc
    times = counts(block)[3]
    at = block + 44
    instants = [int.from_bytes(raw[at + 8 * i : at + 8 * i + 8], "big", signed=True) for i in range(times)]
    kinds = raw[at + 8 * times : at + 9 * times]
    offsets = [raw[at + 9 * times + 6 * kind :][:4] for kind in kinds]
    return [when for i, when in enumerate(instants) if i and offsets[i] != offsets[i - 1]]
