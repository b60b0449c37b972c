"""How an account of Teamtailor is connected: webhooks can only be clicked together there.

Company webhook docs of 2026-06-11 and API docs of 2021-02-01, read 2026-11.
"""

from collections.abc import Mapping, Sequence

from app.ats.by_hand import create_step, webhook_findings, webhook_requests
from app.ats.http import ApiRequest
from app.ats.steps import Question, Signer
from app.ats.teamtailor_read import EVENTS
from app.ats.teamtailor_writes import API_BASE

__all__ = [
    "QUESTIONS",
    "SIGNER",
    "by_hand",
    "check_requests",
    "create_step",
    "webhook_findings",
    "webhook_requests",
]

QUESTIONS = (
    Question("api_key", "API key (type Admin, read and write)", secret=True),
    Question("site", "Region: eu or na (empty means eu)", needed=False),
    Question("acting_user", "Id of the Teamtailor user to write notes and to-dos as", needed=False),
)
SIGNER = Signer.VENDOR

_READ = ("job-applications", "candidates", "jobs", "users", "notes", "todos")


def by_hand(url: str) -> Sequence[str]:
    """What a person must click together in Teamtailor."""
    return [
        "In Teamtailor, Settings › Integrations › Webhooks, add one webhook with the URL",
        f"{url},",
        "signature version 2, and these events:",
        "",
        *(f"  {event}" for event in EVENTS),
        "",
        "It sends each webhook once and never again: what is lost on the way is found by asking the API.",
        "",
        "In Settings › Integrations › API keys, make a key of the type Admin that may read and write.",
    ]


def check_requests(base: str | None = None) -> Mapping[str, ApiRequest]:
    """The first row of each list; it is looked at by nobody."""
    one = (("page[size]", "1"),)
    return {
        f"read {resource}": ApiRequest("GET", f"{base or API_BASE}/{resource}", one) for resource in _READ
    }
