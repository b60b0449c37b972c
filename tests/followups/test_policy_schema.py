"""The published schema of policies is the one that the service applies."""

from pathlib import Path

from app.followups.catalogue import KINDS
from app.followups.policy_schema import policy_schema, policy_schema_text
from app.sla.book import starter_policies

_KEPT = Path(__file__).parents[2] / "openapi" / "policies.schema.json"


def test_the_published_schema_is_the_present_one() -> None:
    """`heardback policies schema > openapi/policies.schema.json` writes it anew."""
    assert _KEPT.read_text(encoding="utf-8") == policy_schema_text()


def test_the_schema_knows_every_kind_that_the_starter_policies_say() -> None:
    """An editor that follows the schema accepts the rules of day one."""
    said = {say["kind"] for policy in starter_policies()["policies"] for say in policy.get("say", ())}
    known = set(policy_schema()["$defs"]["Say"]["properties"]["kind"]["enum"])
    assert said <= known == set(KINDS)
