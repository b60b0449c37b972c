"""A backtest with the rules as they are comes to what really happened, and with others to something else."""

import copy
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select
from sqlmodel import col

from app.db import unit_of_work
from app.demo.people import Newcomer
from app.followups.models import FollowUp
from app.intake.models import Connection
from app.messages.approval import approve, supply
from app.rehearsal.commands import _compared
from app.rehearsal.play import Kept, Message, play
from app.rehearsal.run import always, backtest
from app.rehearsal.tally import Tally
from app.sla.book import starter_policies
from app.sla.cases import RuleBook
from app.sla.models import Clock
from app.sla.policies import parse_policies
from app.timeline.models import Application, FactRow
from app.timeline.told import tell
from tests.flow.house import House, open_house
from tests.servers import PostgresServer

MONDAY = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
END = MONDAY + timedelta(days=15, hours=4)
STAGES = ["Application Review", "Phone Screen", "Onsite Interview", "Offer"]


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


async def two_weeks(house: House) -> None:
    """One who is interviewed, judged late and rejected; and one who is left waiting."""
    world = house.greenhouse
    mia = world.add_user("Mia Berger", "mia.berger@ostwind.example", MONDAY)
    tom = world.add_user("Tom Okoro", "tom.okoro@ostwind.example", MONDAY)
    job = world.add_job("Welder", STAGES, MONDAY, recruiters=[mia], managers=[tom])
    sam = world.apply(Newcomer("Sam", "Novak", "sam@example.com"), job, MONDAY + hours(1), recruiter=mia)
    world.apply(Newcomer("Ada", "Wirth", "ada@example.com"), job, MONDAY + hours(3), recruiter=mia)
    await house.at(MONDAY + hours(20))
    await _no_jitter(house)
    world.move(sam, "Onsite Interview", MONDAY + hours(25))
    await house.at(MONDAY + hours(25))
    interview = world.schedule_interview(sam, [tom], MONDAY + hours(50), MONDAY + hours(26))
    await house.asked_at(MONDAY + hours(26))
    await house.at(MONDAY + hours(51))
    world.end_interview(interview, MONDAY + hours(51))
    await house.asked_at(MONDAY + hours(51))
    await house.at(MONDAY + hours(98))
    world.submit_scorecard(interview, tom, MONDAY + hours(98))
    await house.asked_at(MONDAY + hours(98))
    await house.at(MONDAY + hours(169))
    world.reject(sam, "Missing certificate", MONDAY + hours(169))
    await house.at(MONDAY + hours(169.5))
    await _tell_the_rejection(house)
    await house.at(END)


async def _no_jitter(house: House) -> None:
    """A rehearsal knows no digest."""
    async with unit_of_work(house.services.sessions) as session:
        connection = await session.get_one(Connection, house.connection)
        connection.settings = {**connection.settings, "jitter_minutes": 0}


async def _tell_the_rejection(house: House) -> None:
    [rejection] = [f for f in await house.rows(FollowUp) if f.kind == "rejection_after_interview"]
    facts = {
        "decision.by": "Tom Okoro",
        "rejection.reason": "We chose somebody who already holds the pressure-vessel certificate.",
        "rejection.recommendation": "The certificate course at the chamber of crafts takes six weeks.",
    }
    async with house.desk() as desk:
        await supply(desk, rejection.id, facts)
    async with house.desk() as desk:
        await approve(desk, rejection.id, message_id=None, note=None)


@pytest_asyncio.fixture(scope="module")
async def house(
    postgres: PostgresServer, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    """A house after two weeks; these tests only read it."""
    name, url = await postgres.clone(template_database)
    async with open_house(
        url, tmp_path_factory.mktemp("house"), MONDAY, poll_every=timedelta(days=1)
    ) as opened:
        await two_weeks(opened)
        yield opened
    await postgres.drop(name)


async def kept_of(house: House) -> tuple[RuleBook, list[Kept]]:
    """The stored rules, and what is kept of every application."""
    async with house.services.sessions() as session:
        book = await house.flow.shelf.book(session)
        applications = (await session.scalars(select(Application))).all()
        return book, [
            Kept(
                t.application.id,
                t.application.connection_id,
                t.application.external_id,
                t.settings,
                t.job,
                t.facts,
            )
            for t in await tell(session, applications)
        ]


async def live_clocks(house: House) -> dict[tuple[str, str, str], tuple[object, ...]]:
    return {
        (c.application_id, c.policy, c.occurrence): (
            c.state,
            c.started_at,
            c.due_at,
            c.warned_at,
            c.breached_at,
            c.closed_at,
            c.closed_by,
            c.elapsed_seconds,
        )
        for c in await house.rows(Clock)
        if c.closed_by != "what started it is no longer true"
    }


async def live_messages(house: House) -> set[tuple[str, Message]]:
    async with house.services.sessions() as session:
        said = await session.scalars(select(FactRow).where(col(FactRow.kind) == "said"))
        return {
            (
                str(row.application),
                Message(
                    row.data["kind"],
                    row.data["reason"],
                    row.data["step"],
                    row.data["recipient"],
                    row.placed_at,
                ),
            )
            for row in said
            if row.data["kind"] not in ("fact_missing", "approval_waiting")
        }


async def test_it_comes_to_what_happened(house: House) -> None:
    """Same history, same rules: the same clocks to the second, and the same messages at the same instants."""
    book, kept = await kept_of(house)
    assert book.newest is not None
    played = [play(one, always(book, book.newest), house.clock.now()) for one in kept]
    clocks = {
        (p.kept.id, c.policy, c.occurrence): (
            str(c.reading.state),
            c.started_at,
            c.reading.due_at,
            c.reading.warnings[0] if c.reading.warnings else None,
            c.reading.breached_at,
            c.reading.closed.at if c.reading.closed else None,
            c.reading.closed.cause if c.reading.closed else None,
            c.reading.elapsed,
        )
        for p in played
        for c in p.clocks
    }
    messages = {(p.kept.external_id, m) for p in played for m in p.messages if m.recipient != "operations"}
    assert messages == await live_messages(house)
    assert clocks == await live_clocks(house)
    assert {key[1] for key in clocks} > {"interviewer_feedback", "promised_date", "tell_rejection"}


async def test_the_figures_are_those_of_the_tables(house: House) -> None:
    """Counted by policy and by week they equal a count of the rows; nothing is written."""
    before = await house.rows(Clock), await house.rows(FollowUp), await house.rows(FactRow)
    quicker = copy.deepcopy(starter_policies())
    for policy in quicker["policies"]:
        if policy["key"] == "interviewer_feedback":
            policy["target"] = {"calendar_hours": 72}
    found, progress = await _backtest(house, quicker)
    assert before == (await house.rows(Clock), await house.rows(FollowUp), await house.rows(FactRow))
    assert progress == [(2, 2)]
    clocks = [c for c in await house.rows(Clock) if c.closed_by != "what started it is no longer true"]
    present = found.present.clocks
    assert {p: present[p]["clocks"] for p in present} == {
        p: sum(c.policy == p for c in clocks) for p in {c.policy for c in clocks}
    }
    assert sum(c["breached"] for c in present.values()) == sum(c.breached_at is not None for c in clocks)
    assert found.present.sent("candidate") == sum(
        m.recipient.startswith("candidate:") for _, m in await live_messages(house)
    )
    assert present["interviewer_feedback"]["late"] == 1
    assert found.proposed.clocks["interviewer_feedback"]["kept"] == 1
    assert found.present.on_time("interviewer_feedback") == 0
    assert found.proposed.on_time("interviewer_feedback") == 1
    assert found.proposed.sent("team") < found.present.sent("team")
    assert found.proposed.sent("candidate") == found.present.sent("candidate")
    [line] = [line for line in _compared(found) if line.startswith("interviewer_feedback")]
    assert line.split()[1:4] == ["1", "→", "1"]
    assert line.endswith("0.0% → 100.0%")


async def _backtest(house: House, document: dict[str, Any]) -> tuple[Any, list[tuple[int, int]]]:
    progress: list[tuple[int, int]] = []
    async with house.services.sessions() as session:
        found = await backtest(
            session,
            await house.flow.shelf.book(session),
            parse_policies(document),
            since=MONDAY - hours(24),
            now=house.clock.now(),
            progress=lambda done, total: progress.append((done, total)),
        )
    return found, progress


async def test_only_what_began_in_the_span_counts(house: House) -> None:
    """The span bounds what is counted, not what is known: earlier facts still shape later clocks."""
    book, kept = await kept_of(house)
    assert book.newest is not None
    whole, later = Tally(), Tally()
    since = MONDAY + hours(120)
    for one in kept:
        played = play(one, book, house.clock.now())
        whole.add(played, MONDAY)
        later.add(played, since)
    assert "acknowledge_application" in whole.clocks
    assert "acknowledge_application" not in later.clocks
    assert later.clocks["tell_rejection"]["kept"] == 1
    assert 0 < sum(later.kinds.values()) < sum(whole.kinds.values())
    assert min(later.weeks) == (MONDAY + timedelta(days=7)).date()
    merged = Tally()
    merged.merge(whole)
    merged.merge(later)
    assert merged.sent("team") == whole.sent("team") + later.sent("team")
    assert merged.candidates.total() == whole.candidates.total() + later.candidates.total()
