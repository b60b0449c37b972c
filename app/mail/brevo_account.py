"""What Brevo says of an account: its key, whether transactional mail is on, the sender's domain.

Facts from Brevo's API reference, read 2026-11. From an unknown IP address a key is refused as
one that does not exist is. Whether tracking is on is a setting of the account that its API does not show.
"""

from collections.abc import Iterator, Mapping
from functools import partial

from app.mail.account import OK, REFUSED, Question, Said, fine, note, question, told, unclear, wrong
from app.mail.brevo import BrevoSettings


def questions(settings: BrevoSettings, domain: str, /) -> tuple[Question, ...]:
    """``GET /account``, then ``GET /senders/domains``."""
    base = settings.base_url.rstrip("/")
    domains = question(f"{base}/senders/domains", partial(_domains, domain))
    return (question(f"{base}/account", partial(_account, domains)),)


def _account(
    then: Question, status: int, headers: Mapping[str, str], body: bytes
) -> Iterator[Said | Question]:
    del headers
    relay = told(body).get("relay")
    if status in REFUSED:
        yield wrong(
            "Brevo refuses the key, or this machine's IP address; "
            "make a new key or permit the address (Settings, SMTP & API)."
        )
    elif status != OK or not isinstance(relay, dict):
        yield unclear("Brevo", status)
    elif relay.get("enabled") is not True:
        yield wrong("Brevo accepts the key, but transactional mail is not activated; ask Brevo's support.")
    else:
        yield fine("Brevo accepts the key, and transactional mail is on.")
        yield then


def _domains(domain: str, status: int, headers: Mapping[str, str], body: bytes) -> Iterator[Said]:
    del headers
    rows = told(body).get("domains")
    if status != OK or not isinstance(rows, list):
        yield note(f"Brevo did not tell its domains ({status}); see there that {domain} is authenticated.")
        return
    named = {str(row.get("domain_name")).lower(): row for row in rows if isinstance(row, dict)}
    if domain not in named:
        yield wrong(f"{domain} is no domain of this account; add it at Brevo (Senders, Domains).")
    elif named[domain].get("authenticated") is True:
        yield fine(f"{domain} is authenticated.")
    else:
        yield note(f"{domain} is not authenticated, so mail fails DMARC; see at Brevo what its DNS lacks.")
