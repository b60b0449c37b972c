"""A webhook of somebody who applies now, made from the simulated Greenhouse, with blanks for the time."""

import json
from typing import Any

from app.demo import greenhouse_bodies as bodies
from app.demo.greenhouse_people import add_candidate
from app.demo.greenhouse_world import World
from app.demo.people import Newcomer
from app.moments import machine_now

_ADDRESS = "sam.sample@candidates.example"


def sample_body(world: World) -> dict[str, Any]:
    """The webhook, with ``@NOW@`` for each time and ``@ID@`` for the application's id."""
    now = machine_now()
    known = [row for row in world.find("candidates") if _ADDRESS in str(row["email_addresses"])]
    job = world.find("jobs", status="open")[0]
    recruiter = world.find("job_owners", job_id=job["id"], type="recruiter")[0]["user_id"]
    candidate = (
        known[0] if known else add_candidate(world, Newcomer("Sam", "Sample", _ADDRESS), now, recruiter, None)
    )
    row = {
        "id": "@ID@",
        "candidate_id": candidate["id"],
        "job_id": job["id"],
        "prospect": False,
        "status": "in_process",
        "rejected_at": None,
        "created_at": None,
        "last_activity_at": None,
        "source_id": 2,
        "source_name": "Jobs page on your website",
    }
    told = bodies.application(world, row)
    stage = world.find("job_interview_stages", job_id=job["id"])[0]
    told |= {
        "applied_at": "@NOW@",
        "last_activity_at": "@NOW@",
        "current_stage": {"id": stage["id"], "name": stage["name"], "interviews": []},
    }
    envelope: dict[str, Any] = json.loads(bodies.encoded("new_candidate_application", {"application": told}))
    return envelope
