"""How an account of Recruitee is connected: webhooks are made by hand there (webhook docs of 2025-06-12)."""

from collections.abc import Mapping, Sequence

from app.ats.by_hand import create_step, webhook_findings, webhook_requests
from app.ats.http import ApiRequest
from app.ats.recruitee_failures import TOKENS
from app.ats.recruitee_paths import get
from app.ats.steps import Question, Signer

__all__ = [
    "EVENTS",
    "QUESTIONS",
    "SIGNER",
    "by_hand",
    "check_requests",
    "create_step",
    "webhook_findings",
    "webhook_requests",
]

EVENTS = (
    "New candidate",
    "Candidate assigned",
    "Candidate moved (pipeline change: moved, disqualified, requalified)",
    "Candidate deleted",
    "Job published, unpublished, updated",
)
"""The events that are read, as Recruitee's settings call them, or nearly so."""

QUESTIONS = (
    Question("site", "Company in Recruitee: its number, or its subdomain"),
    Question("api_key", "Personal API token", secret=True),
    Question(
        "signing_secret",
        "Webhook secret (Recruitee shows it once the webhook exists; may be given later)",
        secret=True,
        needed=False,
    ),
)
SIGNER = Signer.VENDOR


def by_hand(url: str) -> Sequence[str]:
    """What a person must do in Recruitee."""
    return [
        "In Recruitee, Settings › Apps and plugins › Webhooks, add a webhook (your hiring role needs the",
        f"ability “Manage webhooks”) with the POST URL {url} and these events:",
        "",
        *(f"  {event}" for event in EVENTS),
        "",
        "Recruitee sends a test first, which is answered; then keep the webhook's secret as signing secret.",
        "",
        f"The API token is made in {TOKENS};",
        "notes appear in the name of its owner, who must be allowed to see candidates, jobs and team.",
    ]


def check_requests(base: str | None = None) -> Mapping[str, ApiRequest]:
    """The shortest lists of what is read."""
    return {
        "read candidates": get(base, "/candidates", limit="1", offset="0"),
        "read jobs": get(base, "/offers", limit="1", page="1"),
        "read team members": get(base, "/admins"),
        "read disqualification reasons": get(base, "/disqualify_reasons"),
        "read activities": get(base, "/tracking/activities", limit="1", page="1"),
    }
