"""Dates are said so that no reader can mistake them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from babel.dates import format_date

from app.messages.dates import locale_of, spoken_date, spoken_day, spoken_iso
from app.messages.rules.dates import dates_in

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
        ("Europe/Berlin", "de", "Dienstag, 24. November 2026, 14:00 Uhr (Ortszeit Berlin)"),
        ("Europe/Paris", "fr-FR", "mardi 24 novembre 2026 à 14:00 (heure de Paris)"),
        ("Europe/Athens", "fr", "mardi 24 novembre 2026 à 15:00 (heure d’Athènes)"),
        ("Africa/Cairo", "fr", "mardi 24 novembre 2026 à 15:00 (heure du Caire)"),
        ("Europe/Madrid", "es", "martes 24 de noviembre de 2026, 14:00 (hora de Madrid)"),
        ("UTC", "de", "Dienstag, 24. November 2026, 13:00 Uhr (UTC)"),
        ("Europe/Stockholm", "sv", "tisdag 24 november 2026, 14:00 (Stockholm)"),
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


YEAR = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
SPOKEN = ["en", "en-US", "en-GB", "de", "de-AT", "de-CH", "fr", "fr-CA", "es", "es-MX", "es-PE"]


@pytest.mark.parametrize("locale", SPOKEN)
def test_the_checks_read_every_date_that_we_write(locale: str) -> None:
    """Each day of a year, said in a language, is read back as that day with its weekday.

    The checks know the language of the words, not the territory that the reader's dates follow.
    """
    for day in YEAR:
        said = f"Bis / by / avant / antes: {spoken_day(day, locale)}, 14:00."
        assert list(dates_in(said, locale.partition("-")[0])) == [(day.weekday(), day)], said


@pytest.mark.parametrize("locale", SPOKEN)
@pytest.mark.parametrize("pattern", ["full", "long", "medium", "EEE, d MMM y", "EEE d MMM y"])
def test_the_checks_read_dates_as_people_write_them(locale: str, pattern: str) -> None:
    """The customary long and short forms of a language are read too, where the month has a name."""
    language = locale_of(locale)
    for day in YEAR:
        said = format_date(day, pattern, locale=language)
        if any(c.isalpha() for c in said):
            assert [found for _, found in dates_in(said, locale.partition("-")[0])] == [day], said


@pytest.mark.parametrize(
    ("said", "locale"),
    [
        ("am Dienstag, dem 24. November 2026", "de"),
        ("bis Dienstag, den 24. November 2026", "de"),
        ("Di., 24. Nov. 2026", "de"),
        ("Tue 24 Nov 2026, 14:00, Berlin time", "en"),
        ("mardi, le 24 novembre 2026", "fr"),
        ("mar. 24 nov. 2026", "fr"),
        ("el martes, 24 de noviembre de 2026", "es"),
    ],
)
def test_the_weekday_is_read_however_the_date_is_joined_to_it(said: str, locale: str) -> None:
    """Articles and abbreviations between weekday and date hide neither."""
    assert list(dates_in(said, locale)) == [(1, date(2026, 11, 24))]


def test_the_first_of_a_month_is_french() -> None:
    """The French say the first of a month as an ordinal, and no other day."""
    assert spoken_day(date(2026, 2, 1), "fr-CA") == "dimanche 1er février 2026"
    assert spoken_day(date(2026, 2, 2), "fr") == "lundi 2 février 2026"


def test_a_day_from_the_ats_is_said_in_words_and_anything_else_is_left() -> None:
    """An ISO day has no zone, so it is the same day for everybody; free text stays as it was given."""
    assert spoken_iso("2027-02-01", "de") == "Montag, 1. Februar 2027"
    assert spoken_iso("as soon as you can", "de") == "as soon as you can"
