"""Mailgun over real HTTP: each fault told truly, settled by its log, and nothing is sent twice."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio

from app.delivery.route_mailgun import LOG_KEPT, LOG_LAG
from app.delivery.routes import HttpTimeouts, MailgunRoute, RouteMeta, route_from
from app.demo.faulty_http import Answer, Fault
from app.demo.mailgun import SimulatedMailgun
from app.errors import BadSignature, UnsafeSettings
from app.mail.hooks import RANK, HookSecrets, Receipt, ReceiptKind
from app.mail.mailgun import MailgunSettings
from app.mail.mailgun_hooks import receipts, replies, token, verify
from app.mail.outbound import Address, Attachment, Outcome, OutcomeKind
from tests.mail.letters import DATE, RICH

META = RouteMeta(RICH.send_id, RICH.sender.email, RICH.to.email)
DOMAIN = "mg.talent.example"
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
async def provider() -> AsyncIterator[SimulatedMailgun]:
    async with SimulatedMailgun(domain=DOMAIN) as server:
        yield server


@pytest_asyncio.fixture
async def route(provider: SimulatedMailgun) -> AsyncIterator[MailgunRoute]:
    settings = MailgunSettings(DOMAIN, address=provider.url)
    made = MailgunRoute(provider.key, settings, timeouts=HttpTimeouts(connect=0.3, total=0.3))
    yield made
    await made.aclose()


def is_free_of_people(outcome: Outcome) -> bool:
    return "@" not in outcome.detail and "Jörg" not in outcome.detail


async def test_a_rich_message_arrives_as_it_was_stored(
    route: MailgunRoute, provider: SimulatedMailgun
) -> None:
    """The key is added at the edge and nowhere in the stored bytes; the wire has our Message-ID."""
    file = Attachment("visit.ics", "text/calendar; method=REQUEST", b"BEGIN\r\n")
    payload = route.prepare(replace(RICH, attachments=(file,)), DATE)
    outcome = await route.send(payload, META)
    assert (outcome.kind, outcome.provider_id) == (A, RICH.message_id.strip("<>"))
    assert provider.requests[0].body == payload.partition(b"\r\n\r\n")[2]
    assert provider.key.encode() not in payload
    assert provider.effects == {RICH.send_id: 1}
    assert provider.messages[0]["files"] == 1
    assert provider.messages[0]["form"]["text"] == RICH.text


@pytest.mark.parametrize(("fault", "kind", "effects"), FAULTS)
async def test_fault_by_fault_the_log_settles(
    *, route: MailgunRoute, provider: SimulatedMailgun, fault: Fault, kind: OutcomeKind, effects: int
) -> None:
    """What the log shows was accepted; absence proves something only while the log is sure to be whole."""
    provider.fail(fault)
    payload = route.prepare(RICH, DATE)
    outcome = await route.send(payload, META)
    assert outcome.kind is kind
    assert is_free_of_people(outcome)
    minute = timedelta(minutes=1)
    assert timedelta(minutes=30) < LOG_LAG < LOG_KEPT < timedelta(days=1)
    for age, absent in (
        (None, U),
        (LOG_LAG - minute, U),
        (LOG_LAG, N),
        (LOG_KEPT - minute, N),
        (LOG_KEPT, U),
    ):
        settled = await route.settle(RICH.send_id, age=age)
        assert settled is not None
        assert settled.kind is (A if effects else absent)
        assert is_free_of_people(settled)
    assert provider.effects[RICH.send_id] == effects
    if not effects:
        assert (await route.send(payload, META)).kind is A
    assert provider.effects == {RICH.send_id: 1}


async def test_a_log_that_fails_settles_nothing(route: MailgunRoute, provider: SimulatedMailgun) -> None:
    """Trouble with the question says nothing about the message."""
    await route.send(route.prepare(RICH, DATE), META)
    provider.log_knows = False
    for trouble in (
        Fault.HANG_BEFORE_ACCEPTING,
        Fault.PROXY_PAGE,
        Fault.TOO_MANY,
        Answer(200, b"Mailgun Magnificent API"),
        Answer(404, {"message": "Domain not found"}),
    ):
        provider.fail(trouble, method="GET")
        settled = await route.settle(RICH.send_id, age=LOG_LAG)
        assert settled is not None
        assert settled.kind is U


async def test_refusals_are_told_as_what_they_are(provider: SimulatedMailgun) -> None:
    """Key, domain, address, account and recipient each give their own outcome, and burn nothing."""
    settings = MailgunSettings(DOMAIN, address=provider.url)
    route = MailgunRoute(provider.key, settings)
    stranger = MailgunRoute("key-other", settings)
    elsewhere = MailgunRoute(provider.key, MailgunSettings("mg.other.example", address=provider.url))
    lost = MailgunRoute(provider.key, MailgunSettings(DOMAIN, address=f"{provider.url}/api"))
    for each in (stranger, elsewhere, lost):
        assert (await each.send(each.prepare(RICH, DATE), META)).kind is C
        await each.aclose()
    local = await route.send(route.prepare(replace(RICH, to=Address("", "sam@intranet")), DATE), META)
    assert (local.kind, local.suppress) == (P, True)
    sender = replace(RICH, sender=Address("", "talent@intranet"))
    assert (await route.send(route.prepare(sender, DATE), META)).kind is C
    provider.sandbox = True
    assert (await route.send(route.prepare(RICH, DATE), META)).kind is C
    assert not provider.effects
    await route.aclose()


async def test_receipts_come_back_twice_late_and_in_any_order(
    route: MailgunRoute, provider: SimulatedMailgun
) -> None:
    """Repeats have the same key though each is signed anew, and the highest rank tells the state."""
    outcome = await route.send(route.prepare(RICH, DATE), META)
    kinds = (
        ReceiptKind.DELIVERED,
        ReceiptKind.BOUNCED_HARD,
        ReceiptKind.QUEUED,
        ReceiptKind.DELIVERED,
        ReceiptKind.FAILED,
        ReceiptKind.OPENED,
    )
    hooks = provider.receipts(RICH.send_id, *kinds)
    provider.at += timedelta(hours=8)
    heard: list[Receipt] = []
    for headers, body in hooks:
        verify(headers, body, HookSecrets(("old", provider.signing_key)), provider.at)
        heard += receipts(headers, body, provider.at)
    assert [receipt.kind for receipt in heard] == list(kinds)
    assert len({receipt.key for receipt in heard}) == len(kinds) - 1
    assert len({token(*hook) for hook in hooks}) == len(kinds)
    assert {receipt.send_id for receipt in heard} == {RICH.send_id}
    assert {receipt.provider_id for receipt in heard} == {outcome.provider_id}
    state = max((each for each in heard if each.kind in RANK), key=lambda each: RANK[each.kind])
    assert (state.kind, state.suppress) == (ReceiptKind.BOUNCED_HARD, True)
    with pytest.raises(BadSignature):
        verify(*hooks[0], HookSecrets(("other",)), provider.at)


async def test_an_answer_refers_to_our_message(route: MailgunRoute, provider: SimulatedMailgun) -> None:
    """The answer arrives with its words, at the address that carries our token."""
    await route.send(route.prepare(RICH, DATE), META)
    headers, body = provider.reply(RICH.send_id, "Dienstag passt.")[0]
    verify(headers, body, HookSecrets((provider.signing_key,)), provider.at)
    assert receipts(headers, body, provider.at) == ()
    (mail,) = replies(headers, body)
    assert mail.recipients == ("reply+a2b3@reply.talent.example",)
    assert mail.in_reply_to == RICH.message_id.strip("<>")
    assert (mail.stripped, mail.sent_at) == ("Dienstag passt.", provider.at)
    (other,) = replies(*provider.reply(RICH.send_id, "And another thing.")[0])
    assert other.key != mail.key


async def test_settings_choose_mailgun() -> None:
    """Nothing half-configured sends, and no message repeats the key."""
    made = route_from({"kind": "mailgun", "key": "key-1", "domain": DOMAIN, "region": "eu", "name": "second"})
    assert made.name == "second"
    await made.aclose()
    for wrong in (
        {},
        {"key": "hush-hush"},
        {"key": "", "domain": DOMAIN},
        {"key": "hush-hush\r\nX: y", "domain": DOMAIN},
        {"key": "hush-hush", "domain": DOMAIN, "address": "http://mail.example"},
        {"key": "hush-hush", "domain": DOMAIN, "region": "mars"},
        {"key": "hush-hush", "domain": "a/b"},
    ):
        with pytest.raises(UnsafeSettings) as refused:
            route_from({"kind": "mailgun", **wrong})
        assert "hush-hush" not in str(refused.value)
