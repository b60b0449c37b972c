"""The rate window and the breaker, by the clock."""

from datetime import UTC, datetime, timedelta

from app.ats.http import Rate
from app.calls_breaker import Breaker
from app.calls_rate import RateWindow

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_a_share_of_the_window_is_ours() -> None:
    """After our share of the limit we wait for the window's end, and then start anew."""
    rate = RateWindow(share=0.5)
    assert not rate.wait(NOW)
    rate.heard(Rate(4, 4, NOW + 20 * SECOND), NOW)
    for _ in range(2):
        assert not rate.wait(NOW)
        rate.sent()
    assert rate.wait(NOW) == 20 * SECOND
    assert not rate.wait(NOW + 20 * SECOND)


def test_what_others_spend_counts_too() -> None:
    """Nothing is sent once the vendor says that nothing is left."""
    rate = RateWindow()
    rate.wait(NOW)
    rate.heard(Rate(50, 0, NOW + 7 * SECOND), NOW)
    assert rate.wait(NOW) == 7 * SECOND


def test_a_strange_end_of_the_window_is_not_believed() -> None:
    """A reset in an hour or in the past does not stop or unleash us."""
    rate = RateWindow()
    rate.wait(NOW)
    for reset in (NOW + timedelta(hours=1), NOW - SECOND, None):
        rate.heard(Rate(50, 0, reset), NOW)
        assert rate.wait(NOW) == 30 * SECOND


def test_an_answer_that_overtook_another_does_not_give_calls_back() -> None:
    """The lower figure is the later one."""
    rate = RateWindow()
    rate.wait(NOW)
    rate.heard(Rate(50, 0, None), NOW)
    rate.heard(Rate(50, 1, None), NOW)
    assert rate.wait(NOW)


def test_a_pause_holds_until_its_end() -> None:
    """The longer of two pauses counts."""
    rate = RateWindow()
    rate.pause(NOW + 9 * SECOND)
    rate.pause(NOW + 3 * SECOND)
    assert rate.wait(NOW) == 9 * SECOND
    assert not rate.wait(NOW + 9 * SECOND)


def test_the_breaker_opens_rests_and_lets_one_through() -> None:
    """Failures in a row open it; after the rest one call tries, and its end decides."""
    breaker = Breaker(failures=2, rest=10 * SECOND)
    breaker.failed(NOW)
    breaker.succeeded()
    breaker.failed(NOW)
    assert not breaker.closed_for(NOW)
    breaker.failed(NOW)
    assert breaker.closed_for(NOW + 4 * SECOND) == 6 * SECOND
    after = NOW + 10 * SECOND
    assert not breaker.closed_for(after)
    assert breaker.closed_for(after) == 10 * SECOND
    breaker.succeeded()
    assert not breaker.closed_for(after)
