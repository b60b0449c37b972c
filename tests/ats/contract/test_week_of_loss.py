"""A week in which webhooks get lost ends like a week in which none is, because the poll asks."""

from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from app.ats.vendor import VENDORS
from app.connection_check import check_connection
from app.db import unit_of_work
from app.demo.people import Newcomer
from app.demo.push import Chaos
from app.intake.models import Connection
from app.metrics.figures import figures
from app.sla.models import Clock
from app.timeline.models import Application
from tests.ats.contract.house import MONDAY, STAGES, Account, House, connect, open_house

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CANDIDATES = 6
FROM_THE_ATS = {
    "acknowledge_application",
    "scheduling",
    "tell_rejection",
    "acknowledge_withdrawal",
    "check_in_before_start",
}
"""Policies whose clocks start with what the ATS says, not with what we have said."""


class Week:
    """The same acts on every account that plays them, at the same instants."""

    def __init__(self, accounts: list[Account]) -> None:
        self.accounts = accounts
        self.jobs: list[str] = []
        for account in accounts:
            mia = account.ats.add_user("Mia Berger", "mia.berger@ostwind.example", MONDAY)
            tom = account.ats.add_user("Tom Okoro", "tom.okoro@ostwind.example", MONDAY)
            self.jobs.append(account.ats.add_job("Welder", STAGES, MONDAY, recruiter=mia, manager=tom))

    def acts(self) -> Iterator[tuple[datetime, str, int]]:
        """When, what, and who; every candidate's way is another."""
        endings = ("reject", "withdraw", "hire", "")
        for nth in range(CANDIDATES):
            start = MONDAY + nth * 21 * HOUR + timedelta(minutes=7)
            yield start, "apply", nth
            yield start + 5 * HOUR, "move", nth
            if ending := endings[nth % len(endings)]:
                yield start + 29 * HOUR, ending, nth

    def act(self, at: datetime, what: str, nth: int) -> None:
        for account, job in zip(self.accounts, self.jobs, strict=True):
            if what == "apply":
                newcomer = Newcomer("Noémi", f"Lefèvre {nth}", f"noemi.{nth}@example.com")
                account.applications.append(account.ats.apply(newcomer, job, at))
            elif what == "move":
                account.ats.move(account.applications[nth], STAGES[1], at)
            else:
                getattr(account.ats, what)(account.applications[nth], at)

    async def play(self, house: House) -> None:
        """The week, with the second account's webhooks disabled all Wednesday."""
        lossy = self.accounts[1].ats.push
        for at, what, nth in sorted(self.acts()):
            await house.at(at, *self.accounts)
            lossy.quiet = MONDAY + 2 * DAY <= at < MONDAY + 3 * DAY
            self.act(at, what, nth)
            await house.at(at, *self.accounts)
        await house.at(MONDAY + 9 * DAY, *self.accounts)


async def _poll_every(house: House, account: Account, pause: timedelta) -> None:
    account.ats.push.url = f"{str(house.http.base_url).rstrip('/')}{account.path}"
    async with unit_of_work(house.services.sessions) as session:
        row = await session.get_one(Connection, account.connection)
        row.settings = {**row.settings, "poll": True, "poll_every_seconds": int(pause.total_seconds())}


async def _clocks(house: House, account: Account) -> dict[tuple[int, str], tuple[object, ...]]:
    """Each clock that the ATS started: whose, for what, since when, until when, and how it ended."""
    order = {external_id: nth for nth, external_id in enumerate(account.applications)}
    found: dict[tuple[int, str], tuple[object, ...]] = {}
    truths = {a.id: a.external_id for a in await _applications(house, account)}
    for clock in await house.rows(Clock, connection_id=account.connection):
        if clock.policy in FROM_THE_ATS:
            key = order[truths[clock.application_id]], clock.policy
            found[key] = clock.started_at, clock.due_at, clock.state
    return found


async def _applications(house: House, account: Account) -> list[Application]:
    return await house.rows(Application, connection_id=account.connection)


@pytest.mark.parametrize(
    "vendor",
    [
        # Two stand for all where time is short: one that tells, one whose webhooks only name.
        pytest.param(name, marks=() if name in ("greenhouse", "lever") else pytest.mark.complete)
        for name, vendor in sorted(VENDORS.items())
        if vendor.api is not None
    ],
)
async def test_a_week_of_lost_webhooks_ends_with_the_same_clocks(
    vendor: str, database_url: str, tmp_path: Path
) -> None:
    """One webhook in ten is lost, and a day of them: the clocks are the same, and an operator is told."""
    async with open_house(database_url, tmp_path) as house, AsyncExitStack() as stack:
        whole = await connect(house, vendor, stack)
        lossy = await connect(house, vendor, stack)
        lossy.ats.push.chaos = Chaos(seed=7, drop=0.1)
        for account in (whole, lossy):
            await _poll_every(house, account, 12 * HOUR)
        week = Week([whole, lossy])
        with capture_logs() as logs:
            await week.play(house)
        dropped = [webhook for webhook in lossy.ats.push.webhooks if webhook.dropped]
        assert len(dropped) >= 3
        assert await _clocks(house, lossy) == await _clocks(house, whole)
        assert len(await _clocks(house, whole)) >= 2 * CANDIDATES
        # The finding: a log line, a metric, and a line in `connections check`.
        told = {line["connection"] for line in logs if line["event"] == "poll.missed"}
        assert told == {lossy.connection}
        async with house.services.sessions() as session:
            found = [
                f for f in await figures(session, house.clock.now(), house.clock.now()) if "missed" in f.name
            ]
        counted = {labels["connection"]: value for f in found for _, labels, value in f.values if value}
        assert set(counted) == {lossy.connection}
        lines = [finding.what for finding in await check_connection(house.services, lossy.connection)]
        assert any("came by asking and not by webhook" in line for line in lines), lines
