"""Dates are said so that no reader can mistake them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from app.messages.dates import locale_of, spoken_date

BERLIN = ZoneInfo("Europe/Berlin")
AFTERNOON = datetime(2026, 11, 24, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "locale", "said"),
    [
        ("Europe/Berlin", "en", "Tuesday 24 November 2026, 14:00 (Berlin time)"),
        ("America/New_York", "en-US", "Tuesday, November 24, 2026, 8:00 AM (New York time)"),
        ("Asia/Kolkata", "en-IN", "Tuesday 24 November 2026, 18:30 (Kolkata time)"),
        ("Pacific/Auckland", "en_NZ", "Wednesday 25 November 2026, 02:00 (Auckland time)"),
        ("UTC", "en", "Tuesday 24 November 2026, 13:00 (UTC)"),
        ("Europe/Berlin", "de", "Dienstag, 24. November 2026, 14:00 (Berlin)"),
        ("Europe/Paris", "fr-FR", "mardi 24 novembre 2026, 14:00 (Paris)"),
        ("Europe/Berlin", "xx-YY", "Tuesday 24 November 2026, 14:00 (Berlin time)"),
        ("Europe/Berlin", "not a locale", "Tuesday 24 November 2026, 14:00 (Berlin time)"),
    ],
)
def test_a_time_is_said_with_weekday_and_zone(zone: str, locale: str, said: str) -> None:
    """Weekday, date, time and place, in the reader's zone and language."""
    assert spoken_date(AFTERNOON, ZoneInfo(zone), locale, with_time=True) == said


def test_a_day_is_the_readers_day() -> None:
    """Without a time the date is still that of the reader's zone."""
    late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    assert spoken_date(late, BERLIN, "en") == "Wednesday 25 November 2026"
    assert spoken_date(late, ZoneInfo("America/Los_Angeles"), "en") == "Tuesday 24 November 2026"


def test_an_hour_that_happens_twice_says_which() -> None:
    """When clocks go back, the offset tells the two hours apart; else it is left out."""
    first, second = (datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1))
    assert spoken_date(first, BERLIN, "en", with_time=True).endswith("02:30 (Berlin time, UTC+2)")
    assert spoken_date(second, BERLIN, "en", with_time=True).endswith("02:30 (Berlin time, UTC+1)")
    lord_howe = datetime(2026, 4, 4, 14, 45, tzinfo=UTC)
    assert "UTC+11)" in spoken_date(lord_howe, ZoneInfo("Australia/Lord_Howe"), "en", with_time=True)


def test_a_naive_instant_is_refused() -> None:
    """An instant without a zone is nobody's time."""
    with pytest.raises(ValueError, match="time zone"):
        spoken_date(datetime(2026, 11, 24, 14), BERLIN, "en")  # noqa: DTZ001  # the point of the test


def test_a_locale_falls_back_to_its_language() -> None:
    """A territory that is unknown leaves the language."""
    assert locale_of("de-ZZ").language == "de"
    assert locale_of("de_AT").language == "de"
