"""Nobody hears twice: each kind of message to a candidate is sent, only noted, or not said, as it is set."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from app.calls import Limits
from app.db import unit_of_work
from app.delivery.models import Delivery
from app.demo.people import Newcomer
from app.followups.catalogue import KINDS, Recipient
from app.followups.models import FollowUp
from tests.ats.contract.house import MONDAY, Account, connect, open_house
from tests.delivery.accounts import job_of, settings

TOLD = tuple(kind.key for kind in KINDS.values() if kind.recipient == Recipient.CANDIDATE)


@asynccontextmanager
async def _ready(database_url: str, folder: Path) -> AsyncIterator[Account]:
    """One message of each kind is ready and due, each to a candidate of its own."""
    async with open_house(database_url, folder) as house, AsyncExitStack() as stack:
        # Nothing hangs here, so a loaded machine has its time.
        house.flow.vendors.limits = Limits()
        account = await connect(house, "greenhouse", stack)
        job = job_of(account)
        for nth, _ in enumerate(TOLD):
            account.ats.apply(Newcomer("Noémi", "Lefèvre", f"noemi.{nth}@example.com"), job, MONDAY)
        await account.ats.deliver_due(MONDAY)
        await house.drain()
        house.clock.at = MONDAY + timedelta(minutes=20)
        await house.flow.messages()
        rows = await house.rows(FollowUp, state="ready")
        async with unit_of_work(house.services.sessions) as session:
            for row, kind in zip(rows, TOLD, strict=True):
                # The words do not matter here; what may become of them does.
                statement = text("UPDATE follow_up SET kind = :kind WHERE id = :id")
                await session.execute(statement, {"kind": kind, "id": row.id})
        yield account


async def _leaves(
    account: Account, *, queued_before: dict[str, str] | None = None
) -> Counter[tuple[str, str]]:
    """By channel and state, what became of them; settings may change after they were queued."""
    if queued_before is not None:
        await account.house.flow.releases()
        await settings(account, delivery=queued_before)
    for _ in range(100):
        await account.house.drain()
        if not await _under_way(account):
            break
        # An answer that came too late is asked for again, later each time.
        account.house.clock.advance(timedelta(seconds=31))
    await account.house.drain()
    found = await account.house.rows(Delivery)
    return Counter((one.channel, one.state) for one in found)


async def _under_way(account: Account) -> bool:
    """Whether anything is still to leave, or to be asked about."""
    ready = [
        row
        for state in ("ready", "queued", "sending")
        for row in await account.house.rows(FollowUp, state=state)
    ]
    return bool(ready) or any(one.act_at is not None for one in await account.house.rows(Delivery))


def _mails(folder: Path) -> int:
    return len(list((folder / "mail").glob("*.eml")))


async def test_every_kind_is_sent_and_noted_unless_set_otherwise(database_url: str, tmp_path: Path) -> None:
    """One mail and one note each; so the tests below mean something."""
    async with _ready(database_url, tmp_path) as account:
        assert await _leaves(account) == {("mail", "sent"): len(TOLD), ("note", "sent"): len(TOLD)}
        assert (_mails(tmp_path), len(account.ats.notes)) == (len(TOLD), len(TOLD))


@pytest.mark.parametrize("queued", [False, True])
async def test_a_kind_that_is_off_is_never_said(database_url: str, tmp_path: Path, *, queued: bool) -> None:
    """Neither by mail nor in the ATS, whichever kind it is, also when it was queued already."""
    async with _ready(database_url, tmp_path) as account:
        off = dict.fromkeys(TOLD, "off")
        if not queued:
            await settings(account, delivery=off)
        became = await _leaves(account, queued_before=off if queued else None)
        assert became == ({("mail", "cancelled"): len(TOLD)} if queued else {})
        assert (_mails(tmp_path), list(account.ats.notes)) == (0, [])
        rows = await account.house.rows(FollowUp)
        assert Counter((row.state, row.cause) for row in rows) == {
            ("cancelled", "the connection's settings say not to say this"): len(TOLD)
        }


@pytest.mark.parametrize("queued", [False, True])
async def test_a_kind_that_is_only_noted_stays_in_the_ats(
    database_url: str, tmp_path: Path, *, queued: bool
) -> None:
    """The suggested words stand in one note each, and no mail leaves, also when one was queued already."""
    async with _ready(database_url, tmp_path) as account:
        noted = dict.fromkeys(TOLD, "note_only")
        if not queued:
            await settings(account, delivery=noted)
        became = await _leaves(account, queued_before=noted if queued else None)
        assert became[("note", "sent")] == len(TOLD)
        assert became[("mail", "sent")] == 0
        assert (_mails(tmp_path), len(account.ats.notes)) == (0, len(TOLD))
        assert all("not sent by Heardback" in note for note in account.ats.notes)
