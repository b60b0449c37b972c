"""Who must allow a message, by the rules: the first that fits counts, and a rule only ever adds."""

from dataclasses import replace
from typing import Any

import pytest

from app.errors import InvalidPolicy
from app.followups.catalogue import KINDS
from app.messages.approvers import Demand, Subject, demand, escalated_to
from app.sla.book import refuse_unknown_kinds, starter_policies
from app.sla.policies import Approvals, parse_policies
from app.sla.triggers import Occurrence
from app.timeline.truth import JobTruth, Truth
from tests.api.life import MONDAY

JOB = JobTruth(
    "7",
    name="Head of Welding",
    departments=("Board",),
    recruiters=("55",),
    coordinators=("44",),
    hiring_managers=("66", "67"),
)
HEAD = Subject("holding_update", Truth("501", job=JOB), Occurrence("x", MONDAY), "con_1")


def _demanded(*rules: dict[str, Any], about: Subject = HEAD, **how: Any) -> Demand:
    told = {"needed": False, "warned": False, "usual": "member:55", **how}
    return demand(Approvals.model_validate({"rules": rules}), about, **told)


@pytest.mark.parametrize(
    ("rules", "who"),
    [
        ([], "member:55"),
        ([{"by": "hiring_managers"}], "member:66"),
        ([{"by": "coordinator"}], "member:44"),
        ([{"by": "member:9"}], "member:9"),
        ([{"when": {"jobs": ["head of *"]}, "by": "member:9"}, {"by": "coordinator"}], "member:9"),
        ([{"when": {"jobs": ["Intern*"]}, "by": "member:9"}, {"by": "coordinator"}], "member:44"),
        ([{"when": {"departments": ["board"]}, "by": "member:9"}], "member:9"),
        ([{"kinds": ["rejection_*"], "by": "member:9"}], "member:55"),
        ([{"kinds": ["holding_*"], "by": "member:9"}], "member:9"),
    ],
)
def test_the_first_rule_that_fits_names_the_approver(rules: list[dict[str, Any]], who: str) -> None:
    """By kind, by job, by department; without one the recruiter is asked, and nobody is named."""
    found = _demanded(*rules)
    assert found.who == who
    assert found.named == (who != "member:55")


@pytest.mark.parametrize(
    ("rule", "warned", "needed"),
    [
        ("by_kind", True, False),
        ("always", False, True),
        ("on_warnings", True, True),
        ("on_warnings", False, False),
    ],
)
def test_checks_and_rules_may_demand_an_approval(rule: str, *, warned: bool, needed: bool) -> None:
    """A warning does where the rule says so; and what the kind needs, no rule takes away."""
    assert _demanded({"needed": rule}, warned=warned).needed is needed
    assert _demanded({"needed": rule}, warned=warned, needed=True).needed is True


def test_of_a_private_candidate_only_the_recruiter_hears() -> None:
    """Whatever the rules say; and nobody is escalated to."""
    secret = replace(HEAD, private=True)
    assert _demanded({"by": "hiring_managers"}, about=secret).who == "member:55"
    assert escalated_to(secret) == ()
    assert escalated_to(HEAD) == ("member:66", "member:67")


def test_nobody_known_is_operations_and_no_name() -> None:
    """Then whoever may act may allow it: a message must not wait for somebody who is not there."""
    lonely = replace(HEAD, truth=Truth("501", job=JobTruth("7", name="Welder")))
    found = _demanded({"by": "hiring_managers", "needed": "always"}, about=lonely, usual=None)
    assert found == Demand(needed=True, who="operations", named=False)


@pytest.mark.parametrize(
    "approvals",
    [
        {"rules": [{"by": "the boss"}]},
        {"rules": [{"by": "candidate"}]},
        {"rules": [{"kinds": ["rejekted_*"]}]},
        {"rules": [{"needed": "never"}]},
        {"remind_after": {}},
    ],
)
def test_a_rule_that_means_nothing_is_refused(approvals: dict[str, Any]) -> None:
    """When the policies are applied, not when a message waits."""
    with pytest.raises(InvalidPolicy):
        refuse_unknown_kinds(parse_policies({**starter_policies(), "approvals": approvals}), KINDS)
