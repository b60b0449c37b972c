"""What SmartRecruiters' API is asked, round by round.

Many answers do not say whom they are about, so each resource is named after it: ``application/<id>``,
``history/<id>``, ``candidate/<id>`` …; only ``users`` is one for all, since users say who they are and change
rarely. Paths are those that clients of the public specification use (read 2026-11); what is not there counts
as nothing, so a path that turns out wrong costs itself only.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from app.ats.canonical import Named, NamedKind
from app.ats.fields import Answers, Json, child, children
from app.ats.http import ApiRequest
from app.ats.smartrecruiters_history import Ids, ids_of
from app.ats.smartrecruiters_ids import application_id, ident
from app.ats.smartrecruiters_meetings import holders, interview_ids
from app.ats.smartrecruiters_offers import offer_ids
from app.ats.smartrecruiters_url import vendor_id

API_BASE = "https://api.smartrecruiters.com"
INTERVIEWS, REVIEWS, USERS = "interviews-api/v201904", "reviews-api/v201910", "user-api/v201804"

Asked = Mapping[str, Sequence[ApiRequest]]


def get(base: str | None, path: str, *params: tuple[str, str]) -> ApiRequest:
    """Reads what is at that path of the API."""
    return ApiRequest("GET", f"{base or API_BASE}/{path}", params)


def changed_requests(
    since: datetime, base: str | None = None, resume: Mapping[str, str] | None = None
) -> Asked:
    """Lists the candidates that changed after that instant; their applications change with them."""
    del resume  # SmartRecruiters goes by time
    after = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return {"candidates": (get(base, "candidates", ("updatedAfter", after), ("limit", "100")),)}


def changed_applications(answers: Answers) -> list[str]:
    """Every application of the candidates that the answers to `changed_requests` name, each once."""
    found = set()
    for row in answers.get("candidates", ()):
        candidate = ident(row.get("id"))
        for assignment in (child(row, "primaryAssignment"), *children(row, "secondaryAssignments")):
            job = ident(child(assignment, "job").get("id"))
            if candidate and job:
                found.add(application_id(candidate, job))
    return sorted(found)


def named_requests(named: Sequence[Named], base: str | None = None) -> Asked:
    """What to ask about what webhooks named; an application perhaps by an interview or offer of it."""
    asked: dict[str, Sequence[ApiRequest]] = {}
    for one in named:
        kind, _, own = one.id.partition(":")
        if one.kind is NamedKind.CANDIDATE and ident(one.id):
            asked[f"candidate/{one.id}"] = (get(base, f"candidates/{one.id}"),)
        elif one.kind is NamedKind.JOB and ident(one.id):
            asked |= _about_job(one.id, base)
        elif kind == "interview" and ident(own):
            asked[f"interview/{own}"] = (get(base, f"{INTERVIEWS}/interviews/{own}"),)
        elif kind == "offer" and ident(own):
            # The address that webhooks link to; it is in no specification.
            asked[f"offer/{own}"] = (get(base, f"offers/{own}"),)
        elif one.kind is NamedKind.APPLICATION:
            asked |= first_requests([one.id], base)
    return asked


def found(named: Named, answers: Answers) -> bool:
    """Whether the answers know what was named."""
    kind = named.id.partition(":")[0]
    if named.kind is not NamedKind.APPLICATION:
        return bool(answers.get(f"{named.kind}/{named.id}"))
    if kind in ("interview", "offer"):
        return bool(answers.get(named.id.replace(":", "/", 1)))
    return any(answers.get(f"{resource}/{named.id}") for resource in ("application", "history"))


def first_requests(applications: Sequence[str], base: str | None = None) -> Asked:
    """What to ask about these applications; ids that are not of ours are passed over."""
    asked: dict[str, Sequence[ApiRequest]] = {}
    for application in applications:
        ids = ids_of(application)
        if ids is not None:
            asked |= _about_application(ids, base)
    return asked


def _about_application(ids: Ids, base: str | None) -> Asked:
    path = f"candidates/{ids.candidate}/jobs/{ids.job}"
    about = (("candidateId", ids.candidate), ("jobId", ids.job))
    return {
        f"application/{ids.application}": (get(base, path),),
        f"history/{ids.application}": (get(base, f"{path}/status/history"),),
        f"offers/{ids.application}": (get(base, f"{path}/offers"),),
        f"reviews/{ids.application}": (get(base, f"{REVIEWS}/reviews", *about),),
        f"candidate/{ids.candidate}": (get(base, f"candidates/{ids.candidate}"),),
    }


def _about_job(job: str, base: str | None) -> dict[str, Sequence[ApiRequest]]:
    return {
        f"job/{job}": (get(base, f"jobs/{job}"),),
        f"team/{job}": (get(base, f"jobs/{job}/hiring-team"),),
    }


def further_requests(answers: Answers, base: str | None = None) -> Asked:
    """What to ask next: the application of an interview or an offer, then interviews and jobs, then users.

    A resource that is among the answers is not asked for again, so three rounds are enough.
    """
    asked: dict[str, Sequence[ApiRequest]] = {}
    for ids in _named_by_parts(answers):
        asked |= _about_application(ids, base)
    for resource, rows in answers.items():
        kind, _, whose = resource.partition("/")
        of = ids_of(whose) if kind == "application" and rows else None
        if of is not None:
            asked |= _about_job(of.job, base)
            if own := vendor_id(rows[0]):
                listed = get(base, f"{INTERVIEWS}/interviews", ("applicationId", own))
                asked[f"interviews/{whose}"] = (listed,)
    missing = {resource: requests for resource, requests in asked.items() if resource not in answers}
    if missing or "users" in answers:
        return missing
    users = sorted(set(_users(answers)))
    return {"users": [get(base, f"{USERS}/users/{user}") for user in users]} if users else {}


def _named_by_parts(answers: Answers) -> Iterator[Ids]:
    for resource, rows in answers.items():
        kind = resource.partition("/")[0]
        of = {"interview": interview_ids, "offer": offer_ids}.get(kind)
        if of is not None:
            yield from (ids for row in rows if (ids := of(row)))


def _users(answers: Answers) -> Iterator[str]:
    for resource, rows in answers.items():
        kind = resource.partition("/")[0]
        for row in rows:
            yield from (user for value in _who(kind, row) if (user := ident(value)))


def _who(kind: str, row: Json) -> Iterable[object]:
    if kind == "team":
        return (row.get("id"),)
    if kind == "reviews":
        return (row.get("reviewerId"),)
    if kind in ("interview", "interviews"):
        return (row.get("organizerId"), *holders(row))
    return ()
