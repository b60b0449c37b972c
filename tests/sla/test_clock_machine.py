"""The clock machine: to the instant, and the same however often it is asked."""

from datetime import datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.sla.clocks import ClockState, History, read_clock
from tests.sla.clockwork import MONDAY, history, hours

TICK = timedelta(microseconds=1)
DUE = hours(8)


def test_a_clock_breaches_at_its_due_instant_and_not_before() -> None:
    """Running a microsecond before, breached at the instant, and the breach says that instant."""
    clock = history()
    assert read_clock(clock, DUE - TICK).state == ClockState.RUNNING
    breached = read_clock(clock, DUE)
    assert (breached.state, breached.breached_at, breached.due_at) == (ClockState.BREACHED, DUE, DUE)
    assert read_clock(clock, DUE + timedelta(days=9)).breached_at == DUE


def test_what_stops_a_clock_at_its_due_instant_stops_it_in_time() -> None:
    """A stop beats a breach at one instant; a microsecond later it is late."""
    in_time = read_clock(history(met=[DUE]), DUE)
    assert (in_time.state, in_time.breached_at) == (ClockState.MET, None)
    late = read_clock(history(met=[DUE + TICK]), DUE + TICK)
    assert (late.state, late.breached_at) == (ClockState.MET, DUE)


def test_met_beats_cancelled_at_one_instant() -> None:
    """Who was told in the very moment of the closing was told."""
    at = hours(1)
    assert read_clock(history(met=[at], cancelled=[at]), at).state == ClockState.MET
    assert read_clock(history(met=[at + TICK], cancelled=[at]), hours(2)).state == ClockState.CANCELLED


def test_a_stop_beats_a_pause_and_a_pause_beats_a_breach() -> None:
    """At one instant: stop, then pause, then due."""
    at = hours(1)
    assert read_clock(history(met=[at], pauses=[(at, None)]), at).state == ClockState.MET
    paused = read_clock(history(pauses=[(DUE - TICK, None)]), DUE)
    assert (paused.state, paused.due_at, paused.breached_at) == (ClockState.PAUSED, None, None)


def test_a_stop_at_the_very_start_counts() -> None:
    """Nothing is owed for no time at all: met at once."""
    reading = read_clock(history(met=[MONDAY]), MONDAY)
    assert (reading.state, reading.elapsed) == (ClockState.MET, 0)


def test_what_came_before_the_start_stops_nothing() -> None:
    """Yesterday's word does not answer today's question."""
    assert read_clock(history(met=[MONDAY - TICK]), MONDAY).state == ClockState.RUNNING


def test_pending_until_the_interview_ends() -> None:
    """A clock whose start lies ahead neither runs nor warns, and wakes at its start."""
    start = hours(30)
    ahead = read_clock(history(start=start), start - TICK)
    assert (ahead.state, ahead.next_at, ahead.warnings) == (ClockState.PENDING, start, ())
    assert read_clock(history(start=start), start).state == ClockState.RUNNING


def test_a_pause_moves_the_due_time_by_the_open_hours_that_it_covers() -> None:
    """Two hours paused on Monday: due on Tuesday at eleven."""
    reading = read_clock(history(pauses=[(hours(2), hours(4))]), hours(3))
    assert (reading.state, reading.paused_by) == (ClockState.PAUSED, "job not open")
    assert reading.due_at == hours(26)
    assert reading.next_at == hours(4)


def test_a_stop_that_is_known_to_come_wakes_the_clock() -> None:
    """An interview ahead ends what was owed until it, and nobody tells us when it begins."""
    assert read_clock(history(cancelled=[hours(1)]), MONDAY).next_at == hours(1)
    assert read_clock(history(cancelled=[hours(1)]), hours(1)).state == ClockState.CANCELLED


def test_the_elapsed_time_of_a_closed_clock_leaves_out_nights_and_pauses() -> None:
    """Six open hours on Monday after two paused ones, one on Tuesday."""
    reading = read_clock(history(met=[hours(25)], pauses=[(hours(2), hours(4))]), hours(40))
    assert reading.elapsed == 7 * 3600


def test_warned_at_half_of_the_target_and_escalated_step_by_step() -> None:
    """Warning at four hours; the chain at the breach and eight open hours later."""
    clock = history()
    assert read_clock(clock, hours(4) - TICK).warnings == ()
    assert read_clock(clock, hours(4)).warnings == (hours(4),)
    assert [e.step for e in read_clock(clock, DUE).escalations] == [1]
    assert [e.step for e in read_clock(clock, hours(32) - TICK).escalations] == [1]
    assert [e.at for e in read_clock(clock, hours(32)).escalations] == [DUE, hours(32)]


def test_a_clock_that_was_met_late_keeps_its_breach_but_is_escalated_no_further() -> None:
    """After the answer nobody is told that it is missing."""
    reading = read_clock(history(met=[hours(10)]), hours(1000))
    assert reading.breached_at == DUE
    assert [e.step for e in reading.escalations] == [1]
    assert reading.next_at is None


_minutes = st.integers(-600, 6_000).map(lambda m: MONDAY + timedelta(minutes=m))


@st.composite
def _clocks(draw: st.DrawFn) -> History:
    ends = draw(st.lists(_minutes, max_size=2))
    since = draw(st.lists(_minutes, max_size=2))
    pauses = [(s, s + timedelta(minutes=draw(st.integers(0, 900)))) for s in since]
    return history(met=ends[:1], cancelled=ends[1:], pauses=pauses)


@given(_clocks(), _minutes)
@settings(max_examples=300, deadline=None)
def test_a_reading_stays_true_until_it_says(clock: History, now: datetime) -> None:
    """Up to its next instant nothing changes without news, so that a sleeping clock misses nothing."""
    reading = read_clock(clock, now)
    until = reading.next_at or now + timedelta(days=90)
    assume(until > now + TICK)
    for later in (now + (until - now) / 2, until - TICK):
        assert read_clock(clock, later) == reading


@given(_clocks(), _minutes, _minutes)
@settings(max_examples=300, deadline=None)
def test_closed_stays_closed_and_breached_stays_breached(
    clock: History, one: datetime, other: datetime
) -> None:
    """Time alone takes nothing back: what a clock has shown of itself, it shows ever after."""
    early, late = read_clock(clock, min(one, other)), read_clock(clock, max(one, other))
    if early.closed:
        assert late == early
    if early.breached_at:
        assert late.breached_at == early.breached_at
    assert late.warnings[: len(early.warnings)] == early.warnings
    assert late.escalations[: len(early.escalations)] == early.escalations


@pytest.mark.parametrize("state", list(ClockState))
def test_open_means_that_something_is_still_owed(state: ClockState) -> None:
    """Met and cancelled are the only ends."""
    assert state.open is (state not in (ClockState.MET, ClockState.CANCELLED))
