"""What a calendar is: read, refused by field, written back, compared; and the limits of questions."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from app.errors import BeyondHorizon, CalendarNeverOpens, InvalidCalendar, InvalidSpan, StillPaused
from app.sla.business_batch import due_many
from app.sla.business_hours import Calendar
from app.sla.business_table import compiled
from app.sla.calendar import back, due, due_days, elapsed, is_open, local, next_open, remaining

OFFICE: dict[str, Any] = {
    "tz": "America/Chicago",
    "week": {day: [["08:00", "16:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
    "holidays": {"2026-11-26": "Thanksgiving"},
    "overrides": {"2026-11-27": [["08:00", "12:00"]]},
}
SHUT = {"tz": "UTC", "week": {}}
TUESDAY = datetime(2026, 9, 15, 13, 0, tzinfo=UTC)  # 08:00 in Chicago


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"tz": "Mars/Olympus"}, "tz"),
        ({"tz": "America"}, "tz"),
        ({"tz": "../etc/passwd"}, "tz"),
        ({"tz": None}, "tz"),
        ({"week": [1]}, "week"),
        ({"week": {"monday": [["08:00", "16:00"]]}}, "week.monday"),
        ({"week": {"mon": ["08:00", "16:00"]}}, "week.mon[0]"),
        ({"week": {"mon": [["08:00", "16:00"], ["8:00", "16:00"]]}}, "week.mon[1]"),
        ({"week": {"mon": [["08:00", "24:01"]]}}, "week.mon[0]"),
        ({"week": {"mon": [["24:00", "08:00"]]}}, "week.mon[0]"),
        ({"week": {"mon": [["08:00", 1050]]}}, "week.mon[0]"),
        ({"week": {"mon": [["08:00", "12:00", "16:00"]]}}, "week.mon[0]"),
        ({"week": {"mon": "08:00-16:00"}}, "week.mon"),
        ({"holidays": ["2026-02-30"]}, "holidays[0]"),
        ({"holidays": ["26 Dec"]}, "holidays[0]"),
        ({"holidays": {"2026-12-25": 7}}, "holidays.2026-12-25"),
        ({"holidays": 7}, "holidays"),
        ({"overrides": {"2026-12-24": [["22:00", "02:00"]]}}, "overrides.2026-12-24[0]"),
        ({"overrides": {"tomorrow": []}}, "overrides.tomorrow"),
    ],
)
def test_a_refusal_names_the_field(change: dict[str, Any], field: str) -> None:
    """A calendar that is not valid is refused, and the refusal says where."""
    with pytest.raises(InvalidCalendar) as refused:
        Calendar.parse({**OFFICE, **change})
    assert refused.value.field == field


def test_no_mapping_is_no_calendar() -> None:
    """Anything but a mapping is refused."""
    with pytest.raises(InvalidCalendar):
        Calendar.parse(["mon"])  # type: ignore[arg-type]  # JSON may hold anything


def test_a_calendar_that_never_opens_is_refused() -> None:
    """No open minute: refused when saved, and no answer when asked all the same."""
    for data in (SHUT, {**SHUT, "overrides": {"2026-12-24": []}}, {**SHUT, "week": {"mon": []}}):
        with pytest.raises(CalendarNeverOpens):
            Calendar.parse(data)
    shut = Calendar.parse(SHUT, may_never_open=True)
    assert elapsed(shut, TUESDAY, TUESDAY + timedelta(days=900)) == 0
    assert due(shut, TUESDAY, 0) == TUESDAY
    assert not is_open(shut, TUESDAY)
    with pytest.raises(CalendarNeverOpens):
        due(shut, TUESDAY, 1)
    with pytest.raises(CalendarNeverOpens):
        back(shut, TUESDAY, 1)
    with pytest.raises(CalendarNeverOpens):
        next_open(shut, TUESDAY)
    with pytest.raises(CalendarNeverOpens):
        next_open([(TUESDAY, shut), (TUESDAY + timedelta(days=1), shut)], TUESDAY)
    with pytest.raises(CalendarNeverOpens):
        due_days(shut, TUESDAY, 1)


def test_a_calendar_that_closes_for_good() -> None:
    """Hours on one date only: what fits is answered, the rest is refused and never looped for."""
    once = Calendar.parse({**SHUT, "overrides": {"2026-12-24": [["10:00", "11:00"]]}})
    assert due(once, TUESDAY, 3600) == datetime(2026, 12, 24, 11, tzinfo=UTC)
    with pytest.raises(BeyondHorizon):
        due(once, TUESDAY, 3601)
    with pytest.raises(CalendarNeverOpens):
        due(once, datetime(2026, 12, 24, 11, tzinfo=UTC), 1)
    with pytest.raises(BeyondHorizon):
        due_days(once, TUESDAY, 2)
    assert back(once, datetime(2027, 9, 1, tzinfo=UTC), 3600) == datetime(2026, 12, 24, 10, tzinfo=UTC)
    with pytest.raises(BeyondHorizon):
        back(once, datetime(2027, 9, 1, tzinfo=UTC), 3601)


def test_the_horizon() -> None:
    """Six years away is answered, further away is refused; so are mistyped years."""
    office = Calendar.parse(OFFICE)
    open_in_six_years = elapsed(office, TUESDAY, TUESDAY + timedelta(days=2191))
    assert due(office, TUESDAY, open_in_six_years) <= TUESDAY + timedelta(days=2191)
    with pytest.raises(BeyondHorizon):
        due(office, TUESDAY, open_in_six_years + 3 * 8 * 3600)
    with pytest.raises(BeyondHorizon):
        due(office, TUESDAY, open_in_six_years + 3 * 8 * 3600, [(TUESDAY, TUESDAY + timedelta(hours=1))])
    with pytest.raises(BeyondHorizon):
        back(office, TUESDAY, 7 * 365 * 8 * 3600)
    with pytest.raises(BeyondHorizon):
        back(office, TUESDAY, 7 * 365 * 8 * 3600, [(TUESDAY, TUESDAY + timedelta(hours=1))])
    in_six_years_before = elapsed(office, TUESDAY - timedelta(days=2191), TUESDAY)
    assert back(office, TUESDAY, in_six_years_before) >= TUESDAY - timedelta(days=2191)
    with pytest.raises(BeyondHorizon):
        back(office, TUESDAY, in_six_years_before + 3 * 8 * 3600)
    seven_years = (TUESDAY + timedelta(hours=1), TUESDAY + timedelta(days=7 * 366))
    with pytest.raises(BeyondHorizon):
        due(office, TUESDAY, 7200, [seven_years])
    with pytest.raises(BeyondHorizon):
        due(
            office,
            TUESDAY,
            7200,
            [seven_years, (seven_years[1] + timedelta(hours=1), seven_years[1] + timedelta(hours=2))],
        )
    for year in (1, 9998):
        with pytest.raises(BeyondHorizon):
            next_open(office, datetime(year, 1, 1, tzinfo=UTC))


def test_a_pause_without_end_has_no_due_time() -> None:
    """Paused until further notice: a named refusal; time before the pause still counts."""
    office = Calendar.parse(OFFICE)
    pause = [(TUESDAY + timedelta(hours=2), None)]
    assert due(office, TUESDAY, 7200, pause) == TUESDAY + timedelta(hours=2)
    with pytest.raises(StillPaused):
        due(office, TUESDAY, 7201, pause)
    with pytest.raises(StillPaused):
        due_days(office, TUESDAY, 1, pause)
    assert elapsed(office, TUESDAY, TUESDAY + timedelta(days=3), pause) == 7200


def test_spans_that_run_backwards() -> None:
    """Backwards, negative or without a zone: refused by name."""
    office = Calendar.parse(OFFICE)
    before = TUESDAY - timedelta(seconds=1)
    with pytest.raises(InvalidSpan):
        elapsed(office, TUESDAY, before)
    with pytest.raises(InvalidSpan):
        due(office, TUESDAY, -1)
    with pytest.raises(InvalidSpan):
        due_days(office, TUESDAY, -1)
    with pytest.raises(InvalidSpan):
        due(office, TUESDAY, 1, [(TUESDAY, before)])
    with pytest.raises(InvalidSpan):
        due(office, TUESDAY.replace(tzinfo=None), 1)
    with pytest.raises(InvalidSpan):
        compiled(office).due(0, -1)
    with pytest.raises(InvalidSpan):
        compiled(office).elapsed(1, 0)
    with pytest.raises(InvalidSpan):
        due_many(office, [1, 2], [1])
    with pytest.raises(InvalidSpan):
        due_many(office, [1, 2], -1)
    with pytest.raises(InvalidCalendar):
        due([], TUESDAY, 1)


def test_remaining_is_negative_in_open_time() -> None:
    """Overdue since Friday noon, on Monday at nine: five hours, not three days."""
    office = Calendar.parse(OFFICE)
    friday, monday = datetime(2026, 9, 18, 17, tzinfo=UTC), datetime(2026, 9, 21, 14, tzinfo=UTC)
    assert remaining(office, monday, friday) == -5 * 3600
    assert remaining(office, friday, monday) == 5 * 3600


def test_written_and_read_back() -> None:
    """Writing a calendar and reading it gives an equal one, and the version depends on the content alone."""
    office = Calendar.parse(OFFICE)
    again = Calendar.parse(office.dump())
    assert again == office
    assert hash(again) == hash(office)
    assert again.version == office.version
    assert compiled(again) is compiled(office)
    assert office.dump()["week"]["mon"] == [["08:00", "16:00"]]
    assert office.holidays == {date(2026, 11, 26): "Thanksgiving"}
    other = Calendar.parse({**OFFICE, "tz": "America/Denver"})
    assert other != office
    assert other.version != office.version


def test_yaml_dates_are_dates() -> None:
    """YAML reads unquoted dates as dates, and they are taken as such; its sexagesimal times are refused."""
    text = "tz: UTC\nweek: {mon: [['08:00', '16:00']]}\nholidays: [2026-12-25]\noverrides: {2026-12-24: []}"
    calendar = Calendar.parse(yaml.safe_load(text))
    assert calendar.holidays == {date(2026, 12, 25): "Holiday"}
    assert calendar.overrides == {date(2026, 12, 24): ()}
    with pytest.raises(InvalidCalendar, match="quoted"):
        Calendar.parse(yaml.safe_load("tz: UTC\nweek: {mon: [[10:00, 16:00]]}"))


def test_oddities_are_warned_of() -> None:
    """Overlaps, also with the tail of a night, and misspelt fields are understood and said."""
    assert Calendar.parse(OFFICE).warnings == ()
    odd = Calendar.parse(
        {
            "tz": "UTC",
            "holiday": [],
            "week": {
                "mon": [["08:00", "12:00"], ["11:00", "15:00"]],
                "tue": [["22:00", "06:00"]],
                "wed": [["05:00", "07:00"]],
            },
            "overrides": {"2026-12-24": [["08:00", "10:00"], ["09:00", "11:00"]]},
        }
    )
    assert [warning.split(":")[0] for warning in odd.warnings] == [
        "'holiday' is not a field of a calendar",
        "week.mon",
        "week.wed",
        "overrides.2026-12-24",
    ]


def test_an_override_beats_a_holiday() -> None:
    """A date with hours of its own is open even when it is a holiday."""
    both = Calendar.parse({**OFFICE, "overrides": {"2026-11-26": [["10:00", "11:00"]]}})
    assert elapsed(both, datetime(2026, 11, 26, tzinfo=UTC), datetime(2026, 11, 27, tzinfo=UTC)) == 3600


def test_epoch_seconds_in_epoch_seconds_out() -> None:
    """The fast form keeps whole seconds whole, keeps fractions, and agrees with the datetime form."""
    office = Calendar.parse(OFFICE)
    hours, start = compiled(office), int(TUESDAY.timestamp())
    assert hours.due(start, 9 * 3600) == start + 86_400 + 3600
    assert isinstance(hours.due(start, 9 * 3600), int)
    assert hours.due(start + 0.5, 0.25) == start + 0.75
    assert hours.back(start + 86_400 + 3600, 9 * 3600) == start
    assert hours.elapsed(start, start + 86_400) == 8 * 3600


def test_questions_in_any_order_of_years() -> None:
    """A compiled calendar gives the same answers whichever years it was asked about before."""
    asked = [datetime(year, 3, 10, 12, tzinfo=UTC) for year in (2026, 2011, 2031, 2024, 2012)]
    warm = Calendar.parse({**OFFICE, "holidays": ["2011-03-11"]})
    for start in asked:
        fresh = Calendar.parse(
            {**OFFICE, "holidays": ["2011-03-11"], "overrides": {f"{start.year}-01-02": []}}
        )
        assert due(warm, start, 400 * 3600) == due(fresh, start, 400 * 3600)
        assert back(warm, start, 40 * 3600) == back(fresh, start, 40 * 3600)


def test_a_succession_before_its_first_instant() -> None:
    """The first calendar also rules before its instant, a later one only from it, in any order given."""
    office, denver = Calendar.parse(OFFICE), Calendar.parse({**OFFICE, "tz": "America/Denver"})
    hours = [(TUESDAY + timedelta(hours=4), denver), (TUESDAY, office)]
    assert due(hours, TUESDAY - timedelta(hours=1), 3600) == TUESDAY + timedelta(hours=1)
    assert due(hours, TUESDAY, 9 * 3600) == TUESDAY + timedelta(hours=9)
    assert local(hours, TUESDAY).tzinfo == ZoneInfo("America/Chicago")
    assert local(hours, TUESDAY + timedelta(hours=4)).tzinfo == ZoneInfo("America/Denver")
    assert due_days(hours, TUESDAY, 1) == TUESDAY + timedelta(days=1, hours=9)
    assert next_open(hours, TUESDAY + timedelta(hours=8)) == TUESDAY + timedelta(hours=8)
    assert is_open(hours, TUESDAY + timedelta(hours=8, minutes=30))


def test_a_succession_that_closes_or_opens_too_late() -> None:
    """Hours that end leave a target out of reach, and hours that begin in eight years are none."""
    office, shut = Calendar.parse(OFFICE), Calendar.parse(SHUT, may_never_open=True)
    with pytest.raises(BeyondHorizon):
        due([(TUESDAY, office), (TUESDAY + timedelta(days=1), shut)], TUESDAY, 9 * 3600)
    late = [(TUESDAY, shut), (TUESDAY + timedelta(days=7 * 366), office)]
    with pytest.raises(CalendarNeverOpens):
        next_open(late, TUESDAY)
    with pytest.raises(CalendarNeverOpens):
        due(late, TUESDAY, 1)


def test_many_refuse_what_one_refuses() -> None:
    """An answer that is near for one row is refused for another that started too long before it."""
    once = Calendar.parse({**SHUT, "overrides": {"2026-12-24": [["10:00", "11:00"]]}})
    starts = [int((TUESDAY - timedelta(days=10 * 366)).timestamp()), int(TUESDAY.timestamp())]
    assert len(due_many(once, starts[1:], 60)) == 1
    with pytest.raises(CalendarNeverOpens):
        due_many(once, starts, 60)


def test_many_at_once() -> None:
    """The batch gives the answers of single questions, refuses what they refuse, and takes no rows."""
    office = Calendar.parse(OFFICE)
    starts = [int(TUESDAY.timestamp()) + 5000 * i for i in range(200)]
    assert due_many(office, starts, 7200) == [compiled(office).due(start, 7200) for start in starts]
    assert due_many(office, [], 7200) == []
    assert due_many(office, starts[:2], [0, 60]) == [starts[0], compiled(office).due(starts[1], 60)]
    with pytest.raises(BeyondHorizon):
        due_many(office, starts[:2], [60, 10**9])
    years_apart = [starts[0], starts[0] + 7 * 365 * 86_400]
    assert due_many(office, years_apart, 60) == [compiled(office).due(start, 60) for start in years_apart]
    with pytest.raises(BeyondHorizon):
        due_many(office, years_apart, [6 * 366 * 8 * 3600, 60])
