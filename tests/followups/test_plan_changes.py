"""Plans follow the news: cancelled when their clock closes, wanted again when news wants them again."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from app.db import unit_of_work
from app.delivery.models import Delivery
from app.followups.models import FollowUp
from app.mail.outbound import Outcome, OutcomeKind
from app.sla.acts import Asked, act
from app.sla.models import Clock, ClockEvent
from app.timeline.models import Application
from tests.flow.small import MONDAY, Small, open_small, webhook


def _at(hours: float) -> datetime:
    return MONDAY + timedelta(hours=hours)


@pytest_asyncio.fixture
async def small(database_url: str, tmp_path: Path) -> AsyncIterator[Small]:
    """A candidate who applied on Monday at nine and heard from us."""
    async with open_small(database_url, tmp_path) as opened:
        await opened.hear(webhook("new_candidate_application", MONDAY))
        await opened.at(MONDAY + timedelta(minutes=11))
        yield opened


async def _rejections(small: Small) -> list[FollowUp]:
    found = [f for f in await small.rows(FollowUp) if f.kind == "rejection_after_screening"]
    return sorted(found, key=lambda f: f.reason)


async def _news(small: Small, action: str, hours: float, **more: Any) -> None:
    small.clock.at = _at(hours)
    await small.hear(webhook(action, _at(hours), **more))
    await small.drain()


async def test_an_unreject_cancels_the_rejection_and_a_second_one_is_another(small: Small) -> None:
    """The first is cancelled with its cause; the second has a reason of its own."""
    await _news(small, "reject_candidate", 1)
    (first,) = await _rejections(small)
    assert first.state in ("waiting_fact", "waiting_approval")
    await _news(small, "unreject_candidate", 2)
    (first,) = await _rejections(small)
    assert first.state == "cancelled"
    assert first.cause
    await _news(small, "reject_candidate", 3)
    first, second = await _rejections(small)
    assert first.state == "cancelled"
    assert second.state in ("waiting_fact", "waiting_approval")
    assert first.reason != second.reason
    assert not await small.rows(Delivery, follow_up_id=second.id)


async def test_a_plan_that_news_cancelled_comes_back_when_news_wants_it_again(small: Small) -> None:
    """A rejection known late, taken back with a time before it, leaves the plan as it was: one row."""
    small.clock.at = _at(1)
    await small.hear(webhook("new_candidate_application", _at(1), application=7, applied=_at(1)))
    await small.drain()
    planned = await small.one(FollowUp, state="planned")
    await small.execute("UPDATE follow_up SET state = 'cancelled', cause = 'x' WHERE id = :id", id=planned.id)
    await _news(small, "application_updated", 1.01, application=7, applied=_at(1))
    again = await small.one(FollowUp, id=planned.id)
    assert (again.state, again.cause, again.planned_for) == ("planned", None, planned.planned_for)


async def test_what_was_cancelled_for_good_stays_cancelled(small: Small) -> None:
    """News does not revive what may not be said."""
    small.clock.at = _at(1)
    await small.hear(
        webhook(
            "new_candidate_application", _at(1), application=7, applied=_at(1), candidate={"can_email": False}
        )
    )
    await small.drain()
    await _news(small, "application_updated", 2, application=7, applied=_at(1))
    rows = [f for f in await small.rows(FollowUp) if f.recipient == "candidate:9007"]
    assert rows
    assert {(f.state, f.final) for f in rows} == {("cancelled", True)}


@pytest.mark.parametrize("flags", [{"can_email": False}, {"is_private": True}])
async def test_nothing_is_planned_for_who_may_not_be_written_to(small: Small, flags: dict[str, bool]) -> None:
    """Cancelled from the beginning, with the reason; nothing leaves."""
    sent = len(small.route.sent)
    small.clock.at = _at(1)
    await small.hear(
        webhook("new_candidate_application", _at(1), application=7, applied=_at(1), candidate=flags)
    )
    await small.at(_at(3))
    assert len(small.route.sent) == sent
    for row in [f for f in await small.rows(FollowUp) if f.recipient == "candidate:9007"]:
        assert row.state == "cancelled"
        assert row.cause


async def test_a_breach_that_later_truth_disproves_is_corrected_and_never_erased(small: Small) -> None:
    """Breached in our books; then we learn of an earlier closing: voided, both on record."""
    small.clock.at = _at(1)
    await small.hear(webhook("new_candidate_application", _at(1), application=7, applied=_at(1)))
    await small.drain()
    clock = await _clock_of(small, "candidate:9007")
    await small.execute("UPDATE follow_up SET state = 'rejected', act_at = NULL WHERE clock_id = :c", c=clock)
    await small.at(_at(60))
    (breach,) = [e for e in await small.rows(ClockEvent, clock_id=clock) if e.kind == "breached"]
    assert (await small.one(Clock, id=clock)).breached_at == breach.at
    # Rejected an hour after applying, but the webhook comes only now.
    await small.hear(webhook("reject_candidate", _at(2), application=7, applied=_at(1)))
    await small.drain()
    events = await small.rows(ClockEvent, clock_id=clock)
    kinds = [event.kind for event in sorted(events, key=lambda e: e.id)]
    assert kinds.count("breached") == 1
    assert kinds[-1] == "breach_voided"
    row = await small.one(Clock, id=clock)
    assert (row.breached_at, row.closed_at) == (None, _at(2))


async def _clock_of(small: Small, recipient: str) -> str:
    (clock,) = {
        f.clock_id for f in await small.rows(FollowUp, kind="application_received", recipient=recipient)
    }
    return str(clock)


async def test_what_failed_waits_on_nobody_once_its_clock_is_closed_another_way(small: Small) -> None:
    """It could not be delivered, somebody phoned: cancelled with that cause, and nobody is asked."""
    await _news(small, "reject_candidate", 1)
    (rejection,) = await _rejections(small)
    await small.execute("UPDATE follow_up SET state = 'failed' WHERE about_id = :id", id=rejection.id)
    await small.execute("UPDATE follow_up SET state = 'failed' WHERE id = :id", id=rejection.id)
    await _news(small, "application_updated", 2, status="rejected")
    assert (await small.one(FollowUp, id=rejection.id)).state == "failed"  # its clock runs: somebody must act
    await _done(small, rejection.clock_id or "")
    rejection = await small.one(FollowUp, id=rejection.id)
    assert rejection.state == "cancelled"
    assert "done by" in (rejection.cause or "")
    questions = await small.rows(FollowUp, about_id=rejection.id)
    assert {question.state for question in questions} == {"cancelled"}


async def _done(small: Small, clock_id: str) -> None:
    services = small.services
    async with unit_of_work(services.sessions) as session:
        book = await small.flow.shelf.book(session)
        await act(session, services.vault, book, clock_id, Asked("done", "R", "phoned"), small.clock.now())
    await small.drain()


async def test_what_failed_and_is_wanted_again_leaves_after_all(small: Small) -> None:
    """Failed, cancelled with its clock, wanted again: the delivery that failed is tried again, once."""
    small.clock.at = _at(1)
    await small.hear(webhook("new_candidate_application", _at(1), application=7, applied=_at(1)))
    await small.drain()
    small.route.script = [Outcome(OutcomeKind.PERMANENT, "no such mailbox")]
    await small.at(_at(1.2))
    failed = await small.one(FollowUp, state="failed")
    await small.execute("UPDATE follow_up SET state = 'cancelled' WHERE id = :id", id=failed.id)
    await _news(small, "application_updated", 1.3, application=7, applied=_at(1))
    await small.at(_at(1.5))
    assert (await small.one(FollowUp, id=failed.id)).state == "sent"
    assert (await small.one(Delivery, follow_up_id=failed.id, channel="mail")).state == "sent"


async def test_a_question_that_is_open_again_is_asked_again(small: Small) -> None:
    """Settled before it was asked, and the same is missing again: somebody must hear of it."""
    await _news(small, "reject_candidate", 12)  # in the evening: the question waits for the morning
    (rejection,) = await _rejections(small)
    (question,) = await small.rows(FollowUp, about_id=rejection.id)
    assert question.state == "gathered"
    await small.execute("UPDATE follow_up SET state = 'cancelled' WHERE id = :id", id=rejection.id)
    await _news(small, "application_updated", 12.1, status="rejected")
    assert (await small.one(FollowUp, id=rejection.id)).state == rejection.state
    assert (await small.one(FollowUp, id=question.id)).state == "gathered"


async def test_a_merge_keeps_what_is_under_way(small: Small) -> None:
    """The candidate has another id now and is the same person: one step stays one, with its words."""
    await _news(small, "reject_candidate", 1)
    (before,) = await _rejections(small)
    await _news(small, "application_updated", 2, status="rejected", candidate={"id": 77_001})
    (after,) = await _rejections(small)
    assert (after.id, after.state) == (before.id, before.state)
    assert after.recipient == "candidate:77001"


async def test_of_a_private_candidate_only_the_recruiter_hears(small: Small) -> None:
    """Both rejections are told to nobody for days: of the open candidate the hiring manager hears, too."""
    small.clock.at = _at(1)
    private: dict[str, Any] = {"application": 7, "applied": _at(1), "candidate": {"is_private": True}}
    await small.hear(webhook("new_candidate_application", _at(1), **private))
    await _news(small, "reject_candidate", 2, **private)
    await _news(small, "reject_candidate", 2)
    for day in range(1, 12):
        await small.at(_at(24 * day))
    assert "member:66" in {f.recipient for f in await _about(small, "501")}
    planned = await _about(small, "7")
    assert {f.recipient for f in planned if f.state != "cancelled"} == {"member:55"}
    assert {f.waiting_on for f in planned} <= {"member:55", "operations"}


async def _about(small: Small, external_id: str) -> list[FollowUp]:
    application = await small.one(Application, external_id=external_id)
    return await small.rows(FollowUp, application_id=application.id)
