"""The figures: exact, the same as a recount, and readable by Prometheus itself."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from app.access import keys
from app.access.keys import Scope
from app.db import unit_of_work
from app.delivery.models import RouteHealth
from app.intake.models import Event
from app.loops import Loops
from app.main import create_app
from app.metrics.figures import figures
from app.metrics.heartbeat import beat
from app.metrics.models import WorkerSeen
from app.metrics.recount import recounted, tallied
from app.metrics.tally import fold_tally
from app.metrics.text import prometheus
from app.moments import TZDATA_VERSION
from app.timeline.models import PollCursor
from tests.flow.small import ADDRESS, MONDAY, NAME, Small, open_small, webhook

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest_asyncio.fixture
async def small(database_url: str, tmp_path: Path) -> AsyncIterator[Small]:
    """Three candidates: one heard from us in time, one was rejected, one is new."""
    async with open_small(database_url, tmp_path) as opened:
        await opened.hear(webhook("new_candidate_application", MONDAY, application=1))
        await opened.hear(webhook("new_candidate_application", MONDAY, application=2))
        await opened.hear({"action": "ping", "payload": {}}, {"action": "nonsense", "payload": 3})
        await opened.drain()
        await opened.at(MONDAY + timedelta(minutes=20))
        later = MONDAY + timedelta(hours=1)
        opened.clock.at = later
        await opened.hear(webhook("reject_candidate", later, application=2))
        await opened.drain()
        await opened.hear(webhook("new_candidate_application", later, application=3, applied=later))
        yield opened


async def _read(small: Small) -> Samples:
    async with unit_of_work(small.services.sessions) as session:
        found = await figures(session, small.clock.now(), small.machine.now())
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(prometheus(found))
        for sample in family.samples
    }


def _of(samples: Samples, name: str, **labels: str) -> float | None:
    return samples.get((name, tuple(sorted(labels.items()))))


async def test_what_happened_is_what_the_figures_say(small: Small) -> None:
    """Events, clocks, follow-ups and deliveries of a small story, read back by Prometheus' own parser."""
    small.clock.advance(timedelta(seconds=90))
    samples = await _read(small)
    connection = small.connection
    assert _of(samples, "heardback_events", connection=connection, state="pending") == 1
    assert _of(samples, "heardback_events", connection=connection, state="done") == 3
    assert _of(samples, "heardback_events", connection=connection, state="ignored") == 1
    assert _of(samples, "heardback_events", connection=connection, state="dead") == 1
    assert _of(samples, "heardback_oldest_unprocessed_event_age_seconds") == 90
    policy = {"policy": "acknowledge_application"}
    assert _of(samples, "heardback_clocks_closed", **policy, outcome="met_in_time") == 2
    assert _of(samples, "heardback_clocks_closed", **policy, outcome="met_late") == 0
    assert _of(samples, "heardback_on_time_ratio", **policy) == 1
    assert _of(samples, "heardback_time_to_follow_up_seconds_count", **policy) == 2
    assert _of(samples, "heardback_time_to_follow_up_seconds_sum", **policy) == 2 * 20 * 60
    assert _of(samples, "heardback_follow_ups", kind="application_received", state="sent") == 2
    assert _of(samples, "heardback_deliveries", channel="mail", state="sent") == 2
    assert _of(samples, "heardback_follow_ups", kind="fact_missing", state="gathered") == 1
    assert _of(samples, "heardback_deliveries_unknown") == 0
    assert _of(samples, "heardback_tzdata_info", version=TZDATA_VERSION) == 1


async def test_a_breach_a_pause_and_late_answers_are_told_apart(small: Small) -> None:
    """A clock is counted where it stands, and moves on from there."""
    await small.execute("UPDATE clock SET state = 'met', breached_at = started_at WHERE policy LIKE 'ack%'")
    samples = await _read(small)
    policy = {"policy": "acknowledge_application"}
    assert _of(samples, "heardback_clocks_closed", **policy, outcome="met_late") == 2
    assert _of(samples, "heardback_on_time_ratio", **policy) == 0
    await small.execute(
        "UPDATE clock SET closed_at = NULL, state = 'running', warned_at = due_at WHERE policy LIKE 'ack%'"
    )
    samples = await _read(small)
    assert _of(samples, "heardback_clocks_open", **policy, state="warned") == 2
    assert _of(samples, "heardback_clocks_open", **policy, state="running") == 0
    assert _of(samples, "heardback_time_to_follow_up_seconds_count", **policy) is None


async def test_every_count_equals_a_recount_of_the_rows(small: Small) -> None:
    """After inserts, changes and deletions, while it is folded and afterwards."""
    await small.drain()
    await small.at(MONDAY + timedelta(days=30))
    await small.execute("DELETE FROM event WHERE state = 'dead'")
    async with unit_of_work(small.services.sessions) as session:
        assert await tallied(session) == await recounted(session)
        await fold_tally(session)
        assert await tallied(session) == await recounted(session)
    async with small.services.sessions() as session:
        rows = await session.scalar(text("SELECT count(*) FROM tally"))
        assert rows == len(await tallied(session))


async def test_counts_stay_exact_while_several_write_and_fold_at_once(small: Small) -> None:
    """Twenty writers and five folders side by side lose and double nothing."""

    async def write(number: int) -> None:
        await small.hear(webhook("new_candidate_application", MONDAY, application=1000 + number))

    async def fold() -> None:
        async with unit_of_work(small.services.sessions) as session:
            await fold_tally(session)

    await asyncio.gather(*(write(n) for n in range(20)), *(fold() for _ in range(5)))
    async with unit_of_work(small.services.sessions) as session:
        assert await tallied(session) == await recounted(session)


async def test_waiting_follow_ups_show_their_reason_and_age(small: Small) -> None:
    """A rejection waits for somebody; the figure says since when."""
    waiting = [r for r in await _states(small) if r.startswith("waiting")]
    assert waiting
    small.clock.advance(timedelta(hours=2))
    samples = await _read(small)
    for reason in waiting:
        assert (_of(samples, "heardback_follow_ups_waiting", reason=reason) or 0) >= 1
        assert _of(samples, "heardback_follow_ups_waiting_oldest_age_seconds", reason=reason) == 7200


async def _states(small: Small) -> list[str]:
    async with small.services.sessions() as session:
        return list(await session.scalars(text("SELECT DISTINCT state FROM follow_up")))


async def test_workers_routes_and_polls_show(small: Small) -> None:
    """A worker that was just seen, one long gone; a stopped route; what the poll found and failed at."""
    async with unit_of_work(small.services.sessions) as session:
        session.add(RouteHealth(route="twin", stopped_at=MONDAY, cause="x"))
        cursor = PollCursor(
            connection_id=small.connection, resource="applications", read_until=MONDAY, next_at=MONDAY
        )
        cursor.missed, cursor.failures = 3, 2
        session.add(cursor)
    assert _of(await _read(small), "heardback_workers") == 0
    await beat(small.services)
    samples = await _read(small)
    assert _of(samples, "heardback_workers") == 1
    assert _of(samples, "heardback_worker_last_seen_age_seconds") == 0
    assert _of(samples, "heardback_mail_route_stopped", route="twin") == 1
    labels = {"connection": small.connection, "resource": "applications"}
    assert _of(samples, "heardback_poll_missed_changes", **labels) == 3
    assert _of(samples, "heardback_poll_failures", **labels) == 2
    small.machine.advance(timedelta(minutes=5))
    samples = await _read(small)
    assert _of(samples, "heardback_workers") == 0
    assert _of(samples, "heardback_worker_last_seen_age_seconds") == 300


async def test_silence_shows_also_when_no_worker_measures_it(small: Small) -> None:
    """A worker's look counts for half a minute; then the scrape looks itself."""
    await small.drain()
    await beat(small.services)
    before = _of(await _read(small), "heardback_silence", of="applications")
    await small.execute("UPDATE application SET failures = 1")
    assert _of(await _read(small), "heardback_silence", of="applications") == before
    small.machine.advance(timedelta(minutes=1))
    assert _of(await _read(small), "heardback_silence", of="applications") == 3


async def test_no_label_names_a_person(small: Small) -> None:
    """Figures go to many screens."""
    async with unit_of_work(small.services.sessions) as session:
        said = prometheus(await figures(session, small.clock.now(), small.machine.now()))
    for personal in (*NAME, ADDRESS, "Bexley", "Welder"):
        assert personal.lower() not in said.lower()


@pytest.mark.parametrize(("host", "given"), [("127.0.0.1", {}), ("::1", {})])
async def test_in_trial_this_machine_reads_without_a_key(
    small: Small, host: str, given: dict[str, str]
) -> None:
    """Nothing to set up for a first look."""
    answer = await _get(small, host, given)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert list(text_string_to_metric_families(answer.text))


async def test_from_elsewhere_a_key_with_the_scope_is_needed(small: Small) -> None:
    """Without a key 401, with another scope 403, with the right one the figures."""
    proxied = {"X-Forwarded-For": "203.0.113.9"}
    assert (await _get(small, "203.0.113.9", {})).status_code == 401
    assert (await _get(small, "127.0.0.1", proxied)).status_code == 401
    for scopes, status in (((Scope.ACT,), 403), ((Scope.METRICS,), 200), ((Scope.ADMIN,), 200)):
        async with unit_of_work(small.services.sessions) as session:
            _, shown = await keys.create(session, name="x", scopes=scopes, now=small.machine.now())
        answer = await _get(small, "203.0.113.9", {"Authorization": f"Bearer {shown}"})
        assert answer.status_code == status


async def test_production_never_answers_without_a_key(small: Small) -> None:
    """Not even to this machine, where a proxy may stand."""
    small.services.settings = small.services.settings.model_copy(update={"mode": "production"})
    assert (await _get(small, "127.0.0.1", {})).status_code == 401


async def _get(small: Small, host: str, headers: dict[str, str]) -> httpx.Response:
    transport = httpx.ASGITransport(create_app(small.services), client=(host, 4711))
    async with httpx.AsyncClient(transport=transport, base_url="http://heardback.test") as client:
        return await client.get("/metrics", headers=headers)


async def test_events_of_a_deleted_connection_are_counted_no_more(small: Small) -> None:
    """A count follows its rows, whoever deletes them."""
    assert await small.rows(Event)
    await small.execute("DELETE FROM raw_body")
    await small.execute("DELETE FROM event")
    samples = await _read(small)
    assert not [key for key in samples if key[0] == "heardback_events"]


async def test_a_process_that_works_says_so(small: Small) -> None:
    """The loops of a worker beat from their first moment."""
    async with Loops(small.flow).running(grace=5), asyncio.timeout(20):
        while not await small.rows(WorkerSeen):  # noqa: ASYNC110  # the database is where it shows
            await asyncio.sleep(0.01)
    (seen,) = await small.rows(WorkerSeen)
    assert (seen.name, seen.seen_at) == (small.services.settings.worker_name, MONDAY)
