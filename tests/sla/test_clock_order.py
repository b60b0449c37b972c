"""Clocks and promises do not depend on the order in which facts arrive, nor on how often."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from app.sla.book import starter_policies
from app.sla.cases import RuleBook, cases
from app.sla.clocks import ClockReading, read_clock
from app.sla.policies import parse_policies
from app.timeline.fold import fold
from app.timeline.truth import Placed
from tests.sla.clockwork import OFFICE
from tests.timeline.histories import APPLICATION, histories

_STARTER = parse_policies(starter_policies())


@st.composite
def told_twice(draw: st.DrawFn) -> tuple[list[Placed], list[Placed]]:
    """A history, and the same in another order with repetitions."""
    facts = draw(histories())
    again = draw(st.lists(st.sampled_from(facts))) if facts else []
    return facts, draw(st.permutations([*facts, *again]))


def _shown(facts: list[Placed], minutes: int) -> dict[tuple[str, str], ClockReading]:
    first = min(fact.at for fact in facts)
    book = RuleBook([(1, first - timedelta(days=1), _STARTER)], {"office": OFFICE})
    found = cases(fold(APPLICATION, facts), book, connection="con")
    now = first + timedelta(minutes=minutes)
    return {(c.policy.key, c.occurrence.key): read_clock(c.history, now) for c in found}


@settings(max_examples=60, deadline=None)
@given(told=told_twice(), minutes=st.integers(0, 60 * 24 * 60))
def test_any_order_and_any_repetition_show_the_same_clocks(
    told: tuple[list[Placed], list[Placed]], minutes: int
) -> None:
    """Every clock of the starter rules, the promised dates among them, at any instant."""
    facts, shuffled = told
    if facts:
        assert _shown(shuffled, minutes) == _shown(facts, minutes)


@settings(max_examples=100, deadline=None)
@given(facts=histories())
def test_every_promise_told_is_a_clock(facts: list[Placed]) -> None:
    """A date that was told has a clock, unless the application was decided by then; no other has."""
    if not facts:
        return
    truth = fold(APPLICATION, [*facts, *facts])
    closed = [d.at for d in truth.decisions if d.undone_at is None]
    owed = {
        f"said:{said.reason}:{said.step}"
        for said in truth.said
        if said.promised_at and not truth.prospect and not any(at <= said.at for at in closed)
    }
    assert {occurrence for policy, occurrence in _shown(facts, 0) if policy == "promised_date"} == owed
