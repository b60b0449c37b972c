"""What a scorecard says reaches a candidate from a marked field or by an approver's pick, never otherwise."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from app.ats.canonical import Evaluation, Fact, FactKind, Reading
from app.db import unit_of_work
from app.errors import NotFound, Unprocessable
from app.followups.models import FollowUp, SuppliedFact
from app.messages import approval
from app.messages.approval import Desk
from app.messages.models import Message
from app.messages.picking import pick
from app.messages.previews import Preview, preview
from app.timeline.models import Highlight
from app.timeline.record import Heard, record
from tests.flow.small import MONDAY, Small, open_small, webhook

KIND = "rejection_after_interview"
MARKED = {"For  the candidate": "rejection.recommendation", "Strengths": "rejection.strength"}
ADVICE = "A certified project of your own would show that side."
NOTE = "The role needs a licence that you are about to get."
SECRET = "Kept looking at the clock, would not hire."
CARD = Evaluation(
    "91",
    "501",
    None,
    {"for the Candidate": ADVICE, "Licence": NOTE, "Overall": SECRET},
    MONDAY + timedelta(hours=3),
)
GONE = {"action": "candidate_anonymized", "payload": {"candidate_id": 9_501, "anonymized_fields": ["name"]}}


async def heard(small: Small, *evaluations: Evaluation, facts: tuple[Fact, ...] = ()) -> None:
    """The ATS tells what scorecards say, and it is recorded like any reading."""
    reading = Reading(facts, evaluations=evaluations)
    async with unit_of_work(small.services.sessions) as session:
        told = [Heard(reading, small.clock.now(), "poll")]
        await record(session, small.services.vault, small.connection, told, small.clock.now())


@pytest_asyncio.fixture
async def small(database_url: str, tmp_path: Path) -> AsyncIterator[Small]:
    """A scorecard was written, and then the candidate was rejected after an interview."""
    settings: dict[str, Any] = {
        "candidate_facing_fields": MARKED,
        "rejection_cooling_minutes": 0,
        "link_domains": ["tests.example"],
    }
    async with open_small(database_url, tmp_path, **settings) as opened:
        await opened.hear(webhook("new_candidate_application", MONDAY))
        await opened.at(MONDAY + timedelta(hours=1))
        await opened.hear(webhook("candidate_stage_change", MONDAY + timedelta(hours=2), stage=3))
        await opened.at(MONDAY + timedelta(hours=4))
        await heard(opened, CARD)
        await opened.hear(webhook("reject_candidate", MONDAY + timedelta(hours=5), stage=3))
        await opened.at(MONDAY + timedelta(hours=5, minutes=1))
        yield opened


async def words_of(small: Small) -> Preview:
    """The rejection as its approver reads it."""
    row = await small.one(FollowUp, kind=KIND)
    async with small.services.sessions() as session:
        book = await small.flow.shelf.book(session)
        now = small.clock.now()
        return await preview(session, small.services.vault, book, row.id, now, company="Ostwind", locale="en")


async def act(small: Small, picked: str, fact: str | None = None) -> None:
    """Robin picks these words, and supplies what else is missing."""
    row = await small.one(FollowUp, kind=KIND)
    async with unit_of_work(small.services.sessions) as session:
        book = await small.flow.shelf.book(session)
        desk = Desk(session, small.services.vault, book, "Ostwind", "en", "Robin", small.clock.now())
        await pick(desk, row.id, picked, fact)
        await approval.supply(desk, row.id, {"decision.by": "Tom Okoro"})


async def test_marked_words_fill_their_fact_and_others_are_only_proposed(small: Small) -> None:
    """The advice is no longer missing; the other words stand beside the message, for the approver alone."""
    found = await words_of(small)
    assert set(found.missing) == {"decision.by", "rejection.reason"}
    proposed = {each.words: (each.field, each.source, each.fact) for each in found.suggestions}
    assert proposed == {
        NOTE: ("Licence", "greenhouse:scorecard/91/licence", "rejection.strength"),
        SECRET: ("Overall", "greenhouse:scorecard/91/overall", "rejection.strength"),
    }


async def test_picked_words_are_said_with_who_picked_them_and_where_they_stand(small: Small) -> None:
    """Each sentence from a scorecard names it; what nobody marked or picked is in no message."""
    [note] = [each for each in (await words_of(small)).suggestions if each.words == NOTE]
    await act(small, note.id, "rejection.reason")
    found = await words_of(small)
    assert found.missing == ()
    text = found.words["text"]
    assert NOTE in text
    assert ADVICE in text
    assert SECRET not in str(found.words)
    sources = {s.text: dict(s.facts) for s in found.sentences}
    assert sources[NOTE] == {"rejection.reason": "greenhouse:scorecard/91/licence, picked by person:Robin"}
    [advice] = [facts for said, facts in sources.items() if ADVICE in said]
    assert advice == {"rejection.recommendation": "greenhouse:scorecard/91/for-the-candidate"}
    message = await small.one(Message, follow_up_id=found.follow_up.id)
    used = {each["fact"]: each["source"] for each in message.used}
    assert used["rejection.reason"] == "greenhouse:scorecard/91/licence, picked by person:Robin"
    [supplied] = await small.rows(SuppliedFact, name="rejection.reason")
    assert (supplied.supplied_by, supplied.picked_from) == ("Robin", "scorecard/91/licence")
    assert NOTE.encode() not in supplied.value


async def test_own_words_take_the_place_of_picked_ones(small: Small) -> None:
    """Who writes it anew vouches for it alone."""
    [note] = [each for each in (await words_of(small)).suggestions if each.words == NOTE]
    await act(small, note.id, "rejection.reason")
    row = await small.one(FollowUp, kind=KIND)
    async with unit_of_work(small.services.sessions) as session:
        book = await small.flow.shelf.book(session)
        desk = Desk(session, small.services.vault, book, "Ostwind", "en", "Ada", small.clock.now())
        await approval.supply(desk, row.id, {"rejection.reason": "The role needs a licence."})
    sources = dict(fact for each in (await words_of(small)).sentences for fact in each.facts)
    assert sources["rejection.reason"] == "person:Ada"


@pytest.mark.parametrize(("host", "known"), [("take.tests.example", True), ("protests.example", False)])
async def test_a_link_leads_where_the_settings_allow(small: Small, host: str, *, known: bool) -> None:
    """What an approver writes may link to the domains of the connection, and nowhere else."""
    [note] = [each for each in (await words_of(small)).suggestions if each.words == NOTE]
    await act(small, note.id, "rejection.reason")
    text = (await words_of(small)).words["text"].replace(NOTE, f"{NOTE} See https://{host}/a.")
    row = await small.one(FollowUp, kind=KIND)
    async with unit_of_work(small.services.sessions) as session:
        book = await small.flow.shelf.book(session)
        desk = Desk(session, small.services.vault, book, "Ostwind", "en", "Robin", small.clock.now())
        await approval.edit(desk, row.id, subject="Our decision", text=text)
    assert ("link-foreign" not in {each["rule"] for each in (await words_of(small)).findings}) is known


async def test_only_words_of_this_application_become_only_facts_of_scorecards(small: Small) -> None:
    """Nothing else can be picked, and nothing else be made of it."""
    [note] = [each for each in (await words_of(small)).suggestions if each.words == NOTE]
    with pytest.raises(Unprocessable):
        await act(small, note.id, "decision.by")
    with pytest.raises(NotFound):
        await act(small, "hil_of_somebody_else")
    assert await small.rows(SuppliedFact) == []


async def test_the_latest_word_of_a_scorecard_stands(small: Small) -> None:
    """A correction replaces, a late old word does not, what was taken out is gone, and ids stay."""
    [before] = await small.rows(Highlight, field="Licence")
    later = replace(CARD, fields={"Licence": "Corrected."}, at=MONDAY + timedelta(hours=4))
    for each in (later, CARD, later):
        await heard(small, each)
        rows = await small.rows(Highlight)
        assert [(row.id, row.field) for row in rows] == [(before.id, "Licence")]
        assert [said.words for said in (await words_of(small)).suggestions] == ["Corrected."]


async def test_a_deleted_scorecard_says_nothing_any_more(small: Small) -> None:
    """Neither to the approver nor to anybody."""
    assert await small.rows(Highlight)
    deleted = Fact(FactKind.SCORECARD_DELETED, "scorecard:91:deleted", MONDAY, data={"scorecard_id": "91"})
    await heard(small, facts=(deleted,))
    assert await small.rows(Highlight) == []


async def test_words_are_sealed_and_go_with_the_candidate(small: Small) -> None:
    """Nothing stands in the clear; after erasure nothing is left, and a late scorecard leaves nothing."""
    assert len(await small.rows(Highlight)) == 3
    assert not any(SECRET.encode() in row.words for row in await small.rows(Highlight))
    await small.hear(GONE)
    await small.drain()
    assert await small.rows(Highlight) == []
    await heard(small, CARD)
    assert await small.rows(Highlight) == []
