"""What SendGrid says of an API key: what it may do, and whether the sender's domain is authenticated.

Facts from SendGrid's API reference, read 2026-11. Domains may be looked at by keys that have that permission
only; a key that sends needs it for nothing else, so a refusal is no fault.
"""

import json
from collections.abc import Iterator, Mapping
from functools import partial

from app.mail.account import (
    OK,
    REFUSED,
    Question,
    Said,
    fine,
    in_path,
    note,
    question,
    told,
    unclear,
    wrong,
)
from app.mail.sendgrid import SendGridSettings

_SEND = "mail.send"


def questions(settings: SendGridSettings, domain: str, /) -> tuple[Question, ...]:
    """``GET /v3/scopes``, then ``GET /v3/whitelabel/domains``."""
    url = f"{settings.base_url}/v3/whitelabel/domains?domain={in_path(domain)}"
    then = question(url, partial(_domains, domain))
    return (question(f"{settings.base_url}/v3/scopes", partial(_scopes, then)),)


def _scopes(
    then: Question, status: int, headers: Mapping[str, str], body: bytes
) -> Iterator[Said | Question]:
    del headers
    scopes = told(body).get("scopes")
    if status in REFUSED:
        yield wrong(
            "SendGrid refuses the key; make a new one (Settings, API Keys), in the region that is set."
        )
    elif status != OK or not isinstance(scopes, list):
        yield unclear("SendGrid", status)
    elif _SEND not in scopes:
        yield wrong("SendGrid accepts the key, but it may not send; give it the permission Mail Send.")
    else:
        yield fine("SendGrid accepts the key, and it may send.")
        yield then


def _domains(domain: str, status: int, headers: Mapping[str, str], body: bytes) -> Iterator[Said]:
    del headers
    try:
        rows = json.loads(body)
    except (ValueError, RecursionError):
        rows = None
    if status != OK or not isinstance(rows, list):
        yield note(f"The key may not look at domains; see at SendGrid that {domain} is authenticated.")
    elif any(isinstance(row, dict) and row.get("valid") is True for row in rows):
        yield fine(f"{domain} is authenticated.")
    else:
        yield note(
            f"{domain} is no authenticated domain, so mail fails DMARC; "
            "authenticate it at SendGrid (Settings, Sender Authentication)."
        )
