"""How an access token is shown to a mailbox: SASL XOAUTH2 (Google, Microsoft) or OAUTHBEARER (RFC 7628)."""

from collections.abc import Callable, Collection

from app.errors import Unavailable
from app.replies.mailbox import Mailbox


def bearer(box: Mailbox, capabilities: Collection[str], token: str) -> tuple[str, Callable[[bytes], bytes]]:
    """The mechanism that the server offers, and what answers its challenges.

    The second challenge is an error in disguise: the server says what is wrong and waits for an empty answer
    (XOAUTH2) or a single 0x01 (OAUTHBEARER) before it refuses.

    Raises:
        Unavailable: The server offers neither; the token is not shown.
    """
    if "AUTH=XOAUTH2" in capabilities:
        return "XOAUTH2", _answers(f"user={box.username}\1auth=Bearer {token}\1\1", b"")
    if "AUTH=OAUTHBEARER" in capabilities:
        who = box.username.replace("=", "=3D").replace(",", "=2C")
        first = f"n,a={who},\1host={box.host}\1port={box.port}\1auth=Bearer {token}\1\1"
        return "OAUTHBEARER", _answers(first, b"\1")
    raise Unavailable("The mailbox offers neither XOAUTH2 nor OAUTHBEARER; allow OAuth for IMAP there.")


def _answers(first: str, then: bytes) -> Callable[[bytes], bytes]:
    left = [first.encode()]
    return lambda _challenge: left.pop() if left else then
