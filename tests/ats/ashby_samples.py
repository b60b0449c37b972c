"""Objects of our own in the shapes in which Ashby writes them."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.ats import ashby
from app.ats.canonical import Fact, FactKind, Reading

SHARED = Path(__file__).parents[2].parent / "shared" / "payloads"
RECEIVED = datetime(2026, 11, 21, 9, tzinfo=UTC)
SECRET = "a-secret-of-our-own-for-tests-only"
TEAM = [
    {
        "userId": "u-503",
        "email": "jos@example.com",
        "firstName": "Jos",
        "lastName": "Dijk",
        "role": "Hiring Manager",
    },
    {
        "userId": "u-501",
        "email": "tomke@example.com",
        "firstName": "Tomke",
        "lastName": "Janssen",
        "role": "Recruiter",
    },
    {
        "userId": "u-504",
        "email": "ida@example.com",
        "firstName": "Ida",
        "lastName": "Ek",
        "role": "Recruiting Coordinator",
    },
    {"userId": "u-505", "email": "bo@example.com", "firstName": "Bo", "lastName": "Lund", "role": "Mascot"},
]


def application(**values: object) -> dict[str, Any]:
    """Noémi's, which stands in the interview since 9 October."""
    return {
        "id": "app-1",
        "createdAt": "2026-10-05T07:12:30.420Z",
        "updatedAt": "2026-10-09T13:45:10.204Z",
        "status": "Active",
        "customFields": [],
        "candidate": {
            "id": "can-1",
            "name": "Noémi Łukasik Roy",
            "primaryEmailAddress": {"value": "noemi@example.com", "type": "Personal", "isPrimary": True},
        },
        "currentInterviewStage": {
            "id": "st-2",
            "title": "On-site",
            "type": "Active",
            "orderInInterviewPlan": 1,
        },
        "source": {"id": "so-1", "title": "Company page", "isArchived": False},
        "archiveReason": None,
        "job": {"id": "job-1", "title": "Robot <Lead>", "locationId": "lo-1", "departmentId": "de-1"},
        "creditedToUser": None,
        "hiringTeam": TEAM,
        **values,
    }


def archived(kind: str = "RejectedByOrg", **values: object) -> dict[str, Any]:
    """The same, archived on 12 October."""
    reason = {"id": "re-1", "text": "Experience", "reasonType": kind, "isArchived": False}
    stage = {"id": "st-9", "title": "Archived", "type": "Archived"}
    return application(
        updatedAt="2026-10-12T09:00:00.500Z",
        archivedAt="2026-10-12T09:00:00.089Z",
        status="Archived",
        currentInterviewStage=stage,
        archiveReason=reason,
        **values,
    )


def visit(visit_id: str, stage: str, title: str, entered: str, left: str | None = None) -> dict[str, Any]:
    """One stay in a stage; Ashby leaves the end out while it lasts."""
    row = {"id": visit_id, "stageId": stage, "title": title, "enteredStageAt": entered, "stageNumber": 0}
    return row | ({"leftStageAt": left} if left else {})


def event(*users: str, **values: object) -> dict[str, Any]:
    """An hour with these interviewers."""
    return {
        "id": "ev-1",
        "interviewId": "in-1",
        "interviewScheduleId": "sc-1",
        "interviewers": [
            {"id": user, "firstName": "Jos", "email": "jos@example.com", "isFeedbackRequired": True}
            for user in users
        ],
        "createdAt": "2026-10-06T08:00:00.000Z",
        "updatedAt": "2026-10-06T08:00:00.000Z",
        "startTime": "2026-10-09T08:00:00.000Z",
        "endTime": "2026-10-09T09:00:00.000Z",
        "meetingLink": "https://meet.example.com/secret",
        "hasSubmittedFeedback": False,
        "interview": {"id": "in-1", "title": "Panel (ours)", "externalTitle": "Panel", "isDebrief": False},
        **values,
    }


def schedule(status: str, *events: dict[str, Any], **values: object) -> dict[str, Any]:
    """A schedule with these events."""
    return {
        "id": "sc-1",
        "status": status,
        "applicationId": "app-1",
        "candidateId": "can-1",
        "interviewStageId": "st-2",
        "createdAt": "2026-10-06T07:00:00.000Z",
        "updatedAt": "2026-10-06T08:00:00.000Z",
        "interviewEvents": list(events),
        **values,
    }


def offer(acceptance: str, status: str, **values: object) -> dict[str, Any]:
    """An offer in that state."""
    return {
        "id": "of-1",
        "applicationId": "app-1",
        "acceptanceStatus": acceptance,
        "offerStatus": status,
        "decidedAt": None,
        "latestVersion": {
            "id": "ve-1",
            "startDate": "2027-01-04",
            "salary": {"currencyCode": "EUR", "value": 70000},
            "createdAt": "2026-10-14T10:00:00.000Z",
            "approvalStatus": "Approved",
        },
        **values,
    }


def job(**values: object) -> dict[str, Any]:
    """The whole job, as job webhooks and the API write it."""
    return {
        "id": "job-1",
        "title": "Robot <Lead>",
        "confidential": False,
        "status": "Open",
        "hiringTeam": TEAM,
        "updatedAt": "2026-08-03T08:00:00.000Z",
        "openedAt": "2026-08-03T08:00:00.000Z",
        "closedAt": None,
        **values,
    }


def webhook(action: str, data: object, action_id: str = "5d0c") -> bytes:
    """The bytes of one webhook."""
    return json.dumps({"webhookActionId": action_id, "action": action, "data": data}).encode()


def read(action: str, **data: object) -> Reading:
    """What such a webhook says."""
    return ashby.read(webhook(action, data), RECEIVED, action)


def only(reading: Reading, kind: FactKind) -> Fact:
    """The one fact of that kind."""
    found = [fact for fact in reading.facts if fact.kind is kind]
    assert len(found) == 1, found
    return found[0]


def kinds(reading: Reading) -> list[str]:
    """The kinds of its facts, in their order."""
    return [fact.kind.value for fact in reading.facts]
