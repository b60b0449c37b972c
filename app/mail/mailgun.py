"""Mailgun: one form a message, no idempotency key, our own Message-ID, and a log that is asked by our tag.

Facts from Mailgun's documentation and its OpenAPI document, read 2026-11. The Events API is deprecated in
favour of Logs, whose names for filters no document gives, so Events is asked as long as it answers. Not
proven against a live account: that the id in the answer to a send is our Message-ID.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.headerregistry import Address as HeaderAddress
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from app.errors import UnsafeSettings
from app.mail.forms import FormField, write_form
from app.mail.headers import address, address_line, extra_headers, safe, send_id, words
from app.mail.heard import bare_id, mail_date
from app.mail.outbound import Envelope, Outcome, OutcomeKind
from app.mail.provider import LONGEST_WAIT, MailRequest, by_status, json_object, retry_after

REPEAT_WITHIN = None
"""Mailgun knows no idempotency key for sending."""
VARIABLE = "hb_send"
"""The only variable that we set: opaque, because the recipient can see it (``X-Mailgun-Variables``)."""
TAG = "hb-"
"""What stands before the send id in the tag that only this message has."""
REGIONS: Mapping[str, str] = MappingProxyType(
    {"us": "https://api.mailgun.net", "eu": "https://api.eu.mailgun.net"}
)

_DOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")
_OK = range(200, 300)


@dataclass(frozen=True, slots=True)
class MailgunSettings:
    """A sending domain and the region that holds it. Raises ``UnsafeSettings``.

    A domain of one region is not known in the other.
    """

    domain: str
    region: str = "us"
    address: str = ""
    """Another address than the region's own, for trying out against a simulated Mailgun."""

    def __post_init__(self) -> None:
        if self.region not in REGIONS:
            raise UnsafeSettings(f"A region of Mailgun is one of: {', '.join(REGIONS)}.")
        if not _DOMAIN.fullmatch(self.domain):
            raise UnsafeSettings("A domain of Mailgun looks like mg.example.com, in lower case.")

    @property
    def base_url(self) -> str:
        return (self.address or REGIONS[self.region]).rstrip("/")


def build(envelope: Envelope, settings: MailgunSettings, /) -> MailRequest:
    """``POST /v3/{domain}/messages``: one recipient, all tracking off, our Message-ID, the send id as tag."""
    kind, body = write_form([*map(_field, _words(envelope)), *_files(envelope)])
    headers = (("Accept", "application/json"), ("Content-Type", kind))
    return MailRequest("POST", f"{settings.base_url}/v3/{settings.domain}/messages", headers, body)


def _field(pair: tuple[str, str]) -> FormField:
    return FormField(pair[0], pair[1].encode())


def _words(envelope: Envelope) -> Iterator[tuple[str, str]]:
    send = send_id(envelope.send_id)
    yield "from", str(address(envelope.sender, "sender"))
    yield "to", str(address(envelope.to, "to"))
    yield "subject", safe(envelope.subject, "subject")
    yield "text", words(envelope.text, "text")
    if envelope.html:
        yield "html", words(envelope.html, "html")
    if envelope.reply_to:
        yield "h:Reply-To", _ascii(address(envelope.reply_to, "reply_to"))
    for name, value in extra_headers(envelope):
        yield f"h:{name}", value
    yield f"v:{VARIABLE}", send
    yield "o:tag", TAG + send
    for name in ("o:tracking", "o:tracking-clicks", "o:tracking-opens"):
        yield name, "no"


def _ascii(mailbox: HeaderAddress) -> str:
    """A mailbox as it stands in a header: Mailgun sends values of ``h:`` as they are."""
    return address_line("Reply-To", mailbox).removeprefix("Reply-To:").replace("\r\n", "").strip()


def _files(envelope: Envelope) -> Iterator[FormField]:
    for file in envelope.attachments:
        name, kind = safe(file.name, "attachment"), safe(file.content_type, "attachment")
        yield FormField("attachment", file.content, filename=name, content_type=kind)


def parse(status: int, headers: Mapping[str, str], body: bytes, /) -> Outcome:
    """What Mailgun's answer to a send means; its own words, which repeat addresses, are not told.

    Status 200 with the words of its front page means a wrong address, and that nothing was sent.
    """
    answer = json_object(body)
    if status in _OK:
        if answer is not None and (provider_id := bare_id(answer.get("id"))):
            return Outcome(OutcomeKind.ACCEPTED, provider_id=provider_id)
        if body.strip().startswith(b"Mailgun Magnificent API"):
            return Outcome(OutcomeKind.CONFIGURATION, f"Mailgun {status}: wrong address, nothing is sent")
        return Outcome(OutcomeKind.AMBIGUOUS, "Mailgun answered success without an id")
    message = answer.get("message") if answer is not None else None
    if not isinstance(message, str) and status not in _ACCOUNT:
        return by_status("Mailgun", status, headers)
    return _refused(status, str(message or ""), headers)


_ACCOUNT: Mapping[int, str] = MappingProxyType(
    {
        401: "API key refused",
        402: "payment required",
        403: "the account or the key may not send",
        404: "domain not found; check its region",
    }
)
_BAD_REQUEST, _TOO_MANY = 400, 429
_TO = re.compile(r"'?\bto\b'? parameter|\brecipient\b.*\bvalid\b", re.IGNORECASE)
_SENDER = re.compile(
    r"'?\b(from|h:reply-to)\b'? parameter|\bsandbox\b|\btest purposes\b|\bauthorized recipients?\b"
    r"|\bnot verified\b|\bdisabled\b|\bnot allowed to send\b|\bsuspended\b|\blimit exceeded\b",
    re.IGNORECASE,
)
_AFTER = re.compile(r"try again after ([A-Za-z0-9:, +-]{10,50})")


def _refused(status: int, message: str, headers: Mapping[str, str]) -> Outcome:
    if status in _ACCOUNT:
        return Outcome(OutcomeKind.CONFIGURATION, f"Mailgun {status}: {_ACCOUNT[status]}")
    if status == _TOO_MANY:
        return Outcome(OutcomeKind.NOT_SENT, "Mailgun 429: rate limit", retry_after=_wait(message, headers))
    if status != _BAD_REQUEST:
        return by_status("Mailgun", status, headers)
    if _SENDER.search(message):
        return Outcome(OutcomeKind.CONFIGURATION, "Mailgun 400: sender or account refused")
    if _TO.search(message):
        return Outcome(OutcomeKind.PERMANENT, "Mailgun 400: invalid recipient address", suppress=True)
    return Outcome(OutcomeKind.PERMANENT, "Mailgun 400: bad request")


def _wait(message: str, headers: Mapping[str, str]) -> timedelta | None:
    """Retry-After, else the time from the answer's own date until the one in Mailgun's words."""
    if (asked := retry_after(headers)) is not None:
        return asked
    said = _AFTER.search(message)
    until, date = mail_date(said[1] if said else None), mail_date(headers.get("date"))
    return min(max(until - date, timedelta()), LONGEST_WAIT) if until and date else None


def look_up(send: str, settings: MailgunSettings, /) -> MailRequest:
    """``GET /v3/{domain}/events`` for the acceptance of the message with our tag, the newest first."""
    tag = quote(f'"{TAG}{send_id(send)}"', safe="")
    query = f"event=accepted&ascending=no&limit=25&tags={tag}"
    url = f"{settings.base_url}/v3/{settings.domain}/events?{query}"
    return MailRequest("GET", url, (("Accept", "application/json"),))


def found(send: str, status: int, headers: Mapping[str, str], body: bytes, /) -> Outcome | None:
    """What the log says. Only an event with this send's variable or tag counts."""
    answer = json_object(body) or {}
    items = answer.get("items")
    if status not in _OK or not isinstance(items, list) or not isinstance(answer.get("paging"), dict):
        return Outcome(
            OutcomeKind.AMBIGUOUS, f"Mailgun's log answered {status}", retry_after=retry_after(headers)
        )
    ours = [each for each in items if isinstance(each, dict) and send_of(each) == send]
    if ours:
        return Outcome(OutcomeKind.ACCEPTED, "found in Mailgun's log", wire_id(ours[0]))
    if items:
        return Outcome(OutcomeKind.AMBIGUOUS, "Mailgun's log did not filter by our tag")
    return None


def send_of(event: Mapping[str, Any]) -> str | None:
    """Our send id from an event's variables, else from its tag; None for anybody else's."""
    variables, tags = event.get("user-variables"), event.get("tags")
    said = [variables.get(VARIABLE)] if isinstance(variables, dict) else []
    listed = [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []
    said += [tag.removeprefix(TAG) for tag in listed if tag.startswith(TAG)]
    return next((each for each in said if isinstance(each, str) and _SEND_ID.fullmatch(each)), None)


_SEND_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


def wire_id(event: Mapping[str, Any]) -> str | None:
    """The Message-ID in an event, which has it without angle brackets."""
    message = event.get("message")
    headers = message.get("headers") if isinstance(message, dict) else None
    return bare_id(headers.get("message-id")) if isinstance(headers, dict) else None
