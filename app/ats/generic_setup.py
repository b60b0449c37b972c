"""How a home-grown system or an iPaaS is connected: a person writes the sender."""

from collections.abc import Mapping, Sequence

from app.ats.by_hand import create_step, webhook_findings, webhook_requests
from app.ats.http import ApiRequest
from app.ats.steps import Question, Signer

__all__ = [
    "QUESTIONS",
    "SIGNER",
    "by_hand",
    "check_requests",
    "create_step",
    "webhook_findings",
    "webhook_requests",
]

QUESTIONS: Sequence[Question] = ()
SIGNER = Signer.US


def by_hand(url: str) -> Sequence[str]:
    """How to sign and send."""
    return [
        f"Have your system POST each event as JSON to {url}",
        "with the three headers of Standard Webhooks:",
        "",
        "  webhook-id         an id of the event, the same in every attempt, without full stops",
        "  webhook-timestamp  seconds since 1970 at this attempt; more than five minutes off is refused",
        "  webhook-signature  v1,<base64 of HMAC-SHA256 over id.timestamp.body>",
        "",
        "The key is the signing secret as it stands, as UTF-8 bytes. Only where it begins with whsec_ is it",
        "the base64 after that which is decoded: libraries for Standard Webhooks want such a secret.",
        "",
        "Any 2xx means kept; send again after everything else, with the same id and a new timestamp.",
        "",
        "What a body holds: `heardback events schema` prints its JSON Schema, docs/generic-webhook.md has a",
        'line of shell that signs and sends. Begin with the body {"type":"ping"}.',
    ]


def check_requests(base: str | None = None) -> Mapping[str, ApiRequest]:
    """There is no API."""
    del base
    return {}
