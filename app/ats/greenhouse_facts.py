"""Facts that Greenhouse tells through more than one door, with one key whichever it came through."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.ats.canonical import Fact, FactKind, PersonFields, PersonRole
from app.ats.fields import Json, child, children, day, digest, identity, instant, stamped, text, truth

_GREENHOUSE_URL = re.compile(r"https?://[a-z0-9.-]*\bgreenhouse\.io/[^\s<>\"']*", re.ASCII)


def hired(
    application: str,
    at: datetime | None,
    candidate: str | None,
    job: str | None,
    offer: Mapping[str, Any] | None,
) -> Fact:
    """The hire; ``offer`` is the data of the accepted offer where it is known."""
    data = {name: (offer or {}).get(name) for name in ("offer_id", "starts_at")}
    resolved = (offer or {}).get("resolved_at") or ""
    return Fact(
        FactKind.HIRED, f"application:{application}:hired:{resolved}", at, application, candidate, job, data
    )


def offer_data(offer: Json, status: str | None = None) -> dict[str, Any]:
    """An offer in our words, from any of the three shapes in which Greenhouse writes it."""
    said = text(offer.get("offer_status")) or text(offer.get("status")) or status
    return {
        "offer_id": identity(offer.get("id")),
        "version": identity(offer.get("version")),
        "status": said.lower() if said else None,
        "created_at": stamped(offer.get("created_at")),
        "sent_on": day(offer.get("sent_on")) or day(offer.get("sent_at")),
        "resolved_at": stamped(offer.get("resolved_at")),
        "starts_at": day(offer.get("starts_at"))
        or day(offer.get("start_date"))
        or day(offer.get("starts_on")),
    }


def offer_fact(
    data: Mapping[str, Any],
    application: str | None,
    candidate: str | None,
    job: str | None,
    updated: object = None,
) -> Fact:
    """An offer as of now.

    ``sent_on`` is a date and would sort before the offer's creation, so an offer that was sent and has no
    other time goes by its receipt.
    """
    made = None if data["sent_on"] else instant(data["created_at"])
    at = instant(data["resolved_at"]) or instant(updated) or made
    key = f"offer:{data['offer_id']}:v{data['version'] or ''}:{digest(data)}"
    return Fact(FactKind.OFFER, key, at, application, candidate, job, data)


def job_data(job: Json) -> dict[str, Any]:
    """What the object says of a job; attributes that it does not mention are left out."""
    data: dict[str, Any] = {"name": text(job.get("name")), "status": text(job.get("status"))}
    data |= {
        "departments": [name for item in children(job, "departments") if (name := text(item.get("name")))]
        if "departments" in job
        else None,
        "offices": [_office(item) for item in children(job, "offices")] if "offices" in job else None,
        "confidential": truth(job.get("confidential")),
        "hiring_team": hiring_team(child(job, "hiring_team")) if child(job, "hiring_team") else None,
    }
    data = {name: value for name, value in data.items() if value is not None}
    for ours, older in (("opened_at", "open_date"), ("closed_at", "close_date")):
        if ours in job or older in job:
            data[ours] = stamped(job.get(ours)) or stamped(job.get(older))
    return data


def hiring_team(team: Json) -> dict[str, list[str]]:
    """The ids of the members by role."""
    return {
        role: [user for member in children(team, role) if (user := identity(member.get("user_id")))]
        for role in ("hiring_managers", "recruiters", "coordinators", "sourcers")
    }


def _office(office: Json) -> dict[str, str | None]:
    # Older deliveries write the location as an object with a name.
    location = text(office.get("location")) or text(child(office, "location").get("name"))
    return {"name": text(office.get("name")), "location": location}


def candidate_person(candidate: Json, external_id: str) -> PersonFields:
    """The candidate's personal fields; a personal address is preferred to one of another type."""
    addresses = [*children(candidate, "email_addresses")]
    personal = [item for item in addresses if item.get("type") == "personal"]
    emails = [found for item in [*personal, *addresses] if (found := text(item.get("value"), 254))]
    return PersonFields(
        PersonRole.CANDIDATE,
        external_id,
        first_name=text(candidate.get("first_name")),
        last_name=text(candidate.get("last_name")),
        email=emails[0] if emails else None,
    )


def member_person(member: Json, external_id: str) -> PersonFields:
    """A member of the hiring team, from any object that names one."""
    email = next(
        (
            found
            for name in ("email", "primary_email", "primary_email_address")
            if (found := text(member.get(name), 254))
        ),
        None,
    )
    return PersonFields(
        PersonRole.MEMBER,
        external_id,
        first_name=text(member.get("first_name")),
        last_name=text(member.get("last_name")),
        name=text(member.get("name")) or text(member.get("display_name")),
        email=email,
    )


def application_url(value: object) -> str | None:
    """The application's page in Greenhouse, or None for anything that is not an address of Greenhouse."""
    url = "".join((text(value) or "").split())
    return url if _GREENHOUSE_URL.fullmatch(url) else None
