"""What one candidate gets: windows, holidays, minutes apart, caps across their jobs, better news first."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.followups.caps import Mailed, counts, heard_at, held_by_better_news, held_by_day, held_by_silence
from app.followups.windows import Window, release, spread
from app.moments import zone
from app.sla.business_hours import Calendar
from app.timeline.truth import Decision, Interview, JobTruth, Offer, Truth

TUESDAY = datetime(2026, 11, 24, 10, tzinfo=UTC)
HOURS = Calendar.parse(
    {
        "tz": "Europe/Berlin",
        "week": {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat")},
        "holidays": {"2026-11-25": "Feast", "2026-11-26": "Moved feast"},
        "overrides": {"2026-11-26": [["09:00", "12:00"]], "2026-11-27": []},
    }
)
TEN = timedelta(minutes=10)


def test_nothing_leaves_on_a_holiday_of_the_case() -> None:
    """Closed by name or by hand; a holiday that is worked on is an ordinary day; a Saturday never is."""
    evening = datetime(2026, 11, 24, 22, tzinfo=UTC)
    assert release(evening, "UTC", window=True, hours=HOURS) == datetime(2026, 11, 26, 8, tzinfo=UTC)
    after = datetime(2026, 11, 26, 18, tzinfo=UTC)
    assert release(after, "UTC", window=True, hours=HOURS) == datetime(2026, 11, 30, 8, tzinfo=UTC)
    assert release(evening, "UTC", window=True) == datetime(2026, 11, 25, 8, tzinfo=UTC)


def test_the_calendar_of_that_instant_counts() -> None:
    """A later version of the calendar has other holidays."""
    later = ((datetime(2020, 1, 1, tzinfo=UTC), Calendar.parse({**HOURS.dump(), "holidays": {}})),)
    evening = datetime(2026, 11, 24, 22, tzinfo=UTC)
    assert release(evening, "UTC", window=True, hours=later) == datetime(2026, 11, 25, 8, tzinfo=UTC)


@given(st.datetimes(datetime(2025, 1, 1), datetime(2030, 1, 1)), st.text(max_size=9), st.integers(0, 60))  # noqa: DTZ001
@settings(max_examples=150, deadline=None)
def test_what_waited_for_the_morning_leaves_minutes_apart(at: datetime, key: str, minutes: int) -> None:
    """Always at the same minute for the same key, inside the window, and never before it is due."""
    window = Window("Asia/Kathmandu", HOURS, timedelta(minutes=minutes))
    aware = at.replace(tzinfo=UTC)
    found = window.release(aware, key)
    opens = release(aware, "Asia/Kathmandu", window=True, hours=HOURS)
    assert found == window.release(aware, key)
    assert opens <= found <= opens + timedelta(minutes=minutes)
    assert window.release(found, key) == found
    assert (found == opens) or opens != aware


def test_keys_are_spread_over_the_minutes() -> None:
    """A thousand mails do not leave in one second."""
    assert len({spread(str(n), TEN) for n in range(1_000)}) > 400
    assert all(timedelta() <= spread(str(n), TEN) < TEN for n in range(1_000))
    assert spread("any", timedelta()) == timedelta()


def test_a_persons_morning_is_on_a_working_day_in_their_zone() -> None:
    """The next one after now; not today's if it has passed, not on a holiday."""
    window = Window("America/New_York", HOURS)
    seven = datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert window.next_at(seven, 9, "x") == datetime(2026, 11, 24, 14, tzinfo=UTC)
    assert window.next_at(datetime(2026, 11, 24, 14, tzinfo=UTC), 9, "x") == datetime(
        2026, 11, 26, 14, tzinfo=UTC
    )


def _mail(hours: float, kind: str = "holding_update", *, automated: bool = True) -> Mailed:
    return Mailed(kind, TUESDAY - timedelta(hours=hours), automated)


def test_one_mail_a_day_in_the_candidates_own_day() -> None:
    """Yesterday evening in UTC is today in Auckland; the next one waits for their next open day."""
    window = Window("Pacific/Auckland", None, TEN)
    held = held_by_day([_mail(8)], TUESDAY, window, "k", most=1)
    assert held is not None
    assert held.until is not None
    there = held.until.astimezone(zone("Pacific/Auckland"))
    assert (there.date().isoformat(), there.hour) == ("2026-11-25", 8)
    assert held_by_day([_mail(23.5)], TUESDAY, Window("Pacific/Auckland"), "k", most=1) is None
    assert held_by_day([_mail(8)], TUESDAY, window, "k", most=2) is None
    assert held_by_day([_mail(8)], TUESDAY, window, "k", most=0) is None


@pytest.mark.parametrize("kind", ["application_received", "withdrawal_acknowledged", "offer_news"])
def test_answers_and_offers_take_nobodys_place(kind: str) -> None:
    """They answer an act, or are too good to wait: neither held back nor counted."""
    assert not counts(kind)
    assert held_by_day([_mail(1, kind)], TUESDAY, Window("UTC"), "k", most=1) is None


def test_three_in_a_row_without_an_answer_are_enough() -> None:
    """The fourth waits on a person; an act of the candidate ends the row, a person's mail is not in it."""
    row = [_mail(24 * day) for day in (9, 6, 3)]
    held = held_by_silence(row, None, most=3)
    assert held is not None
    assert (held.until, held.code) == (None, "unanswered")
    assert held_by_silence(row, TUESDAY - timedelta(days=7), most=3) is None
    assert held_by_silence([*row[:2], _mail(72, automated=False)], None, most=3) is None
    assert held_by_silence(row, None, most=0) is None


def test_whoever_comes_to_an_interview_has_answered() -> None:
    """Applying, coming, answering an offer; not what is still to come."""
    came = Interview("1", None, None, TUESDAY - timedelta(days=2), "complete", ())
    coming = Interview("2", None, None, TUESDAY + timedelta(days=2), "scheduled", ())
    applied = Truth("1", applied_at=TUESDAY - timedelta(days=9))
    assert heard_at([applied, Truth("2", interviews=(came, coming))], TUESDAY) == came.ends_at
    assert heard_at([Truth("3")], TUESDAY) is None


def _offer(*, resolved: bool, accepted: bool | None = None) -> Offer:
    return Offer("1", 1, TUESDAY, TUESDAY, TUESDAY if resolved else None, accepted, None)


@pytest.mark.parametrize(
    ("other", "holds"),
    [
        (Truth("2", decisions=(Decision("hired", 1, TUESDAY, None, {}),)), True),
        (Truth("2", offers=(_offer(resolved=False),)), True),
        (Truth("2", offers=(_offer(resolved=True, accepted=True),)), True),
        (Truth("2", offers=(_offer(resolved=True, accepted=False),)), False),
        (Truth("2", decisions=(Decision("hired", 1, TUESDAY, TUESDAY, {}),)), False),
        (
            Truth(
                "2", offers=(_offer(resolved=False),), decisions=(Decision("rejected", 1, TUESDAY, None, {}),)
            ),
            False,
        ),
        (Truth("2", job=JobTruth(name="Welder")), False),
    ],
)
def test_no_rejection_beside_better_news(other: Truth, *, holds: bool) -> None:
    """Hired or with an offer for another job: a person decides what is said about this one."""
    assert (held_by_better_news("rejection_after_interview", [other]) is not None) is holds
    assert held_by_better_news("holding_update", [other]) is None
