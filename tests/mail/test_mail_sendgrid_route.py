"""SendGrid over real HTTP: each fault told truly, what is found is confirmed, and nothing is sent twice."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio

from app.delivery.routes import HttpTimeouts, RouteMeta, SendGridRoute, route_from
from app.demo.faulty_http import Answer, Fault
from app.demo.sendgrid import SimulatedSendGrid
from app.errors import BadSignature, UnsafeSettings
from app.mail.hooks import RANK, HookSecrets, Receipt, ReceiptKind
from app.mail.outbound import Address, Attachment, Outcome, OutcomeKind
from app.mail.sendgrid import SendGridSettings
from app.mail.sendgrid_hooks import receipts, replies, verify
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
    (Fault.TRICKLE, U, 1),
    (Fault.TOO_MANY, N, 0),
]
"""Without a half answer: there is no body that could break off."""


@pytest_asyncio.fixture
async def provider() -> AsyncIterator[SimulatedSendGrid]:
    async with SimulatedSendGrid() as server:
        yield server


@pytest_asyncio.fixture
async def route(provider: SimulatedSendGrid) -> AsyncIterator[SendGridRoute]:
    settings = SendGridSettings(address=provider.url)
    made = SendGridRoute(provider.key, settings, timeouts=HttpTimeouts(connect=0.3, total=0.3))
    yield made
    await made.aclose()


def is_free_of_people(outcome: Outcome) -> bool:
    return "@" not in outcome.detail and "Jörg" not in outcome.detail


async def test_a_rich_message_arrives_as_it_was_stored(
    route: SendGridRoute, provider: SimulatedSendGrid
) -> None:
    """The key is added at the edge and nowhere in the stored bytes."""
    file = Attachment("visit.ics", "text/calendar; method=REQUEST", b"BEGIN\r\n")
    payload = route.prepare(replace(RICH, attachments=(file,)), DATE)
    outcome = await route.send(payload, META)
    assert (outcome.kind, outcome.provider_id) == (A, provider.messages[0]["id"])
    assert provider.requests[0].body == payload.partition(b"\r\n\r\n")[2]
    assert provider.key.encode() not in payload
    assert provider.effects == {RICH.send_id: 1}


@pytest.mark.parametrize(("fault", "kind", "effects"), FAULTS)
async def test_fault_by_fault_the_logs_only_confirm(
    *, route: SendGridRoute, provider: SimulatedSendGrid, fault: Fault, kind: OutcomeKind, effects: int
) -> None:
    """What the logs show was accepted; what they do not show stays unknown, however old it is."""
    provider.fail(fault)
    outcome = await route.send(route.prepare(RICH, DATE), META)
    assert outcome.kind is kind
    assert is_free_of_people(outcome)
    settled = await route.settle(RICH.send_id, age=OLD)
    assert settled is not None
    assert settled.kind is (A if effects else U)
    if effects:
        assert settled.provider_id == provider.messages[0]["id"]
    assert is_free_of_people(settled)
    assert provider.effects[RICH.send_id] == effects


async def test_what_cannot_be_found_or_confirmed_stays_unknown(
    route: SendGridRoute, provider: SimulatedSendGrid
) -> None:
    """Logs that lag, fail or hang, and details that fail or belong to another message, settle nothing."""
    await route.send(route.prepare(RICH, DATE), META)
    for where, trouble in (
        ("POST", Fault.PROXY_PAGE),
        ("POST", Fault.HANG_BEFORE_ACCEPTING),
        ("POST", Answer(403, {"errors": []})),
        ("GET", Fault.PROXY_PAGE),
        ("GET", Fault.HANG_BEFORE_ACCEPTING),
        ("GET", Fault.TOO_MANY),
        ("GET", Answer(200, {"custom_args": {"hb_send": "del_other"}})),
    ):
        provider.fail(trouble, method=where)
        settled = await route.settle(RICH.send_id, age=OLD)
        assert settled is not None
        assert settled.kind is U
        assert is_free_of_people(settled)
    provider.logs_know = False
    lagging = await route.settle(RICH.send_id, age=OLD)
    assert lagging is not None
    assert lagging.kind is U
    assert route.longest == timedelta(seconds=0.3)


async def test_refusals_are_told_as_what_they_are(provider: SimulatedSendGrid) -> None:
    """Key, sender and recipient each give their own outcome, and burn nothing."""
    settings = SendGridSettings(address=provider.url)
    stranger, route = SendGridRoute("SG.other", settings), SendGridRoute(provider.key, settings)
    payload = route.prepare(RICH, DATE)
    assert (await stranger.send(payload, META)).kind is C
    provider.senders = frozenset({"other@talent.example"})
    assert (await route.send(payload, META)).kind is C
    provider.senders = None
    local = await route.send(route.prepare(replace(RICH, to=Address("", "sam@intranet")), DATE), META)
    assert (local.kind, local.suppress) == (P, True)
    foreign = SendGridRoute(provider.key).prepare(RICH, DATE)
    assert (await route.send(foreign, META)).kind is C
    assert not provider.effects
    for each in (route, stranger):
        await each.aclose()


async def test_receipts_come_back_twice_late_and_in_any_order(
    route: SendGridRoute, provider: SimulatedSendGrid
) -> None:
    """Repeats have the same key, the highest rank tells the state, and each names our send and its id."""
    outcome = await route.send(route.prepare(RICH, DATE), META)
    kinds = (
        ReceiptKind.DELIVERED,
        ReceiptKind.BOUNCED_HARD,
        ReceiptKind.QUEUED,
        ReceiptKind.DELIVERED,
        ReceiptKind.OPENED,
    )
    hooks = provider.receipts(RICH.send_id, *kinds)
    provider.at += timedelta(hours=24)
    known = HookSecrets(public_keys=(provider.public_key,))
    heard: list[Receipt] = []
    for headers, body in hooks:
        verify(headers, body, known, provider.at)
        heard += receipts(headers, body, provider.at)
    assert [receipt.kind for receipt in heard] == list(kinds)
    assert len({receipt.key for receipt in heard}) == len(kinds) - 1
    assert {receipt.send_id for receipt in heard} == {RICH.send_id}
    assert {receipt.provider_id for receipt in heard} == {outcome.provider_id}
    state = max((each for each in heard if each.kind in RANK), key=lambda each: RANK[each.kind])
    assert (state.kind, state.suppress) == (ReceiptKind.BOUNCED_HARD, True)
    (whole,) = provider.receipts(RICH.send_id, *kinds, batched=True)
    verify(*whole, known, provider.at)
    assert list(receipts(*whole, provider.at)) == heard
    headers, body = whole
    with pytest.raises(BadSignature):
        verify(headers, body.replace(b"delivered", b"processed"), known, provider.at)


async def test_an_answer_refers_to_our_message(route: SendGridRoute, provider: SimulatedSendGrid) -> None:
    """The answer arrives with its words, at the address that carries our token."""
    await route.send(route.prepare(RICH, DATE), META)
    headers, body = provider.reply(RICH.send_id, "Dienstag, schöne Grüße", charset="iso-8859-1")[0]
    verify(headers, body, HookSecrets(public_keys=(provider.public_key,)), provider.at)
    assert receipts(headers, body, provider.at) == ()
    (mail,) = replies(headers, body)
    assert mail.recipients == ("reply+a2b3@reply.talent.example",)
    assert mail.in_reply_to == RICH.message_id.strip("<>")
    assert (mail.text, mail.sent_at) == ("Dienstag, schöne Grüße", provider.at)
    (other,) = replies(*provider.reply(RICH.send_id, "And another thing.")[0])
    assert other.key != mail.key


async def test_settings_choose_sendgrid() -> None:
    """Nothing half-configured sends, and no message repeats the key."""
    made = route_from({"kind": "sendgrid", "key": "SG.1", "region": "eu", "name": "second"})
    assert made.name == "second"
    await made.aclose()
    for wrong in (
        {},
        {"key": ""},
        {"key": "hush-hush\r\nX: y"},
        {"key": "hush-hush", "address": "http://mail.example"},
        {"key": "hush-hush", "region": "mars"},
        {"key": "hush-hush", "domain": "x"},
    ):
        with pytest.raises(UnsafeSettings) as refused:
            route_from({"kind": "sendgrid", **wrong})
        assert "hush-hush" not in str(refused.value)
