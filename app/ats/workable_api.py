"""Workable's API, version 3: requests to build and answers to understand.

One access token as bearer; 10 calls in 10 seconds for an account's token, 50 for others, told in headers;
pages through ``paging.next`` (Workable docs and recorded answers of 2026-07, read 2026-11). The filters of
``/events`` come from clients, and no offer was recorded: what answers 404 there is simply not known.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from app.ats.by_key import auth_url, read_token, token_request
from app.ats.by_time import resume_point
from app.ats.canonical import FactKind, Named, NamedKind
from app.ats.fields import Answers, Json, child, children, identity, instant, stamp, text, truth
from app.ats.http import Account, ApiRequest, Token
from app.ats.steps import WriteKind
from app.ats.workable_answers import ACTIVITIES, JOB_MEMBERS, read_answers
from app.ats.workable_failures import failure, rate
from app.ats.workable_pages import PER_PAGE, activities, get, next_page, quoted, rows
from app.ats.workable_writes import created_id, marker_in, note_request, notes_requests, write_step
from app.errors import Unprocessable

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

ASSUMED_RATE = 10, timedelta(seconds=10)
CHUNK = 2
PUSHED = frozenset({FactKind.APPLICATION_CREATED, FactKind.HIRED})
"""A disqualification sends no webhook (Workable docs, read 2026-11): only asking tells it."""
STEADY = frozenset({"jobs", "members", "disqualification_reasons"})
WRITES = frozenset({WriteKind.NOTE, WriteKind.TAG})

_SITE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)


def api_base(account: Account) -> str:
    """The address under the account's subdomain; raises `Unprocessable` where ``site`` is none."""
    if account.api_base:
        return account.api_base
    if not _SITE.fullmatch(account.site):
        raise Unprocessable(
            "The site is the account's subdomain: letters, digits and hyphens only.", field="site"
        )
    return f"https://{account.site}.workable.com/spi/v3"


def with_credentials(request: ApiRequest, account: Account, token: Token | None) -> ApiRequest:
    """The request with its bearer token."""
    del token
    return request.with_header("authorization", f"Bearer {account.api_key}")


# Lists


def changed_requests(
    since: datetime, base: str | None = None, resume: Mapping[str, str] | None = None
) -> Mapping[str, Sequence[ApiRequest]]:
    """Lists the candidates that changed at or after that instant, and the interviews of the day after it.

    Workable sends no webhook for disqualifications and interviews and dates no change of an interview, so
    those about to begin are looked at anew.
    """
    del resume  # Workable goes by time
    until = stamp(since + timedelta(days=1)) or ""
    after = stamp(since) or ""
    within = ("start_date", after), ("end_date", until), ("include_cancelled", "true")
    return {
        "candidates": (get("candidates", base, ("updated_after", after), PER_PAGE),),
        "events": (get("events", base, *within, PER_PAGE),),
    }


def changed_applications(answers: Answers) -> list[str]:
    """The applications that the answers to `changed_requests` name, each once."""
    own = [identity(row.get("id")) for row in answers.get("candidates", ())]
    met = [identity(child(row, "candidate").get("id")) for row in answers.get("events", ())]
    return sorted({external_id for external_id in own + met if external_id})


def named_requests(named: Sequence[Named], base: str | None = None) -> Mapping[str, Sequence[ApiRequest]]:
    """What to ask about candidates and jobs that a webhook named."""
    people = list(dict.fromkeys(one.id for one in named if one.kind is not NamedKind.JOB))
    jobs = list(dict.fromkeys(one.id for one in named if one.kind is NamedKind.JOB))
    return {**first_requests(people, base), **_job_requests(jobs, base)}


def found(named: Named, answers: Answers) -> bool:
    """Whether the answers know the candidate, or the job by its short code."""
    if named.kind is NamedKind.JOB:
        return named.id in _ids(answers.get("jobs", ()), "shortcode")
    return named.id in _ids(answers.get("candidates", ()), "id")


def first_requests(
    applications: Sequence[str], base: str | None = None
) -> Mapping[str, Sequence[ApiRequest]]:
    """What to ask about these candidates: themselves, their activities, their interviews."""
    if not applications:
        return {}
    with_cancelled = ("include_cancelled", "true"), PER_PAGE
    return {
        "candidates": [get(f"candidates/{quoted(one)}", base) for one in applications],
        "events": [get("events", base, ("candidate_id", one), *with_cancelled) for one in applications],
        **{f"{ACTIVITIES}{one}": [activities(one, base)] for one in applications},
    }


def further_requests(answers: Answers, base: str | None = None) -> Mapping[str, Sequence[ApiRequest]]:
    """What to ask next: the jobs with their teams, offers, what reasons mean; then who the interviewers are.

    A resource that is already among the answers is not asked for again, so two rounds are enough.
    """
    candidates = answers.get("candidates", ())
    asked: dict[str, Sequence[ApiRequest]] = {}
    jobs = list(dict.fromkeys(_ids((child(row, "job") for row in candidates), "shortcode")))
    if jobs and "jobs" not in answers:
        asked |= _job_requests(jobs, base)
    offered = [row for row in candidates if _may_have_offer(row)]
    if offered and "offers" not in answers:
        asked["offers"] = [get(f"candidates/{quoted(one)}/offer", base) for one in _ids(offered, "id")]
    if any(truth(row.get("disqualified")) for row in candidates) and (
        "disqualification_reasons" not in answers
    ):
        asked["disqualification_reasons"] = [get("disqualification_reasons", base)]
    if not asked and "members" not in answers and _strangers(answers):
        asked["members"] = [get("members", base, PER_PAGE)]
    return asked


def _may_have_offer(row: Json) -> bool:
    is_offered = text(row.get("stage_kind")) in ("offer", "hired")
    return is_offered or instant(row.get("moved_to_offer_at")) is not None


def _strangers(answers: Answers) -> set[str]:
    """Interviewers whose address no job's team has told."""
    teams = (row for resource, team in answers.items() if resource.startswith(JOB_MEMBERS) for row in team)
    known = set(_ids((row for row in teams if row.get("email")), "id"))
    met = (member for row in answers.get("events", ()) for member in children(row, "members"))
    return set(_ids(met, "id")) - known


def _job_requests(jobs: Sequence[str], base: str | None) -> dict[str, Sequence[ApiRequest]]:
    if not jobs:
        return {}
    members = {f"{JOB_MEMBERS}{job}": [get(f"jobs/{quoted(job)}/members", base)] for job in jobs}
    return {"jobs": [get(f"jobs/{quoted(job)}", base) for job in jobs], **members}


def _ids(found: Iterable[Json], name: str) -> list[str]:
    return [value for row in found if (value := identity(row.get(name)))]
