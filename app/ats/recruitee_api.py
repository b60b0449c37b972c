"""Recruitee's company API: what is asked, and in which order.

``GET /candidates/{id}``, ``/offers/{id}``, ``/admins`` and ``/disqualify_reasons`` are used alike by
several public clients; ``/tracking/activities`` and everything below ``/interview`` by single ones, so
these may be missing without harm (read 2026-11). There is no filter by time: lists that are newest first
are read back as far as needed.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from app.ats.by_key import auth_url, read_token, token_request
from app.ats.by_time import resume_point
from app.ats.canonical import USUALLY_PUSHED, Named, NamedKind
from app.ats.fields import Answers, Json, child, children, stamp
from app.ats.http import ApiRequest
from app.ats.recruitee_answers import read_answers
from app.ats.recruitee_facts import ids_of, number, parts_of
from app.ats.recruitee_failures import failure, rate
from app.ats.recruitee_paths import (
    SINCE,
    api_base,
    get,
    next_page,
    rows,
    with_credentials,
)
from app.ats.recruitee_writes import (
    WRITES,
    created_id,
    marker_in,
    note_request,
    notes_requests,
    write_step,
)

__all__ = [
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

ASSUMED_RATE = 30, timedelta(seconds=10)
"""A guess: the limit that came on 2025-10-15 is not public."""
CHUNK = 6
"""Three requests for each candidate, one for each job, and two lists: 26 at most, in 20 seconds."""
PUSHED = USUALLY_PUSHED
STEADY = frozenset({"admins", "disqualify_reasons"})

_PER_PAGE = "100"


def changed_requests(
    since: datetime, base: str | None = None, resume: Mapping[str, str] | None = None
) -> Mapping[str, Sequence[ApiRequest]]:
    """The company's activities and its newest candidates, both newest first."""
    del resume  # Recruitee goes by time
    activities = get(base, "/tracking/activities", page="1", limit=_PER_PAGE)
    newest = get(base, "/candidates", limit=_PER_PAGE, offset="0", sort="created_at_desc")
    asked = {"activities": activities, "candidates": newest}
    return {
        resource: (request.with_header(SINCE, stamp(since) or ""),) for resource, request in asked.items()
    }


def changed_applications(answers: Answers) -> list[str]:
    """The applications that activities name, and those of new candidates, each once.

    An activity without a job, such as an e-mail, changes no application.
    """
    named = {
        ids_of(candidate, job)[0]
        for row in answers.get("activities", ())
        if (candidate := _id_in(row, "candidate")) and (job := _id_in(row, "offer"))
    }
    return sorted(named | _applications(answers.get("candidates", ())))


def _id_in(row: Json, name: str) -> str | None:
    return number(child(row, name).get("id")) or number(row.get(f"{name}_id"))


def _applications(candidates: Sequence[Json]) -> set[str]:
    return {
        ids_of(candidate, job)[0]
        for row in candidates
        for placement in children(row, "placements")
        if (candidate := number(row.get("id")))
        and (job := number(placement.get("offer_id")) or number(placement.get("talent_pool_id")))
    }


def named_requests(named: Sequence[Named], base: str | None = None) -> Mapping[str, Sequence[ApiRequest]]:
    """What to ask about candidates, applications and jobs that a webhook only named."""
    jobs = [job for one in named if one.kind is NamedKind.JOB and (job := number(one.id))]
    people = [parts_of(one.id)[0] for one in named if one.kind is not NamedKind.JOB]
    asked: dict[str, Sequence[ApiRequest]] = dict(_about_candidates(people, base)) if any(people) else {}
    return asked | ({"offers": _each("/offers/", jobs, base)} if jobs else {})


def found(named: Named, answers: Answers) -> bool:
    """Whether the answers know what was named; a deleted candidate is not known."""
    candidates = [row for row in answers.get("candidates", ()) if not row.get("deleted_at")]
    if named.kind is NamedKind.JOB:
        return named.id in {number(row.get("id")) for row in answers.get("offers", ())}
    if named.kind is NamedKind.APPLICATION:
        return named.id in _applications(candidates)
    return named.id in {number(row.get("id")) for row in candidates}


def first_requests(
    applications: Sequence[str], base: str | None = None
) -> Mapping[str, Sequence[ApiRequest]]:
    """Their candidates, with placements, interviews and feedback."""
    return _about_candidates([parts_of(application)[0] for application in applications], base)


def _about_candidates(
    candidates: Sequence[str | None], base: str | None
) -> Mapping[str, Sequence[ApiRequest]]:
    return {
        "candidates": _each("/candidates/", candidates, base),
        "interviews": _each("/interview/candidates/", candidates, base, "/events"),
        "results": _each("/interview/candidates/", candidates, base, "/results"),
    }


def _each(path: str, ids: Sequence[str | None], base: str | None, rest: str = "") -> tuple[ApiRequest, ...]:
    return tuple(get(base, f"{path}{one}{rest}") for one in dict.fromkeys(ids) if one)


def further_requests(answers: Answers, base: str | None = None) -> Mapping[str, Sequence[ApiRequest]]:
    """The jobs of the candidates, the team, and the reasons where somebody was disqualified; then nothing."""
    placements = [one for row in answers.get("candidates", ()) for one in children(row, "placements")]
    jobs = [number(one.get("offer_id")) for one in placements]
    asked: dict[str, Sequence[ApiRequest]] = {}
    if "offers" not in answers and any(jobs):
        asked["offers"] = _each("/offers/", jobs, base)
    if "admins" not in answers and (any(jobs) or answers.get("offers")):
        asked["admins"] = (get(base, "/admins"),)
    if "disqualify_reasons" not in answers and any(one.get("disqualify_reason") for one in placements):
        asked["disqualify_reasons"] = (get(base, "/disqualify_reasons"),)
    return asked
