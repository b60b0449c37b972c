"""Which rule a clock follows, and who owes it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.sla.cases import Change, RuleBook, cases
from app.sla.clocks import ClockState, read_clock
from app.sla.owners import owner_of
from app.sla.triggers import Occurrence
from app.timeline.fold import fold
from app.timeline.truth import Interview, Interviewer, JobTruth, Placed, Truth
from tests.sla.clockwork import EIGHT_HOURS, MONDAY, hours, rule_book
from tests.timeline.histories import APPLICATION, histories

TRUTH = Truth(APPLICATION, candidate="91", applied_at=MONDAY)


def _document(**changes: Any) -> dict[str, Any]:
    return {"policies": [EIGHT_HOURS | changes]}


def _changed(change: Change, target: int, at: float = 1) -> RuleBook:
    book = rule_book(
        (MONDAY - timedelta(days=1), _document()),
        (hours(at), _document(target={"business_hours": target})),
    )
    return replace(book, changes={2: change})


def test_an_open_clock_goes_on_under_a_new_rule_with_the_time_already_used() -> None:
    """The default: twelve hours instead of eight, of which one is gone."""
    (case,) = cases(TRUTH, _changed(Change("keep"), 12), connection="con")
    assert case.version == 2
    assert read_clock(case.history, hours(2)).due_at == hours(24 + 4)


def test_a_new_rule_may_count_anew() -> None:
    """Eight hours again, from the change on."""
    (case,) = cases(TRUTH, _changed(Change("restart"), 7), connection="con")
    assert read_clock(case.history, hours(2)).due_at == hours(8)


def test_a_new_rule_may_leave_open_clocks_alone() -> None:
    """A stricter rule for new clocks only."""
    (case,) = cases(TRUTH, _changed(Change("new-only"), 1), connection="con")
    assert case.version == 1
    assert read_clock(case.history, hours(2)).due_at == hours(8)


def test_no_recorded_breach_is_withdrawn_by_a_milder_rule() -> None:
    """What had breached before the change stays breached."""
    (case,) = cases(TRUTH, _changed(Change("keep"), 80, at=30), connection="con")
    assert case.version == 1
    assert read_clock(case.history, hours(31)).breached_at == hours(8)


def test_a_rule_that_is_dropped_cancels_its_open_clocks_and_says_so() -> None:
    """Nothing is owed any more, for a named reason."""
    other = _document(key="something_else")
    book = rule_book((MONDAY - timedelta(days=1), _document()), (hours(1), other))
    (case,) = cases(TRUTH, book, connection="con")
    closed = read_clock(case.history, hours(2)).closed
    assert closed is not None
    assert (closed.at, closed.cause) == (hours(1), "version 2 no longer asks for it")


def test_a_new_rule_applies_to_the_backlog_only_when_asked_and_counts_from_then() -> None:
    """Turning a policy on does not breach everything at once."""
    empty: dict[str, Any] = {"policies": []}
    book = rule_book((MONDAY - timedelta(days=1), empty), (hours(2), _document()))
    assert not list(cases(TRUTH, book, connection="con"))
    (case,) = cases(TRUTH, replace(book, changes={2: Change(backlog=True)}), connection="con")
    assert read_clock(case.history, hours(3)).due_at == hours(24 + 2)


def test_nothing_fires_for_the_backlog() -> None:
    """What began before the first policy ruled is owed nothing by it."""
    assert not list(
        cases(TRUTH, rule_book((MONDAY + timedelta(microseconds=1), _document())), connection="c")
    )


def test_nothing_is_owed_to_prospects_unless_a_policy_says_so() -> None:
    """They applied for nothing."""
    prospect = Truth(APPLICATION, applied_at=MONDAY, prospect=True)
    assert not list(cases(prospect, rule_book((MONDAY, _document())), connection="c"))
    assert list(cases(prospect, rule_book((MONDAY, _document(when={"prospect": True}))), connection="c"))


def test_an_interview_in_the_future_has_a_clock_that_waits() -> None:
    """The clock of an interview starts at its end."""
    interview = Interview("1", None, hours(24), hours(25), "scheduled", ())
    truth = Truth(APPLICATION, candidate="91", applied_at=MONDAY, interviews=(interview,))
    book = rule_book((MONDAY, _document(starts="interview_ended")))
    (case,) = cases(truth, book, connection="c")
    assert read_clock(case.history, hours(1)).state == ClockState.PENDING
    assert read_clock(case.history, hours(25)).state == ClockState.RUNNING


@given(histories(), st.booleans())
@settings(max_examples=150, deadline=None)
def test_every_clock_has_an_owner_by_name_or_operations(facts: list[Placed], with_team: bool) -> None:  # noqa: FBT001  # drawn
    """A breach always leads somewhere; keys never collide."""
    team = JobTruth(external_id="7", hiring_managers=("66",)) if with_team else None
    truth = fold(APPLICATION, facts, job=team)
    book = rule_book(
        (MONDAY - timedelta(days=9), {"policies": [_any_trigger(t) for t in ("stage_entered", "rejected")]})
    )
    found = list(cases(truth, book, connection="con"))
    keys = [(case.policy.key, case.occurrence.key) for case in found]
    assert len(set(keys)) == len(keys)
    for case in found:
        owner = owner_of(case.policy.owed_by, truth, case.occurrence)
        assert owner == "operations" or owner.removeprefix("member:").isdigit()


def _any_trigger(trigger: str) -> dict[str, Any]:
    return EIGHT_HOURS | {"key": f"on_{trigger}", "starts": trigger, "when": {"prospect": None}}


def test_somebody_stands_in_for_an_empty_role() -> None:
    """Interviewers first, of whom only those who owe; then recruiter, coordinator, hiring managers."""
    interview = Interview(
        "1", None, MONDAY, hours(1), "complete", (Interviewer("8", hours(2)), Interviewer("9"))
    )
    occurrence = Occurrence("interview:1", hours(1), interview=interview)
    nobody, managed = Truth(APPLICATION), Truth(APPLICATION, job=JobTruth(hiring_managers=("66",)))
    assert owner_of("interviewers", managed, occurrence) == "member:9"
    assert owner_of("recruiter", managed, occurrence) == "member:66"
    assert owner_of("recruiter", nobody, Occurrence("x", MONDAY)) == "operations"


def test_a_calendar_may_follow_the_candidate() -> None:
    """The company's week in the candidate's own zone; the company's where nobody knows it."""
    book = rule_book((MONDAY - timedelta(days=1), _document(calendar=["@candidate"])))
    (case,) = cases(replace(TRUTH, candidate_zone="Asia/Kolkata"), book, connection="con")
    assert case.calendar.endswith("@Asia/Kolkata")
    # Half past two in the afternoon there: two and a half hours are left of that day, the rest is tomorrow's.
    assert read_clock(case.history, hours(1)).due_at == hours(24)
    (case,) = cases(TRUTH, book, connection="con")
    assert read_clock(case.history, hours(1)).due_at == hours(8)
