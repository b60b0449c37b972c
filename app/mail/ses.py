"""Amazon SES v2: our own MIME in one POST, no idempotency key, and no look-up by anything of ours.

Facts from Amazon's API reference and developer guide (read 2026-11). SES replaces Date and Message-ID: what
is on the wire is ``<MessageId@region.amazonses.com>``, in us-east-1 ``@email.amazonses.com``. What became of
an attempt without an answer shows only in the ``Send`` event that carries our tag.
"""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType

from app.errors import UnsafeSettings
from app.mail.headers import address, safe, send_id
from app.mail.mime import build_mime
from app.mail.outbound import Envelope, Outcome, OutcomeKind
from app.mail.provider import MailRequest, by_status, json_object, retry_after

REPEAT_WITHIN = None
"""SES knows no idempotency key."""
TAG = "hb_send"
"""The only tag that we set: an opaque id (values are ASCII letters, digits, ``-`` and ``_``)."""

_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
_HEADERS = (("Accept", "application/json"), ("Content-Type", "application/json"))
_OK = 200
_SERVER_ERRORS = range(500, 600)
_NO_DATE = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SesSettings:
    """A region, and the configuration set whose events come back to us. Raises ``UnsafeSettings``."""

    region: str = "eu-central-1"
    configuration_set: str | None = None
    address: str = ""
    """Another address than the region's own, for trying out against a simulated SES."""

    def __post_init__(self) -> None:
        if not _REGION.fullmatch(self.region):
            raise UnsafeSettings("A region of SES looks like eu-central-1.")

    @property
    def base_url(self) -> str:
        return self.address or f"https://email.{self.region}.amazonaws.com"


def build(envelope: Envelope, settings: SesSettings, /, date: datetime = _NO_DATE) -> MailRequest:
    """``POST /v2/email/outbound-emails`` with the whole message; ``date`` is aware, and SES replaces it."""
    mime = build_mime(envelope, date)
    fields: dict[str, object] = {
        "FromEmailAddress": str(address(envelope.sender, "sender")),
        "Destination": {"ToAddresses": [str(address(envelope.to, "to"))]},
        "Content": {"Raw": {"Data": base64.b64encode(mime).decode("ascii")}},
        "EmailTags": [{"Name": TAG, "Value": send_id(envelope.send_id)}],
    }
    if settings.configuration_set:
        fields["ConfigurationSetName"] = safe(settings.configuration_set, "configuration_set")
    body = json.dumps(fields, separators=(",", ":")).encode()
    return MailRequest("POST", f"{settings.base_url}/v2/email/outbound-emails", _HEADERS, body)


_KINDS: Mapping[str, tuple[OutcomeKind, str]] = MappingProxyType(
    {
        "TooManyRequestsException": (OutcomeKind.NOT_SENT, "rate limit"),
        "ThrottlingException": (OutcomeKind.NOT_SENT, "rate limit"),
        "LimitExceededException": (OutcomeKind.CONFIGURATION, "a limit of the account is reached"),
        "AccountSuspendedException": (OutcomeKind.CONFIGURATION, "the account is suspended"),
        "SendingPausedException": (OutcomeKind.CONFIGURATION, "sending is paused"),
        "MailFromDomainNotVerifiedException": (OutcomeKind.CONFIGURATION, "the domain is not verified"),
        "NotFoundException": (OutcomeKind.CONFIGURATION, "the configuration set is not known"),
        "AccessDeniedException": (OutcomeKind.CONFIGURATION, "the credentials may not send"),
        "UnrecognizedClientException": (OutcomeKind.CONFIGURATION, "the credentials are not known"),
        "InvalidSignatureException": (
            OutcomeKind.CONFIGURATION,
            "the signature does not match; check the clock",
        ),
        "SignatureDoesNotMatch": (OutcomeKind.CONFIGURATION, "the signature does not match"),
        "IncompleteSignatureException": (OutcomeKind.CONFIGURATION, "the signature is incomplete"),
        "MissingAuthenticationTokenException": (OutcomeKind.CONFIGURATION, "no credentials"),
        "ExpiredTokenException": (OutcomeKind.CONFIGURATION, "the temporary credentials are over"),
        "BadRequestException": (OutcomeKind.PERMANENT, "refused as malformed"),
    }
)


def parse(status: int, headers: Mapping[str, str], body: bytes, /) -> Outcome:
    """What SES's answer to a send means; its own words, which repeat addresses, are not told."""
    answer = json_object(body)
    if status == _OK:
        found = answer.get("MessageId") if answer is not None else None
        if isinstance(found, str) and found:
            return Outcome(OutcomeKind.ACCEPTED, provider_id=found)
        return Outcome(OutcomeKind.AMBIGUOUS, "SES answered success without a MessageId")
    error = error_name(headers, answer)
    if error == "MessageRejected":
        return _rejected(str((answer or {}).get("message", "")), status)
    if error not in _KINDS or status in _SERVER_ERRORS:
        return by_status("SES", status, headers)
    kind, said = _KINDS[error]
    return Outcome(kind, f"SES {status}: {said}", retry_after=retry_after(headers))


def error_name(headers: Mapping[str, str], answer: Mapping[str, object] | None) -> str:
    said = headers.get("x-amzn-errortype") or str((answer or {}).get("__type", ""))
    return said.partition(":")[0].rpartition("#")[2]


def _rejected(message: str, status: int) -> Outcome:
    """An address that is not verified is the account's trouble; anything else is the message's."""
    if "not verified" in message or "sandbox" in message.lower():
        return Outcome(OutcomeKind.CONFIGURATION, f"SES {status}: an address or domain is not verified")
    return Outcome(OutcomeKind.PERMANENT, f"SES {status}: the message is rejected")


def wire_id(provider_id: str, region: str) -> str:
    """The Message-ID that is on the wire, without its brackets."""
    host = "email.amazonses.com" if region == "us-east-1" else f"{region}.amazonses.com"
    return f"{provider_id}@{host}"


def look_up(send: str, settings: SesSettings, /) -> None:
    """SES cannot be asked by anything that we know before its answer."""
    del send, settings


def found(send: str, status: int, headers: Mapping[str, str], body: bytes, /) -> Outcome:
    """Never asked, so nothing is settled."""
    del send, headers, body
    return Outcome(OutcomeKind.AMBIGUOUS, f"SES answered {status}")
