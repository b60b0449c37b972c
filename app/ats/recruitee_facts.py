"""Facts that Recruitee tells through more than one door, with one key whichever it came through.

Recruitee calls a job an "offer", and one candidate's place in one job a "placement". Webhooks name
candidate and offer and never the placement, so an application's id here is ``candidate:offer`` through
every door.
"""

import re
from datetime import datetime
from typing import Any

from app.ats.canonical import Fact, FactKind, PersonFields, PersonRole
from app.ats.fields import Json, child, digest, identity, instant, stamp, stamped, text, texts
from app.ats.told import snapshot

_NUMBER = re.compile(r"\d{1,20}", re.ASCII)
_LATIN_PARTS = re.compile(r"[^\W\d_][\w.'’-]*( [^\s,]+)+")
_OWN_URL = re.compile(r"https://([a-z0-9-]+\.)*recruitee\.com/[^\s<>\"']*", re.ASCII)
_WITHDREW = re.compile(r"\bwithdr[ae]w", re.IGNORECASE)

_STATUSES = {
    "published": "open",
    "internal": "open",
    "draft": "held",
    "closed": "closed",
    "archived": "closed",
}
HIRE_CATEGORIES = frozenset({"hire", "hired"})
"""Categories of a stage that means hired."""

Ids = tuple[str, str, str]
"""The ids of an application, its candidate and its job."""


def number(value: object) -> str | None:
    """An id of Recruitee, which is a number; None for anything else, so that it is safe in an address."""
    found = identity(value)
    return found if found and _NUMBER.fullmatch(found) else None


def ids_of(candidate: str, job: str) -> Ids:
    """The ids of the candidate's application for that job."""
    return f"{candidate}:{job}", candidate, job


def parts_of(application: str) -> tuple[str | None, str | None]:
    """The candidate and the job of an application's id."""
    candidate, _, job = application.partition(":")
    return number(candidate), number(job)


def created(ids: Ids, at: datetime | None) -> Fact:
    """The application came into being."""
    return Fact(FactKind.APPLICATION_CREATED, f"application:{ids[0]}:created", at, *ids)


def entered(ids: Ids, stage_id: str, name: str | None, at: datetime | None, unless: str = "") -> Fact:
    """The application stood in that stage from that instant on, or ``unless`` stands in its place."""
    key = f"application:{ids[0]}:stage:{stage_id}:{stamp(at) or unless}"
    return Fact(FactKind.STAGE_CHANGED, key, at, *ids, {"stage_id": stage_id, "stage_name": name})


def ending(ids: Ids, at: datetime | None, said: Json, unless: str = "", **more: str | None) -> Fact:
    """A disqualification; a withdrawal where the candidate did it, or the reason says so.

    The key holds the reason's words, which both doors give, so that an edited reason is news.
    """
    reason_id, reason = _reason(said)
    by = text(said.get("disqualify_kind")) or text(said.get("kind"))
    kind = FactKind.WITHDRAWN if withdrawn(by, reason) else FactKind.REJECTED
    data = {"reason_id": reason_id, "reason": reason, "reason_type": by, **more}
    words = digest(reason.casefold()) if reason else ""
    key = f"application:{ids[0]}:rejected:{stamp(at) or unless}:{words}"
    return Fact(kind, key, at, *ids, data)


def withdrawn(by: str | None, reason: str | None) -> bool:
    """Whether a disqualification is the candidate's own doing.

    ``admin`` is the kind of a company's disqualification (a stored answer of 2023); that a candidate's own is
    called ``candidate`` is not documented, so a reason that speaks of withdrawing counts as well.
    """
    return by == "candidate" or bool(reason and _WITHDREW.search(reason))


def _reason(said: Json) -> tuple[str | None, str | None]:
    for name in ("disqualify_reason", "disqualification_reason", "reason"):
        given = said.get(name)
        if isinstance(given, dict):
            return number(given.get("id")), text(given.get("name")) or text(given.get("body"))
        if words := text(given):
            return number(said.get("disqualify_reason_id")), words
    return number(said.get("disqualify_reason_id")), None


def hired(ids: Ids, at: datetime | None, starts_at: str | None, unless: str = "") -> Fact:
    """The hire; ``starts_at`` is the first day."""
    key = f"application:{ids[0]}:hired:{stamp(at) or unless}"
    return Fact(FactKind.HIRED, key, at, *ids, {"offer_id": None, "starts_at": starts_at})


def job_changed(offer: Json, job: str, at: datetime | None, unless: str = "", **said: Any) -> Fact:  # noqa: ANN401 -- any JSON
    """A job as the object tells it, with what else was ``said``; what it does not mention is left out."""
    department = text(offer.get("department")) or text(child(offer, "department").get("name"))
    place = text(offer.get("location")) or text(offer.get("city"))
    data: dict[str, Any] = {
        "name": text(offer.get("title")),
        "status": _STATUSES.get((text(offer.get("status")) or "").lower()),
        "departments": [department] if department else None,
        "offices": [{"name": text(offer.get("city")) or place, "location": place}] if place else None,
        "hiring_team": _hiring_team(offer),
        **said,
    }
    data = {name: value for name, value in data.items() if value is not None}
    for ours, theirs in (("opened_at", "published_at"), ("closed_at", "closed_at")):
        if theirs in offer:
            data[ours] = stamped(offer.get(theirs))
    when = instant(offer.get("updated_at")) or at
    return snapshot(FactKind.JOB_CHANGED, f"job:{job}", data, when, unless=unless, job=job)


def _hiring_team(offer: Json) -> dict[str, list[str]] | None:
    names = (("recruiters", "recruiter_id"), ("hiring_managers", "hiring_manager_id"))
    if not any(theirs in offer for _, theirs in names):
        return None
    return {ours: [user] if (user := number(offer.get(theirs))) else [] for ours, theirs in names}


def application_changed(
    ids: Ids, candidate: Json, offer: Json, at: datetime | None, unless: str = "", **said: str | None
) -> Fact:
    """What the candidate and the job say of their application."""
    data: dict[str, Any] = {"candidate": ids[1], "job": ids[2], **said}
    optional = {
        "source": text(candidate.get("referrer")) or text(candidate.get("source")),
        "prospect": offer.get("kind") == "talent_pool" if text(offer.get("kind")) else None,
        "url": application_url(candidate.get("adminapp_url")),
        "tags": tag_names(candidate) if "tags" in candidate else None,
    }
    data |= {name: value for name, value in optional.items() if value is not None}
    application, candidate_id, job = ids
    return snapshot(
        FactKind.APPLICATION_CHANGED,
        f"application:{application}",
        data,
        at,
        unless=unless,
        application=application,
        candidate=candidate_id,
        job=job,
    )


def candidate_changed(candidate: Json, candidate_id: str, at: datetime | None, unless: str = "") -> Fact:
    """The candidate as of now; said even with nothing to say, so that erasure finds what named them."""
    data = {"tags": tag_names(candidate)} if "tags" in candidate else {}
    subject = f"candidate:{candidate_id}"
    return snapshot(FactKind.CANDIDATE_CHANGED, subject, data, at, unless=unless, candidate=candidate_id)


def candidate_deleted(candidate_id: str, at: datetime | None) -> Fact:
    """The candidate is gone, with all applications."""
    return Fact(FactKind.CANDIDATE_DELETED, f"candidate:{candidate_id}:deleted", at, candidate=candidate_id)


def tag_names(candidate: Json) -> list[str]:
    """The names of the candidate's tags, which come as words or as objects."""
    tags = candidate.get("tags")
    listed = tags if isinstance(tags, list) else []
    return texts([item.get("name") if isinstance(item, dict) else item for item in listed])


def candidate_person(candidate: Json, candidate_id: str, locale: str | None = None) -> PersonFields:
    """The candidate's personal fields.

    Recruitee keeps one field for the whole name. Its first word is taken for the first name where there are
    several words and no comma; the whole name is kept beside it.
    """
    name = " ".join((text(candidate.get("name")) or "").split())
    first, _, last = name.partition(" ") if _LATIN_PARTS.fullmatch(name) else ("", "", "")
    email = next((found for found in texts(candidate.get("emails")) if "@" in found), None)
    return PersonFields(
        PersonRole.CANDIDATE,
        candidate_id,
        first_name=first or None,
        last_name=last or None,
        name=name or None,
        email=text(email, 254),
        locale=locale,
    )


def member_person(member: Json, member_id: str) -> PersonFields:
    """A member of the company's team, whom Recruitee calls an admin."""
    return PersonFields(
        PersonRole.MEMBER,
        member_id,
        first_name=text(member.get("first_name")),
        last_name=text(member.get("last_name")),
        name=text(member.get("name")),
        email=text(member.get("email"), 254),
        time_zone=text(member.get("timezone"), 64),
    )


def application_url(value: object) -> str | None:
    """The candidate's page in Recruitee, or None for anything that is not an address of Recruitee."""
    url = text(value) or ""
    return url if _OWN_URL.fullmatch(url) else None
