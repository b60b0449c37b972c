"""What nobody knows is settled by repeating under a key, by a receipt, by waiting, or by whoever must say."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from app.db import unit_of_work
from app.delivery.models import Attempt, Delivery, RouteHealth, Suppression
from app.delivery.route import RouteMeta
from app.delivery.routing import Routes, Rule, WhenUnknown
from app.delivery.settle import INQUIRIES
from app.followups.models import FollowUp
from app.mail.outbound import Outcome, OutcomeKind
from tests.flow.small import ADDRESS, MONDAY, Small, TwinRoute, Vanished, open_small, webhook

DUE = MONDAY + timedelta(minutes=11)
DAY = timedelta(days=1)
UNSURE = Outcome(OutcomeKind.AMBIGUOUS, "no answer")


@dataclass
class KeyedRoute(TwinRoute):
    """A provider with idempotency keys that cannot be asked. ``lost`` attempts never reach it."""

    name: str = "keyed"
    repeat_within: timedelta | None = timedelta(hours=20)
    lost: int = 0

    async def send(self, payload: bytes, meta: RouteMeta) -> Outcome:
        if self.lost:
            self.lost -= 1
            self.tried.append(payload)
            return UNSURE
        known = any(send_id == meta.send_id for send_id, _ in self.sent)
        before = list(self.sent)
        try:
            return await super().send(payload, meta)
        finally:
            if known:
                self.sent = before

    async def settle(self, send_id: str, *, age: timedelta | None = None) -> Outcome | None:
        return None


@pytest_asyncio.fixture
async def small(database_url: str, tmp_path: Path) -> AsyncIterator[Small]:
    """An application was made; its acknowledgement is planned."""
    async with open_small(database_url, tmp_path) as opened:
        await opened.hear(webhook("new_candidate_application", MONDAY))
        await opened.drain()
        yield opened


def by(small: Small, route: TwinRoute, doubt: WhenUnknown | None = None) -> None:
    """From now on mail leaves by that route."""
    routes = Routes({route.name: route}, (Rule(route.name),), {route.name: doubt} if doubt else {})
    small.route, small.flow = route, replace(small.flow, routes=routes)


async def mail(small: Small) -> Delivery:
    follow_up = await small.one(FollowUp, kind="application_received")
    found: Delivery = await small.one(Delivery, channel="mail", follow_up_id=follow_up.id)
    return found


async def later(small: Small, **span: float) -> None:
    """Both clocks move on, and what is due is done."""
    small.machine.at = small.clock.at = DUE + timedelta(**span)
    await small.drain()


@pytest.mark.parametrize("lost", [0, 1, 2])
async def test_a_repeat_under_the_key_settles_it(small: Small, lost: int) -> None:
    """The same bytes under the same key: whether the first arrived or not, one mail is there."""
    route = KeyedRoute(lost=lost, script=[UNSURE] if not lost else [])
    by(small, route)
    await later(small)
    assert (await mail(small)).state == "unknown"
    for minutes in (1, 3, 9):
        await later(small, minutes=minutes)
    delivery = await mail(small)
    assert (delivery.state, delivery.attempt) == ("sent", 1)
    assert [send_id for send_id, _ in route.sent] == [delivery.id]
    assert len({p for p in route.tried if ADDRESS.encode() in p}) == 1  # byte for byte


async def test_no_repeat_once_the_key_may_be_forgotten(small: Small) -> None:
    """After the provider's window a repeat would be a second mail: a person must say."""
    route = KeyedRoute(script=[UNSURE], repeat_within=timedelta(minutes=14))
    by(small, route)
    await later(small)
    await later(small, minutes=14)
    delivery = await mail(small)
    assert (delivery.state, delivery.act_at) == ("unknown", None)
    assert sum(ADDRESS.encode() in payload for payload in route.tried) == 1
    assert delivery.waiting_on == "member:55"


@pytest.mark.parametrize("told", [OutcomeKind.PERMANENT, OutcomeKind.CONFIGURATION, OutcomeKind.NOT_SENT])
async def test_a_refused_repeat_says_nothing_of_the_first_attempt(small: Small, told: OutcomeKind) -> None:
    """The first may have left before the key was revoked: it stays unknown, never failed, never queued."""
    by(small, KeyedRoute(script=[UNSURE, Outcome(told, "refused")]))
    await later(small)
    await later(small, minutes=1)
    assert ((await mail(small)).state, (await mail(small)).attempt) == ("unknown", 1)
    await later(small, minutes=3)
    assert ((await mail(small)).state, (await mail(small)).attempt) == ("sent", 1)


async def test_what_must_not_leave_any_more_is_not_repeated(small: Small) -> None:
    """A repeat may be the first mail that arrives; an address suppressed meanwhile gets none."""
    route = KeyedRoute(lost=1)
    by(small, route)
    await later(small)
    async with unit_of_work(small.services.sessions) as session:
        hashed = small.services.vault.address_hash(ADDRESS)
        session.add(Suppression(address_hash=hashed, reason="complaint", source="test", created_at=DUE))
    for minutes in (1, 3, 9):
        await later(small, minutes=minutes)
    assert (route.sent, (await mail(small)).state) == ([], "unknown")


async def test_a_worker_that_dies_while_repeating_leaves_one_mail(small: Small) -> None:
    """The question is claimed for a lease; then another repeats, and the provider knows the key."""
    route = KeyedRoute(script=[UNSURE, Vanished()])
    by(small, route)
    await later(small)
    with pytest.raises(Vanished):
        await later(small, minutes=1)
    await later(small, minutes=1, seconds=31)
    delivery = await mail(small)
    assert (delivery.state, [send_id for send_id, _ in route.sent]) == ("sent", [delivery.id])


async def test_a_receipt_is_waited_for_before_a_person_is_asked(small: Small) -> None:
    """Where nothing else can tell, the route's own time goes by first."""
    by(small, TwinRoute(script=[UNSURE], answers=[None, None]), WhenUnknown("hold", timedelta(minutes=30)))
    await later(small)
    await later(small, minutes=2)
    assert ((await mail(small)).state, (await mail(small)).waiting_on) == ("unknown", None)
    await later(small, minutes=31)
    assert ((await mail(small)).state, (await mail(small)).waiting_on) == ("unknown", "member:55")


async def test_sent_again_only_where_the_route_says_so_once_and_counted(small: Small) -> None:
    """The opt-in: after its time once more under the same Message-ID; in doubt again, a person must say."""
    route = TwinRoute(script=[UNSURE, UNSURE], answers=[None] * 9)
    by(small, route, WhenUnknown("send_again", timedelta(hours=1)))
    await later(small)
    await later(small, minutes=40)
    assert ((await mail(small)).state, (await mail(small)).sent_again) == ("unknown", 0)
    for minutes in (61, 62, 130, 190, 260):
        await later(small, minutes=minutes)
    delivery = await mail(small)
    assert (delivery.state, delivery.sent_again, delivery.attempt) == ("unknown", 1, 2)
    assert delivery.waiting_on == "member:55"
    ours = [payload for send_id, payload in route.sent if send_id == delivery.id]
    assert len(ours) == 2
    assert {delivery.id.encode() in payload.partition(b"Message-ID: ")[2][:80] for payload in ours} == {True}
    assert len([a for a in await small.rows(Attempt) if a.delivery_id == delivery.id]) == 2


async def test_one_to_be_sent_again_that_is_refused_stays_unknown(small: Small) -> None:
    """The first may have arrived: *failed* or *cancelled* would be a claim that nobody can make."""
    refused = Outcome(OutcomeKind.PERMANENT, "no such mailbox")
    by(small, TwinRoute(script=[UNSURE, refused], answers=[None] * 9), WhenUnknown("send_again"))
    await later(small)
    await later(small, minutes=1)
    await later(small, minutes=2)
    assert ((await mail(small)).state, (await mail(small)).sent_again) == ("unknown", 1)


async def test_one_to_be_sent_again_that_is_unwanted_by_then_stays_unknown(small: Small) -> None:
    """Its address was suppressed meanwhile: nothing is repeated, and the first may have arrived."""
    route = TwinRoute(script=[UNSURE], answers=[None] * 9)
    by(small, route, WhenUnknown("send_again"))
    await later(small)
    async with unit_of_work(small.services.sessions) as session:
        hashed = small.services.vault.address_hash(ADDRESS)
        session.add(Suppression(address_hash=hashed, reason="complaint", source="test", created_at=DUE))
    await later(small, minutes=1)
    delivery = await mail(small)
    assert (delivery.state, delivery.sent_again, delivery.waiting_on) == ("unknown", 1, "member:55")
    assert [send for send, _ in route.sent].count(delivery.id) == 1


class OddRoute(TwinRoute):
    """A provider whose answers are read wrongly, by a mistake of ours."""

    async def settle(self, send_id: str, *, age: timedelta | None = None) -> Outcome | None:
        raise KeyError(send_id)


async def test_a_mistake_of_ours_ends_with_a_person_too(small: Small) -> None:
    """An answer that cannot be read is asked for as often as any other, and then a person must say."""
    by(small, OddRoute(script=[UNSURE]))
    await later(small)
    for minutes in (1, 3, 9, 50, 200, 700):
        await later(small, minutes=minutes)
    delivery = await mail(small)
    assert (delivery.state, delivery.act_at, delivery.waiting_on) == ("unknown", None, "member:55")
    assert delivery.inquiries == len(INQUIRIES)


async def test_bytes_that_do_not_open_hold_back_no_question(small: Small) -> None:
    """A mail whose stored bytes are spoilt is looked for all the same, and so is every other."""
    by(small, TwinRoute(script=[UNSURE]))
    await later(small)
    await small.execute("UPDATE attempt SET payload = 'spoilt'")
    await later(small, minutes=1)
    assert (await mail(small)).state == "sent"


async def test_news_of_an_old_mail_does_not_start_a_stopped_route(small: Small) -> None:
    """It left before the trouble: the backlog still waits for one mail that shows that the route works."""
    by(small, TwinRoute(script=[UNSURE], answers=[Outcome(OutcomeKind.ACCEPTED)]))
    await later(small)
    stopped = DUE + timedelta(seconds=5)
    async with unit_of_work(small.services.sessions) as session:
        session.add(RouteHealth(route="twin", stopped_at=stopped, cause="key refused", retry_at=DUE + DAY))
    await later(small, minutes=2)
    assert (await mail(small)).state == "sent"
    assert (await small.one(RouteHealth)).stopped_at == stopped
