"""Every kind of the catalogue really happens: from what the ATS says to words that may leave."""

import copy
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from app.ats.canonical import Fact, Reading
from app.db import unit_of_work
from app.followups import preferences
from app.followups.catalogue import KINDS
from app.followups.models import FollowUp, FollowUpState
from app.followups.preferences import Wish
from app.messages.approval import Desk, approve, supply
from app.messages.previews import preview
from app.sla.book import apply_policies, starter_policies
from app.timeline.models import Application
from app.timeline.record import Heard, record
from tests.flow.house import drain_due
from tests.flow.small import MONDAY, Small, open_small, webhook
from tests.followups.stories import EVERY, TEAM, Told
from tests.messages.example import example

DAYS = (0.2, 1.1, 2.2, 4.2, 8.2, 11.1, 15.1, 18.1, 22.1, 28.1, 84.1, 112.1, 112.3)
"""At which days of the tale people look in, and the clocks are looked at."""
UNDECIDED = {"approval_waiting", "clock_warned"}
"""In whose stories nobody decides, so that somebody is asked, and warned."""
ELSEWHERE = {
    *("timeline_change", "candidate_replied", "competing_offer", "delivery_unknown", "digest"),
    "candidate_not_reached",
}
"""Kinds that an act of a person or of a provider brings about; shown below and beside their own parts."""


def everything_on() -> dict[str, Any]:
    """The starter policies, all of them switched on, each for its own stories and for no other."""
    document = copy.deepcopy(starter_policies())
    for policy in document["policies"]:
        policy.pop("enabled", None)
        theirs = [n for n, row in enumerate(EVERY.values(), 1) if policy["key"] in (row.policy, *row.after)]
        policy["when"] = {**policy.get("when", {}), "jobs": [str(n) for n in theirs] or ["nobody's"]}
    return document


@dataclass
class Tale:
    """All stories at once, and the people at their desks."""

    small: Small
    facts: list[Fact]

    async def begin(self) -> None:
        """Everybody applies; the hiring team is known."""
        for nth, row in enumerate(EVERY.values(), start=1):
            job = {"id": nth, **row.job}
            told = webhook(
                "new_candidate_application", MONDAY, application=nth, candidate=row.candidate, job=job
            )
            await self.small.hear(told)
        await self._record(Reading(people=TEAM))
        small = self.small
        async with unit_of_work(small.services.sessions) as session:
            for member in TEAM:
                # Each word by itself: what goes out in a digest has no words of its own.
                wish = Wish(digest=False)
                vault, of, who = small.services.vault, small.connection, member.external_id
                await preferences.keep(session, vault, of, who, wish, by="test", now=MONDAY, trial=True)

    async def until(self, now: datetime) -> None:
        """On to that instant: what has happened by then is known, and everybody does what waits for them."""
        due = [f for f in self.facts if f.at and f.at <= now]
        self.facts = [f for f in self.facts if f not in due]
        self.small.clock.at = now
        await self._record(*(Reading(facts=(f,)) for f in due))
        await drain_due(self.small.flow)
        await self._at_the_desk()
        await self.small.drain()

    async def _record(self, *readings: Reading) -> None:
        now, services = self.small.clock.now(), self.small.services
        async with unit_of_work(services.sessions) as session:
            heard = [Heard(reading, now, "poll") for reading in readings]
            await record(session, services.vault, self.small.connection, heard, now)

    async def _at_the_desk(self) -> None:
        services, now = self.small.services, self.small.clock.now()
        words = {"company": services.settings.company_name, "locale": "en"}
        undecided = {str(n) for n, kind in enumerate(EVERY, start=1) if kind in UNDECIDED}
        left = {a.id for a in await self.small.rows(Application) if a.external_id in undecided}
        waiting = (FollowUpState.WAITING_FACT, FollowUpState.WAITING_APPROVAL)
        for row in await self.small.rows(FollowUp):
            state = row.state
            if state not in waiting:
                continue
            async with unit_of_work(services.sessions) as session:
                book = await self.small.flow.shelf.book(session)
                desk = Desk(session, services.vault, book, by="Robin Reyes", now=now, **words)
                lacking = (await preview(session, services.vault, book, row.id, now, **words)).missing
                if lacking:
                    state = (await supply(desk, row.id, {name: _said(name) for name in lacking})).state
                if state == FollowUpState.WAITING_APPROVAL and row.application_id not in left:
                    await approve(desk, row.id, message_id=None, note=None)


def _said(name: str) -> str:
    return "2026-11-30 14:00" if name == "meeting.when" else example().text(name)


async def test_every_kind_happens_and_can_be_said(database_url: str, tmp_path: Path) -> None:
    """Its policy plans it when the ATS tells what it is about, and its words come out without a fault."""
    async with open_small(database_url, tmp_path) as small:
        async with unit_of_work(small.services.sessions) as session:
            await apply_policies(session, everything_on(), by="test", now=MONDAY, kinds=KINDS)
        stories = [Told(str(nth), MONDAY) for nth in range(1, len(EVERY) + 1)]
        for told, row in zip(stories, EVERY.values(), strict=True):
            row.story(told)
        facts = [fact for told in stories for fact in told.facts]
        tale = Tale(small, facts)
        await tale.begin()
        instants = {MONDAY + timedelta(days=day) for day in DAYS} | {f.at for f in facts if f.at}
        for now in sorted(instants):
            await tale.until(now)
        assert await _unsaid(small) == {}


async def _unsaid(small: Small) -> dict[str, str]:
    """The kinds that did not come about in their stories, and why."""
    external = {a.id: int(a.external_id) for a in await small.rows(Application)}
    found: dict[str, list[FollowUp]] = defaultdict(list)
    for row in await small.rows(FollowUp):
        kind, of = list(EVERY.items())[external[row.application_id] - 1]
        if row.kind == kind and row.reason.startswith(f"{of.policy}/"):
            found[kind].append(row)
    wrong = {}
    for kind in EVERY:
        said = [row for row in found[kind] if row.state == FollowUpState.SENT]
        faults = [fault for row in said for fault in await _faults(small, row)]
        if not said or faults:
            wrong[kind] = (
                "; ".join([*(f"{r.state}: {r.cause}" for r in found[kind]), *faults]) or "not planned"
            )
    return wrong


async def _faults(small: Small, row: FollowUp) -> list[str]:
    """What is wrong with its words; a word to the team that went out with others is written for this."""
    services, now = small.services, small.clock.now()
    async with services.sessions() as session:
        book = await small.flow.shelf.book(session)
        company = services.settings.company_name
        shown = await preview(session, services.vault, book, row.id, now, company=company, locale="en")
    if not shown.words:
        return [f"no words: {shown.obstacle} {shown.missing}"]
    return [found["reason"] for found in shown.findings if found["severity"] == "error"]


def test_the_table_leaves_no_kind_out() -> None:
    """Whoever adds a kind says here how it comes about."""
    assert set(EVERY) | ELSEWHERE >= set(KINDS)
