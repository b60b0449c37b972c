"""Rules that somebody proposes: read, and refused where they could not be applied."""

from collections.abc import Mapping
from typing import Any

from app.errors import InvalidPolicy
from app.followups.catalogue import KINDS
from app.sla.policies import PolicyDocument, parse_policies


def read_rules(document: Mapping[str, Any]) -> PolicyDocument:
    """The rule book; raises InvalidPolicy, also for a kind of follow-up that there is not."""
    parsed = parse_policies(document)
    for number, policy in enumerate(parsed.policies):
        for say in policy.say:
            if say.kind not in KINDS:
                raise InvalidPolicy(
                    f"There is no kind of follow-up {say.kind!r}; there are {', '.join(sorted(KINDS))}.",
                    field=f"policies.{number}.say.kind",
                )
    return parsed
