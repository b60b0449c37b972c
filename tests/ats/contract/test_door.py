"""What every vendor's door promises, whatever its signatures and its bodies look like."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest

from app.ats.vendor import VENDORS
from app.db import unit_of_work
from app.demo.push import Webhook
from app.intake import connections
from app.metrics.figures import figures
from app.timeline.models import Application
from tests.ats.contract.accounts import ACCOUNTS, FRESH, STRANGE, every_vendor
from tests.ats.contract.house import MONDAY, Account, House, Sent, connect

HOUR = timedelta(hours=1)


def test_every_vendor_has_its_row() -> None:
    """Who adds a vendor adds its simulator here, and gets this suite."""
    assert set(VENDORS) <= set(ACCOUNTS)


def garbled(account: Account, body: bytes) -> Sent | None:
    """These bytes, signed as the vendor would; None where its signature is a part of a readable body."""
    webhook = Webhook(f"garbled-{len(body)}-{body[:1].hex()}", "nobody.knows", body, MONDAY, MONDAY)
    try:
        headers, sealed = account.sealed(webhook)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None  # the simulator has to read it in order to sign it
    return (headers, sealed) if sealed == body else None


@every_vendor
async def test_what_was_signed_is_stored_and_answered_as_the_vendor_wants_it(
    account: Account, vendor: str
) -> None:
    """Every webhook of a candidate's way in: the vendor's own status, an event, and its id as the answer."""
    account.begin()
    before = {event.id for event in await account.events()}
    for webhook in account.said():
        answer = await account.post(*account.sealed(webhook))
        assert answer.status_code == VENDORS[vendor].SUCCESS_STATUS
        assert answer.headers["x-correlation-id"] in {event.id for event in await account.events()} - before


@every_vendor
async def test_a_stranger_is_refused_and_leaves_nothing(account: Account) -> None:
    """Another secret, or no signature at all."""
    account.begin()
    before = len(await account.events())
    for webhook in account.said():
        headers, body = account.sealed(webhook, STRANGE)
        assert (await account.post(headers, body)).status_code == 401
        right, _ = account.sealed(webhook)
        if right != headers:
            bare = {name: value for name, value in headers.items() if right[name] == value}
            assert (await account.post(bare, body)).status_code == 401
    assert len(await account.events()) == before


@every_vendor
async def test_a_repeated_delivery_is_one_event(account: Account) -> None:
    """The same attempt twice, and another attempt of the same event: one event, and success each time."""
    account.begin()
    for webhook in account.said():
        before = len(await account.events())
        attempt = account.sealed(webhook)
        answers = [await account.post(*attempt) for _ in range(2)]
        answers.append(await account.post(*account.sealed(webhook)))
        assert len({answer.headers["x-correlation-id"] for answer in answers}) == 1
        assert {answer.status_code for answer in answers} == {VENDORS[account.ats.NAME].SUCCESS_STATUS}
        assert len(await account.events()) == before + 1


@every_vendor
async def test_the_order_of_arrival_changes_nothing(house: House, vendor: str) -> None:
    """Two connections to one account, one told forwards and one backwards, know the same."""
    async with AsyncExitStack() as stack:
        first = await connect(house, vendor, stack)
        second = await connect(house, vendor, stack, first.ats)
        application = first.begin()
        told = first.said()
        for account, order in ((first, told), (second, told[::-1])):
            for webhook in order:
                await account.post(*first.sealed(webhook))
                await house.understand()
        known, backwards = await first.truths(), await second.truths()
    assert known == backwards
    stage = known[application].stage
    assert stage is not None
    assert stage.stage_name == "Onsite Interview"


@every_vendor
async def test_who_is_deleted_there_is_deleted_here(house: House, account: Account) -> None:
    """The application is closed; nothing more is owed."""
    application = account.begin()
    account.ats.delete(application, MONDAY + HOUR)
    for webhook in account.said():
        await account.post(*account.sealed(webhook))
    await house.understand()
    [row] = await house.rows(Application, connection_id=account.connection, external_id=application)
    assert row.status == "deleted"


@every_vendor
async def test_an_event_that_nobody_knows_is_stored_and_ignored_with_a_reason(
    house: House, account: Account
) -> None:
    """A vendor may invent events: nothing breaks, and the figures say so."""
    ignored = await counted(house, "ignored")
    answer = await account.post(*account.ats.delivery("nobody.knows", MONDAY))
    assert answer.status_code == VENDORS[account.ats.NAME].SUCCESS_STATUS
    await house.drain()
    [event] = [one for one in await account.events() if one.id == answer.headers["x-correlation-id"]]
    assert event.state == "ignored"
    assert event.reason
    assert await counted(house, "ignored") == ignored + 1


@every_vendor
async def test_a_body_of_nothing_is_400(account: Account) -> None:
    """With the headers of a good delivery; nothing is stored."""
    before = len(await account.events())
    headers, _ = account.ats.delivery("nobody.knows", MONDAY)
    answer = await account.post(headers, b"")
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed-body")
    assert len(await account.events()) == before


@every_vendor
@pytest.mark.parametrize(
    "body",
    [
        '{"é": 1}'.encode("latin-1"),
        '{"a": 1}'.encode("utf-16"),
        b"\xff\xfe\x00",
        b"[" * 200_000,
        b'{"a":' * 50_000,
    ],
    ids=["latin-1", "utf-16", "no text", "nested lists", "nested objects"],
)
async def test_what_cannot_be_read_is_set_aside_and_holds_up_nothing(
    house: House, account: Account, body: bytes
) -> None:
    """Signed, it is stored and shown to a person; where it cannot be signed, it is refused."""
    before = len(await account.events())
    sent = garbled(account, body)
    headers = sent[0] if sent else account.ats.delivery("nobody.knows", MONDAY)[0]
    answer = await account.post(headers, body)
    await house.drain()
    if answer.status_code == 401:
        assert sent is None
        assert len(await account.events()) == before
        return
    assert answer.status_code == VENDORS[account.ats.NAME].SUCCESS_STATUS
    [event] = [one for one in await account.events() if one.id == answer.headers["x-correlation-id"]]
    assert event.state in ("dead", "ignored")
    assert event.reason


@every_vendor
async def test_ten_megabytes_are_too_many(house: House, account: Account) -> None:
    """Refused by its announced length, before it is read; nothing is stored."""
    before = len(await account.events())
    headers, _ = account.ats.delivery("nobody.knows", MONDAY)
    lines = [f"POST {account.path} HTTP/1.1", "host: door", f"content-length: {10 * 1024 * 1024}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    url = house.http.base_url
    reader, writer = await asyncio.open_connection(url.host, url.port)
    writer.write("\r\n".join([*lines, "", "{"]).encode())
    said = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    assert said.startswith(b"HTTP/1.1 413 ")
    assert len(await account.events()) == before


@every_vendor
async def test_secrets_are_changed_without_losing_a_webhook(house: House, vendor: str) -> None:
    """The new one counts at once, the old one until it is retired, and never after."""
    async with AsyncExitStack() as stack:
        account = await connect(house, vendor, stack)

        async def knock(secret: str) -> int:
            return (await account.post(*account.ats.delivery("nobody.knows", MONDAY, secret))).status_code

        good, services = VENDORS[vendor].SUCCESS_STATUS, house.services
        assert [await knock(account.ats.push.secret), await knock(FRESH)] == [good, 401]
        async with unit_of_work(services.sessions) as session:
            await connections.rotate_secret(session, services.vault, account.connection, FRESH)
        house.seconds[0] += 1.5
        assert [await knock(FRESH), await knock(account.ats.push.secret)] == [good, good]
        async with unit_of_work(services.sessions) as session:
            await connections.retire_old_secret(session, services.vault, account.connection)
        house.seconds[0] += 6
        assert [await knock(account.ats.push.secret), await knock(FRESH)] == [401, good]


@every_vendor
async def test_what_a_vendor_sends_to_try_an_address_out_is_answered_and_does_nothing(
    house: House, account: Account, vendor: str
) -> None:
    """An activation, a test button, a ping: else the vendor would switch the webhook off."""
    before = len(await account.events())
    for headers, body, told in ACCOUNTS[vendor].tests:
        answer = await account.post(dict(headers), body)
        assert answer.status_code == 200
        assert told.items() <= dict(answer.headers).items()
    assert len(await account.events()) == before
    for ping in ACCOUNTS[vendor].pings:
        answer = await account.post(*account.ats.delivery(ping, MONDAY))
        assert answer.status_code == VENDORS[vendor].SUCCESS_STATUS
        await house.drain()
        [event] = [one for one in await account.events() if one.id == answer.headers["x-correlation-id"]]
        assert event.state == "ignored"


async def counted(house: House, state: str) -> float:
    """How many events are in that state, as the metrics tell."""
    async with house.services.sessions() as session:
        found = {one.name: one for one in await figures(session, MONDAY, MONDAY)}
    return sum(value for _, labels, value in found["heardback_events"].values if labels["state"] == state)
