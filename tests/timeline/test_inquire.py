"""What a webhook only names: nothing is true of it before the API has said so, and nothing is guessed."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from app.ats.canonical import Fact, FactKind, Named, NamedKind, PersonFields, PersonRole, Reading
from app.db import unit_of_work
from app.errors import VendorAway, VendorBusy, VendorRefused
from app.intake.models import Event, EventState
from app.timeline import inquire
from app.timeline.models import Application, FactRow, Inquiry, Person
from app.timeline.record import Heard, record
from tests.flow.small import MONDAY, Small, open_small

A, B = Named(NamedKind.APPLICATION, "a-1"), Named(NamedKind.APPLICATION, "a-2")


@dataclass
class TwinAts:
    """An ATS that knows these applications, each with a candidate of its own."""

    known: set[str] = field(default_factory=lambda: {"a-1", "a-2"})
    on_ask: Callable[[], None] = lambda: None
    asked: list[Sequence[Named]] = field(default_factory=list)
    CHUNK: int = 50

    async def client(self, _connection: str) -> tuple["TwinAts", "TwinAts"]:
        return self, self

    async def about(self, named: Sequence[Named]) -> Sequence[str]:
        self.asked.append(named)
        self.on_ask()
        return [one.id for one in named if one.id in self.known]

    def found(self, named: Named, answers: Sequence[str]) -> bool:
        return named.id in answers

    def read_answers(self, answers: Sequence[str], _now: object) -> Reading:
        facts = [
            Fact(FactKind.APPLICATION_CREATED, f"created:{one}", MONDAY, one, f"c-{one}") for one in answers
        ]
        return Reading(tuple(facts))


@pytest_asyncio.fixture
async def small(database_url: str, tmp_path: Path) -> AsyncIterator[Small]:
    """A connection that has been sent two webhooks, which name an application each."""
    async with open_small(database_url, tmp_path) as opened:
        yield opened


async def _named(small: Small, *named: Named, event: str = "evt_1") -> None:
    await small.hear({"action": "moved"}, ids=[event])
    async with unit_of_work(small.services.sessions) as session:
        row = await session.get_one(Event, event)
        row.state = EventState.ASKING
        await inquire.ask_about(session, row, named, small.clock.now())


async def _ask(small: Small, ats: TwinAts) -> int:
    services = small.services
    return await inquire.inquire_due(
        services.sessions,
        services.vault,
        ats,  # type: ignore[arg-type]
        now=small.clock.now(),
        machine_now=small.machine.now(),
    )


async def _state(small: Small, event: str = "evt_1") -> tuple[str, str | None]:
    row = await small.one(Event, id=event)
    return row.state, row.reason


async def test_what_the_api_says_is_recorded_as_of_the_webhook_that_asked(small: Small) -> None:
    """One question for all that was named, however often; then nothing is left to ask."""
    await _named(small, A)
    await _named(small, A, B, event="evt_2")
    ats = TwinAts()
    assert await _ask(small, ats) == 2
    assert [sorted(one.id for one in asked) for asked in ats.asked] == [["a-1", "a-2"]]
    assert {row.external_id for row in await small.rows(Application)} == {"a-1", "a-2"}
    assert {row.source for row in await small.rows(FactRow)} == {"fetch"}
    assert await _state(small) == await _state(small, "evt_2") == (EventState.DONE, None)
    assert await small.rows(Inquiry) == []
    assert await _ask(small, ats) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        VendorAway("away"),
        VendorBusy("busy", kind="too_many", wait=timedelta(seconds=40)),
        VendorRefused("no", kind="scope"),
        ValueError("a name that must not be kept: Ottoline Quennell"),
    ],
)
async def test_a_question_that_fails_is_asked_again_later_and_nothing_is_guessed(
    small: Small, wrong: Exception
) -> None:
    """Nothing is true meanwhile; the vendor's wish to wait is kept; no personal word is."""

    def fail() -> None:
        raise wrong

    await _named(small, A)
    assert await _ask(small, TwinAts(on_ask=fail)) == 1
    assert await small.rows(Application) == []
    row = await small.one(Inquiry)
    assert row.failure
    assert "Quennell" not in row.failure
    wait = timedelta(seconds=40 if isinstance(wrong, VendorBusy) else 10)
    assert row.act_at >= small.clock.now() + wait
    assert await _ask(small, TwinAts()) == 0
    small.clock.advance(timedelta(minutes=1))
    assert await _ask(small, TwinAts()) == 1
    assert await _state(small) == (EventState.DONE, None)


@pytest.mark.parametrize(
    "wrong", [VendorAway("Answered 500."), VendorRefused("no", kind="invalid"), KeyError("id")]
)
async def test_one_that_cannot_be_asked_about_holds_up_no_other(small: Small, wrong: Exception) -> None:
    """A record at which the vendor stumbles for ever waits by itself: what came with it is known at once."""

    class Stumbling(TwinAts):
        async def about(self, named: Sequence[Named]) -> Sequence[str]:
            if A in named:
                self.asked.append(named)
                raise wrong
            return await super().about(named)

    await _named(small, B, event="evt_0")
    await _named(small, A)
    await _named(small, B, event="evt_2")
    ats = Stumbling()
    assert await _ask(small, ats) == 3
    assert await _state(small, "evt_0") == await _state(small, "evt_2") == (EventState.DONE, None)
    assert await _state(small) == (EventState.ASKING, None)
    assert [row.event_id for row in await small.rows(Inquiry)] == ["evt_1"]
    assert len(ats.asked) == 4, "together, then each alone"


async def test_without_credentials_all_wait(small: Small) -> None:
    """Nobody is asked, nothing is lost, and the reason is kept."""

    class Nobody(TwinAts):
        async def client(self, _connection: str) -> tuple[TwinAts, TwinAts]:
            raise VendorRefused("This connection has no API credentials.", kind="credentials")

    await _named(small, A)
    assert await _ask(small, Nobody()) == 1
    row = await small.one(Inquiry)
    assert row.failure
    assert row.failure.startswith("credentials: ")
    assert row.leased_until is None


async def test_a_vendor_that_wants_silence_is_asked_about_nothing_else(small: Small) -> None:
    """What is wrong for all is not tried for each."""

    def busy() -> None:
        raise VendorBusy("busy", kind="too_many")

    await _named(small, A)
    await _named(small, B, event="evt_2")
    ats = TwinAts(on_ask=busy)
    assert await _ask(small, ats) == 2
    assert len(ats.asked) == 1
    assert len(await small.rows(Inquiry)) == 2


async def test_after_two_weeks_without_an_answer_an_operator_is_told(small: Small) -> None:
    """It is neither asked for ever nor forgotten."""

    def fail() -> None:
        raise VendorRefused("The key is revoked.", kind="scope")

    await _named(small, A)
    small.clock.advance(timedelta(days=15))
    assert await _ask(small, TwinAts(on_ask=fail)) == 1
    state, reason = await _state(small)
    assert state == EventState.DEAD
    assert reason
    assert "The key is revoked." in reason


async def test_what_the_api_does_not_show_is_asked_a_few_times_and_then_set_aside(small: Small) -> None:
    """Hidden from our credential is not deleted: what is known of it stays."""
    await _named(small, A)
    await _ask(small, TwinAts())
    await _named(small, A, event="evt_2")
    for _ in range(4):
        assert await _ask(small, TwinAts(known=set())) == 1
        small.clock.advance(timedelta(minutes=5))
    state, reason = await _state(small, "evt_2")
    assert state == EventState.IGNORED
    assert reason
    assert "hidden" in reason
    assert {row.kind for row in await small.rows(FactRow)} == {FactKind.APPLICATION_CREATED}


@pytest.mark.parametrize("gone", [True, False])
async def test_a_deletion_is_believed_only_when_the_api_confirms_it(small: Small, *, gone: bool) -> None:
    """Unsigned words delete nobody; a confirmed deletion erases the person who has no other application."""
    await _named(small, A)
    await _ask(small, TwinAts())
    await _know_person(small, "c-a-1")
    await small.drain()
    await _named(small, Named(NamedKind.APPLICATION, "a-1", deleted=True), event="evt_2")
    assert await _ask(small, TwinAts(known=set() if gone else {"a-1"})) == 1
    await small.drain()
    person = await small.one(Person, external_id="c-a-1")
    application = await small.one(Application, external_id="a-1")
    assert application.status == ("deleted" if gone else "active")
    assert (person.erased_at is not None) == gone


async def _know_person(small: Small, candidate: str) -> None:
    person = PersonFields(PersonRole.CANDIDATE, candidate, "Ottoline", "Quennell", email="o.q@example.net")
    data = {"candidate": candidate}
    fact = Fact(FactKind.APPLICATION_CHANGED, "changed", MONDAY, "a-1", candidate, data=data)
    heard = Heard(Reading((fact,), (person,)), small.clock.now(), "fetch")
    async with unit_of_work(small.services.sessions) as session:
        await record(session, small.services.vault, small.connection, [heard], small.clock.now())


async def test_a_worker_that_stopped_in_between_changes_nothing_afterwards(small: Small) -> None:
    """Its lease ends after 30 seconds; what it brings later is not written a second time."""
    asked, resume = asyncio.Event(), asyncio.Event()

    class Pausing(TwinAts):
        async def about(self, named: Sequence[Named]) -> Sequence[str]:
            asked.set()
            await resume.wait()
            return await super().about(named)

    await _named(small, A)
    first = asyncio.create_task(_ask(small, Pausing(known=set())))
    await asked.wait()
    assert await _ask(small, TwinAts()) == 0
    small.machine.advance(timedelta(seconds=31))
    assert await _ask(small, TwinAts()) == 1
    resume.set()
    await first
    assert await _state(small) == (EventState.DONE, None)
    assert await small.rows(Inquiry) == []


async def test_a_large_heap_is_asked_in_pieces(small: Small) -> None:
    """A piece holds no more than the vendor's limit lets through within a lease."""
    for nth in range(5):
        await _named(small, Named(NamedKind.APPLICATION, f"a-{nth}"), event=f"evt_{nth}")
    ats = TwinAts(known={f"a-{nth}" for nth in range(5)}, CHUNK=2)
    assert await _ask(small, ats) == 5
    assert [len(asked) for asked in ats.asked] == [2, 2, 1]
    assert len(await small.rows(Application)) == 5
