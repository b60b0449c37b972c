"""What Postmark says of a server: its token, whether it delivers, whether it tracks.

Facts from Postmark's developer documentation, read 2026-11: a server's open tracking overrides what a message
asks for; a sandbox server delivers nothing. Only the account's token may ask for sender signatures.
"""

from collections.abc import Iterator, Mapping
from functools import partial

from app.mail.account import OK, REFUSED, Question, Said, fine, note, question, told, unclear, wrong
from app.mail.postmark import PostmarkSettings


def questions(settings: PostmarkSettings, domain: str, /) -> tuple[Question, ...]:
    """``GET /server``."""
    return (question(f"{settings.base_url.rstrip('/')}/server", partial(_server, domain)),)


def _server(domain: str, status: int, headers: Mapping[str, str], body: bytes) -> Iterator[Said]:
    del headers
    server = told(body)
    if status in REFUSED:
        yield wrong("Postmark refuses the token; copy the server's API token anew (Servers, API Tokens).")
    elif status != OK or "DeliveryType" not in server:
        yield unclear("Postmark", status)
    elif server["DeliveryType"] == "Sandbox":
        yield wrong("The token is that of a sandbox server, which delivers to nobody; use a live server's.")
    else:
        yield fine(
            "Postmark accepts the token, and its server delivers; "
            f"whether {domain} is confirmed there shows when a mail leaves (`heardback mail test`)."
        )
        if server.get("TrackOpens"):
            yield note(
                "Open tracking is on for the whole server, and no message can decline it; "
                "switch it off at Postmark (server, Settings)."
            )
