"""What only Resend does over real HTTP: keys in use, and answers that are fetched in a second step."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest_asyncio

from app.delivery.route_resend import ResendRoute
from app.demo.resend import SimulatedResend
from app.mail.hooks import HookSecrets, ReceiptKind
from app.mail.resend import ResendSettings
from app.mail.resend_hooks import fetched, receipts, replies, verify
from tests.mail.letters import DATE, RICH
from tests.mail.providers import META, STEADY, A, U


@pytest_asyncio.fixture
async def provider() -> AsyncIterator[SimulatedResend]:
    async with SimulatedResend() as server:
        yield server


@pytest_asyncio.fixture
async def route(provider: SimulatedResend) -> AsyncIterator[ResendRoute]:
    made = ResendRoute(provider.key, ResendSettings(provider.url), timeouts=STEADY)
    yield made
    await made.aclose()


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
