"""The fold: what is true does not depend on how it was learnt."""

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from app.ats.canonical import FactKind
from app.timeline.fold import fold
from app.timeline.truth import Placed
from tests.timeline.histories import APPLICATION, BEGIN, Story, histories


@st.composite
def _retold(draw: st.DrawFn) -> tuple[list[Placed], list[Placed]]:
    """A history, and the same one told in another order with some of it told again."""
    facts = draw(histories())
    again = draw(st.lists(st.sampled_from(facts), max_size=8))
    return facts, list(draw(st.permutations([*facts, *again])))


@given(_retold())
@settings(max_examples=300, deadline=None)
def test_any_order_and_any_repetition_give_the_same_truth(told: tuple[list[Placed], list[Placed]]) -> None:
    """Facts in any order, any number of times, fold to the same truth."""
    facts, retold = told
    assert fold(APPLICATION, facts) == fold(APPLICATION, retold)


@given(histories())
@settings(max_examples=200, deadline=None)
def test_a_truth_hangs_together(facts: list[Placed]) -> None:
    """Visits follow one another without a gap, decisions too, and only the last of each may be open."""
    truth = fold(APPLICATION, facts)
    for earlier, later in pairwise(truth.visits):
        assert earlier.left_at == later.entered_at
        assert earlier.stage_id != later.stage_id
        assert earlier.entered_at <= later.entered_at
    for before, after in pairwise(truth.decisions):
        assert before.undone_at is not None
        assert before.at <= before.undone_at <= after.at
    assert truth.status == (truth.standing.kind if truth.standing else "active")
    keys = [(decision.kind, decision.nth) for decision in truth.decisions]
    assert len(set(keys)) == len(keys)
    stays = [(visit.stage_id, visit.nth) for visit in truth.visits]
    assert len(set(stays)) == len(stays)


@given(histories(), st.integers(0, 10_000))
@settings(max_examples=100, deadline=None)
def test_the_past_stays_when_more_becomes_known_later(facts: list[Placed], minutes: int) -> None:
    """A fact after all others changes no earlier visit but the end of the last."""
    before = fold(APPLICATION, facts)
    later = max(f.at for f in facts) + timedelta(minutes=minutes + 1)
    move = Placed(FactKind.STAGE_CHANGED, "later", later, {"stage_id": "9", "stage_name": "Reference"})
    after = fold(APPLICATION, [*facts, move])
    assert [(v.stage_id, v.entered_at) for v in after.visits][: len(before.visits)] == [
        (v.stage_id, v.entered_at) for v in before.visits
    ]


def _at(story: Story, hours: float) -> datetime:
    story.at = BEGIN + timedelta(hours=hours)
    return story.at


def test_the_entry_times_of_the_api_supersede_those_of_webhooks() -> None:
    """A visit that both tell is one visit, at the API's time."""
    story = Story()
    story.move("1")
    _at(story, 5)
    story.move("2")
    story.confirm_visits()
    visits = fold(APPLICATION, story.facts).visits
    assert [v.stage_id for v in visits] == ["1", "2"]
    assert visits[1].entered_at == BEGIN + timedelta(hours=5, seconds=-3)


def test_an_interview_deleted_before_it_was_known_never_was() -> None:
    """The deletion may be learnt first; the interview is left out either way."""
    story = Story()
    story.tell(FactKind.INTERVIEW_DELETED, "gone", {"interview_id": "1"})
    _at(story, 1)
    story.interview("scheduled", 1, 24)
    story.interview("scheduled", 2, 24)
    assert [i.id for i in fold(APPLICATION, story.facts).interviews] == ["2"]


def test_a_deleted_scorecard_is_owed_again() -> None:
    """Feedback that was taken back does not count as given."""
    story = Story()
    story.interview("complete", 1, 1)
    _at(story, 3)
    story.scorecard(1)
    given_at = fold(APPLICATION, story.facts).interviews[0].feedback_at
    assert given_at == story.at
    story.tell(FactKind.SCORECARD_DELETED, "gone", {"scorecard_id": "s1"})
    assert fold(APPLICATION, story.facts).interviews[0].feedback_at is None


def test_a_decision_undone_and_made_again_is_a_second_decision() -> None:
    """Each rejection counts by itself, so that the second is told although the first was taken back."""
    story = Story()
    for hours, kind in ((1, FactKind.REJECTED), (2, FactKind.UNREJECTED), (3, FactKind.REJECTED)):
        _at(story, hours)
        story.tell(kind, str(kind), {"reason": str(hours)})
    truth = fold(APPLICATION, story.facts)
    assert [(d.kind, d.nth, d.undone_at is not None) for d in truth.decisions] == [
        ("rejected", 1, True),
        ("rejected", 2, False),
    ]
    assert truth.status == "rejected"


def test_a_snapshot_alone_tells_a_decision_whose_webhook_was_lost() -> None:
    """Status `rejected` in a later object closes; status `active` after it opens again."""
    story = Story()
    _at(story, 1)
    story.snapshot("rejected")
    assert fold(APPLICATION, story.facts).status == "rejected"
    _at(story, 2)
    story.snapshot("active")
    truth = fold(APPLICATION, story.facts)
    assert truth.status == "active"
    assert truth.decisions[0].undone_at == story.at
