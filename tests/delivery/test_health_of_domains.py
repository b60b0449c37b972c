"""Suppression over API and files, and the breaker of a sending domain."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import text

from app.access import keys
from app.db import unit_of_work
from app.delivery import health
from app.delivery.by_hand import suppress
from app.delivery.health import Rates, why_pause
from app.delivery.models import Delivery, Suppression
from app.delivery.suppression_file import MOST, read_file
from app.errors import Unprocessable
from app.timeline.models import Person
from tests.delivery.receipts_house import Door, open_door
from tests.flow.small import ADDRESS, MONDAY, Small, webhook

DUE = MONDAY + timedelta(minutes=11)


@pytest_asyncio.fixture
async def door(database_url: str, tmp_path: Path) -> AsyncIterator[Door]:
    """An application was made; its acknowledgement is planned."""
    async with open_door(database_url, tmp_path) as opened:
        await opened.small.hear(webhook("new_candidate_application", MONDAY))
        await opened.small.drain()
        yield opened


async def _caller(small: Small) -> dict[str, str]:
    async with unit_of_work(small.services.sessions) as session:
        wanted = [keys.Scope.ADMIN, keys.Scope.ACT, keys.Scope.READ, keys.Scope.METRICS]
        _, shown = await keys.create(session, name="test", scopes=wanted, now=small.machine.now())
    return {"Authorization": f"Bearer {shown}"}


def _to_candidate(small: Small) -> list[bytes]:
    return [body for _, body in small.route.sent if ADDRESS.encode() in body]


@pytest.mark.parametrize(
    ("rates", "paused"),
    [
        (Rates(199, 50, 50), False),
        (Rates(200, 0, 7), False),
        (Rates(200, 0, 8), True),
        (Rates(1_001, 1, 0), False),
        (Rates(1_000, 1, 0), True),
        (Rates(0, 0, 0), False),
    ],
)
def test_the_breaker_opens_at_its_thresholds_and_never_below_its_floor(rates: Rates, *, paused: bool) -> None:
    """A thousandth of complaints or four hundredths of hard bounces, of at least 200 mails."""
    assert (why_pause(rates) is not None) is paused


async def test_a_paused_domain_keeps_candidates_mail_back_until_a_person_looks(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Too many bounces: the mail waits on operations with the reason; resumed, it leaves once."""
    small, caller = door.small, await _caller(door.small)
    async with unit_of_work(small.services.sessions) as session:
        monkeypatch.setattr(health, "FLOOR", 0)
        monkeypatch.setattr(health, "MOST_BOUNCES", 0.0)
        await health.check_domains(session, {"heardback.example", "ostwind.example"}, MONDAY)
    await small.at(DUE)
    mail = await small.one(Delivery, channel="mail", recipient="candidate:9501")
    assert (mail.state, mail.waiting_on) == ("queued", "operations")
    assert "its sending domain is paused: 0 hard bounces" in mail.cause
    assert _to_candidate(small) == []
    shown = (await door.client.get("/v1/sending-domains", headers=caller)).json()
    assert mail.sender_domain in {one["domain"] for one in shown if one["paused_at"]}
    figures = (await door.client.get("/metrics", headers=caller)).text
    assert f'heardback_sending_domain_paused{{domain="{mail.sender_domain}"}} 1.0' in figures
    where = f"/v1/sending-domains/{mail.sender_domain}/resume"
    assert (await door.client.post(where, headers=caller)).status_code == 204
    assert (await door.client.post(where, headers=caller)).status_code == 409
    await small.at(DUE + timedelta(minutes=20))
    assert len(_to_candidate(small)) == 1


async def test_rates_are_counted_from_the_rows_of_the_window(door: Door) -> None:
    """Only what left within seven days, and only since a person forgave."""
    small = door.small
    await small.at(DUE)
    mail = await small.one(Delivery, channel="mail", recipient="candidate:9501")
    await small.execute("UPDATE delivery SET receipt = 'bounced_hard' WHERE id = :id", id=mail.id)
    async with unit_of_work(small.services.sessions) as session:
        of = mail.sender_domain
        assert (await health.rates_of(session, of, DUE)).bounces == 1
        assert (await health.rates_of(session, of, DUE + timedelta(days=8))).sent == 0
        assert (await health.rates_of(session, of, DUE, since=DUE + timedelta(hours=1))).sent == 0


async def test_mails_without_a_receipt_are_counted_after_an_hour(door: Door) -> None:
    """Never is an answer as well: a webhook that was switched off is seen in a figure."""
    small = door.small
    await small.at(DUE)
    async with unit_of_work(small.services.sessions) as session:
        soon = await health.without_receipt(session, ["twin"], DUE + timedelta(minutes=30))
        later = await health.without_receipt(session, ["twin"], DUE + timedelta(hours=2))
    assert (soon["twin"], later["twin"] >= 1) == (0, True)


async def test_a_file_is_read_in_and_written_out_by_hash(door: Door) -> None:
    """Addresses go in and never come out; what came out can go in again; the next mail is not sent."""
    small, caller = door.small, await _caller(door.small)
    file = f"address,reason\r\n{ADDRESS.upper()},asked us\r\nnot an address,x\r\n{ADDRESS},again\r\n"
    given = {**caller, "content-type": "text/csv"}
    answer = await door.client.post("/v1/suppressions/import", headers=given, content=file)
    assert answer.json() == {"added": 1, "known": 0, "refused_lines": [3]}, answer.text
    out = await door.client.get("/v1/suppressions/export", headers=caller)
    assert ADDRESS not in out.text.lower()
    assert "asked us" in out.text
    again = await door.client.post("/v1/suppressions/import", headers=given, content=out.text)
    assert again.json() == {"added": 0, "known": 1, "refused_lines": []}
    await small.at(DUE)
    assert _to_candidate(small) == []


async def test_a_file_of_the_greatest_length_is_read(door: Door) -> None:
    """As many lines as are allowed are stored in one go."""
    caller = await _caller(door.small)
    file = "id\n" + "".join(f"{number:064x}\n" for number in range(MOST))
    answer = await door.client.post("/v1/suppressions/import", headers=caller, content=file)
    assert answer.json() == {"added": MOST, "known": 0, "refused_lines": []}


async def test_two_who_suppress_one_address_at_once_are_both_heard(door: Door) -> None:
    """The second waits for the first and finds its reason; nobody is told of a fault of ours."""
    sessions, vault = door.small.services.sessions, door.small.services.vault

    async def second() -> str:
        async with unit_of_work(sessions) as session:
            row = await suppress(session, vault, ADDRESS, reason="second", source="test", now=MONDAY)
            return row.reason

    waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    async with unit_of_work(sessions) as session, asyncio.timeout(10):
        await suppress(session, vault, ADDRESS, reason="first", source="test", now=MONDAY)
        task = asyncio.create_task(second())
        while not await session.scalar(waits):
            pass
    assert await task == "first"


async def test_an_address_can_be_looked_for_without_being_stored(door: Door) -> None:
    """A check leaves no row and no word."""
    caller = await _caller(door.small)
    for known in (False, True):
        body = {"address": ADDRESS}
        answer = await door.client.post("/v1/suppressions/check", headers=caller, json=body)
        assert answer.json()["suppressed"] is known, answer.text
        assert len(await door.small.rows(Suppression)) == int(known)
        given = {"address": ADDRESS, "reason": "asked us"}
        await door.client.post("/v1/suppressions", headers=caller, json=given)


async def test_a_person_can_be_suppressed_and_let_in_again(door: Door) -> None:
    """Under any address, by our id; unknown ids are refused."""
    small, caller = door.small, await _caller(door.small)
    person = await small.one(Person, role="candidate")
    wish = {"person_id": person.id, "reason": "asked us to stop"}
    assert (await door.client.post("/v1/suppressions/people", headers=caller, json=wish)).status_code == 201
    listed = (await door.client.get("/v1/suppressions/people", headers=caller)).json()["items"]
    assert [one["person_id"] for one in listed] == [person.id]
    await small.at(DUE)
    assert _to_candidate(small) == []
    where = f"/v1/suppressions/people/{person.id}"
    statuses = [(await door.client.delete(where, headers=caller)).status_code for _ in range(2)]
    assert statuses == [204, 404]
    stranger = {"person_id": "per_nobody", "reason": "x"}
    assert (
        await door.client.post("/v1/suppressions/people", headers=caller, json=stranger)
    ).status_code == 404


@pytest.mark.parametrize("given", ["", "name\nx\n", 'address\n"a'])
def test_a_file_of_another_shape_is_refused_or_holds_nothing(given: str) -> None:
    """Never a crash, never half a file."""
    with contextlib.suppress(Unprocessable):
        assert read_file(given, str.encode).rows == []


def test_a_reason_never_carries_an_address() -> None:
    """Whoever may look at the list must not learn who is on it."""
    (row,) = read_file("email,reason\na@example.org,told by a@example.org\n", str.encode).rows
    assert row == (b"a@example.org", "imported")
