"""Group commit: nobody is answered before the commit, nobody suffers for a neighbour."""

import asyncio
from dataclasses import dataclass

import pytest

from app.embedded import EmbeddedPostgres
from app.errors import DatabaseAway, IntakeFull, MalformedBody, UnknownConnection
from app.ids import new_id
from app.intake.lane import Arrival, Lane
from app.intake.writer import Writer
from app.migrations import upgrade
from tests.intake.house import NOON, House, house_on, stage_change, table_locked


@dataclass
class Maker:
    """Makes rows for one connection."""

    connection_id: str

    def __call__(self, key: str | None = None, *, action: str = "ping") -> Arrival:
        fresh = new_id("evt")
        return Arrival(fresh, self.connection_id, key or fresh, action, NOON, b"sealed")


@pytest.fixture
def arrival(house: House) -> Maker:
    return Maker(house.connection_id)


async def until_in_flight(writer: Writer) -> None:
    while writer._queue:  # noqa: ASYNC110  # the writer has no event for it, and needs none
        await asyncio.sleep(0)


async def test_a_bad_row_never_fails_its_neighbours(house: House, arrival: Maker) -> None:
    """Of a batch with a row that the database refuses, the others are stored."""
    too_long_for_an_index = "".join(new_id("k") for _ in range(500))
    for number, fault in enumerate(("nul\0", "lone \ud800", too_long_for_an_index), 1):
        rows = [*(arrival() for _ in range(5)), arrival(fault), *(arrival() for _ in range(5))]
        results = await asyncio.gather(*map(house.writer.store, rows), return_exceptions=True)
        assert isinstance(results.pop(5), MalformedBody)
        assert not [result for result in results if isinstance(result, BaseException)]
        assert await house.count() == 10 * number


async def test_a_connection_deleted_meanwhile_is_unknown(house: House, arrival: Maker) -> None:
    rows = [arrival(), Maker(new_id("con"))(), arrival()]
    results = await asyncio.gather(*map(house.writer.store, rows), return_exceptions=True)
    assert isinstance(results[1], UnknownConnection)
    assert await house.count() == 2


async def test_duplicates_within_a_batch_and_across_processes_get_one_id(
    house: House, arrival: Maker
) -> None:
    """Two writers, as two API processes have them, with the same events at once."""
    other = Writer(house.url, nudge=lambda: None)
    other.start()
    keys = [f"key-{number % 40}" for number in range(200)]
    writers = (house.writer, other)
    stored = await asyncio.gather(*(writer.store(arrival(key)) for key in keys for writer in writers))
    await other.stop()
    ids = {
        key: result.event_id for key, result in zip([k for k in keys for _ in writers], stored, strict=True)
    }
    assert {result.event_id for result in stored} == set(ids.values())
    assert sum(result.new for result in stored) == 40
    assert await house.count() == 40


async def test_who_waits_is_answered_after_the_commit_only(house: House, arrival: Maker) -> None:
    """While the commit is held up, so is the answer."""
    async with table_locked(house.url):
        waiting = asyncio.create_task(house.writer.store(arrival()))
        await until_in_flight(house.writer)
        await asyncio.wait([waiting], timeout=0.1)
        assert not waiting.done()
    assert (await waiting).new


async def test_a_full_queue_refuses_at_once(database_url: str) -> None:
    """Beyond the limit nothing is kept; who waited already is stored."""
    async with house_on(database_url, queue_limit=3) as house:
        arrival = Maker(house.connection_id)
        await house.post(stage_change())
        async with table_locked(house.url):
            waiting = [asyncio.create_task(house.writer.store(arrival()))]
            await asyncio.sleep(0)
            await until_in_flight(house.writer)
            waiting += [asyncio.create_task(house.writer.store(arrival())) for _ in range(3)]
            await asyncio.sleep(0)
            with pytest.raises(IntakeFull):
                await house.writer.store(arrival())
            answer = await house.post(stage_change())
        assert (answer.status_code, answer.json()["code"]) == (503, "intake-full")
        assert int(answer.headers["retry-after"]) > 0
        assert len(await asyncio.gather(*waiting)) == 4
        assert await house.count() == 5


async def test_nobody_waits_longer_than_the_patience(database_url: str) -> None:
    """A database that hangs is answered with 503; the row that may have been kept is then a duplicate."""
    async with house_on(database_url, patience=0.15) as house:
        arrival = Maker(house.connection_id)("the-key")
        async with table_locked(house.url):
            with pytest.raises(DatabaseAway):
                await house.writer.store(arrival)
        assert (await house.writer.store(Maker(house.connection_id)("other"))).new
        assert (await house.writer.store(arrival._replace(id=new_id("evt")))).event_id == arrival.id


CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'heardback intake'"


async def test_a_lost_connection_is_reopened_unnoticed(house: House, arrival: Maker) -> None:
    """Whether it was idle or in the middle of a batch, which is then sent again."""
    assert (await house.post(stage_change())).status_code == 200
    await house.rows(CUT)
    assert (await house.post(stage_change())).status_code == 200
    async with table_locked(house.url):
        waiting = asyncio.create_task(house.writer.store(arrival()))
        await asyncio.sleep(0)
        await until_in_flight(house.writer)
        await house.rows(CUT)
    assert (await waiting).new
    assert await house.count() == 3


async def test_stopping_commits_what_waits(house: House, arrival: Maker) -> None:
    """And accepts nothing more."""
    async with table_locked(house.url):
        waiting = [asyncio.create_task(house.writer.store(arrival())) for _ in range(600)]
        await asyncio.sleep(0)
        stopping = asyncio.create_task(house.writer.stop())
        await asyncio.sleep(0)
        with pytest.raises(DatabaseAway):
            await house.writer.store(arrival())
    await stopping
    assert all(result.new for result in await asyncio.gather(*waiting))
    assert await house.count() == 600


async def test_a_failing_nudge_harms_nobody(house: House, arrival: Maker) -> None:
    def broken() -> None:
        raise RuntimeError

    house.writer._nudge = broken
    assert (await house.writer.store(arrival())).new
    assert (await house.writer.store(arrival())).new


async def test_commits_wait_for_the_disk_whatever_the_database_defaults_to(house: House) -> None:
    """A database whose default is not to wait is overruled."""
    name = house.url.split("?")[0].rsplit("/", 1)[1]
    await house.rows(f"ALTER DATABASE {name} SET synchronous_commit = off")
    lane = Lane(house.url)
    connection = await lane.connected()
    assert await connection.fetchval("SHOW synchronous_commit") == "on"
    lane.drop()


async def test_the_database_stops_and_comes_back(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Away: 503 with Retry-After, nothing acknowledged. Back: stored as before, by the same process."""
    # A short folder: behind a long one the server is reached by a link that is another after a restart.
    with EmbeddedPostgres(tmp_path_factory.mktemp("d"), durable=False) as server:
        await upgrade(server.dsn)
        async with house_on(server.dsn, pause=0.01) as house:
            assert (await house.post(stage_change())).status_code == 200
            await asyncio.to_thread(server.stop)
            answers = await asyncio.gather(*(house.post(stage_change()) for _ in range(20)))
            house.seconds[0] += 60
            answers.append(await house.post(stage_change()))
            assert {(a.status_code, a.json()["code"]) for a in answers} == {(503, "database-away")}
            assert {a.headers["retry-after"] for a in answers} == {"5"}
            await asyncio.to_thread(server.start)
            for _ in range(1_000):
                if (await house.post(stage_change())).status_code != 503:
                    break
                await asyncio.sleep(0.01)
            assert await house.count() == 2
