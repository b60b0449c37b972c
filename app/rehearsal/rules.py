"""Rules that somebody proposes: read, and refused where they could not be applied."""

from collections.abc import Mapping
from typing import Any

from app.followups.catalogue import KINDS
from app.sla.book import refuse_unknown_kinds
from app.sla.policies import PolicyDocument, parse_policies


def read_rules(document: Mapping[str, Any]) -> PolicyDocument:
    """The rule book; raises InvalidPolicy, also for a kind of follow-up that there is not."""
    parsed = parse_policies(document)
    refuse_unknown_kinds(parsed, KINDS)
    return parsed
