"""Untrusted JSON becomes clean values or None, never an error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ats.fields import day, identity, instant, stamp, text


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-12-01", "2026-12-01"),
        ("04/15/2013", "2013-04-15"),
        ("2026-12-01T00:00:00Z", "2026-12-01"),
        ("2026-12-01T00:00:00+01:00", "2026-12-01"),
        ("2026-12-01T20:00:00-08:00", "2026-12-01"),
        ("13/45/2013", None),
        ("2026-02-30", None),
        ("1066-10-14", None),
        (20261201, None),
    ],
)
def test_a_first_day_of_work_is_the_day_that_was_written(written: object, expected: str | None) -> None:
    """Nobody is told to come a day early because their employer's midnight is yesterday in UTC."""
    assert day(written) == expected


_ANYTHING = st.one_of(
    st.text(max_size=40),
    st.integers(),
    st.floats(),
    st.none(),
    st.booleans(),
    st.lists(st.text(max_size=3), max_size=2),
    st.from_regex(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}([+-]\d{2}:\d{2}|Z)?)?", fullmatch=True),
)


@given(_ANYTHING)
def test_whatever_comes_is_clean_or_nothing(value: object) -> None:
    """No NUL, no lone surrogate, no naive time, nothing too long; and never an error."""
    words, own, at, date = text(value), identity(value), instant(value), day(value)
    assert words is None or (
        words == words.strip() and "\0" not in words and words.encode() and len(words) <= 500
    )
    assert own is None or 0 < len(own) <= 65
    assert at is None or (at.utcoffset() is not None and instant(stamp(at)) == at.replace(microsecond=0))
    assert date is None or len(date) == 10
