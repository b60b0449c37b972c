"""From a vendor's webhook to the candidate's mail and a note back: once, whatever goes wrong."""

import re
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app.ats.http import Target
from app.ats.vendor import VENDORS
from app.delivery.models import Delivery
from app.demo.faults import Fault, FaultKind
from app.followups.models import FollowUp
from app.sla.models import Clock
from app.timeline.models import Application
from tests.ats.contract.house import MONDAY, Account, House, connect, open_house

HOUR = timedelta(hours=1)
NOBODY = "4711471147"


@asynccontextmanager
async def opened(database_url: str, folder: Path) -> AsyncIterator[tuple[House, list[Account]]]:
    """A house with one account of every vendor that has an API; some must be polled for names."""
    async with open_house(database_url, folder) as house, AsyncExitStack() as stack:
        vendors = [name for name, vendor in sorted(VENDORS.items()) if vendor.api is not None]
        # One message is followed here; that of the move would be a second one.
        settings = {"poll": True, "poll_every_seconds": 7200, "delivery": {"moved_on": "off"}}
        yield house, [await connect(house, name, stack, None, **settings) for name in vendors]


def notes_fault(account: Account, kind: FaultKind, times: int = 1) -> Fault:
    """The next requests that write a note go wrong."""
    api = VENDORS[account.ats.NAME].api
    assert api is not None
    target = Target(candidate=NOBODY, application=NOBODY, user=NOBODY)
    request = api.note_request(target, "x", account.ats.settings["base_url"])
    return Fault(urlsplit(request.url).path.partition(NOBODY)[0], kind, times, request.method)


def letters(folder: Path) -> Counter[str]:
    """How many mails went to whom."""
    told = [path.read_text(encoding="utf-8") for path in (folder / "mail").glob("*.eml")]
    found = (re.search(r"^To:.*?([\w.]+@[\w.]+)", text, re.MULTILINE) for text in told)
    return Counter(one[1] for one in found if one)


async def story(house: House, account: Account, folder: Path) -> Mapping[str, object]:
    """How often the acknowledgement was said, where, and with how many notes in the vendor."""
    mine = await house.rows(FollowUp, connection_id=account.connection, kind="application_received")
    ids = {one.id for one in mine}
    deliveries = [one for one in await house.rows(Delivery) if one.follow_up_id in ids]
    markers = Counter(re.findall(r"\[heardback:\w+\]", " ".join(account.ats.notes)))
    return {
        "follow-ups": [one.state for one in mine],
        "deliveries": sorted((one.channel, one.state) for one in deliveries),
        "mails": letters(folder)[f"noemi.{account.ats.NAME}.0@example.com"],
        "notes": [markers[f"[heardback:{one.id}]"] for one in deliveries if one.channel == "note"],
        "any note twice": max(markers.values(), default=0) > 1,
    }


TOLD_ONCE = {
    "follow-ups": ["sent"],
    "deliveries": [("mail", "sent"), ("note", "sent")],
    "mails": 1,
    "notes": [1],
    "any note twice": False,
}


async def test_a_move_is_answered_by_mail_and_by_a_note_in_every_vendor(
    database_url: str, tmp_path: Path
) -> None:
    """The candidate hears within minutes of applying, the move starts a clock, the vendor shows one note."""
    async with opened(database_url, tmp_path) as (house, accounts):
        for account in accounts:
            account.begin()
        await house.at(MONDAY + 1.5 * HOUR, *accounts)
        told = {account.ats.NAME: await story(house, account, tmp_path) for account in accounts}
        assert told == {account.ats.NAME: TOLD_ONCE for account in accounts}
        for account in accounts:
            [application] = account.applications
            [row] = await house.rows(Application, connection_id=account.connection, external_id=application)
            clocks = await house.rows(Clock, application_id=row.id)
            states = {clock.policy: clock.state for clock in clocks}
            assert states["acknowledge_application"] == "met", account.ats.NAME
            assert states["scheduling"] == "running", account.ats.NAME


@pytest.mark.parametrize("kind", [kind for kind in FaultKind if kind != FaultKind.UNAUTHORIZED])
async def test_whatever_goes_wrong_while_the_note_is_written_it_is_there_once(
    database_url: str, tmp_path: Path, kind: FaultKind
) -> None:
    """Refused, unanswered, or accepted and then unanswered: one note in every vendor, one mail."""
    async with opened(database_url, tmp_path) as (house, accounts):
        faults = {}
        for account in accounts:
            account.begin()
            faults[account.ats.NAME] = notes_fault(account, kind)
            account.ats.fault(faults[account.ats.NAME])
        await house.at(MONDAY + 1.5 * HOUR, *accounts)
        told = {account.ats.NAME: await story(house, account, tmp_path) for account in accounts}
        assert told == {account.ats.NAME: TOLD_ONCE for account in accounts}
        assert {name: fault.times for name, fault in faults.items()} == dict.fromkeys(faults, 0)
