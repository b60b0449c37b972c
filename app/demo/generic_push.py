"""How a sender of Standard Webhooks sends.

Every 2xx counts; ten attempts over 75 hours with the waits of the specification's example; 410 ends it
(Standard Webhooks 1.0.0, read 2026-11). The specification's random spread of the waits is left out.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from app.ats.generic import signature
from app.demo.push import PushRules, Webhook

_HOURS = (2, 5, 10, 14, 20, 24)
WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=hours) for hours in _HOURS),
)


def rules(machine_now: Callable[[], datetime]) -> PushRules:
    """The rules of a sender whose signatures are as old as its machine says: that much is never simulated."""

    def sealed(webhook: Webhook, secret: str, now: datetime) -> tuple[dict[str, str], bytes]:
        del now
        return signed(webhook.event_id, webhook.body, secret, machine_now()), webhook.body

    return PushRules(sealed, WAITS, frozenset(range(200, 300)), frozenset({410}))


def signed(event_id: str, body: bytes, secret: str, at: datetime) -> dict[str, str]:
    """The headers of one attempt, signed anew at that instant of machine time."""
    timestamp = int(at.timestamp())
    return {
        "content-type": "application/json",
        "webhook-id": event_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(event_id, timestamp, body, secret),
    }
