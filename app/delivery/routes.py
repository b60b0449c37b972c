"""Every way out by its name: the one place that knows which routes there are."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from app.delivery.route import Route, RouteMeta
from app.delivery.route_brevo import BrevoRoute
from app.delivery.route_folder import FolderRoute
from app.delivery.route_http import HttpTimeouts
from app.delivery.route_mailgun import MailgunRoute
from app.delivery.route_postmark import PostmarkRoute
from app.delivery.route_resend import ResendRoute
from app.delivery.route_sendgrid import SendGridRoute
from app.delivery.route_ses import SesRoute
from app.delivery.route_smtp import SmtpRoute, SmtpTimeouts
from app.errors import UnsafeSettings
from app.mail.brevo import BrevoSettings
from app.mail.mailgun import MailgunSettings
from app.mail.postmark import PostmarkSettings
from app.mail.resend import ResendSettings
from app.mail.sendgrid import SendGridSettings
from app.mail.ses import SesSettings

__all__ = [
    "BrevoRoute",
    "FolderRoute",
    "HttpTimeouts",
    "MailgunRoute",
    "PostmarkRoute",
    "ResendRoute",
    "Route",
    "RouteMeta",
    "SendGridRoute",
    "SmtpRoute",
    "SmtpTimeouts",
    "route_from",
]


def route_from(settings: Mapping[str, Any]) -> Route:
    """The route that the settings describe. Raises ``UnsafeSettings`` where they do not describe one.

    ``kind`` is one of

    - ``folder``: ``directory``;
    - ``smtp``: ``host``; optional ``port``, ``tls``, ``username``, ``password``, ``bounce_domain``,
      ``timeouts``;
    - ``postmark``: ``token``; optional ``base_url``, ``stream``, ``nurture_stream``, ``timeouts``;
    - ``resend`` or ``brevo``: ``key``; optional ``base_url``, ``timeouts``;
    - ``sendgrid``: ``key``; optional ``region``, ``address``, ``timeouts``;
    - ``mailgun``: ``key``, ``domain``; optional ``region``, ``address``, ``timeouts``;
    - ``ses``: ``access_key_id``, ``secret_access_key``; optional ``region``, ``configuration_set``,
      ``session_token``, ``timeouts``.

    ``name`` is optional and defaults to the kind.
    """
    rest = dict(settings)
    kind = rest.pop("kind", None)
    if kind not in _KINDS:
        raise UnsafeSettings(f"A mail route's kind is one of: {', '.join(sorted(_KINDS))}.")
    try:
        return _KINDS[kind](rest)
    except (TypeError, KeyError):
        # The library's words could repeat a secret value; the names of the settings say enough.
        names = ", ".join(sorted(rest)) or "none"
        raise UnsafeSettings(f"These are not the settings of a {kind} route: {names}.") from None


def _folder(settings: dict[str, Any]) -> Route:
    return FolderRoute(Path(settings.pop("directory")), **settings)


def _smtp(settings: dict[str, Any]) -> Route:
    if settings.get("tls", "starttls") not in ("starttls", "tls", "none"):
        raise UnsafeSettings("Set HEARDBACK_SMTP_TLS to starttls, tls or none.")
    return SmtpRoute(**settings)


def _postmark(settings: dict[str, Any]) -> Route:
    own = {key: settings.pop(key) for key in ("base_url", "stream", "nurture_stream") if key in settings}
    return PostmarkRoute(settings.pop("token"), PostmarkSettings(**own), **settings)


def _resend(settings: dict[str, Any]) -> Route:
    own = {key: settings.pop(key) for key in ("base_url",) if key in settings}
    return ResendRoute(settings.pop("key"), ResendSettings(**own), **settings)


def _brevo(settings: dict[str, Any]) -> Route:
    own = {key: settings.pop(key) for key in ("base_url",) if key in settings}
    return BrevoRoute(settings.pop("key"), BrevoSettings(**own), **settings)


def _sendgrid(settings: dict[str, Any]) -> Route:
    own = {key: settings.pop(key) for key in ("region", "address") if key in settings}
    return SendGridRoute(settings.pop("key"), SendGridSettings(**own), **settings)


def _mailgun(settings: dict[str, Any]) -> Route:
    own = {key: settings.pop(key) for key in ("domain", "region", "address") if key in settings}
    return MailgunRoute(settings.pop("key"), MailgunSettings(**own), **settings)


def _ses(settings: dict[str, Any]) -> Route:
    own = {key: settings.pop(key) for key in ("region", "configuration_set", "address") if key in settings}
    keys = settings.pop("access_key_id"), settings.pop("secret_access_key")
    return SesRoute(*keys, SesSettings(**own), **settings)


_KINDS: Mapping[str, Callable[[dict[str, Any]], Route]] = MappingProxyType(
    {
        "folder": _folder,
        "smtp": _smtp,
        "postmark": _postmark,
        "ses": _ses,
        "resend": _resend,
        "brevo": _brevo,
        "sendgrid": _sendgrid,
        "mailgun": _mailgun,
    }
)
