"""The send matrix through the tables and the drains: every provider, faults, and a worker that dies.

One database a provider; each case is one candidate's mail. Whoever dies leaves its rows as they were, and
another worker takes over after the lease.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.delivery.models import Delivery
from app.delivery.parcel import Packer
from app.delivery.route import Route, RouteMeta
from app.delivery.routing import Routes
from app.delivery.send import Post
from app.delivery.settle import INQUIRIES
from app.mail.outbound import Envelope, Outcome
from bench.send_matrix import CRASHES, FAULTS, PAGE, Stage, stage
from tests.flow.small import MONDAY, Small, Vanished, open_small, webhook

DUE = MONDAY + timedelta(minutes=11)
LEASE_OVER = timedelta(seconds=31)
MOMENTS = (*(sum(INQUIRIES[:nth]) for nth in range(len(INQUIRIES) + 1)), 24 * 60)
"""Minutes after the lease: when a doubt is asked about, and the next morning."""

_ALL = (("", "none"), ("", "before"), ("", "during"), ("", "after"))
_HTTP = (
    *_ALL,
    ("close_before_reading", "none"),
    ("close_after_accepting", "none"),
    ("error_after_accepting", "none"),
    ("error_after_accepting", "after"),
    ("hang_before_accepting", "during"),
    ("hang_after_accepting", "during"),
    ("too_many", "none"),
    ("too_many", "after"),
)
CASES = {
    **dict.fromkeys(FAULTS, _HTTP),
    "folder": _ALL,
    "smtp": (
        *_ALL,
        ("drop at data", "none"),
        ("drop at after_dot", "none"),
        ("drop at after_dot", "after"),
        ("hang at rcpt", "during"),
        ("hang at after_dot", "during"),
        ("451 at after_dot", "none"),
        ("451 at after_dot", "after"),
    ),
}
"""Fault and crash; what hangs is cut off by the crash, so that no timeout is waited for."""


@dataclass
class Mortal:
    """A route whose worker dies before it is called, or when it has answered."""

    inner: Route
    crash: str = ""
    called: int = 0

    @property
    def name(self) -> str:
        return self.inner.name

    @property
    def longest(self) -> timedelta:
        return self.inner.longest

    @property
    def repeat_within(self) -> timedelta | None:
        return self.inner.repeat_within

    @property
    def keeps_message_id(self) -> bool:
        return self.inner.keeps_message_id

    def prepare(self, envelope: Envelope, date: datetime) -> bytes:
        return self.inner.prepare(envelope, date)

    async def send(self, payload: bytes, meta: RouteMeta) -> Outcome:
        self.called += 1
        if self.crash == "before":
            raise Vanished
        outcome = await self.inner.send(payload, meta)
        if self.crash == "after":
            raise Vanished
        return outcome

    async def settle(self, send_id: str, *, age: timedelta | None = None) -> Outcome | None:
        return await self.inner.settle(send_id, age=age)

    async def aclose(self) -> None:
        """The stage closes what is inside."""


@dataclass
class Play:
    """One provider and the service's rows."""

    small: Small
    on: Stage
    route: Mortal

    async def queue(self, number: int) -> list[Delivery]:
        """So many mails to candidates, ready to leave, none of them due yet."""
        small = self.small
        bodies = [
            webhook("new_candidate_application", MONDAY, application=one, address=f"c{one}@mail.example")
            for one in range(600, 600 + number)
        ]
        await small.hear(*bodies)
        await self.understand()
        small.clock.at = small.machine.at = DUE
        await small.flow.messages()
        await small.flow.releases()
        await small.execute("UPDATE delivery SET act_at = NULL")
        mails = await small.rows(Delivery, channel="mail")
        return [mail for mail in mails if mail.recipient.startswith("candidate:")]

    async def understand(self) -> None:
        while await self.small.flow.events() + await self.small.flow.applications():
            pass

    async def attempt(self, mail: Delivery, fault: str, crash: str) -> None:
        """This mail alone falls due, and a worker of its own meets the fault and the crash."""
        await self.small.execute("UPDATE delivery SET act_at = :at WHERE id = :id", at=DUE, id=mail.id)
        if fault:
            self.on.fail(fault)
        self.route.crash, self.route.called = crash, 0
        sending = asyncio.create_task(self._worker().send_due(self.small.instants()))
        if crash == "during":
            await self._until_under_way(mail.id, sending)
            sending.cancel()
        ends = (await asyncio.gather(sending, return_exceptions=True))[0]
        assert isinstance(ends, Vanished) == (crash in ("before", "after")), ends
        assert self.route.called == 1
        self.on.heal()
        self.route.crash = ""

    def _worker(self) -> Post:
        """One with a memory of its own, which is gone with it."""
        services = self.small.services
        packer = Packer(services.vault, services.settings, Routes.single(self.route))
        vendors, now = self.small.flow.vendors, self.small.machine.now
        return Post(services.sessions, packer, vendors, timedelta(seconds=30), now)

    async def _until_under_way(self, send_id: str, sending: "asyncio.Task[int]") -> None:
        """Until the far side has it; what never gets there has a little time to go wrong."""
        patience = 50
        while not sending.done() and not self.on.there(send_id) and patience:
            patience -= bool(self.route.called)
            await asyncio.sleep(0.002)

    async def take_over(self) -> None:
        """Another worker, after the lease, and for as long as anything is asked or tried again."""
        for minutes in MOMENTS:
            at = DUE + LEASE_OVER + timedelta(minutes=minutes)
            self.small.machine.at = self.small.clock.at = at
            while await self.small.flow.deliveries() + await self.small.flow.questions():
                await self.small.flow.lanes.rest()
                await self.understand()


@pytest.mark.parametrize("name", list(FAULTS))
async def test_never_two_and_what_is_told_is_true(name: str, database_url: str, tmp_path: Path) -> None:
    """As the page of the matrix says: sent is told of what is there once; doubt waits on a person."""
    async with stage(name) as on, open_small(database_url, tmp_path) as small:
        route = Mortal(on.route)
        small.flow = replace(small.flow, routes=Routes.single(route))
        play = Play(small, on, route)
        mails = await play.queue(len(CASES[name]))
        for mail, (fault, crash) in zip(mails, CASES[name], strict=True):
            await play.attempt(mail, fault, crash)
        await play.take_over()
        page = cells()
        for mail, (fault, crash) in zip(mails, CASES[name], strict=True):
            end, there = await small.one(Delivery, id=mail.id), on.there(mail.id)
            where = (name, fault or "no fault", crash)
            told = page[name, (fault or "no fault").replace("_", " "), crash]
            if told == "unknown":
                assert (end.state, end.act_at, end.waiting_on) == ("unknown", None, "member:55"), where
                assert there <= 1, where
            else:
                assert (end.state, there) == ("sent", 1), where


def cells() -> dict[tuple[str, str, str], str]:
    """The page of the matrix: by provider, fault and crash, what is told in the end."""
    found: dict[tuple[str, str, str], str] = {}
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        name, fault, *ends = [cell.strip() for cell in line.strip("|").split("|")] + [""]
        if name in FAULTS:
            found |= {(name, fault, crash): end.split()[0] for crash, end in zip(CRASHES, ends, strict=False)}
    return found
