"""Who owes something: roles become named people. Pure."""

from app.sla.policies import Role
from app.sla.triggers import Occurrence
from app.timeline.truth import Truth


def members(role: Role, truth: Truth, occurrence: Occurrence) -> tuple[str, ...]:
    """The people of that role, as vendor ids.

    Another role stands in where it is empty, so that a breach leads to a named person whenever one is known.
    """
    for stand_in in _STAND_INS[role]:
        if found := _of(stand_in, truth, occurrence):
            return found
    return ()


def owner_of(role: Role, truth: Truth, occurrence: Occurrence) -> str:
    """The first person of that role, as ``member:55``; ``operations`` when nobody is known."""
    if role == "candidate" and truth.candidate:
        return f"candidate:{truth.candidate}"
    found = members(role, truth, occurrence)
    return f"member:{found[0]}" if found else "operations"


def confidants(truth: Truth, occurrence: Occurrence) -> tuple[str, ...]:
    """Who may be told of a private candidate: the recruiter, else the coordinator, and nobody else."""
    return _of("recruiter", truth, occurrence) or _of("coordinator", truth, occurrence)


_STAND_INS: dict[Role, tuple[Role, ...]] = {
    "candidate": (),
    "recruiter": ("recruiter", "coordinator", "hiring_managers"),
    "coordinator": ("coordinator", "recruiter", "hiring_managers"),
    "hiring_managers": ("hiring_managers", "recruiter", "coordinator"),
    "interviewers": ("interviewers", "recruiter", "coordinator", "hiring_managers"),
    "operations": (),
}


def _of(role: Role, truth: Truth, occurrence: Occurrence) -> tuple[str, ...]:
    if role == "recruiter":
        return (truth.recruiter,) if truth.recruiter else truth.job.recruiters[:1]
    if role == "coordinator":
        return (truth.coordinator,) if truth.coordinator else truth.job.coordinators[:1]
    if role == "hiring_managers":
        return truth.job.hiring_managers
    if role == "interviewers" and occurrence.interview:
        return tuple(i.member for i in occurrence.interview.interviewers if i.feedback_at is None)
    return ()
