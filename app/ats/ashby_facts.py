"""Facts that Ashby tells through its webhooks and its API, with one key whichever door they came through.

Shapes as in Ashby's OpenAPI document of 2026-08 and recorded answers of 2026-05 (read 2026-11).
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.ats.canonical import Fact, FactKind, PersonFields, PersonRole
from app.ats.fields import Json, child, children, day, digest, identity, instant, stamp, stamped, text, truth

_PROFILE = re.compile(r"https://app\.ashbyhq\.com/[A-Za-z0-9/_?=&%.~-]*", re.ASCII)
_JOB_STATUSES = {"open": "open", "closed": "closed", "archived": "closed", "draft": "draft"}
_ANSWERS = {
    "accepted": "accepted",
    "candidateaccepted": "accepted",
    "declined": "rejected",
    "candidaterejected": "rejected",
    "waitingonresponse": "sent",
    "waitingoncandidateresponse": "sent",
    "cancelled": "cancelled",
    "offercancelled": "cancelled",
}
_ROLES = (
    ("hiring_managers", re.compile(r"hiring\s*manager", re.IGNORECASE)),
    ("coordinators", re.compile(r"coordinat|schedul", re.IGNORECASE)),
    ("sourcers", re.compile(r"sourc", re.IGNORECASE)),
    ("recruiters", re.compile(r"recruit|talent", re.IGNORECASE)),
)
"""Role names are free in each organisation; the first that fits wins, as for a recruiting coordinator."""


def hiring_team(team: Sequence[Json]) -> dict[str, list[str]]:
    """The ids of the members by our roles; members with another role are left out."""
    found: dict[str, list[str]] = {}
    for member in team:
        user, role = identity(member.get("userId")), text(member.get("role")) or ""
        ours = next((name for name, rule in _ROLES if rule.search(role)), None)
        if user and ours and user not in found.setdefault(ours, []):
            found[ours].append(user)
    return found


def job_data(job: Json) -> dict[str, Any]:
    """What the object says of a job; attributes that it does not mention are left out.

    An empty hiring team is left out as well: Ashby writes one where it does not tell the team.
    """
    said = text(job.get("status"))
    data: dict[str, Any] = {
        "name": text(job.get("title")),
        "status": _JOB_STATUSES.get(said.lower()) if said else None,
        "confidential": truth(job.get("confidential")),
        "hiring_team": hiring_team([*children(job, "hiringTeam")]) or None,
        "opened_at": stamped(job.get("openedAt")),
        "closed_at": stamped(job.get("closedAt")),
    }
    return {name: value for name, value in data.items() if value is not None}


def offer_facts(
    offer: Json, offer_id: str, ids: tuple[str | None, str | None, str | None], received_at: datetime
) -> list[Fact]:
    """The offer as of now; a cancelled one is taken away, version by version.

    Ashby numbers no versions, so a version goes by the second in which it was made. It gives no instant of
    sending: that is known from ``received_at`` on, which stays out of the key.
    """
    latest = child(offer, "latestVersion")
    made = instant(latest.get("createdAt"))
    version = str(int(made.timestamp())) if made else None
    said = text(offer.get("acceptanceStatus")) or ""
    status = _ANSWERS.get(said.lower()) or _ANSWERS.get((text(offer.get("offerStatus")) or "").lower())
    data: dict[str, Any] = {
        "offer_id": offer_id,
        "version": version,
        "status": status or "created",
        "approved": text(latest.get("approvalStatus")) == "Approved",
        "created_at": stamp(made),
        "resolved_at": stamped(offer.get("decidedAt")),
        "starts_at": day(latest.get("startDate")),
    }
    subject = f"offer:{offer_id}:v{version or ''}"
    if status == "cancelled":
        gone = {"offer_id": offer_id, "version": version}
        return [Fact(FactKind.OFFER_DELETED, f"{subject}:cancelled", None, *ids, gone)]
    key = f"{subject}:{digest(data)}"
    data["sent_on"] = day(stamp(received_at)) if status == "sent" else None
    return [Fact(FactKind.OFFER, key, instant(data["resolved_at"]), *ids, data)]


def hired(ids: tuple[str, str, str | None], at: datetime | None, offer: Json | None) -> Fact:
    """The hire; ``offer`` is the accepted one where it is known."""
    offer = offer or {}
    data = {
        "offer_id": identity(offer.get("id")),
        "starts_at": day(child(offer, "latestVersion").get("startDate")),
    }
    key = f"application:{ids[0]}:hired:{stamped(offer.get('decidedAt')) or ''}"
    return Fact(FactKind.HIRED, key, at, *ids, data)


def candidate_person(candidate: Json, external_id: str) -> PersonFields:
    """The candidate's personal fields; Ashby keeps one name, "first and last" (its `candidate.create`)."""
    name = text(candidate.get("name"))
    first, _, last = (name or "").partition(" ")
    return PersonFields(
        PersonRole.CANDIDATE,
        external_id,
        first_name=first or None,
        last_name=last.strip() or None,
        name=name,
        email=_address(candidate),
        time_zone=text(candidate.get("timezone"), 64),
    )


def _address(candidate: Json) -> str | None:
    listed = [child(candidate, "primaryEmailAddress"), *children(candidate, "emailAddresses")]
    return next((found for one in listed if (found := text(one.get("value"), 254))), None)


def member_person(member: Json, external_id: str) -> PersonFields:
    """A member of the company, from a user or from an entry of a hiring team."""
    return PersonFields(
        PersonRole.MEMBER,
        external_id,
        first_name=text(member.get("firstName")),
        last_name=text(member.get("lastName")),
        email=text(member.get("email"), 254),
    )


def profile_url(value: object) -> str | None:
    """The candidate's page in Ashby, or None for anything that is not an address of Ashby's application."""
    url = text(value) or ""
    return url if _PROFILE.fullmatch(url) else None
