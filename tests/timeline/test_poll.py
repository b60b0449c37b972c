"""The poll: one that fails costs itself only, and nobody holds a turn for longer than a lease."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from app.ats.canonical import USUALLY_PUSHED, Fact, FactKind, Reading
from app.errors import VendorBusy
from app.timeline import poll
from app.timeline.models import Application, PollCursor
from tests.flow.small import MONDAY, Small, open_small

IDS = [f"{number:03}" for number in range(120)]
"""Three chunks."""


Heard = Callable[[], Awaitable[None]]


@dataclass
class TwinAts:
    """An ATS in which these applications have changed."""

    on_ask: Callable[[Sequence[str]], None] = lambda _: None
    on_read: Callable[[Sequence[str]], None] = lambda _: None
    asked: list[Sequence[str]] = field(default_factory=list)

    @property
    def api(self) -> "TwinAts":
        return self

    async def client(self, _connection: str) -> tuple["TwinAts", "TwinAts"]:
        return self, self

    CHUNK = 50
    PUSHED = USUALLY_PUSHED

    async def changed(
        self, _resource: str, _since: datetime, _resume: object, heard: Heard
    ) -> tuple[list[str], None]:
        await heard()
        return IDS, None

    async def applications(self, ids: Sequence[str]) -> Sequence[str]:
        self.asked.append(ids)
        self.on_ask(ids)
        return ids

    def read_answers(self, ids: Sequence[str], now: datetime) -> Reading:
        self.on_read(ids)
        created = FactKind.APPLICATION_CREATED
        return Reading(
            facts=tuple(Fact(created, f"created:{i}", MONDAY, application=i, data={}) for i in ids)
        )


@pytest_asyncio.fixture
async def small(database_url: str, tmp_path: Path) -> AsyncIterator[Small]:
    """A connection whose turn it is."""
    async with open_small(database_url, tmp_path) as opened:
        await opened.execute("UPDATE connection SET settings = jsonb_set(settings, '{poll}', 'true')")
        await opened.execute(
            "INSERT INTO poll_cursor (connection_id, resource, read_until, next_at, lease, failures, missed) "
            "VALUES (:id, 'applications', :at, :at, 0, 0, 0)",
            id=opened.connection,
            at=MONDAY,
        )
        yield opened


async def _poll(small: Small, ats: Any) -> int:
    services = small.services
    return await poll.poll_due(
        services.sessions, services.vault, ats, now=small.clock.now(), machine_now=small.machine.now()
    )


async def _known(small: Small) -> set[str]:
    return {application.external_id for application in await small.rows(Application)}


def _fail_at(nth: str, wrong: Exception) -> Callable[[Sequence[str]], None]:
    def fail(ids: Sequence[str]) -> None:
        if nth in ids:
            raise wrong

    return fail


@pytest.mark.parametrize("where", ["on_ask", "on_read"])
@pytest.mark.parametrize("wrong", [VendorBusy("busy", kind="rate"), KeyError("surname Quennell")])
async def test_a_chunk_that_fails_costs_itself_only_and_is_asked_again_later(
    small: Small, where: str, wrong: Exception
) -> None:
    """The other chunks' facts are kept; the failure is on the cursor; nothing is asked again at once."""
    ats = TwinAts()
    setattr(ats, where, _fail_at("060", wrong))
    assert await _poll(small, ats) == 1
    assert await _known(small) == {*IDS[:50], *IDS[100:]}
    cursor = await small.one(PollCursor)
    assert (cursor.failures, cursor.leased_until, cursor.read_until) == (1, None, MONDAY)
    assert cursor.failure
    assert "Quennell" not in cursor.failure
    assert await _poll(small, TwinAts()) == 0  # it backs off
    small.clock.advance(timedelta(minutes=2))
    assert await _poll(small, TwinAts()) == 1
    assert await _known(small) == set(IDS)
    cursor = await small.one(PollCursor)
    assert (cursor.failures, cursor.failure, cursor.read_until) == (0, None, small.clock.now())
    assert cursor.missed == len(IDS)


async def test_a_poll_that_died_is_taken_over_within_a_lease_and_changes_nothing_afterwards(
    small: Small,
) -> None:
    """Paused in the middle: another takes the turn after 30 s; what the first brings then is not written."""
    paused, resume = asyncio.Event(), asyncio.Event()

    class Pausing(TwinAts):
        async def applications(self, ids: Sequence[str]) -> Sequence[str]:
            if "060" in ids:
                paused.set()
                await resume.wait()
            return await super().applications(ids)

    first = asyncio.create_task(_poll(small, Pausing()))
    await paused.wait()
    assert await _known(small) == set(IDS[:50])  # what was heard is kept already
    assert await _poll(small, TwinAts()) == 0
    small.machine.advance(timedelta(seconds=31))
    assert await _poll(small, TwinAts()) == 1
    done = await small.one(PollCursor)
    resume.set()
    await first
    assert await small.one(PollCursor) == done


async def test_the_turn_of_one_that_hangs_is_not_the_others(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer that never comes is a failure before the lease ends."""
    monkeypatch.setattr(poll, "_PATIENCE", timedelta(milliseconds=50))

    class Hanging(TwinAts):
        async def changed(
            self, _resource: str, _since: datetime, _resume: object, heard: Heard
        ) -> tuple[list[str], None]:
            await heard()
            await asyncio.Event().wait()
            raise AssertionError

    assert await _poll(small, Hanging()) == 1
    cursor = await small.one(PollCursor)
    assert cursor.failure == "timeout: No answer within the lease."
    assert cursor.next_at > small.clock.now()


async def test_a_long_list_of_changes_is_read_to_its_end(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an outage it takes longer than a lease: each page renews that, else no turn would ever end."""
    monkeypatch.setattr(poll, "_PATIENCE", timedelta(milliseconds=400))
    leases = []

    class Long(TwinAts):
        async def changed(
            self, _resource: str, _since: datetime, _resume: object, heard: Heard
        ) -> tuple[list[str], None]:
            for _ in range(6):
                await asyncio.sleep(0.1)
                await heard()
                leases.append((await small.one(PollCursor)).leased_until)
            return IDS, None

    assert await _poll(small, Long()) == 1
    cursor = await small.one(PollCursor)
    assert (cursor.failure, cursor.read_until) == (None, small.clock.now())
    assert leases == sorted(set(leases))
    assert await _known(small) == set(IDS)


async def test_whose_turn_was_taken_over_reads_no_further(small: Small) -> None:
    """The next page would be read for nobody."""
    pages = []

    class Slow(TwinAts):
        async def changed(
            self, _resource: str, _since: datetime, _resume: object, heard: Heard
        ) -> tuple[list[str], None]:
            for page in range(3):
                pages.append(page)
                await small.execute("UPDATE poll_cursor SET lease = lease + 1")
                await heard()
            return IDS, None

    assert await _poll(small, Slow()) == 1
    assert pages == [0]
    assert (await small.one(PollCursor)).failures == 0
