"""Several routes: which mail takes which, when another may help out, and that none waits for a hung one."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import pytest_asyncio

from app.delivery.lanes import WIDTH, Lanes
from app.delivery.models import Attempt, Delivery, RouteHealth
from app.delivery.route import RouteMeta
from app.delivery.routing import FALL_BACK_AFTER, Routes, Rule, choose
from app.delivery.thread import in_thread
from app.followups.models import FollowUp
from app.mail.outbound import Address, Envelope, MailClass, Outcome, OutcomeKind
from tests.flow.small import MONDAY, Small, TwinRoute, open_small, webhook

DUE = MONDAY + timedelta(minutes=11)
BUSY = Outcome(OutcomeKind.NOT_SENT, "busy")
BROKEN = Outcome(OutcomeKind.CONFIGURATION, "the token is wrong")
UNSURE = Outcome(OutcomeKind.AMBIGUOUS, "no answer")
BOX = Address("", "a@b.example")


@pytest_asyncio.fixture
async def small(database_url: str, tmp_path: Path) -> AsyncIterator[Small]:
    """An application was made; its acknowledgement is planned."""
    async with open_small(database_url, tmp_path) as opened:
        await opened.hear(webhook("new_candidate_application", MONDAY))
        await opened.drain()
        yield opened


def two(small: Small, first: TwinRoute, second: TwinRoute, *rules: Rule) -> None:
    """From now on mail leaves by the first, and by the second where that is safe."""
    given = rules or (Rule(first.name, second.name),)
    small.flow = replace(small.flow, routes=Routes({first.name: first, second.name: second}, given))


async def mail(small: Small, application: int = 501) -> Delivery:
    found = await small.rows(
        FollowUp, kind="application_received", recipient=f"candidate:{application + 9_000}"
    )
    delivery: Delivery = await small.one(Delivery, channel="mail", follow_up_id=found[0].id)
    return delivery


async def test_a_fallback_helps_out_after_the_first_has_not_sent_three_times(small: Small) -> None:
    """Proven not to have left: the other route takes it, once, and the delivery says which."""
    a, b = TwinRoute("a", script=[BUSY] * 9), TwinRoute("b")
    two(small, a, b)
    for minutes in (0, 2, 8, 24):
        await small.at(DUE + timedelta(minutes=minutes))
    delivery = await mail(small)
    assert (delivery.state, delivery.route, delivery.attempt) == ("sent", "b", FALL_BACK_AFTER + 1)
    assert (len(a.sent), sum(send_id == delivery.id for send_id, _ in b.sent)) == (0, 1)
    tried = {row.number: row.route for row in await small.rows(Attempt) if row.delivery_id == delivery.id}
    assert tried == {1: "a", 2: "a", 3: "a", 4: "b"}


async def test_a_fallback_takes_over_from_a_stopped_route(small: Small) -> None:
    """The first is broken in itself: its mail leaves by the other, and the first is told to be stopped."""
    a, b = TwinRoute("a", script=[BROKEN] * 9), TwinRoute("b")
    two(small, a, b)
    await small.at(DUE)
    assert (await small.one(RouteHealth)).route == "a"
    await small.at(DUE + timedelta(seconds=6))
    assert ((await mail(small)).state, (await mail(small)).route) == ("sent", "b")


async def test_no_fallback_after_doubt(small: Small) -> None:
    """It may have left by the first: the second never sees it, and the first is the one that is asked."""
    a, b = TwinRoute("a", script=[UNSURE], answers=[UNSURE] * 9), TwinRoute("b")
    two(small, a, b)
    for minutes in (0, 1, 3, 9, 40, 160, 641):
        await small.at(DUE + timedelta(minutes=minutes))
    delivery = await mail(small)
    assert (delivery.state, delivery.route, len(a.answers) < 9) == ("unknown", "a", True)
    assert not any(send_id == delivery.id for send_id, _ in b.sent)


async def test_a_route_that_is_gone_leaves_its_doubt_to_a_person(small: Small) -> None:
    """The settings name another route now: it is neither asked about an older mail nor given it."""
    a, b = TwinRoute("a", script=[UNSURE]), TwinRoute("b")
    two(small, a, b, Rule("a"))
    await small.at(DUE)
    small.flow = replace(small.flow, routes=Routes.single(b))
    for minutes in (1, 3, 9, 40, 160, 641):
        await small.at(DUE + timedelta(minutes=minutes))
    delivery = await mail(small)
    assert (delivery.state, delivery.waiting_on) == ("unknown", "member:55")
    assert not any(send_id == delivery.id for send_id, _ in b.sent)


async def test_the_first_rule_that_fits_chooses(small: Small) -> None:
    """By class, by connection, by brand; whatever fits none takes the last."""
    a, b = TwinRoute("a"), TwinRoute("b")
    nurture = Rule("a", mail_class=MailClass.NURTURE)
    for rule, expected in (
        (Rule("a", connection=small.connection), "a"),
        (Rule("a", connection="con_other"), "b"),
        (nurture, "b"),
        (Rule("a", brand="ostwind"), "b"),
    ):
        routes = Routes({"a": a, "b": b}, (rule, Rule("b")))
        assert routes.rule_for(MailClass.TRANSACTIONAL, small.connection, None).route == expected
    routes = Routes({"a": a, "b": b}, (Rule("a", brand="ostwind"), nurture, Rule("b")))
    assert routes.rule_for(MailClass.TRANSACTIONAL, "c", "ostwind").route == "a"
    assert routes.rule_for(MailClass.NURTURE, "c", None).route == "a"
    two(small, a, b, Rule("b", connection=small.connection), Rule("a"))
    await small.at(DUE)
    assert (await mail(small)).route == "b"


def test_choosing_never_repeats_what_is_in_doubt_elsewhere() -> None:
    """Tied to a route it waits for that one; a fallback that rests leaves it to the first."""
    rule = Rule("a", "b")
    assert choose(rule, resting=(), not_left=0, tied_to=None) == "a"
    assert choose(rule, resting=("a",), not_left=0, tied_to=None) == "b"
    assert choose(rule, resting=("b",), not_left=9, tied_to=None) == "a"
    assert choose(rule, resting=("a", "b"), not_left=9, tied_to=None) is None
    assert choose(rule, resting=("a",), not_left=9, tied_to="a") is None
    assert choose(Rule("a"), resting=("a",), not_left=9, tied_to=None) is None


async def several(small: Small, number: int, at: timedelta = timedelta()) -> None:
    """More candidates apply, each with an address of their own."""
    bodies = [
        webhook(
            "new_candidate_application",
            MONDAY + at,
            application=600 + nth,
            address=f"c{nth}@mail{nth % 2}.example",
        )
        for nth in range(number)
    ]
    await small.hear(*bodies, at=MONDAY + at)
    await small.drain()


async def test_a_stopped_route_is_tried_with_one_mail_before_the_others(small: Small) -> None:
    """When its rest is over one mail finds out; still broken, no other is touched."""
    await several(small, 8)
    a = TwinRoute("a", script=[BROKEN] * 99)
    small.flow = replace(small.flow, routes=Routes.single(a))
    await small.at(DUE)
    tried = len(a.tried)
    for quarter in (1, 2, 3):
        await small.at(DUE + timedelta(minutes=15 * quarter, seconds=quarter))
        assert len(a.tried) == tried + quarter
    a.script = []
    await small.at(DUE + timedelta(minutes=61))
    await small.at(DUE + timedelta(minutes=61, seconds=6))
    assert not [d for d in await small.rows(Delivery, channel="mail") if d.state != "sent"]


async def capped(small: Small, **caps: int) -> None:
    settings = small.services.settings
    small.services.settings = settings.model_copy(update=caps)


async def test_so_many_to_one_domain_in_a_minute(small: Small) -> None:
    """What is too much waits for the next minute; another domain does not wait for it."""
    await several(small, 10)
    await capped(small, mail_recipients_a_minute=3)
    await small.at(DUE)
    to = [message_from_bytes(payload)["To"] for _, payload in small.route.sent]
    assert [sum(f"@mail{n}.example" in box for box in to) for n in (0, 1)] == [3, 3]
    await small.at(DUE + timedelta(seconds=62))
    to = [message_from_bytes(payload)["To"] for _, payload in small.route.sent]
    assert [sum(f"@mail{n}.example" in box for box in to) for n in (0, 1)] == [5, 5]


async def test_a_new_domain_of_ours_warms_up(small: Small) -> None:
    """So many a day from it, the others on the next; what was refused does not count."""
    await several(small, 5)
    await capped(small, mail_sender_a_day=3)
    small.route.script = [BUSY]
    await small.at(DUE)
    await small.at(DUE + timedelta(hours=5))
    assert len(small.route.sent) == 3
    await small.at(DUE + timedelta(days=1))
    assert len(small.route.sent) == 6


async def test_after_an_outage_no_burst(small: Small) -> None:
    """What a stopped route has kept leaves at the route's pace."""
    await several(small, 11)
    await capped(small, mail_route_a_minute=4)
    small.route.script = [BROKEN] * 4
    await small.at(DUE)
    sent = []
    for minutes in range(15, 22):
        before = len(small.route.sent)
        await small.at(DUE + timedelta(minutes=minutes, seconds=2))
        await small.at(DUE + timedelta(minutes=minutes, seconds=9))
        sent.append(len(small.route.sent) - before)
    assert (max(sent), sum(sent)) == (4, 12)


@dataclass
class HungRoute(TwinRoute):
    """Takes a mail and never answers, until it is told to."""

    name: str = "hung"
    answer: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, payload: bytes, meta: RouteMeta) -> Outcome:
        self.tried.append(payload)
        await self.answer.wait()
        return await super().send(payload, meta)


async def work(small: Small) -> None:
    """As the loops of a process do: each drain until it finds nothing, waiting for no send under way."""
    while sum([await drain() for drain in small.flow.drains().values()]):
        pass


async def test_nothing_waits_for_a_hung_route(small: Small) -> None:
    """Another route's mail leaves, intake goes on, and the hung one holds no more than a lane."""
    hung, other = HungRoute(), TwinRoute("other")
    second = webhook("new_candidate_application", MONDAY, application=900, address="late@other.example")
    await several(small, 30)
    two(small, hung, other, Rule("hung"))
    small.flow = replace(small.flow, lanes=Lanes(patience=0.01))
    small.clock.at = DUE
    await work(small)
    assert len(hung.tried) == WIDTH
    two(small, hung, other, Rule("other"))
    small.clock.at = small.machine.at = DUE + timedelta(seconds=6)
    await small.hear(second, at=small.clock.at)
    async with asyncio.timeout(60):
        await work(small)
        small.clock.at += timedelta(minutes=20)
        await work(small)
    assert not hung.sent
    assert any(b"late@other.example" in payload for _, payload in other.sent)
    hung.answer.set()
    await small.flow.lanes.aclose(grace=5)
    await work(small)
    await small.flow.lanes.rest()
    states = [row.state for row in await small.rows(Delivery, channel="mail")]
    assert set(states) == {"sent"}
    assert len(hung.sent) == WIDTH


@dataclass
class MuteRoute(TwinRoute):
    """Leaves every mail in doubt, and answers no question about any until it is told to."""

    name: str = "mute"
    answer: asyncio.Event = field(default_factory=asyncio.Event)
    asked: list[str] = field(default_factory=list)

    async def send(self, payload: bytes, meta: RouteMeta) -> Outcome:
        self.tried.append(payload)
        return UNSURE

    async def settle(self, send_id: str, *, age: timedelta | None = None) -> Outcome | None:
        self.asked.append(send_id)
        await self.answer.wait()
        return Outcome(OutcomeKind.ACCEPTED)


async def test_a_route_that_answers_no_question_holds_no_more_than_a_lane(small: Small) -> None:
    """Its questions wait for room, unburnt; all are answered when it speaks again."""
    mute = MuteRoute()
    await several(small, 30)
    two(small, mute, TwinRoute("other"), Rule("mute"))
    small.flow = replace(small.flow, lanes=Lanes(patience=0.01))
    small.clock.at = DUE
    await work(small)
    for seconds in (40, 50, 60):
        small.clock.at = DUE + timedelta(seconds=seconds)
        await work(small)
    assert (len(mute.tried) > WIDTH, len(mute.asked)) == (True, WIDTH)
    mute.answer.set()
    await small.flow.lanes.rest()
    small.clock.at += timedelta(seconds=20)
    await work(small)
    await small.flow.lanes.rest()
    assert {row.state for row in await small.rows(Delivery, channel="mail")} == {"sent"}
    assert len(set(mute.asked)) == len(mute.asked) == len(mute.tried)


async def test_a_follow_up_stands_in_the_thread_that_was_on_the_wire(small: Small) -> None:
    """By the id that the provider really used, not the one that it has replaced."""
    route = TwinRoute(keeps_message_id=False)
    small.route, small.flow = route, replace(small.flow, routes=Routes.single(route))
    await small.at(DUE)
    first = await mail(small)
    assert first.wire_id is None
    await small.execute("UPDATE delivery SET wire_id = '<abc@wire.example>' WHERE id = :id", id=first.id)
    said = await small.one(FollowUp, kind="application_received")
    next_one = FollowUp(**(said.model_dump() | {"id": "fup_next"}))
    letter = Envelope("dlv_x", "<dlv_x@ours.example>", BOX, BOX, "S", "T", "H")
    async with small.services.sessions() as session:
        found = await in_thread(session, letter, next_one)
        alone = await in_thread(session, letter, said)
    assert (found.in_reply_to, found.references) == ("<abc@wire.example>", ("<abc@wire.example>",))
    assert alone == letter
