"""What is left in the ATS beside notes: written once each, whatever the ATS does meanwhile."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.ats.vendor import VENDORS
from app.db import unit_of_work
from app.delivery.models import Attempt, Delivery
from app.delivery.ways import INFORMED
from app.delivery.writes import write_from
from app.demo.faults import Fault, FaultKind
from app.demo.people import Newcomer
from app.followups.models import FollowUp
from app.intake import connections
from app.intake.config import ConnectionSecrets
from app.privacy.vault import open_as_person
from app.silence import silence
from app.sla.models import Clock
from app.timeline.models import FactRow, Person
from app.timeline.people import key_of
from tests.ats.contract.house import MONDAY, Account, House, connect, open_house
from tests.delivery.accounts import job_of, settings

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Way:
    """One thing that one vendor takes, the request that writes it, and how often it stands there."""

    vendor: str
    kind: str
    channel: str
    method: str
    path: str
    count: Callable[[Any], int]


def _tagged(candidates: Any) -> int:
    tags = [tag for one in candidates for tag in one["tags"]]
    return sum(INFORMED in (tag, isinstance(tag, dict) and tag.get("title")) for tag in tags)


WAYS = (
    Way(
        "ashby",
        "email",
        "email_log",
        "POST",
        "/candidate.addEmailMessage",
        lambda ats: len(ats.world.rows["emails"]),
    ),
    Way(
        "ashby",
        "tag",
        "tag",
        "POST",
        "/candidate.addTag",
        lambda ats: _tagged(ats.world.rows["candidates"].values()),
    ),
    Way("teamtailor", "task", "task", "POST", "/v1/todos", lambda ats: len(ats.world.rows["todos"])),
    Way("recruitee", "task", "task", "POST", "/", lambda ats: len(ats.world.rows["tasks"])),
    Way("workable", "tag", "tag", "PUT", "/", lambda ats: _tagged(ats.world.candidates.values())),
)
FAULTS = (
    FaultKind.ACCEPT_THEN_HANG,
    FaultKind.ACCEPT_THEN_ERROR,
    FaultKind.ACCEPT_THEN_CLOSE,
    FaultKind.TOO_MANY,
    FaultKind.CLOSE,
)


@asynccontextmanager
async def opened(database_url: str, folder: Path, *vendors: str) -> AsyncIterator[Mapping[str, Account]]:
    """A house with an account of each of these vendors."""
    async with open_house(database_url, folder) as house, AsyncExitStack() as stack:
        accounts = {name: await connect(house, name, stack) for name in vendors}
        if "workable" in accounts:
            # Hours pass in seconds here: its window of ten real seconds would hold them up.
            accounts["workable"].ats.api.limit = 1_000_000  # type: ignore[attr-defined]
        yield accounts


def _as_set(way: Way) -> dict[str, Any]:
    return {
        "write_back": [way.kind],
        "delivery": {"application_received": "note_only"} if way.kind == "task" else {},
        "poll": way.vendor == "workable",  # whose webhooks name no recruiter
    }


async def _deliveries(account: Account, **values: str) -> list[Delivery]:
    return await account.house.rows(Delivery, connection_id=account.connection, **values)


async def _after(account: Account, hours: float) -> None:
    await account.house.at(MONDAY + hours * HOUR, account)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: f"{way.vendor}-{way.kind}")
async def test_it_is_written_once_whatever_happens(database_url: str, tmp_path: Path, way: Way) -> None:
    """The ATS takes it and then hangs, fails or closes; or is busy, or closes first: it is there once.

    Each fault has a candidate of its own, all at the same account and at the same time.
    """
    async with opened(database_url, tmp_path, way.vendor) as accounts:
        account = accounts[way.vendor]
        await settings(account, **_as_set(way))
        job = job_of(account)
        faults = [Fault(way.path, kind, method=way.method) for kind in FAULTS]
        for nth, fault in enumerate(faults):
            account.ats.fault(fault)
            account.ats.apply(Newcomer("Noémi", "Lefèvre", f"noemi.{nth}@example.com"), job, MONDAY)
        await _after(account, 1)
        assert [fault.times for fault in faults] == [0] * len(faults)
        assert way.count(account.ats) == len(faults)
        written = await _deliveries(account, channel=way.channel)
        assert [one.state for one in written if one.attempt] == ["sent"] * len(FAULTS)
        assert len({one.follow_up_id for one in written}) == len(written)
        assert not account.ats.notes


async def test_a_logged_mail_holds_what_was_sent_and_takes_the_place_of_the_note(
    database_url: str, tmp_path: Path
) -> None:
    """Recruiters read the very words, with sender, addressee and Message-ID; the tag comes beside it."""
    async with opened(database_url, tmp_path, "ashby") as accounts:
        account = accounts["ashby"]
        await settings(account, write_back=["note", "email", "tag"])
        account.begin()
        await _after(account, 0.5)
        (mail,) = await _deliveries(account, channel="mail")
        (logged,) = account.ats.world.rows["emails"].values()  # type: ignore[attr-defined]
        assert {one.channel for one in await _deliveries(account)} == {"mail", "email_log", "tag"}
        assert logged["messageIdHeader"] == mail.wire_id
        assert logged["to"] == "noemi.ashby.0@example.com"
        assert "Welder" in logged["subject"]
        assert "Noémi" in logged["body"]
        assert not account.ats.notes


async def test_what_is_only_noted_becomes_a_task_with_the_words_and_the_deadline(
    database_url: str, tmp_path: Path
) -> None:
    """The task is the recruiter's, due when the clock is; with it the clock is met, and no mail leaves."""
    async with opened(database_url, tmp_path, "recruitee") as accounts:
        account = accounts["recruitee"]
        await settings(account, write_back=["note", "task"], default_delivery="note_only")
        account.begin()
        await _after(account, 0.5)
        (task,) = account.ats.world.rows["tasks"].values()  # type: ignore[attr-defined]
        house = account.house
        (clock,) = await house.rows(Clock, policy="acknowledge_application")
        (follow_up,) = await house.rows(FollowUp, kind="application_received")
        assert "application received" in task["title"]
        assert "Noémi" in task["description"]
        assert "Noémi" not in task["title"]
        assert task["due_date"][:16] == f"{clock.due_at:%Y-%m-%dT%H:%M}"
        assert f"member:{task['admin_id']}" == follow_up.waiting_on
        assert (follow_up.state, clock.state) == ("sent", "met")
        assert not list((tmp_path / "mail").glob("*.eml"))
        assert not account.ats.notes


async def test_the_exact_write_is_stored_sealed_before_the_attempt(database_url: str, tmp_path: Path) -> None:
    """What left can be read again with the candidate's key, and with nothing else."""
    async with opened(database_url, tmp_path, "ashby") as accounts:
        account = accounts["ashby"]
        await settings(account, write_back=["email"])
        account.begin()
        await _after(account, 0.5)
        (delivery,) = await _deliveries(account, channel="email_log")
        (attempt,) = await account.house.rows(Attempt, delivery_id=delivery.id)
        assert b"noemi" not in attempt.payload
        (person,) = await account.house.rows(Person, role="candidate")
        key = key_of(account.house.services.vault, person)
        assert key is not None
        write = write_from(open_as_person(key, attempt.payload, f"{delivery.id}/1"))
        (logged,) = account.ats.world.rows["emails"].values()  # type: ignore[attr-defined]
        assert (write.send_id, write.title) == (delivery.id, logged["subject"])


async def test_asking_writes_nothing(database_url: str, tmp_path: Path) -> None:
    """What did not arrive is found out first; only then another attempt, stored before it, writes it."""
    async with opened(database_url, tmp_path, "recruitee") as accounts:
        account, house = accounts["recruitee"], accounts["recruitee"].house
        await settings(account, write_back=["tag"])
        account.ats.fault(Fault("/", FaultKind.CLOSE, method="POST"))
        account.begin()
        house.clock.at = MONDAY + timedelta(minutes=20)
        await account.ats.deliver_due(house.clock.at)
        await house.drain()
        house.clock.advance(timedelta(seconds=31))
        assert await house.flow.questions() == 1
        (delivery,) = await _deliveries(account, channel="tag")
        assert (delivery.state, delivery.attempt) == ("queued", 1)
        assert _tagged(account.ats.world.rows["candidates"].values()) == 0  # type: ignore[attr-defined]
        await _after(account, 1)
        (delivery,) = await _deliveries(account, channel="tag")
        assert (delivery.state, delivery.attempt) == ("sent", 2)
        assert _tagged(account.ats.world.rows["candidates"].values()) == 1  # type: ignore[attr-defined]


async def test_after_erasure_nobody_can_say_and_nothing_is_written_again(
    database_url: str, tmp_path: Path
) -> None:
    """The words went with the key: an unknown write stays unknown, on operations."""
    async with opened(database_url, tmp_path, "recruitee") as accounts:
        account = accounts["recruitee"]
        await settings(account, write_back=["tag"])
        account.ats.fault(Fault("/", FaultKind.ACCEPT_THEN_HANG, method="POST"))
        account.begin()
        house = account.house
        house.clock.at = MONDAY + timedelta(minutes=20)
        await account.ats.deliver_due(house.clock.at)
        await house.drain()
        (delivery,) = await _deliveries(account, channel="tag")
        assert delivery.state == "unknown"
        async with unit_of_work(house.services.sessions) as session:
            (person,) = await house.rows(Person, role="candidate")
            (await session.get_one(Person, person.id)).key = None
        await _after(account, 3)
        (delivery,) = await _deliveries(account, channel="tag")
        assert (delivery.state, delivery.waiting_on, delivery.attempt) == ("unknown", "operations", 1)


@pytest.mark.parametrize("vendor", ["generic", "greenhouse"])
async def test_where_nothing_can_be_written_nothing_is_tried(
    database_url: str, tmp_path: Path, vendor: str
) -> None:
    """No API, or no credentials: the mail leaves, and no note waits for ever."""
    async with opened(database_url, tmp_path, vendor) as accounts:
        account = accounts[vendor]
        if VENDORS[vendor].api is not None:
            await _forget_credentials(account)
        account.begin()
        await _after(account, 1)
        assert {(one.channel, one.state) for one in await _deliveries(account)} == {("mail", "sent")}


async def _forget_credentials(account: Account) -> None:
    services = account.house.services
    async with unit_of_work(services.sessions) as session:
        row = await connections.get(session, account.connection, lock=True)
        known = connections.secrets_of(row, services.vault)
        bare = ConnectionSecrets(signing_secrets=known.signing_secrets)
        connections._seal(row, services.vault, bare)


async def test_what_may_only_be_noted_where_nothing_can_be_written_waits_and_shows(
    database_url: str, tmp_path: Path
) -> None:
    """The credentials went after it was set: no mail leaves, operations see it; with new ones it is noted."""
    async with opened(database_url, tmp_path, "greenhouse") as accounts:
        account = accounts["greenhouse"]
        await settings(account, default_delivery="note_only", delivery={"moved_on": "off"})
        known = await _secrets(account)
        account.begin()
        await account.ats.deliver_due(MONDAY)
        await account.house.drain()
        await _forget_credentials(account)
        await _after(account, 1)
        house = account.house
        (row,) = await house.rows(FollowUp, kind="application_received")
        assert (row.state, row.cause) == ("ready", "it may only be noted, and this ATS cannot be written to")
        assert await _silent(house) == 1
        assert not await _deliveries(account)
        async with unit_of_work(house.services.sessions) as session:
            await connections.set_credentials(session, house.services.vault, account.connection, known)
        await _after(account, 2)
        (row,) = await house.rows(FollowUp, kind="application_received")
        assert (row.state, row.cause, len(account.ats.notes)) == ("sent", None, 1)
        assert await house.rows(FactRow, kind="said")


async def _silent(house: House) -> int:
    async with house.services.sessions() as session:
        return (await silence(session, house.clock.now())).follow_ups


async def _secrets(account: Account) -> dict[str, str]:
    services = account.house.services
    async with services.sessions() as session:
        row = await connections.get(session, account.connection)
        known = connections.secrets_of(row, services.vault)
        return {"client_id": known.client_id or "", "client_secret": known.client_secret or ""}
