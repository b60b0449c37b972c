"""Deliveries: at most once, whoever dies when, and whatever the provider does."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from app.db import unit_of_work
from app.delivery.claim import claim
from app.delivery.models import Attempt, Delivery, RouteHealth, Suppression
from app.delivery.settle import settle
from app.followups.models import FollowUp
from app.intake import connections
from app.mail.outbound import Outcome, OutcomeKind
from app.timeline.models import FactRow
from tests.flow.small import ADDRESS, MONDAY, Small, Vanished, open_small, webhook

DUE = MONDAY + timedelta(minutes=11)
"""The acknowledgement of an application made at nine is due."""
LEASE = timedelta(seconds=30)
NOT_SENT = Outcome(OutcomeKind.NOT_SENT, "busy")


@pytest_asyncio.fixture
async def small(database_url: str, tmp_path: Path) -> AsyncIterator[Small]:
    """An application was made; its acknowledgement is planned."""
    async with open_small(database_url, tmp_path) as opened:
        await opened.hear(webhook("new_candidate_application", MONDAY))
        await opened.drain()
        yield opened


async def _mail(small: Small) -> Delivery:
    found: Delivery = await small.one(Delivery, channel="mail", follow_up_id=(await _follow_up(small)).id)
    return found


def _tried(small: Small) -> list[bytes]:
    """Mails to the candidate that reached the provider."""
    return [payload for payload in small.route.tried if ADDRESS.encode() in payload]


async def _follow_up(small: Small) -> FollowUp:
    found: FollowUp = await small.one(FollowUp, kind="application_received")
    return found


async def _queue(small: Small) -> None:
    """Up to the moment before it leaves."""
    small.clock.at = DUE
    await small.flow.messages()
    await small.flow.releases()


async def test_sent_once_and_said_once(small: Small) -> None:
    """One mail, one fact that it was said, however often the flow runs."""
    await small.at(DUE)
    await small.at(DUE + timedelta(minutes=30))
    assert len(small.route.sent) == 1
    assert (await _mail(small)).state == "sent"
    assert len(await small.rows(FactRow, kind="said")) == 1


async def test_a_worker_that_dies_after_the_provider_accepted_sends_nothing_twice(small: Small) -> None:
    """Between send and record: the lease ends, the outcome is unknown, the provider is asked: it was sent."""
    await _queue(small)
    small.route.script = [Vanished()]
    with pytest.raises(Vanished):
        await small.flow.deliveries()
    assert (await _mail(small)).state == "sending"
    await small.drain()
    assert (await _mail(small)).state == "sending"  # the lease still runs
    small.machine.advance(LEASE + timedelta(seconds=1))
    assert await small.post().send_due(small.instants())
    assert (await _mail(small)).state == "unknown"
    await small.drain()
    assert (await _mail(small)).state == "sent"
    assert len(small.route.sent) == 1
    assert (await _follow_up(small)).state == "sent"


async def test_a_worker_that_dies_before_the_send_loses_nothing(small: Small) -> None:
    """Between claim and send: the provider proves that nothing came, and it goes out once, unchanged."""
    await _queue(small)
    async with unit_of_work(small.services.sessions) as session:
        (taken,) = await claim(session, small.post().packer, small.instants(), lease=LEASE, limit=9)
    small.machine.advance(LEASE + timedelta(seconds=1))
    await small.drain()
    await small.at(DUE + timedelta(minutes=2))
    assert (await _mail(small)).state == "sent"
    assert [send_id for send_id, _ in small.route.sent] == [taken.delivery_id]
    assert [a.number for a in await small.rows(Attempt) if a.delivery_id == taken.delivery_id] == [1, 2]


async def test_a_retry_carries_the_same_message_id(small: Small) -> None:
    """Not sent: tried again later under the same Message-ID, so that a doubled one is one in any inbox."""
    small.route.script = [NOT_SENT, NOT_SENT]
    await small.at(DUE)
    assert (await _mail(small)).state == "queued"
    for minutes in (2, 8):
        await small.at(DUE + timedelta(minutes=minutes))
    ids = {message_from_bytes(payload)["Message-ID"] for payload in _tried(small)}
    assert (len(_tried(small)), len(ids), len(small.route.sent)) == (3, 1, 1)


async def test_what_an_old_attempt_says_late_changes_nothing(small: Small) -> None:
    """Fenced: a zombie's result is refused once a later attempt holds the delivery."""
    small.route.script = [NOT_SENT]
    await small.at(DUE)
    await small.at(DUE + timedelta(minutes=2))
    delivery = await _mail(small)
    assert (delivery.state, delivery.attempt) == ("sent", 2)
    async with unit_of_work(small.services.sessions) as session:
        late = Outcome(OutcomeKind.PERMANENT, "from another life", suppress=True)
        vault = small.services.vault
        assert not await settle(session, vault, delivery.id, 1, late, small.instants())
        assert not await settle(session, vault, delivery.id, 2, late, small.instants())
    assert (await _mail(small)).state == "sent"
    assert not await small.rows(Suppression)


async def test_unknown_stays_unknown_and_waits_on_a_person(small: Small) -> None:
    """A provider that cannot be asked: never sent again, counted as said, somebody is named and told."""
    small.route.script = [Outcome(OutcomeKind.AMBIGUOUS, "no answer")]
    small.route.answers = [None]
    await small.at(DUE)
    await small.at(DUE + timedelta(minutes=1))
    delivery = await _mail(small)
    assert (delivery.state, delivery.act_at, delivery.waiting_on) == ("unknown", None, "member:55")
    assert (await _follow_up(small)).state == "unknown"
    for hours in (5, 50):
        await small.at(DUE + timedelta(hours=hours))
    assert sum(send_id == delivery.id for send_id, _ in small.route.sent) == 1
    assert await small.rows(FactRow, kind="said")
    assert await small.rows(FollowUp, kind="delivery_unknown", recipient="member:55")


async def test_a_provider_that_forgets_to_answer_is_asked_until_it_knows(small: Small) -> None:
    """Unknown twice, then it says that it was sent: recorded as sent, without a second send."""
    small.route.script = [Outcome(OutcomeKind.AMBIGUOUS, "no answer")]
    small.route.answers = [Outcome(OutcomeKind.AMBIGUOUS), Outcome(OutcomeKind.AMBIGUOUS)]
    for minutes in (0, 1, 3, 9):
        await small.at(DUE + timedelta(minutes=minutes))
    assert ((await _mail(small)).state, len(small.route.sent)) == ("sent", 1)


async def test_a_broken_route_stops_and_burns_nothing(small: Small) -> None:
    """While the route itself is broken nothing is tried in vain, and nothing is ever given up for it."""
    refused = Outcome(OutcomeKind.CONFIGURATION, "the token is wrong")
    small.route.script = [refused for _ in range(12)]
    with capture_logs() as told:
        await small.at(DUE)
    assert [line["route"] for line in told if line["event"] == "route.stopped"] == [small.route.name]
    assert (await small.one(RouteHealth)).cause == "the token is wrong"
    assert len(_tried(small)) == 1
    await small.at(DUE + timedelta(minutes=14))
    assert len(_tried(small)) == 1
    for quarter in range(1, 13):
        await small.at(DUE + timedelta(minutes=15 * quarter, seconds=quarter))
    assert (await _mail(small)).state == "sent"
    small.route.script = []
    assert (await small.one(RouteHealth)).stopped_at is None
    assert (await _follow_up(small)).state == "sent"


async def test_refusals_by_a_broken_route_do_not_count_as_tries(small: Small) -> None:
    """After a day of a wrong token one busy answer must not be the last."""
    refused = Outcome(OutcomeKind.CONFIGURATION, "the token is wrong")
    small.route.script = [*(refused for _ in range(10)), NOT_SENT]
    for quarter in range(12):
        await small.at(DUE + timedelta(minutes=15 * quarter, seconds=quarter))
    assert (await _mail(small)).state in ("queued", "sent")
    await small.at(DUE + timedelta(hours=5))
    assert (await _mail(small)).state == "sent"


async def test_given_up_after_the_last_try_on_a_named_person(small: Small) -> None:
    """Nine times not sent: failed, and the recruiter must act."""
    small.route.script = [NOT_SENT for _ in range(9)]
    when = DUE
    for _ in range(12):
        await small.at(when)
        when = (await _mail(small)).act_at or when
    assert ((await _mail(small)).state, len(_tried(small))) == ("failed", 9)
    assert ((await _follow_up(small)).state, (await _follow_up(small)).waiting_on) == ("failed", "member:55")


async def test_a_suppression_between_planning_and_claiming_stops_the_send(small: Small) -> None:
    """The last look is in the transaction that claims."""
    await _queue(small)
    async with unit_of_work(small.services.sessions) as session:
        address = small.services.vault.address_hash(ADDRESS.upper())
        session.add(Suppression(address_hash=address, reason="complaint", source="test", created_at=MONDAY))
    await small.drain()
    assert _tried(small) == []
    assert ((await _mail(small)).state, (await _follow_up(small)).state) == ("cancelled", "cancelled")
    assert "suppressed" in ((await _follow_up(small)).cause or "")


@pytest.mark.parametrize("flags", [{"can_email": False}, {"is_private": True}])
async def test_who_may_not_be_written_to_any_more_is_not(small: Small, flags: dict[str, bool]) -> None:
    """The ATS withdraws its permission after the message was queued."""
    await _queue(small)
    now = small.clock.now()
    await small.hear(webhook("application_updated", now, candidate=flags))
    await small.drain()
    assert _tried(small) == []
    assert (await _follow_up(small)).state == "cancelled"


async def test_news_that_is_not_folded_yet_holds_a_send_back(small: Small) -> None:
    """What may cancel the message is read first; the delivery waits some seconds, and then does not leave."""
    await _queue(small)
    await small.hear(webhook("reject_candidate", DUE))
    await small.flow.events()
    await small.flow.deliveries()
    assert _tried(small) == []
    delivery = await _mail(small)
    assert (delivery.state, delivery.attempt) == ("queued", 0)
    await small.drain()
    await small.at(DUE + timedelta(seconds=6))
    assert _tried(small) == []
    assert (await _mail(small)).state == "cancelled"


async def test_an_old_attempt_says_nothing_of_one_that_is_under_way(small: Small) -> None:
    """The first was proven not to have left; what its worker says after that is not the second one's end."""
    packer, vault = small.post().packer, small.services.vault
    await _queue(small)
    for minutes in (11, 13):
        small.clock.at = MONDAY + timedelta(minutes=minutes)
        await small.flow.applications()
        async with unit_of_work(small.services.sessions) as session:
            (parcel,) = await claim(session, packer, small.instants(), lease=LEASE, limit=9)
            if minutes == 11:
                await settle(session, vault, parcel.delivery_id, 1, NOT_SENT, small.instants())
    async with unit_of_work(small.services.sessions) as session:
        late = Outcome(OutcomeKind.ACCEPTED, "from another life")
        assert not await settle(session, vault, parcel.delivery_id, 1, late, small.instants())
    assert ((await _mail(small)).state, (await _mail(small)).attempt) == ("sending", 2)


async def test_news_during_a_send_that_failed_is_heeded_before_the_next(small: Small) -> None:
    """A rejection comes while the acknowledgement is on its way out, which then has not left: it stays."""
    await _queue(small)
    async with unit_of_work(small.services.sessions) as session:
        (parcel,) = await claim(session, small.post().packer, small.instants(), lease=LEASE, limit=9)
    await small.hear(webhook("reject_candidate", DUE))
    await small.flow.events()
    await small.flow.applications()
    async with unit_of_work(small.services.sessions) as session:
        await settle(session, small.services.vault, parcel.delivery_id, 1, NOT_SENT, small.instants())
    await small.at(DUE + timedelta(minutes=5))
    assert _tried(small) == []
    assert (await _follow_up(small)).state == "cancelled"


async def test_erasure_between_approval_and_send_cancels(small: Small) -> None:
    """Whoever is erased hears nothing more."""
    await _queue(small)
    await small.hear(
        {"action": "candidate_anonymized", "payload": {"candidate_id": 9_501, "anonymized_fields": []}}
    )
    await small.drain()
    await small.at(DUE + timedelta(minutes=1))
    assert _tried(small) == []
    assert ((await _mail(small)).state, (await _follow_up(small)).state) == ("cancelled", "cancelled")


async def test_a_retry_never_leaves_outside_of_the_hours_of_the_recipient(
    database_url: str, tmp_path: Path
) -> None:
    """A message with a window that a retry carries past Friday evening leaves on Monday morning."""
    friday = datetime(2026, 11, 6, 8, 0, tzinfo=UTC)
    async with open_small(database_url, tmp_path, friday) as small:
        await small.hear(webhook("new_candidate_application", friday, applied=friday))
        await small.at(friday + timedelta(hours=2))
        sent = len(small.route.sent)
        await small.execute(
            "UPDATE follow_up SET kind = 'moved_on', state = 'queued' WHERE kind = 'application_received'"
        )
        evening = friday.replace(hour=18, minute=30)
        await small.execute(
            "UPDATE delivery SET state = 'queued', act_at = :at WHERE channel = 'mail'", at=evening
        )
        small.clock.at = evening
        await small.flow.deliveries()
        moved_on = await small.one(FollowUp, kind="moved_on")
        delivery = await small.one(Delivery, channel="mail", follow_up_id=moved_on.id)
        assert len(small.route.tried) == sent
        monday = datetime(2026, 11, 9, 8, 0, tzinfo=UTC)
        assert monday <= delivery.act_at < monday + timedelta(minutes=10)


async def test_a_message_that_was_cancelled_and_is_wanted_again_leaves_after_all(small: Small) -> None:
    """Its delivery was cancelled with it; a later release takes it up again rather than waiting for ever."""
    await _queue(small)
    await small.execute("UPDATE follow_up SET state = 'cancelled', cause = 'held'")
    await small.flow.deliveries()
    assert (await _mail(small)).state == "cancelled"
    await small.execute("UPDATE application SET wake_at = :at", at=DUE)
    await small.at(DUE + timedelta(minutes=1))
    assert (await _mail(small)).state == "sent"
    assert len(small.route.sent) == 1


async def test_one_message_that_cannot_be_packed_holds_back_no_other(small: Small) -> None:
    """Its bytes were altered: set aside with its reason; the neighbour leaves."""
    await small.hear(webhook("new_candidate_application", MONDAY, application=502, address="b@example.net"))
    await small.drain()
    await _queue(small)
    bad = (await small.rows(Delivery))[0]
    await small.execute("UPDATE message SET words = 'x' WHERE id = :id", id=bad.message_id)
    await small.drain()
    states = {d.id: d.state for d in await small.rows(Delivery, channel="mail")}
    assert states.pop(bad.id) == "failed"
    assert set(states.values()) == {"sent"}


async def test_two_workers_side_by_side_send_each_message_once(small: Small) -> None:
    """Twenty messages, four workers at once: twenty sends."""
    for number in range(600, 619):
        await small.hear(webhook("new_candidate_application", MONDAY, application=number))
    await small.drain()
    await _queue(small)
    for _ in range(3):
        await asyncio.gather(*(small.post().send_due(small.instants()) for _ in range(4)))
    ids = [send_id for send_id, _ in small.route.sent]
    assert (len(ids), len(set(ids))) == (20, 20)


async def test_a_worker_that_was_stopped_for_a_minute_changes_nothing_when_it_goes_on(small: Small) -> None:
    """Stopped after the claim, before the request: another has sent meanwhile, so this one must not."""
    await _queue(small)
    stopped = small.post()
    claimed_at = small.instants()
    async with unit_of_work(small.services.sessions) as session:
        parcels = await claim(session, stopped.packer, claimed_at, lease=LEASE, limit=20)
    small.machine.advance(timedelta(seconds=60))
    small.clock.advance(timedelta(seconds=60))
    await small.drain()  # another finds the lease over, learns that nothing arrived, and sends
    await small.at(small.clock.now() + timedelta(minutes=2))
    assert len(_tried(small)) == 1
    before = await _mail(small)
    for parcel in parcels:
        await stopped._send(parcel, claimed_at)
    assert len(_tried(small)) == 1
    assert await _mail(small) == before
    assert before.state == "sent"


async def _set(small: Small, name: str, value: str) -> None:
    await small.execute(
        "UPDATE connection SET settings = jsonb_set(settings, CAST(:path AS text[]), CAST(:value AS jsonb))",
        path=[name],
        value=value,
    )


async def _may_note(small: Small) -> None:
    """There are credentials, for an API at which nobody answers."""
    async with unit_of_work(small.services.sessions) as session:
        given = {"client_id": "us", "client_secret": "a-secret-of-ours"}
        await connections.set_credentials(session, small.services.vault, small.connection, given)
    for name in ("base_url", "auth_url"):
        await _set(small, name, '"http://127.0.0.1:9"')


@pytest.mark.parametrize("queued", [False, True])
async def test_settings_that_change_before_it_leaves_are_heeded(small: Small, *, queued: bool) -> None:
    """Only noted from now on: no mail leaves, neither of what is ready nor of what is queued."""
    await _may_note(small)
    small.clock.at = DUE
    await small.flow.messages()
    if queued:
        await small.flow.releases()
    await _set(small, "default_delivery", '"note_only"')
    await small.drain()
    await small.drain()  # what was queued is ready once more
    assert _tried(small) == []
    follow_up = await _follow_up(small)
    assert follow_up.note_only
    assert (await small.one(Delivery, follow_up_id=follow_up.id, channel="note")).state == "queued"


@pytest.mark.parametrize("queued", [False, True])
async def test_a_kind_that_is_switched_off_before_it_leaves_stays(small: Small, *, queued: bool) -> None:
    """Cancelled, and says why."""
    small.clock.at = DUE
    await small.flow.messages()
    if queued:
        await small.flow.releases()
    await _set(small, "default_delivery", '"off"')
    await small.drain()
    assert _tried(small) == []
    follow_up = await _follow_up(small)
    assert (follow_up.state, follow_up.cause) == (
        "cancelled",
        "the connection's settings say not to say this",
    )


async def test_nothing_leaves_through_a_connection_that_is_off_and_nothing_is_lost(small: Small) -> None:
    """It waits on operations; switched on again, it leaves once."""
    await _queue(small)
    await small.execute("UPDATE connection SET enabled = false")
    await small.drain()
    assert _tried(small) == []
    held = await _mail(small)
    assert (held.state, held.waiting_on, held.attempt) == ("queued", "operations", 0)
    await small.execute("UPDATE connection SET enabled = true")
    await small.at(DUE + timedelta(minutes=16))
    assert len(_tried(small)) == 1
    assert (await _mail(small)).waiting_on is None


@pytest.mark.parametrize("since_then", ["waiting_approval", "ready"])
async def test_a_question_that_was_answered_before_it_left_is_not_asked(
    small: Small, since_then: str
) -> None:
    """What was missing in the evening came at night: nobody is asked for it in the morning."""
    evening = MONDAY + timedelta(hours=11)
    small.clock.at = evening
    await small.hear(webhook("reject_candidate", evening))
    await small.drain()
    (question,) = await small.rows(FollowUp, kind="fact_missing")
    assert question.state == "gathered"
    answered = "UPDATE follow_up SET state = :state WHERE id = :id"
    await small.execute(answered, state=since_then, id=question.about_id)
    small.clock.at = MONDAY + timedelta(days=1)
    await small.flow.digests()
    await small.flow.releases()
    await small.flow.deliveries()
    question = await small.one(FollowUp, id=question.id)
    assert (question.state, question.cause) == ("cancelled", "what it asks for is settled")


async def test_what_was_to_be_noted_and_is_sent_after_all_leaves_once(small: Small) -> None:
    """A note waits for the ATS to come back when the settings change: the mail leaves in its place."""
    await _may_note(small)
    await _set(small, "default_delivery", '"note_only"')
    await small.at(DUE)
    follow_up = await _follow_up(small)
    note = await small.one(Delivery, follow_up_id=follow_up.id, channel="note")
    assert note.state == "queued"
    await _set(small, "default_delivery", '"send"')
    await small.execute("UPDATE follow_up SET state = 'ready', act_at = :at", at=DUE)
    await small.flow.releases()
    note = await small.one(Delivery, id=note.id)
    assert (note.state, note.cause) == ("cancelled", "it leaves another way now")
    await small.at(DUE + timedelta(hours=1))
    assert len(_tried(small)) == 1
    assert (await _follow_up(small)).state == "sent"
    note = await small.one(Delivery, id=note.id)
    assert note.state == "queued"  # it tells of the mail now, as soon as the ATS is back
