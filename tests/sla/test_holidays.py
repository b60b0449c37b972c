"""Public holidays as stored dates, the traps of their source, and holidays from iCalendar files."""

from datetime import date

import pytest

from app.errors import InvalidCalendar
from app.moments import HOLIDAYS_VERSION
from app.sla.calendar_starters import starter, starter_names
from app.sla.holidays import diff, provenance, public_holidays, working_weekends
from app.sla.holidays_ical import read_ical


def test_new_year_observed_in_the_year_before() -> None:
    """1 January 2028 is a Saturday: 2027 alone, asked for alone, has its observed day, and 2028 has not."""
    assert public_holidays("US", None, [2027])[date(2027, 12, 31)].startswith("New Year's Day")
    assert date(2027, 12, 31) not in public_holidays("US", None, [2028])
    assert {day.year for day in public_holidays("US", None, [2027, 2028])} == {2027, 2028}


def test_substitute_days_and_subdivisions() -> None:
    """England's substitute days are there, and a subdivision has days that its country has not."""
    england = public_holidays("GB", "ENG", [2027])
    assert {date(2027, 12, 27), date(2027, 12, 28), date(2027, 8, 30)} <= england.keys()
    assert date(2026, 1, 6) in public_holidays("DE", "BY", [2026])
    assert date(2026, 1, 6) not in public_holidays("DE", "BE", [2026])
    assert list(england) == sorted(england)


def test_names_do_not_follow_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names are part of a calendar's content, so the process's locale must not change them."""
    monkeypatch.setenv("LANGUAGE", "de")
    assert public_holidays("DE", None, [2026])[date(2026, 10, 3)] == "German Unity Day"
    assert (
        public_holidays("DE", None, [2026], language="de")[date(2026, 10, 3)] == "Tag der Deutschen Einheit"
    )


def test_working_weekends() -> None:
    """China's make-up days can become overrides."""
    assert date(2026, 2, 14) in working_weekends("CN", None, [2026])
    assert working_weekends("DE", None, [2026]) == []


@pytest.mark.parametrize(
    ("country", "subdivision", "language", "field"),
    [("XX", None, None, "country"), ("DE", "ZZ", None, "subdivision"), ("DE", None, "xx", "language")],
)
def test_unknown_places(country: str, subdivision: str | None, language: str | None, field: str) -> None:
    """What the source does not know is refused by name."""
    with pytest.raises(InvalidCalendar) as refused:
        public_holidays(country, subdivision, [2026], language=language)
    assert refused.value.field == field


def test_provenance_and_difference() -> None:
    """Stored dates say where they came from, and an upgrade says what it would change."""
    assert provenance("GB", "ENG", [2027, 2026]) == {
        "source": "holidays",
        "version": HOLIDAYS_VERSION,
        "country": "GB",
        "subdivision": "ENG",
        "years": [2026, 2027],
        "dates": [day.isoformat() for day in public_holidays("GB", "ENG", [2026, 2027])],
    }
    old = {date(2026, 5, 1): "May Day", date(2026, 5, 4): "Bank Holiday"}
    new = {date(2026, 5, 4): "Early May Bank Holiday", date(2026, 6, 1): "A coronation"}
    assert diff(old, new).as_dict() == {
        "added": {"2026-06-01": "A coronation"},
        "removed": {"2026-05-01": "May Day"},
        "renamed": {"2026-05-04": {"from": "Bank Holiday", "to": "Early May Bank Holiday"}},
    }
    assert diff(old, new)
    assert not diff(old, dict(old))


def ical(*events: str) -> str:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0"]
    for event in events:
        lines += ["BEGIN:VEVENT", *event.strip().splitlines(), "END:VEVENT"]
    return "\r\n".join([*(line.strip("\n") for line in lines), "END:VCALENDAR", ""])


def test_all_day_events_become_dates() -> None:
    """One date, several (the end is exclusive), a duration, a folded and escaped name, two on a date."""
    text = ical(
        "DTSTART;VALUE=DATE:20261225\nSUMMARY:Christmas\\, the\n  first day\\nof it",
        "DTSTART;VALUE=DATE:20261226\nDTEND;VALUE=DATE:20261228\nSUMMARY:Bridge",
        "DTSTART;VALUE=DATE:20261231\nDURATION:P2D\nSUMMARY;LANGUAGE=en:Turn of the year",
        "DTSTART;VALUE=DATE:20261226\nSUMMARY:Second day",
        "DTSTART:20261201\nBEGIN:VALARM\nSUMMARY:An alarm's own\nEND:VALARM",
    )
    found = read_ical(text, [2026])
    assert found.dates == {
        date(2026, 12, 1): "Holiday",
        date(2026, 12, 25): "Christmas, the first day of it",
        date(2026, 12, 26): "Bridge, Second day",
        date(2026, 12, 27): "Bridge",
        date(2026, 12, 31): "Turn of the year",
    }
    assert found.warnings == ()


def test_repeating_events_are_written_out() -> None:
    """Every year, the fourth Thursday, until a date, and without an exception."""
    text = ical(
        "DTSTART;VALUE=DATE:20001103\nRRULE:FREQ=YEARLY\nSUMMARY:Founding",
        "DTSTART;VALUE=DATE:20001123\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH\nSUMMARY:Thanksgiving",
        "DTSTART;VALUE=DATE:20200501\nRRULE:FREQ=YEARLY;UNTIL=20260501T000000Z\nSUMMARY:Old\n"
        "EXDATE;VALUE=DATE:20240501,20250501",
    )
    found = read_ical(text, [2025, 2026, 2027]).dates
    assert [str(day) for day, name in found.items() if name == "Thanksgiving"] == [
        "2025-11-27",
        "2026-11-26",
        "2027-11-25",
    ]
    assert [str(day) for day, name in found.items() if name == "Old"] == ["2026-05-01"]
    assert len([day for day, name in found.items() if name == "Founding"]) == 3


def test_what_is_no_holiday_is_left_out() -> None:
    """Events with a time of day are named in a warning; cancelled ones and other years are left out."""
    text = ical(
        "DTSTART:20261224T120000Z\nSUMMARY:Party",
        "DTSTART;VALUE=DATE:20260501\nSTATUS:CANCELLED\nSUMMARY:No longer",
        "DTSTART;VALUE=DATE:20300501\nSUMMARY:Far away",
    )
    found = read_ical(text, [2026])
    assert found.dates == {}
    assert len(found.warnings) == 1
    assert found.warnings[0].startswith("Party")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html>",
        ical("DTSTART;VALUE=DATE:20269999"),
        ical("DTSTART;VALUE=DATE:20260101\nDTEND;VALUE=DATE:20290101"),
        ical("DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=YEARLY;INTERVAL=0"),
        ical("DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=SECONDLY"),
        ical("DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=YEARLY;BYHOUR=1,2,3"),
        ical("DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=YEARLY;BYMONTH=XX"),
    ],
)
def test_files_that_are_refused(text: str) -> None:
    """What is not iCalendar, holds no dates, or would repeat without end is refused by name."""
    with pytest.raises(InvalidCalendar):
        read_ical(text, [2026])


def test_starters() -> None:
    """Every starter is valid, takes another zone, and takes a country's holidays."""
    assert "office" in starter_names()
    for name in starter_names():
        assert starter(name).warnings == ()
    office = starter("office", tz="Europe/Berlin", country="DE", subdivision="BY", years=[2026])
    assert office.tz == "Europe/Berlin"
    assert office.holidays[date(2026, 1, 6)] == "Epiphany"
    assert office == type(office).parse(office.dump())
    with pytest.raises(InvalidCalendar):
        starter("nine-to-five")
