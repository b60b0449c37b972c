"""What is in the simulated Lever: rows in the shapes in which its API answers, times in milliseconds."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.ats.lever_facts import milliseconds
from app.demo.people import Newcomer

Row = dict[str, Any]

RESOURCES = ("opportunities", "contacts", "users", "postings", "stages", "archive_reasons", "webhooks")
PARTS = ("panels", "feedback", "offers", "notes", "applications")
_FIXED = {"New lead": "lead-new", "New applicant": "applicant-new", "Offer": "offer"}
_APP = "https://hire.lever.co/candidates"


@dataclass(slots=True)
class World:
    """Rows by resource and id; what belongs to an opportunity is kept by its id as well."""

    rows: dict[str, dict[str, Row]] = field(default_factory=lambda: {name: {} for name in RESOURCES})
    parts: dict[str, dict[str, list[Row]]] = field(default_factory=lambda: {name: {} for name in PARTS})
    pipelines: dict[str, list[str]] = field(default_factory=dict)
    """The stages of each posting in order; Lever itself has one pipeline for all."""
    deleted: list[Row] = field(default_factory=list)
    made: int = 0

    def new_id(self) -> str:
        """A uuid, always the same for the same history."""
        self.made += 1
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"lever:{self.made}"))

    def add(self, resource: str, **values: Any) -> Row:  # noqa: ANN401 -- any JSON value
        """A new row with its id."""
        row = {"id": values.pop("id", None) or self.new_id(), **values}
        self.rows[resource][row["id"]] = row
        return row

    def add_part(self, part: str, opportunity: str, **values: Any) -> Row:  # noqa: ANN401 -- the same
        """A new row that belongs to an opportunity."""
        row = {"id": self.new_id(), **values}
        self.parts[part].setdefault(opportunity, []).append(row)
        return row

    def touch(self, opportunity: str, at: datetime, **values: Any) -> Row:  # noqa: ANN401 -- the same
        """The opportunity with new values and a new ``updatedAt``; raises `KeyError`."""
        row = self.rows["opportunities"][opportunity]
        row.update(values, updatedAt=milliseconds(at))
        return row

    def stage(self, name: str) -> str:
        """The id of the stage of that name, made where it is new."""
        known = (row["id"] for row in self.rows["stages"].values() if row["text"] == name)
        found = next(known, None) or self.add("stages", id=_FIXED.get(name), text=name)["id"]
        return str(found)

    def reason(self, text: str, kind: str = "non-hired") -> str:
        """The id of the archive reason of that text, made where it is new."""
        known = (row["id"] for row in self.rows["archive_reasons"].values() if row["text"] == text)
        found = next(known, None) or self.add("archive_reasons", text=text, status="active", type=kind)["id"]
        return str(found)

    def enter(self, opportunity: str, stage: str, at: datetime, user: str | None = None) -> None:
        """The opportunity stands in that stage from now on."""
        row = self.touch(opportunity, at, stage=stage, lastAdvancedAt=milliseconds(at))
        change = {"toStageId": stage, "toStageIndex": 0, "updatedAt": milliseconds(at), "userId": user}
        row["stageChanges"].append(change)

    def posting(self, name: str, stages: Sequence[str], at: datetime, recruiter: str, manager: str) -> str:
        """A published posting and its stages."""
        row = self.add(
            "postings",
            text=name,
            state="published",
            user=recruiter,
            owner=recruiter,
            hiringManager=manager,
            categories={"team": "Robotics", "department": "Engineering", "location": "Berlin"},
            followers=[],
            confidentiality="non-confidential",
            createdAt=milliseconds(at),
            updatedAt=milliseconds(at),
        )
        self.pipelines[row["id"]] = [self.stage(one) for one in stages]
        return str(row["id"])

    def opportunity(self, newcomer: Newcomer, posting: str, at: datetime) -> Row:
        """A contact with one opportunity and its application."""
        name = f"{newcomer.first_name} {newcomer.last_name}".strip()
        emails = [newcomer.email] if newcomer.email else []
        consent = {"contact": {"allowed": newcomer.can_email, "expiresAt": None}}
        contact = self.add("contacts", name=name, emails=emails, isAnonymized=False, dataProtection=consent)
        external_id = self.new_id()
        owner = self.rows["postings"][posting]["owner"]
        application = self.add_part(
            "applications",
            external_id,
            candidateId=external_id,
            opportunityId=external_id,
            posting=posting,
            postingOwner=owner,
            createdAt=milliseconds(at),
            timezone="Europe/Berlin",
            acceptLanguage="de-DE,de;q=0.9",
        )
        return self.add(
            "opportunities",
            id=external_id,
            name=name,
            contact=contact["id"],
            emails=emails,
            phones=[],
            stage=None,
            stageChanges=[],
            archived=None,
            owner=owner,
            followers=[],
            tags=list(newcomer.tags),
            sources=["Jobs page"],
            origin="applied",
            applications=[application["id"]],
            confidentiality="confidential" if newcomer.private else "non-confidential",
            createdAt=milliseconds(at),
            updatedAt=milliseconds(at),
            lastInteractionAt=milliseconds(at),
            snoozedUntil=None,
            urls={"list": _APP, "show": f"{_APP}/{external_id}"},
            isAnonymized=False,
            dataProtection=consent,
        )

    def forget(self, opportunity: str, at: datetime) -> Row:
        """Takes the opportunity away with all that belongs to it, and its contact; raises `KeyError`."""
        row = self.rows["opportunities"].pop(opportunity)
        for parts in self.parts.values():
            parts.pop(opportunity, None)
        self.rows["contacts"].pop(row["contact"], None)
        self.deleted.append({"id": opportunity, "deletedAt": milliseconds(at)})
        return row

    def interview(self, interview: str) -> tuple[str, Row, Row]:
        """The opportunity, the panel and the row of an interview; raises `KeyError`."""
        for opportunity, panels in self.parts["panels"].items():
            for panel in panels:
                for row in panel["interviews"]:
                    if row["id"] == interview:
                        return opportunity, panel, row
        raise KeyError(interview)
