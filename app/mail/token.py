"""The address that an answer comes back to: it names the send, and only we can have written it.

Some phones rebuild References from an id that the provider has replaced, so this address is what an answer is
known by first. Everything in it is lower case, because mail servers may change the case of a local part, and
it stays within the 64 octets that a local part may have (RFC 5321 4.5.3.1.1).
"""

import base64
import re
from collections.abc import Callable, Iterable

PURPOSE = "a reply address"
"""What the signature is for; the same bytes signed for anything else are worth nothing here."""

STOPPING = "an address that stops mail to keep in touch"
"""The same for the address in List-Unsubscribe: it has the form of a reply address and another signature, so
that neither is taken for the other, whatever a mail client makes of the subject."""

LONGEST_LOCAL = 10
"""Octets of the mailbox's own name: what is left of 64 beside the token."""

_PREFIX = "dlv_"
_TOKEN = re.compile(r"\+([0-9a-z]{26})\.([a-z2-7]{26})$")
_SIGNED = 16

Sign = Callable[[bytes], bytes]
HasSigned = Callable[[bytes, bytes], bool]


def reply_address(mailbox: str, send_id: str, sign: Sign) -> str:
    """``reply+<send>.<mac>@domain`` for the mailbox ``reply@domain``.

    Args:
        mailbox: Where answers arrive; its local part has at most `LONGEST_LOCAL` octets.
        send_id: Of a delivery, such as ``dlv_01jd2q8z6w3k7m9p5r1t0v4x2y``.
        sign: Gives 32 bytes for the data, under the newest key.
    """
    local, _, domain = mailbox.rpartition("@")
    send = send_id.removeprefix(_PREFIX)
    mac = base64.b32encode(sign(send.encode())[:_SIGNED]).decode().rstrip("=").lower()
    return f"{local}+{send}.{mac}@{domain}"


def send_of(addresses: Iterable[str], mailbox: str, has_signed: HasSigned) -> str | None:
    """The send that the first address with a genuine token names; None where none has one.

    Only the mailbox's own domain counts; ``has_signed`` says whether a signature is one of ours.
    """
    domain = mailbox.rpartition("@")[2].casefold()
    for address in addresses:
        local, _, at = address.strip().casefold().rpartition("@")
        found = _TOKEN.search(local)
        if at != domain or found is None:
            continue
        mac = base64.b32decode(found[2].upper() + "======")
        if has_signed(found[1].encode(), mac):
            return _PREFIX + found[1]
    return None


def is_ours(address: str, mailbox: str) -> bool:
    """Whether that address is the mailbox itself, with or without a token."""
    local, _, domain = address.strip().casefold().rpartition("@")
    own, _, at = mailbox.casefold().rpartition("@")
    return domain == at and local.partition("+")[0] == own
