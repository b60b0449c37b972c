"""The candidate object of Workable, as facts and people: equal in webhooks and in the API.

A candidate of Workable belongs to one job, so candidate and application share an id (Workable docs and
recorded answers of 2026-07, read 2026-11). Webhooks name a stage by its words only, so a stage's id here is
made of them: the same through both doors.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.ats.canonical import Fact, FactKind, PersonFields, PersonRole
from app.ats.collected import Collected
from app.ats.fields import Json, child, digest, identity, instant, needed, stamp, text, texts, truth
from app.ats.told import created, snapshot

_URL = re.compile(r"https://[a-z0-9-]{1,63}\.workable\.com/[^\s<>\"'\\@]*", re.ASCII)
_LONGEST_ID = 64


def words_id(words: str) -> str:
    """The id of something that Workable names by words alone, such as ``phone-screen``."""
    return re.sub(r"[\W_]+", "-", words.casefold()).strip("-")[:_LONGEST_ID] or digest(words)


@dataclass(frozen=True, slots=True)
class Subject:
    """The candidate whom facts are about, with the instant as of which the object speaks.

    ``unless`` stands in keys where the object has no time.
    """

    id: str
    job: str | None
    at: datetime | None
    unless: str

    @property
    def name(self) -> str:
        """How keys begin."""
        return f"application:{self.id}"

    @property
    def ids(self) -> dict[str, str | None]:
        """Whom a fact is about."""
        return {"application": self.id, "candidate": self.id, "job": self.job}


def collect_candidate(
    into: Collected, row: Json, *, unless: str = "", withdrawals: frozenset[str] = frozenset()
) -> tuple[str, ...]:
    """Gathers all that a candidate object says; raises `MalformedBody` where it has no id.

    ``withdrawals`` are the reasons that mean that the candidate turned the company down. What comes back are
    the candidates whose personal data must be destroyed.
    """
    job = child(row, "job")
    of = Subject(
        needed(row, "id", "The candidate"),
        identity(job.get("shortcode")),
        instant(row.get("updated_at")),
        unless,
    )
    if created_at := instant(row.get("created_at")):
        into.fact(created(of.id, created_at, of.id, of.job))
    if of.job and (title := text(job.get("title"))):
        subject = f"job:{of.job}"
        into.fact(snapshot(FactKind.JOB_CHANGED, subject, {"name": title}, of.at, unless=unless, job=of.job))
    _collect_attributes(into, row, of)
    _collect_stage(into, row, of)
    _collect_state(into, row, of, withdrawals)
    if truth(row.get("anonymized")):
        key = f"candidate:{of.id}:anonymized"
        into.fact(Fact(FactKind.CANDIDATE_ANONYMIZED, key, of.at, candidate=of.id, data={"fields": []}))
        return (of.id,)
    into.person(_candidate_person(row, of.id))
    return ()


def status_of(row: Json) -> str:
    """``active``, ``hired`` or ``rejected``; a withdrawal counts as rejected here."""
    if truth(row.get("disqualified")) or truth(row.get("withdrew")):
        return "rejected"
    kind = text(row.get("stage_kind"))
    hired = kind == "hired" if kind else bool(instant(row.get("hired_at")))
    return "hired" if hired else "active"


def _collect_attributes(into: Collected, row: Json, of: Subject) -> None:
    data: dict[str, Any] = {
        "candidate": of.id,
        "job": of.job,
        "status": status_of(row),
        # Whom the company found itself has not applied; in the talent pool there is no job to apply for.
        "prospect": text(row.get("stage_kind")) == "sourced" or of.job is None,
    }
    source = text(row.get("common_source")) or text(row.get("domain"))
    if source and source != "Unknown":
        data["source"] = source
    if url := candidate_url(row.get("profile_url")):
        data["url"] = url
    if isinstance(row.get("tags"), list):
        tags = texts(row["tags"])
        data["tags"] = tags
        subject = f"candidate:{of.id}"
        into.fact(
            snapshot(
                FactKind.CANDIDATE_CHANGED, subject, {"tags": tags}, of.at, unless=of.unless, candidate=of.id
            )
        )
    into.fact(
        snapshot(FactKind.APPLICATION_CHANGED, of.name, data, of.at, unless=of.unless, **of.ids),
    )


def _collect_stage(into: Collected, row: Json, of: Subject) -> None:
    if stage := text(row.get("stage")):
        data = {"stage_id": words_id(stage), "stage_name": stage}
        key = f"{of.name}:stage:{data['stage_id']}:{stamp(of.at) or of.unless}"
        into.fact(Fact(FactKind.STAGE_CHANGED, key, of.at, data=data, **of.ids))


def _collect_state(into: Collected, row: Json, of: Subject, withdrawals: frozenset[str]) -> None:
    status = status_of(row)
    if status == "rejected":
        into.fact(_ending(row, of, withdrawals))
    elif status == "hired" and (hired_at := instant(row.get("hired_at"))):
        data = {"offer_id": None, "starts_at": None}
        into.fact(Fact(FactKind.HIRED, f"{of.name}:hired:{stamp(hired_at)}", hired_at, data=data, **of.ids))


def _ending(row: Json, of: Subject, withdrawals: frozenset[str]) -> Fact:
    """A rejection, or a withdrawal where the candidate or the reason says so.

    Only the API knows which reasons mean a withdrawal, so that one has a key of its own, which sorts after
    the rejection of the same instant and thereby corrects it.
    """
    reason, stage = text(row.get("disqualification_reason")), text(row.get("stage"))
    withdrew = bool(truth(row.get("withdrew"))) or reason in withdrawals
    at = instant(row.get("disqualified_at")) or of.at
    place = f"{stamp(at) or of.unless}:{words_id(reason) if reason else ''}"
    data = {
        "reason_id": words_id(reason) if reason else None,
        "reason": reason,
        "reason_type": "candidate withdrew" if withdrew else None,
        "stage_id": words_id(stage) if stage else None,
        "stage_name": stage,
    }
    kind = FactKind.WITHDRAWN if withdrew else FactKind.REJECTED
    key = f"{of.name}:rejected:{place}{':withdrew' if withdrew else ''}"
    return Fact(kind, key, at, data=data, **of.ids)


def _candidate_person(row: Json, external_id: str) -> PersonFields:
    return PersonFields(
        PersonRole.CANDIDATE,
        external_id,
        first_name=text(row.get("firstname")),
        last_name=text(row.get("lastname")),
        name=text(row.get("name")),
        email=text(row.get("email"), 254),
    )


def member_person(row: Json, external_id: str) -> PersonFields:
    """A member of the hiring team, from any object that names one."""
    return PersonFields(
        PersonRole.MEMBER, external_id, name=text(row.get("name")), email=text(row.get("email"), 254)
    )


def candidate_url(value: object) -> str | None:
    """The candidate's page in Workable, or None for anything that is not an address of Workable."""
    url = text(value) or ""
    return url if _URL.fullmatch(url) else None
