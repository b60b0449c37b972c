"""How an account of Lever is connected: webhooks are made by API, or clicked together by a Super Admin.

Lever docs and recorded answers, read 2026-11.
"""

from collections.abc import Mapping, Sequence

from app.ats.fields import Answers, Json, child, text, texts
from app.ats.http import ApiRequest
from app.ats.lever_asking import API_BASE, NOBODY, get
from app.ats.lever_failures import BETA
from app.ats.steps import Ask, Done, Put, Question, Signer, Step

WEBHOOKS = (
    "applicationCreated",
    "candidateStageChange",
    "candidateArchiveChange",
    "candidateHired",
    "candidateDeleted",
    "contactUpdated",
    *BETA,
)
"""The webhooks that are read, by the names of Lever's documentation; those of interviews are in beta."""

ORIGINS = ("applied", "sourced", "referred", "university", "agency", "internal")
SCOPES = (
    "opportunities",
    "interviews",
    "panels",
    "feedback",
    "offers",
    "notes",
    "postings",
    "stages",
    "archive_reasons",
    "users",
    "contacts",
)
"""What the API key must be allowed to read."""

QUESTIONS = (
    Question("api_key", "API key (without one nothing can be known)", secret=True),
    Question("site", "Region: us, eu or sandbox (empty for us)", needed=False),
    Question("acting_user", "Id of the Lever user to write as", needed=False),
    Question("signing_secret", "Signature token of a webhook made by hand", secret=True, needed=False),
)
SIGNER = Signer.VENDOR

_CONDITIONAL = frozenset(
    {"applicationCreated", "candidateArchiveChange", "candidateHired", "candidateStageChange"}
)
_PAGE = "Settings › Integrations and API › Webhooks"


def by_hand(url: str) -> Sequence[str]:
    """What a Super Admin must click together in Lever."""
    return [
        f"In Lever, {_PAGE}, a Super Admin turns on these events",
        f"and gives each of them the URL {url} with a signature token:",
        "",
        *(f"  {event}{' (where the account has it)' if event in BETA else ''}" for event in WEBHOOKS),
        "",
        "Lever makes one signature token for each URL of each event and shows it there; all are needed here.",
        "",
        "The API key (Settings › Integrations and API › API Credentials) must be allowed to read:",
        "",
        *(f"  {scope}" for scope in SCOPES),
        "",
        "and to write notes and opportunities (for tags), and webhooks if they are to be made by API.",
        "Give it access to confidential data if confidential postings are to be followed.",
    ]


def create_step(url: str, secret: str, answers: Answers, base: str | None = None) -> Step | None:
    """Makes one webhook for each event that has none to this URL; Lever makes the signature tokens.

    Lever tells a token only once. So a webhook that is there already is kept, and its token must be known.
    Events in beta come last, and an account that does not have them goes without.
    """
    del secret  # Lever makes its own
    if "webhooks" not in answers:
        return Ask("webhooks", webhook_requests(base)["webhooks"])
    there = {text(row.get("event")) for row in _ours(answers, url)}
    for event in WEBHOOKS:
        if event not in there and _made(event) not in answers:
            conditions = {"conditions": {"origins": list(ORIGINS)}} if event in _CONDITIONAL else {}
            wanted = {"url": url, "event": event, "configuration": conditions}
            return Put(_made(event), ApiRequest("POST", f"{base or API_BASE}/webhooks", json=wanted))
    rows = [row for event in WEBHOOKS for row in answers.get(_made(event), ())]
    tokens = [text(child(row, "configuration").get("signatureToken")) for row in rows]
    return Done(secrets=tuple(dict.fromkeys(token for token in tokens if token)))


def _made(event: str) -> str:
    return f"webhook/{event}"


def _ours(answers: Answers, url: str) -> list[Json]:
    return [row for row in answers.get("webhooks", ()) if row.get("url") == url]


def webhook_requests(base: str | None = None) -> Mapping[str, Sequence[ApiRequest]]:
    """Lists the account's webhooks."""
    return {"webhooks": (get(base, "webhooks"),)}


def webhook_findings(answers: Answers, url: str) -> Sequence[str]:
    """Events without a webhook to this URL, and webhooks that are silent for candidates of some origin.

    Lever tells neither whether an event is turned on, nor of failed deliveries.
    """
    ours = _ours(answers, url)
    there = {text(row.get("event")) for row in ours}
    found = [
        f"Lever has no webhook for {event} to this address; make it in {_PAGE}."
        for event in WEBHOOKS
        if event not in there and event not in BETA
    ]
    for row in ours:
        origins = child(child(row, "configuration"), "conditions").get("origins")
        silent = [origin for origin in ORIGINS if origin not in texts(origins)]
        if isinstance(origins, list) and silent:
            event, missing = text(row.get("event")), ", ".join(silent)
            found.append(f"The webhook for {event} leaves out the origins {missing}; tick these too.")
    return found


def check_requests(base: str | None = None) -> Mapping[str, ApiRequest]:
    """Questions about nobody, which `failure` takes for allowed where Lever finds nothing (404)."""
    of_nobody = ("interviews", "panels", "feedback", "offers", "notes")
    return {
        "read opportunities": get(base, f"opportunities/{NOBODY}"),
        **{f"read {part}": get(base, f"opportunities/{NOBODY}/{part}") for part in of_nobody},
        "read postings": get(base, f"postings/{NOBODY}"),
        "read users": get(base, f"users/{NOBODY}"),
        "read stages": get(base, "stages", ("limit", "1")),
        "read archive reasons": get(base, "archive_reasons", ("limit", "1")),
        "read webhooks": get(base, "webhooks"),
    }
