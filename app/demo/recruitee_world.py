"""The rows of the simulated Recruitee and the webhook bodies that are written from them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from app.demo.people import Newcomer

Row = dict[str, Any]

COMPANY = 4455
_SHOWN = (
    "id",
    "name",
    "emails",
    "phones",
    "source",
    "referrer",
    "photo_thumb_url",
    "created_at",
    "updated_at",
)
_CATEGORIES = (("appl", "apply"), ("screen", "phone_screen"), ("interview", "interview"), ("offer", "offer"))
RESOURCES = (
    "admins",
    "offers",
    "candidates",
    "notes",
    "tasks",
    "activities",
    "disqualify_reasons",
    "interview_events",
    "results",
)


def written(at: datetime) -> str:
    """An instant as Recruitee writes it: UTC with microseconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def encoded(body: Mapping[str, Any]) -> bytes:
    """A body as Recruitee sends it."""
    return json.dumps(body, sort_keys=True, separators=(",", ":")).encode()


@dataclass(slots=True)
class World:
    """Rows by resource and id. Ids grow through everything, so no two things share one."""

    rows: dict[str, dict[int, Row]] = field(default_factory=lambda: {name: {} for name in RESOURCES})
    last_id: int = 11_000_000

    def next_id(self) -> int:
        """A number that nothing has yet."""
        self.last_id += 1
        return self.last_id

    def add(self, resource: str, at: datetime, **values: Any) -> Row:  # noqa: ANN401 -- any JSON value
        """A new row with its id and times."""
        row = {"id": self.next_id(), "created_at": written(at), "updated_at": written(at), **values}
        self.rows[resource][row["id"]] = row
        return row

    def add_job(self, name: str, stages: Sequence[str], at: datetime, recruiter: str, manager: str) -> Row:
        """A published job; a stage that means hired is added where none is named so."""
        names = [*stages] if any(stage.casefold() == "hired" for stage in stages) else [*stages, "Hired"]
        pipeline = [self._stage(stage, place) for place, stage in enumerate(names)]
        return self.add(
            "offers",
            at,
            kind="job",
            slug=name.casefold().replace(" ", "-"),
            title=name,
            status="published",
            department="Engineering",
            location="Berlin, Germany",
            city="Berlin",
            recruiter_id=int(recruiter),
            hiring_manager_id=int(manager),
            published_at=written(at),
            closed_at=None,
            pipeline_template={"id": self.next_id(), "stages": pipeline},
        )

    def _stage(self, name: str, place: int) -> Row:
        known = next((kind for part, kind in _CATEGORIES if part in name.casefold()), "interview")
        category = "apply" if place == 0 else "hire" if name.casefold() == "hired" else known
        return {"id": self.next_id(), "name": name, "category": category, "position": place + 1}

    def add_candidate(self, newcomer: Newcomer, at: datetime) -> Row:
        """Somebody new, without a job yet."""
        row = self.add(
            "candidates",
            at,
            name=f"{newcomer.first_name} {newcomer.last_name}".strip(),
            emails=[newcomer.email] if newcomer.email else [],
            phones=[],
            source="career_site",
            referrer=None,
            photo_thumb_url=None,
            admin_id=None,
            tags=list(newcomer.tags),
            deleted_at=None,
            placements=[],
        )
        where = f"candidate={row['id']}&company={COMPANY}"
        row["adminapp_url"] = f"https://app.recruitee.com/#/dashboard/overview?{where}"
        return row

    def place(self, candidate: Row, offer: Row, at: datetime) -> Row:
        """The candidate stands in the job's first stage."""
        placement = {
            "id": self.next_id(),
            "candidate_id": candidate["id"],
            "offer_id": offer["id"],
            "stage_id": offer["pipeline_template"]["stages"][0]["id"],
            "created_at": written(at),
            "updated_at": written(at),
            "disqualified_at": None,
            "disqualify_kind": None,
            "disqualify_reason": None,
            "hired_at": None,
            "hired_in_other_placement": False,
            "job_starts_at": None,
            "language": None,
        }
        candidate["placements"].append(placement)
        return placement

    def placed(self, application: str) -> tuple[Row, Row, Row]:
        """Candidate, job and placement of the application ``candidate:offer``; raises `KeyError`."""
        candidate_id, _, offer_id = application.partition(":")
        candidate, offer = self.rows["candidates"][int(candidate_id)], self.rows["offers"][int(offer_id)]
        return candidate, offer, next(p for p in candidate["placements"] if p["offer_id"] == offer["id"])

    def activity(self, event: str, candidate: Row, offer: Row | None, at: datetime) -> None:
        """What happened, for the company's list of activities."""
        named = {"id": offer["id"], "title": offer["title"]} if offer else None
        who = {"id": candidate["id"], "name": candidate["name"]}
        self.add("activities", at, event=event, candidate=who, offer=named, message_html="")


def payload(candidate: Row, **more: Any) -> Row:  # noqa: ANN401 -- any JSON value
    """The candidate as webhooks show them, with what else the event tells."""
    shown = {name: candidate[name] for name in _SHOWN}
    return {"candidate": shown, "company": {"id": COMPANY, "name": "Example"}, **more}


def shown_offer(offer: Row) -> Row:
    """A job as webhooks show it: without status, team and pipeline."""
    shown = {name: offer[name] for name in ("id", "kind", "slug", "title", "created_at", "updated_at")}
    return {**shown, "department": {"id": 3, "name": offer["department"]}, "tags": []}


def shown_stage(offer: Row, stage_id: int) -> Row:
    """A stage as webhooks show it."""
    stage = next(one for one in offer["pipeline_template"]["stages"] if one["id"] == stage_id)
    return {name: stage[name] for name in ("id", "name", "category")}
