"""Resend over real HTTP: each fault told truly, settled by the same request, never more than one effect."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio

from app.delivery.routes import HttpTimeouts, ResendRoute, RouteMeta, route_from
from app.demo.faulty_http import Answer, Fault
from app.demo.resend import SimulatedResend
from app.errors import BadSignature, UnsafeSettings
from app.mail.hooks import RANK, HookSecrets, Receipt, ReceiptKind
from app.mail.outbound import Address, Outcome, OutcomeKind
from app.mail.resend import REPEAT_WITHIN, ResendSettings
from app.mail.resend_hooks import fetched, receipts, replies, verify
from tests.mail.letters import DATE, RICH

META = RouteMeta(RICH.send_id, RICH.sender.email, RICH.to.email)
A, N, P, C, U = (
    OutcomeKind.ACCEPTED,
    OutcomeKind.NOT_SENT,
    OutcomeKind.PERMANENT,
    OutcomeKind.CONFIGURATION,
    OutcomeKind.AMBIGUOUS,
)


@pytest_asyncio.fixture
async def provider() -> AsyncIterator[SimulatedResend]:
    async with SimulatedResend() as server:
        yield server


@pytest_asyncio.fixture
async def route(provider: SimulatedResend) -> AsyncIterator[ResendRoute]:
    made = ResendRoute(
        provider.key, ResendSettings(provider.url), timeouts=HttpTimeouts(connect=0.3, total=0.3)
    )
    yield made
    await made.aclose()


def is_free_of_people(outcome: Outcome) -> bool:
    return "@" not in outcome.detail and "Jörg" not in outcome.detail


async def test_a_rich_message_arrives_as_it_was_stored(route: ResendRoute, provider: SimulatedResend) -> None:
    """The key is added at the edge and nowhere in the stored bytes; no question can be asked afterwards."""
    payload = route.prepare(RICH, DATE)
    outcome = await route.send(payload, META)
    assert (outcome.kind, outcome.provider_id) == (A, provider.messages[0]["id"])
    assert provider.requests[0].body == payload.partition(b"\r\n\r\n")[2]
    assert provider.requests[0].headers["user-agent"]
    assert provider.key.encode() not in payload
    assert provider.effects == {RICH.send_id: 1}
    assert await route.settle(RICH.send_id, age=timedelta(days=1)) is None


@pytest.mark.parametrize(
    ("fault", "kind", "effects"),
    [
        (Fault.CLOSE_BEFORE_READING, U, 0),
        (Fault.HANG_BEFORE_ACCEPTING, U, 0),
        (Fault.PROXY_PAGE, U, 0),
        (Fault.CLOSE_AFTER_ACCEPTING, U, 1),
        (Fault.HANG_AFTER_ACCEPTING, U, 1),
        (Fault.ERROR_AFTER_ACCEPTING, U, 1),
        (Fault.HALF_AN_ANSWER, U, 1),
        (Fault.TRICKLE, U, 1),
        (Fault.TOO_MANY, N, 0),
    ],
)
async def test_fault_by_fault(
    *, route: ResendRoute, provider: SimulatedResend, fault: Fault, kind: OutcomeKind, effects: int
) -> None:
    """Unknown is said where it is unknown; the same bytes once more settle it, and one message exists."""
    provider.fail(fault)
    payload = route.prepare(RICH, DATE)
    outcome = await route.send(payload, META)
    assert outcome.kind is kind
    assert provider.effects[RICH.send_id] == effects
    assert is_free_of_people(outcome)
    provider.at += REPEAT_WITHIN
    again = await route.send(payload, META)
    assert (again.kind, again.provider_id) == (A, provider.messages[0]["id"])
    assert provider.effects == {RICH.send_id: 1}


async def test_after_a_day_a_repeat_is_a_second_message(
    route: ResendRoute, provider: SimulatedResend
) -> None:
    """What the bound protects from: the simulator forgets keys as Resend does."""
    payload = route.prepare(RICH, DATE)
    await route.send(payload, META)
    provider.at += timedelta(hours=24)
    await route.send(payload, META)
    assert provider.effects == {RICH.send_id: 2}


async def test_a_key_in_use_is_unknown_and_a_used_one_is_accepted(
    route: ResendRoute, provider: SimulatedResend
) -> None:
    """While the first request is in progress nobody knows; other words under a used key mean it was taken."""
    payload = route.prepare(RICH, DATE)
    provider.busy.add(f"heardback/{RICH.send_id}")
    assert (await route.send(payload, META)).kind is U
    provider.busy.clear()
    assert (await route.send(payload, META)).kind is A
    other = await route.send(route.prepare(replace(RICH, subject="Other words"), DATE), META)
    assert other.kind is A
    assert provider.effects == {RICH.send_id: 1}


async def test_refusals_are_told_as_what_they_are(provider: SimulatedResend) -> None:
    """Key, domain, recipient and quota each give their own outcome, and burn nothing."""
    settings = ResendSettings(provider.url)
    stranger, route = ResendRoute("re_other", settings), ResendRoute(provider.key, settings)
    payload = route.prepare(RICH, DATE)
    assert (await stranger.send(payload, META)).kind is C
    provider.verified = frozenset({"other.example"})
    assert (await route.send(payload, META)).kind is C
    provider.verified = None
    local = await route.send(route.prepare(replace(RICH, to=Address("", "sam@intranet")), DATE), META)
    assert (local.kind, local.suppress) == (P, True)
    provider.quota = 0
    spent = await route.send(payload, META)
    assert (spent.kind, spent.retry_after) == (N, timedelta(hours=1))
    provider.fail(Answer(403, b"error code: 1010", (("Content-Type", "text/plain"),)))
    assert (await route.send(payload, META)).kind is C
    assert not provider.effects
    for each in (route, stranger):
        await each.aclose()


async def test_receipts_come_back_signed_twice_late_and_in_any_order(
    route: ResendRoute, provider: SimulatedResend
) -> None:
    """Repeats have the same key, the highest rank tells the state, and each names our send."""
    await route.send(route.prepare(RICH, DATE), META)
    kinds = (
        ReceiptKind.BOUNCED_HARD,
        ReceiptKind.DELIVERED,
        ReceiptKind.SENT,
        ReceiptKind.DELIVERED,
        ReceiptKind.OPENED,
    )
    late = timedelta(hours=5)
    hooks = provider.receipts(RICH.send_id, *kinds, late=late)
    heard: list[Receipt] = []
    for headers, body in hooks:
        verify(headers, body, HookSecrets((provider.secret,)), provider.at + late)
        with pytest.raises(BadSignature):
            verify(headers, body, HookSecrets((provider.secret,)), provider.at)
        heard += receipts(headers, body, provider.at + late)
    assert [receipt.kind for receipt in heard] == list(kinds)
    assert len({receipt.key for receipt in heard}) == len(kinds) - 1
    assert {receipt.send_id for receipt in heard} == {RICH.send_id}
    assert {receipt.provider_id for receipt in heard} == {provider.messages[0]["id"]}
    state = max((each for each in heard if each.kind in RANK), key=lambda each: RANK[each.kind])
    assert (state.kind, state.suppress) == (ReceiptKind.BOUNCED_HARD, True)
    headers, body = provider.receipts(RICH.send_id, ReceiptKind.SENT, secret="whsec_b3RoZXI=")[0]
    with pytest.raises(BadSignature):
        verify(headers, body, HookSecrets((provider.secret,)), provider.at)


async def test_an_answer_names_what_was_really_on_the_wire(
    route: ResendRoute, provider: SimulatedResend
) -> None:
    """Resend replaces our Message-ID; the answer refers to theirs, which the receipt has told."""
    await route.send(route.prepare(RICH, DATE), META)
    (sent,) = receipts(*provider.receipts(RICH.send_id, ReceiptKind.SENT)[0], provider.at)
    headers, body = provider.reply(RICH.send_id, "Tuesday works.\n\n> Guten Tag")[0]
    verify(headers, body, HookSecrets((provider.secret,)), provider.at)
    (mail,) = replies(headers, body)
    assert receipts(headers, body, provider.at) == ()
    assert mail.fetch is not None
    path = mail.fetch.url.removeprefix("https://api.resend.com")
    answer = await route._client.get(provider.url + path, headers={"authorization": f"Bearer {provider.key}"})
    whole = fetched(mail, answer.status_code, answer.content)
    assert whole.in_reply_to == sent.wire_id != RICH.message_id.strip("<>")
    assert whole.recipients == ("reply+a2b3@reply.talent.example",)
    assert whole.text.startswith("Tuesday works.")


async def test_settings_choose_resend() -> None:
    """Nothing half-configured sends, and no message repeats the key."""
    made = route_from({"kind": "resend", "key": "re_1", "name": "second"})
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
            route_from({"kind": "resend", **wrong})
        assert "hush-hush" not in str(refused.value)
