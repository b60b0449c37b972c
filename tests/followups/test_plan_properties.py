"""Planning: once for each reason, inside its window, to somebody who can do something."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.followups.catalogue import KINDS
from app.followups.plan import Wanted, plan
from app.followups.windows import release
from app.intake.config import ConnectionSettings
from app.moments import zone
from app.sla.book import starter_policies
from app.sla.cases import Case, RuleBook, cases
from app.sla.clocks import ClockReading, ClockState, read_clock
from app.sla.policies import Policy, parse_policies
from app.timeline.fold import fold
from app.timeline.truth import JobTruth, Placed, Truth
from tests.sla.clockwork import MONDAY, rule_book
from tests.timeline.histories import APPLICATION, histories

BOOK = rule_book((MONDAY - timedelta(days=60), starter_policies()))


def _careless() -> dict[str, Any]:
    """The starter set by somebody who wants no approval for anything."""
    document = starter_policies()
    policies = [
        {**policy, "say": [{**say, "approval": False} for say in policy.get("say", ())]}
        for policy in document["policies"]
    ]
    return {**document, "policies": policies}


CARELESS = rule_book((MONDAY - timedelta(days=60), _careless()))
ZONES = ("UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Kiritimati", "Asia/Kathmandu")


@dataclass(frozen=True)
class Planned:
    """What one clock wants."""

    case: Case
    reading: ClockReading
    wanted: tuple[Wanted, ...]


def _planned(
    truth: Truth, account: ConnectionSettings, now: datetime, book: RuleBook = BOOK
) -> Iterator[Planned]:
    for case in cases(truth, book, connection="con"):
        reading = read_clock(case.history, now)
        yield Planned(case, reading, tuple(plan(truth, case, reading, account, now)))


@st.composite
def _worlds(draw: st.DrawFn) -> tuple[Truth, ConnectionSettings, datetime]:
    facts: list[Placed] = draw(histories())
    team = JobTruth(external_id="7", name="Welder", hiring_managers=("66",))
    truth = fold(APPLICATION, facts, job=draw(st.sampled_from((team, None))))
    account = ConnectionSettings(time_zone=draw(st.sampled_from(ZONES)))
    return truth, account, MONDAY + timedelta(minutes=draw(st.integers(0, 60 * 24 * 40)))


@given(_worlds())
@settings(max_examples=150, deadline=None)
def test_one_message_for_a_reason_a_step_and_a_recipient(
    world: tuple[Truth, ConnectionSettings, datetime],
) -> None:
    """Whatever happened: no two plans share their key."""
    keys = Counter((w.reason, w.step, w.recipient) for p in _planned(*world) for w in p.wanted)
    assert [key for key, number in keys.items() if number > 1] == []


@given(_worlds())
@settings(max_examples=150, deadline=None)
def test_nothing_leaves_outside_of_its_window(world: tuple[Truth, ConnectionSettings, datetime]) -> None:
    """Never at night, never at a weekend where the kind has a window; never before it is called for."""
    local = zone(world[1].time_zone)
    for wanted in (w for p in _planned(*world) for w in p.wanted):
        assert wanted.release_at >= max(wanted.planned_for, world[2])
        if KINDS[wanted.kind].window:
            there = wanted.release_at.astimezone(local)
            assert there.weekday() < 5
            assert time(8) <= there.time() < time(18)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.startswith("rejection")])
def test_a_rejection_has_a_window_and_needs_a_person(kind: str) -> None:
    """Nobody reads on a Sunday that it was not them; and a human decides."""
    assert KINDS[kind].window
    assert KINDS[kind].approval
    assert KINDS[kind].decision


@given(_worlds())
@settings(max_examples=150, deadline=None)
def test_nothing_is_wanted_of_a_clock_that_does_not_run(
    world: tuple[Truth, ConnectionSettings, datetime],
) -> None:
    """Closed, paused and pending clocks are silent."""
    for planned in _planned(*world):
        if planned.reading.state not in (ClockState.RUNNING, ClockState.BREACHED):
            assert planned.wanted == ()


@given(_worlds())
@settings(max_examples=150, deadline=None)
def test_a_decision_waits_for_an_approval_whatever_the_policy_says(
    world: tuple[Truth, ConnectionSettings, datetime],
) -> None:
    """A policy may leave out the approval of other messages, never of a rejection or an offer."""
    for wanted in (w for p in _planned(*world, CARELESS) for w in p.wanted):
        assert wanted.approval == KINDS[wanted.kind].decision


@given(_worlds())
@settings(max_examples=150, deadline=None)
def test_every_open_breach_leads_to_somebody(world: tuple[Truth, ConnectionSettings, datetime]) -> None:
    """A named member of the team, else operations: by the first step of the chain at the latest."""
    for planned in _planned(*world):
        if planned.reading.state != ClockState.BREACHED or not planned.reading.escalations:
            continue
        told = [w.recipient for w in planned.wanted if w.step.startswith("escalated:")]
        assert told
        assert all(who == "operations" or who.removeprefix("member:").isdigit() for who in told)


@pytest.mark.parametrize("policy", parse_policies(starter_policies()).policies, ids=lambda p: str(p.key))
def test_every_starter_policy_escalates(policy: Policy) -> None:
    """No breach of the first day's rules goes unnoticed."""
    assert policy.escalate


@given(st.datetimes(datetime(2025, 1, 1), datetime(2030, 1, 1)), st.sampled_from(ZONES))  # noqa: DTZ001  # made aware below
@settings(max_examples=200, deadline=None)
def test_a_release_is_the_first_open_instant(at: datetime, name: str) -> None:
    """Inside the window it is at once; outside of it at an opening, within three days."""
    aware = at.replace(tzinfo=zone("UTC"))
    found = release(aware, name, window=True)
    there = found.astimezone(zone(name))
    assert aware <= found < aware + timedelta(days=3)
    assert found == aware or (there.time() == time(8))
    assert release(aware, name, window=False) == aware
    assert release(found, name, window=True) == found


def test_a_kind_that_is_off_is_not_wanted() -> None:
    """The ATS says it itself."""
    truth = Truth(APPLICATION, candidate="91", applied_at=MONDAY)
    kinds = {
        w.kind
        for p in _planned(truth, ConnectionSettings(delivery={"application_received": "off"}), MONDAY)
        for w in p.wanted
    }
    assert "application_received" not in kinds
    noted = [
        w
        for p in _planned(truth, ConnectionSettings(default_delivery="note_only"), MONDAY)
        for w in p.wanted
        if w.recipient.startswith("candidate:")
    ]
    assert noted
    assert all(w.note_only for w in noted)
