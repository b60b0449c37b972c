"""Brevo over real HTTP: each fault told truly, settled by the same request or the report, never twice."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio

from app.delivery.routes import BrevoRoute, HttpTimeouts, RouteMeta, route_from
from app.demo.brevo import SimulatedBrevo
from app.demo.faulty_http import Answer, Fault
from app.errors import BadSignature, UnsafeSettings
from app.mail.brevo import REPEAT_WITHIN, BrevoSettings
from app.mail.brevo_hooks import receipts, replies, verify
from app.mail.hooks import RANK, HookSecrets, Receipt, ReceiptKind
from app.mail.outbound import Address, Outcome, OutcomeKind
from tests.mail.letters import DATE, RICH

META = RouteMeta(RICH.send_id, RICH.sender.email, RICH.to.email)
OLD = timedelta(days=30)
A, N, P, C, U = (
    OutcomeKind.ACCEPTED,
    OutcomeKind.NOT_SENT,
    OutcomeKind.PERMANENT,
    OutcomeKind.CONFIGURATION,
    OutcomeKind.AMBIGUOUS,
)
FAULTS = [
    (Fault.CLOSE_BEFORE_READING, U, 0),
    (Fault.HANG_BEFORE_ACCEPTING, U, 0),
    (Fault.PROXY_PAGE, U, 0),
    (Fault.CLOSE_AFTER_ACCEPTING, U, 1),
    (Fault.HANG_AFTER_ACCEPTING, U, 1),
    (Fault.ERROR_AFTER_ACCEPTING, U, 1),
    (Fault.HALF_AN_ANSWER, U, 1),
    (Fault.TRICKLE, U, 1),
    (Fault.TOO_MANY, N, 0),
]


@pytest_asyncio.fixture
async def provider() -> AsyncIterator[SimulatedBrevo]:
    async with SimulatedBrevo() as server:
        yield server


@pytest_asyncio.fixture
async def route(provider: SimulatedBrevo) -> AsyncIterator[BrevoRoute]:
    made = BrevoRoute(
        provider.key, BrevoSettings(provider.api), timeouts=HttpTimeouts(connect=0.3, total=0.3)
    )
    yield made
    await made.aclose()


def is_free_of_people(outcome: Outcome) -> bool:
    return "@" not in outcome.detail and "Jörg" not in outcome.detail


async def test_a_rich_message_arrives_as_it_was_stored(route: BrevoRoute, provider: SimulatedBrevo) -> None:
    """The key is added at the edge and nowhere in the stored bytes."""
    payload = route.prepare(RICH, DATE)
    outcome = await route.send(payload, META)
    assert (outcome.kind, outcome.provider_id) == (A, provider.messages[0]["messageId"].strip("<>"))
    assert provider.requests[0].body == payload.partition(b"\r\n\r\n")[2]
    assert provider.key.encode() not in payload
    assert provider.effects == {RICH.send_id: 1}


@pytest.mark.parametrize(("fault", "kind", "effects"), FAULTS)
async def test_fault_by_fault_the_repeat_settles(
    *, route: BrevoRoute, provider: SimulatedBrevo, fault: Fault, kind: OutcomeKind, effects: int
) -> None:
    """Unknown is said where it is unknown; the same bytes within the key's life leave one message."""
    provider.fail(fault)
    payload = route.prepare(RICH, DATE)
    outcome = await route.send(payload, META)
    assert outcome.kind is kind
    assert provider.effects[RICH.send_id] == effects
    assert is_free_of_people(outcome)
    provider.at += REPEAT_WITHIN
    again = await route.send(payload, META)
    assert again.kind is A
    assert is_free_of_people(again)
    assert provider.effects == {RICH.send_id: 1}


@pytest.mark.parametrize(("fault", "kind", "effects"), FAULTS)
async def test_fault_by_fault_the_report_only_confirms(
    *, route: BrevoRoute, provider: SimulatedBrevo, fault: Fault, kind: OutcomeKind, effects: int
) -> None:
    """What the report shows was accepted; what it does not show stays unknown, however old it is."""
    provider.fail(fault)
    assert (await route.send(route.prepare(RICH, DATE), META)).kind is kind
    settled = await route.settle(RICH.send_id, age=OLD)
    assert settled is not None
    assert settled.kind is (A if effects else U)
    if effects:
        assert settled.provider_id == provider.messages[0]["messageId"].strip("<>")
    assert is_free_of_people(settled)
    assert provider.effects[RICH.send_id] == effects


async def test_a_report_that_lags_or_fails_settles_nothing(
    route: BrevoRoute, provider: SimulatedBrevo
) -> None:
    """An accepted message that the report does not show yet is never called absent."""
    await route.send(route.prepare(RICH, DATE), META)
    provider.report_knows = False
    for trouble in (
        None,
        Fault.HANG_BEFORE_ACCEPTING,
        Fault.PROXY_PAGE,
        Fault.TOO_MANY,
        Answer(401, {"code": "?"}),
    ):
        if trouble is not None:
            provider.fail(trouble, method="GET")
        settled = await route.settle(RICH.send_id, age=OLD)
        assert settled is not None
        assert settled.kind is U


async def test_after_its_life_a_key_protects_no_more(route: BrevoRoute, provider: SimulatedBrevo) -> None:
    """What the bound protects from: the simulator forgets keys after the shorter documented time."""
    payload = route.prepare(RICH, DATE)
    await route.send(payload, META)
    provider.at += timedelta(minutes=15)
    await route.send(payload, META)
    assert provider.effects == {RICH.send_id: 2}


async def test_refusals_are_told_as_what_they_are(provider: SimulatedBrevo) -> None:
    """Key, sender, recipient, credits and content each give their own outcome, and burn nothing."""
    settings = BrevoSettings(provider.api)
    stranger, route = BrevoRoute("xkeysib-other", settings), BrevoRoute(provider.key, settings)
    payload = route.prepare(RICH, DATE)
    assert (await stranger.send(payload, META)).kind is C
    provider.senders = frozenset({"other@talent.example"})
    assert (await route.send(payload, META)).kind is C
    provider.senders = None
    local = await route.send(route.prepare(replace(RICH, to=Address("", "sam@intranet")), DATE), META)
    assert (local.kind, local.suppress) == (P, True)
    provider.credits = 0
    assert (await route.send(payload, META)).kind is C
    assert not provider.effects
    provider.credits = 1
    plain = replace(RICH, html="", to=Address("J" * 90, RICH.to.email))
    assert (await route.send(route.prepare(plain, DATE), META)).kind is A
    for each in (route, stranger):
        await each.aclose()


async def test_receipts_come_back_twice_in_batches_and_in_any_order(
    route: BrevoRoute, provider: SimulatedBrevo
) -> None:
    """Repeats have the same key, the highest rank tells the state, and each names our send and its id."""
    outcome = await route.send(route.prepare(RICH, DATE), META)
    kinds = (
        ReceiptKind.DELIVERED,
        ReceiptKind.COMPLAINED,
        ReceiptKind.QUEUED,
        ReceiptKind.DELIVERED,
        ReceiptKind.UNSUBSCRIBED,
    )
    heard: list[Receipt] = []
    for headers, body in provider.receipts(RICH.send_id, *kinds):
        verify(headers, body, HookSecrets(("old:one", provider.secret)), provider.at)
        heard += receipts(headers, body, provider.at)
    assert [receipt.kind for receipt in heard] == list(kinds)
    assert len({receipt.key for receipt in heard}) == len(kinds) - 1
    assert {receipt.send_id for receipt in heard} == {RICH.send_id}
    assert {receipt.provider_id for receipt in heard} == {outcome.provider_id}
    state = max((each for each in heard if each.kind in RANK), key=lambda each: RANK[each.kind])
    assert (state.kind, state.suppress) == (ReceiptKind.COMPLAINED, True)
    (whole,) = provider.receipts(RICH.send_id, *kinds, batched=True)
    assert list(receipts(*whole, provider.at)) == heard
    headers, body = provider.receipts(RICH.send_id, ReceiptKind.QUEUED, secret="other")[0]
    with pytest.raises(BadSignature):
        verify(headers, body, HookSecrets((provider.secret,)), provider.at)


async def test_an_answer_refers_to_the_id_of_the_send(route: BrevoRoute, provider: SimulatedBrevo) -> None:
    """The answer arrives with its words, at the address that carries our token."""
    outcome = await route.send(route.prepare(RICH, DATE), META)
    headers, body = provider.reply(RICH.send_id, "Tuesday works.")[0]
    verify(headers, body, HookSecrets((provider.secret,)), provider.at)
    assert receipts(headers, body, provider.at) == ()
    (mail,) = replies(headers, body)
    assert mail.recipients == ("reply+a2b3@reply.talent.example",)
    assert mail.in_reply_to == outcome.provider_id
    assert (mail.text, mail.sent_at) == ("Tuesday works.", provider.at)
    (other,) = replies(*provider.reply(RICH.send_id, "And another thing.")[0])
    assert other.key != mail.key


async def test_settings_choose_brevo() -> None:
    """Nothing half-configured sends, and no message repeats the key."""
    made = route_from({"kind": "brevo", "key": "xkeysib-1", "name": "second"})
    assert made.name == "second"
    await made.aclose()
    for wrong in (
        {},
        {"key": ""},
        {"key": "hush-hush\r\nX: y"},
        {"key": "hush-hush", "base_url": "http://mail.example"},
        {"key": "hush-hush", "region": "x"},
    ):
        with pytest.raises(UnsafeSettings) as refused:
            route_from({"kind": "brevo", **wrong})
        assert "hush-hush" not in str(refused.value)
