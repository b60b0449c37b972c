"""How an account of SmartRecruiters is connected: a subscription made, given a key and activated by API.

The activation sends a handshake to our door before it succeeds (specification of the subscription API, read
2026-11). What a subscription's states are called beside ``active`` and ``inactive`` is not documented.
"""

from collections.abc import Mapping, Sequence

from app.ats.fields import Answers, Json, text
from app.ats.http import ApiRequest
from app.ats.smartrecruiters_ask import API_BASE, USERS, get
from app.ats.smartrecruiters_ids import ident
from app.ats.steps import Ask, Done, Put, Question, Signer, Step

EVENTS = (
    "application.created",
    "application.status.updated",
    "application.fields.updated",
    "application.source.updated",
    "offer.created",
    "offer.updated",
    "interview.created",
    "interview.updated",
    "interview.canceled",
    "candidate.created",
    "candidate.updated",
    "candidate.deleted",
    "job.created",
    "job.updated",
    "job.status.updated",
    "job.hiring-team.updated",
)
"""The events that are read; the steps of an offer's approval end in ``offer.updated``."""

QUESTIONS: Sequence[Question] = (
    Question("api_key", "API key (X-SmartToken; empty to use a client id)", secret=True, needed=False),
    Question("client_id", "Client id (OAuth; empty with an API key)", needed=False),
    Question("client_secret", "Client secret", secret=True, needed=False),
    Question("site", "System (empty for production, or `sandbox`)", needed=False),
    Question("signing_secret", "Secret key (empty to have one made)", secret=True, needed=False),
)
SIGNER = Signer.VENDOR

_SUBSCRIPTIONS = "webhooks-api/v201907/subscriptions"
_NOBODY = "00000000-0000-0000-0000-000000000000"


def by_hand(url: str) -> Sequence[str]:
    """Nothing: `create_step` does it all."""
    del url
    return ()


def create_step(url: str, secret: str, answers: Answers, base: str | None = None) -> Step | None:
    """Makes a subscription to ``url`` unless there is one, takes or makes its secret key, and activates it.

    Only one key is ever made, since SmartRecruiters keeps sixteen at most; beginning anew after any fault
    goes on where it stopped. ``secret`` is not used.
    """
    del secret
    if "webhooks" not in answers:
        return Ask("webhooks", webhook_requests(base)["webhooks"])
    ours = _to(url, [*answers["webhooks"], *answers.get("created", ())])
    if not ours:
        body = {"callbackUrl": url, "events": list(EVENTS)}
        return Put("created", ApiRequest("POST", f"{base or API_BASE}/{_SUBSCRIPTIONS}", json=body))
    own = ident(ours[0].get("id")) or _NOBODY
    path = f"{_SUBSCRIPTIONS}/{own}"
    if "keys" not in answers:
        return Ask("keys", (get(base, f"{path}/secret-key"),))
    rows = [*answers["keys"], *answers.get("key", ())]
    keys = [key for row in rows if (key := text(row.get("secretKey")))]
    if not keys and "key" not in answers:
        return Put("key", ApiRequest("POST", f"{base or API_BASE}/{path}/secret-key"))
    if _state(ours[0]) != "active" and "activated" not in answers:
        return Put("activated", ApiRequest("PUT", f"{base or API_BASE}/{path}/activation"))
    return Done(own, tuple(keys))


def webhook_requests(base: str | None = None) -> Mapping[str, Sequence[ApiRequest]]:
    """Lists the subscriptions; an owner may have twenty."""
    return {"webhooks": (get(base, _SUBSCRIPTIONS, ("limit", "100")),)}


def webhook_findings(answers: Answers, url: str) -> Sequence[str]:
    """What is wrong with the subscription to ``url``; a suspended one loses what happens meanwhile."""
    ours = _to(url, answers.get("webhooks", ()))
    active = [row for row in ours if _state(row) == "active"]
    if not ours:
        return ["SmartRecruiters has no subscription to this connection's address; create it anew."]
    if not active:
        state = _state(ours[0]) or "without a state"
        advice = "SmartRecruiters suspends one whose deliveries fail; its event log reaches back 30 days."
        return [f"The subscription is {state}: activate it again. {advice}"]
    heard = {name for row in active for name in _events(row)}
    missing = [name for name in EVENTS if name not in heard]
    return [f"The subscription lacks events; add them: {', '.join(missing)}."] if missing else []


def check_requests(base: str | None = None) -> Mapping[str, ApiRequest]:
    """One short list for every right."""
    one = ("limit", "1")
    return {
        "read candidates": get(base, "candidates", ("jobId", _NOBODY), one),
        "read jobs": get(base, "jobs", one),
        "read users": get(base, f"{USERS}/users", one),
        "read webhooks": get(base, _SUBSCRIPTIONS, one),
    }


def _to(url: str, rows: Sequence[Json]) -> list[Json]:
    """The subscriptions to that address, the active ones first."""
    ours = [row for row in rows if row.get("callbackUrl") == url and ident(row.get("id"))]
    return sorted(ours, key=lambda row: _state(row) != "active")


def _state(row: Json) -> str:
    return (text(row.get("status"), 40) or "").lower()


def _events(row: Json) -> list[str]:
    """Events come as names, or as objects with a name and a version."""
    told = row.get("events")
    named = (
        [one.get("name") if isinstance(one, dict) else one for one in told] if isinstance(told, list) else []
    )
    return [name for one in named if (name := text(one, 100))]
