"""The laws of business time, and agreement with walking minute by minute, on random calendars."""

import contextlib
from datetime import datetime, timedelta
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.errors import BeyondHorizon, CalendarNeverOpens, StillPaused
from app.sla.business_batch import due_many
from app.sla.business_explain import explain
from app.sla.business_hours import Calendar
from app.sla.business_windows import Hours, Pauses
from app.sla.calendar import back, due, due_days, elapsed, is_open, next_open, remaining
from tests.sla.business_oracle import DAYS, MICRO, Oracle, changes, instant, micros

ZONES = (
    "America/New_York",
    "Europe/London",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Africa/Cairo",
    "America/Santiago",
    "America/St_Johns",
    "Asia/Kolkata",
    "Pacific/Chatham",
    "UTC",
)
HOUR = 3600 * MICRO
DAY = 24 * HOUR
REACH = 4 * DAY
ANCHORS = [at * MICRO for zone in ZONES for at, _, _ in changes(zone, 2026, 2027)] + [
    micros(datetime.fromisoformat("2026-11-16T12:00:00+00:00"))
]

Raw = dict[str, Any]

quick = settings(max_examples=60, deadline=None)
slow = settings(max_examples=25, deadline=None)
clock_times = st.integers(0, 1439).map(lambda minute: f"{minute // 60:02d}:{minute % 60:02d}")
nights = st.tuples(clock_times, clock_times | st.just("24:00")).map(list)
daytimes = (
    st.tuples(clock_times, clock_times | st.just("24:00")).filter(lambda pair: pair[0] < pair[1]).map(list)
)
shifts = st.integers(-(10**6), 10**6)
anchors = st.sampled_from(ANCHORS)
near = st.integers(-2 * DAY, 2 * DAY) | st.integers(-48, 48).map(lambda hours: hours * HOUR)


@st.composite
def calendars(draw: st.DrawFn, anchor: int) -> Raw:
    around = [(instant(anchor) + timedelta(days=shift)).date().isoformat() for shift in range(-4, 6)]
    week = draw(
        st.dictionaries(
            st.sampled_from(DAYS), st.lists(nights, min_size=1, max_size=2), min_size=1, max_size=7
        )
    )
    return {
        "tz": draw(st.sampled_from(ZONES)),
        "week": week,
        "holidays": draw(st.lists(st.sampled_from(around), max_size=2, unique=True)),
        "overrides": draw(
            st.dictionaries(st.sampled_from(around), st.lists(daytimes, max_size=2), max_size=2)
        ),
    }


@st.composite
def pauses_near(draw: st.DrawFn, anchor: int) -> list[tuple[int, int]]:
    lengths = st.integers(0, 30 * HOUR) | st.integers(0, 90 * MICRO)
    return [
        (anchor + start, anchor + start + length)
        for start, length in draw(st.lists(st.tuples(near, lengths), max_size=3))
    ]


@st.composite
def problems(draw: st.DrawFn) -> tuple[Hours, Pauses, Oracle, int]:
    """Hours, pauses, the oracle for both, and an instant near a change of clocks."""
    anchor = draw(anchors)
    paused = draw(pauses_near(anchor))
    reigns = [(0, draw(calendars(anchor)))]
    if draw(st.booleans()):
        reigns.append((anchor + draw(near), draw(calendars(anchor))))
    hours: Hours = Calendar.parse(reigns[0][1])
    if len(reigns) > 1:
        # A tuple is compiled into one table; a list is walked reign by reign.
        kept = draw(st.sampled_from((list, tuple)))
        hours = kept((instant(at), Calendar.parse(raw)) for at, raw in reigns)
    pauses = [(instant(low), instant(high)) for low, high in paused]
    return hours, pauses, Oracle(reigns, list(paused)), anchor + draw(near)


def us(seconds: float) -> int:
    return round(seconds * MICRO)


@quick
@given(problem=problems(), length=st.integers(0, REACH))
def test_elapsed_agrees(problem: tuple[Hours, Pauses, Oracle, int], length: int) -> None:
    """Elapsed is the number of open, unpaused seconds that walking finds."""
    hours, pauses, oracle, start = problem
    found = elapsed(hours, instant(start), instant(start + length), pauses)
    assert us(found) == oracle.elapsed(start, start + length)


@quick
@given(problem=problems(), target=st.integers(0, 20 * HOUR))
def test_due_and_back_agree(problem: tuple[Hours, Pauses, Oracle, int], target: int) -> None:
    """Due is the earliest, back the latest instant that walking finds."""
    hours, pauses, oracle, start = problem
    expected = oracle.due(start, target, REACH)
    if expected is not None:
        assert micros(due(hours, instant(start), target / MICRO, pauses)) == expected
    expected = oracle.back(start, target, REACH)
    if expected is not None:
        assert micros(back(hours, instant(start), target / MICRO, pauses)) == expected


@slow
@given(problem=problems(), days=st.integers(1, 3))
def test_due_days_agree(problem: tuple[Hours, Pauses, Oracle, int], days: int) -> None:
    """The last close of the n-th open date is the one that walking finds."""
    hours, pauses, oracle, start = problem
    assume(isinstance(hours, Calendar))  # dates of two zones at once have no order to walk in
    expected = oracle.due_days(start, days, 5 * DAY)
    if expected is not None:
        assert micros(due_days(hours, instant(start), days, pauses)) == expected


@slow
@given(problem=problems())
def test_open_and_next_open_agree(problem: tuple[Hours, Pauses, Oracle, int]) -> None:
    """An instant is open, and the next open one is found, as walking says; pauses do not matter."""
    hours, _, oracle, start = problem
    assert is_open(hours, instant(start)) == oracle.is_open(start)
    expected = oracle.next_open(start, REACH)
    if expected is not None:
        assert micros(next_open(hours, instant(start))) == expected


@quick
@given(problem=problems(), seconds=st.integers(1, 200 * 3600), more=st.integers(0, 3600))
def test_due_is_the_inverse_of_elapsed(
    problem: tuple[Hours, Pauses, Oracle, int], seconds: int, more: int
) -> None:
    """Due is the first instant with n seconds before it, back the last; more seconds are never sooner."""
    hours, pauses, _, at = problem
    start = instant(at)
    try:
        end = due(hours, start, seconds, pauses)
        later = due(hours, start, seconds + more, pauses)
    except (BeyondHorizon, CalendarNeverOpens):
        return
    assert elapsed(hours, start, end, pauses) == seconds
    assert elapsed(hours, start, end - timedelta(microseconds=1), pauses) < seconds
    assert later >= end
    begin = back(hours, end, seconds, pauses)
    assert start <= begin
    assert elapsed(hours, begin, end, pauses) == seconds
    assert remaining(hours, start, end, pauses) == seconds
    assert remaining(hours, end, start, pauses) == -seconds


@quick
@given(problem=problems(), lengths=st.tuples(st.integers(0, 90 * DAY), st.integers(0, 90 * DAY)))
def test_elapsed_adds_up(problem: tuple[Hours, Pauses, Oracle, int], lengths: tuple[int, int]) -> None:
    """Two spans that meet hold as much as the one they make; and an explanation's segments hold it all."""
    hours, pauses, _, at = problem
    a, b, c = instant(at), instant(at + lengths[0]), instant(at + sum(lengths))
    whole = elapsed(hours, a, c, pauses)
    assert us(elapsed(hours, a, b, pauses)) + us(elapsed(hours, b, c, pauses)) == us(whole)
    why = explain(hours, a, c, pauses)
    assert why.seconds == whole
    assert sum(us(each.seconds) for each in why.segments) == us(whole)


@quick
@given(problem=problems(), seconds=st.integers(0, 100 * 3600), later=st.integers(0, 3 * DAY))
def test_starting_later_or_pausing_more_is_never_sooner(
    problem: tuple[Hours, Pauses, Oracle, int], seconds: int, later: int
) -> None:
    """A later start, another pause, or another closed date never makes anything due earlier."""
    hours, pauses, _, at = problem
    start = instant(at)
    try:
        end = due(hours, start, seconds, pauses)
        assert due(hours, instant(at + later), seconds, pauses) >= end
        extra = (instant(at + later), instant(at + later + 7 * HOUR))
        assert due(hours, start, seconds, [*pauses, extra]) >= end
        if isinstance(hours, Calendar):
            closed = {**hours.dump(), "overrides": {}}
            fewer = closed | {"holidays": {**closed["holidays"], str(end.date()): "One more"}}
            assert due(Calendar.parse(fewer), start, seconds) >= due(Calendar.parse(closed), start, seconds)
    except (BeyondHorizon, CalendarNeverOpens):
        return


@quick
@given(anchor=anchors, data=st.data(), seconds=st.integers(1, 40 * 3600))
def test_a_pause_outside_hours_is_free(anchor: int, data: st.DataObject, seconds: int) -> None:
    """Pausing while everything is closed changes nothing."""
    calendar = Calendar.parse(data.draw(calendars(anchor)))
    start = instant(anchor + data.draw(near))
    try:
        opening = next_open(calendar, start)
        end = due(calendar, start, seconds)
    except (BeyondHorizon, CalendarNeverOpens):
        return
    assert due(calendar, start, seconds, [(start, opening)]) == end


@quick
@given(anchor=anchors, zone=st.sampled_from(ZONES), shift=near, seconds=st.integers(0, 10**7))
def test_always_open_is_plain_addition(anchor: int, zone: str, shift: int, seconds: int) -> None:
    """A calendar that never closes adds seconds as a stopwatch does, whatever the clocks do."""
    always = Calendar.parse({"tz": zone, "week": {day: [["00:00", "24:00"]] for day in DAYS}})
    start = instant(anchor + shift)
    assert due(always, start, seconds) == start + timedelta(seconds=seconds)
    assert back(always, start, seconds) == start - timedelta(seconds=seconds)


@quick
@given(raw=calendars(ANCHORS[-1]), seconds=st.integers(1, 30 * 3600), shift=near, weeks=st.integers(1, 20))
def test_a_week_later_is_a_week_later(raw: Raw, seconds: int, shift: int, weeks: int) -> None:
    """Without holidays and changes of clock, moving everything by weeks moves the answer by weeks."""
    calendar = Calendar.parse({"tz": "Asia/Kolkata", "week": raw["week"]})
    start = instant(ANCHORS[-1] + shift)
    moved = timedelta(weeks=weeks)
    try:
        expected = due(calendar, start, seconds) + moved
    except BeyondHorizon:
        return
    with contextlib.suppress(BeyondHorizon):
        assert due(calendar, start + moved, seconds) == expected


@quick
@given(
    problem=problems(),
    rows=st.lists(st.tuples(st.integers(-(10**6), 10**6), st.integers(0, 10**6)), max_size=8),
)
def test_many_is_one_by_one(problem: tuple[Hours, Pauses, Oracle, int], rows: list[tuple[int, int]]) -> None:
    """The batch gives what asking row by row gives."""
    hours, _, _, at = problem
    starts = [at // MICRO + shift for shift, _ in rows]
    targets = [target for _, target in rows]
    try:
        expected = [
            micros(due(hours, instant(start * MICRO), target)) // MICRO
            for start, target in zip(starts, targets, strict=True)
        ]
    except (BeyondHorizon, CalendarNeverOpens):
        return
    assert due_many(hours, starts, targets) == expected


@quick
@given(problem=problems(), seconds=st.integers(1, 20 * 3600))
def test_a_pause_without_end(problem: tuple[Hours, Pauses, Oracle, int], seconds: int) -> None:
    """While paused until further notice nothing is due, unless it was due before the pause."""
    hours, pauses, _, at = problem
    start = instant(at)
    try:
        end = due(hours, start, seconds, pauses)
    except (BeyondHorizon, CalendarNeverOpens):
        return
    assert due(hours, start, seconds, [*pauses, (end, None)]) == end
    try:
        due(hours, start, seconds, [*pauses, (end - timedelta(microseconds=1), None)])
    except StillPaused:
        return
    raise AssertionError
