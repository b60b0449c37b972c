"""How an account of Ashby is connected (webhook guide and OpenAPI document of 2026-08, read 2026-11)."""

from collections.abc import Mapping, Sequence

from app.ats.ashby_requests import ask, tell
from app.ats.by_hand import webhook_findings, webhook_requests
from app.ats.fields import Answers, identity
from app.ats.http import ApiRequest
from app.ats.steps import Done, Put, Question, Signer, Step

__all__ = [
    "BY_HAND",
    "PERMISSIONS",
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
    "applicationSubmit",
    "applicationUpdate",
    "candidateStageChange",
    "candidateHire",
    "candidateDelete",
    "candidateMerge",
    "interviewScheduleCreate",
    "interviewScheduleUpdate",
    "offerCreate",
    "offerUpdate",
    "offerDelete",
)
"""The webhooks that are read and that Ashby's API creates, by the names of its documentation."""

BY_HAND = ("jobCreate", "jobUpdate")
"""Webhooks that are read, and that only a person can create."""

PERMISSIONS = (
    "candidatesRead",
    "candidatesWrite",
    "interviewsRead",
    "offersRead",
    "jobsRead",
    "hiringProcessMetadataWrite",
    "apiKeysWrite",
)
"""What the API key must be allowed to do; the last two for tags and for creating the webhooks."""

QUESTIONS = (
    Question("api_key", "API key (empty to go without the API)", secret=True, needed=False),
    Question("acting_user", "Id of the Ashby user in whose name e-mails are logged", needed=False),
)
SIGNER = Signer.US


def by_hand(url: str) -> Sequence[str]:
    """What a person must do in Ashby."""
    return [
        "In Ashby, Admin › Integrations › Webhooks, create one webhook for each of these events, all with",
        f"the request URL {url} and the same secret token:",
        "",
        *(f"  {action}" for action in BY_HAND),
        "",
        "These are created for you where the API key has the permission apiKeysWrite; else create them too:",
        "",
        *(f"  {action}" for action in WEBHOOKS),
        "",
        "Without a secret token Ashby signs nothing, and its webhooks are refused. It sends a ping when one",
        "is saved; where that fails it stores the webhook disabled.",
        "",
        "The API key (Admin › Integrations › API keys) needs the permissions:",
        "",
        *(f"  {permission}" for permission in PERMISSIONS),
        "",
        "Allow it to see confidential jobs if their candidates are to be followed too.",
    ]


def create_step(url: str, secret: str, answers: Answers, base: str | None = None) -> Step | None:
    """Creates the webhooks one by one, and enables those whose ping failed.

    Ashby does not list webhooks, so those that are there cannot be looked for. A second one for the same
    event does no harm: both carry the same ``webhookActionId`` and count as one.
    """
    for action in WEBHOOKS:
        if action not in answers:
            body = {"webhookType": action, "requestUrl": url, "secretToken": secret}
            return Put(action, tell("webhook.create", base, **body))
        made = next(iter(answers[action]), {})
        webhook, again = identity(made.get("id")), f"{action} enabled"
        if webhook and made.get("enabled") is False and again not in answers:
            return Put(again, tell("webhook.update", base, webhookId=webhook, enabled=True))
    left = (
        "Ashby's API cannot create these; add them under Admin › Integrations › Webhooks,",
        f"with the same secret token and the request URL {url}:",
        *(f"  {action}" for action in BY_HAND),
    )
    return Done(left=left)


def check_requests(base: str | None = None) -> Mapping[str, ApiRequest]:
    """The shortest list of each kind."""
    lists = {
        "read candidates": "application.list",
        "read interviews": "interviewSchedule.list",
        "read offers": "offer.list",
        "read jobs": "job.list",
    }
    return {right: ask(operation, base, limit=1) for right, operation in lists.items()}
