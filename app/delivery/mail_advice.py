"""What is wrong or dangerous in how mail is set up, as far as the document and the settings tell."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from app.delivery.mail_document import MailDocument
from app.delivery.route_shapes import (
    BrevoShape,
    FolderShape,
    ListenShape,
    RouteShape,
    SesShape,
    SmtpShape,
    provider_of,
)
from app.mail.account import Said, note, wrong
from app.mail.providers import HOOKS
from app.settings import Settings


def domain_of(address: str) -> str:
    """The domain of a mail address, in lower case."""
    return address.rpartition("@")[2].casefold()


def address_of(settings: Settings, route: str, kind: str = "receipts") -> str:
    """Where a provider's webhooks for that route go, to be entered there."""
    return f"{settings.public_url.rstrip('/')}/mail/{route}/{kind}"


def about_route(name: str, shape: RouteShape, document: MailDocument) -> Iterator[Said]:
    """What the document tells of one route."""
    if isinstance(shape, ListenShape):
        return
    named = {route for use in document.rules for route in (use.route, use.fallback)}
    if name not in named:
        yield note("No rule of `use` names it, so nothing leaves by it.")
    if shape.receipts is None:
        yield from _unheard(name, shape)
    if shape.when_unknown == "send_again":
        yield note(
            "`when_unknown: send_again` waives that a mail is sent at most once: "
            "who is in doubt may get it twice (heardback_sent_again_total)."
        )
    if isinstance(shape, BrevoShape):
        yield note(
            "Brevo's tracking is a setting of the account that its API does not show; "
            "see there that opens and clicks are not tracked (Transactional, Settings)."
        )
    if isinstance(shape, SesShape) and shape.receipts and not shape.configuration_set:
        yield note(
            f"Without routes.{name}.configuration_set SES publishes no events that name our mails, "
            "so receipts cannot be told apart."
        )


def _unheard(name: str, shape: RouteShape) -> Iterator[Said]:
    if isinstance(shape, SmtpShape) and not shape.bounce_domain:
        yield note(
            f"Bounces cannot be told apart; set routes.{name}.bounce_domain, and read a mailbox of it."
        )
    if shape.kind in HOOKS:
        yield note(
            f"Bounces and complaints are not heard of; give routes.{name}.receipts its provider's proof."
        )


def about_all(settings: Settings, document: MailDocument) -> Iterator[Said]:
    """What concerns mail as a whole."""
    sender = domain_of(settings.mail_from)
    reaches = any(not isinstance(document.routes[name], FolderShape) for name in document.sending)
    if reaches and (sender == "example" or sender.endswith(".example")):
        yield wrong("HEARDBACK_MAIL_FROM is an example; set it to an address of yours.")
    heard = any(shape.receipts is not None for shape in document.routes.values())
    if heard and urlsplit(settings.public_url).scheme != "https":
        yield note(
            f"HEARDBACK_PUBLIC_URL is {settings.public_url}; providers reach public https addresses only."
        )
    yield from _answers(settings, document)


def _answers(settings: Settings, document: MailDocument) -> Iterator[Said]:
    mailbox = bool(document.mailboxes or settings.imap_host)
    bounces = [
        shape for shape in document.routes.values() if isinstance(shape, SmtpShape) and shape.bounce_domain
    ]
    if bounces and not mailbox:
        yield note(
            "Bounces come to the bounce_domain, and no mailbox is read; describe it under `mailboxes`."
        )
    if not settings.reply_address:
        yield note(
            "HEARDBACK_REPLY_ADDRESS is not set: answers go to recruiters and stop nothing, "
            "and nurture mail can be declined by link only, not by mail."
        )
        return
    inbound = [
        name
        for name, shape in document.routes.items()
        if shape.receipts is not None and provider_of(shape.kind, shape.receipts) in HOOKS
    ]
    if not inbound and not mailbox:
        yield wrong(
            "HEARDBACK_REPLY_ADDRESS is set, and answers to it are heard nowhere: "
            "give a route `receipts` and enter its inbound address at the provider, or describe `mailboxes`."
        )
    elif inbound and not mailbox:
        where = ", ".join(address_of(settings, name, "inbound") for name in inbound)
        yield note(f"Mail to {settings.reply_address} must come to one of: {where}")
