"""How an account of Greenhouse is connected: webhooks can only be clicked together there.

Webhook and Harvest v3 docs, read 2026-11.
"""

from collections.abc import Mapping, Sequence

from app.ats.by_hand import create_step, webhook_findings, webhook_requests
from app.ats.greenhouse_api import SCOPES, list_requests
from app.ats.http import ApiRequest
from app.ats.steps import Question, Signer

__all__ = [
    "QUESTIONS",
    "SIGNER",
    "WEBHOOKS",
    "by_hand",
    "check_requests",
    "create_step",
    "webhook_findings",
    "webhook_requests",
]

WEBHOOKS = (
    "new_candidate_application",
    "candidate_stage_change",
    "application_updated",
    "update_candidate",
    "reject_candidate",
    "unreject_candidate",
    "hire_candidate",
    "unhire_candidate",
    "offer_created",
    "offer_approved",
    "offer_updated",
    "offer_deleted",
    "interview_deleted",
    "scorecard_deleted",
    "delete_application",
    "delete_candidate",
    "merge_candidate",
    "candidate_anonymized",
    "job_created",
    "job_updated",
    "job_deleted",
)
"""The webhooks that are read, by the names of Greenhouse's documentation."""

QUESTIONS = (
    Question("client_id", "Client id (Harvest v3, empty to go without the API)", needed=False),
    Question("client_secret", "Client secret", secret=True, needed=False),
    Question("acting_user", "Id of the Greenhouse user to act as", needed=False),
)
SIGNER = Signer.US

_NOBODY = "0"
"""An id that nothing has: asked for, it shows whether asking is allowed, and returns nobody's data."""


def by_hand(url: str) -> Sequence[str]:
    """What a person must click together in Greenhouse."""
    return [
        "In Greenhouse, Configure › Dev Center › Web Hooks, create one webhook for each of these events,",
        f"all with the endpoint URL {url} and the same secret key:",
        "",
        *(f"  {action}" for action in WEBHOOKS),
        "",
        "Greenhouse sends a ping when one is saved; where that fails it stores the webhook disabled.",
        "",
        "The API credential (Harvest v3) needs the scopes:",
        "",
        *(f"  {scope}" for scope in SCOPES),
    ]


def check_requests(base: str | None = None) -> Mapping[str, ApiRequest]:
    """One list of nobody for every scope."""
    resources = [scope.split(":")[1] for scope in SCOPES if scope.endswith(":list")]
    return {f"read {resource}": list_requests(resource, [_NOBODY], base=base)[0] for resource in resources}
