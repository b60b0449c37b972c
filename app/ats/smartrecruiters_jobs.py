"""Jobs of SmartRecruiters with their hiring teams, as facts."""

from collections.abc import Iterator, Sequence
from typing import Any

from app.ats.canonical import Fact, FactKind
from app.ats.fields import Answers, Json, child, instant, text
from app.ats.smartrecruiters_ids import ident
from app.ats.told import snapshot

_STATUSES = {
    "CREATED": "open",
    "SOURCING": "open",
    "INTERVIEW": "open",
    "OFFER": "open",
    "FILLED": "closed",
    "CANCELLED": "closed",
    "ON_HOLD": "on_hold",
}
_ROLES = {
    "RECRUITER": "recruiters",
    "HIRING_MANAGER": "hiring_managers",
    "COORDINATOR": "coordinators",
    "SOURCER": "sourcers",
}
"""Roles of a hiring team (from clients, unverified); other roles have no duty here."""


def job_facts(answers: Answers) -> Iterator[Fact]:
    """The jobs and the teams among the answers."""
    for resource, rows in answers.items():
        kind, _, job = resource.partition("/")
        if kind == "job":
            yield from (fact for row in rows if (fact := _job(row)))
        elif kind == "team" and ident(job):
            data = {"hiring_team": team_of(rows)}
            yield snapshot(FactKind.JOB_CHANGED, f"job:{job}:team", data, None, job=job)


def team_of(rows: Sequence[Json]) -> dict[str, list[str]]:
    """The ids of the members by role."""
    team: dict[str, list[str]] = {}
    for row in rows:
        said = (text(row.get("role"), 80) or "").upper().replace(" ", "_").replace("-", "_")
        user, role = ident(row.get("id")), _ROLES.get(said)
        if user and role and user not in team.get(role, []):
            team.setdefault(role, []).append(user)
    return {role: team[role] for role in sorted(team)}


def lead(answers: Answers, job: str, role: str) -> str | None:
    """The first of the job's team in that role."""
    return next(iter(team_of(answers.get(f"team/{job}", ())).get(role, [])), None)


def _job(row: Json) -> Fact | None:
    job = ident(row.get("id"))
    if job is None:
        return None
    place = child(row, "location")
    city, country = text(place.get("city")), text(place.get("country"))
    data: dict[str, Any] = {
        "name": text(row.get("title")),
        "status": _STATUSES.get((text(row.get("status"), 40) or "").upper()),
    }
    data = {name: value for name, value in data.items() if value is not None}
    if department := text(child(row, "department").get("label")):
        data["departments"] = [department]
    if city or country:
        where = ", ".join(filter(None, (city, country)))
        data["offices"] = [{"name": city or country, "location": where}]
    return snapshot(FactKind.JOB_CHANGED, f"job:{job}", data, instant(row.get("updatedOn")), job=job)
