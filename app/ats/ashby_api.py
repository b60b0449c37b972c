"""Ashby's API: requests to build and answers to understand.

The API key is sent as the user name of Basic authentication; every call is a POST; pages go by cursor, and
changes by sync tokens (OpenAPI document of 2026-08, and Ashby's guide to pagination and incremental
synchronisation, read 2026-11). No general rate limit is published: one of ten calls a second is assumed, and
429 is obeyed.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from app.ats.ashby_answers import read_answers
from app.ats.ashby_failures import failure, is_stale
from app.ats.ashby_requests import API_BASE, MOST, ask
from app.ats.ashby_writes import (
    WRITES,
    created_id,
    marker_in,
    note_request,
    notes_requests,
    write_step,
)
from app.ats.by_key import auth_url, read_token, token_request
from app.ats.canonical import USUALLY_PUSHED, Named, NamedKind
from app.ats.fields import Answers, Json, child, children, identity, parse_object, text
from app.ats.http import Account, ApiRequest, ApiResponse, Rate, Token
from app.errors import MalformedBody

__all__ = [
    "API_BASE",
    "ASSUMED_RATE",
    "CHUNK",
    "PUSHED",
    "STEADY",
    "WRITES",
    "api_base",
    "auth_url",
    "changed_applications",
    "changed_requests",
    "created_id",
    "failure",
    "first_requests",
    "found",
    "further_requests",
    "marker_in",
    "named_requests",
    "next_page",
    "note_request",
    "notes_requests",
    "rate",
    "read_answers",
    "read_token",
    "resume_point",
    "rows",
    "token_request",
    "with_credentials",
    "write_step",
]

ASSUMED_RATE = 100, timedelta(seconds=10)
CHUNK = 15
"""Five or six calls an application: at most ninety, while half the assumed rate gives a hundred in 20 s."""
PUSHED = USUALLY_PUSHED
STEADY = frozenset({"jobs", "interviews"})

_FOLLOWED = {
    "applications": "application.list",
    "interview_schedules": "interviewSchedule.list",
    "feedback": "applicationFeedback.list",
    "offers": "offer.list",
}
_LONGEST_TOKEN = 4_000


def api_base(account: Account) -> str:
    """Ashby has one address for all accounts."""
    return account.api_base or API_BASE


def with_credentials(request: ApiRequest, account: Account, token: Token | None) -> ApiRequest:
    """The request with the API key as user name and no password."""
    del token
    basic = base64.b64encode(f"{account.api_key}:".encode()).decode("ascii")
    return request.with_header("authorization", f"Basic {basic}")


# Reading


def changed_requests(
    since: datetime, base: str | None = None, resume: Mapping[str, str] | None = None
) -> Mapping[str, Sequence[ApiRequest]]:
    """Lists what changed since the last time, by Ashby's sync token.

    Without one, what was created since; with the last page of that comes the first token. Ashby's lists
    cannot be asked for changes since an instant, so what is older and was changed before the first question
    is left to the webhooks.
    """
    asked = {}
    for resource, operation in _FOLLOWED.items():
        token = (resume or {}).get(resource)
        place = {"syncToken": token} if token else {"createdAfter": int(since.timestamp() * 1000)}
        asked[resource] = (ask(operation, base, limit=MOST, **place),)
    return asked


def resume_point(response: ApiResponse) -> str | None:
    """The sync token, which comes with the last page."""
    try:
        return text(parse_object(response.body).get("syncToken"), _LONGEST_TOKEN)
    except MalformedBody:
        return None


def changed_applications(answers: Answers) -> list[str]:
    """The applications that the answers to `changed_requests` name, each once."""
    own = [identity(row.get("id")) for row in answers.get("applications", ())]
    named = [
        identity(row.get("applicationId"))
        for resource, found_rows in answers.items()
        if resource != "applications"
        for row in found_rows
    ]
    return sorted({external_id for external_id in own + named if external_id})


def named_requests(named: Sequence[Named], base: str | None = None) -> Mapping[str, Sequence[ApiRequest]]:
    """What to ask about things by their ids; Ashby's webhooks tell what they name."""
    ids = {kind: list(dict.fromkeys(one.id for one in named if one.kind is kind)) for kind in NamedKind}
    asked = {
        **(first_requests(ids[NamedKind.APPLICATION], base) if ids[NamedKind.APPLICATION] else {}),
        "candidates": _candidates(ids[NamedKind.CANDIDATE], base),
        "jobs": _jobs(ids[NamedKind.JOB], base),
    }
    return {resource: requests for resource, requests in asked.items() if requests}


_RESOURCES = {
    NamedKind.APPLICATION: "applications",
    NamedKind.CANDIDATE: "candidates",
    NamedKind.JOB: "jobs",
}


def found(named: Named, answers: Answers) -> bool:
    """Whether the answers hold it."""
    return any(identity(row.get("id")) == named.id for row in answers.get(_RESOURCES[named.kind], ()))


def first_requests(
    applications: Sequence[str], base: str | None = None
) -> Mapping[str, Sequence[ApiRequest]]:
    """What to ask about these applications, by resource; Ashby answers about one at a time."""
    ids = list(dict.fromkeys(applications))
    about = {
        resource: tuple(ask(operation, base, applicationId=one, limit=MOST) for one in ids)
        for resource, operation in _FOLLOWED.items()
        if resource != "applications"
    }
    return {"applications": tuple(ask("application.info", base, applicationId=one) for one in ids), **about}


def further_requests(answers: Answers, base: str | None = None) -> Mapping[str, Sequence[ApiRequest]]:
    """What to ask next about what the answers so far only name; one round is enough."""
    applications = answers.get("applications", ())
    asked = {
        "candidates": _candidates(_ids_of(applications, "candidate"), base),
        "jobs": _jobs(_ids_of(applications, "job"), base),
        "interviews": _interviews(answers.get("interview_schedules", ()), base),
    }
    return {resource: wanted for resource, wanted in asked.items() if wanted and resource not in answers}


def _ids_of(applications: Sequence[Json], name: str) -> list[str]:
    ids = [identity(child(row, name).get("id")) for row in applications]
    return list(dict.fromkeys(one for one in ids if one))


def _candidates(ids: Sequence[str], base: str | None) -> tuple[ApiRequest, ...]:
    return tuple(ask("candidate.info", base, id=one) for one in ids)


def _jobs(ids: Sequence[str], base: str | None) -> tuple[ApiRequest, ...]:
    return tuple(ask("job.info", base, id=one) for one in ids)


def _interviews(schedules: Sequence[Json], base: str | None) -> tuple[ApiRequest, ...]:
    """What the events' interviews are, where the schedule itself does not say so."""
    events = [
        one for row in schedules for one in children(row, "interviewEvents") if not child(one, "interview")
    ]
    ids = dict.fromkeys(found for one in events if (found := identity(one.get("interviewId"))))
    return tuple(ask("interview.info", base, id=one) for one in ids)


# Answers


def rows(response: ApiResponse) -> tuple[Json, ...]:
    """The rows of an answer; none where Ashby said that a sync token is stale, or that an e-mail is known.

    Raises `MalformedBody` where the results are neither objects nor an object.
    """
    results = parse_object(response.body).get("results")
    if results is None:
        return ()
    listed = results if isinstance(results, list) else [results]
    if not all(isinstance(row, dict) for row in listed):
        raise MalformedBody("The results are not objects.")
    return tuple(listed)


def next_page(request: ApiRequest, response: ApiResponse) -> ApiRequest | None:
    """The request for the next page, or None on the last one.

    After a stale sync token comes the list from its beginning, without it, as Ashby's guide asks.
    """
    body = dict(request.json or {})
    if is_stale(request, response):
        return replace(request, json={"limit": body.get("limit", MOST)})
    try:
        answer = parse_object(response.body)
    except MalformedBody:
        return None
    cursor = text(answer.get("nextCursor"), _LONGEST_TOKEN)
    if cursor is None or answer.get("moreDataAvailable") is not True or cursor == body.get("cursor"):
        return None
    return replace(request, json={**body, "cursor": cursor})


def rate(response: ApiResponse, now: datetime) -> Rate | None:
    """Ashby does not tell its limit."""
    del response, now
    return None
