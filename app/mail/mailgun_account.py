"""What Mailgun says of a sending domain; of a key that may do nothing but send, that it may.

Facts from Mailgun's documentation and its OpenAPI document, read 2026-11. A sending key is refused where no
message is taken, as a wrong one is. So whoever is refused asks with a message that names neither sender nor
recipient, in test mode: a key that counts is answered 400, and nothing can be sent.
"""

from collections.abc import Iterator, Mapping
from functools import partial

from app.mail.account import (
    NOT_FOUND,
    OK,
    REFUSED,
    Question,
    Said,
    fine,
    is_within,
    note,
    question,
    told,
    unclear,
    wrong,
)
from app.mail.forms import FormField, write_form
from app.mail.mailgun import MailgunSettings
from app.mail.provider import MailRequest

_BAD_REQUEST = 400


def questions(settings: MailgunSettings, domain: str, /) -> tuple[Question, ...]:
    """``GET /v4/domains/{domain}``; where that is refused, a ``POST /v3/{domain}/messages`` of nothing."""
    kind, form = write_form([FormField("o:testmode", b"yes")])
    headers = (("Accept", "application/json"), ("Content-Type", kind))
    url = f"{settings.base_url}/v3/{settings.domain}/messages"
    sends = Question(MailRequest("POST", url, headers, form), partial(_sends, settings.domain, domain))
    where = f"{settings.base_url}/v4/domains/{settings.domain}"
    return (question(where, partial(_domain, settings.domain, domain, sends)),)


def _domain(
    own: str, sender: str, sends: Question, status: int, headers: Mapping[str, str], body: bytes
) -> Iterator[Said | Question]:
    del headers
    domain = told(body).get("domain")
    if status in REFUSED:
        yield sends
        return
    if status == NOT_FOUND:
        yield wrong(
            f"Mailgun does not know {own} in this region; set `domain` and `region` as it shows them."
        )
    elif status != OK or not isinstance(domain, dict):
        yield unclear("Mailgun", status)
    elif domain.get("state") != "active" or domain.get("is_disabled"):
        yield wrong(f"{own} is not active at Mailgun; see there (Sending, Domain settings) what it lacks.")
    elif domain.get("type") == "sandbox":
        yield wrong(f"{own} is a sandbox, which reaches nobody but its authorised recipients.")
    else:
        yield fine(f"Mailgun accepts the key, and {own} is active.")
        yield from _aligned(own, sender)


def _sends(
    own: str, sender: str, status: int, headers: Mapping[str, str], body: bytes
) -> Iterator[Said | Question]:
    del headers, body
    if status in REFUSED:
        yield wrong(
            "Mailgun refuses the key; make a new one for this domain (Sending keys) in the set region."
        )
    elif status == NOT_FOUND:
        yield wrong(
            f"Mailgun does not know {own} in this region; set `domain` and `region` as it shows them."
        )
    elif status != _BAD_REQUEST:
        yield unclear("Mailgun", status)
    else:
        yield fine("Mailgun accepts the key, which may only send.")
        yield note(
            "A sending key cannot ask the log what became of a mail in doubt: "
            "that waits for a receipt, then on a person."
        )
        yield from _aligned(own, sender)


def _aligned(own: str, sender: str) -> Iterator[Said]:
    if not is_within(sender, own):
        yield note(f"Mail is from {sender} and signed by {own}, so it fails DMARC; use a domain of the two.")
