"""The door of mail providers: proven, stored, and answered as each of them needs to hear it."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import Message

from app.db import make_engine, make_sessions
from app.delivery.hook_door import LARGE_AT_ONCE, HookDoor
from app.delivery.hook_fetch import Certificates
from app.delivery.hook_models import Hook
from app.demo.brevo_hooks import posted
from app.demo.ses import SimulatedSes
from app.errors import Unavailable
from app.mail.hooks import HookSecrets, ReceiptKind
from app.privacy.vault import Vault
from tests.delivery.receipts_house import (
    BREVO,
    Certified,
    Door,
    open_door,
    receipt,
    resend_receipt,
    sources,
)
from tests.flow.small import ADDRESS, MONDAY

DELIVERED = receipt("dlv_01somebodys", MONDAY, ReceiptKind.DELIVERED, ADDRESS)
_DELIVERY = {
    "RecordType": "Delivery",
    "MessageID": "5f0e7a10-0000-4000-8000-000000000001",
    "Metadata": {},
    "Recipient": "b@example.net",
    "DeliveredAt": "2026-11-02T09:00:05Z",
}
POSTMARK = (
    {"authorization": "Basic aG9vazpwYXNz", "content-type": "application/json"},
    json.dumps(_DELIVERY).encode(),
)


@pytest_asyncio.fixture
async def door(database_url: str, tmp_path: Path) -> AsyncIterator[Door]:
    """The service, with nothing in it."""
    async with open_door(database_url, tmp_path) as opened:
        yield opened


async def test_each_provider_hears_its_own_success_and_refusal(door: Door) -> None:
    """Stored once however often it is posted; without its proof it is refused as that provider bears."""
    genuine = {
        "twin": DELIVERED,
        "resend": resend_receipt("dlv_01somebodys", ReceiptKind.SENT, MONDAY),
        "postmark": POSTMARK,
    }
    for route, hook in genuine.items():
        answers = sources()[route].hooks.ANSWERS
        for _ in range(2):
            answer = await door.post(hook, f"/mail/{route}/receipts")
            assert (answer.status_code, answer.content) == (answers.success, b""), route
        forged = await door.post(({"content-type": "application/json"}, hook[1]), f"/mail/{route}/receipts")
        assert forged.status_code == answers.refused, route
        assert forged.json()["code"] == "bad-signature"
    assert sorted(row.route for row in await door.small.rows(Hook)) == sorted(genuine)
    await door.small.drain()
    assert {row.state for row in await door.small.rows(Hook)} == {"done"}


async def test_what_is_stored_holds_no_credentials_and_is_sealed(door: Door) -> None:
    """Neither the secret nor an address can be read from the table."""
    await door.post(DELIVERED)
    hook = await door.small.one(Hook)
    assert ADDRESS.encode() not in hook.body
    plain = door.small.services.vault.unseal(hook.body, hook.id)
    assert ADDRESS.encode() in plain
    assert BREVO.encode() not in plain


async def test_inbound_is_stored_for_those_who_read_replies(door: Door) -> None:
    """The same proof; another kind, which the drain of receipts leaves alone."""
    answer = await door.post(posted({"items": []}, BREVO), "/mail/twin/inbound")
    assert answer.status_code == 200
    await door.small.flow.receipts()
    hook = await door.small.one(Hook)
    assert (hook.kind, hook.state) == ("inbound", "pending")


async def test_what_no_documentation_shows_is_kept_for_a_person(door: Door) -> None:
    """Unreadable bytes and unknown events are answered with success, stored and counted; nothing acts."""
    await door.post(posted({"no": "event"}, BREVO))
    await door.post(posted({"event": "teleported", "message-id": "<x@y.example>"}, BREVO))
    await door.small.drain()
    states = sorted(row.state for row in await door.small.rows(Hook))
    assert states == ["done", "unreadable"]
    kept = [row.body for row in await door.small.rows(Hook, state="unreadable")]
    assert None not in kept


async def test_strangers_and_wrong_shapes_are_turned_away(door: Door) -> None:
    """No such route, no POST, too large: refused without a trace."""
    assert (await door.post(DELIVERED, "/mail/nobody/receipts")).status_code == 404
    assert (await door.client.get("/mail/twin/receipts")).status_code == 405
    large = {**DELIVERED[0], "content-length": "90000000"}
    assert (await door.post((large, b"x"))).status_code == 413
    assert await door.small.rows(Hook) == []


@pytest.mark.parametrize(("route", "status"), [("twin", 429), ("postmark", 503), ("resend", 503)])
async def test_each_is_asked_to_come_again_while_the_database_is_away(route: str, status: int) -> None:
    """Brevo discards for good after anything but 429."""
    engine = make_engine("postgresql://nobody@127.0.0.1:1/nothing")
    away = HookDoor(
        sources=sources(),
        sessions=make_sessions(engine),
        vault=Vault([bytes(32)]),
        machine_now=lambda: MONDAY,
        nudge=lambda: None,
    )
    hook = {"twin": DELIVERED, "postmark": POSTMARK}.get(route) or resend_receipt(
        "dlv_01x", ReceiptKind.SENT, MONDAY
    )
    transport = httpx.ASGITransport(Starlette(routes=[Mount("/", away)]))
    async with httpx.AsyncClient(transport=transport, base_url="http://heardback") as client:
        answer = await client.post(f"/mail/{route}/receipts", headers=dict(hook[0]), content=hook[1])
    await engine.dispose()
    assert answer.status_code == status
    assert answer.headers["retry-after"] == "30"


async def test_amazon_is_believed_by_its_certificate_and_asked_to_begin(door: Door) -> None:
    """The certificate is fetched once; only our own topic's confirmation is asked for, until it is had."""
    provider = SimulatedSes()
    known = sources()["ses"]
    certificates = Certified(provider.certificate)
    ours = HookSecrets(topics=(provider.topic,))
    source = type(known)("ses", known.hooks, ours)
    services = door.small.services
    door.app.state.hook_door = HookDoor(
        sources={"ses": source},
        sessions=services.sessions,
        vault=services.vault,
        machine_now=services.machine_now,
        nudge=lambda: None,
        certificates=certificates,
    )
    at, url = datetime(2026, 11, 2, 9, tzinfo=UTC), "https://sns.eu-central-1.amazonaws.com/?Action=Confirm"
    more = {"Type": "SubscriptionConfirmation", "SubscribeURL": url, "Token": "t"}
    begin = provider.notification("You have chosen to subscribe.", "confirm", at, **more)
    foreign = provider.notification("-", "foreign", at, **more, TopicArn="arn:aws:sns:eu-central-1:9:other")
    assert (await door.post(begin, "/mail/ses/receipts")).status_code == 200
    assert (await door.post(foreign, "/mail/ses/receipts")).status_code == 403
    assert len(certificates.asked) == 1
    assert (await door.small.one(Hook)).state == "confirming"

    from app.delivery.receive import Receiver  # noqa: PLC0415  # only here

    asked: list[str] = []

    async def fetch(where: str) -> bytes:
        asked.append(where)
        if len(asked) == 1:
            raise Unavailable
        return b"<ConfirmSubscriptionResponse/>"

    receiver = Receiver(services.sessions, services.vault, {"ses": source}, fetch)
    assert await receiver.confirm_due(door.small.instants()) == 1
    assert await receiver.confirm_due(door.small.instants()) == 0
    door.small.machine.advance(timedelta(minutes=2))
    assert await receiver.confirm_due(door.small.instants()) == 1
    assert asked == [url, url]
    assert (await door.small.one(Hook)).state == "done"


async def test_a_certificate_that_cannot_be_had_asks_amazon_to_come_again(door: Door) -> None:
    """Nothing is refused for good because of a fault on our side."""

    async def nothing(url: str) -> bytes:
        raise Unavailable

    provider = SimulatedSes()
    services = door.small.services
    door.app.state.hook_door = HookDoor(
        sources=sources(),
        sessions=services.sessions,
        vault=services.vault,
        machine_now=services.machine_now,
        nudge=lambda: None,
        certificates=Certificates(nothing),
    )
    hook = provider.notification("{}", "one", MONDAY)
    assert (await door.post(hook, "/mail/ses/receipts")).status_code == 503


async def test_a_flood_of_large_bodies_fills_no_memory_and_holds_up_no_small_one(door: Door) -> None:
    """Beyond a few, large ones are not read on before others are done; what is small passes by."""
    app, read = door.app.state.hook_door, Counter[int]()
    never = asyncio.Event()

    async def knock(number: int) -> None:
        async def receive() -> Message:
            read[number] += 1
            if read[number] > 2:
                await never.wait()
            return {"type": "http.request", "body": bytes(900_000), "more_body": True}

        async def send(_message: Message) -> None:
            """Nobody is there to hear it."""

        path = "/mail/twin/inbound"
        await app({"type": "http", "method": "POST", "path": path, "headers": []}, receive, send)

    flood = [asyncio.create_task(knock(number)) for number in range(3 * LARGE_AT_ONCE)]
    assert (await door.post(DELIVERED)).status_code == 200
    assert sorted(read.values()) == [2] * 2 * LARGE_AT_ONCE + [3] * LARGE_AT_ONCE
    for task in flood:
        task.cancel()
    await asyncio.gather(*flood, return_exceptions=True)
    large = posted({"items": [{"RawTextBody": "x" * 2_000_000}]}, BREVO)
    assert (await door.post(large, "/mail/twin/inbound")).status_code == 200
