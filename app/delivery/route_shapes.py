"""What each kind of mail route is described by: names, types and defaults, before anything is opened."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from app.mail.brevo import BrevoSettings
from app.mail.postmark import PostmarkSettings
from app.mail.providers import HOOKS
from app.mail.resend import ResendSettings
from app.mail.sendgrid import SendGridSettings
from app.mail.ses import SesSettings

_POSTMARK, _RESEND, _BREVO = PostmarkSettings(), ResendSettings(), BrevoSettings()
_SENDGRID, _SES = SendGridSettings(), SesSettings()


class Shape(BaseModel):
    """A part of a document in which every name must be known."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class ReceiptsShape(Shape):
    """What a provider proves its webhooks with; which of these counts is the provider's way.

    ``secrets`` are signing keys, bearer tokens or ``user:password``, each of them accepted; ``public_keys``
    are base64 SPKI DER; ``topics`` are those of SNS that are ours.
    """

    provider: str | None = None
    """As `app.mail.providers` names it; needed where the route's kind does not say it."""
    secrets: tuple[SecretStr, ...] = ()
    public_keys: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    api_key: SecretStr = SecretStr("")
    """To fetch the words of an inbound mail that was only announced (Resend); unset: the route's own key."""


class RouteShape(Shape):
    """What every route may say beside the settings of its kind."""

    kind: str
    receipts: ReceiptsShape | None = None
    when_unknown: Literal["hold", "send_again"] = "hold"
    unknown_after_minutes: int | None = Field(default=None, ge=0, le=10_080)


class FolderShape(RouteShape):
    """A folder of files, for trying out: it reaches nobody."""

    kind: Literal["folder"]
    directory: Path


class ListenShape(RouteShape):
    """Nothing is sent by it: a former route, or a provider that only brings answers."""

    kind: Literal["listen"]
    receipts: ReceiptsShape


class SmtpShape(RouteShape):
    """Any SMTP server."""

    kind: Literal["smtp"]
    host: str = Field(min_length=1)
    port: int = Field(default=587, ge=1, le=65_535)
    tls: Literal["starttls", "tls", "none"] = "starttls"
    username: str | None = None
    password: SecretStr | None = None
    bounce_domain: str | None = None


class PostmarkShape(RouteShape):
    """One server of Postmark."""

    kind: Literal["postmark"]
    token: SecretStr
    base_url: str = _POSTMARK.base_url
    stream: str = _POSTMARK.stream
    nurture_stream: str = _POSTMARK.nurture_stream


class ResendShape(RouteShape):
    """One API key of Resend."""

    kind: Literal["resend"]
    key: SecretStr
    base_url: str = _RESEND.base_url


class BrevoShape(RouteShape):
    """One API key of Brevo."""

    kind: Literal["brevo"]
    key: SecretStr
    base_url: str = _BREVO.base_url


class SendGridShape(RouteShape):
    """One API key of SendGrid."""

    kind: Literal["sendgrid"]
    key: SecretStr
    region: str = _SENDGRID.region
    address: str = ""


class MailgunShape(RouteShape):
    """One sending domain of Mailgun."""

    kind: Literal["mailgun"]
    key: SecretStr
    domain: str
    region: str = "us"
    address: str = ""


class SesShape(RouteShape):
    """One region of an AWS account."""

    kind: Literal["ses"]
    access_key_id: str
    secret_access_key: SecretStr
    session_token: SecretStr | None = None
    region: str = _SES.region
    configuration_set: str | None = None
    address: str = ""


AnyRoute = Annotated[
    FolderShape
    | ListenShape
    | SmtpShape
    | PostmarkShape
    | ResendShape
    | BrevoShape
    | SendGridShape
    | MailgunShape
    | SesShape,
    Field(discriminator="kind"),
]

KINDS: Mapping[str, type[RouteShape]] = MappingProxyType(
    {
        "folder": FolderShape,
        "smtp": SmtpShape,
        "postmark": PostmarkShape,
        "resend": ResendShape,
        "brevo": BrevoShape,
        "sendgrid": SendGridShape,
        "mailgun": MailgunShape,
        "ses": SesShape,
        "listen": ListenShape,
    }
)


def provider_of(kind: str, receipts: ReceiptsShape) -> str | None:
    """Whose webhooks come to a route of that kind; None where neither it nor the receipts say so."""
    return receipts.provider or (kind if kind in HOOKS else None)
