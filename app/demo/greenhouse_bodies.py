"""Webhook bodies in Greenhouse's shapes (webhook docs of 2026-01-20, read 2026-11)."""

import json
from collections.abc import Mapping
from typing import Any

from app.demo.greenhouse_world import Row, World, brief

_APP = "https://app.greenhouse.io"


def encoded(action: str, payload: Mapping[str, Any]) -> bytes:
    """The bytes of a webhook, with non-ASCII letters and the characters of HTML escaped as it does."""
    envelope = {
        "action": action,
        "payload": payload,
        "organization_id": 4100,
        "organization_name": "Nordlicht Robotik",
    }
    plain = json.dumps(envelope, ensure_ascii=True, separators=(",", ":"))
    for character in "<>&":
        plain = plain.replace(character, f"\\u{ord(character):04x}")
    return plain.encode("ascii")


def application(world: World, row: Row) -> Row:
    """The application of most webhooks."""
    return {
        "id": row["id"],
        "rejected_at": brief(row["rejected_at"]),
        "prospect": row["prospect"],
        "prospect_detail": {"prospect_pool": None, "prospect_stage": None, "prospect_owner": None},
        "status": {"in_process": "active"}.get(row["status"], row["status"]),
        "applied_at": brief(row["created_at"]),
        "last_activity_at": brief(row["last_activity_at"]),
        "url": _url(row),
        "source": {"id": row["source_id"], "name": row["source_name"]},
        "credited_to": None,
        "rejection_reason": _reason(world, row),
        "rejection_details": {"custom_fields": {}} if row["status"] == "rejected" else None,
        "current_stage": _stage(world, row),
        "custom_fields": {"notice": {"name": "Notice period", "type": "short_text", "value": None}},
        "candidate": candidate(world, world.one("candidates", row["candidate_id"])),
        "jobs": [job(world, world.one("jobs", job_id)) for job_id in jobs_of(row)],
    }


def hired_application(world: World, row: Row, accepted: Row | None) -> Row:
    """The application of `hire_candidate`, which has another shape: no status, no stage, no last activity."""
    full = application(world, row)
    kept = ("id", "credited_to", "url", "candidate", "custom_fields")
    jobs = [{name: value for name, value in one.items() if name != "status"} for one in full["jobs"]]
    hired = {name: full[name] for name in kept}
    hired["candidate"] = {name: value for name, value in full["candidate"].items() if name != "tags"}
    hired |= {"source": {"id": row["source_id"], "public_name": row["source_name"]}, "jobs": jobs}
    hired["opening"] = {"opening_id": "R-1", "custom_fields": []}
    if accepted:
        hired["offer"] = {
            "id": accepted["id"],
            "version": accepted["version"],
            "created_at": brief(accepted["created_at"]),
            "sent_at": accepted["sent_on"],
            "resolved_at": brief(accepted["resolved_at"]),
            "starts_at": accepted["starts_on"],
            "custom_fields": {},
        }
    return hired


def candidate(world: World, row: Row) -> Row:
    """A candidate, with recruiter and coordinator."""
    return {
        "id": row["id"],
        "first_name": row["first_name"],
        "last_name": row["last_name"],
        "title": None,
        "company": None,
        "created_at": brief(row["created_at"]),
        "external_id": None,
        "photo_url": None,
        "url": f"{_APP}/people/{row['id']}",
        "is_private": row["private"],
        "can_email": row["can_email"],
        "phone_numbers": [],
        "email_addresses": row["email_addresses"],
        "addresses": [],
        "website_addresses": [],
        "social_media_addresses": [],
        "educations": [],
        "employments": [],
        "recruiter": _member(world, row["recruiter_id"]),
        "coordinator": _member(world, row["coordinator_id"]),
        "attachments": [],
        "tags": row["tags"],
        "custom_fields": {},
    }


def job(world: World, row: Row) -> Row:
    """A job with its hiring team."""
    shown = ("id", "name", "requisition_id", "notes", "confidential", "status", "departments", "offices")
    owners = world.find("job_owners", job_id=row["id"])
    managers = world.find("job_hiring_managers", job_id=row["id"])
    team = {"hiring_managers": [_on_team(one) for one in managers]}
    for role in ("sourcer", "recruiter", "coordinator"):
        team[f"{role}s"] = [_on_team(one) for one in owners if one["type"] == role]
    times = {name: brief(row[name]) for name in ("created_at", "opened_at", "closed_at")}
    return {**{name: row[name] for name in shown}, **times, "hiring_team": team, "custom_fields": {}}


def offer(row: Row) -> Row:
    """An offer as the offer webhooks write it: flat, the start in US style."""
    year, month, day = row["starts_on"].split("-") if row["starts_on"] else (None, None, None)
    return {
        "id": row["id"],
        "application_id": row["application_id"],
        "job_id": row["job_id"],
        "user_id": row["user_id"],
        "version": row["version"],
        "sent_on": row["sent_on"],
        "resolved_at": brief(row["resolved_at"]),
        "start_date": f"{month}/{day}/{year}" if year else None,
        "notes": None,
        "offer_status": row["status"],
        "custom_fields": {},
    }


def jobs_of(row: Row) -> list[int]:
    """The ids of the jobs that an application is for; a prospect may have none."""
    return row["prospective_job_ids"] if row["prospect"] else [row["job_id"]]


def _url(row: Row) -> str:
    return f"{_APP}/people/{row['candidate_id']}?application_id={row['id']}"


def _on_team(row: Row) -> Row:
    return {"user_id": row["user_id"], "employee_id": None}


def _member(world: World, user_id: int | None) -> Row | None:
    if user_id is None:
        return None
    user = world.one("users", user_id)
    return {"id": user_id, "email": user["primary_email"], "name": user["name"], "employee_id": None}


def _reason(world: World, row: Row) -> Row | None:
    details = world.find("rejection_details", application_id=row["id"])
    if row["status"] != "rejected" or not details:
        return None
    reason = world.one("rejection_reasons", details[-1]["rejection_reason_id"])
    kind = reason["type"]
    return {"id": reason["id"], "name": reason["name"], "type": {"id": kind["id"], "name": kind["name"]}}


def _stage(world: World, row: Row) -> Row | None:
    visit = world.visit(row["id"])
    if visit is None:
        return None
    stage = world.one("job_interview_stages", visit["job_interview_stage_id"])
    interviews = [
        {
            "id": interview["job_interview_id"],
            "name": interview["name"],
            "status": interview["status"],
            "interview_kit": {
                "url": f"{_APP}/guides/{interview['job_interview_id']}",
                "content": "<p>Look & listen.</p>",
                "questions": [],
            },
            "interviewers": [
                {"id": one["user_id"], "display_name": one["display_name"], "status": one["response_status"]}
                for one in world.find("interviewers", interview_id=interview["id"])
            ],
        }
        for interview in world.find("interviews", application_id=row["id"], visit_id=visit["id"])
    ]
    return {"id": stage["id"], "name": stage["name"], "interviews": interviews}
