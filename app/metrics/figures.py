"""The figures for operations, read from the database, so that every replica gives the same answer.

Totals come from exact tallies (`app.metrics.tally`), ages from partial indexes of what is unfinished; nothing
here grows with the history.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.delivery.health import standings, without_receipt
from app.delivery.hook_queue import set_aside
from app.delivery.models import Delivery, RouteHealth
from app.followups.models import FollowUp, FollowUpState
from app.intake.models import Event, EventState
from app.messages.stored import count_passed_over
from app.metrics.figure import Figure, Labels
from app.metrics.mailboxes import mailboxes
from app.metrics.models import Measured, Tally, WorkerSeen
from app.moments import TZDATA_VERSION
from app.silence import silence
from app.timeline.models import Inquiry, PollCursor

FRESH = timedelta(seconds=30)
"""For so long a worker's own look at the silence counts; without a worker each scrape looks itself."""
WAITING = (
    FollowUpState.WAITING_FACT,
    FollowUpState.WAITING_APPROVAL,
    FollowUpState.UNKNOWN,
    FollowUpState.FAILED,
    FollowUpState.EXPIRED,
)
OPEN_CLOCKS = ("pending", "running", "warned", "paused", "breached")
ENDS = ("met_in_time", "met_late", "cancelled")


async def figures(session: AsyncSession, now: datetime, machine_now: datetime) -> list[Figure]:
    """Every figure at that business instant; `machine_now` dates what workers last said of themselves."""
    tallies = await _tallies(session)
    return [
        *_counts(tallies),
        *_clocks(tallies),
        *await _ages(session, now),
        *await _silence(session, now, machine_now),
        *await _polls(session),
        await _templates(session),
        *await _receipts(session, tallies, now),
        *await mailboxes(session, machine_now),
        *await _machines(session, machine_now),
    ]


Tallies = Mapping[str, Sequence[tuple[str, str, int, float]]]


async def _tallies(session: AsyncSession) -> Tallies:
    total, seconds = func.sum(col(Tally.number)), func.sum(col(Tally.seconds))
    columns = col(Tally.figure), col(Tally.a), col(Tally.b)
    rows = await session.execute(select(*columns, total, seconds).group_by(*columns).order_by(*columns))
    found: dict[str, list[tuple[str, str, int, float]]] = {}
    for figure, a, b, number, spent in rows:
        if number:
            found.setdefault(figure, []).append((a, b, int(number), float(spent)))
    return found


def _counts(tallies: Tallies) -> Iterator[Figure]:
    said = (
        ("event", "heardback_events", "Events by connection and state.", ("connection", "state")),
        ("follow_up", "heardback_follow_ups", "Follow-ups by kind and state.", ("kind", "state")),
        ("delivery", "heardback_deliveries", "Deliveries by channel and state.", ("channel", "state")),
    )
    for figure, name, says, (a, b) in said:
        yield Figure(name, says, "gauge", [("", {a: x, b: y}, n) for x, y, n, _ in tallies.get(figure, ())])
    unknown = sum(n for _, state, n, _ in tallies.get("delivery", ()) if state == "unknown")
    yield Figure(
        "heardback_deliveries_unknown",
        "Deliveries of which nobody can say whether they arrived.",
        "gauge",
        [("", {}, unknown)],
    )


def _clocks(tallies: Tallies) -> Iterator[Figure]:
    clocks = tallies.get("clock", ())
    counts = {(policy, case): n for policy, case, n, _ in clocks}
    policies = sorted({policy for policy, _, _, _ in clocks})
    answered = [
        (suffix, {"policy": policy}, value)
        for policy, _, number, seconds in tallies.get("answered", ())
        for suffix, value in (("_count", number), ("_sum", seconds))
    ]
    for name, says, cases, label in (
        ("heardback_clocks_open", "Clocks that run, by policy and state.", OPEN_CLOCKS, "state"),
        ("heardback_clocks_closed", "Clocks that are over, by policy and how.", ENDS, "outcome"),
    ):
        values = [
            ("", {"policy": policy, label: case}, counts.get((policy, case), 0))
            for policy in policies
            for case in cases
        ]
        yield Figure(name, says, "gauge", values)
    yield Figure(
        "heardback_on_time_ratio",
        "Share of the clocks that were met which were met in time, by policy.",
        "gauge",
        list(_on_time(policies, counts)),
    )
    yield Figure(
        "heardback_time_to_follow_up_seconds",
        "Real time from a clock's start until it was said, by policy.",
        "summary",
        answered,
    )


def _on_time(
    policies: Sequence[str], counts: Mapping[tuple[str, str], int]
) -> Iterator[tuple[str, Labels, float]]:
    for policy in policies:
        in_time, late = counts.get((policy, "met_in_time"), 0), counts.get((policy, "met_late"), 0)
        if in_time + late:
            yield "", {"policy": policy}, in_time / (in_time + late)


async def _ages(session: AsyncSession, now: datetime) -> Iterator[Figure]:
    oldest = await session.scalar(
        select(func.min(col(Event.received_at))).where(col(Event.state) == EventState.PENDING),
    )
    # A reminder or another person to decide changes the row, and does not begin the waiting anew.
    since = case(
        (col(FollowUp.state) == FollowUpState.WAITING_APPROVAL, col(FollowUp.waits_since)),
        else_=col(FollowUp.updated_at),
    )
    waiting = (
        await session.execute(
            select(col(FollowUp.state), func.count(), func.min(since))
            .where(col(FollowUp.state).in_(WAITING))
            .group_by(col(FollowUp.state)),
        )
    ).all()
    known = {state: (number, oldest_of) for state, number, oldest_of in waiting}
    numbers = [("", {"reason": state}, known.get(state, (0, now))[0]) for state in WAITING]
    ages = [("", {"reason": state}, _age(known.get(state, (0, now))[1], now)) for state in WAITING]
    return iter(
        (
            Figure(
                "heardback_oldest_unprocessed_event_age_seconds",
                "Age of the oldest event that nobody has read; 0 where there is none.",
                "gauge",
                [("", {}, _age(oldest, now))],
            ),
            Figure("heardback_follow_ups_waiting", "Follow-ups that wait on a person.", "gauge", numbers),
            Figure(
                "heardback_follow_ups_waiting_oldest_age_seconds",
                "How long the oldest of them has waited; 0 where there is none.",
                "gauge",
                ages,
            ),
        )
    )


def _age(since: datetime | None, now: datetime) -> float:
    return max((now - since).total_seconds(), 0.0) if since is not None else 0.0


async def _silence(session: AsyncSession, now: datetime, machine_now: datetime) -> Iterator[Figure]:
    """As a worker measured it within the last half minute; else it is looked at here."""
    row = await session.get(Measured, "silence")
    if row is not None and machine_now - FRESH <= row.at <= machine_now:
        value = row.value
    else:
        value = await _look(session, now)
    numbers = [("", {"of": name}, value[name]) for name in ("applications", "follow_ups")]
    return iter(
        (
            Figure("heardback_silence", "Applications and follow-ups that nobody moves.", "gauge", numbers),
            Figure(
                "heardback_silence_held_by_operations",
                "Of these, those that wait on operations rather than on somebody of the hiring team.",
                "gauge",
                [("", {}, value["operations"])],
            ),
        )
    )


async def _look(session: AsyncSession, now: datetime) -> dict[str, int]:
    found = await silence(session, now)
    operations = found.waiting_on.get("operations", 0)
    return {"applications": found.applications, "follow_ups": found.follow_ups, "operations": operations}


async def measure_silence(session: AsyncSession, now: datetime, machine_now: datetime) -> None:
    """Looks at the silence and writes it down, so that a scrape need not."""
    values: dict[str, Any] = {"at": machine_now, "value": await _look(session, now)}
    statement = insert(Measured).values(name="silence", **values)
    await session.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))


async def _polls(session: AsyncSession) -> Iterator[Figure]:
    rows = (await session.scalars(select(PollCursor).order_by(col(PollCursor.connection_id)))).all()
    labelled = [({"connection": row.connection_id, "resource": row.resource}, row) for row in rows]
    of = col(Inquiry.connection_id)
    waiting = (await session.execute(select(of, func.count()).group_by(of).order_by(of))).all()
    return iter(
        (
            Figure(
                "heardback_poll_missed_changes",
                "Changes that the poll found and no webhook has brought: webhooks are lost or disabled.",
                "gauge",
                [("", labels, row.missed) for labels, row in labelled],
            ),
            Figure(
                "heardback_poll_failures",
                "Polls that failed since the last that succeeded.",
                "gauge",
                [("", labels, row.failures) for labels, row in labelled],
            ),
            Figure(
                "heardback_inquiries_waiting",
                "Webhooks that only name something and wait for an answer of the vendor's API.",
                "gauge",
                [("", {"connection": connection}, number) for connection, number in waiting],
            ),
        )
    )


async def _templates(session: AsyncSession) -> Figure:
    return Figure(
        "heardback_templates_passed_over",
        "Templates of the company's own that are in force and cannot be used, so that others are.",
        "gauge",
        [("", {}, await count_passed_over(session))],
    )


async def _receipts(session: AsyncSession, tallies: Tallies, now: datetime) -> Iterator[Figure]:
    told = tallies.get("receipt", ())
    domains = await standings(session, now)
    rates = [
        ("", {"domain": one.domain, "of": of}, rate)
        for one in domains
        for of, rate in (("complaints", one.rates.complaint_rate), ("bounces", one.rates.bounce_rate))
    ]
    silent = await without_receipt(session, sorted({route for route, _, _, _ in told}), now)
    return iter(
        (
            Figure(
                "heardback_receipts",
                "What mail providers said of messages, by route and kind.",
                "gauge",
                [("", {"route": route, "kind": kind}, number) for route, kind, number, _ in told],
            ),
            Figure(
                "heardback_mails_without_receipt",
                "Mails of the last three days, an hour old and more, of which no receipt has come.",
                "gauge",
                [("", {"route": route}, number) for route, number in silent.items()],
            ),
            Figure("heardback_sending_domain_rate", "Share of a week's mails.", "gauge", rates),
            Figure(
                "heardback_sending_domain_paused",
                "1: nothing to candidates leaves from it until a person looks.",
                "gauge",
                [("", {"domain": one.domain}, float(one.paused_at is not None)) for one in domains],
            ),
            Figure(
                "heardback_mail_webhooks_set_aside",
                "Webhooks of mail providers that could not be read.",
                "gauge",
                [("", {}, await set_aside(session))],
            ),
        )
    )


async def _machines(session: AsyncSession, machine_now: datetime) -> Iterator[Figure]:
    seen = (
        await session.scalars(select(col(WorkerSeen.seen_at)).where(col(WorkerSeen.seen_at) <= machine_now))
    ).all()
    fresh = sum(at >= machine_now - FRESH for at in seen)
    routes = (await session.scalars(select(RouteHealth).order_by(col(RouteHealth.route)))).all()
    stopped = [("", {"route": row.route}, float(row.stopped_at is not None)) for row in routes]
    counted = select(func.coalesce(func.sum(col(Delivery.sent_again)), 0)).where(col(Delivery.sent_again) > 0)
    again = float(await session.scalar(counted) or 0)
    return iter(
        (
            Figure(
                "heardback_workers",
                "Processes that do the work, seen in the last half minute.",
                "gauge",
                [("", {}, fresh)],
            ),
            Figure(
                "heardback_worker_last_seen_age_seconds",
                "How long ago any of them was seen.",
                "gauge",
                [("", {}, _age(max(seen), machine_now))] if seen else [],
            ),
            Figure("heardback_mail_route_stopped", "1: broken, nothing leaves by it.", "gauge", stopped),
            Figure(
                "heardback_sent_again_total",
                "Mails sent again although they may have left, as their route's settings say.",
                "counter",
                [("", {}, again)],
            ),
            Figure(
                "heardback_tzdata_info",
                "The release of the time zones in use.",
                "gauge",
                [("", {"version": TZDATA_VERSION}, 1)],
            ),
        )
    )
