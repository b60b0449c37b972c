"""Mails of which no receipt came are asked about: at their time, within a budget, and never sent again."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from app.access import keys
from app.db import unit_of_work
from app.delivery import by_hand, lookups
from app.delivery.models import Delivery
from app.delivery.routing import Routes
from app.followups.models import FollowUp
from app.mail.hooks import ReceiptKind
from app.mail.outbound import Outcome, OutcomeKind
from app.silence import silence
from tests.delivery.receipts_house import Door, open_door
from tests.flow.small import ADDRESS, MONDAY, Small, TwinRoute, webhook

DUE = MONDAY + timedelta(minutes=11)
FOUND, ABSENT = Outcome(OutcomeKind.ACCEPTED), Outcome(OutcomeKind.NOT_SENT, "its search does not know it")
UNSURE = Outcome(OutcomeKind.AMBIGUOUS, "no answer")


@dataclass
class AskedRoute(TwinRoute):
    """Remembers what it was asked about, and gives each time the same answer."""

    asked: list[tuple[str, timedelta | None]] = field(default_factory=list)
    answer: Outcome | None = FOUND

    async def settle(self, send_id: str, *, age: timedelta | None = None) -> Outcome | None:
        self.asked.append((send_id, age))
        return self.answer


@dataclass
class House:
    """A route with its receipts set up, and the mail that it has sent to the candidate."""

    door: Door
    route: AskedRoute

    @property
    def small(self) -> Small:
        return self.door.small

    async def later(self, **span: float) -> None:
        """Both clocks move on, and what is due is done."""
        self.small.machine.at = self.small.clock.at = DUE + timedelta(**span)
        await self.small.drain()

    async def mail(self) -> Delivery:
        follow_up = await self.follow_up()
        found: Delivery = await self.small.one(Delivery, channel="mail", follow_up_id=follow_up.id)
        return found

    async def follow_up(self) -> Any:
        return await self.small.one(FollowUp, kind="application_received")

    async def asked(self) -> int:
        """How often it was asked about that mail."""
        delivery = await self.mail()
        return sum(send_id == delivery.id for send_id, _ in self.route.asked)

    def sent(self) -> int:
        """Mails to the candidate that the provider has taken."""
        return sum(ADDRESS.encode() in body for _, body in self.route.sent)


@pytest_asyncio.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """The acknowledgement of an application has left; no receipt has come."""
    async with open_door(database_url, tmp_path) as door:
        small, route = door.small, AskedRoute()
        small.route, small.flow = route, replace(small.flow, routes=Routes.single(route))
        await small.hear(webhook("new_candidate_application", MONDAY))
        await small.drain()
        opened = House(door, route)
        await opened.later()
        assert (await opened.mail()).state == "sent"
        yield opened


async def test_asked_once_at_its_time_and_noted(house: House) -> None:
    """Not before the hour; found, it is sent as before, asked never again and still without a receipt."""
    await house.later(minutes=59)
    assert await house.asked() == 0
    for minutes in (61, 62, 130, 300):
        await house.later(minutes=minutes)
        assert await house.asked() == 1
    delivery = await house.mail()
    assert (delivery.state, delivery.checked, delivery.receipt) == ("sent", "found", None)
    assert next(age for send_id, age in house.route.asked if send_id == delivery.id) == timedelta(minutes=61)
    assert house.sent() == 1


async def test_the_api_shows_when_it_was_asked_and_what_it_showed(house: House) -> None:
    """Whoever wonders about a mail without a receipt sees that it was looked for."""
    await house.later(minutes=61)
    async with unit_of_work(house.small.services.sessions) as session:
        now, scopes = house.small.machine.now(), [keys.Scope.READ]
        _, shown = await keys.create(session, name="test", scopes=scopes, now=now)
    mail = await house.mail()
    key = {"Authorization": f"Bearer {shown}"}
    told = (await house.door.client.get(f"/v1/deliveries/{mail.id}", headers=key)).json()
    assert (told["checks"], told["checked"], told["replaced_by"]) == (1, "found", None)
    assert told["checked_at"] == "2026-11-02T10:12:00Z"


async def test_proven_absent_waits_on_operations_and_is_not_sent_again(house: House) -> None:
    """Nobody guesses: it is in the silence with its cause, days later still one mail has left."""
    house.route.answer = ABSENT
    await house.later(minutes=61)
    delivery, follow_up = await house.mail(), await house.follow_up()
    assert (delivery.state, delivery.checked, delivery.act_at) == ("unknown", "absent", None)
    assert (delivery.cause, delivery.waiting_on) == ("the provider does not know it", "operations")
    assert (follow_up.state, follow_up.cause) == ("unknown", "the provider does not know it")
    async with unit_of_work(house.small.services.sessions) as session:
        assert (await silence(session, house.small.clock.now())).waiting_on["operations"] >= 1
    asked = await house.asked()
    for hours in (2, 12, 30):
        await house.later(hours=hours)
    assert (await house.asked(), house.sent(), (await house.mail()).attempt) == (asked, 1, 1)


async def test_a_receipt_that_comes_after_all_settles_it(house: House) -> None:
    """The provider's own word counts for more than its search."""
    house.route.answer = ABSENT
    await house.later(minutes=61)
    await house.door.told(await house.mail(), ReceiptKind.DELIVERED, email=ADDRESS)
    delivery, follow_up = await house.mail(), await house.follow_up()
    assert (delivery.state, delivery.receipt, follow_up.state) == ("sent", "delivered", "sent")
    assert house.sent() == 1


@pytest.mark.parametrize(
    ("answer", "times", "checked"), [(UNSURE, 2, "given_up"), (None, 1, "cannot_be_asked")]
)
async def test_what_cannot_be_learnt_is_left_alone(
    house: House, answer: Outcome | None, times: int, checked: str
) -> None:
    """Asked twice at most, an hour apart; it stays sent."""
    house.route.answer = answer
    for minutes in (61, 110, 121, 300):
        await house.later(minutes=minutes)
        assert await house.asked() == min(times, 1 if minutes < 120 else 2)
    delivery = await house.mail()
    assert (delivery.state, delivery.checked, house.sent()) == ("sent", checked, 1)


async def test_a_mail_with_a_receipt_or_a_route_without_receipts_is_not_asked_about(house: House) -> None:
    """Only what should have been heard of and was not; and nothing so old that a log may have dropped it."""
    small = house.small
    settings = small.services.settings
    small.services.settings = settings.model_copy(update={"mail_routes": None})
    await house.later(minutes=61)
    small.services.settings = settings
    assert house.route.asked == []
    await house.later(hours=21)
    assert await house.asked() == 0
    small.machine.at = small.clock.at = DUE + timedelta(minutes=30)
    await house.door.told(await house.mail(), ReceiptKind.DELIVERED, email=ADDRESS)
    await house.later(minutes=62)
    assert await house.asked() == 0


async def test_a_person_who_says_that_it_arrived_is_not_contradicted(house: House) -> None:
    """Settled by hand, it is not asked about any more."""
    house.route.answer = ABSENT
    await house.later(minutes=61)
    small, delivery = house.small, await house.mail()
    async with unit_of_work(small.services.sessions) as session:
        await by_hand.settle_unknown(
            session,
            small.services.vault,
            delivery.id,
            arrived=True,
            by="ops",
            reason="told us",
            at=small.instants(),
        )
    for hours in (3, 6):
        await house.later(hours=hours)
    assert ((await house.mail()).state, await house.asked()) == ("sent", 1)


async def test_no_more_than_the_budget_in_a_minute(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A day without webhooks does not become a burst of questions; the oldest first, all in the end."""
    monkeypatch.setattr(lookups, "BUDGET", 2)
    small = house.small
    for application in range(601, 604):
        body = webhook("new_candidate_application", MONDAY, application=application)
        await small.hear(body)
    await house.later(minutes=15)
    mails = [one for one in await small.rows(Delivery, channel="mail", route="twin") if one.state == "sent"]
    assert len(mails) >= 4
    for nth in range(1, len(mails) // 2 + 1):
        await house.later(minutes=90 + 2 * nth)
        assert len(house.route.asked) == 2 * nth
    assert len({send_id for send_id, _ in house.route.asked}) == len(mails) // 2 * 2
    assert house.sent() >= 4


async def test_a_receipt_that_comes_while_it_is_asked_says_more(house: House) -> None:
    """The provider's log lags behind its webhooks: delivered stays sent, whatever the search did not know."""
    mail, sessions = await house.mail(), house.small.services.sessions
    async with unit_of_work(sessions) as session:
        row = await session.get_one(Delivery, mail.id)
        row.receipt, row.receipt_at = str(ReceiptKind.DELIVERED), DUE
    one = lookups.LookUp(mail.id, mail.attempt, "twin", lookups.AFTER, last=True)
    async with unit_of_work(sessions) as session:
        await lookups.note(session, one, ABSENT, DUE)
    assert ((await house.mail()).state, (await house.mail()).checked) == ("sent", None)
    assert (await house.follow_up()).state == "sent"
