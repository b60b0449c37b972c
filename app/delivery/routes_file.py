"""The mail routes that the settings describe, opened."""

from collections.abc import Mapping
from datetime import timedelta

from app.delivery.mail_document import NAME, MailDocument, read_document
from app.delivery.route import Route
from app.delivery.route_shapes import FolderShape, RouteShape, SesShape, SmtpShape
from app.delivery.routes import made
from app.delivery.routing import Routes, Rule, WhenUnknown
from app.errors import UnsafeSettings
from app.settings import Settings

_RECEIPTS_ONLY = timedelta(minutes=30)
"""How long a receipt is waited for unless said otherwise, where nothing but a receipt can tell."""


def configured(settings: Settings, known: Mapping[str, str] | None = None) -> Routes:
    """The routes that the settings describe, open for use.

    Args:
        settings: ``mail_routes``, as `app.delivery.mail_document` reads it.
        known: What ``${NAME}`` stands for; the environment unless given.

    Raises:
        UnsafeSettings: The document cannot be read or does not describe routes; or, in production, a route
            reaches nobody or speaks in clear. No secret is ever repeated.
    """
    return opened(settings, read_document(settings, known))


def opened(settings: Settings, document: MailDocument) -> Routes:
    """The document's routes, open for use; raises as `configured`."""
    if settings.mode == "production":
        _refuse_unsafe(document)
    shapes = {name: document.routes[name] for name in document.sending}
    rules = [
        Rule(use.route, use.fallback, use.mail_class, use.connection, use.brand) for use in document.rules
    ]
    return Routes(
        {name: _made(name, shape) for name, shape in shapes.items()},
        rules,
        {name: _doubt(shape) for name, shape in shapes.items()},
    )


def _made(name: str, shape: RouteShape) -> Route:
    try:
        return made(name, shape)
    except UnsafeSettings as wrong:
        raise UnsafeSettings(f"{NAME}: routes.{name}: {wrong.detail}") from None


def _doubt(shape: RouteShape) -> WhenUnknown:
    after = _RECEIPTS_ONLY if isinstance(shape, SesShape) else timedelta()
    if shape.unknown_after_minutes is not None:
        after = timedelta(minutes=shape.unknown_after_minutes)
    return WhenUnknown(shape.when_unknown, after)


def _refuse_unsafe(document: MailDocument) -> None:
    for name, shape in document.routes.items():
        if isinstance(shape, FolderShape):
            raise UnsafeSettings(
                f"Not safe for production. {NAME}: routes.{name} is a folder; it reaches nobody."
            )
        if isinstance(shape, SmtpShape) and shape.tls == "none":
            raise UnsafeSettings(
                f"Not safe for production. {NAME}: routes.{name} speaks in clear; set its tls."
            )
