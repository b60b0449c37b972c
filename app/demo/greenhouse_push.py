"""How Greenhouse sends its webhooks.

Only status 200 counts; seven attempts with waits of 1, 15, 60, 120, 240 and 480 minutes (Greenhouse webhook
docs of 2026-01-20, read 2026-11).
"""

from datetime import datetime, timedelta

from app.ats.greenhouse import SUCCESS_STATUS, signature
from app.demo.push import PushRules, Webhook

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 15, 60, 120, 240, 480))


def sealed(webhook: Webhook, secret: str, now: datetime) -> tuple[dict[str, str], bytes]:
    """The headers and the bytes of one attempt; every attempt is the same."""
    del now  # no time is signed
    headers = {
        "content-type": "application/json",
        "user-agent": "Greenhouse",
        "greenhouse-event-id": webhook.event_id,
        "signature": signature(webhook.body, secret),
    }
    return headers, webhook.body


RULES = PushRules(sealed, WAITS, frozenset({SUCCESS_STATUS}))
