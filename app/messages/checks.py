"""Checks before a message may leave: the same words and facts always give the same findings."""

from datetime import datetime

from app.followups.catalogue import Kind
from app.messages.facts import Facts
from app.messages.render import Rendered
from app.messages.rules import content, dates, duties, form, language, links, person, privacy, reading, script
from app.messages.rules.base import REGISTRY, Draft, Finding, Severity, run

_REGISTERED = (person, content, duties, privacy, dates, form, reading, links, script, language)
RULES: tuple[str, ...] = tuple(REGISTRY)
"""The ids of all rules."""


def check(
    rendered: Rendered, kind: Kind, facts: Facts, now: datetime, *, by_hand: bool = False
) -> list[Finding]:
    """Everything worth saying about a message, also one that a person has edited; errors first.

    ``now`` is the business instant, aware, in UTC. What a person wrote ``by_hand`` may say a fact in other
    words than the fact's: that is only pointed out to whoever approves. Only errors can stop a send: see
    ``stops``.
    """
    order = list(Severity)
    return sorted(
        run(Draft(rendered, kind, facts, now, by_hand)), key=lambda finding: order.index(finding.severity)
    )


def stops(findings: list[Finding]) -> bool:
    """Whether these findings keep the message from being sent."""
    return any(finding.severity is Severity.ERROR for finding in findings)
