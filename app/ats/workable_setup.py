"""How an account of Workable is connected: one access token, and subscriptions made by API.

The token also signs the webhooks, so there is no secret to ask for (Workable docs, read 2026-11).
"""

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from app.ats.fields import Answers, Json, instant, stamp, text
from app.ats.http import ApiRequest
from app.ats.steps import Ask, Done, Put, Question, Signer, Step
from app.ats.workable_pages import get

EVENTS = ("candidate_created", "candidate_moved", "candidate_deleted")
"""The events that are subscribed to; Workable has none for disqualifications, interviews and offers."""

QUESTIONS = (
    Question("site", "Subdomain of the account (the part before .workable.com)"),
    Question(
        "api_key",
        "API access token with the scopes r_jobs, r_candidates and w_candidates"
        " (Settings › Integrations › Apps); it signs the webhooks as well",
        secret=True,
    ),
    Question("acting_user", "Id of the member in whose name comments are written", needed=False),
)
SIGNER = Signer.API_KEY

_DISTANT = "2100-01-01T00:00:00Z"
"""Nothing has happened after it: asked since then, an answer shows nobody's data."""


def by_hand(url: str) -> Sequence[str]:
    """Nothing: the webhooks are made by API."""
    del url
    return ()


def create_step(url: str, secret: str, answers: Answers, base: str | None = None) -> Step:
    """What comes next in subscribing ``url`` to each event; subscriptions that are there already are kept.

    Each event gets an address of its own by its query: Workable refuses to register one address twice.
    """
    del secret  # the access token signs
    if "subscriptions" not in answers:
        return Ask("subscriptions", (get("subscriptions", base),))
    for event in _missing(answers, url):
        resource = f"subscribed:{event}"
        if resource not in answers:
            args = {"account_id": _subdomain(base), "job_shortcode": "", "stage_slug": ""}
            body = {"target": f"{url}?event={event}", "event": event, "args": args}
            address = get("subscriptions", base).url
            return Put(resource, ApiRequest("POST", address, json=body))
    return Done()


def webhook_requests(base: str | None = None) -> Mapping[str, Sequence[ApiRequest]]:
    """Lists the account's subscriptions."""
    return {"subscriptions": (get("subscriptions", base),)}


def webhook_findings(answers: Answers, url: str) -> Sequence[str]:
    """Events that are not subscribed to, and subscriptions that end."""
    findings = [
        f"No subscription sends {event} of every job and stage to {url}; set the webhooks up again."
        for event in _missing(answers, url)
    ]
    for row in _ours(answers, url):
        if ends_at := stamp(instant(row.get("valid_until"))):
            event = text(row.get("event"), 64)
            findings.append(f"The subscription to {event} is valid until {ends_at}; make it anew before.")
    return findings


def check_requests(base: str | None = None) -> Mapping[str, ApiRequest]:
    """One list of nothing for every scope that reading needs; writing cannot be tried without writing."""
    one = ("limit", "1")
    return {
        "read candidates": get("candidates", base, ("updated_after", _DISTANT), one),
        "read jobs": get("jobs", base, ("updated_after", _DISTANT), one),
        "read interviews": get("events", base, ("start_date", _DISTANT), one),
        "read members": get("members", base, one),
    }


def _missing(answers: Answers, url: str) -> Iterator[str]:
    whole = [row for row in _ours(answers, url) if not row.get("job_shortcode") and not row.get("stage_slug")]
    subscribed = {text(row.get("event")) for row in whole}
    return (event for event in EVENTS if event not in subscribed)


def _ours(answers: Answers, url: str) -> list[Json]:
    rows = answers.get("subscriptions", ())
    return [row for row in rows if (text(row.get("target"), 2000) or "").partition("?")[0] == url]


def _subdomain(base: str | None) -> str:
    """The account as Workable names it in a subscription."""
    return (urlsplit(base or "").hostname or "").partition(".")[0]
