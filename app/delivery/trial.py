"""One harmless mail through a real route: the same bytes, the same far side, and nobody's data in it."""

from dataclasses import dataclass

from app.delivery.mail_document import read_document
from app.delivery.route import RouteMeta
from app.delivery.routes_file import opened
from app.errors import NotFound
from app.ids import new_id
from app.mail.headers import message_id
from app.mail.outbound import Address, Envelope, MailClass, Outcome
from app.moments import machine_now
from app.settings import Settings

_SUBJECT = "A test of mail from Heardback"
_TEXT = (
    "Somebody who operates Heardback sent this from the command line, to see that mail arrives.\n"
    "It is about nobody and needs no answer.\n"
)
_HTML = f"<html><body><p>{_TEXT.strip().replace(chr(10), '<br>')}</p></body></html>"


@dataclass(frozen=True, slots=True)
class Trial:
    """By which route, and what came of it."""

    route: str
    outcome: Outcome


async def send_trial(settings: Settings, to: str, name: str | None = None) -> Trial:
    """Sends one mail and gives what the route says of it; it is stored nowhere and not tried again.

    Args:
        settings: As `heardback serve` reads them.
        to: The address to write to.
        name: The route; unless given, the one that mail about applications takes.

    Raises:
        InvalidAddress: It is not one address.
        NotFound: No route of that name sends.
        UnsafeSettings: `heardback serve` would not start either.
    """
    routes = opened(settings, read_document(settings))
    try:
        chosen = name or routes.rule_for(MailClass.TRANSACTIONAL, "", None).route
        route = routes.get(chosen)
        if route is None:
            raise NotFound(f"No route of that name sends; there are: {', '.join(sorted(routes.by_name))}.")
        send = new_id("tst")
        letter = Envelope(
            send_id=send,
            message_id=message_id(send, settings.mail_domain),
            sender=Address(settings.mail_from_name, settings.mail_from),
            to=Address("", to),
            subject=_SUBJECT,
            text=_TEXT,
            html=_HTML,
        )
        payload = route.prepare(letter, machine_now())
        return Trial(chosen, await route.send(payload, RouteMeta(send, settings.mail_from, to)))
    finally:
        await routes.aclose()
