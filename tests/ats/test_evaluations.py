"""What scorecards say in words is read beside the facts, never into them; nothing private is read at all."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from app.ats import generic
from app.ats.canonical import FactKind, Reading
from app.ats.greenhouse_answers import read_answers as greenhouse
from app.ats.lever_answers import read_answers as lever
from app.intake.config import ConnectionSettings

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DONE = datetime(2026, 11, 6, 9, tzinfo=UTC)
CARD: dict[str, Any] = {
    "id": 81,
    "application_id": 7001,
    "candidate_id": 9001,
    "submitter_id": 503,
    "candidate_rating": "strong_no",
    "status": "complete",
    "submitted_at": "2026-11-06T09:00:00.000Z",
    "public_notes": "Calm under pressure.",
    "notes": "  Asked good questions.  ",
    "private_notes": "Do not hire.",
    "questions": [
        {"question": "Would you work with them?", "answer": "Gladly."},
        {"question": "Private Notes", "answer": "Do not tell."},
        {"question": "Left out", "answer": None},
    ],
    "attributes": [{"name": "Welding", "type": "Skills", "note": "Clean seams.", "rating": "no"}],
}


def of_greenhouse(**changes: object) -> Reading:
    """One scorecard as Harvest lists it."""
    return greenhouse({"scorecards": [{**CARD, **changes}]}, NOW)


def of_lever(fields: list[Mapping[str, object]], **changes: object) -> Reading:
    """One feedback form on one opportunity."""
    at = int(DONE.timestamp() * 1000)
    form = {"id": "f-1", "user": "u-1", "createdAt": at, "completedAt": at, "fields": fields, **changes}
    return lever({"opportunity/o-1": [{"id": "o-1"}], "feedback/o-1": [form]}, NOW)


def of_generic(answers: object) -> Reading:
    """One scorecard as somebody's own system tells it."""
    card = {"id": 7, "interviewer": {"id": "u-2"}, "answers": answers}
    told = {"application": {"id": "a-17"}, "interview": {"id": "i-5"}, "scorecard": card}
    at = "2026-11-06T09:00:00Z"
    return generic.read(
        json.dumps({"type": "scorecard.submitted", "occurred_at": at, **told}).encode(), NOW, ""
    )


def test_greenhouse_gives_notes_questions_and_attributes_but_nothing_private() -> None:
    """Ratings and private notes stay in the ATS."""
    [card] = of_greenhouse().evaluations
    assert (card.scorecard, card.application, card.candidate, card.at) == ("81", "7001", "9001", DONE)
    assert card.fields == {
        "public_notes": "Calm under pressure.",
        "notes": "Asked good questions.",
        "Would you work with them?": "Gladly.",
        "Welding": "Clean seams.",
    }


def test_a_draft_says_nothing_yet() -> None:
    """Only what was handed in is read; a card without words is known to have none."""
    assert of_greenhouse(status="draft").evaluations == ()
    assert of_lever([], completedAt=None).evaluations == ()
    silent = dict.fromkeys(("public_notes", "notes", "questions", "attributes"))
    assert [card.fields for card in of_greenhouse(**silent).evaluations] == [{}]


def test_lever_gives_what_was_written_and_no_scores() -> None:
    """Choices and scores are verdicts, not words."""
    fields: list[Mapping[str, object]] = [
        {"type": "textarea", "text": "What impressed you?", "value": "Clear drawings."},
        {"type": "score-system", "text": "Overall rating", "value": "1 - Strong No Hire"},
        {"type": "textarea", "text": "Concerns", "value": None},
    ]
    [card] = of_lever(fields).evaluations
    assert (card.scorecard, card.application, card.at) == ("f-1", "o-1", DONE)
    assert card.fields == {"What impressed you?": "Clear drawings."}


def test_a_generic_scorecard_may_tell_what_it_says() -> None:
    """Silence is no empty card: what was known stays."""
    [card] = of_generic([{"field": "Strengths", "words": "Clean seams."}]).evaluations
    assert (card.scorecard, card.application, card.candidate) == ("7", "a-17", None)
    assert card.fields == {"Strengths": "Clean seams."}
    assert [each.fields for each in of_generic([]).evaluations] == [{}]
    assert of_generic(None).evaluations == ()


@pytest.mark.parametrize(
    "reading",
    [
        of_greenhouse(),
        of_lever([{"type": "text", "text": "Strengths", "value": "Clean seams."}]),
        of_generic([{"field": "Strengths", "words": "Clean seams."}]),
    ],
)
def test_no_fact_holds_a_word_of_it(reading: Reading) -> None:
    """Facts are kept for good."""
    assert [fact for fact in reading.facts if fact.kind is FactKind.SCORECARD]
    told = str([fact.data for fact in reading.facts])
    assert not any(words in told for card in reading.evaluations for words in card.fields.values())


def test_fields_are_marked_with_what_they_give() -> None:
    """A plain list means something specific from the interview; what no scorecard gives is refused."""
    read = ConnectionSettings.model_validate
    assert read({"candidate_facing_fields": ["Strengths"]}).candidate_facing_fields == {
        "Strengths": "highlight.text"
    }
    chosen = {"Advice": "rejection.recommendation"}
    assert read({"candidate_facing_fields": chosen}).candidate_facing_fields == chosen
    for wrong in ({"Advice": "decision.by"}, [1], "Strengths", [["x"]]):
        with pytest.raises(ValueError, match="candidate_facing_fields"):
            read({"candidate_facing_fields": wrong})
