"""Would mail leave, and would we hear what becomes of it: every route, asked without sending."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.delivery.mail_advice import about_all, about_route, address_of, domain_of
from app.delivery.mail_document import MailDocument, Use, read_document
from app.delivery.probe import probe
from app.delivery.route_shapes import ListenShape, RouteShape, provider_of
from app.delivery.routes_file import opened
from app.mail.account import Light, Said, fine, wrong
from app.mail.providers import HOOKS
from app.replies.imap_check import Look, check_mailbox
from app.replies.imap_login import AT_ONCE
from app.replies.imap_tokens import MailboxTokens
from app.replies.mailbox import Mailbox
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class Part:
    """One route, or mail as a whole: what it is in one line, and what was found."""

    title: str
    found: tuple[Said, ...]


async def check_mail(settings: Settings) -> list[Part]:
    """Every route and what concerns all of them; raises UnsafeSettings where `serve` would not start."""
    document = read_document(settings)
    routes = opened(settings, document)
    domain = domain_of(settings.mail_from)

    async def part(name: str, shape: RouteShape) -> Part:
        route = routes.get(name)
        there = await probe(shape.kind, route, domain) if route else []
        here = about_route(name, shape, document)
        return Part(_title(name, shape, settings, document), (*there, *here))

    try:
        parts = await asyncio.gather(*(part(name, shape) for name, shape in document.routes.items()))
    finally:
        await routes.aclose()
    return [*parts, Part("mail as a whole", tuple(about_all(settings, document)))]


async def check_mailboxes(boxes: Sequence[Mailbox], tokens: MailboxTokens) -> Part:
    """Every mailbox that answers and bounces are read from; no mail is read."""
    free = asyncio.Semaphore(AT_ONCE)

    async def look(box: Mailbox) -> Look:
        async with free:
            return await check_mailbox(box, tokens)

    looks = await asyncio.gather(*(look(box) for box in boxes))
    return Part("mailboxes", tuple((fine if look.fine else wrong)(f"{look.line}.") for look in looks))


def all_right(parts: Sequence[Part]) -> bool:
    """Whether nothing is wrong; what is only noted does not count."""
    return not any(said.light is Light.WRONG for part in parts for said in part.found)


def _title(name: str, shape: RouteShape, settings: Settings, document: MailDocument) -> str:
    """Such as ``main (resend): from example.com, for all other mail, fallback relay; receipts to …``."""
    if isinstance(shape, ListenShape):
        sends = "sends nothing"
    else:
        sends = f"from {domain_of(settings.mail_from)}, for {'; '.join(_uses(name, document)) or 'nothing'}"
    return f"{name} ({shape.kind}): {sends}; {_way_back(name, shape, settings)}"


def _uses(name: str, document: MailDocument) -> Iterator[str]:
    for use in document.rules:
        if use.route == name:
            yield _what(use, document) + (f", fallback {use.fallback}" if use.fallback else "")
        elif use.fallback == name:
            yield f"{_what(use, document)} that {use.route} cannot send"


def _what(use: Use, document: MailDocument) -> str:
    if use.always:
        return "all mail" if len(document.rules) == 1 else "all other mail"
    parts = {"class": use.mail_class, "connection": use.connection, "brand": use.brand}
    return "mail of " + ", ".join(f"{name} {value}" for name, value in parts.items() if value)


def _way_back(name: str, shape: RouteShape, settings: Settings) -> str:
    where = address_of(settings, name)
    if shape.receipts is not None:
        provider = provider_of(shape.kind, shape.receipts)
        return f"receipts from {provider} to {where} (proof set)"
    if shape.kind in HOOKS:
        return f"receipts could go to {where} (no proof set, so they are refused)"
    return "no receipts by webhook"
