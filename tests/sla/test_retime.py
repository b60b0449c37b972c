"""After a change of hours a clock's row is enough: what it then shows is what its whole history shows."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.ats.canonical import FactKind
from app.followups.plan import lies_ahead, plan
from app.intake.config import ConnectionSettings
from app.sla.book import starter_policies
from app.sla.business_hours import Calendar
from app.sla.cases import Case, RuleBook, cases
from app.sla.clocks import ClockReading, ClockState, is_plain, next_stop, read_clock
from app.sla.policies import parse_policies
from app.sla.retime import Retimed, Written, retime
from app.timeline.fold import fold
from app.timeline.truth import JobTruth, Placed, Truth
from tests.sla.clockwork import MONDAY, OFFICE
from tests.timeline.histories import APPLICATION, Story, histories

ACCOUNT = ConnectionSettings(time_zone="Europe/Berlin")
TEAM = JobTruth(external_id="7", name="Welder", recruiters=("55",), hiring_managers=("66",))


def everything() -> dict[str, Any]:
    """The starter's policies, all of them switched on."""
    document = starter_policies()
    return {**document, "policies": [{**policy, "enabled": True} for policy in document["policies"]]}


RULES = [(1, MONDAY - timedelta(days=60), parse_policies(everything()))]
SHIFTED = Calendar.parse(
    {
        "tz": "Asia/Kolkata",
        "week": {
            day: [["07:30", "12:00"], ["13:00", "16:15"]] for day in ("mon", "tue", "thu", "fri", "sat")
        },
    }
)
SHORT = Calendar.parse({"tz": "UTC", "week": {"tue": [["10:00", "12:00"]], "sun": [["22:00", "02:00"]]}})
EDITS = (SHIFTED, SHORT, replace(OFFICE, tz="America/St_Johns"))


def books(edit: Calendar, since: datetime) -> tuple[RuleBook, RuleBook]:
    """The rule book before and after the office's hours change from that instant on."""
    before = ((MONDAY - timedelta(days=90), OFFICE),)
    return (
        RuleBook(RULES, {"office": before}),
        RuleBook(RULES, {"office": (*before, (since, edit))}),
    )


@dataclass(frozen=True)
class Shown:
    """A clock of one application, as derived from its facts."""

    case: Case
    reading: ClockReading
    wanted: set[tuple[str, str, datetime]]


def derived(truth: Truth, book: RuleBook, now: datetime) -> dict[tuple[str, str], Shown]:
    """Every clock of that truth, and what each wants said."""
    found = {}
    for case in cases(truth, book, connection="con"):
        reading = read_clock(case.history, now)
        wanted = {(w.step, w.recipient, w.planned_for) for w in plan(truth, case, reading, ACCOUNT, now)}
        found[case.policy.key, case.occurrence.key] = Shown(case, reading, wanted)
    return found


def written(shown: Shown, now: datetime) -> Written:
    """The row of such a clock."""
    reading, case = shown.reading, shown.case
    return Written(
        id="clk",
        application_id="app",
        occurrence=case.occurrence.key,
        state=str(reading.state),
        started_at=case.occurrence.starts_at,
        due_at=reading.due_at,
        warned_at=reading.warnings[0] if reading.warnings else None,
        breached_at=reading.breached_at,
        closed_at=reading.closed.at if reading.closed else None,
        closed_by=reading.closed.cause if reading.closed else None,
        calendar=case.calendar,
        rule=case.rule,
        plain=is_plain(case.history),
        stops_at=next_stop(case.history, now),
    )


def moved(row: Written, book: RuleBook, since: datetime, now: datetime) -> Retimed | None:
    """As the batch does it."""
    found = retime(book, row, since, now)
    if found and found.reading.state in (ClockState.RUNNING, ClockState.BREACHED):
        return None if lies_ahead(found.history, found.reading, since) else found
    return found


def compare(
    facts: list[Placed], edit: Calendar, since: datetime, later: timedelta, job: JobTruth = TEAM
) -> Counter[str]:
    """Every clock that moves by its row shows what a whole derivation shows; returns how many did."""
    now = since + later
    truth = fold(APPLICATION, [fact for fact in facts if fact.at <= since], job=job)
    before, after = books(edit, since)
    rows = derived(truth, before, since)
    due = [shown.reading.next_at for shown in rows.values() if shown.reading.next_at]
    if due and min(due) <= now:
        return Counter()  # the application is derived anyway
    full, seen = derived(truth, after, now), Counter[str]()
    assert full.keys() == rows.keys()
    for key, shown in full.items():
        found = moved(written(rows[key], since), after, since, now)
        seen["moved" if found else "derived"] += 1
        if found is None:
            continue
        assert found.reading == shown.reading, key
        assert shown.case.rule == rows[key].case.rule
        assert shown.case.calendar == rows[key].case.calendar
        assert shown.wanted == rows[key].wanted, "what is planned stays as it is"
        seen["elsewhere"] += found.reading.due_at != rows[key].reading.due_at
    return seen


HELD = replace(TEAM, held=((MONDAY + timedelta(days=1), MONDAY + timedelta(days=3)),))
"""The job stood still for two days."""


@settings(max_examples=150, deadline=None)
@given(
    facts=histories(),
    edit=st.sampled_from(EDITS),
    minutes=st.integers(0, 60 * 24 * 40),
    later=st.sampled_from((timedelta(), timedelta(minutes=1), timedelta(hours=5), timedelta(days=2))),
    job=st.sampled_from((TEAM, TEAM, HELD)),
)
def test_a_row_moves_as_its_history_would(
    facts: list[Placed], edit: Calendar, minutes: int, later: timedelta, job: JobTruth
) -> None:
    """For every clock, whatever happened to its application: all fields, what lies ahead, what is planned."""
    compare(facts, edit, MONDAY + timedelta(minutes=minutes), later, job)


def applied_and_moved() -> Story:
    """Somebody applies on Monday at nine and is screened on Tuesday."""
    story = Story()
    story.tell(FactKind.APPLICATION_CREATED, "created", {})
    story.snapshot("active")
    story.move("1")
    story.pass_time(24 * 60)
    story.move("2")
    return story


def test_most_clocks_move_by_their_rows() -> None:
    """Those of somebody who is being screened, when nothing is about to be said."""
    seen = compare(applied_and_moved().facts, SHIFTED, MONDAY + timedelta(hours=27), timedelta())
    assert seen == {"moved": 4, "elsewhere": 3}


def test_what_is_still_to_be_said_is_planned_anew() -> None:
    """Ten minutes after the move its good news waits for thirty: the hours decide when they are over."""
    seen = compare(applied_and_moved().facts, SHIFTED, MONDAY + timedelta(hours=24, minutes=10), timedelta())
    assert seen["derived"] == 1


def test_a_clock_that_stood_still_is_derived() -> None:
    """How long it was held is not in its row."""
    since = MONDAY + timedelta(days=4)
    assert compare(applied_and_moved().facts, SHIFTED, since, timedelta(), HELD)["derived"] >= 1


def test_an_escalation_that_longer_hours_bring_forward_is_derived() -> None:
    """It was two days off and is now twelve hours ago: somebody must be told, and it must be on record."""
    story = Story()
    story.tell(FactKind.APPLICATION_CREATED, "created", {})
    day_and_night = replace(OFFICE, week=dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), ((0, 1440),)))
    seen = compare(story.facts, day_and_night, MONDAY + timedelta(hours=24), timedelta(hours=20))
    assert seen == {"derived": 1}


def test_a_stop_that_came_meanwhile_is_derived() -> None:
    """The interview has begun, which met what was owed until it: known before, and reached only now."""
    story = applied_and_moved()
    story.interview("scheduled", 1, 3)
    since = story.at + timedelta(hours=1)
    assert compare(story.facts, SHIFTED, since, timedelta())["derived"] == 0
    truth, (before, after) = fold(APPLICATION, story.facts, job=TEAM), books(SHIFTED, since)
    rows = [written(shown, since) for shown in derived(truth, before, since).values()]
    stopped = [row for row in rows if row.stops_at is not None]
    assert len(stopped) == 3
    for row in stopped:
        assert row.stops_at is not None
        assert moved(row, after, since, row.stops_at) is None
