"""The headers by which a mailbox offers to stop messages that only keep in touch. Pure.

RFC 2369 (List-Unsubscribe), RFC 8058 (one click, a POST to an https address) and RFC 2919 (List-Id). A DKIM
signature has to cover the first two; the providers' own signatures do, a server of your own must be told to.
"""

from urllib.parse import quote, urlsplit

from app.errors import UnsafeHeader

Headers = tuple[tuple[str, str], ...]


def list_headers(url: str, domain: str, *, mailto: str | None = None) -> Headers:
    """List-Unsubscribe, List-Unsubscribe-Post and List-Id of one message to one recipient.

    Args:
        url: Where a POST stops such messages, with a token that names nobody. Only under https does it count
            as one click; another address, as on trial, is offered without that.
        domain: Ours, in ASCII, in whose name the list is.
        mailto: An address of ours that reads its mail and names the send, for mailboxes that stop by mail;
            None where there is none. It stands second: a mailbox takes the first way that it can go (RFC
            2369 3.2).

    Raises:
        UnsafeHeader: An address or the domain cannot stand in a header.
    """
    if not domain.isascii() or not domain or set(domain) & set("<> ,\r\n"):
        raise UnsafeHeader("A list's id needs a plain domain.", field="domain")
    if set(url) & set("<> ,\r\n") or not url.isascii():
        raise UnsafeHeader("An address to unsubscribe at is plain.", field="url")
    ways = [f"<{url}>"]
    if mailto is not None:
        ways.append(f"<mailto:{quote(mailto, safe='@+.-_=')}?subject=unsubscribe>")
    found = [("List-Id", f"<keeping-in-touch.{domain.lower()}>"), ("List-Unsubscribe", ", ".join(ways))]
    if urlsplit(url).scheme == "https":
        found.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    return tuple(found)
