"""Every way out by its kind: the one place that knows which routes there are."""

from collections.abc import Mapping
from typing import Any

from pydantic import SecretStr, TypeAdapter, ValidationError

from app.delivery import route_shapes as shapes
from app.delivery.route import Route
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

_SHAPES: TypeAdapter[shapes.RouteShape] = TypeAdapter(shapes.AnyRoute)


def route_from(settings: Mapping[str, Any]) -> Route:
    """The route that the settings describe, by their ``kind`` as in `app.delivery.route_shapes`.

    ``name`` is optional and defaults to the kind; ``timeouts`` are the route's own. Raises
    ``UnsafeSettings`` where they do not describe one; no value is repeated.
    """
    rest = dict(settings)
    name, timeouts = rest.pop("name", None), rest.pop("timeouts", None)
    try:
        shape = _SHAPES.validate_python(rest)
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"][1:]) or "kind"
        raise UnsafeSettings(f"These are not the settings of a mail route: {place}.", field=place) from None
    return made(name or rest["kind"], shape, timeouts)


def made(name: str, shape: shapes.RouteShape, timeouts: HttpTimeouts | SmtpTimeouts | None = None) -> Route:
    """The route of that name and shape, open for use; raises ``UnsafeSettings`` for values that cannot be."""
    http = timeouts if isinstance(timeouts, HttpTimeouts) else None
    route: Route
    match shape:
        case shapes.FolderShape():
            route = FolderRoute(shape.directory, name=name)
        case shapes.SmtpShape():
            route = _smtp(name, shape, timeouts if isinstance(timeouts, SmtpTimeouts) else None)
        case shapes.PostmarkShape():
            server = PostmarkSettings(shape.base_url, shape.stream, shape.nurture_stream)
            route = PostmarkRoute(_open(shape.token), server, name=name, timeouts=http)
        case shapes.ResendShape():
            route = ResendRoute(_open(shape.key), ResendSettings(shape.base_url), name=name, timeouts=http)
        case shapes.BrevoShape():
            route = BrevoRoute(_open(shape.key), BrevoSettings(shape.base_url), name=name, timeouts=http)
        case shapes.SendGridShape():
            grid = SendGridSettings(shape.region, shape.address)
            route = SendGridRoute(_open(shape.key), grid, name=name, timeouts=http)
        case shapes.MailgunShape():
            domain = MailgunSettings(shape.domain, shape.region, shape.address)
            route = MailgunRoute(_open(shape.key), domain, name=name, timeouts=http)
        case shapes.SesShape():
            route = _ses(name, shape, http)
        case _:
            raise UnsafeSettings(f"A {shape.kind} route sends nothing.")
    return route


def _smtp(name: str, shape: shapes.SmtpShape, timeouts: SmtpTimeouts | None) -> Route:
    return SmtpRoute(
        shape.host,
        shape.port,
        tls=shape.tls,
        username=shape.username,
        password=_open(shape.password),
        bounce_domain=shape.bounce_domain,
        name=name,
        timeouts=timeouts,
    )


def _ses(name: str, shape: shapes.SesShape, timeouts: HttpTimeouts | None) -> Route:
    region = SesSettings(shape.region, shape.configuration_set, shape.address)
    return SesRoute(
        shape.access_key_id,
        _open(shape.secret_access_key),
        region,
        session_token=_open(shape.session_token) or None,
        name=name,
        timeouts=timeouts,
    )


def _open(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""
