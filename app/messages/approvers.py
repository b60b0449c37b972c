"""Whether a message needs an approval, and whose: the rules against one follow-up. Pure."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import cast

from app.sla.cases import holds
from app.sla.owners import confidants, members, owner_of
from app.sla.policies import ApprovalRule, Approvals, Role
from app.sla.triggers import Occurrence
from app.timeline.truth import Truth


@dataclass(frozen=True, slots=True)
class Subject:
    """What an approval is about. ``private``: only the recruiter or the coordinator may hear of it."""

    kind: str
    truth: Truth
    occurrence: Occurrence
    connection: str
    private: bool = False


@dataclass(frozen=True, slots=True)
class Demand:
    """Whether somebody must allow it; who is asked; and whether nobody else may allow it."""

    needed: bool
    who: str
    named: bool


def demand(approvals: Approvals, about: Subject, *, needed: bool, warned: bool, usual: str | None) -> Demand:
    """What the rules demand for one message to a candidate.

    `needed`: by its kind and its policy, or because a check stops it. `warned`: the checks found a warning.
    `usual`: whom it waits on without any rule, as ``member:55``; where that is nobody, the recruiter.
    """
    rule = next((rule for rule in approvals.rules if _fits(rule, about)), None)
    if rule is None:
        known = usual is not None and usual.startswith("member:")
        return Demand(needed, usual if usual and known else _who("recruiter", about), named=False)
    more = rule.needed == "always" or (rule.needed == "on_warnings" and warned)
    who = _who(rule.by, about)
    return Demand(needed or more, who, named=who != "operations")


def escalated_to(about: Subject) -> tuple[str, ...]:
    """Who may decide where those who were asked did not: the hiring managers; nobody for a private candidate.

    Empty where they are not known: then it is up to operations.
    """
    if about.private:
        return ()
    return tuple(f"member:{member}" for member in members("hiring_managers", about.truth, about.occurrence))


def _fits(rule: ApprovalRule, about: Subject) -> bool:
    if rule.kinds and not any(fnmatchcase(about.kind, pattern) for pattern in rule.kinds):
        return False
    return holds(rule.when, about.truth, about.occurrence, about.connection)


def _who(by: str, about: Subject) -> str:
    if about.private:
        told = confidants(about.truth, about.occurrence)
        return f"member:{told[0]}" if told else "operations"
    return by if by.startswith("member:") else owner_of(cast("Role", by), about.truth, about.occurrence)
