"""Who and what is in the simulated Greenhouse before anything happens: users, jobs, candidates."""

from collections.abc import Sequence
from datetime import datetime

from app.demo.greenhouse_world import Row, World, written
from app.demo.people import Newcomer

TYPES = {
    "WE_REJECTED_THEM": {"id": 1, "name": "We rejected them", "key": "WE_REJECTED_THEM"},
    "THEY_REJECTED_US": {"id": 2, "name": "They rejected us", "key": "THEY_REJECTED_US"},
    "NONE_SPECIFIED": {"id": 3, "name": "None specified", "key": "NONE_SPECIFIED"},
}


def add_user(world: World, name: str, email: str, at: datetime) -> int:
    """A user of Greenhouse; their id."""
    first, _, last = name.partition(" ")
    values = {"name": name, "first_name": first, "last_name": last, "primary_email": email}
    return int(world.add("users", at, **values)["id"])


def add_candidate(
    world: World, newcomer: Newcomer, at: datetime, recruiter: int | None, coordinator: int | None
) -> Row:
    """A candidate, looked after by these users."""
    addresses = [{"value": newcomer.email, "type": "personal"}] if newcomer.email else []
    return world.add(
        "candidates",
        at,
        first_name=newcomer.first_name,
        last_name=newcomer.last_name,
        email_addresses=addresses,
        can_email=newcomer.can_email,
        private=newcomer.private,
        tags=list(newcomer.tags),
        recruiter_id=recruiter,
        coordinator_id=coordinator,
    )


def add_job(
    world: World,
    name: str,
    stages: Sequence[str],
    at: datetime,
    *,
    department: str,
    office: tuple[str, str],
    managers: Sequence[int] = (),
    recruiters: Sequence[int] = (),
    coordinators: Sequence[int] = (),
) -> int:
    """An open job with its stages in order and its hiring team; its id. ``office`` is name and location."""
    row = world.add(
        "jobs",
        at,
        name=name,
        status="open",
        requisition_id=None,
        notes=None,
        confidential=False,
        opened_at=written(at),
        closed_at=None,
        departments=[{"id": 11, "name": department, "external_id": None}],
        offices=[{"id": 12, "name": office[0], "location": office[1], "external_id": None}],
    )
    for priority, stage in enumerate(stages):
        world.add("job_interview_stages", at, job_id=row["id"], name=stage, priority=priority, active=True)
    for user in managers:
        world.add("job_hiring_managers", at, job_id=row["id"], user_id=user)
    for role, users in (("recruiter", recruiters), ("coordinator", coordinators)):
        for place, user in enumerate(users):
            values = {"type": role, "responsible": place == 0}
            world.add("job_owners", at, job_id=row["id"], user_id=user, **values)
    return int(row["id"])


def reason_id(world: World, name: str, kind: str, at: datetime) -> int:
    """The rejection reason of that name and type, made where it is new; its id."""
    known = world.find("rejection_reasons", name=name, type=TYPES[kind])
    return int((known or [world.add("rejection_reasons", at, name=name, type=TYPES[kind])])[0]["id"])
