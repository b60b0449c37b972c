"""Connecting an account: its webhooks are created where the vendor allows it, and its health is told."""

from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from app.connection_check import check_connection
from app.connection_setup import create_webhooks
from app.db import unit_of_work
from app.demo.faults import Fault, FaultKind
from app.intake import connections
from app.intake.config import ConnectionSecrets
from app.intake.models import Connection, Event, EventState
from tests.ats.contract.accounts import every_vendor, every_vendor_with_an_api
from tests.ats.contract.house import MONDAY, House, connect, open_house

BY_API = ("ashby", "lever", "smartrecruiters", "workable")
"""Vendors whose API creates webhooks."""


def _public(house: House) -> None:
    # The service is reached where its door really listens; a slash at the end of the address does no harm.
    house.services.settings = house.services.settings.model_copy(update={"public_url": f"{house.url}/"})


@pytest.mark.parametrize("vendor", BY_API)
async def test_webhooks_that_were_created_by_api_are_accepted(
    vendor: str, database_url: str, tmp_path: Path
) -> None:
    """Created once, with secrets that both ends know; creating again changes nothing."""
    async with open_house(database_url, tmp_path) as house, AsyncExitStack() as stack:
        account = await connect(house, vendor, stack)
        _public(house)
        said = await create_webhooks(house.services, account.connection)
        assert any("has created the webhooks" in line for line in said), said
        house.seconds[0] += 10
        account.begin()
        await house.at(MONDAY + timedelta(hours=2), account)
        events = await account.events()
        assert events
        assert not [event for event in events if event.state == EventState.DEAD]
        assert all(webhook.delivered for webhook in account.ats.push.webhooks)
        again = await create_webhooks(house.services, account.connection)
        assert any("has created the webhooks" in line for line in again), again


@every_vendor
async def test_whoever_must_click_is_told_what(vendor: str, database_url: str, tmp_path: Path) -> None:
    """Without credentials every vendor says, line by line, what to do, with the address to enter."""
    async with open_house(database_url, tmp_path) as house, AsyncExitStack() as stack:
        account = await connect(house, vendor, stack)
        async with unit_of_work(house.services.sessions) as session:
            row = await session.get_one(Connection, account.connection)
            bare = ConnectionSecrets(signing_secrets=["a-secret-16-long"])
            connections._seal(row, house.services.vault, bare)
        lines = await create_webhooks(house.services, account.connection)
        assert f"/webhooks/{account.connection}" in "\n".join(lines)


@every_vendor_with_an_api
async def test_a_healthy_connection_has_nothing_to_do(vendor: str, database_url: str, tmp_path: Path) -> None:
    """Credentials, clock and stages are fine; a refused credential is named with what to do."""
    async with open_house(database_url, tmp_path) as house, AsyncExitStack() as stack:
        account = await connect(house, vendor, stack, poll=True, poll_every_seconds=3600)
        _public(house)
        await create_webhooks(house.services, account.connection)
        house.seconds[0] += 10
        account.begin()
        await house.at(MONDAY + timedelta(hours=2), account)
        findings = await check_connection(house.services, account.connection)
        wrong = [finding.what for finding in findings if not finding.fine]
        assert not wrong, wrong
        account.ats.fault(Fault("/", FaultKind.UNAUTHORIZED, times=100))
        findings = await check_connection(house.services, account.connection)
        assert any(not finding.fine for finding in findings)


async def test_what_waits_for_an_answer_of_the_api_is_a_finding(database_url: str, tmp_path: Path) -> None:
    """Webhooks that only name something and cannot be asked about are counted, with the reason."""
    async with open_house(database_url, tmp_path) as house, AsyncExitStack() as stack:
        account = await connect(house, "lever", stack)
        _public(house)
        account.ats.fault(Fault("/", FaultKind.UNAUTHORIZED, times=100))
        account.begin()
        await house.at(MONDAY + timedelta(hours=1), account)
        assert {event.state for event in await house.rows(Event)} >= {EventState.ASKING}
        lines = [finding.what for finding in await check_connection(house.services, account.connection)]
        assert any("wait for an answer of Lever's API" in line for line in lines), lines
