"""How things of SmartRecruiters are named here, the same through every door.

A webhook names an application by its candidate and its job and never by an id of its own, and a candidate
stands in a job once: so the two together are its id, wherever it comes from.
"""

import re

from app.ats.fields import identity

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


def ident(value: object) -> str | None:
    """A vendor's id that is safe in a path and in our own ids; None for anything else."""
    found = identity(value)
    return found if found and _ID.fullmatch(found) else None


def application_id(candidate: str, job: str) -> str:
    """The id of the candidate's application for the job."""
    return f"{candidate}:{job}"


def parts(application: str) -> tuple[str, str] | None:
    """The candidate and the job of an application, or None where it is not named so."""
    candidate, colon, job = application.partition(":")
    return (candidate, job) if colon and ident(candidate) == candidate and ident(job) == job else None
