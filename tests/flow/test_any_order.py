"""The same webhooks in any order, doubled, in batches of any size: the same clocks, follow-ups and facts."""

import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.followups.models import FollowUp
from app.sla.models import Clock
from app.timeline.models import Application, FactRow, Person, StageVisit
from app.timeline.people import open_person
from tests.flow.small import MONDAY, Small, open_small, webhook
from tests.servers import PostgresServer

Told = tuple[datetime, dict[str, Any]]
END = MONDAY + timedelta(days=9)


def _at(hours: float) -> datetime:
    return MONDAY + timedelta(hours=hours)


def _terse(action: str, hours: float, *, candidate: dict[str, Any] | None = None, **more: Any) -> Told:
    """A webhook that mentions neither the hiring team nor an address unless it is given one."""
    person = {"email_addresses": []} | (candidate or {})
    job = {"hiring_team": None} | more.pop("job", {})
    return _at(hours), webhook(action, _at(hours), candidate=person, job=job, **more)


def _history() -> list[Told]:
    """Two applications: moves, a rejection taken back, an offer, changed people, a changed team."""
    team = {"recruiters": [{"user_id": 55}], "hiring_managers": [{"user_id": 67}]}
    job = {"id": 7, "name": "Welder", "status": "open", "hiring_team": team}
    address = {"email_addresses": [{"value": "later@example.net", "type": "personal"}]}
    offer = {"id": 900, "application_id": 501, "candidate_id": 9_501, "job_id": 7, "version": 1}
    created = {"created_at": "2026-11-05T09:00:00.000Z", "status": "Created"}
    return [
        (_at(0), webhook("new_candidate_application", _at(0))),
        (_at(1), webhook("new_candidate_application", _at(1), application=502, applied=_at(1))),
        _terse("candidate_stage_change", 2, stage=2),
        (_at(3), {"action": "job_updated", "payload": {"job": job}}),
        _terse("application_updated", 4, application=502, applied=_at(1), job={"name": "Senior welder"}),
        _terse("reject_candidate", 5, application=502, applied=_at(1)),
        _terse("unreject_candidate", 6, application=502, applied=_at(1), candidate=address),
        _terse("candidate_stage_change", 26, stage=3, candidate={"last_name": "Ito"}),
        _terse("reject_candidate", 30, application=502, applied=_at(1), candidate={"first_name": "Otti"}),
        _terse("candidate_stage_change", 72, stage=4),
        (_at(73), {"action": "offer_created", "payload": offer | created}),
    ]


def _shown(rows: Iterable[Any], *names: str) -> list[tuple[Any, ...]]:
    return sorted((tuple(getattr(row, name) for name in names) for row in rows), key=repr)


async def _outcome(small: Small) -> dict[str, Any]:
    applications = {a.id: a.external_id for a in await small.rows(Application)}
    clocks = [c for c in await small.rows(Clock) if c.closed_by != "what started it is no longer true"]
    follow_ups = [f for f in await small.rows(FollowUp) if f.state != "cancelled"]
    for row in (*clocks, *follow_ups, *await small.rows(StageVisit)):
        row.application_id = applications[row.application_id]
    vault = small.services.vault
    times = ("state", "started_at", "due_at", "warned_at", "breached_at", "closed_at", "closed_by", "owner")
    return {
        "clocks": _shown(clocks, "application_id", "policy", "occurrence", *times),
        "follow-ups": _shown(
            follow_ups, "application_id", "reason", "step", "recipient", "state", "planned_for", "release_at"
        ),
        "facts": _shown(await small.rows(FactRow), "key", "kind", "placed_at", "application", "subject"),
        "applications": _shown(
            await small.rows(Application), "external_id", "status", "stage_name", "recruiter", "applied_at"
        ),
        "people": sorted(
            (p.external_id, open_person(vault, p).model_dump_json()) for p in await small.rows(Person)
        ),
    }


async def _play(small: Small, shuffle: random.Random | None) -> dict[str, Any]:
    """The history, told at its end; with a shuffle in any order, some of it twice, some batches together."""
    small.clock.at = END
    told = _history()
    if shuffle:
        told += shuffle.sample(told, 4)
        shuffle.shuffle(told)
    while told:
        size = shuffle.randint(1, 5) if shuffle else 1
        for received_at, body in told[:size]:
            await small.hear(body, at=received_at)
        told = told[size:]
        while await small.flow.events():
            pass
        while await small.flow.applications():
            pass
    return await _outcome(small)


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    """What the history gives in its own order; filled by whichever test comes first."""
    return {}


@pytest.mark.parametrize("seed", range(4))
async def test_any_order_gives_the_same_clocks_follow_ups_and_facts(
    postgres: PostgresServer, template_database: str, tmp_path: Path, expected: dict[str, Any], seed: int
) -> None:
    """P2: the same event, any number of times, in any order, in any company: one effect."""
    if not expected:
        expected |= await _on_a_fresh_database(postgres, template_database, tmp_path, None)
        assert len(expected["clocks"]) > 5
        assert len(expected["follow-ups"]) > 3
    found = await _on_a_fresh_database(postgres, template_database, tmp_path, random.Random(seed))
    for name, rows in expected.items():
        assert found[name] == rows, name


async def _on_a_fresh_database(
    postgres: PostgresServer, template: str, folder: Path, shuffle: random.Random | None
) -> dict[str, Any]:
    name, url = await postgres.clone(template)
    try:
        async with open_small(url, folder) as small:
            return await _play(small, shuffle)
    finally:
        await postgres.drop(name)
